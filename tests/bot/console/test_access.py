"""The gate: each refusal, each a test; and what of it the audit keeps."""

from __future__ import annotations

import pytest

from bot.console.access import Refusal, Refused, Staff, check_admin, check_desk, check_point

PHONE = "+84912345678"  # of all leads in conftest.py
LEAD, CLOSED, ERASED = "VV-00000001", "VV-00000002", "VV-00000003"


async def refusal(doing) -> Refusal:
    with pytest.raises(Refused) as caught:
        await doing
    return caught.value.refusal


def staff(**changes) -> Staff:
    return Staff(**{"id": 1, "login": "x", "name": "X", "role": "officer", **changes})


# --- at all --------------------------------------------------------------------------------------------------------------


def test_a_closed_account_opens_nothing():
    with pytest.raises(Refused) as caught:
        check_desk(staff(active=False))
    assert caught.value.refusal is Refusal.DEACTIVATED


def test_a_given_password_opens_nothing():
    with pytest.raises(Refused) as caught:
        check_desk(staff(must_change=True))
    assert caught.value.refusal is Refusal.PASSWORD_FIRST


@pytest.mark.parametrize("role", ["officer", "head", "province"])
def test_only_the_admin_looks_after_people(role):
    with pytest.raises(Refused) as caught:
        check_admin(staff(role=role))
    assert caught.value.refusal is Refusal.NOT_ADMIN
    check_admin(staff(role="admin"))


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ({"offices": ("PGD1",)}, True),
        ({"points": ("DGD1",)}, True),
        ({"offices": ("PGD9",)}, False),
        ({"points": ("DGD2",)}, False),
        ({"provinces": ("38",), "role": "province"}, False),
        ({"provinces": ("*",), "role": "admin"}, False),
    ],
)
def test_a_point_is_corrected_by_its_own_office_alone(scope, may):
    point = {"code": "DGD1", "office_code": "PGD1", "province_code": "38"}
    if may:
        check_point(staff(**scope), point)
        return
    with pytest.raises(Refused) as caught:
        check_point(staff(**scope), point)
    assert caught.value.refusal is Refusal.ANOTHER_OFFICE


def test_a_point_that_is_not_there():
    with pytest.raises(Refused) as caught:
        check_point(staff(), None)
    assert caught.value.refusal is Refusal.NO_SUCH_POINT


# --- whose leads ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["officer", "head", "province"])
async def test_those_whose_lead_it_is_open_it(access, person, journal, login):
    row = await access.lead(await person(login), LEAD)
    assert row["name"] == "Nguyễn Thị Hoa"
    assert await journal() == [(f"staff:{login}", "saw", LEAD, None)]


@pytest.mark.parametrize("login", ["other", "hanoi", "admin"])
async def test_a_lead_of_another_queue_stays_shut(access, person, journal, login):
    assert await refusal(access.lead(await person(login), LEAD)) is Refusal.ANOTHER_QUEUE
    assert await journal() == [(f"staff:{login}", "refused", LEAD, "another_queue")]


async def test_a_lead_that_is_not_there(access, person, journal):
    assert await refusal(access.lead(await person("officer"), "VV-99999999")) is Refusal.NO_SUCH_LEAD
    assert await journal() == []


async def test_a_closed_account_sees_no_lead(access, person):
    assert await refusal(access.lead(await person("gone"), LEAD)) is Refusal.DEACTIVATED
    assert await refusal(access.queue(await person("gone"), ["new"])) is Refusal.DEACTIVATED


async def test_a_given_password_sees_no_lead(access, person):
    assert await refusal(access.lead(await person("fresh"), LEAD)) is Refusal.PASSWORD_FIRST


async def test_the_queue_holds_their_leads_without_names(access, person):
    rows = await access.queue(await person("officer"), ["new", "closed_lent"])
    assert {row["id"] for row in rows} == {LEAD, CLOSED, ERASED}
    assert not {"name", "phone", "facts", "hamlet", "contact_hours", "address"} & set(rows[0])
    for login in ("other", "hanoi", "admin"):
        assert await access.queue(await person(login), ["new"]) == []
        assert await access.counts(await person(login)) == {}


async def test_a_scope_of_the_whole_country_sees_all(access):
    everywhere = staff(provinces=("*",), role="admin")
    assert (await access.lead(everywhere, LEAD))["id"] == LEAD


# --- the phone number ------------------------------------------------------------------------------------------------------


async def test_a_phone_number_is_a_step_of_its_own(access, person, journal):
    assert await access.phone(await person("officer"), LEAD, "call") == PHONE
    assert await journal() == [("staff:officer", "revealed", LEAD, None)]


async def test_no_phone_number_of_another_queue(access, person, journal):
    assert await refusal(access.phone(await person("other"), LEAD, "call")) is Refusal.ANOTHER_QUEUE
    assert await journal("revealed") == []


async def test_no_phone_number_of_an_erased_lead(access, person, journal):
    assert await refusal(access.phone(await person("officer"), ERASED, "call")) is Refusal.ERASED
    assert await journal() == [("staff:officer", "refused", ERASED, "erased")]


# --- writing and moving ----------------------------------------------------------------------------------------------------


async def test_no_answer_to_a_closed_lead(access, person):
    assert await refusal(access.lead_to_answer(await person("officer"), CLOSED)) is Refusal.CLOSED


async def test_no_answer_to_an_erased_lead(access, person):
    assert await refusal(access.lead_to_answer(await person("officer"), ERASED)) is Refusal.ERASED


async def test_no_answer_to_a_lead_of_another_queue(access, person):
    assert await refusal(access.lead_to_answer(await person("other"), LEAD)) is Refusal.ANOTHER_QUEUE


async def test_no_move_of_a_closed_lead(access, person):
    assert await refusal(access.lead_to_move(await person("officer"), CLOSED)) is Refusal.CLOSED


async def test_no_move_of_a_lead_of_another_queue(access, person):
    assert await refusal(access.lead_to_move(await person("hanoi"), LEAD)) is Refusal.ANOTHER_QUEUE


# --- talks -----------------------------------------------------------------------------------------------------------------


async def test_those_who_wait_are_seen_by_their_own_queue(access, person):
    assert [row["id"] for row in await access.handovers(await person("officer"))] == [1]
    assert [row["id"] for row in await access.handovers(await person("head"))] == [1]
    assert await access.handovers(await person("other")) == []


async def test_a_province_sees_those_of_its_presumed_points(access, person):
    assert [row["id"] for row in await access.handovers(await person("hanoi"))] == [2]
    assert (await access.handover(await person("hanoi"), 2))["known"] == {"study_year": 1}


async def test_a_talk_of_another_queue_stays_shut(access, person, journal):
    assert await refusal(access.handover(await person("other"), 1)) is Refusal.ANOTHER_QUEUE
    assert await journal() == [("staff:other", "refused", "1", "another_queue")]


async def test_a_talk_that_is_not_there(access, person):
    assert await refusal(access.handover(await person("officer"), 99)) is Refusal.NO_SUCH_HANDOVER
