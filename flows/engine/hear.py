"""Free words: what they answer, what they ask, what they tell besides; then what they want done. No sentence here.

The order is the policy: a cry for help first, then the answer to the open question, then questions in between, then
facts told unasked, then what the intent says, and last "I did not understand", each time in another way.
"""

from __future__ import annotations

import re

import msgspec

from flows.engine.ask import ask_again_differently
from flows.engine.effects import TellStaff
from flows.engine.events import ContactShared, LocationShared, Started
from flows.engine.flow import Given
from flows.engine.press import act, answer, pending_question, pressed
from flows.engine.scene import Scene
from flows.plain_words import bare
from nlu.reading import Ambiguous, Intent, Reading

HALF_HEARD = 0.2  # from here on a topic is worth a guess
SURE = 0.40  # below this an intent is a guess that is offered, never acted on
SURELY = 0.85  # small talk, beyond a doubt
PLAINLY = 0.75  # words in a form that are surely none of ours
SOFT = frozenset({"menu", "next"})  # open questions that only offer what could be done
NOTHING_TOLD = frozenset({"out_of_scope", "greet", "thanks"})
QUESTIONS = frozenset(
    [
        "eligibility",
        "amount",
        "rate",
        "term",
        "repayment",
        "documents",
        "procedure",
        "where_when",
        "privacy",
        "complaint_scam",
        "calculator",
        "help",
    ]
)
RESPECTFUL = frozenset({"bác", "cô", "chú", "ông", "bà", "anh", "chị"})
YOUNGER = frozenset({"em", "con", "cháu", "mình", "tôi"})
CARE = frozenset({"despair", "beaten"})  # heard before anything else
MOSTLY = 0.7  # of a message
SEND = "confirm=send"
WANTS = frozenset({"start_application", "eligibility"})
BRIEF = 3  # words: a bare yes or no
OFFERED = frozenset({"yes", "unknown"})  # after these verdicts "yes" means: send it
ACCEPTED = OFFERED | {"again"}  # here "yes" means the first button
_SPEAKS_OF_A_LOAN = re.compile(r"\b(?:vay|mượn|muon|vốn|von|khoản|khoan|đăng ký|dang ky|loan|borrow)\b")
_NEVER_MIND = re.compile(
    r"\b(?:a|ma|nhung)? ?thoi (?:khong|ko|k|khoi|khong phai|dung)\b(?: can| gap| phai)?|\b(?:khong|ko|k|khoi|chang) can (?:gap )?(?:can bo |nguoi )?(?:nua|dau|nhe|a)?$|\bnever ?mind\b"
)  # "gặp cán bộ, à thôi không cần"
LONG = 3_900  # code points; a channel cuts at 4,000


def opened(scene: Scene, event: Started) -> None:
    """The chat was opened: greet, or pick up where we were."""
    from flows import draft

    if event.by == "volunteer":
        scene.change(by="volunteer")
    if scene.conversation.handover:
        scene.say("handover.still")
        return
    if draft.opened_again(scene):
        return
    if scene.conversation.pending is not None and scene.conversation.turn > 1:
        scene.say("welcome.back")
        return
    scene.say("welcome.hello")
    scene.enter("welcome")


def heard(scene: Scene, reading: Reading) -> None:
    """Free text, already read."""
    from flows import scam

    _adopt_addressing(scene, reading)
    _adopt_language(scene, reading)
    if scene.conversation.handover:
        _pass_on(scene, reading)
        return
    greets = reading.intent.topic == "greet" or (reading.intent.topic == "help" and not _names_one_loan(reading.intent))
    if scene.conversation.turn == 1 and (reading.neighbours or not greets):
        scene.say("welcome.short")
    if not any(character.isalnum() for character in reading.text):
        _nothing_to_read(scene, reading)
        return
    if len(reading.text) >= LONG:
        scene.say("hear.long")
    if reading.aside in CARE:
        act(scene, reading.aside)
        return
    if scam.asked(scene, reading):
        return
    if _identity_number(scene, reading) or _beside(scene, reading):
        return
    _understand(scene, reading)


def _identity_number(scene: Scene, reading: Reading) -> bool:
    """An identity number is asked for nowhere here: say that it was not kept. True if nothing else was told."""
    if not reading.identity:
        return False
    scene.say("hear.cccd")
    others = any(entity.type not in {"cccd", "phone"} for entity in reading.entities)
    phone = any(entity.type == "phone" for entity in reading.entities)
    return not (others or phone or reading.facts)


