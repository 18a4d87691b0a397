"""The ONLY way to an applicant's data for staff: who may see and do what. Each refusal stands on a line of its own.

Every page of the console asks here first; what was opened, revealed or refused is written down by the same function that
decides. No page, no SQL of a lead's life (`bot/stores/lead_rows.py`) and no wording here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NoReturn

import msgspec
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from bot.leads.lead import is_open
from bot.ports import Clock
from bot.stores.lead_rows import LeadRows
from bot.stores.tables import handovers, leads, points
from flows.eligibility.book import Book
from flows.routing import PRESUMED_PREFIX

EVERYWHERE = "*"  # in a staff member's provinces: the whole country
ROLES = ("officer", "head", "province", "admin")
SHOWN_IN_QUEUE = (  # what a list needs; names, phones and answers wait for the page of one lead
    leads.c.id,
    leads.c.status,
    leads.c.programme,
    leads.c.scheme,
    leads.c.truth,
    leads.c.commune,
    leads.c.former,
    leads.c.point,
    leads.c.queue,
    leads.c.queue_code,
    leads.c.by,
    leads.c.created_at,
    leads.c.session_date,
    leads.c.duplicate_of,
)


class Staff(msgspec.Struct, frozen=True):
    """Who sits at the desk, and whose applicants are theirs."""

    id: int
    login: str
    name: str
    role: str
    points: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    active: bool = True
    must_change: bool = False

    @property
    def who(self) -> str:
        """How moves and the audit name them."""
        return f"staff:{self.login}"


class Refusal(StrEnum):
    """Why a door stays shut; the value is the catalogue key of the sentence that says so."""

    DEACTIVATED = "console.refused.deactivated"
    PASSWORD_FIRST = "console.refused.password_first"
    NO_SUCH_LEAD = "console.refused.no_such_lead"
    ANOTHER_QUEUE = "console.refused.another_queue"
    ERASED = "console.refused.erased"
    CLOSED = "console.refused.closed"
    NO_SUCH_HANDOVER = "console.refused.no_such_handover"
    NO_SUCH_POINT = "console.refused.no_such_point"
    ANOTHER_OFFICE = "console.refused.another_office"
    NOT_ADMIN = "console.refused.not_admin"


class Refused(Exception):
    """The staff member may not see or do this; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


# --- what one may do at all -------------------------------------------------------------------------------------------


def check_desk(staff: Staff) -> None:
    """Raise `Refused` unless this staff member may work at all."""
    if not staff.active:
        raise Refused(Refusal.DEACTIVATED)
    if staff.must_change:
        raise Refused(Refusal.PASSWORD_FIRST)


def check_admin(staff: Staff) -> None:
    """Raise `Refused` unless they look after people and the audit."""
    check_desk(staff)
    if staff.role != "admin":
        raise Refused(Refusal.NOT_ADMIN)


def check_point(staff: Staff, point: Mapping[str, Any] | None) -> None:
    """Raise `Refused` unless they may correct this point: only staff of its own office may, whatever their rank."""
    check_desk(staff)
    if point is None:
        raise Refused(Refusal.NO_SUCH_POINT)
    if not may_correct_point(staff, point):
        raise Refused(Refusal.ANOTHER_OFFICE)


def may_correct_point(staff: Staff, point: Mapping[str, Any]) -> bool:
    return point["office_code"] in staff.offices or point["code"] in staff.points


# --- whose applicants these are ----------------------------------------------------------------------------------------


def their_leads(staff: Staff) -> ColumnElement[bool]:
    """The leads that are theirs: of their points, of their offices' points, of their provinces."""
    return or_(_their_queue(staff, leads), leads.c.province_code.in_(staff.provinces))


def their_handovers(staff: Staff, presumed: Sequence[str] = ()) -> ColumnElement[bool]:
    """The talks that wait for them; `presumed`: codes of their provinces' points that no branch has imported yet."""
    here = and_(handovers.c.queue == "point", handovers.c.queue_code.in_(presumed))
    return or_(_their_queue(staff, handovers), here)


def their_points(staff: Staff) -> ColumnElement[bool]:
    """The points that they look after or oversee."""
    if EVERYWHERE in staff.provinces:
        return true()
    return or_(
        points.c.code.in_(staff.points),
        points.c.office_code.in_(staff.offices),
        points.c.province_code.in_(staff.provinces),
    )


def _their_queue(staff: Staff, table: Any) -> ColumnElement[bool]:
    if EVERYWHERE in staff.provinces:
        return true()
    if not (staff.points or staff.offices or staff.provinces):
        return false()
    codes = select(points.c.code).where(their_points(staff))
    offices = select(points.c.office_code).where(points.c.province_code.in_(staff.provinces))
    return or_(
        and_(table.c.queue == "point", or_(table.c.queue_code.in_(staff.points), table.c.queue_code.in_(codes))),
        and_(table.c.queue == "office", or_(table.c.queue_code.in_(staff.offices), table.c.queue_code.in_(offices))),
        and_(table.c.queue == "province", table.c.queue_code.in_(staff.provinces)),
    )


# --- the gate ------------------------------------------------------------------------------------------------------------


