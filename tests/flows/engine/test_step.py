"""What one event does: buttons twice and late, contacts and places of others, silence during a handover, erasure."""

from __future__ import annotations

import pytest
from talk import DAY, Person

from flows.engine.effects import Ask, Erase, HandOver, KeepConsent, RequestChange, Say, Submit, TellStaff, Withdraw
from flows.engine.events import (
    ContactShared,
    HandoverClosed,
    LeadMoved,
    LocationShared,
    MessageReceived,
    StaffReplied,
)
from nlu.entities.place import near, read_places
from nlu.read import read
from nlu.reading import Intent

PLACE = "xã Hà Lai, huyện Hà Trung, Thanh Hóa"


@pytest.fixture
def person() -> Person:
    return Person()


def screened_for_water(person: Person) -> Person:
    person.tell("đăng ký vay nước sạch", "start_application", "water")
    answers = {"works_state": "missing", "area": "rural", "registration": "permanent"}
    while person.asking in answers:
        person.picks(f"{person.asking}={answers[person.asking]}")
    assert person.asking == "consent"
    return person


def up_to_confirm(person: Person) -> Person:
    screened_for_water(person)
    person.picks("consent=yes")
    person.tell(PLACE)
    person.tell("thôn 3")
    person.picks("group=no")
    person.picks("works=sanitation")
    person.tell("20 triệu")
    person.tell("Lê Văn Tám")
    person.tell("0987654321")
    person.picks("contact_hours=any")
    assert person.asking == "confirm"
    return person


def sent(person: Person) -> Person:
    up_to_confirm(person)
    person.picks("confirm=send")
    return person


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_a_button_pressed_twice_is_one_press(person: Person) -> None:
    up_to_confirm(person)
    token = person.conversation.pending.token
    person.picks("confirm=send", token)
    assert len(person.of(Submit)) == 1
    person.picks("confirm=send", token)
    assert person.effects == []


def test_a_button_of_an_old_message_corrects_what_it_told(person: Person) -> None:
    person.tell("đăng ký vay nước sạch", "start_application", "water")
    token = person.conversation.pending.token
    assert person.asking == "works_state"
    person.picks("works_state=damaged")
    person.picks("works_state=missing", token)
    assert person.case.facts["works_state"].value == "missing"


def test_an_old_send_button_sends_nothing_that_changed_since(person: Person) -> None:
    up_to_confirm(person)
    token = person.conversation.pending.token
    person.tell("à nhầm, 15 triệu thôi", "correct")
    assert person.case.facts["loan_amount"].value == 15_000_000
    person.picks("confirm=send", token)
    assert not person.of(Submit)


def test_an_unknown_button_does_no_harm(person: Person) -> None:
    person.start()
    person.picks("do=nothing_of_the_kind")
    assert person.of(Say)


# --- consent ------------------------------------------------------------------------------------------------------------


def test_nothing_is_forwarded_without_consent(person: Person) -> None:
    screened_for_water(person)
    person.picks("consent=no")
    assert person.of(KeepConsent)[0].given is False
    assert not person.of(Submit)
    assert person.case.consent is None
    assert person.case.slots.get("name") is None


def test_what_was_said_before_consent_is_not_asked_again(person: Person) -> None:
    person.tell(f"đăng ký vay nước sạch, cần 20 triệu, sđt 0987654321, ở {PLACE}", "start_application", "water")
    answers = {"works_state": "missing", "area": "rural", "registration": "permanent", "group": "yes", "works": "both"}
    asked = []
    for _ in range(14):
        slot = person.asking
        asked.append(slot)
        if slot in answers:
            person.picks(f"{slot}={answers[slot]}")
        elif slot == "consent":
            person.picks("consent=yes")
        elif slot == "name":
            person.tell("Lê Văn Tám")
        elif slot == "hamlet":
            person.tell("thôn 3")
        elif slot == "contact_hours":
            person.picks("contact_hours=any")
        elif slot == "confirm":
            person.picks("confirm=send")
            break
    assert not {"phone", "loan_amount", "residence"} & set(asked)
    assert person.of(Submit)[0].lead.phone == "+84987654321"


def test_before_consent_a_talk_lives_a_day_and_after_it_a_month(person: Person) -> None:
    screened_for_water(person)
    assert person.conversation.expires_at.startswith("2026-11-24")
    person.picks("consent=yes")
    assert person.conversation.expires_at.startswith("2026-12-23")


# --- contacts and places ---------------------------------------------------------------------------------------------------


