"""The book: what it holds, and that each fault in its data is named with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import flows
from flows.eligibility.book import Book, BookError, NamedCondition, load_book, read_book
from flows.eligibility.condition import leaves
from flows.eligibility.parameters import Source

ROOM = Path(flows.__file__).parent
DATA = ("facts.yaml", "law.yaml", "programmes", "parameters", "provinces")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    copy = tmp_path / "flows"
    copy.mkdir()
    for name in DATA:
        source = ROOM / name
        shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
    return copy


def change(file: Path, old: str, new: str) -> int:
    """Replace the first `old`; gives the line on which it stood."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def complaints(room: Path) -> list[str]:
    with pytest.raises(BookError) as caught:
        read_book(room)
    return caught.value.messages


def test_the_copy_is_in_order(room: Path) -> None:
    assert list(read_book(room).programmes) == list(load_book().programmes)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("programmes/water.yaml", "values: [rural]", "values: [rurall]", "rurall is no value of area"),
        ("programmes/water.yaml", "fact: works_state", "fact: work_state", "no fact work_state"),
        ("programmes/water.yaml", "filed_at: point", "filed_at: pont", "'point' or 'office'"),
        ("programmes/water.yaml", "flat: water_max_term", "flat: water_max_trem", "no parameter water_max_trem"),
        ("programmes/water.yaml", "since: 2024-09-02", "since: someday", "date"),
        ("programmes/jobs.yaml", "equals: person", "equals: people", "'people' is no value of applicant_kind"),
        ("programmes/jobs.yaml", "equals: true", "equals: 1", "no value of"),
        ("programmes/jobs.yaml", "compare: {fact: full_civil", "compere: {fact: full_civil", "compere: Extra inputs"),
        ("programmes/abroad.yaml", "at_most:", "at_mots:", "at_mots"),
        (
            "programmes/student.yaml",
            "instrument: QĐ 157/2007/QĐ-TTg",
            "instrument: QĐ 158/2007/QĐ-TTg",
            "legal register",
        ),
        ("parameters/water_rate.yaml", 'value: "8.4"', 'value: "8,4"', "value"),
        ("parameters/water_rate.yaml", "from: 2025-12-01", "from: 2025-11-30", "must end before"),
        ("parameters/water_rate.yaml", "QĐ 2553/QĐ-TTg", "QĐ 2553/TTg", "not in the legal register"),
        ("parameters/water_rate.yaml", "id: water_rate", "id: water_rates", "must be named water_rates.yaml"),
        ("parameters/water_rate.yaml", "unit: percent_year", "unit: [percent_year", "expected"),
        ("facts.yaml", "id: lawful_residence, kind: bool", "id: lawful_residence, kind: boolean", "kind"),
        ("facts.yaml", "prior: {true: 92, false: 8}", "prior: {true: 92}", "prior"),
        ("facts.yaml", "after: [study_year]", "after: [study_yaer]", "no fact study_yaer"),
        ("provinces/ha_noi.yaml", "instrument: NQ 56/2025/NQ-HĐND", "instrument: NQ 57", "not in the legal register"),
    ],
)
def test_each_fault_is_named_with_file_and_line(room: Path, file: str, old: str, new: str, says: str) -> None:
    line = change(room / file, old, new)
    found = [message for message in complaints(room) if message.startswith(f"flows/{file}:") and says in message]
    assert found, complaints(room)
    assert any(abs(int(message.split(":")[1]) - line) <= 6 for message in found), (line, found)


def test_a_key_written_twice_is_a_fault(room: Path) -> None:
    line = change(room / "parameters/water_rate.yaml", "unit: percent_year", "unit: percent_year\nunit: vnd")
    assert f"flows/parameters/water_rate.yaml:{line + 1}: 'unit' is written twice" in complaints(room)


def test_confirm_points_stand_in_both_places(room: Path) -> None:
    change(room / "programmes/water.yaml", "- confirm: ward_area", "- confirm: ward_aria")
    assert {message.split("confirm point ")[1].split()[0] for message in complaints(room)} == {"ward_area", "ward_aria"}


def test_a_condition_has_exactly_one_kind(room: Path) -> None:
    file = room / "programmes/jobs.yaml"
    line = change(file, "compare: {fact: full_civil_capacity, equals: true}", "id: nothing_else")
    assert any(f"jobs.yaml:{line}" in message or "exactly one of" in message for message in complaints(room))


def test_all_faults_are_named_at_once(room: Path) -> None:
    change(room / "programmes/water.yaml", "values: [rural]", "values: [rurall]")
    change(room / "programmes/jobs.yaml", "equals: person", "equals: people")
    assert len(complaints(room)) == 2


def every_source(book: Book) -> Iterator[Source]:
    def of(named: NamedCondition) -> Iterator[Source]:
        yield from named.sources
        for part in named.parts:
            yield from of(part)

    for parameter in book.parameters.values():
        yield from (value.source for value in parameter.values)
    for programme in book.programmes.values():
        for scheme in programme.schemes.values():
            for named in scheme.conditions:
                yield from of(named)
            for sources in scheme.confirm.values():
                yield from sources
            yield from (note.source for note in scheme.notes if note.source)
    for entries in book.local.values():
        yield from (entry.source for entry in entries)


def test_every_citation_resolves() -> None:
    book = load_book()
    sources = list(every_source(book))
    assert len(sources) > 150
    assert {source.instrument for source in sources} <= set(book.register)


def test_no_article_is_written_without_its_instrument_being_cited_so() -> None:
    for source in every_source(load_book()):
        assert source.article is None or source.article.split()[0] in ("Điều", "khoản", "điểm"), source


def test_every_condition_cites_the_law() -> None:
    for programme in load_book().programmes.values():
        for scheme in programme.schemes.values():
            for named in scheme.conditions:
                assert named.sources, (programme.id, scheme.id, named.id)
                assert all(part.sources for part in named.parts)


def test_figures_of_conditions_are_known_from_the_first_day_on() -> None:
    for programme in load_book().programmes.values():
        for scheme in programme.schemes.values():
            for parameter in scheme.parameters:
                for day in (scheme.since, date(2026, 11, 22), date(2030, 1, 1)):
                    assert parameter.on(day) is not None, (parameter.id, day)


def test_facts_that_decide_are_those_of_the_contract() -> None:
    book = load_book()
    used = {
        fact
        for programme in book.programmes.values()
        for scheme in programme.schemes.values()
        for named in scheme.conditions
        for leaf in leaves(named.condition)
        for fact in leaf.facts
    }
    assert used == {fact.id for fact in book.facts.values() if fact.decides}
    assert not book.facts["province_sells_to_rural_poor"].asked
