"""Words that steer the talk while a question is open: another loan, this loan again, the menu, "send it" too early.

None of them is an answer that was not understood, so none counts as a failed try.
"""

from __future__ import annotations

import re

from flows.answers import bare
from flows.engine.press import act
from flows.engine.scene import Scene
from flows.engine.text import Joined, Text
from flows.fact_question import label_text
from flows.pre_application import NAME, PHONE, PLACE, QUESTIONS
from nlu.reading import Reading

SAME = "same_loan"  # flow data: how often the loan at hand was named again
SURE = 0.40  # of a question in the message
AT_MOST = 12  # words of a request for a loan; who tells more tells of themselves
MENUS = frozenset({"menu", "next"})
MORE = frozenset(
    ["amount", "rate", "term", "repayment", "documents", "where_when", "privacy", "complaint_scam", "calculator", "human", "status"]
)  # what a message may want besides the loan it names
WRITTEN = frozenset({"name", "residence", "former", "hamlet", "school", "consent"})
_I = r"(?:toi|tui|em|minh|chau|con|bac|co|chu|anh|chi|nha em|nha toi)"
_WISH = r"(?:muon|can|dinh|xin|hoi|dang ky|tim hieu|cho|biet|ve|khoan|von|tien|duoc|lai|chuyen sang|doi sang|sang|coi|xem)"
_LOAN = re.compile(rf"^(?:(?:da|vang|a|ua|oi|thoi|the|vay thi|the con|con|gio|{_I}|{_WISH}|vay)(?= ) )*vay (?!gi\b|duoc\b)\S")
_HELD = re.compile(r"\b(?:roi|nam ngoai|truoc day|dang no|con no|da vay|dang vay)\b")  # a loan one has is no loan one wants
_OTHER = re.compile(r"\b(?:khoan|loai|chuong trinh|goi|muc)(?: vay)? khac\b|\bvay (?:cai|viec|khoan|loai) khac\b")
_TOP = re.compile(
    rf"^(?:(?:thoi|da|cho|{_I}|hay|xin|muon|bam) )*(?:(?:ve|quay ve|quay lai|tro ve|tro lai)(?: tu| lai| ve)? (?:dau|menu|trang dau|trang chu)"
    rf"|bat dau lai|lam lai tu dau|menu)(?: (?:di|nhe|a|giup|voi|{_I}))*$"
)
_SEND = re.compile(rf"^(?:(?:da|vang|ok|oke|thoi|{_I}|muon|xin|bam|roi) )*(?:gui|nop)(?: (?:di|luon|ngay|lien|giup|cho|{_I}|nhe|a|voi|dang ky|ho so|don))*$")


def steered(scene: Scene, reading: Reading) -> bool:
    """True if the words steered the talk; what they told besides is kept by whoever called."""
    pending = scene.conversation.pending
    if pending is None or reading.correction:
        return False
    said = bare(reading.text)
    if _TOP.match(said) or (_OTHER.search(said) and _only_steers(reading)):
        act(scene, "menu")
        return True
    if pending.slot in MENUS:
        return _begins_from_menu(scene, reading, said)
    if scene.conversation.flow == "pre_application" and pending.slot not in {"confirm", "consent"} and _SEND.match(said):
        scene.say("apply.still_missing", missing=Joined(_missing(scene), "list"))
        return True
    if scene.conversation.flow == "screening" and _SEND.match(said):
        scene.say("apply.not_yet")
        return True
    return pending.slot not in WRITTEN and not pending.slot.endswith(("debt", "loan")) and _names_a_loan(reading, said) and _takes_up(scene, reading, pending.slot)


def _only_steers(reading: Reading) -> bool:
    """ "Tôi có khoản vay khác ở ngân hàng" tells of a debt."""
    return reading.answer is None and reading.choice is None and not reading.facts and not _asks_more(reading)


def _asks_more(reading: Reading) -> bool:
    intent = reading.intent
    return intent.confidence >= SURE and any(topic in MORE for topic in intent.topics or (intent.topic,))


def _names_a_loan(reading: Reading, said: str) -> bool:
    return bool(_LOAN.match(said)) and not _HELD.search(said) and len(said.split()) <= AT_MOST and not _asks_more(reading)


def _begins_from_menu(scene: Scene, reading: Reading, said: str) -> bool:
    """ "Vay cho người mới ra tù" begins with that loan, however much it sounds like a call for help."""
    named = reading.intent.programme
    if reading.intent.topic != "help" or named not in scene.book.programmes or not _names_a_loan(reading, said):
        return False
    act(scene, f"screen:{named}")
    return True


def _takes_up(scene: Scene, reading: Reading, asked: str) -> bool:
    named = reading.intent.programme
    if named not in scene.book.programmes or scene.programme is None:
        return False
    if reading.answer is not None or reading.choice is not None or asked in reading.facts:
        return False
    if named != scene.programme:
        act(scene, f"screen:{named}")
        return True
    if any(fact in scene.book.facts and fact not in scene.case.facts for fact in reading.facts):
        return False  # it tells something new: that is read back
    times = scene.data(SAME) or 0
    scene.set_data(**{SAME: times + 1})
    if times % 2 == 0:  # between, the question alone, so that nothing is said twice in a row
        scene.say("hear.same_loan" if times == 0 else "hear.same_question")
    return True


def _missing(scene: Scene) -> tuple[Text, ...]:
    """What the form still needs, in the order it is asked, by its short names."""
    labels = {PLACE.slot: Text("slot.place.residence"), NAME.slot: Text("slot.name"), PHONE.slot: Text("slot.phone")}
    pending = scene.conversation.pending
    named = [labels[one.slot] for one in QUESTIONS if one.slot in labels and one.needed(scene)]
    if not named and pending is not None and pending.slot in scene.book.facts:
        named = [label_text(pending.slot)]
    return tuple(named) or (Text("apply.this_answer"),)
