"""Which messages are a code for another phone, and which only look like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turn import CROCKFORD
from nlu.entities.talk_code import SIGNS, read_talk_code


@pytest.mark.parametrize(
    "text",
    ["K7QM-2XPD", "k7qm-2xpd", "k7qm2xpd", "K7QM 2XPD", " K7QM-2XPD. ", "mã K7QM-2XPD", "ma la k7qm 2xpd", "Mã của tôi: K7QM2XPD", "code is K7QM-2XPD", "mã K 7 Q M 2 X P D"],
)  # fmt: skip
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert read_talk_code(text) == "K7QM2XPD"


def test_what_is_misheard_is_meant() -> None:
    assert read_talk_code("o7kl-2ipd") == "07K121PD"


@pytest.mark.parametrize(
    "text",
    ["cong viec", "công việc", "CONG VIEC", "20000000", "2000 0000", "2026-1125", "0912345678", "xin chào", "vay nước sạch", "mã OTP", "K7QM-2XP", "K7QM-2XPDD", "mã K7QM-2XPD của tôi là gì", ""],
)  # fmt: skip
def test_words_sums_and_years_are_none(text: str) -> None:
    assert read_talk_code(text) is None


@given(st.text(alphabet=SIGNS, min_size=8, max_size=8))
def test_every_code_that_we_give_can_be_typed_back_with_its_word(code: str) -> None:
    assert read_talk_code(f"mã {code[:4]}-{code[4:]}") == code


def test_the_signs_are_those_that_the_shell_draws_from_and_hold_forty_bits() -> None:
    assert set(SIGNS) == set(CROCKFORD)
    assert len(SIGNS) ** 8 == 2**40
