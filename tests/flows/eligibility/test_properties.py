"""Properties of `assess` over facts that Hypothesis draws: more facts never turn a decided verdict over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.eligibility.assess import assess
from flows.eligibility.book import Fact, load_book
from flows.eligibility.planner import next_fact
from flows.eligibility.terms import terms

BOOK = load_book()
DAYS = st.dates(date(2022, 5, 1), date(2027, 6, 30))
DECIDED = ("yes", "no", "not_covered")


def value(fact: Fact, on: date) -> st.SearchStrategy[Any]:
    match fact.kind:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(fact.values)
        case "multichoice":
            return st.lists(st.sampled_from(fact.values), min_size=1, max_size=3) | st.sampled_from(fact.values)
        case "money":
            return st.sampled_from([0, 10, 15, 25, 26, 35, 50, 51, 100, 101, 200, 201]).map(lambda x: x * 1_000_000)
        case "integer":
            return st.integers(fact.minimum or 0, 40)
        case "number":
            return st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 2))
        case "date":
            days = st.integers(0, 4000).map(lambda n: (on - timedelta(days=n)).isoformat())
            return days | days.map(lambda day: day[:7])
    return st.sampled_from(["01", "40"])


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, date, dict[str, Any], dict[str, Any]]:
    """A programme, a day, some facts, and the same facts with more."""
    programme = draw(st.sampled_from(list(BOOK.programmes)))
    on = draw(DAYS)
    names = draw(st.lists(st.sampled_from(BOOK.programmes[programme].facts), unique=True))
    more = {name: draw(value(BOOK.facts[name], on)) for name in names}
    fewer = {name: more[name] for name in names[: draw(st.integers(0, len(names)))]}
    return programme, on, fewer, more


@settings(max_examples=150, deadline=None)
@given(questions())
def test_more_facts_never_turn_a_decided_truth_over(question: tuple[str, date, dict, dict]) -> None:
    programme, on, fewer, more = question
    before, after = assess(programme, fewer, on, BOOK), assess(programme, more, on, BOOK)
    for scheme in before.schemes:
        if scheme.truth in DECIDED:
            assert after.scheme(scheme.id).truth == scheme.truth
    if before.truth in DECIDED:
        assert after.truth == before.truth


@settings(max_examples=150, deadline=None)
@given(questions())
def test_what_is_known_or_decided_is_not_missing(question: tuple[str, date, dict, dict]) -> None:
    programme, on, _, facts = question
    verdict = assess(programme, facts, on, BOOK)
    for scheme in verdict.schemes:
        assert not set(scheme.missing) & set(facts)
        if scheme.truth in DECIDED:
            assert scheme.missing == ()
            assert scheme.confirm == ()
        assert set(scheme.missing) <= set(BOOK.programmes[programme].schemes[scheme.id].facts)


@settings(max_examples=60, deadline=None)
@given(questions(), st.randoms(use_true_random=False))
def test_questions_end_and_each_is_asked_once(question: tuple[str, date, dict, dict], chance: Any) -> None:
    programme, on, facts, _ = question
    asked: list[str] = []
    skipped: set[str] = set()
    while (fact := next_fact([programme], facts, on, BOOK, frozenset(skipped))) is not None:
        assert fact not in asked
        asked.append(fact)
        if chance.random() < 0.3:
            skipped.add(fact)
        else:
            kind = BOOK.facts[fact]
            answers = {
                "bool": [True, False],
                "choice": kind.values,
                "multichoice": kind.values,
                "date": [on.isoformat()],
            }
            facts = {
                **facts,
                fact: chance.choice(answers.get(kind.kind, [1, 2, 30_000_000 if kind.kind == "money" else 3])),
            }
    if not skipped:
        left = {name for scheme in assess(programme, facts, on, BOOK).schemes for name in scheme.missing}
        truth = assess(programme, facts, on, BOOK).truth
        for one in left if truth != "yes" else ():
            # A scheme may be open still, but no answer to it can change what is said of the programme.
            kind = BOOK.facts[one]
            values = {"bool": [True, False], "choice": kind.values, "multichoice": kind.values}.get(kind.kind, [1, 2])
            if kind.asked and kind.kind != "date":
                assert {assess(programme, {**facts, one: value}, on, BOOK).truth for value in values} == {truth}


@settings(max_examples=100, deadline=None)
@given(questions())
def test_each_figure_of_the_terms_has_a_source_in_the_register(question: tuple[str, date, dict, dict]) -> None:
    programme, on, _, facts = question
    for name in BOOK.programmes[programme].schemes:
        found = terms(programme, name, facts, on, BOOK)
        cited = {source.field for source in found.citations}
        assert all(source.instrument in BOOK.register for source in found.citations)
        assert all(source.checked for source in found.citations)
        for field in ("rate_percent_year", "overdue_rate_percent_year", "collateral"):
            assert getattr(found, field) is None or field in cited