def _beside(scene: Scene, reading: Reading) -> bool:
    """What is said beside the matter is done at once. Said where we ask just that, it is the yes."""
    from flows import withdrawing

    asked = scene.conversation.pending.slot if scene.conversation.pending else None
    match reading.aside:
        case None:
            return False
        case "unsend":
            return withdrawing.stop_sending(scene)
        case "resend" if asked is not None and asked not in SOFT:
            return False
        case "erase" if reading.choice is not None and asked in {"erase", "data", "unconsent"}:
            pressed(scene, reading.choice, "")  # the very words of a button
        case "erase" | "unconsent" if asked == reading.aside:
            answer(scene, Given(picked="yes"))
        case _:
            act(scene, reading.aside)
    return True


def _understand(scene: Scene, reading: Reading) -> None:
    from flows import (
        absorbing,
        ceiling,
        correcting,
        discretion,
        draft,
        draft_reminder,
        moving,
        programme_info,
        screening,
        steering,
        visit,
        volunteering,
        which_phone,
    )

    if any(flow.asked(scene, reading.text) for flow in (discretion, moving, draft_reminder, draft, visit)):
        return
    open_slot = scene.conversation.pending.slot if scene.conversation.pending else None
    if reading.neighbours and open_slot not in {"applicant_kind", "name"}:
        volunteering.begin_several(scene, reading.neighbours)
        return
    if reading.about and open_slot != "applicant_kind":
        reading = _of_whom(scene, reading, reading.about)
    elif reading.own and scene.case.about:
        if scene.conversation.pending is not None and scene.conversation.pending.slot == "consent":
            scene.say("consent.theirs", about=scene.case.about)
            return
        act(scene, "self")
        if reading.intent.topic == "go_back":
            return  # "quay lại chuyện của tôi" goes back to the matter, not to an earlier question of it
    elif (other := volunteering.named(scene, reading.text)) is not None:
        act(scene, f"about:{other}")
        return
    if not _asks(reading) and screening.thought_again(scene, reading):
        return
    reading = _without_slips(scene, reading)
    asked = scene.conversation.pending.slot if scene.conversation.pending else None
    if reading.correction and asked in reading.facts and asked not in correcting.meant(scene, reading):
        reading = msgspec.structs.replace(reading, answer=None, choice=None)  # what it puts right is of another loan
    if steering.steered(scene, reading):
        absorbing.absorb(scene, reading, None)
        return
    switched = _wants_another_loan(scene, reading)
    if switched or (_may_command(reading) and _command(scene, reading)):
        left = switched and asked in reading.facts  # the question is left, what answers it is kept
        absorbing.absorb(scene, reading, None if left else asked)
        also = tuple(topic for topic in reading.intent.topics[1:] if topic in QUESTIONS)
        if also and scene.conversation.flow not in {"handover", "correcting"}:
            programme_info.reply(scene, reading, also, busy=True)
        return
    if ceiling.heard(scene, reading):
        absorbing.absorb(scene, reading, asked)
        programme_info.go_on_after(scene, reading, asked is not None and asked not in SOFT)
        return
    taken = _chosen(scene, reading) or _answered(scene, reading) or _another_sum(scene, reading)
    told = absorbing.absorb(scene, reading, asked, taken)
    if scene.conversation.flow == which_phone.FLOW_ID and asked != which_phone.WHICH.slot:
        return  # two numbers were told: first, which one to call
    if taken and (reading.choice or "").startswith("do="):
        return
    if taken and not _asks(reading):
        return
    if asked in SOFT and not taken and _of_this_loan(scene, reading):
        _acknowledge(scene, told)
        return
    topics = _asked_topics(reading) or programme_info.finer_question(scene, reading, taken or told)
    if topics and programme_info.reply(scene, reading, topics, asked is not None and asked not in SOFT, told):
        return
    if taken:
        return
    if absorbing.withheld(scene, reading) and reading.intent.topic not in WANTS:
        return
    if told and reading.intent.topic in {"affirm", "deny"}:
        return  # "không nợ gì" tells something; it does not end the talk
    if told and asked in SOFT and _only_of_oneself(scene, reading, asked):
        return  # noted; what was on offer is offered again
    if told and (scene.conversation.pending is None or scene.conversation.pending.slot in SOFT):
        _want(scene, reading)
        return
    if told:
        return
    if scene.conversation.pending is not None and scene.conversation.pending.slot not in SOFT:
        _small_talk_or_not_understood(scene, reading)
        return
    _want(scene, reading)


