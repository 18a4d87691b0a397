"""Answers: their twins in `answers/*.yaml`, and what holds for every answer whatever the facts and the day."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.wording import catalogue, placeholders, word
from flows import answers, documents, glossary, neighbours
from flows.answers import answer, cite, questions, topics
from flows.eligibility.book import load_book
from flows.eligibility.terms import terms
from flows.engine.text import Citation, Day, Joined, Money, Months, Percent, Text, Value
from flows.neighbours import keys as card_keys

BOOK = load_book()
PROGRAMMES = (None, "student", "water", "housing", "released", "abroad", "jobs")
TODAY = date(2026, 11, 22)
DAYS = (TODAY, date(2026, 3, 1), date(2025, 12, 15), date(2025, 9, 1), date(2024, 9, 10), date(2019, 1, 1))
PEOPLE = (
    {},
    {"province": "01"},
    {"stem_field": True, "study_year": 1, "poverty_status": "newly_escaped"},
    {"study_level": "phd", "stem_field": True},
    {"orphan": "both_parents", "study_year": 3, "sudden_hardship": "illness"},
    {"area": "ward", "works": "both"},
    {"housing_purpose": "buy", "housing_class": ["rural_poor", "armed_forces"], "marital_status": "married"},
    {"housing_purpose": "repair"},
    {"housing_purpose": "commercial"},
    {"applicant_kind": "establishment", "loan_amount": 500_000_000},
    {"certificate": "amnesty", "loan_purpose": "training", "same_purpose_vbsp_debt": "household"},
    {"eps_contract": True, "contract_with": "investing_enterprise", "loan_amount": 250_000_000},
    {"poverty_status": "poor", "ethnic_minority": True, "disabled": True, "cares_for_severely_disabled": True},
)
LONGEST = 600
WORDS_ON_AVERAGE = 15
WORDS_AT_MOST = 32
TWINS = Path(__file__).parent / "answers"
ALLOWED_DIGITS = re.compile(r"0?1/TDSV|01/TD|01/UQ|lớp 12|rade-12|mẫu 0[56]|form 0[56]|VNeID mức 2|VNeID level 2")


FLOWS = Path(answers.__file__).parent
CATALOGUES = [FLOWS / "locale" / "vi" / "LC_MESSAGES" / name for name in ("answers.po", "lending.po")]


def own_keys() -> list[str]:
    """The keys of our own catalogue files."""
    found = []
    for file in CATALOGUES:
        with file.open("rb") as stream:
            found += [str(message.id) for message in read_po(stream, locale="vi") if message.id]
    return found


def twin_cases() -> Iterator:
    for file in sorted(TWINS.glob("*.yaml")):
        twin = yaml.safe_load(file.read_text(encoding="utf-8"))
        for number, case in enumerate(twin["cases"], 1):
            yield pytest.param(twin["programme"], _with_day(case), id=f"{file.stem}-{number}-{case['topic']}")


def _with_day(case: dict) -> dict:
    case["on"] = case.pop(True, None) or case.get("on")  # YAML 1.1 reads a bare "on" as true
    return case


def figure_text(figure: dict) -> str:
    """A figure as Vietnamese people read it, computed from the numbers of the test file alone."""
    kind = next(kind for kind in ("vnd", "percent", "months", "count") if kind in figure)
    number = 1.0
    for factor in figure[kind]:
        number *= factor
    number = round(number / figure.get("by", 1), figure.get("round", 4))
    number = int(number) if number == int(number) else number
    match kind:
        case "vnd":
            return word(Money(int(number)), "vi")
        case "percent":
            return f"{format_decimal(number, format='#,##0.####', locale='vi')}%"
        case "months":
            return word(Months(int(number)), "vi")
        case _:
            return f" {number} "


@pytest.mark.parametrize(("programme", "case"), list(twin_cases()))
def test_twin(programme: str | None, case: dict) -> None:
    found = answer(programme, case["topic"], case["facts"], case["on"], BOOK)
    said = word(found.text, "vi")
    for figure in case.get("figures", ()):
        assert figure_text(figure) in f"{said} ", said
    for words in case.get("says", ()):
        assert words.casefold() in said.casefold(), said
    for words in case.get("silent", ()):
        assert words not in said, said
    cited = {", ".join(part for part in (one.instrument, one.article) if part) for one in found.citations}
    for place in case.get("cites", ()):
        assert place in cited, sorted(cited)
    if "confirm" in case:
        assert len(found.confirm) == case["confirm"], said


def everything() -> Iterator[tuple[str | None, str, dict, date]]:
    for programme in PROGRAMMES:
        for topic in (*topics(programme), *questions(programme)):
            for day in DAYS:
                for facts in PEOPLE if day == TODAY else PEOPLE[:1]:
                    yield programme, topic, facts, day


def test_every_answer_is_worded_and_short() -> None:
    for programme, topic, facts, day in everything():
        found = answer(programme, topic, facts, day, BOOK)
        for language in ("vi", "en"):
            for text in (word(found.text, language, "bác"), word(cite(found), language, "em")):
                where = f"{programme} {topic} {facts} {day} {language}"
                assert text.strip(), where
                assert "{" not in text, where
                assert len(text) <= LONGEST, f"{where}: {len(text)}\n{text}"


def invented_people(count: int) -> Iterator[dict]:
    """People of all sorts, the same ones at every run."""
    chance = random.Random(22)
    kinds = {
        "bool": lambda fact: chance.choice([True, False]),
        "choice": lambda fact: chance.choice(fact.values),
        "multichoice": lambda fact: chance.sample(fact.values, chance.choice([1, 1, 2, 3])),
        "integer": lambda fact: chance.randint(max(fact.minimum or 0, 1), min(fact.maximum or 12, 12)),
        "money": lambda fact: chance.choice([5_000_000, 100_000_000, 200_000_000, 300_000_000, 2_000_000_000]),
        "number": lambda fact: chance.choice([5, 15, 40, 99]),
        "date": lambda fact: chance.choice(["2019-05", "2023-01-02", "2026-03"]),
        "code": lambda fact: chance.choice(["01", "40"]),
    }
    for _ in range(count):
        facts = {fact.id: kinds[fact.kind](fact) for fact in BOOK.facts.values() if chance.random() < 0.5}
        yield {fact: None if chance.random() < 0.1 else value for fact, value in facts.items()}


def test_whoever_asks_gets_a_short_answer() -> None:
    for facts in invented_people(30):
        for programme in PROGRAMMES:
            for topic in (*topics(programme), *questions(programme)):
                found = answer(programme, topic, facts, TODAY, BOOK)
                for text in (word(found.text, "vi"), word(found.text, "en"), word(cite(found), "vi")):
                    assert 0 < len(text) <= LONGEST, f"{programme} {topic} {facts}\n{text}"


def test_sentences_are_short() -> None:
    """The mean over all answers of today, and no single sentence that an old man has to read twice."""
    lengths = []
    for programme in PROGRAMMES:
        for topic in (*topics(programme), *questions(programme)):
            said = word(answer(programme, topic, {}, TODAY, BOOK).text, "vi")
            sentences = [one for one in re.split(r"(?<=[.?!:])\s+|\n|; ", said) if one and not one.startswith("•")]
            for sentence in sentences:
                count = len(sentence.split())
                assert count <= WORDS_AT_MOST, sentence
                lengths.append(count)
    assert sum(lengths) / len(lengths) <= WORDS_ON_AVERAGE


def test_no_figure_is_typed_into_a_sentence() -> None:
    for language in ("vi", "en"):
        for key in own_keys():
            bare = "".join(part for part, *_ in string.Formatter().parse(catalogue(language)[key]))
            assert not re.search(r"[0-9]", ALLOWED_DIGITS.sub("", bare)), f"{key}: {bare}"


def numbers(value: Value) -> Iterator[Value]:
    match value:
        case Text(_, values):
            for one in values.values():
                yield from numbers(one)
        case Joined(parts):
            for one in parts:
                yield from numbers(one)
        case Citation() | Day() | str():
            return
        case _:
            yield value


def figures_of(day: date) -> set[float]:
    """Every figure that the rules know on a day, and what may be made of one: a month's share, twice, the rest to 100, rounded."""
    found: set[float] = {36}  # the example of a labour contract
    for parameter in BOOK.parameters.values():
        dated = parameter.on(day)
        if dated is not None and not isinstance(dated.value, str):
            figure = float(dated.value)
            found |= {figure, figure * {"factor": 100, "years": 12}.get(parameter.unit, 1)}
    for programme in BOOK.programmes.values():
        for scheme in programme.schemes.values():
            for facts in ({}, {"poverty_status": "poor", "ethnic_minority": True}, {"disabled": True}):
                known = {fact: value for fact, value in facts.items() if programme.id in BOOK.facts[fact].programmes}
                for on, signed in ((day, None), *((date(2025, 12, 31) <= day) * [(day, date(2025, 12, 31))])):
                    here = terms(programme.id, scheme.id, known, on, BOOK, signed=signed)
                    found |= {getattr(here, name) for name in FIGURES if getattr(here, name) is not None}
            found |= {float(months) for _, months in scheme.schedule.principal_every}
    for entries in BOOK.local.values():
        for local in (one for entry in entries for one in entry.schemes.values()):
            found |= {float(one) for one in (local.rate, local.max_amount) if one is not None}
            found |= {float(amount) for amounts in local.max_amount_by.values() for amount in amounts.values()}
    for identity in (key.removeprefix("card.") for key in card_keys() if key.count(".") == 1):
        for one in neighbours.card(identity, day, BOOK).figures.values():
            found |= {float(number(one.value))}
    found |= {float(figure["value"]) for figure in _figures_of_cards() if "value" in figure}
    found |= {
        float(BOOK.parameters["base_rate"].on(day).value) * float(figure["factor"])
        for figure in _figures_of_cards()
        if "factor" in figure
    }
    made = {value / 12 for value in found} | {value * 2 for value in found} | {100 - value for value in found}
    return {round(value, 4) for value in found | made} | {round(value, 2) for value in found}


