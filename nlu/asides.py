"""What people say beside the matter: why do you ask, according to which law, hide this. Pure patterns on folded text."""

from __future__ import annotations

import re

from nlu.text import fold

_WHY = re.compile(
    r"\b(?:sao|tai sao|vi sao|lam gi|de lam gi|chi rua|mac chi)\b.{0,12}\bhoi\b"
    r"|\bhoi\b.{0,24}\b(?:lam gi|de lam gi|chi v|mần chi|man chi|lam chi|chi rua)\b"
    r"|\b(?:can|lay|xin|dua)\b.{0,30}\b(?:de lam gi|lam chi|man chi)\b"
)
_LAW = re.compile(
    r"\b(?:theo|can cu|dua)\b.{0,14}\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban|dieu|dau)\b.{0,14}\b(?:nao|dau|gi|may)\b"
    r"|\b(?:luat|quy dinh|nghi dinh|quyet dinh|van ban)\b.{0,8}\b(?:nao|gi)\b"
)
_HIDE = re.compile(r"^\W*(?:an|an di|che di|an ngay|thoat nhanh|co nguoi)\W*$")


def asks_why(text: str) -> bool:
    """True for "sao lại hỏi vậy", "hỏi cái đó làm gì": the person wants to know why we ask."""
    return bool(_WHY.search(fold(text)))


def asks_law(text: str) -> bool:
    """True for "theo quy định nào", "luật nào": the person wants the rule behind the last answer."""
    return bool(_LAW.search(fold(text)))


def wants_hidden(text: str) -> bool:
    """True for "ẩn", "ẩn đi": somebody looks over the shoulder."""
    return bool(_HIDE.search(fold(text)))