def _acknowledge(scene: Scene, told: bool) -> None:
    """What was told before and is told again gets a word; what is new was read back already."""
    if not told:
        scene.say("small_talk.noted")


def _without_slips(scene: Scene, reading: Reading) -> Reading:
    """A sum that no loan can be is said to be a slip and forgotten; where a sum is asked for, that question says so."""
    from flows import ceiling

    slips = [entity for entity in reading.entities if entity.type == "money" and ceiling.is_too_much(entity.value)]
    if not slips or ceiling.is_too_much(reading.answer):
        return reading
    scene.say("ceiling.no_such_sum")
    facts = {fact: value for fact, value in reading.facts.items() if not ceiling.is_too_much(value)}
    kept = tuple(entity for entity in reading.entities if entity not in slips)
    return msgspec.structs.replace(reading, facts=facts, entities=kept)


def _only_of_oneself(scene: Scene, reading: Reading, asked: str) -> bool:
    """A name, a phone or a place, told where nothing is asked: it wants nothing done."""
    named, topic = reading.intent.programme, reading.intent.topic
    plain = topic in {"inform", "out_of_scope"} or reading.intent.confidence < SURE
    same = named == "none" or (asked == "next" and named == scene.programme)
    return plain and not reading.facts and same and not scene.data("then")  # asked which loan: that stays to be said


def _of_whom(scene: Scene, reading: Reading, about: str) -> Reading:
    """Turn to the matter of somebody else; what is said of them answers nothing that was asked of the speaker."""
    from flows import volunteering

    before = scene.conversation.active, scene.case.about
    volunteering.begin_about(scene, about, reading.intent.programme)
    if (scene.conversation.active, scene.case.about) == before:
        return reading
    return msgspec.structs.replace(
        reading, answer=None, choice=None, unsure=False, declined=False, says=None, facts=reading.unprompted
    )


def _may_command(reading: Reading) -> bool:
    """A message that picks a button is an answer, unless it mends what it would send, or surely wants a person."""
    if reading.choice is None or (reading.choice == SEND and reading.correction):
        return True
    return _surely_human(reading) and not reading.choice.startswith("do=")


def _surely_human(reading: Reading) -> bool:
    """ "cho tôi gặp cán bộ" is no "cho tôi"."""
    return reading.intent.topic == "human" and reading.intent.confidence >= SURELY


def _wants_another_loan(scene: Scene, reading: Reading) -> bool:
    """ "Thôi, tôi muốn đăng ký vay nước sạch": switch, whatever else the words could answer."""
    intent = reading.intent
    if reading.choice is not None and reading.choice.startswith("scheme="):
        return False  # "Vay để làm ăn, tạo việc làm" was offered as a kind of this very loan
    if _of_this_loan(scene, reading):
        return False
    wanted = intent.topic == "start_application" or _leaves_for_another(scene, reading)
    return intent.confidence >= SURE and wanted and _switches(scene, reading)


def _leaves_for_another(scene: Scene, reading: Reading) -> bool:
    """ "Thôi, tôi muốn hỏi vay đi Hàn": the loan that is named is begun, not the talk ended."""
    named = reading.intent.programme
    return reading.intent.topic == "cancel" and named in scene.book.programmes and named != scene.programme


def _another_sum(scene: Scene, reading: Reading) -> bool:
    """ "À không, 15 triệu thôi" when something else is asked: the sum told before is meant."""
    from flows import correcting

    sums = [entity for entity in reading.entities if entity.type == "money"]
    if len(sums) != 1 or "loan_amount" not in scene.known or (_asks(reading) and not reading.correction):
        return False
    return sums[0].value != scene.known["loan_amount"] and correcting.corrected(scene, reading)


def _chosen(scene: Scene, reading: Reading) -> bool:
    """True if the words pick one of the choices on offer. A question says more than the button that it sounds like."""
    if reading.choice is None or (reading.choice.startswith("do=") and _asks(reading)):
        return False
    if reading.choice == SEND and reading.correction:
        return False  # "đúng rồi nhưng sửa số điện thoại": read back once more before it goes
    return pressed(scene, reading.choice, "")