def _figures_of_cards() -> list[dict]:
    """The figures of the further sentences of the cards, as the file has them."""
    cards = yaml.safe_load((FLOWS / "programmes" / "neighbours" / "cards.yaml").read_text(encoding="utf-8"))["cards"]
    lines = (line for one in cards for line in one.get("more", ()))
    return [
        {**figure, "value": figure["value"] * 12} if figure.get("unit") == "years" else figure
        for line in lines
        for figure in line.get("with", {}).values()
    ]


FIGURES = (
    "max_amount_vnd",
    "rate_percent_year",
    "overdue_rate_percent_year",
    "max_term_months",
    "collateral_above_vnd",
)


def number(value: Value) -> float:
    match value:
        case Money(vnd):
            return vnd
        case Percent(percent):
            return percent
        case Months(count):
            return count
        case _:
            return value


def figures_compared() -> set[float]:
    """The figures of the days that an answer names beside its own."""
    sheets = (FLOWS / "programmes" / "answers").glob("*.yaml")
    named = re.findall(r"\bday: (\d{4}-\d{2}-\d{2})", "".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
    days = {date.fromisoformat(day) for day in named}
    dated = (parameter.on(day) for parameter in BOOK.parameters.values() for day in days)
    return {float(one.value) for one in dated if one is not None and not isinstance(one.value, str)}


def test_every_figure_is_one_of_the_rules() -> None:
    """No second copy of a figure: whatever number is said stands in the terms or the parameters of that day."""
    days = (date(2025, 11, 30), date(2025, 10, 9), date(2024, 7, 31), date(2021, 10, 1), date(2027, 1, 1))
    compared = {figure for day in days for figure in figures_of(day)} | figures_compared()
    known = {day: figures_of(day) | compared for day in DAYS}
    for programme, topic, facts, day in everything():
        for one in numbers(answer(programme, topic, facts, day, BOOK).text):
            assert round(number(one), 4) in known[day], f"{programme} {topic} {day}: {one}"


def test_every_key_is_worded_and_every_wording_is_used() -> None:
    used = answers.keys() | documents.keys() | card_keys()
    for language in ("vi", "en"):
        assert used <= set(catalogue(language)), sorted(used - set(catalogue(language)))
    frame = (
        "answer.cite.",
        "answer.times.",
        "answer.local",
        "answer.province.",
        "answer.ask.",
        "paper.line",
        "paper.by.",
    )
    frame += ("card.amount", "card.rate", "card.term", "alternatives.", "note.")
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (answers, documents, neighbours))
    words = {f"term.{term}{end}" for term in glossary.TERMS for end in ("", ".more")}
    for key in own_keys():
        assert key.startswith(frame) or key in used | words or f'"{key}"' in source, f"{key} is said nowhere"


