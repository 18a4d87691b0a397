"""What nobody may be asked for in our name: a fee, an OTP or password, a photo of papers. Every text of ours and every reply of staff is held to it.

A sentence asks if a verb of giving stands shortly before such a thing and nothing in it forbids or warns.
"""

from __future__ import annotations

import re

_GIVE = (
    r"(?:gửi|nhắn|chụp|nhập|đọc|cho (?:tôi|em|mình|cán bộ)(?: biết| xin)?|xin|cung cấp|điền|đưa|nộp|đóng|chuyển|thanh toán|trả|cọc"
    r"|gui|chup|nhap|doc|dua|nop|dong|chuyen|send|enter|give|tell (?:me|us)|provide|type|upload|share|pay|transfer)"
)
_THINGS = {
    "secret": r"(?:otp|mật khẩu|mat khau|mã (?:pin|xác thực|xác nhận|xác minh)|ma (?:pin|xac thuc|xac nhan|xac minh)|passwords?|pin code|verification code)",
    "fee": r"(?:(?<!học )(?<!viện )(?<!chi )(?<!kinh )(?<!miễn )(?<!hoạt )phí|le phi|tiền (?:cọc|hồ sơ|bồi dưỡng)|đặt cọc|bồi dưỡng|hoa hồng|fees?|bribes?)",
    "photo": r"(?:ảnh|hình|bản chụp|anh (?:cccd|can cuoc|giay to|so)|photos?|pictures?|scans?)",
}
_NOT = re.compile(
    r"\b(?:không(?!.{0,40}\bthì\b)|khong(?!.{0,40}\bthi\b)|đừng|khoan|được trả|chớ|lỡ|ai (?:đòi|hỏi|bảo|yêu cầu)|no|not|never|nobody|without|don't|whoever|if you have)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?:;])\s+|\n")
_ASKS = {kind: re.compile(rf"\b{_GIVE}\b.{{0,40}}?\b{thing}\b", re.IGNORECASE) for kind, thing in _THINGS.items()}


def asks_for(text: str) -> str | None:
    """ "secret", "fee" or "photo" if the text asks for it, else None."""
    for sentence in _SENTENCES.split(text):
        for kind, asks in _ASKS.items():
            if asks.search(sentence) and not _NOT.search(sentence):
                return kind
    return None
