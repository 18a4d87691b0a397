"""The picture of a programme holds what `assess` runs: every condition with its clause, every fact, the figures of the day."""

from datetime import date

import pytest

from bot.wording import LANGUAGES, word
from flows import FLOWS
from flows.eligibility.book import PROGRAMMES, load_book
from flows.eligibility.condition import leaves, points
from flows.eligibility.draw import draw_programme
from flows.engine.box import Box
from flows.engine.draw import draw_flow
from flows.engine.text import Text

BOOK = load_book()
TODAY = date(2026, 11, 22)


def every(box: Box) -> list[Box]:
    return [box, *(inner for part in box.inside for inner in every(part))]


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_fact_and_confirm_point_is_in_the_picture(programme, language):
    boxes = every(draw_programme(programme, TODAY, BOOK))
    said = [word(box.text, language) for box in boxes]
    for scheme in BOOK.programmes[programme].schemes.values():
        for named in scheme.conditions:
            for leaf in leaves(named.condition):
                for fact in leaf.facts:
                    label = word(Text(f"fact.{fact}.label"), language)
                    assert any(label in one for one in said), fact
            for point in points(named.condition):
                settled = word(Text(f"confirm.{point}"), language)
                assert any(settled in one for one in said), point
            laws = {source.citation for source in named.sources}
            assert any(laws <= set(box.law) for box in boxes if box.kind == "condition"), named.id


def test_the_figures_are_those_of_the_day():
    old, new = (
        " ".join(word(box.text) for box in every(draw_programme("housing", day, BOOK)))
        for day in (date(2026, 4, 6), date(2026, 4, 7))
    )
    assert "không quá 20 triệu đồng" in old
    assert "không quá 25 triệu đồng" not in old
    assert "không quá 25 triệu đồng" in new


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.id)
def test_every_question_of_a_flow_is_in_its_picture(flow):
    asked = [box.text.values["slot"] for box in every(draw_flow(flow)) if box.kind == "question"]
    assert asked == [question.slot for question in flow.questions]