def test_every_hard_word_has_its_meaning() -> None:
    for term in glossary.TERMS:
        for language in ("vi", "en"):
            assert word(glossary.gloss(term), language)
            assert len(word(glossary.meaning(term), language)) <= 300
    with pytest.raises(LookupError):
        glossary.gloss("derivative")


def test_languages_have_the_same_placeholders() -> None:
    english = catalogue("en")
    for key in own_keys():
        assert placeholders(catalogue("vi")[key]) - {"you", "You"} == placeholders(english[key]) - {"you", "You"}, key


def test_programme_answers_cite_the_register() -> None:
    """Every answer on a programme says where it stands; sums and safety need no clause."""
    for programme, topic, facts, day in everything():
        found = answer(programme, topic, facts, day, BOOK)
        for source in found.sources:
            assert source.citation.instrument in BOOK.register
        if programme is not None and day == TODAY:
            assert found.sources, f"{programme} {topic} {facts}"


def test_cite_names_law_day_and_the_bank() -> None:
    said = word(cite(answer("student", "rate", {"stem_field": False}, TODAY, BOOK)), "vi")
    assert "khoản 1 Điều 1, QĐ 2553/QĐ-TTg" in said
    assert "áp dụng từ 01/12/2025" in said
    assert "22/11/2026" in said
    assert "thông báo của ngân hàng" in said