def _answered(scene: Scene, reading: Reading) -> bool:
    """True if the words answered the open question."""
    question = pending_question(scene)
    pending = scene.conversation.pending
    if question is None or pending is None or pending.slot in SOFT or _surely_beside(reading):
        return False
    value = reading.answer if reading.answer is not None else reading.facts.get(pending.slot)
    found_place = question.expects == "location" and _names_a_place(reading)
    if value is None and not found_place and not reading.unsure and not reading.declined:
        return False
    if _asks(reading) and question.accepts_text and not isinstance(value, Ambiguous):
        return False  # "lãi bao nhiêu" is no name
    if _asks(reading) and not found_place and value is None:
        return False
    given = Given(
        answer=value,
        text=reading.text,
        unsure=reading.unsure,
        declined=reading.declined,
        places=reading.places,
        reading=reading,
    )
    return answer(scene, given) or scene.has_asked


def _surely_beside(reading: Reading) -> bool:
    """Small talk that is surely none of ours answers nothing, whatever word of an answer it happens to hold."""
    intent = reading.intent
    return intent.topic == "out_of_scope" and intent.confidence >= SURELY and len(reading.text.split()) > BRIEF


def _names_a_place(reading: Reading) -> bool:
    """True if a place was found; in a question only if it is plainly named as one."""
    found = reading.places is not None and (bool(reading.places.candidates) or reading.places.ambiguous)
    return found and (not _asks(reading) or any(entity.type == "place" for entity in reading.entities))


def _asks(reading: Reading) -> bool:
    return bool(_asked_topics(reading))


def _asked_topics(reading: Reading) -> tuple[str, ...]:
    """The questions in the message, at most two; none if we are not sure that it asks."""
    intent = reading.intent
    if intent.confidence < SURE or _only_values(reading):
        return ()
    topics = intent.topics or (intent.topic,)
    if topics[0] in {"affirm", "deny", "inform", "out_of_scope"} and not reading.text.rstrip().endswith("?"):
        return ()
    if _names_one_loan(intent):
        topics = tuple(topic for topic in topics if topic != "help")  # who calls for help with a loan is helped with that loan
    return tuple(topic for topic in topics if topic in QUESTIONS)[:2]


def _names_one_loan(intent: Intent) -> bool:
    return intent.programme not in {"none", "multiple", "other"}


def _only_values(reading: Reading) -> bool:
    """ "xã Hà Lai, huyện Hà Trung": hardly a word beside a place, a sum or a date asks nothing."""
    told = sum(entity.end - entity.start for entity in reading.entities)
    return told >= MOSTLY * len(reading.text.strip()) > 0


def _command(scene: Scene, reading: Reading) -> bool:
    """What a person may say at any time: stop, go back, correct, a person please."""
    topic = reading.intent.topic
    if reading.intent.confidence < SURE and not reading.mends:
        return False
    if topic == "correct" or reading.mends or (reading.correction and reading.facts):
        from flows import correcting

        return correcting.corrected(scene, reading)
    pending = scene.conversation.pending
    form = pending is not None and pending.slot not in SOFT
    if form and reading.answer is not None and topic in {"cancel", "human", "status"} and not _surely_human(reading):
        return False
    if form and (reading.declined or reading.unsure) and topic in {"cancel", "go_back"}:
        return False  # "bỏ qua" leaves out the question, not the whole form
    if reading.angry and topic == "status" and not any(case.leads for case in scene.conversation.cases):
        _beside_the_matter(scene, reading)
        return True
    if _leaves_for_another(scene, reading):
        return False
    if topic == "human" and _NEVER_MIND.search(bare(reading.text)):
        scene.say("small_talk.never_mind")
        if scene.conversation.flow is None:
            scene.enter("welcome")
        return True
    actions = {"cancel": "cancel", "go_back": "back", "human": "human", "status": "status"}
    if topic not in actions:
        return False
    _mind_programme(scene, reading)
    act(scene, actions[topic])
    return True


def _mind_programme(scene: Scene, reading: Reading) -> None:
    """Take up the programme that was named, unless another one is being worked on."""
    named = reading.intent.programme
    if named in scene.book.programmes and scene.programme is None:
        scene.change_case(programme=named)