def test_a_contact_card_of_somebody_else_is_not_taken(person: Person) -> None:
    screened_for_water(person)
    person.picks("consent=yes")
    person.tell(PLACE)
    person.tell("thôn 3")
    person.picks("group=no")
    person.picks("works=sanitation")
    person.tell("20 triệu")
    person.tell("Lê Văn Tám")
    assert person.asking == "phone"
    person.happen(ContactShared(**person._stamp(), phone="+84912345678", own=False))
    assert person.asking == "phone"
    person.happen(ContactShared(**person._stamp(), phone="+84912345678", own=True))
    assert person.case.slots["phone"] == "+84912345678"


def test_a_location_is_confirmed_and_one_abroad_is_refused(person: Person) -> None:
    screened_for_water(person)
    person.picks("consent=yes")
    person.happen(LocationShared(**person._stamp(), candidates=(), inside=False))
    assert person.asking == "residence"
    person.happen(LocationShared(**person._stamp(), candidates=near(20.0, 105.85), inside=True))
    assert person.asking == "residence"
    assert len(person.conversation.pending.choices) >= 2
    assert person.case.place is None


def test_a_commune_that_was_divided_is_asked_for(person: Person) -> None:
    screened_for_water(person)
    person.picks("consent=yes")
    person.tell("xã Tân Lập, huyện Đan Phượng, Hà Nội")
    assert person.asking == "residence"
    labels = {choice.id for choice in person.conversation.pending.choices}
    assert {"residence=09817.09820", "residence=09832.09820"} <= labels


# --- a person takes over ------------------------------------------------------------------------------------------------------


def test_during_a_handover_the_bot_is_silent_and_passes_words_on(person: Person) -> None:
    person.tell("cho gặp cán bộ", "human")
    person.picks("consent=yes")
    person.tell(PLACE)
    assert person.of(HandOver)[0].queue == "point"
    person.tell("tôi hỏi chuyện nợ cũ", "repayment")
    assert person.of(TellStaff)[0].text == "tôi hỏi chuyện nợ cũ"
    person.tell("còn đây nữa", "inform")
    assert not person.of(Say)
    person.happen(StaffReplied(**person._stamp(), lead="", text="Chào bác"))
    assert person.of(Say)
    person.happen(HandoverClosed(**person._stamp()))
    person.tell("vay nước sạch", "start_application", "water")
    assert person.asking == "works_state"


def test_a_button_calls_the_bot_back_from_a_handover(person: Person) -> None:
    person.tell("cho gặp cán bộ", "human")
    person.picks("consent=yes")
    person.tell(PLACE)
    person.picks("do=apply:water", "old")
    assert person.asking == "works_state"
    person.tell("chưa có")
    assert person.case.facts["works_state"].value == "missing"
    assert not person.of(TellStaff)


@pytest.mark.parametrize(("said", "asking"), [("xem dữ liệu của tôi", "data"), ("xóa hết dữ liệu của tôi", "erase")])
def test_ones_own_data_are_ones_own_during_a_handover_too(person: Person, said: str, asking: str) -> None:
    person.tell("cho gặp cán bộ", "human")
    person.picks("consent=yes")
    person.tell(PLACE)
    person.tell(said)
    assert person.asking == asking
    assert not person.of(TellStaff)


def test_a_question_beside_a_correction_is_answered_too(person: Person) -> None:
    up_to_confirm(person)
    intent = Intent("none", (), "correct", ("correct", "eligibility"), 0.9)
    text = "à nhầm, 15 triệu thôi, mà vay có cần sổ đỏ không"
    reading = read(text, person.expecting(), intent, on=DAY, places=read_places)
    person.happen(MessageReceived(**person._stamp(), reading=reading))
    assert person.case.facts["loan_amount"].value == 15_000_000
    assert any(effect.text.key == "info.answer" for effect in person.of(Say))
    assert person.asking == "confirm"


def test_the_same_answer_is_not_given_twice_in_a_row(person: Person) -> None:
    first = person.tell("họ đòi phí qua zalo", "complaint_scam")
    second = person.tell("em lỡ đọc otp rồi", "complaint_scam")
    third = person.tell("họ nói là cán bộ thật mà", "complaint_scam")
    assert len({said.text for messages in (first, second, third) for said in messages if len(said.text) > 100}) >= 3


