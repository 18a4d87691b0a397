"""The visit: when, whether today still works, the way there, what is handed over, the reminder and what it finds later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
import pytest
from talk import Talk, rules

from flows.engine.conversation import LeadNote
from flows.engine.effects import RemindAt, Say
from flows.engine.events import LeadMoved, WaitExpired
from flows.routing import Point, PointDirectory, SessionException
from nlu.entities.place import former_of
from nlu.places.index import packaged

APPLY = (
    "tôi muốn đăng ký vay vốn làm nhà vệ sinh, xã Thái Lai, huyện Hà Trung, Thanh Hóa",
    "do=apply:water",
    "works_state=missing",
    "registration=permanent",
    "area=rural",
    "consent=yes",
)


def point(**more) -> Point:
    known = {
        "code": "VD1",
        "name": "Điểm giao dịch Thái Lai",
        "commune": "15298",
        "former": "15331",
        "venue": "Nhà văn hóa thôn 2",
        "landmark": "cạnh trạm y tế",
        "lat": 20.0041,
        "lon": 105.896,
        "day_of_month": 12,
        "start_time": "07:30",
        "end_time": "11:00",
        "phone": "0237123456",
    }
    return Point(**{**known, **more})


def book(*points: Point):
    index = packaged()
    return replace(rules(), points=PointDirectory(points, index.communes, {c: former_of(c) for c in index.communes}))


def talk(*points: Point, at: str = "2026-11-11T09:00:00+07:00") -> Talk:
    """A talk that has come as far as the place."""
    made = Talk(book=book(*(points or (point(),))), now=datetime.fromisoformat(at))
    for line in APPLY:
        if made.conversation is not None and made.conversation.pending is None:
            break
        made.press(line) if "=" in line and _offered(made, line) else made.say(line) if "=" not in line else None
    assert made.conversation.cases[0].place.commune["code"] == "15298"
    return made


def _offered(made: Talk, choice: str) -> bool:
    pending = made.conversation.pending
    return pending is not None and any(one.id == choice for one in pending.choices)


def said(made: Talk, text: str) -> str:
    return "\n".join(one.text for one in made.say(text))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-12T08:00:00+07:00", "Bây giờ đi vẫn còn kịp"),
        ("2026-11-12T10:45:00+07:00", "Phiên hôm nay (07:30–11:00) không còn kịp nữa. Phiên sau"),
        ("2026-11-11T09:00:00+07:00", "Hôm nay Điểm giao dịch Thái Lai không có phiên giao dịch"),
    ],
)
@pytest.mark.parametrize("asked", ["hôm nay còn kịp không", "hom nay con kip ko a", "hôm nay điểm có làm việc không ạ"])
def test_whether_today_still_works(at, words, asked):
    made = talk()
    made.now = datetime.fromisoformat(at)
    assert words in said(made, asked)


def test_the_way_there_in_words_and_what_is_handed_over():
    made = talk()
    words = said(made, "hôm nay còn kịp không")
    assert "thứ Năm, 12/11/2026, 07:30–11:00" in words
    assert "Nơi giao dịch: Nhà văn hóa thôn 2." in words and "cạnh trạm y tế" in words and "0237123456" in words
    assert "trước tháng 7/2025 là xã Thái Lai, nay thuộc xã Lĩnh Toại" in words
    (files,) = [effect.attachments for effect in made.effects if isinstance(effect, Say) and effect.attachments]
    assert [(one.kind, one.ref) for one in files] == [
        ("calendar", "calendar/VD1"),
        ("link", "geo:20.004100,105.896000?q=20.004100,105.896000"),
    ]


def test_no_map_without_real_coordinates_and_nothing_invented_for_a_presumed_point():
    made = talk(point(lat=None, lon=None))
    made.say("hôm nay còn kịp không")
    refs = [one.ref for effect in made.effects if isinstance(effect, Say) for one in effect.attachments]
    assert refs == ["calendar/VD1"]
    presumed = Talk(book=book(), now=made.now, conversation=made.conversation)
    words = said(presumed, "hôm nay còn kịp không")
    assert "chưa xác nhận" in words and "chưa có ngày và địa chỉ" in words
    assert not any(effect.attachments for effect in presumed.effects if isinstance(effect, Say))


def test_asked_before_any_application_only_the_place_is_asked():
    made = Talk(book=book(point()), now=datetime.fromisoformat("2026-11-11T09:00:00+07:00"))
    made.start()
    made.say("bao giờ ngân hàng về xã, điểm giao dịch ở đâu")
    assert _offered(made, "do=visit")
    made.press("do=visit")
    assert made.conversation.flow == "visit" and made.conversation.pending.slot == "residence"
    assert "12/11/2026" in said(made, "xã Thái Lai, Hà Trung, Thanh Hóa")
    assert made.conversation.cases[0].consent is None


# --- the reminder --------------------------------------------------------------------------------------------------------


def reminders(made: Talk) -> list[tuple[str, str | None]]:
    return [(effect.name, effect.at) for effect in made.effects if isinstance(effect, RemindAt)]


def wake(made: Talk, at: str) -> str:
    made.now = datetime.fromisoformat(at)
    return "\n".join(one.text for one in made.happen(WaitExpired(at=at, id="w", name="session.1")))


def test_a_reminder_is_set_for_the_evening_before_and_says_where():
    made = talk()
    words = said(made, "nhắc tôi trước ngày giao dịch nhé")
    assert reminders(made) == [("session.1", "2026-11-11T19:00:00+07:00")]
    assert "thứ Năm, 12/11/2026" in words
    reminded = wake(made, "2026-11-11T19:00:10+07:00")
    assert "12/11/2026, 07:30–11:00" in reminded and "Nhà văn hóa thôn 2" in reminded and "thu phí" in reminded
    assert wake(made, "2026-11-11T19:00:20+07:00") == ""  # once


def test_on_the_evening_itself_the_session_after_is_meant():
    made = talk(at="2026-11-11T20:00:00+07:00")
    made.say("nhắc tôi nhé")
    assert reminders(made) == [("session.1", "2026-12-11T19:00:00+07:00")]  # a draft is kept for 30 days: just in time


def test_before_consent_no_reminder_outlives_the_talk():
    made = Talk(book=book(point()), now=datetime.fromisoformat("2026-11-09T09:00:00+07:00"))
    made.start()
    made.say("tôi ở xã Thái Lai, huyện Hà Trung, Thanh Hóa")
    words = said(made, "nhắc tôi nhé")
    assert reminders(made) == [] and "lưu lịch vào điện thoại" in words


def test_a_reminder_is_taken_back():
    made = talk()
    made.say("nhắc tôi nhé")
    made.say("thôi đừng nhắc nữa")
    assert reminders(made) == [("session.1", None)]
    assert wake(made, "2026-11-11T19:00:10+07:00") == ""


def test_a_session_moved_meanwhile_is_told_and_reminded_of_anew():
    made = talk()
    made.say("nhắc tôi nhé")
    made.book = book(point(exceptions=(SessionException(date(2026, 11, 12), date(2026, 11, 20), "bão"),)))
    words = wake(made, "2026-11-11T19:00:10+07:00")
    assert "Lịch của Điểm giao dịch Thái Lai đã đổi" in words and "20/11/2026" in words
    assert reminders(made) == [("session.1", "2026-11-19T19:00:00+07:00")]
    assert "20/11/2026" in wake(made, "2026-11-19T19:00:10+07:00")


def test_a_point_that_closed_meanwhile_is_not_promised():
    made = talk()
    made.say("nhắc tôi nhé")
    made.book = book(point(active=False))
    assert "chưa có ngày mới" in wake(made, "2026-11-11T19:00:10+07:00")


def test_a_rerouted_lead_promises_no_day():
    made = talk()
    case = made.conversation.cases[0]
    case = msgspec.structs.replace(case, leads={"VV-1": LeadNote(programme="water")})
    made.conversation = msgspec.structs.replace(made.conversation, cases=(case,))
    made.happen(LeadMoved(at=made.now.isoformat(), id="x", lead="VV-1", status="rerouted"))
    assert "chuyển sang điểm khác" in said(made, "hôm nay còn kịp không")


def test_the_question_that_was_open_stays_open():
    made = talk()
    asked = made.conversation.pending.slot
    made.say("hôm nay còn kịp không")
    assert made.conversation.pending.slot == asked
    assert made.now - datetime.fromisoformat("2026-11-11T09:00:00+07:00") < timedelta(hours=1)