def _want(scene: Scene, reading: Reading) -> None:
    """No question is open that needs an answer: do what the intent says."""
    from flows import draft, scam, several

    intent = reading.intent
    pending = scene.conversation.pending
    named = intent.programme if intent.programme in scene.book.programmes else None
    brief = len(reading.text.split()) <= BRIEF
    wanted = several.named(scene, reading)
    if intent.confidence < SURE and not named and not wanted and not reading.facts:
        _guess(scene, reading)
        return
    if wanted and intent.topic in {"start_application", "eligibility", "help", "inform", "out_of_scope"}:
        several.begin(scene, wanted)
        return
    topic = intent.topic
    if reading.says is not None and topic in {"inform", "affirm", "deny"}:
        topic = "affirm" if reading.says else "deny"
    match topic:
        case "greet" if draft.greeted(scene):
            return
        case "affirm" if scene.conversation.flow in {draft.FLOW_ID, scam.FLOW_ID} and pending is not None and brief:
            pressed(scene, pending.choices[0].id, "")
        case "greet":
            scene.say("welcome.hello_again" if scene.conversation.turn > 1 else "welcome.hello")
            scene.enter("welcome")
        case "thanks":
            scene.say("small_talk.thanks")
        case "affirm" if pending is not None and pending.slot == "next" and scene.data("after") in ACCEPTED and brief:
            pressed(scene, pending.choices[0].id, "")
        case "affirm" if pending is None and scene.data("offered") and scene.programme and brief:
            act(scene, f"apply:{scene.programme}")  # "không đồng ý", then "đồng ý" after all
        case "affirm" | "deny" if pending is not None and not brief and scene.programme:
            scene.say("small_talk.noted")
        case "deny" if pending is not None:
            offered = pending.slot == "next" and scene.data("after") in OFFERED
            scene.leave()
            scene.set_data(offered=offered)
            scene.say("small_talk.goodbye")
        case "out_of_scope" if not named and not reading.facts:
            _beside_the_matter(scene, reading)
        case "inform" if not named and not reading.facts and pending is not None and pending.slot == "next":
            _guess(scene, reading)  # a stray word starts no form
        case "help" | "inform" if not named and scene.programme is None:
            scene.enter("screening")
        case "start_application":
            _begin(scene, "apply", named)
        case _:
            _begin(scene, "screen", named)


def _of_this_loan(scene: Scene, reading: Reading) -> bool:
    """ "Mở tiệm sửa xe", told by a released person about their own loan, begins no loan for jobs."""
    programme = scene.book.programmes.get(scene.programme or "")
    if reading.intent.topic not in {"inform", "start_application"} or reading.intent.programme in {"none", scene.programme}:
        return False
    if _SPEAKS_OF_A_LOAN.search(reading.text.lower()) or reading.about or reading.own:
        return False
    return programme is not None and bool(reading.facts) and set(reading.facts) <= set(programme.facts)


def _beside_the_matter(scene: Scene, reading: Reading) -> None:
    """Not ours to answer; anger is met with calm and the offer of a person."""
    scene.say("hear.angry" if reading.angry else "hear.out_of_scope")
    scene.enter("welcome", person=reading.angry or None)


def _begin(scene: Scene, action: str, named: str | None) -> None:
    programme = named or scene.programme
    if programme is None:
        scene.enter("welcome", then=action)
        return
    act(scene, f"{action}:{programme}")


def _guess(scene: Scene, reading: Reading) -> None:
    """Offer what it may have been; then the menu; then a person."""
    from flows import programme_info

    tries = (scene.data("lost") or 0) + 1
    scene.set_data(lost=tries)
    topics = [
        topic for topic, _ in reading.intent.guesses if topic in QUESTIONS or topic in {"start_application", "status"}
    ][:3]
    if tries == 1 and topics:
        programme_info.offer_guesses(scene, topics, reading.intent.programme)
    elif tries <= 2:
        scene.say("not_understood.menu")
        scene.enter("welcome", lost=tries)
    else:
        scene.say("not_understood.person")
        scene.enter("welcome", lost=tries, person=True)


def _small_talk_or_not_understood(scene: Scene, reading: Reading) -> None:
    question = pending_question(scene)
    intent = reading.intent
    if any(scene.known.get(fact) == value for fact, value in reading.facts.items()):
        scene.say("small_talk.noted")  # told before and told again: heard, and the question stays
        return
    if intent.confidence >= SURE and intent.topic in {"greet", "thanks"}:
        scene.say(f"small_talk.{intent.topic}_short")
        return
    if intent.confidence >= PLAINLY and intent.topic == "out_of_scope" and not question_takes_words(question):
        scene.say("hear.out_of_scope_short")
        return
    if intent.confidence >= SURE and intent.topic in {"start_application", "eligibility"} and _switches(scene, reading):
        return
    if question is not None:
        ask_again_differently(scene, question, _topics_guessed(intent))


