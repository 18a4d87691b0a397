"""What a message tells besides: facts, name, phone and place are kept whatever was asked, and read back in one line."""

from __future__ import annotations

import re
from typing import Any

from flows import ceiling, correcting, which_phone
from flows.answers import bare
from flows.consent import DECLINED
from flows.correcting import spoken
from flows.engine.scene import Scene
from flows.engine.text import Joined, Text, Value
from flows.fact_question import is_valid, label_text, value_text
from flows.place_question import area_of_home, place_kind, place_text, settled, take_candidates
from nlu.reading import Reading

READ_BACK_AT_MOST = 6
PLAINLY_A_PLACE = 3  # words; "đồng ý" is also a commune, but nobody who says it unasked means that
SHORT_ANSWER = 5  # words; a short answer answers its question and tells nothing besides
ALWAYS_OF_INTEREST = frozenset({"poverty_status", "loan_amount"})
TELLS = frozenset({"inform", "start_application"})
# "vay làm ăn cho gia đình": a person borrows, in so many words; of "tôi mới ra tù" it is only worked out
_FOR_A_PERSON = re.compile(
    r"\bcho (?:ca )?(?:gia dinh|nha|ban than|chinh|toi|tui|minh|con|chau|em|vo|chong|bo|me|ba|ma|anh|chi|ong)\b|\bca nhan\b|\bban than\b"
)
PLACE_SLOTS = frozenset({"residence", "former", "hamlet"})


def absorb(scene: Scene, reading: Reading, asked: str | None, answered: bool = False) -> bool:
    """Keep what was told besides the answer to `asked` (if it `answered` that); say what was noted. True if any was new."""
    noted: list[Value] = []
    inferred = "applicant_kind" not in scene.known and _origin(reading, "applicant_kind") == "inferred"
    short = answered and asked in scene.book.facts and len(reading.text.split()) <= SHORT_ANSWER
    told = correcting.meant(scene, reading) if reading.correction else reading.facts
    for fact_id, value in () if short else told.items():
        if (
            fact_id != asked
            and _may_be_meant(scene, reading, fact_id, asked)
            and _keep_fact(scene, fact_id, value, reading.correction, _origin(reading, fact_id))
            and _origin(reading, fact_id) != "inferred"
            and _concerns(scene, reading, fact_id)
        ):
            noted.append(
                Text(
                    "noted.fact", {"label": label_text(fact_id), "value": value_text(scene.book.facts[fact_id], value)}
                )
            )
    _mind_country(scene, reading)
    if withheld(scene, reading) and not answered:
        scene.say("noted.withheld")
    else:
        noted.extend(_keep_slots(scene, reading, asked))
    _mind_programme(scene, reading)
    shown = [one for one in noted if not _was_noted(scene, one)][:READ_BACK_AT_MOST]
    if shown and (area := area_of_home(scene)) is not None:
        shown.append(area)
    if shown:
        scene.say("noted.all", facts=Joined(tuple(shown), "bullets"))
    if noted:
        ceiling.say_over(scene)
    return bool(noted) or inferred


def _was_noted(scene: Scene, noted: Value) -> bool:
    """Of a sum above the most it was said already that it is noted."""
    wished = scene.known.get(ceiling.WISH)
    return ceiling.was_said(scene, wished) and noted == Text(
        "noted.fact",
        {"label": label_text(ceiling.WISH), "value": value_text(scene.book.facts[ceiling.WISH], wished)},
    )


def withheld(scene: Scene, reading: Reading) -> bool:
    """Whether the message tells who or where although consent was declined: that is not kept."""
    if not scene.slot(DECLINED):
        return False
    return any(entity.type in {"phone", "person_name"} for entity in reading.entities) or _names_place(reading)


def _names_place(reading: Reading) -> bool:
    return any(entity.type == "place" and len(entity.text.split()) >= PLAINLY_A_PLACE for entity in reading.entities)


