"""Which told thing a person wants to mend: "sửa số điện thoại" names the phone, "đổi tên" the name. Words only."""

from __future__ import annotations

import re

from nlu.text import fold

_MEND = re.compile(r"\b(?:sua|doi|chinh|thay|ghi lai|nhap lai|viet lai|change|correct)\b")
_NAMED = (
    ("phone", r"so (?:dien thoai|dt|phone)|sdt|dien thoai|phone"),
    ("name", r"(?:ho )?ten|name"),
    ("contact_hours", r"gio (?:goi|nghe may|lien he)|luc goi|khi nao goi"),
    ("hamlet", r"thon|xom|ap|to dan pho|khu pho"),
    ("residence", r"dia chi|noi o|cho o|(?:ten )?xa|phuong|huyen|address"),
    ("loan_amount", r"so tien|tien vay|muc vay|amount"),
    ("group", r"to (?:vay von|tiet kiem|tk)|vao to"),
)


def mends(text: str) -> str | None:
    """The slot or fact that the words want mended without giving its new value, or None."""
    folded = fold(text)
    if folded.count(" ") > 8 or not _MEND.search(folded):
        return None
    return next((slot for slot, words in _NAMED if re.search(rf"\b(?:{words})\b", folded)), None)
