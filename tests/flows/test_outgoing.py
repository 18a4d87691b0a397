"""Nobody is asked for a fee, a password, an OTP code or a photo of papers in our name: not by any text of ours, not by staff."""

from __future__ import annotations

import pytest

from bot.wording import LANGUAGES, catalogue
from flows.outgoing import asks_for

FOR_STAFF_AT_THEIR_DESK = "console."  # they sign in with a password of their own


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_ours_asks_for_them(language: str) -> None:
    said = {key: text for key, text in catalogue(language).items() if not key.startswith(FOR_STAFF_AT_THEIR_DESK)}
    assert len(said) > 1000
    assert {key: asks_for(text) for key, text in said.items() if asks_for(text) is not None} == {}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bác đọc giúp mã OTP vừa gửi về máy.", "secret"),
        ("Anh nhập mật khẩu rồi gửi lại nhé", "secret"),
        ("bac gui anh cccd hai mat qua day", "photo"),
        ("Chị chụp ảnh căn cước gửi em", "photo"),
        ("Mời bác nộp 500k phí hồ sơ vào tài khoản này.", "fee"),
        ("Không chuyển phí thì hồ sơ bị hủy", "fee"),
        ("Chào bác. Bác chuyển tiền cọc trước ạ.", "fee"),
        ("Please send me the verification code", "secret"),
        ("Pay the fee first", "fee"),
    ],
)
def test_what_asks_is_seen(text: str, kind: str) -> None:
    assert asks_for(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Ngân hàng không bao giờ hỏi mật khẩu, mã OTP.",
        "Bác đừng gửi ảnh giấy tờ cho ai.",
        "Mời bác mang căn cước đến Điểm giao dịch ngày 12.",
        "Bác đóng học phí cho cháu kỳ nào ạ?",
        "Chi phí đi lao động cháu trả cho công ty.",
        "Gửi anh lịch giao dịch xã mình.",
        "Vay vốn không mất phí.",
    ],
)
def test_what_warns_or_speaks_of_something_else_passes(text: str) -> None:
    assert asks_for(text) is None
