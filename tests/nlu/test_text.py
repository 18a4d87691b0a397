"""The normaliser: what typed words become, and that spans stay in the text."""

from __future__ import annotations

import pytest

from nlu.text import agrees, fold, plain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("nhaf vay bn ls ntn z", "nha vay bao nhieu lai suat nhu the nao the"),
        ("giaays tow vay nuowcs sachj gomf gif aj", "giay to vay nuoc sach gom gi a"),
        ("toi muo6n1 vay vo6n1", "toi muon vay von"),
        ("khôngggg đượccc", "khong duoc"),
        ("vay khôông mi", "vay khong mi"),
        ("hok dc z", "khong duoc the"),
        ("xklđ", "xuat khau lao dong"),
        ("hoà hòa", "hoa hoa"),
        ("2tr5 15n", "2 tr 5 15 n"),
        ("em học năm2", "em hoc nam 2"),
        ("max loan", "max loan"),
        ("KH vay NS", "khach hang vay nuoc sach"),
        ("choa mần răng", "toi lam sao"),
        ("👍", "ok"),
        ("hs e đâu r", "ho so em dau roi"),
        ("hk pải", "khong phai"),
        ("12tr 1 hk", "12 tr 1 hoc ky"),
        ("cấy giếng nác sạch", "cai gieng nuoc sach"),
    ],
)
def test_plain_words(text: str, line: str) -> None:
    assert plain(text).line == f" {line} "


@pytest.mark.parametrize(
    "text", ["xklđ bn z", "nha\u0300 em", "vo6n1 d9i nha2 nuo71c", "KH vay NS&VSMT k ạ", "a😀b", ""]
)
def test_every_word_knows_its_place(text: str) -> None:
    message = plain(text)
    for word in message.words:
        assert 0 <= word.start < word.end <= len(message.text)


@pytest.mark.parametrize(
    ("written", "meant", "so"),
    [
        ("tu", "tù", True),
        ("tù", "tù", True),
        ("từ", "tù", False),
        ("hoà", "hòa", True),
        ("ngheo", "nghèo", True),
        ("suât", "suất", True),
    ],
)
def test_accents_may_be_missing_but_not_contradict(written: str, meant: str, so: bool) -> None:
    assert agrees(written, meant) is so


def test_fold_keeps_the_length() -> None:
    text = "Đường đi khó, ỔN không?"
    assert fold(text) == "duong di kho, on khong?"