def _topics_guessed(intent: Intent) -> list[str]:
    """What the words may have asked, if an engine half thinks so."""
    return [topic for topic, chance in intent.guesses if topic in QUESTIONS and chance >= HALF_HEARD][:2]


def question_takes_words(question: object) -> bool:
    return bool(getattr(question, "accepts_text", False))


def _switches(scene: Scene, reading: Reading) -> bool:
    named = reading.intent.programme
    pending = scene.conversation.pending
    if named not in scene.book.programmes or scene.programme in {None, named} or pending is None:
        return False
    act(scene, f"{'apply' if reading.intent.topic == 'start_application' else 'screen'}:{named}")
    return True


def _adopt_addressing(scene: Scene, reading: Reading) -> None:
    """Bác, cô, chú … are taken up; people who call themselves em, con, cháu are answered with anh/chị."""
    word = reading.addressing
    if word is not None and scene.case.about.casefold().startswith(word):
        return  # "gửi giúp bác" in bác Tư's matter is bác Tư, not the speaker
    if word in RESPECTFUL:
        scene.change(addressing=word)
    elif reading.addressing in YOUNGER and scene.conversation.addressing not in RESPECTFUL:
        scene.change(addressing="anh/chị")


def _adopt_language(scene: Scene, reading: Reading) -> None:
    """Who writes English from the start is answered in English; the menu's button leads back."""
    fresh = not scene.case.facts and not scene.case.slots
    if reading.english and fresh and scene.conversation.language == "vi":
        scene.change(language="en")


def _pass_on(scene: Scene, reading: Reading) -> None:
    """A person is answering: pass the words on, stay silent, unless the bot is called back."""
    from flows import discretion, handover

    if discretion.asked(scene, reading.text):
        return
    if reading.aside == "hide":
        act(scene, "hide")
        return
    if reading.aside in {"data", "unconsent", "erase"}:
        handover.take_back(scene)
        act(scene, reading.aside)
        return
    if not reading.text.strip():
        return
    if reading.aside == "cancel" or (reading.intent.topic == "cancel" and reading.intent.confidence >= SURE):
        handover.take_back(scene)
        scene.say("handover.taken_back")
        scene.enter("welcome")
        return
    lead = next(iter(scene.case.leads), None)
    scene.do(TellStaff(lead=lead, text=reading.text))
    handover.await_answer(scene)
    if not scene.data("passed_on"):
        scene.set_data(passed_on=True)
        scene.say("handover.passed_on")


def _nothing_to_read(scene: Scene, reading: Reading) -> None:
    scene.say("hear.emoji" if reading.text.strip() else "hear.empty")
    if scene.conversation.flow is None:
        scene.enter("welcome")


def contact(scene: Scene, event: ContactShared) -> None:
    """A contact card: taken as the phone only if the channel vouches that it is the sender's own."""
    pending = scene.conversation.pending
    if pending is None or pending.slot != "phone":
        scene.say("hear.contact_not_asked")
    elif not event.own:
        scene.say("hear.contact_of_another")
    elif event.phone is None:
        scene.say("hear.contact_unusable")
    else:
        answer(scene, Given(answer=event.phone, phone=event.phone))


def location(scene: Scene, event: LocationShared) -> None:
    """A location only helps to find the commune's name; it is confirmed, then dropped."""
    question = pending_question(scene)
    if not event.inside or not event.candidates:
        scene.say("hear.location_outside")
    elif question is None or question.expects != "location":
        scene.say("hear.location_not_asked")
    else:
        answer(scene, Given(near=event.candidates[:3]))


def media(scene: Scene, kind: str) -> None:
    """Photos and files are not kept: papers are never asked for here."""
    scene.say(
        {
            "photo": "hear.photo",
            "document": "hear.photo",
            "voice": "hear.voice",
            "audio": "hear.voice",
            "video": "hear.photo",
        }.get(kind, "hear.sticker")
    )
    if scene.conversation.flow is None:
        scene.enter("welcome")
