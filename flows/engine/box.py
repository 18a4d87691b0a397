"""What a picture of a flow or of a programme shows: boxes within boxes, their words by key. No layout, no language."""

from __future__ import annotations

from typing import Literal

import msgspec

from flows.engine.text import Citation, Value

Kind = Literal["start", "scheme", "condition", "all", "any", "not", "fact", "confirm", "question", "computed", "finish"]


class Box(msgspec.Struct, frozen=True):
    """One box. `law`: where it is written; `inside`: the boxes that hang on it, in the order in which they count."""

    kind: Kind
    text: Value
    law: tuple[Citation, ...] = ()
    inside: tuple[Box, ...] = ()
