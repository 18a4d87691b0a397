"""Cards of the neighbouring programmes and what is offered after a "no"."""

from __future__ import annotations

from datetime import date

import pytest

from bot.wording import word
from flows.eligibility.book import load_book
from flows.neighbours import alternatives, card, fits, likely, names

BOOK = load_book()
TODAY = date(2026, 11, 22)
BASE = {date(2026, 11, 22): 6.24, date(2025, 11, 30): 6.6}


@pytest.mark.parametrize(
    ("identity", "factor"),
    [
        ("poor_household", 1),
        ("near_poor_household", 1.2),
        ("newly_escaped_household", 1.25),
        ("ethnic_mountain", 0.5),
    ],
)
@pytest.mark.parametrize("day", list(BASE))
def test_rates_follow_the_poor_household_rate(identity: str, factor: float, day: date) -> None:
    assert card(identity, day, BOOK).figures["rate"].value.value == pytest.approx(round(BASE[day] * factor, 4))


def test_difficult_area_rate() -> None:
    assert card("difficult_area_business", TODAY, BOOK).figures["rate"].value.value == 7.8


def test_every_card_is_worded_and_cites() -> None:
    for identity in names():
        one = card(identity, TODAY, BOOK)
        assert one.citations
        for language in ("vi", "en"):
            said = word(one.text, language)
            assert "{" not in said
            assert len(said) <= 600


def test_what_is_not_read_in_the_law_is_marked() -> None:
    assert {source.mark for source in card("medical_graduates", TODAY, BOOK).sources} == {"K"}
    assert "Chưa xem lại được" in word(card("difficult_area_business", TODAY, BOOK).text, "vi")
    assert "Cần Điểm giao dịch xác nhận" in word(card("ethnic_mountain", TODAY, BOOK).text, "vi")


def test_fits_by_what_is_known() -> None:
    found = {one.id: one.fit for one in fits({"poverty_status": "near_poor"}, TODAY, BOOK)}
    assert found["near_poor_household"] == "likely"
    assert "poor_household" not in found
    assert "newly_escaped_household" not in found


def test_closed_and_private_cards_are_never_offered() -> None:
    for facts in ({}, {"poverty_status": "poor"}, {"study_level": "university"}):
        assert not {"pupil_computers", "after_rehabilitation"} & {one.id for one in fits(facts, TODAY, BOOK)}


def test_what_may_have_ended_is_only_told_to_those_it_would_fit() -> None:
    assert "ethnic_mountain" not in {one.id for one in fits({}, TODAY, BOOK)}
    known = {"ethnic_minority": True, "poverty_status": "poor"}
    assert {one.id: one.fit for one in fits(known, TODAY, BOOK)}["ethnic_mountain"] == "possible"


def test_a_no_ends_with_what_else_fits() -> None:
    said = [word(one, "vi") for one in alternatives("released", {"poverty_status": "near_poor"}, TODAY, BOOK)]
    assert said[0].startswith("Vay hộ cận nghèo")
    assert any(line.startswith("Vay tạo việc làm") for line in said)


def test_the_refused_programme_is_not_offered_again() -> None:
    for programme in BOOK.programmes:
        said = " ".join(word(one, "vi") for one in alternatives(programme, {}, TODAY, BOOK))
        assert word(_name(programme), "vi") not in said


def test_nobody_is_offered_the_loan_after_prison_unasked() -> None:
    for programme in BOOK.programmes:
        said = " ".join(word(one, "vi") for one in alternatives(programme, {}, TODAY, BOOK))
        assert "án phạt tù" not in said
        assert "cai nghiện" not in said


def test_a_refused_programme_is_no_alternative() -> None:
    facts = {"trip_purpose": "tourism", "full_civil_capacity": True, "applicant_kind": "person"}
    said = " ".join(word(one, "vi") for one in alternatives("jobs", {**facts, "eps_contract": False}, TODAY, BOOK))
    assert "đi làm việc ở nước ngoài" not in said


def test_what_has_ended_says_so_and_what_only_may_have_asks() -> None:
    for identity in ("ethnic_earlier", "poor_housing", "poor_district_abroad"):
        said = word(card(identity, TODAY, BOOK).text, "vi")
        assert "đã dừng cho vay mới" in said
        assert "Cần Điểm giao dịch" not in said
    for identity in ("flood_house", "pupil_computers"):
        assert "Cần Điểm giao dịch xác nhận" in word(card(identity, TODAY, BOOK).text, "vi")


@pytest.mark.parametrize(
    ("identity", "rate"), [("poor_household", 4.8), ("near_poor_household", 4.8), ("newly_escaped_household", 6.6)]
)
def test_ha_noi_lends_its_own_capital(identity: str, rate: float) -> None:
    first, before = date(2025, 12, 8), date(2025, 12, 7)
    assert f"lãi {rate}%".replace(".", ",") in word(card(identity, first, BOOK, province="01").text, "vi")
    assert "NQ 56/2025/NQ-HĐND" in {one.instrument for one in card(identity, first, BOOK, province="01").citations}
    for other in (card(identity, before, BOOK, province="01"), card(identity, first, BOOK, province="40")):
        assert "vốn riêng" not in word(other.text, "vi")


@pytest.mark.parametrize("programme", list(BOOK.programmes))
@pytest.mark.parametrize("status", ["poor", "near_poor", "newly_escaped"])
def test_after_each_no_the_households_own_loan_is_among_the_first(programme: str, status: str) -> None:
    """Whoever may work and is on the commune's list hears of that loan, whatever was refused."""
    named = {"poor": "Vay hộ nghèo", "near_poor": "Vay hộ cận nghèo", "newly_escaped": "Vay hộ mới thoát nghèo"}
    facts = {"poverty_status": status}
    said = [word(one, "vi") for one in alternatives(programme, facts, TODAY, BOOK)[:3]]
    assert any(line.startswith(named[status]) for line in said), said


def test_only_cards_that_surely_fit_stand_beside_the_overview() -> None:
    for status, name in (("poor", "Vay hộ nghèo"), ("near_poor", "Vay hộ cận nghèo")):
        said = [word(one, "vi") for one in likely({"poverty_status": status}, TODAY, BOOK)]
        assert len(said) == 1
        assert said[0].startswith(name)
    assert likely({}, TODAY, BOOK) == ()
    assert likely({"poverty_status": "other"}, TODAY, BOOK) == ()


def _name(programme: str):
    from flows.engine.text import Text

    return Text(f"alternatives.{programme}")
