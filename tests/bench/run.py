"""Runs every benchmark of this folder, prints a table of ratios, writes results.json. `make bench` calls it.

A benchmark is a file `bench_<room>.py` with `rows()`, which gives one dict a row: `name`, `measured`, `unit`, and where
there is one the `aim` with `better` ("lower" or "higher"). The ratio is how much of the aim is used up: at most 1 is met.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))


def ratio(row: dict[str, Any]) -> float | None:
    """Measured against the aim, so that at most 1 is met. An aim of 0 allows none: each one is 1 too many."""
    if row.get("aim") is None or not row["measured"]:
        return None
    if row["aim"] == 0:
        return 1 + row["measured"]
    lower = row.get("better", "lower") == "lower"
    return round(row["measured"] / row["aim"] if lower else row["aim"] / row["measured"], 3)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("only", nargs="*", help="names of benchmarks, like eligibility")
    only = arguments.parse_args().only
    results = {}
    for file in sorted(HERE.glob("bench_*.py")):
        name = file.stem.removeprefix("bench_")
        if only and name not in only:
            continue
        spec = importlib.util.spec_from_file_location(file.stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rows = []
        for row in module.rows():
            row["ratio"] = ratio(row)
            rows.append(row)
            _show(name, row)
        results[name] = rows
    if not only:
        kept = {"python": platform.python_version(), "results": results}
        (HERE / "results.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _show(bench: str, row: dict[str, Any]) -> None:
    aim = "" if row.get("aim") is None else f"aim {row['aim']:>10,.4g}"
    found = "" if row["ratio"] is None else f"ratio {row['ratio']:.3f}{'' if row['ratio'] <= 1 else '  SHORT'}"
    print(f"{bench:12} {row['name']:58} {row['measured']:>12,.4g} {row['unit']:14} {aim:16} {found}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
