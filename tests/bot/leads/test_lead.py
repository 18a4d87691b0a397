"""A lead's states and moves: few, written out, none back from a closed one."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest

from bot.leads.lead import (
    CLOSED,
    MOVES,
    OPEN,
    REROUTED,
    STATUSES,
    TOLD,
    WANTS_WHY,
    MoveRefused,
    _without_hamlet,
    check_move,
    is_open,
)

CONTRACT = "new seen contacted invited dossier_received closed_lent closed_not_eligible closed_withdrawn closed_unreachable duplicate"


def test_the_states_are_those_of_the_contract() -> None:
    assert set(STATUSES) == set(CONTRACT.split()) and set(MOVES) == set(STATUSES)
    assert all(set(targets) <= set(STATUSES) for targets in MOVES.values())


def test_the_straight_way_is_open() -> None:
    way = [*OPEN, "closed_lent"]
    for status, to in pairwise(way):
        check_move(status, to, "vì sao", date(2026, 12, 10))


@pytest.mark.parametrize("status", CLOSED)
def test_nothing_leads_out_of_a_closed_one(status: str) -> None:
    assert not is_open(status) and MOVES[status] == ()
    with pytest.raises(MoveRefused):
        check_move(status, REROUTED, "vì sao")


@pytest.mark.parametrize("status", OPEN)
def test_every_open_one_may_be_rerouted_and_withdrawn(status: str) -> None:
    check_move(status, REROUTED, "thôn thuộc điểm khác")
    check_move(status, "closed_withdrawn")


@pytest.mark.parametrize("to", sorted(WANTS_WHY))
def test_what_a_person_will_ask_about_needs_a_reason(to: str) -> None:
    with pytest.raises(MoveRefused, match="reason"):
        check_move("seen", to, "  ")
    check_move("seen", to, "vì sao")


def test_an_invitation_needs_its_day() -> None:
    with pytest.raises(MoveRefused, match="session"):
        check_move("contacted", "invited")


def test_nothing_skips_the_papers() -> None:
    for status in ("new", "seen", "contacted", "invited"):
        with pytest.raises(MoveRefused):
            check_move(status, "closed_lent")


def test_what_the_person_hears_of_is_worded() -> None:
    from bot.wording import has

    assert [to for to in sorted(TOLD) if not has(f"lead.moved.{to}") or not has(f"lead.moved.{to}", "en")] == []


def test_the_masked_reason_keeps_the_communes_and_hides_the_hamlet() -> None:
    place = {
        "key": "route.place",
        "values": {"hamlet": "thôn Đông", "story": {"key": "s", "values": {"former": "xã A"}}},
    }
    why = {"key": "route.former", "values": {"because": place}}
    shown = json.dumps(_without_hamlet(why), ensure_ascii=False)
    assert "thôn Đông" not in shown and "xã A" in shown and "***" in shown
    assert _without_hamlet(None) is None
