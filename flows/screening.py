"""Screening: asks until each verdict is decided, then says it with its reasons. The order is computed, not drawn."""

from __future__ import annotations

from flows import correcting, several
from flows.eligibility.assess import assess
from flows.eligibility.book import Book
from flows.eligibility.condition import Condition, leaves
from flows.eligibility.nearest import nearest as changes_that_help
from flows.eligibility.planner import next_fact
from flows.eligibility.verdict import Reason, SchemeVerdict, Verdict
from flows.engine.ask import MENUS
from flows.engine.conversation import Conversation
from flows.engine.effects import Choice
from flows.engine.flow import Flow, Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text
from flows.fact_question import fact_question, is_valid, label_text
from flows.neighbours import alternatives, likely
from flows.place_question import area_of_home
from nlu.reading import Reading

REASONS_AT_MOST = 3
REFUSED = "refused"  # slot of a case: the programme refused last, the fact that it rests on, and its value then
BUSY = frozenset({"screening", "pre_application", "handover", "correcting", "calculating"})
NEEDS: dict[str, tuple[str, ...]] = {
    "study": ("student",),
    "water": ("water",),
    "home": ("housing",),
    "business": ("jobs",),
    "abroad": ("abroad",),
    "returned": ("released",),
}


def _need_choices(scene: Scene) -> tuple[Choice, ...]:
    return (*(choice("need", need, f"need.{need}") for need in NEEDS), choice("need", "all", "need.all"))


def _take_need(scene: Scene, given: Given) -> bool:
    programmes = tuple(scene.book.programmes) if given.picked == "all" else NEEDS.get(given.picked or "", ())
    if not programmes and given.reading is not None and given.reading.intent.programme in scene.book.programmes:
        programmes = (given.reading.intent.programme,)
    if not programmes:
        return False
    scene.set_data(programmes=list(programmes))
    if len(programmes) == 1:
        scene.change_case(programme=programmes[0])
    return True


NEED = Question(
    slot="need", text=lambda scene: Text("need.ask"), take=_take_need, choices=_need_choices, expects="choice"
)


def programmes_of(scene: Scene) -> tuple[str, ...]:
    chosen = scene.data("programmes")
    return tuple(chosen) if chosen else ((scene.programme,) if scene.programme else ())


def _mind_trip(scene: Scene) -> None:
    """A trip for study, marriage or a visit is under no EPS contract: nothing to ask."""
    if scene.known.get("trip_purpose", "work") != "work" and "eps_contract" not in scene.case.facts:
        scene.set_fact("eps_contract", False, "inferred")


def _next_question(scene: Scene) -> Question | None:
    programmes = programmes_of(scene)
    _mind_trip(scene)
    if (area := area_of_home(scene)) is not None:
        scene.say("noted.all", facts=Joined((area,), "bullets"))
    if not programmes:
        return NEED
    pending = [fact for fact in scene.book.facts if scene.data(f"which:{fact}")]
    fact = pending[0] if pending else next_fact(programmes, scene.known, scene.on, scene.book, scene.unanswerable)
    return fact_question(fact) if fact else None


def _find(scene: Scene, slot: str) -> Question | None:
    if slot == "need":
        return NEED
    return fact_question(slot) if slot in scene.book.facts else None


def _finish(scene: Scene) -> None:
    programmes, then = programmes_of(scene), scene.data("then")
    if len(programmes) > 1:
        say_overview(scene, programmes)
        several.offer(scene, programmes)
        return
    verdict = assess(programmes[0], scene.known, scene.on, scene.book)
    mark = f"{programmes[0]}:{verdict.truth}:{'/'.join(verdict.missing)}"
    if scene.slot("verdict_said") != mark:
        say_verdict(scene, programmes[0])
        scene.set_slot("verdict_said", mark)
    elif then == "apply" and verdict.truth == "no":
        scene.say("apply.refused")
    _note_refusal(scene, verdict)
    if then == "apply" and verdict.truth in {"yes", "unknown"}:
        scene.enter("pre_application")
        return
    scene.enter("programme_info", after=_after(verdict), told=f"eligibility:{programmes[0]}")


