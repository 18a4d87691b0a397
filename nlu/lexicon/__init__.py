"""Word lists with source and date, one subject a file; this module only loads them. No reading is done here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load(name: str) -> Any:
    """The content of `nlu/lexicon/<name>.yaml`, read once."""
    path = Path(__file__).with_name(f"{name}.yaml")
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
