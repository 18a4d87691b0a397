"""Pre-application: collects what the transaction point needs, reads it back, lets it be corrected, submits it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flows import ceiling, correcting, draft, draft_reminder, several
from flows.consent import CONSENT, VERSION
from flows.eligibility.assess import assess
from flows.eligibility.book import Scheme
from flows.eligibility.condition import Compare
from flows.eligibility.planner import next_fact
from flows.eligibility.terms import terms
from flows.eligibility.verdict import Terms, Verdict
from flows.engine.conversation import LeadNote
from flows.engine.effects import LeadDraft, Submit
from flows.engine.flow import Flow, Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Money, Text, Value
from flows.fact_question import fact_question, take_fact
from flows.place_question import FORMER, HAMLET, PLACE, here, place_kind, queue_at, scheme_verdict
from flows.receipt import say_receipt
from flows.routing import Route
from flows.screening import nearest, say_scheme_confirm

AMOUNT = "loan_amount"
PURPOSE = "loan_purpose"
SPOKEN_OF_BY = {("student", "stem"): "stem_field", ("abroad", "eps_deposit"): "eps_contract"}
NAME_AT_MOST = 60


# --- which scheme --------------------------------------------------------------------------------------------------


def possible_schemes(scene: Scene) -> tuple[str, ...]:
    """Schemes that the person may be after: those not refused; all of them if all are."""
    verdict = assess(scene.programme or "", scene.known, scene.on, scene.book)
    open_ones = [scheme for scheme in verdict.schemes if scheme.truth != "no"]
    meant = [
        scheme for scheme in open_ones if scheme.truth == "yes" or not scheme.missing or _spoken_of(scene, scheme.id)
    ]
    return tuple(scheme.id for scheme in meant or open_ones or [nearest(verdict, scene.book)])


def _spoken_of(scene: Scene, scheme: str) -> bool:
    """True if the person said what makes them one for this scheme, though more is to be asked."""
    fact = SPOKEN_OF_BY.get((scene.programme or "", scheme))
    return fact is not None and scene.known.get(fact) is True


def _scheme_needed(scene: Scene) -> bool:
    possible = possible_schemes(scene)
    if scene.case.scheme in possible:
        return False
    if len(possible) == 1:
        scene.change_case(scheme=possible[0])
        return False
    return True


def _take_scheme(scene: Scene, given: Given) -> bool:
    if given.unsure:
        scene.change_case(scheme=possible_schemes(scene)[0])
        return True
    if given.picked not in possible_schemes(scene):
        return False
    scene.change_case(scheme=given.picked)
    _mind_purpose(scene, given.picked)
    say_scheme_confirm(scene, scene.programme or "", given.picked)
    return True


def _mind_purpose(scene: Scene, scheme: str) -> None:
    """Who could not say what the loan is for says it by picking the loan to learn a trade."""
    for named in scene.book.programmes[scene.programme or ""].schemes[scheme].conditions:
        match named.condition:
            case Compare(fact, "equals", value) if fact == PURPOSE and fact not in scene.known:
                scene.set_fact(fact, value, "chosen")


SCHEME = Question(
    slot="scheme",
    text=lambda scene: scene.asking("apply.scheme"),
    take=_take_scheme,
    needed=_scheme_needed,
    choices=lambda scene: tuple(
        choice("scheme", scheme, f"scheme.{scene.programme}.{scheme}.name") for scheme in possible_schemes(scene)
    ),
    expects="choice",
)


# --- group, amount, name, phone, hours ------------------------------------------------------------------------------


def _group_needed(scene: Scene) -> bool:
    return bool(_scheme(scene).needs_group) and _filed_at_point(scene) and scene.slot("group") is None


def _scheme(scene: Scene) -> Scheme:
    programme = scene.book.programmes[scene.programme or ""]
    return programme.schemes[scene.case.scheme or next(iter(programme.schemes))]


def _filed_at_point(scene: Scene) -> bool:
    scheme = scheme_verdict(scene)
    return scheme is not None and scheme.filed_at == "point"


def _take_group(scene: Scene, given: Given) -> bool:
    word = given.picked
    if word is None:
        word = {True: "yes", False: "no"}.get(given.answer) if isinstance(given.answer, bool) else None
    if word is None and given.unsure:
        word = "unsure"
    if word not in {"yes", "no", "unsure"}:
        return False
    scene.set_slot("group", word)
    if word != "yes":
        scene.say(scene.asking("group.how_to_join"))
    return True


GROUP = Question(
    slot="group",
    text=lambda scene: scene.asking("group.ask"),
    take=_take_group,
    needed=_group_needed,
    choices=lambda scene: tuple(choice("group", word, f"slot.group.{word}") for word in ("yes", "no", "unsure")),
    expects="choice",
    why=lambda scene: Text("group.why"),
)


def _amount_needed(scene: Scene) -> bool:
    return AMOUNT not in scene.case.facts


def _amount_text(scene: Scene) -> Text:
    """Asked in the unit of the scheme, with the most that may be lent if there is one."""
    if scene.data(f"which:{AMOUNT}"):
        return Text("ask.which_value")
    found = _terms(scene)
    if found.max_amount_vnd is None:
        return scene.asking(f"apply.amount.{found.amount_per}")
    return scene.asking(f"apply.amount.{found.amount_per}_at_most", most=Money(found.max_amount_vnd))


def _terms(scene: Scene) -> Terms:
    programme = scene.programme or ""
    scheme = scene.case.scheme or next(iter(scene.book.programmes[programme].schemes))
    return terms(programme, scheme, scene.known, scene.on, scene.book)


def _take_amount(scene: Scene, given: Given) -> bool:
    """What is above the most is noted all the same: `ceiling` says so."""
    if ceiling.is_too_much(given.answer):
        scene.say("ceiling.no_such_sum")
        return True  # still needed, so it is asked again
    return take_fact(scene, scene.book.facts[AMOUNT], given)


AMOUNT_QUESTION = replace(fact_question(AMOUNT), text=_amount_text, take=_take_amount, needed=_amount_needed)


def _take_name(scene: Scene, given: Given) -> bool:
    words = given.answer if isinstance(given.answer, str) else ""
    if not 2 <= len(words) <= NAME_AT_MOST or any(character.isdigit() for character in words):
        return False
    if _is_odd(words, given) and not scene.data("name_doubted"):
        scene.set_data(name_doubted=True)
        scene.say("name.odd")
        return True  # asked again, once
    scene.set_slot("name", words)
    return True


def _is_odd(words: str, given: Given) -> bool:
    """ "DROP TABLE": no letters of a name, or capitals without accents and no family name among them."""
    if not all(letter.isalpha() or letter in " .'’-" for letter in words):
        return True
    shouted = words.isascii() and words.isupper() and len(words.split()) > 1
    known = given.reading is not None and any(one.type == "person_name" for one in given.reading.entities)
    return shouted and not known


NAME = Question(
    slot="name",
    text=lambda scene: (
        Text("name.ask_about", {"about": scene.case.about}) if scene.case.about else Text(_who_signs(scene))
    ),
    take=_take_name,
    needed=lambda scene: not scene.slot("name"),
    hint=lambda scene: Text("name.hint"),
    why=lambda scene: Text("name.why"),
    accepts_text=True,
)


def _who_signs(scene: Scene) -> str:
    """An orphan and whoever files at the office signs alone; else somebody of the household, or the establishment."""
    applicant = _scheme(scene).applicant
    if applicant == "household" and not _filed_at_point(scene):
        return "name.ask"
    return {"household": "name.ask_household", "establishment": "name.ask_establishment"}.get(applicant, "name.ask")


def _take_phone(scene: Scene, given: Given) -> bool:
    number = given.phone or (given.answer if isinstance(given.answer, str) else None)
    if number is None or not number.startswith("+84"):
        return False
    scene.set_slot("phone", number)
    return True


PHONE = Question(
    slot="phone",
    text=lambda scene: Text("phone.ask_about", {"about": scene.case.about}) if scene.case.about else Text("phone.ask"),
    take=_take_phone,
    needed=lambda scene: not scene.slot("phone"),
    expects="contact",
    hint=lambda scene: Text("phone.hint"),
    why=lambda scene: Text("phone.why"),
)

HOURS = ("morning", "afternoon", "evening", "any")


def _take_hours(scene: Scene, given: Given) -> bool:
    words = given.picked or (given.answer if isinstance(given.answer, str) else None)
    if given.unsure or given.declined:
        words = "any"
    if not words or len(words) > NAME_AT_MOST:
        return False
    scene.set_slot("contact_hours", words)
    return True


CONTACT_HOURS = Question(
    slot="contact_hours",
    text=lambda scene: scene.asking("hours.ask"),
    take=_take_hours,
    needed=lambda scene: not scene.slot("contact_hours"),
    choices=lambda scene: tuple(choice("contact_hours", word, f"slot.contact_hours.{word}") for word in HOURS),
    expects="choice",
    accepts_text=True,
)


# --- read back, send -------------------------------------------------------------------------------------------------


def _read_back(scene: Scene) -> Text:
    programme = scene.programme or ""
    relevant = {fact.id for fact in scene.book.facts.values() if programme in fact.programmes}
    lines: list[Value] = [
        Text("noted.slot", {"label": Text("slot.programme"), "value": Text(f"programme.{programme}.name")})
    ]
    if len(scene.book.programmes[programme].schemes) > 1 and scene.case.scheme:
        name = Text(f"scheme.{programme}.{scene.case.scheme}.name")
        lines.append(Text("noted.slot", {"label": Text("slot.scheme"), "value": name}))
    lines += [line for name, line in correcting.told(scene) if name in relevant or name in correcting.SLOTS]
    key = "confirm.ask_about" if scene.case.about else "confirm.ask"
    return Text(key, {"lines": Joined(tuple(lines), "bullets"), "about": scene.case.about})


def _take_confirm(scene: Scene, given: Given) -> bool:
    word = given.picked
    if word is None and isinstance(given.answer, bool):
        word = "send" if given.answer else "mend"
    match word:
        case "send":
            scene.set_data(confirmed=True)
        case "mend":
            correcting.begin(scene)
        case "later":
            scene.say("confirm.kept")
            if not draft_reminder.offer(scene):
                scene.enter("programme_info")
        case _:
            return False
    return True


CONFIRM = Question(
    slot="confirm",
    text=_read_back,
    take=_take_confirm,
    needed=lambda scene: not scene.data("confirmed"),
    again=lambda scene: Text("confirm.again"),
    choices=lambda scene: tuple(choice("confirm", word, f"confirm.{word}") for word in ("send", "mend", "later")),
    expects="choice",
)

# What decides no verdict, but how much may be lent: 25 million for each kind of works.
WORKS = replace(
    fact_question("works"),
    needed=lambda scene: scene.programme == "water" and "works" not in scene.case.facts,
)

QUESTIONS = (CONSENT, SCHEME, PLACE, FORMER, HAMLET, GROUP, WORKS, AMOUNT_QUESTION, NAME, PHONE, CONTACT_HOURS, CONFIRM)


def _next_question(scene: Scene) -> Question | None:
    if CONSENT.needed(scene):
        return CONSENT
    draft.mark_begun(scene)
    fact = next_fact((scene.programme or "",), scene.known, scene.on, scene.book, scene.unanswerable)
    if fact is not None:
        return fact_question(fact)
    for question in QUESTIONS:
        if question.needed(scene):
            return question
        if question is SCHEME and (fact := _missing_of_scheme(scene)) is not None:
            return fact_question(fact)
    return None


def asks_no_more(scene: Scene, programme: str) -> bool:
    """Whether no question on the conditions is left, so that only the form itself is open."""
    return (
        next_fact((programme,), scene.known, scene.on, scene.book, scene.unanswerable) is None
        and _missing_of_scheme(scene) is None
    )


def _missing_of_scheme(scene: Scene) -> str | None:
    """A fact that the chosen scheme still turns on, though another scheme decided the programme."""
    scheme = scheme_verdict(scene)
    if scheme is None or scheme.truth != "unknown":
        return None
    facts = scene.book.facts
    return next((fact for fact in scheme.missing if facts[fact].asked and fact not in scene.unanswerable), None)


def _find(scene: Scene, slot: str) -> Question | None:
    found = next((question for question in QUESTIONS if question.slot == slot), None)
    return found or (fact_question(slot) if slot in scene.book.facts else None)


def _finish(scene: Scene) -> None:
    found = here(scene)
    verdict = assess(scene.programme or "", scene.known, scene.on, scene.book)
    lead = drawn_up(scene, verdict, found)
    scene.do(Submit(lead=lead))
    point_name = found.point.name if found is not None and found.point is not None else ""
    note = LeadNote(programme=lead.programme, point=point_name, sent_at=scene.event.at)
    scene.change_case(leads={**scene.case.leads, lead.id: note})
    draft_reminder.sent(scene)
    say_receipt(scene, lead, found)
    if not several.go_on(scene):
        scene.enter("programme_info", after="sent")


FLOW = Flow("pre_application", _next_question, _finish, _find, QUESTIONS)


def drawn_up(scene: Scene, verdict: Verdict, found: Route | None) -> LeadDraft:
    """What is forwarded: the person's answers with their origin, the verdict they saw, the place and why that point."""
    case, place = scene.case, scene.case.place
    programme = scene.book.programmes[case.programme or ""]
    scheme = verdict.scheme(case.scheme or next(iter(programme.schemes)))
    queue, code, why, rule = queue_at(scene)
    return LeadDraft(
        id=f"VV-{scene.event.fresh}",
        case=case.id,
        programme=programme.id,
        scheme=case.scheme,
        truth=str(scheme.truth),
        place_kind=place_kind(scene),
        commune=place.commune if place else None,
        former=place.former if place else None,
        hamlet=place.hamlet if place else None,
        point=found.point.code if found is not None and found.point is not None else None,
        queue=queue,
        queue_code=code,
        rule=rule,
        why=why,
        filed_at=scheme.filed_at,
        group=scene.slot("group"),
        by=case.by,
        about=case.about,
        consent_at=case.consent or "",
        consent_version=case.consent_version or VERSION,
        facts=scene.known,
        origins={name: answer.origin for name, answer in case.facts.items()},
        amount=scene.known.get(AMOUNT),
        name=scene.slot("name") or "",
        phone=scene.slot("phone") or "",
        contact_hours=scene.slot("contact_hours"),
        verdict=summary(verdict),
        created_at=scene.event.at,
        tables=scene.book.points.version if scene.book.points is not None else "",
    )


def summary(verdict: Verdict) -> dict[str, Any]:
    """The verdict without its sentences: enough to show again, word by word, what the person saw."""
    return {
        "truth": str(verdict.truth),
        "on": str(verdict.on),
        "schemes": [
            {
                "id": scheme.id,
                "truth": str(scheme.truth),
                "missing": list(scheme.missing),
                "confirm": [point.id for point in scheme.confirm],
                "reasons": [{"condition": reason.condition, "truth": str(reason.truth)} for reason in scheme.reasons],
            }
            for scheme in verdict.schemes
        ],
    }