def test_an_unknown_topic_says_what_we_can_do() -> None:
    assert "trợ lý tự động" in word(answer("water", "weather", {}, TODAY, BOOK).text, "vi")
    assert "Không ai được thu phí" in word(answer("water", "fees", {}, TODAY, BOOK).text, "vi")


def test_never_approved_and_no_days_promised() -> None:
    """We say "appear to"; days are promised only where NĐ 338, the housing papers or the data law give them."""
    with_days = {"abroad", "jobs", "housing", None}
    for programme, topic, facts, day in everything():
        said = word(answer(programme, topic, facts, day, BOOK).text, "vi").lower()
        assert "được duyệt" not in said
        assert "chắc chắn được vay" not in said
        if programme not in with_days:
            assert "ngày làm việc" not in said


@pytest.mark.parametrize(
    ("programme", "text", "question"),
    [
        ("student", "Ra trường chưa có việc thì trả sao?", "job"),
        ("student", "nha em co 3 dua hoc dai hoc", "several_children"),
        ("student", "cháu BẢO LƯU một năm thì sao", "leave"),
        ("student", "lãi bao nhiêu", None),
        ("water", "xã tôi vừa lên phường rồi", "became_ward"),
        ("housing", "lương tính trước thuế hay sau thuế ạ", "net_or_gross"),
        ("released", "án treo có vay được không", "suspended"),
        ("abroad", "tự tìm chủ bên đó", "direct"),
        ("jobs", "em muốn mở quán phở", "shop"),
        (None, "người vay chết thì sao", "life"),
        (None, "hộ nghèo vay được bao nhiêu", "poor_loan"),
        (None, "em là hộ cận nghèo vay được bao nhiêu", "near_poor_loan"),
        (None, "nhà tôi mới thoát nghèo năm ngoái", "newly_escaped_loan"),
        (None, "con tôi cai nghiện xong có vay được không", "rehabilitation_loan"),
        (None, "thương nhân vùng khó khăn vay bao nhiêu", "trader_loan"),
        (None, "bộ đội xuất ngũ vay học nghề", "vocational_loan"),
        (None, "nghị định 28 còn cho vay không", "ethnic_loan"),
        (None, "nhà vượt lũ còn cho vay không", "flood_house_loan"),
        (None, "vay huyện nghèo đi xuất khẩu lao động", "ended_loans"),
        (None, "chuẩn nghèo năm sau là bao nhiêu", "poverty_line"),
        (None, "trả trước hạn có bị phạt không", "prepayment"),
        (None, "chậm trả hai tháng có sao không", "overdue"),
        (None, "lũ cuốn hết bò, không trả được nợ", "risk_debt"),
        (None, "xã sáp nhập rồi tôi đi đâu", "merger"),
        (None, "sao tên tôi bị dán ở xã", "posted_list"),
    ],
)
def test_a_question_is_known_by_its_words(programme: str | None, text: str, question: str | None) -> None:
    assert answers.asked(programme, text) == question


def test_choices_lead_to_an_answer() -> None:
    for programme in PROGRAMMES:
        for topic in (*topics(programme), *questions(programme)):
            for choice in answer(programme, topic, {}, TODAY, BOOK).choices:
                assert len(choice.id) <= 40
                home, _, name = choice.id.removeprefix("topic=").partition(".")
                reached = answer(None if home == "general" else home, name, {}, TODAY, BOOK)
                assert reached.text != answer(None, "help", {}, TODAY, BOOK).text
                assert len(word(choice.label, "vi")) <= 40
