"""What all pictures share: the fonts, and SVG made into PNG with them, whatever the machine has."""

from __future__ import annotations

import re
from importlib import resources

import resvg_py

FONTS = "system-ui, 'Noto Sans', sans-serif"


PAPER, INK = "#fffefb", "#1b2620"
ZOOM = 2


def picture_of(svg: str) -> bytes:
    """A picture that stands in the colours of its page, as PNG on light paper, for channels that take no SVG."""
    head, _, drawn = svg.partition(">")
    size = {name: re.search(rf'{name}="(\d+)"', head)[1] for name in ("width", "height")}
    ground = f'<rect width="{size["width"]}" height="{size["height"]}" fill="{PAPER}"/>'
    language = re.search(r'lang="(\w+)"', head)
    inked = head.replace('fill="currentColor"', f'fill="{INK}"')
    return png(f"{inked}>{ground}{drawn}", int(size["width"]) * ZOOM, language[1] if language else "vi")


def png(svg: str, width: int, language: str) -> bytes:
    """A picture of that many pixels across."""
    folder = resources.files("bot") / "papers" / "fonts"
    fonts = [str(folder / f"NotoSans-{weight}.ttf") for weight in ("Regular", "Bold")]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            skip_system_fonts=True,
            font_files=fonts,
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
            languages=[language],
        )
    )
