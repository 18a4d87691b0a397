"""The chart and its table: the same sums, readable without a script, a style, a colour or a picture."""

from __future__ import annotations

import re
import struct
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.papers import repayment_chart
from bot.papers.repayment_chart import chart_png, chart_svg
from bot.papers.repayment_table import as_html, as_lines, as_text, by_payment, by_stage
from bot.wording import LANGUAGES
from flows.cost import Cost, cost
from flows.eligibility.book import load_book
from flows.repayment_stages import stages

BOOK = load_book()
START = date(2026, 11, 23)
STUDY = {"study_months_left": 48, "course_months": 48}
LOANS: dict[str, tuple[str, int, int, dict]] = {
    "small": ("water.works", 5_000_000, 12, {}),
    "water": ("water.works", 25_000_000, 60, {}),
    "student": ("student.ordinary", 160_000_000, 108, STUDY),
    "house": ("housing.purchase", 800_000_000, 300, {}),
    "forty_years": ("housing.purchase", 800_000_000, 480, {}),
    "a_year_and_a_half": ("jobs.worker", 30_000_000, 18, {}),
    "one_month": ("water.works", 1, 1, {}),
}
SVG = "{http://www.w3.org/2000/svg}"


def loan(name: str) -> Cost:
    scheme, amount, months, facts = LOANS[name]
    return cost(*scheme.split("."), facts, START, BOOK, amount=amount, months=months)


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


@pytest.mark.parametrize("name", LOANS)
def test_stages_lose_no_payment(name: str) -> None:
    found = loan(name)
    made = stages(found)
    assert sum(stage.principal for stage in made) == found.amount
    assert sum(stage.interest for stage in made) == found.total_interest
    assert made[-1].balance == 0
    assert len(made) <= 30


def test_stages_of_a_study_loan_show_the_debt_growing() -> None:
    made = stages(loan("student"))
    assert [stage.payment for stage in made[:4]] == [0, 0, 0, 0]
    assert [stage.balance for stage in made[:5]] == [40_000_000, 80_000_000, 120_000_000, 160_000_000, 128_000_000]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LOANS)
def test_tables_add_up_in_each_language(name: str, language: str) -> None:
    found = loan(name)
    for table in (by_stage(found, language), by_payment(found, language)):
        assert {len(row) for row in (table.head, *table.rows, table.foot)} == {5}
        for place, total in ((1, found.amount), (2, found.total_interest), (3, found.total)):
            assert sum(digits(row[place]) for row in table.rows) == digits(table.foot[place]) == total
        assert len(table.notes) == len(found.unsettled) + 1  # the illustration is said to be one


def test_text_stands_in_columns() -> None:
    lines = as_text(by_stage(loan("water"))).splitlines()
    assert lines[2].split() == ["Thời", "gian", "Gốc", "Lãi", "Phải", "trả", "Còn", "nợ"]
    assert len({len(line) for line in lines[2:9]}) == 1
    assert lines[4].endswith("20.000.000")
    assert max(map(len, lines[2:10])) <= 72  # fits a narrow shell


def test_lines_for_a_chat() -> None:
    lines = as_lines(loan("student")).splitlines()
    assert lines[0] == "Năm 1: chưa phải trả"
    assert lines[-1].endswith("thế là hết nợ")
    assert "tiền lãi, còn nợ 5 triệu đồng" in as_lines(loan("small")).splitlines()[0]
    assert "nothing to pay yet" in as_lines(loan("student"), "en")


class Tags(HTMLParser):
    """Collects what a page would be made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scopes: list[str | None] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "th":
            self.scopes.append(dict(attrs)["scope"])


def test_the_html_table_tells_which_cell_belongs_to_what() -> None:
    table = by_stage(loan("water"))
    found = Tags(as_html(table))
    assert found.tags.count("caption") == 1
    assert found.scopes == ["col"] * 5 + ["row"] * (len(table.rows) + 1)
    assert found.attributes == {"scope"}


@pytest.mark.parametrize("theme", ["page", "light", "dark"])
@pytest.mark.parametrize("name", LOANS)
def test_the_svg_needs_no_script_and_no_style(name: str, theme: str) -> None:
    svg = ElementTree.fromstring(chart_svg(loan(name), theme=theme))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {"svg", "title", "desc", "rect", "text"}
    attributes = {attribute for element in svg.iter() for attribute in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or name in {"style", "class", "href"}]
    assert (svg.get("fill") == "currentColor") == (theme == "page")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_svg_says_what_it_shows(language: str) -> None:
    svg = ElementTree.fromstring(chart_svg(loan("water"), language, name="first"))
    assert (svg.get("role"), svg.get("lang")) == ("img", language)
    ids = [element.get("id") for element in svg if element.get("id")]
    assert ids == ["first-title", "first-about"] == svg.get("aria-labelledby").split()
    title = svg.find(f"{SVG}title").text
    assert ("6,3 triệu đồng" if language == "vi" else "6.3 million VND") in title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LOANS)
def test_everything_stays_within_the_picture(name: str, language: str) -> None:
    svg = ElementTree.fromstring(chart_svg(loan(name), language))
    height = float(svg.get("height"))
    for rect in svg.iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= 304
    for text in svg.iter(f"{SVG}text"):
        x, size = float(text.get("x")), float(text.get("font-size"))
        wide = len(text.text) * size * (0.62 if text.get("font-weight") else 0.56)
        start = x - wide if text.get("text-anchor") == "end" else x
        assert start >= 0
        assert start + wide <= 360 + 2, text.text
        assert float(text.get("y")) <= height


def test_bars_are_as_long_as_what_is_paid() -> None:
    svg = ElementTree.fromstring(chart_svg(loan("water")))
    bars = [rect for rect in svg.iter(f"{SVG}rect") if rect.get("rx") is None]
    long = [float(bar.get("width")) for bar in bars]
    interest = [stage.interest for stage in stages(loan("water"))]
    for drawn, paid in zip(long[1::2], interest, strict=True):
        assert drawn / long[1] == pytest.approx(paid / interest[0], abs=0.02)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", ["#ffffff", "#000000", *(paper for paper, _ in repayment_chart.PAPERS.values())])
@pytest.mark.parametrize("bar", [repayment_chart.PRINCIPAL, repayment_chart.INTEREST])
def test_bars_stand_out_on_light_and_on_dark(bar: str, paper: str) -> None:
    lighter, darker = sorted((luminance(bar), luminance(paper)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_png_is_drawn_with_our_own_letters(theme: str) -> None:
    drawn = chart_png(loan("water"), theme=theme)
    assert drawn.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", drawn[16:24])
    assert width == 720
    assert 500 < height < 1_000
    # Without its fonts the picture would be bars alone, a few kilobytes.
    assert 20_000 < len(drawn) < 120_000
