"""Any sequence of events leaves a valid conversation and a helpful reply; nothing is sent without consent."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import Talk, rules

from bot.wording import word
from flows.engine.conversation import Conversation
from flows.engine.effects import Ask, HandOver, KeepConsent, Say, Submit
from flows.engine.events import (
    ChoicePicked,
    ContactShared,
    HandoverClosed,
    LeadMoved,
    LocationShared,
    MediaReceived,
    MessageReceived,
    StaffReplied,
    Started,
    TalkBrought,
    WaitExpired,
)
from flows.engine.step import step
from nlu.entities.place import near, read_places
from nlu.read import read
from nlu.reading import Intent

DAY = date(2026, 11, 23)
WORDS = (
    ("vay cho con đi học được không", "student", "eligibility"),
    ("dang ky vay nuoc sach", "water", "start_application"),
    ("lãi suất bao nhiêu", "none", "rate"),
    ("can giay to gi", "none", "documents"),
    ("hộ nghèo", "none", "inform"),
    ("có", "none", "affirm"),
    ("không", "none", "deny"),
    ("không biết", "none", "inform"),
    ("20 triệu", "none", "inform"),
    ("xã Hà Lai, huyện Hà Trung, Thanh Hóa", "none", "inform"),
    ("xã Tân Lập", "none", "inform"),
    ("Nguyễn Văn Tư", "none", "inform"),
    ("0912345678", "none", "inform"),
    ("thôn 3", "none", "inform"),
    ("à nhầm, 15 triệu thôi", "none", "correct"),
    ("quay lại", "none", "go_back"),
    ("thôi không vay nữa", "none", "cancel"),
    ("cho gặp cán bộ", "none", "human"),
    ("đến đâu rồi", "none", "status"),
    ("xóa dữ liệu của tôi", "none", "privacy"),
    ("họ đòi 500k phí", "none", "complaint_scam"),
    ("hôm nay trời đẹp", "none", "out_of_scope"),
    ("sao lại hỏi vậy", "none", "privacy"),
    ("theo luật nào", "none", "help"),
    ("tôi hỏi cho bác Tư hàng xóm", "none", "inform"),
    ("😀😀", "none", "out_of_scope"),
    ("", "none", "out_of_scope"),
    ("a" * 4000, "none", "out_of_scope"),
    ("đi Nhật làm vay được bao nhiêu", "abroad", "amount"),
    ("ẩn đi", "none", "out_of_scope"),
    ("xem", "none", "out_of_scope"),
    ("thôi để sau", "none", "inform"),
    ("nhắc tôi sau nhé", "none", "inform"),
    ("đừng nhắc nữa", "none", "inform"),
    ("lấy mã để nhắn tiếp ở máy khác", "none", "help"),
    ("số 0912345678 có phải của ngân hàng không", "none", "complaint_scam"),
    ("chủ nợ dọa đánh tôi", "none", "complaint_scam"),
    ("tôi mãn hạn tù muốn vay vốn", "released", "inform"),
)

deeds = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(WORDS), st.sampled_from([0.2, 0.9])),
    st.tuples(st.just("press"), st.integers(0, 30)),
    st.tuples(st.just("press"), st.integers(0, 3)),
    st.tuples(st.just("press_old"), st.integers(0, 30)),
    st.sampled_from(
        [("start",), ("contact", True), ("contact", False), ("location", True), ("location", False), ("media", "photo")]
    ),
    st.sampled_from([("staff",), ("moved", "seen"), ("moved", "closed_lent"), ("closed",), ("odd",), ("code",)]),
    st.tuples(st.just("wait"), st.sampled_from(["draft", "draft.1", "draft.2", "handover", "session.1", "nobody knows"])),
    st.tuples(st.just("away"), st.sampled_from([1, 40, 60 * 13, 60 * 24 * 3])),
)


class Deeds:
    """One person (and staff) doing things to a conversation, with the checks that hold after each."""

    def __init__(self) -> None:
        self.talk = Talk(book=rules())
        self.shown: list[tuple[str, str]] = []
        self.agreed: set[int] = set()

    def do(self, deed: tuple) -> None:
        event = self.event(deed)
        if event is None:
            return
        before = self.talk.conversation
        self.talk.happen(event)
        self.check(event, before)

    def event(self, deed: tuple):
        stamp = self.talk._stamp()
        pending = self.talk.conversation.pending if self.talk.conversation else None
        match deed:
            case ("say", (text, programme, topic), confidence):
                programmes = () if programme == "none" else (programme,)
                intent = Intent(programme, programmes, topic, (topic,), confidence, ((topic, confidence),))
                reading = read(text, self.talk.expecting(), intent, on=DAY, places=read_places)
                return MessageReceived(**stamp, reading=reading)
            case ("press", number):
                if pending is None or not pending.choices:
                    return None
                picked = pending.choices[number % len(pending.choices)].id
                return ChoicePicked(**stamp, choice=picked, token=pending.token)
            case ("press_old", number):
                if not self.shown:
                    return None
                token, picked = self.shown[number % len(self.shown)]
                return ChoicePicked(**stamp, choice=picked, token=token)
            case ("start",):
                return Started(**stamp)
            case ("contact", own):
                return ContactShared(**stamp, phone="+84912345678", own=own)
            case ("location", inside):
                return LocationShared(**stamp, candidates=near(20.0, 105.8) if inside else (), inside=inside)
            case ("media", kind):
                return MediaReceived(**stamp, kind=kind)
            case ("staff",):
                return StaffReplied(**stamp, lead="VV-TEST", text="Mời anh/chị đến điểm giao dịch.")
            case ("moved", status):
                return LeadMoved(**stamp, lead=self.a_lead(), status=status)
            case ("closed",):
                return HandoverClosed(**stamp)
            case ("wait", name):
                return WaitExpired(**stamp, name=name)
            case ("code",):
                return TalkBrought(**stamp, code="AAAAAAAA", conversation=None)
            case ("away", minutes):
                self.talk.now += timedelta(minutes=minutes)
                return None
        return ChoicePicked(**stamp, choice="do=there_is_none_such", token="x")

    def a_lead(self) -> str:
        cases = self.talk.conversation.cases if self.talk.conversation else ()
        return next((lead for case in cases for lead in case.leads), "VV-NONE")

    def check(self, event, before: Conversation | None) -> None:
        conversation, effects = self.talk.conversation, self.talk.effects
        saved = msgspec.json.encode(conversation)
        assert msgspec.json.decode(saved, type=Conversation) == conversation
        assert step(
            before and msgspec.json.decode(msgspec.json.encode(before), type=Conversation), event, rules()
        ).effects == tuple(effects)
        asks = [effect for effect in effects if isinstance(effect, Ask)]
        assert len(asks) <= 1, "one question at a time"
        for effect in effects:
            if isinstance(effect, Say | Ask):
                for language in ("vi", "en"):
                    assert word(effect.text, language)
                    for choice in getattr(effect, "choices", ()):
                        assert word(choice.label, language)
                        assert choice.id.isascii()
                        assert len(choice.id) <= 48
            if isinstance(effect, KeepConsent) and effect.given:
                self.agreed.add(effect.case)
            if isinstance(effect, Submit):
                assert effect.lead.consent_at
                assert effect.lead.name
                assert effect.lead.phone
                assert effect.lead.case in self.agreed
            if isinstance(effect, HandOver):
                assert any(case.consent for case in conversation.cases)
        if asks:
            self.shown.extend((asks[0].token, choice.id) for choice in asks[0].choices)
        if isinstance(event, MessageReceived | MediaReceived | Started) and not (before and before.handover):
            assert effects, "words are never met with silence"


@settings(max_examples=40)
@given(st.lists(deeds, min_size=1, max_size=40))
def test_any_sequence_of_events_leaves_a_valid_conversation(sequence: list[tuple]) -> None:
    person = Deeds()
    for deed in sequence:
        person.do(deed)
