"""What else reads Vietnamese addresses, run beside ours: `vietnamadminunits` in both its modes, and plain rapidfuzz.

Neither asks: each gives one commune of today, or nothing. Nothing goes online: the package would send whole addresses to a
geocoder; here its look-up is cut and the network is shut while it works.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from generated_addresses import plain
from rapidfuzz import fuzz, process

from nlu.places.index import PlaceIndex

Found = tuple[list[tuple[str, str | None]], bool]
ENOUGH = 60  # of 100; below it plain rapidfuzz finds nothing


@contextmanager
def offline() -> Iterator[None]:
    """Any attempt to connect fails loudly."""
    kept = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        raise OSError(f"a peer tried to go online: {address}")

    socket.socket.connect = refuse
    try:
        yield
    finally:
        socket.socket.connect = kept


def vietnamadminunits() -> Callable[[str], Found] | None:
    """The package: an old address converted, else read as one of today. None where it is not installed."""
    try:
        from vietnamadminunits import convert_address, parse_address
        from vietnamadminunits.converter import converter_2025
    except ImportError:
        return None
    converter_2025.get_geo_location = lambda address: None

    def read(text: str) -> Found:
        with offline():
            for way in (convert_address, parse_address):
                try:
                    unit = way(text)
                except Exception:  # it raises on some texts
                    continue
                if unit is not None and unit.ward_code:
                    return [(str(unit.ward_code), None)], False
        return [], False

    return read


def plain_rapidfuzz(index: PlaceIndex) -> Callable[[str], Found]:
    """The likeliest full name of either generation, by the ratio that is usually taken."""
    names: dict[str, str] = {}
    for code, former in index.formers.items():
        names.setdefault(plain(f"{former.name}, {former.district}, {former.province}"), index.successors[code][0][0])
    for code, commune in index.communes.items():
        names.setdefault(plain(f"{commune.name}, {commune.province}"), code)
    listed = list(names)

    def read(text: str) -> Found:
        found = process.extractOne(plain(text), listed, scorer=fuzz.token_sort_ratio, score_cutoff=ENOUGH)
        return ([(names[found[0]], None)] if found else []), False

    return read
