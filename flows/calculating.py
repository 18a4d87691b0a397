"""Calculating: what a loan of this sum over this time costs, and the same sum from a lender outside.

Asks only what is not known yet: the loan, what it is for, the sum, and the time (of a study loan: how long the study takes,
which settles the time). Nothing here is a wish: sum and time of a trial stay in the flow, not in the pre-application.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from msgspec import structs

from flows import ceiling
from flows.cost import Cost, compared, cost, said
from flows.eligibility.assess import WrongFact
from flows.eligibility.book import Scheme
from flows.eligibility.schedule import NoRate
from flows.eligibility.terms import terms
from flows.eligibility.verdict import Terms
from flows.engine.effects import Attachment, Choice
from flows.engine.flow import Flow, Given, Question, in_order, what_next
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Money, Months, Text, Value
from flows.fact_question import UNSURE, fact_question
from flows.plain_words import bare
from flows.pre_application import possible_schemes
from flows.repayment_stages import plan_told
from nlu.reading import Ambiguous, Reading

FLOW_ID = "calculating"
REPAYMENT = "repayment"  # the picture of a plan
WISH = "loan_amount"
LEAST = 1_000  # đồng; less is no loan but a word misread
MONTHS_AT_MOST = 600
LIKE_A_YEAR = (1900, 2100)  # "2028 năm" is hardly a time
_YEARS = re.compile(r"\b(\d{2,9}) ?(?:nam|years?)\b")
_BELOW_NOTHING = re.compile(
    r"(?<![\d.,])(?<!\d )[-−]\d[\d.,]*\s*(?:triệu|trieu|tr|tỷ|tỉ|ty|ti|nghìn|ngàn|nghin|ngan|k|m|million)\b"
)
LONGEST_COURSE = 144  # months; the most that a course can take (facts.yaml)
TERMS_OFFERED = (12, 24, 36, 60, 120, 180, 300)
BUTTONS_AT_MOST = 4
TOTAL_FROM = 3  # so many times the most of one month of study, and a sum is no longer meant by the month


def begin(scene: Scene, programme: str | None = None, reading: Reading | None = None) -> None:
    """Start working out, with what the message tells already ("vay 20 triệu 3 năm")."""
    if programme in scene.book.programmes and programme != scene.programme:
        scene.change_case(programme=programme, scheme=None)
    news = told(reading) if reading is not None else {}
    kept = _kept(scene) if scene.conversation.flow == FLOW_ID and (reading is not None) else {}
    if reading is not None and (wrong := impossible(reading)):
        scene.say(f"calculating.impossible.{wrong}")
        for name in ("months",) if wrong == "term" else ("sum", "per"):
            news.pop(name, None)
            kept.pop(name, None)
    scene.enter(FLOW_ID, **{**kept, **news})


def impossible(reading: Reading) -> str | None:
    """ "sum" for a sum below nothing or that no loan can be, "term" for a time longer than any loan; else None."""
    months = [entity.value for entity in reading.entities if entity.type == "duration"]
    years = [int(found) for found in _YEARS.findall(bare(reading.text))]
    if any(isinstance(one, int) and one > MONTHS_AT_MOST for one in months) or any(
        one > MONTHS_AT_MOST // 12 and not LIKE_A_YEAR[0] <= one <= LIKE_A_YEAR[1] for one in years
    ):
        return "term"
    return "sum" if _BELOW_NOTHING.search(reading.text.lower()) else None


def take_up(scene: Scene, programme: str | None, reading: Reading, busy: bool) -> bool:
    """A message asks to work something out: begin, or go on if that is what is being done. While another question is open
    (`busy`), which goes first, it is answered in passing if the message tells enough; False if it does not."""
    if busy and scene.conversation.flow == FLOW_ID and (wrong := impossible(reading)):
        scene.say(f"calculating.impossible.{wrong}")
        return True
    if busy:
        return scene.conversation.flow == FLOW_ID or _in_passing(scene, programme, reading)
    begin(scene, programme, reading)
    return True


def act(scene: Scene, argument: str) -> None:
    """The button `do=calculate:…`: a programme, `sum` or `term` to try another one, or nothing."""
    match argument:
        case "plan":
            _tell_plan(scene)
        case "sum" | "term":
            drop = {"sum": ("sum", "per"), "term": ("months",)}[argument]
            kept = {name: value for name, value in _kept(scene).items() if name not in drop}
            scene.enter(FLOW_ID, **kept, again=argument)
        case _:
            begin(scene, argument or None)


def _kept(scene: Scene) -> dict[str, Any]:
    names = ("scheme", "sum", "per", "months")
    return {name: value for name in names if (value := scene.data(name)) is not None}


def told(reading: Reading) -> dict[str, Any]:
    """Sum and time as the message gives them; two sums tell nothing sure."""
    sums = [entity for entity in reading.entities if entity.type == "money"]
    times = [entity.value for entity in reading.entities if entity.type == "duration"]
    found: dict[str, Any] = {}
    if len(sums) == 1:
        period = sums[0].period
        found.update(sum=sums[0].value, per="month" if period == "month" else "all")
        if period == "year" and not times:
            times = [12]  # "10 triệu một năm" is a sum and a time
    if len(times) == 1 and isinstance(times[0], int):
        found["months"] = times[0]
    return found


# --- which loan ----------------------------------------------------------------------------------------------------


def _take_programme(scene: Scene, given: Given) -> bool:
    named = given.picked or (given.reading.intent.programme if given.reading is not None else None)
    if named not in scene.book.programmes:
        return False
    scene.change_case(programme=named, scheme=None)
    return True


PROGRAMME = Question(
    slot="programme",
    text=lambda scene: Text("calculating.which_programme"),
    take=_take_programme,
    needed=lambda scene: scene.programme is None,
    choices=lambda scene: tuple(
        choice("programme", programme, f"programme.{programme}.short") for programme in scene.book.programmes
    ),
    expects="choice",
)


def _schemes(scene: Scene) -> tuple[str, ...]:
    """The schemes that the person may be after and whose rate is settled; all of them if none is."""
    possible = possible_schemes(scene)
    return tuple(scheme for scheme in possible if _rated(scene, scheme)) or possible


def _settled(scene: Scene) -> bool:
    """Whether asking more is of no use: the person cannot tell, or there is no rate to work with."""
    return bool(scene.data("unsure")) or not _rated(scene, _scheme(scene).id)


def _rated(scene: Scene, scheme: str) -> bool:
    found = terms(scene.programme or "", scheme, scene.known, scene.on, scene.book)
    return found.rate_percent_year is not None


def _scheme_id(scene: Scene) -> str | None:
    possible = _schemes(scene)
    for named in (scene.data("scheme"), scene.case.scheme):
        if named in possible:
            return named
    return possible[0] if len(possible) == 1 else None


def _take_scheme(scene: Scene, given: Given) -> bool:
    named = _schemes(scene)[0] if given.unsure else given.picked
    if named not in _schemes(scene):
        return False
    scene.set_data(scheme=named)
    return True


SCHEME = Question(
    slot="scheme",
    text=lambda scene: scene.asking("calculating.which_scheme"),
    take=_take_scheme,
    needed=lambda scene: _scheme_id(scene) is None,
    choices=lambda scene: tuple(
        choice("scheme", scheme, f"scheme.{scene.programme}.{scheme}.name") for scheme in _schemes(scene)
    ),
    expects="choice",
)


def _scheme(scene: Scene) -> Scheme:
    return scene.book.programmes[scene.programme or ""].schemes[_scheme_id(scene) or _schemes(scene)[0]]


def _terms(scene: Scene) -> Terms:
    return terms(scene.programme or "", _scheme(scene).id, _facts(scene), scene.on, scene.book)


# --- how much --------------------------------------------------------------------------------------------------------


def _total(scene: Scene) -> int | None:
    """The whole loan in đồng, from a sum in all (`per` all), by the month of study (month) or by the unit asked for (unit)."""
    amount, per = scene.data("sum"), scene.data("per")
    if amount is None:
        amount, per = scene.known.get(WISH), "unit"
    if amount is None:
        return None
    found = _terms(scene)
    if found.amount_per == "month_of_study" and (per == "month" or _is_by_month(amount, found)):
        left = scene.known.get("study_months_left")
        return None if left is None else amount * left
    if found.amount_per == "works_type" and per == "unit" and scene.known.get("works") == "both":
        return amount * 2
    return amount


def _is_by_month(amount: int, found: Terms) -> bool:
    """Whether a sum for a study loan can only be meant by the month."""
    return found.max_amount_vnd is None or amount < found.max_amount_vnd * TOTAL_FROM


def _sum_needed(scene: Scene) -> bool:
    if scene.data("sum") is not None or _settled(scene):
        return False
    return scene.data("again") == "sum" or scene.known.get(WISH) is None


def _take_sum(scene: Scene, given: Given) -> bool:
    taken = _take_number(scene, given, "amount")
    if isinstance(taken, bool):
        return taken
    if taken < LEAST:
        return False
    if ceiling.is_too_much(taken):
        scene.say("ceiling.no_such_sum")
        return True
    scene.set_data(sum=taken, per="unit")
    months = told(given.reading).get("months") if given.reading is not None else None
    if months is not None:
        scene.set_data(months=months)
    return True


def _take_number(scene: Scene, given: Given, slot: str) -> int | bool:
    """The number given; True if the answer is dealt with without one, False if it was not understood."""
    which = f"which:{slot}"
    if given.picked == UNSURE and scene.data(which):
        scene.drop_data(which)
        return True  # neither of the two readings: asked anew
    if given.picked == UNSURE or ((given.unsure or given.declined) and given.answer is None):
        scene.set_data(unsure=True)
        return True
    if isinstance(given.answer, Ambiguous):
        scene.set_data(**{which: list(given.answer.values)})
        return True
    scene.drop_data(which, "again")
    value = int(given.picked) if (given.picked or "").isdigit() else given.answer
    return value if isinstance(value, int) and not isinstance(value, bool) else False


def _ask_sum(scene: Scene) -> Text:
    if scene.data("which:amount"):
        return Text("ask.which_value")
    found = _terms(scene)
    if found.max_amount_vnd is None:
        return scene.asking(f"apply.amount.{found.amount_per}")
    return scene.asking(f"apply.amount.{found.amount_per}_at_most", most=Money(found.max_amount_vnd))


def _sum_choices(scene: Scene) -> tuple[Choice, ...]:
    which = scene.data("which:amount")
    values = tuple(choice("amount", str(value), Text("value.one", {"value": Money(value)})) for value in which or ())
    return (*values, choice("amount", UNSURE, "choice.other_number" if which else "choice.unsure"))


AMOUNT = Question(
    slot="amount",
    text=_ask_sum,
    take=_take_sum,
    needed=_sum_needed,
    choices=_sum_choices,
    expects="choice",
    hint=lambda scene: Text("fact.loan_amount.hint"),
    why=lambda scene: Text("calculating.amount.why"),
)


# --- how long --------------------------------------------------------------------------------------------------------


def _left_needed(scene: Scene) -> bool:
    return _scheme(scene).schedule.study and "study_months_left" not in scene.case.facts and not _settled(scene)


def _course_needed(scene: Scene) -> bool:
    """The whole course only matters where it may be a short one; asked once, also if the person does not know."""
    if not _scheme(scene).schedule.study or scene.known.get("study_months_left") is None or _settled(scene):
        return False
    return "course_months" not in _facts(scene, asked=True)


STUDY_LEFT = replace(fact_question("study_months_left"), needed=_left_needed)
COURSE = replace(fact_question("course_months"), needed=_course_needed)


def _facts(scene: Scene, asked: bool = False) -> dict[str, Any]:
    """What is known (`asked`: or was asked); a course is at least as long as what is left of it, if longer is the same."""
    answers = scene.case.facts if asked else scene.known
    left = scene.known.get("study_months_left")
    if left is None or not _same_however_long(scene, left):
        return dict(answers)
    return {"course_months": left, **answers}


def _same_however_long(scene: Scene, left: int) -> bool:
    """Whether the time to pay back is the same for a course that takes only what is left and for a much longer one."""
    programme, scheme = scene.programme or "", _scheme(scene).id
    shortest, longest = (
        terms(programme, scheme, {**scene.known, "course_months": course}, scene.on, scene.book).max_term_months
        for course in (left, LONGEST_COURSE)
    )
    return shortest == longest


def _months(scene: Scene) -> int | None:
    """The time from the first money to the last payment: as asked for, else the longest that the study allows."""
    if not _scheme(scene).schedule.study:
        return scene.data("months")
    return _terms(scene).max_term_months


def _term_needed(scene: Scene) -> bool:
    return not _scheme(scene).schedule.study and scene.data("months") is None and not _settled(scene)


def _take_term(scene: Scene, given: Given) -> bool:
    taken = _take_number(scene, given, "term")
    if isinstance(taken, bool):
        return taken
    if not 1 <= taken <= MONTHS_AT_MOST:
        return False
    scene.set_data(months=taken)
    return True


def _ask_term(scene: Scene) -> Text:
    if scene.data("which:term"):
        return Text("ask.which_value")
    most = _terms(scene).max_term_months
    return scene.asking("calculating.term.at_most", most=Months(most)) if most else scene.asking("calculating.term")


def _term_choices(scene: Scene) -> tuple[Choice, ...]:
    which = scene.data("which:term")
    offered = which or _terms_offered(_terms(scene).max_term_months)
    return (
        *(choice("term", str(term), Text("value.one", {"value": Months(term)})) for term in offered),
        choice("term", UNSURE, "choice.other_number" if which else "choice.unsure"),
    )


def _terms_offered(most: int | None) -> tuple[int, ...]:
    """A few times to pick from; the longest that the law allows is one of them."""
    if most is None:
        return TERMS_OFFERED[:BUTTONS_AT_MOST]
    shorter = [term for term in TERMS_OFFERED if term < most]
    return (*shorter[-BUTTONS_AT_MOST + 1 :], most)


TERM = Question(
    slot="term",
    text=_ask_term,
    take=_take_term,
    needed=_term_needed,
    choices=_term_choices,
    expects="choice",
    hint=lambda scene: Text("calculating.term.hint"),
    why=lambda scene: Text("calculating.term.why"),
)


# --- the answer ----------------------------------------------------------------------------------------------------


def _found(scene: Scene) -> Cost | Text:
    """The cost, or why there is none."""
    amount, months = _total(scene), _months(scene)
    try:
        if _terms(scene).rate_percent_year is None:
            return Text("calculating.no_rate")
        if amount is None or months is None:
            return Text("calculating.unsure")
        return cost(
            scene.programme or "", _scheme(scene).id, _facts(scene), scene.on, scene.book, amount=amount, months=months
        )
    except NoRate:
        return Text("calculating.no_rate")
    except WrongFact:
        return Text("calculating.wrong")


def _in_passing(scene: Scene, programme: str | None, reading: Reading) -> bool:
    """Tell the cost beside what is being asked; True if it could be told."""
    if programme is None or programme != scene.programme or _scheme_id(scene) is None:
        return False
    news, scheme = told(reading), _scheme(scene)
    if scheme.schedule.study or not {"sum", "months"} <= set(news):
        return False
    try:
        found = cost(programme, scheme.id, scene.known, scene.on, scene.book, amount=news["sum"], months=news["months"])
    except (NoRate, WrongFact):
        return False
    scene.say(Text("info.answer", {"answer": Joined((*_which(scene), _said(scene, found)), "paragraphs")}))
    return True


def _said(scene: Scene, found: Cost) -> Joined:
    """The most that may be lent is told with the cost unless it was told already."""
    if ceiling.was_said(scene, found.amount):
        found = structs.replace(found, notes=tuple(note for note in found.notes if note.key != "cost.over_most"))
    return said(found)


def _tell(scene: Scene) -> None:
    found = _found(scene)
    if isinstance(found, Text):
        scene.say(found)
        return
    scene.say(Text("info.answer", {"answer": Joined((*_which(scene), _said(scene, found)), "paragraphs")}))
    beside = compared(found)
    if beside is not None:
        scene.say(Text("info.answer", {"answer": beside}))


def _tell_plan(scene: Scene) -> None:
    """What falls due when, in lines and as a picture; then the same choices again."""
    found = _found(scene)
    if isinstance(found, Text):
        scene.say(found)
        return
    given = {
        "programme": found.programme,
        "scheme": found.scheme,
        "facts": _facts(scene),
        "on": found.on,
        "amount": found.amount,
        "months": found.months,
    }
    title = Text("cost.chart.title.study" if found.is_study else "cost.chart.title", _sizes(found))
    scene.say(plan_told(found), (Attachment("picture", REPAYMENT, title, given),))
    scene.set_data(plan_told=True)


def _sizes(found: Cost) -> dict[str, Value]:
    return {"amount": Money(found.amount), "months": Months(found.months)}


def _which(scene: Scene) -> tuple[Text, ...]:
    """Which scheme it is, where the programme has several: it may have been the only one left."""
    if len(scene.book.programmes[scene.programme or ""].schemes) == 1:
        return ()
    return (Text("calculating.for", {"scheme": Text(f"scheme.{scene.programme}.{_scheme(scene).id}.name")}),)


def _next_choices(scene: Scene) -> tuple[Choice, ...]:
    rated = _rated(scene, _scheme(scene).id)
    plan = [choice("do", "calculate:plan", "choice.plan")] if rated and not scene.data("plan_told") else []
    trials = [*plan, choice("do", "calculate:sum", "choice.other_sum")] if rated else []
    if rated and not _scheme(scene).schedule.study:
        trials.append(choice("do", "calculate:term", "choice.other_term"))
    return (
        *trials,
        choice("do", f"screen:{scene.programme}", "choice.screen"),
        choice("do", f"apply:{scene.programme}", "choice.apply"),
        choice("do", "law", "choice.law"),
        choice("do", "human", "choice.human"),
        choice("do", "menu", "choice.menu"),
    )


NEXT = what_next(
    lambda scene: Text("calculating.done" if _rated(scene, _scheme(scene).id) else "next.ask"),
    _next_choices,
    needed=lambda scene: bool(scene.data("done")),
)


def _finish(scene: Scene) -> None:
    _tell(scene)
    scene.set_data(done=True, plan_told=None, told=f"calculator:{scene.programme}")


FLOW: Flow = in_order(FLOW_ID, (PROGRAMME, SCHEME, AMOUNT, STUDY_LEFT, COURSE, TERM, NEXT), _finish)