def _after(verdict: Verdict) -> str:
    return {"yes": "yes", "no": "no"}.get(verdict.truth, "unknown")


FLOW = Flow("screening", _next_question, _finish, _find, (NEED,))


# --- second thoughts after a no ------------------------------------------------------------------------------------


def _note_refusal(scene: Scene, verdict: Verdict) -> None:
    """Keep on which fact a no rests: of those that refuse, the one answered last."""
    scene.forget_slot(REFUSED)
    if verdict.truth != "no":
        return
    scheme = nearest(verdict, scene.book)
    refusing = {reason.condition for reason in scheme.reasons if reason.truth == "no"}
    conditions = scene.book.programmes[verdict.programme].schemes[scheme.id].conditions
    named = [one.condition for one in conditions if one.id in refusing]
    facts = [fact for one in named for leaf in leaves(one) for fact in leaf.facts if fact in scene.known]
    if facts:
        asked = [fact for fact in scene.case.asked if fact in facts]
        fact = asked[-1] if asked else facts[0]
        scene.set_slot(REFUSED, {"programme": verdict.programme, "fact": fact, "value": scene.known[fact]})


def doubted(conversation: Conversation) -> str | None:
    """The fact that a second thought would take back: a no rests on it, and nothing is asked."""
    pending = conversation.pending
    case = next((case for case in conversation.cases if case.id == conversation.active), None)
    noted = case.slots.get(REFUSED) if case is not None else None
    soft = pending is None or pending.slot in MENUS
    return noted["fact"] if noted and soft and case is not None and case.programme == noted["programme"] else None


def thought_again(scene: Scene, reading: Reading) -> bool:
    """ "À mà có rồi" after a no: take the new answer, or ask for it; the verdict is then looked at again."""
    noted = scene.slot(REFUSED)
    fact = doubted(scene.conversation)
    if not reading.doubts or fact is None or noted is None or scene.conversation.flow in BUSY:
        return False
    told = reading.facts.get(fact, reading.second)
    if told is not None and is_valid(scene, fact, told):
        if told == scene.known.get(fact):
            return False
        scene.set_fact(fact, told, "said")
        correcting.say_corrected(scene, (fact,))
        return True
    if reading.facts:
        return False
    scene.forget_fact(fact)
    scene.say("screening.asked_again")
    return True


def look_again(scene: Scene) -> bool:
    """After a no, once what it rests on has changed: the verdict anew, at once. True if it is looked at."""
    noted = scene.slot(REFUSED)
    if noted is None or noted["programme"] != scene.programme or scene.conversation.flow in BUSY:
        return False
    same = scene.known.get(noted["fact"]) == noted["value"]
    if same and assess(scene.programme, scene.known, scene.on, scene.book).truth == "no":
        return False
    scene.forget_slot("verdict_said")
    scene.forget_slot(REFUSED)
    scene.enter("screening", programmes=[scene.programme])
    return True


# --- what is said of a verdict -------------------------------------------------------------------------------------


def say_verdict(scene: Scene, programme: str) -> Verdict:
    """Say the verdict: never "approved"; a no with what to do and what else fits; an open one with what is open."""
    verdict = assess(programme, scene.known, scene.on, scene.book)
    name = Text(f"programme.{programme}.name")
    match verdict.truth:
        case "yes":
            met = [scheme for scheme in verdict.schemes if scheme.truth == "yes"]
            scene.say("verdict.yes", who=scene.who, programme=Joined(tuple(_names(verdict, met)), "list"))
        case "no":
            scene.say("verdict.no", who=scene.who, programme=name, reasons=refusals(verdict, scene.book))
            _say_what_would_help(scene, programme)
            _say_what_else_fits(scene, programme)
        case "not_covered":
            scene.say("verdict.not_covered", programme=name)
        case _:
            _say_open(scene, verdict, name)
    return verdict


def _names(verdict: Verdict, schemes: list[SchemeVerdict]) -> list[Text]:
    """The schemes as people call them; the programme's own name where it has only one."""
    if len(verdict.schemes) == 1:
        return [Text("verdict.name", {"name": Text(f"programme.{verdict.programme}.name")})]
    return [Text("verdict.name", {"name": Text(f"scheme.{verdict.programme}.{scheme.id}.name")}) for scheme in schemes]


