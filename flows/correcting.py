"""Correcting: a new value for something told before, in free words or by choosing what to mend."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.engine.effects import Choice, RequestChange
from flows.engine.flow import Flow, Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Money, Text, Value
from flows.fact_question import fact_question, is_valid, label_text, value_text
from flows.place_question import forget_area, place_kind, place_text, take_candidates
from nlu.reading import Reading

SLOTS = ("name", "phone", "residence", "hamlet", "contact_hours", "group")


def corrected(scene: Scene, reading: Reading) -> bool:
    """Take the new values in the message; with none in it, ask what to mend. False: it was no correction after all."""
    if not told(scene):
        return False  # nothing was told yet: there is nothing to put right
    changed = _new_facts(scene, reading) + _new_slots(scene, reading)
    if changed:
        say_corrected(scene, tuple(changed))
        return True
    if reading.answer is not None and scene.conversation.pending is not None:
        return False  # "à nhầm, 20 triệu" as the answer to the open question
    begin(scene)
    if reading.mends is not None and any(name == reading.mends for name, _ in told(scene)):
        mend(scene, reading.mends)  # "sửa số điện thoại" has said already which
    return True


def _new_facts(scene: Scene, reading: Reading) -> list[str]:
    changed = []
    facts = meant(scene, reading)
    amount = _bare_amount(scene, reading)
    if amount is not None:
        facts.setdefault("loan_amount", amount)
    for fact_id, value in facts.items():
        if fact_id in scene.book.facts and is_valid(scene, fact_id, value):
            scene.set_fact(fact_id, value, "said")
            changed.append(fact_id)
    return changed


def meant(scene: Scene, reading: Reading) -> dict[str, Any]:
    """The facts that the words are about: "con tôi là sinh viên năm hai" puts the study right, and no class of housing."""
    spoken_of = set(reading.intent.programmes)
    of_it = {
        fact: value
        for fact, value in reading.facts.items()
        if fact in scene.book.facts and spoken_of & set(scene.book.facts[fact].programmes)
    }
    return of_it or dict(reading.facts)


def _bare_amount(scene: Scene, reading: Reading) -> int | None:
    """ "À không, 20 triệu thôi": the only sum in a correction is the loan wanted, if one was given before."""
    sums = [entity.value for entity in reading.entities if entity.type == "money"]
    return sums[0] if len(sums) == 1 and "loan_amount" in scene.case.facts else None


def _new_slots(scene: Scene, reading: Reading) -> list[str]:
    changed = []
    names = {"phone": "phone", "person_name": "name"}
    for entity in reading.entities:
        slot = names.get(entity.type)
        if slot and (scene.slot(slot) or slot == "phone"):
            scene.set_slot(slot, entity.value)
            changed.append(slot)
    if (
        reading.places
        and reading.places.candidates
        and scene.case.place is not None
        and any(entity.type == "place" for entity in reading.entities)
    ):
        scene.change_case(place=None)
        take_candidates(scene, reading.places)
        changed.append("residence")
    return changed


def say_corrected(scene: Scene, changed: tuple[str, ...]) -> None:
    """Read the new values back; after a lead was sent, pass the wish on instead of changing what staff already see."""
    lead = scene.open_lead(scene.programme)
    if lead is not None:
        for name in changed:
            scene.do(RequestChange(lead=lead, field=name, value=_value(scene, name)))
        scene.say("correct.passed_on")
        return
    lines = tuple(_line(scene, name) for name in changed if _line(scene, name) is not None)
    scene.say("correct.done", facts=Joined(tuple(line for line in lines if line is not None), "bullets"))


def _value(scene: Scene, name: str) -> Any:
    if name in scene.book.facts:
        return scene.known.get(name)
    if name == "residence":
        place = scene.case.place
        return place.commune["code"] if place and place.commune else None
    return scene.slot(name)


def _line(scene: Scene, name: str) -> Value | None:
    """One told thing as "label: value", or None if nothing is held."""
    if name in scene.book.facts:
        value = scene.known.get(name)
        if value is None:
            return None
        shown = _amount_text(scene, value) if name == "loan_amount" else value_text(scene.book.facts[name], value)
        return Text("noted.fact", {"label": label_text(name), "value": shown})
    place = scene.case.place
    if name == "residence":
        return (
            Text("noted.slot", {"label": Text(f"slot.place.{place_kind(scene)}"), "value": place_text(place)})
            if place and place.commune
            else None
        )
    if name == "hamlet":
        return None  # read back as part of the place
    value = scene.slot(name)
    if not value:
        return None
    shown: Value = Text(f"slot.{name}.{value}") if value in KNOWN_VALUES.get(name, ()) else spoken(name, value)
    return Text("noted.slot", {"label": Text(f"slot.{name}"), "value": shown})


def _amount_text(scene: Scene, vnd: int) -> Text:
    """A sum with what it is for: a month of study, one of the works."""
    programme = scene.book.programmes.get(scene.programme or "")
    if programme is None:
        return Text("value.one", {"value": Money(vnd)})
    scheme = programme.schemes.get(scene.case.scheme or "") or next(iter(programme.schemes.values()))
    return Text(f"amount.said.{scheme.amount_per}", {"sum": Money(vnd)}, otherwise="amount.said.loan")


def spoken(name: str, value: Any) -> str:
    """A slot as people write it: phones with the leading 0, in groups."""
    if name == "phone" and str(value).startswith("+84"):
        digits = "0" + str(value).removeprefix("+84")
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return str(value)


KNOWN_VALUES = {
    "group": frozenset({"yes", "no", "unsure"}),
    "contact_hours": frozenset({"morning", "afternoon", "evening", "any"}),
}


def told(scene: Scene, inferred: bool = False) -> tuple[tuple[str, Value], ...]:
    """Everything told so far that can be mended, with its line, in the order it was asked. `inferred`: also what we only
    worked out from it."""
    facts = [fact for fact in scene.book.facts if fact in scene.known]
    facts = [fact for fact in facts if inferred or scene.case.facts[fact].origin != "inferred"]
    lines = [(name, _line(scene, name)) for name in (*facts, *SLOTS)]
    return tuple((name, line) for name, line in lines if line is not None)


# --- choosing what to mend -----------------------------------------------------------------------------------------


def _choices(scene: Scene) -> tuple[Choice, ...]:
    return (
        *(choice("mend", name, line) for name, line in told(scene) if isinstance(line, Text)),
        choice("mend", "nothing", "choice.nothing"),
    )


def _take(scene: Scene, given: Given) -> bool:
    if given.picked is None:
        return False
    mend(scene, given.picked)
    return True


def mend(scene: Scene, name: str) -> None:
    """Take back one answer, so that its question is asked at once ("nothing": none)."""
    if name != "nothing":
        forget(scene, name)
    scene.set_data(mended=name)


def forget(scene: Scene, name: str) -> None:
    """Make a told thing unanswered, so that its question comes again."""
    if name in scene.book.facts:
        scene.forget_fact(name)
    elif name == "hamlet" and scene.case.place is not None:
        place = scene.case.place
        left = tuple(one for one in place.asked if one != "hamlet")
        scene.change_case(place=msgspec.structs.replace(place, hamlet=None, asked=left))
    elif name in {"residence", "former", "hamlet"}:
        scene.change_case(place=None)
        scene.forget_slot("place_options")
        forget_area(scene)
    else:
        scene.forget_slot(name)


MEND = Question(
    slot="mend",
    text=lambda scene: Text("correct.which"),
    take=_take,
    needed=lambda scene: not scene.data("mended"),
    choices=_choices,
    expects="choice",
)


def begin(scene: Scene) -> None:
    """Ask what to mend; where we were is kept."""
    kept = {key: value for key, value in scene.conversation.flow_data.items() if key != "taken"}
    scene.enter("correcting", back=scene.conversation.flow, kept=kept)


def _finish(scene: Scene) -> None:
    from flows import screening  # which reads corrections itself

    scene.enter(scene.data("back") or "programme_info", **(scene.data("kept") or {}))
    screening.look_again(scene)


def _next_question(scene: Scene) -> Question | None:
    """What to mend, and at once the question whose answer is taken back."""
    if MEND.needed(scene):
        return MEND
    mended = scene.data("mended")
    return fact_question(mended) if mended in scene.book.facts and mended not in scene.case.facts else None


def _find(scene: Scene, slot: str) -> Question | None:
    if slot == MEND.slot:
        return MEND
    return fact_question(slot) if slot in scene.book.facts else None


FLOW = Flow("correcting", _next_question, _finish, _find, (MEND,))