def test_a_helper_comes_back_to_their_own_matter(person: Person) -> None:
    person.tell("tôi hỏi cho bác Tư hàng xóm vay nước sạch", "start_application", "water")
    person.picks("works_state=missing")
    person.tell("còn tôi thì sao, tôi muốn vay cho con đi học", "start_application", "student")
    assert person.case.about == ""
    assert "works_state" not in person.case.facts
    assert person.case.programme == "student"


# --- after sending ----------------------------------------------------------------------------------------------------------------


def test_a_lead_carries_answers_with_their_origin_and_the_reason_for_its_point(person: Person) -> None:
    sent(person)
    lead = person.of(Submit)[0].lead
    assert (lead.commune["code"], lead.former["code"], lead.point) == ("15298", "15331", "P-15331")
    assert lead.origins["works_state"] == "chosen"
    assert lead.origins["loan_amount"] == "said"
    assert lead.truth == "yes"
    assert lead.group == "no"
    assert lead.why.key.startswith("route.")


def test_the_same_loan_is_not_sent_twice(person: Person) -> None:
    sent(person)
    person.tell("đăng ký vay nước sạch", "start_application", "water")
    assert not person.of(Submit)
    assert person.asking == "next"


def test_a_correction_after_sending_is_passed_on(person: Person) -> None:
    sent(person)
    person.tell("à nhầm, 15 triệu thôi", "correct")
    assert person.of(RequestChange)[0].value == 15_000_000


def test_staff_moving_a_lead_is_told_and_remembered(person: Person) -> None:
    sent(person)
    lead = next(iter(person.case.leads))
    said = person.happen(LeadMoved(**person._stamp(), lead=lead, status="invited", session="2026-12-12"))
    assert "12/12/2026" in said[0].text
    assert person.case.leads[lead].status == "invited"


def test_erasing_takes_the_lead_back_and_forgets(person: Person) -> None:
    sent(person)
    person.picks("do=data")
    person.picks("data=erase")
    person.picks("erase=yes")
    assert person.of(Withdraw)
    assert person.of(Erase)[0].scope == "everything"
    assert not person.case.facts
    assert not person.case.leads


# --- several people ---------------------------------------------------------------------------------------------------------------


def test_asking_for_a_neighbour_keeps_the_matters_apart(person: Person) -> None:
    person.tell("nhà tôi hộ nghèo", "inform")
    person.tell("tôi hỏi cho bác Tư hàng xóm vay nước sạch", "start_application", "water")
    assert person.case.about == "bác Tư"
    assert "poverty_status" not in person.case.facts
    assert any(case.about == "" and "poverty_status" in case.facts for case in person.conversation.cases)


def test_the_consent_for_somebody_else_is_theirs(person: Person) -> None:
    person.tell("tôi hỏi cho bác Tư hàng xóm vay nước sạch", "start_application", "water")
    answers = {"works_state": "missing", "area": "rural", "registration": "permanent"}
    while person.asking in answers:
        person.picks(f"{person.asking}={answers[person.asking]}")
    ask = person.of(Ask)[0]
    assert ask.text.key == "consent.ask_about"
    assert ask.text.values["about"] == "bác Tư"


def test_a_helper_cannot_agree_for_somebody_else(person: Person) -> None:
    person.tell("tôi hỏi cho bác Tư hàng xóm vay nước sạch", "start_application", "water")
    answers = {"works_state": "missing", "area": "rural", "registration": "permanent"}
    while person.asking in answers:
        person.picks(f"{person.asking}={answers[person.asking]}")
    person.tell("tôi đồng ý", "affirm")
    assert person.asking == "consent"
    assert not person.of(KeepConsent)
    person.tell("bác ấy đồng ý rồi", "affirm")
    assert person.of(KeepConsent)[0].given is True


def test_a_word_that_is_also_a_commune_is_no_place(person: Person) -> None:
    person.tell("đăng ký vay nước sạch", "start_application", "water")
    person.tell("dong y", "affirm")
    assert person.case.place is None


def test_a_fact_told_with_a_no_does_not_end_the_talk(person: Person) -> None:
    screened_for_water(person)
    person.picks("consent=no")
    person.tell("nhà tôi không phải hộ nghèo, hộ cận nghèo", "deny")
    assert person.asking == "next"


def test_the_neighbours_question_of_a_released_person_gets_its_own_answer(person: Person) -> None:
    person.tell("tôi mới ra tù muốn đăng ký vay", "start_application", "released")
    general = person.tell("ai xem được thông tin", "privacy")[0].text
    own = person.tell("hàng xóm có biết không", "privacy")[0].text
    assert own != general