def say_scheme_confirm(scene: Scene, programme: str, scheme_id: str) -> None:
    """Of a scheme that was chosen: what only the office can settle."""
    scheme = assess(programme, scene.known, scene.on, scene.book).scheme(scheme_id)
    if scheme.truth == "unknown" and scheme.confirm:
        points = Joined(tuple(point.text for point in scheme.confirm), "bullets")
        scene.say("verdict.confirm", programme=Text(f"scheme.{programme}.{scheme_id}.name"), points=points)


def nearest(verdict: Verdict, book: Book) -> SchemeVerdict:
    """The scheme that the person meant, or came closest to: first the fewest refusals that nobody can change (another
    purpose, another kind of borrower), then the fewest refusals, then the most that is met."""
    programme = book.programmes[verdict.programme]

    def distance(found: SchemeVerdict) -> tuple[int, int, int]:
        refused = [reason.condition for reason in found.reasons if reason.truth == "no"]
        named = {one.id: one for one in programme.schemes[found.id].conditions}
        fixed = sum(not _changeable(named[one].condition, book) for one in refused if one in named)
        return fixed, len(refused), -sum(reason.truth == "yes" for reason in found.reasons)

    return min(verdict.schemes, key=distance)


def _changeable(condition: Condition, book: Book) -> bool:
    return any(book.facts[fact].can_become for leaf in leaves(condition) for fact in leaf.facts)


def refusals(verdict: Verdict, book: Book) -> Joined:
    """Why not, each with its clause."""
    reasons = [reason for reason in nearest(verdict, book).reasons if reason.truth == "no"][:REASONS_AT_MOST]
    return Joined(tuple(with_law(reason) for reason in reasons), "bullets")


def with_law(reason: Reason) -> Text:
    if not reason.citations:
        return reason.text
    return Text("reason.with_law", {"reason": reason.text, "law": reason.citations[0]})


def _say_open(scene: Scene, verdict: Verdict, name: Text) -> None:
    scheme = min(
        (scheme for scheme in verdict.schemes if scheme.truth == "unknown"), key=lambda scheme: len(scheme.missing)
    )
    confirm = tuple(point.text for point in scheme.confirm)
    missing = tuple(label_text(fact) for fact in scheme.missing if fact in scene.book.facts)
    if missing:
        scene.say("verdict.open", programme=name, missing=Joined(missing, "bullets"))
    if confirm:
        scene.say("verdict.confirm", programme=name, points=Joined(confirm, "bullets"))
    if not missing and not confirm:
        scene.say("verdict.office", programme=name)


def _say_what_would_help(scene: Scene, programme: str) -> None:
    """The smallest change after which it would be no refusal, if the person can bring one about."""
    changes = changes_that_help(programme, scene.known, scene.on, scene.book)
    if changes:
        text = changes[0].text
        scene.say(scene.asking(text.key, **text.values))


def _say_what_else_fits(scene: Scene, programme: str) -> None:
    others = alternatives(programme, scene.known, scene.on, scene.book)
    if others:
        scene.say("verdict.else", others=Joined(tuple(others[:3]), "bullets"))
    else:
        scene.say("alternatives.none")


def say_overview(scene: Scene, programmes: tuple[str, ...]) -> None:
    """One line a programme: which fits, which does not, which only the office can tell. Other programmes of the bank too,
    for whoever looked at everything or found nothing."""
    truths = {one: assess(one, scene.known, scene.on, scene.book).truth for one in programmes}
    lines = [
        Text(f"overview.{truth}", {"programme": Text(f"programme.{programme}.name")})
        for programme, truth in truths.items()
    ]
    scene.say("overview.all", lines=Joined(tuple(lines), "lines"))
    everything = len(programmes) == len(scene.book.programmes)
    cards = likely(scene.known, scene.on, scene.book) if everything or "yes" not in truths.values() else ()
    if cards:
        scene.say("verdict.else", others=Joined(cards, "bullets"))
