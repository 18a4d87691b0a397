"""What the index of places costs, in a process of its own: seconds to load, megabytes, milliseconds an address. JSON on stdout.

`double`: every commune and former commune a second time, with other codes and the syllables of its name the other way round,
as after reforms that leave twice as many names behind.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from nlu.entities import place  # noqa: E402
from nlu.places import index as places  # noqa: E402
from nlu.places.spelling import bare  # noqa: E402

CODED = {"communes.csv": ("code",), "former_communes.csv": ("code",), "successors.csv": ("former", "commune")}


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def twice() -> None:
    """Let the tables be read with a second copy of each commune."""
    once = places._rows

    def doubled(file_name: str) -> Iterator[dict[str, str]]:
        yield from once(file_name)
        for row in once(file_name) if file_name in CODED else ():
            other = {**row, **{column: "Z" + row[column] for column in CODED[file_name]}}
            if "name" in row:
                rest = bare(row["name"])
                unit, parts = row["name"][: len(row["name"]) - len(rest)], rest.split()
                other["name"] = unit + (" ".join(reversed(parts)) if len(parts) > 1 else f"{rest} Hai")
            yield other

    places._rows = doubled


def main() -> None:
    import rapidfuzz  # noqa: F401 - a library's own memory is not the index's

    if sys.argv[1:] == ["double"]:
        twice()
    before, started = resident(), time.perf_counter()
    index = places.packaged()
    seconds, megabytes = time.perf_counter() - started, resident() - before
    texts = [f"{one.name}, {one.district}, {one.province}" for one in list(index.formers.values())[:10000:20]]
    texts += [text.lower().replace("ng", "nh", 1) for text in texts]
    spent = []
    for text in texts:
        tries = []
        for _ in range(2):
            at = time.perf_counter()
            place.read_places(text)
            tries.append(time.perf_counter() - at)
        spent.append(1000 * min(tries))
    print(
        json.dumps(
            {
                "seconds": seconds,
                "megabytes": megabytes,
                "p95": statistics.quantiles(spent, n=20)[-1],
                "units": len(index.communes) + len(index.formers),
            }
        )
    )


if __name__ == "__main__":
    main()