class Access:
    """Opens leads and handovers for staff, or refuses; either way the audit knows."""

    def __init__(self, store: LeadRows, clock: Clock, book: Callable[[], Book]) -> None:
        self._store, self._clock, self._book = store, clock, book

    async def queue(
        self, staff: Staff, statuses: Sequence[str], programme: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[dict[str, Any]]:
        """Their leads in these states, newest first, without names, phones or answers."""
        check_desk(staff)
        query = select(*SHOWN_IN_QUEUE).where(their_leads(staff), leads.c.status.in_(statuses))
        if programme is not None:
            query = query.where(leads.c.programme == programme)
        return await self._rows(query.order_by(leads.c.created_at.desc(), leads.c.id).limit(limit).offset(skip))

    async def counts(self, staff: Staff) -> dict[str, int]:
        """How many of their leads stand in each status."""
        check_desk(staff)
        query = select(leads.c.status, func.count().label("n")).where(their_leads(staff)).group_by(leads.c.status)
        return {row["status"]: row["n"] for row in await self._rows(query)}

    async def lead(self, staff: Staff, lead: str, action: str = "saw") -> dict[str, Any]:
        """One lead with all that the page shows; `action` goes into the audit."""
        row = await self._checked_lead(staff, lead, action)
        await self._store.note(staff.who, action, "lead", lead, at=self._clock.now())
        return row

    async def phone(self, staff: Staff, lead: str, why: str) -> str:
        """The phone number of an applicant: a step of its own, with the reason written down."""
        row = await self._checked_lead(staff, lead, "revealed")
        if row["erased_at"] is not None or not row["phone"]:
            await self._refuse(staff, Refusal.ERASED, "lead", lead, "revealed")
        details = {"fields": ["phone"]}
        await self._store.note(staff.who, "revealed", "lead", lead, at=self._clock.now(), why=why, details=details)
        return str(row["phone"])

    async def lead_to_answer(self, staff: Staff, lead: str) -> dict[str, Any]:
        """A lead that they want to write to."""
        row = await self._checked_lead(staff, lead, "replied")
        if row["erased_at"] is not None:
            await self._refuse(staff, Refusal.ERASED, "lead", lead, "replied")
        if not is_open(row["status"]):
            await self._refuse(staff, Refusal.CLOSED, "lead", lead, "replied")
        return row

    async def lead_to_move(self, staff: Staff, lead: str) -> dict[str, Any]:
        """A lead that they want to move, re-route or change; which moves there are stands in `bot/leads/lead.py`."""
        row = await self._checked_lead(staff, lead, "moved")
        if not is_open(row["status"]):
            await self._refuse(staff, Refusal.CLOSED, "lead", lead, "moved")
        return row

    async def handovers(self, staff: Staff, state: str = "open", limit: int = 100) -> list[dict[str, Any]]:
        """The talks that wait for them, longest waiting first, without what was said."""
        check_desk(staff)
        shown = (handovers.c.id, handovers.c.topic, handovers.c.programme, handovers.c.lead, handovers.c.opened_at)
        query = select(*shown, handovers.c.queue, handovers.c.queue_code, handovers.c.state)
        query = query.where(self._handovers_of(staff), handovers.c.state == state)
        return await self._rows(query.order_by(handovers.c.opened_at).limit(limit))

    async def handover(self, staff: Staff, number: int, action: str = "saw") -> dict[str, Any]:
        """One talk that waits for a person."""
        check_desk(staff)
        row = await self._store.handover(number)
        if row is None:
            raise Refused(Refusal.NO_SUCH_HANDOVER)
        if not await self._rows(select(handovers.c.id).where(handovers.c.id == number, self._handovers_of(staff))):
            await self._refuse(staff, Refusal.ANOTHER_QUEUE, "handover", str(number), action)
        await self._store.note(staff.who, action, "handover", str(number), at=self._clock.now())
        return row

    def _handovers_of(self, staff: Staff) -> ColumnElement[bool]:
        directory = self._book().points
        if directory is None or EVERYWHERE in staff.provinces:
            return their_handovers(staff)
        own = [code for code, commune in directory.communes.items() if commune.province_code in staff.provinces]
        formers = (former for code in own for former in directory.formers.get(code, ()))
        return their_handovers(staff, [PRESUMED_PREFIX + former.code for former in formers])

    async def _checked_lead(self, staff: Staff, lead: str, action: str) -> dict[str, Any]:
        check_desk(staff)
        row = await self._store.lead(lead)
        if row is None:
            raise Refused(Refusal.NO_SUCH_LEAD)
        if not await self._rows(select(leads.c.id).where(leads.c.id == lead, their_leads(staff))):
            await self._refuse(staff, Refusal.ANOTHER_QUEUE, "lead", lead, action)
        return row

    async def _refuse(self, staff: Staff, refusal: Refusal, kind: str, subject: str, wanted: str) -> NoReturn:
        details = {"wanted": wanted, "refusal": refusal.name.lower()}
        await self._store.note(staff.who, "refused", kind, subject, at=self._clock.now(), details=details)
        raise Refused(refusal)

    async def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        async with self._store.reading() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]