def _may_be_meant(scene: Scene, reading: Reading, fact_id: str, asked: str | None) -> bool:
    """Words said about one loan are not taken for facts that only another loan asks for."""
    at_hand = scene.data("programmes") or () if scene.programme is None else (scene.programme,)
    spoken_of = {*at_hand, *reading.intent.programmes} & set(scene.book.programmes)
    fact = scene.book.facts.get(fact_id)
    if fact is not None and asked in scene.book.facts and len(at_hand) > 1 and not reading.intent.programmes:
        spoken_of &= set(scene.book.facts[asked].programmes)  # an answer about one loan tells nothing for the others
    if fact_id == "poverty_status" and reading.intent.topic in TELLS:
        return True  # "tôi muốn vay nước sạch, tôi hộ nghèo": of oneself, whichever loan is named beside it
    if fact_id in ALWAYS_OF_INTEREST and not reading.intent.programmes:
        return True  # "hộ nghèo" says so of every loan, also where the one at hand does not ask
    return fact is not None and (not spoken_of or bool(spoken_of & set(fact.programmes)))


def _mind_country(scene: Scene, reading: Reading) -> None:
    """Whoever goes to Japan is under no contract of the Korean programme: it is not asked. With Korea it is, after all."""
    countries = {entity.value for entity in reading.entities if entity.type == "destination_country"}
    held = scene.case.facts.get("eps_contract")
    if countries and "korea" not in countries and held is None:
        scene.set_fact("eps_contract", False, "inferred")
    elif "korea" in countries and held is not None and held.origin == "inferred":
        scene.forget_fact("eps_contract")


def _concerns(scene: Scene, reading: Reading, fact_id: str) -> bool:
    """Only what the loan at hand asks for is read back; the rest is kept quietly for when it is needed."""
    named = scene.programme or reading.intent.programme
    if named not in scene.book.programmes:
        return fact_id in ALWAYS_OF_INTEREST
    return fact_id in scene.book.programmes[named].facts or fact_id in ALWAYS_OF_INTEREST


def _origin(reading: Reading, fact_id: str) -> str:
    """Whoever only says that they came from prison has not said who borrows: that is worked out and not read back."""
    unsaid = fact_id == "applicant_kind" and reading.facts.get(fact_id) == "person" and not _FOR_A_PERSON.search(bare(reading.text))
    return "inferred" if unsaid else "volunteered"


def _keep_fact(scene: Scene, fact_id: str, value: Any, correction: bool, origin: str) -> bool:
    if fact_id not in scene.book.facts or not is_valid(scene, fact_id, value):
        return False
    held = scene.case.facts.get(fact_id)
    known = held is not None and held.status == "known"
    if known and (held.value == value or (held.origin in {"said", "chosen"} and not correction)):
        return False  # what was answered stands until it is taken back
    scene.set_fact(fact_id, value, origin)
    scene.drop_data(f"which:{fact_id}")
    return True


def _keep_slots(scene: Scene, reading: Reading, asked: str | None) -> list[Value]:
    """Name and phone are kept quietly; a place is read back, since it decides where the lead goes."""
    noted: list[Value] = []
    for entity in reading.entities:
        if entity.type == "phone" and asked != "phone" and scene.slot("phone") != entity.value:
            if scene.slot("phone") and not reading.correction:
                which_phone.begin(scene, scene.slot("phone"), entity.value)
                continue
            scene.set_slot("phone", entity.value)
            noted.append(Text("noted.slot", {"label": Text("slot.phone"), "value": spoken("phone", entity.value)}))
        elif entity.type == "person_name" and asked not in {"name", *PLACE_SLOTS} and not scene.slot("name"):
            scene.set_slot("name", entity.value)
            noted.append(Text("noted.slot", {"label": Text("slot.name"), "value": entity.text}))
    if asked not in PLACE_SLOTS and reading.places and reading.places.candidates:
        noted.extend(_keep_place(scene, reading))
    return noted


def _keep_place(scene: Scene, reading: Reading) -> list[Value]:
    places = reading.places
    if places is None or not _names_place(reading) or settled(scene) or place_kind(scene) not in {"residence", "works", "house"}:
        return []
    take_candidates(scene, places)
    place = scene.case.place
    if place is None or place.commune is None:
        return []
    return [Text("noted.slot", {"label": Text("slot.place.residence"), "value": place_text(place)})]


def _mind_programme(scene: Scene, reading: Reading) -> None:
    named = reading.intent.programme
    if named in scene.book.programmes and scene.programme is None:
        scene.change_case(programme=named)
