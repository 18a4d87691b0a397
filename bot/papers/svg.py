"""What all pictures share: the fonts, and SVG made into PNG with them, whatever the machine has."""

from __future__ import annotations

from importlib import resources

import resvg_py

FONTS = "system-ui, 'Noto Sans', sans-serif"


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
