"""Leads, what passed about them and who looked: the queries and moves that staff and the console need.

Which staff may see which lead is not decided here (`bot/console/access.py`); the moves a lead may make stand in
`bot/leads/lead.py`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, Table, and_, delete, false, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.leads.lead import OPEN, REROUTED, TOLD, MoveRefused, check_move
from bot.stores.engine import Sessions
from bot.stores.tables import (
    audit,
    change_requests,
    hamlets,
    handovers,
    lead_messages,
    lead_moves,
    leads,
    outbox,
    points,
)
from flows.engine.events import AnyEvent, HandoverClosed, LeadMoved, StaffReplied
from flows.routing import hamlet_key


class NoSuchLead(LookupError):
    """There is no lead of this id."""


class NoSuchHandover(LookupError):
    """There is no open handover of this number."""


class Changed(Exception):
    """Someone else changed this lead meanwhile: look at it again."""


# A hamlet by its kind and a short name; "nhà ông Ba, cạnh cây đa" is somebody's address.
HAMLET_NAME = re.compile(
    r"(?:thôn|xóm|ấp|bản|buôn|làng|khóm|khu phố|tổ dân phố|tổ|khu|phum|sóc|đội|thon|xom|ap|ban|buon|lang|khom|to)"
    r"(?: [\w’'-]{1,12}){1,4}",
    re.IGNORECASE,
)
PERSONAL = (
    "address",
    "address_hash",
    "conversation",
    "hamlet",
    "about",
    "name",
    "phone",
    "phone_hash",
    "contact_hours",
    "facts",
    "origins",
    "verdict",
    "amount",
    "why",
)  # columns of a lead that are emptied when it is erased


class LeadRows(Sessions):
    """The part of the store that is about leads."""

    async def leads(
        self,
        queues: Iterable[tuple[str, str]] | None = None,
        statuses: Sequence[str] = OPEN,
        programme: str | None = None,
        limit: int = 100,
        before: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """Leads of these queues ((kind, code) pairs; None: of all), newest first; `before` pages on by `created_at`."""
        query = select(leads).where(leads.c.status.in_(statuses), _in_queues(leads, queues))
        query = query.order_by(leads.c.created_at.desc(), leads.c.id)
        if programme is not None:
            query = query.where(leads.c.programme == programme)
        if before is not None:
            query = query.where(leads.c.created_at < before)
        return await self._rows(query.limit(limit))

    async def count_leads(self, queues: Iterable[tuple[str, str]] | None = None) -> dict[str, int]:
        """How many leads stand in each status."""
        query = select(leads.c.status, func.count()).where(_in_queues(leads, queues)).group_by(leads.c.status)
        async with self.reading() as connection:
            return {status: count for status, count in await connection.execute(query)}

    async def lead(self, lead: str) -> dict[str, Any] | None:
        """One lead with all its columns, or None."""
        found = await self._rows(select(leads).where(leads.c.id == lead))
        return found[0] if found else None

    async def lead_moves(self, lead: str) -> list[dict[str, Any]]:
        """The moves of a lead, oldest first."""
        return await self._rows(select(lead_moves).where(lead_moves.c.lead == lead).order_by(lead_moves.c.id))

    async def lead_messages(self, lead: str) -> list[dict[str, Any]]:
        """What passed between the person and staff about a lead, oldest first."""
        return await self._rows(select(lead_messages).where(lead_messages.c.lead == lead).order_by(lead_messages.c.id))

    async def change_requests(self, lead: str) -> list[dict[str, Any]]:
        """The changes that the person asked for, oldest first."""
        query = select(change_requests).where(change_requests.c.lead == lead).order_by(change_requests.c.id)
        return await self._rows(query)

    async def lead_deliveries(self, lead: str) -> list[dict[str, Any]]:
        """What was sent to the person about a lead and how it went (no text): staff see here that a chat is gone."""
        columns = (outbox.c.id, outbox.c.kind, outbox.c.state, outbox.c.error, outbox.c.created_at, outbox.c.done_at)
        return await self._rows(select(*columns).where(outbox.c.lead == lead).order_by(outbox.c.id))

    async def move_lead(
        self,
        lead: str,
        to: str,
        *,
        who: str,
        at: datetime,
        why: str | None = None,
        session: date | None = None,
        version: int | None = None,
    ) -> dict[str, Any]:
        """Move a lead and tell the person, in one transaction. Raises `MoveRefused`, or `Changed` if it is not at `version`."""
        if to == REROUTED:
            raise MoveRefused("a lead goes to another queue only by `reroute_lead`, which says to which")
        async with self.session() as connection:
            row = await locked_lead(connection, lead)
            if version is not None and row["version"] != version:
                raise Changed(lead)
            check_move(row["status"], to, why, session)
            return await record_move(connection, row, to, who=who, at=at, why=why, session=session)

    async def reroute_lead(
        self,
        lead: str,
        *,
        queue: str,
        queue_code: str,
        point: str | None,
        who: str,
        at: datetime,
        why: str,
    ) -> dict[str, Any]:
        """Hand a lead to another queue, where it is new again; the person is told. The next lead of that hamlet goes there too."""
        async with self.session() as connection:
            row = await locked_lead(connection, lead)
            check_move(row["status"], REROUTED, why)
            if (row["queue"], row["queue_code"]) == (queue, queue_code):
                raise MoveRefused("the lead is in that queue already")
            place = {"queue": queue, "queue_code": queue_code, "point": point, "rule": "staff", "staff": None}
            if point is not None:
                await teach_hamlet(connection, row, point)
            return await record_move(connection, row, REROUTED, who=who, at=at, why=why, place=place)

    async def take_lead(self, lead: str, staff: int | None, *, at: datetime) -> None:
        """Note which member of staff has taken a lead on (None: nobody)."""
        async with self.session() as connection:
            await locked_lead(connection, lead)
            await connection.execute(update(leads).where(leads.c.id == lead).values(staff=staff, updated_at=at))

    async def reply(self, lead: str, staff: int, text: str, *, at: datetime) -> None:
        """Keep what staff wrote and send it to the person's talk, in one transaction."""
        async with self.session() as connection:
            row = await locked_lead(connection, lead)
            await connection.execute(
                insert(lead_messages).values(lead=lead, direction="out", staff=staff, text=text, at=at)
            )
            await queue_event(connection, row, StaffReplied(at="", lead=lead, text=text), at=at)

    async def decide_change(self, request: int, done: bool, *, staff: int, at: datetime) -> None:
        """Close a change that the person asked for."""
        async with self.session() as connection:
            await connection.execute(
                update(change_requests)
                .where(change_requests.c.id == request, change_requests.c.state == "open")
                .values(state="done" if done else "refused", decided_by=staff, decided_at=at)
            )

    async def read_messages(self, lead: str, *, at: datetime) -> None:
        """Note that staff have read what the person wrote about a lead."""
        mine = and_(lead_messages.c.lead == lead, lead_messages.c.direction == "in", lead_messages.c.read_at.is_(None))
        async with self.session() as connection:
            await connection.execute(update(lead_messages).where(mine).values(read_at=at))

    # --- handovers --------------------------------------------------------------------------------------------------

    async def handovers(
        self, queues: Iterable[tuple[str, str]] | None = None, state: str = "open", limit: int = 100
    ) -> list[dict[str, Any]]:
        """Talks that wait for a person in these queues (None: in all), oldest first."""
        query = select(handovers).where(handovers.c.state == state, _in_queues(handovers, queues))
        return await self._rows(query.order_by(handovers.c.opened_at, handovers.c.id).limit(limit))

    async def handover(self, handover: int) -> dict[str, Any] | None:
        """One handover, or None."""
        found = await self._rows(select(handovers).where(handovers.c.id == handover))
        return found[0] if found else None

    async def handover_messages(self, handover: int) -> list[dict[str, Any]]:
        """What passed in a handover, oldest first."""
        query = select(lead_messages).where(lead_messages.c.handover == handover).order_by(lead_messages.c.id)
        return await self._rows(query)

    async def reply_handover(self, handover: int, staff: int, text: str, *, at: datetime) -> None:
        """Keep what staff wrote in a handover and send it to the person's talk."""
        async with self.session() as connection:
            row = await _open_handover_row(connection, handover)
            message = {
                "handover": handover,
                "lead": row["lead"],
                "direction": "out",
                "staff": staff,
                "text": text,
                "at": at,
            }
            await connection.execute(insert(lead_messages).values(message))
            await queue_event(connection, row, StaffReplied(at="", lead=row["lead"] or "", text=text, handover=True), at=at)

    async def close_handover(self, handover: int, staff: int, *, at: datetime) -> None:
        """Give the talk back to the bot; the person is told."""
        async with self.session() as connection:
            row = await _open_handover_row(connection, handover)
            closed = {"state": "closed", "closed_at": at, "closed_by": staff}
            await connection.execute(update(handovers).where(handovers.c.id == handover).values(closed))
            await queue_event(connection, row, HandoverClosed(at=""), at=at)

    # --- audit ------------------------------------------------------------------------------------------------------

    async def note(
        self,
        who: str,
        action: str,
        subject_kind: str,
        subject: str | None = None,
        *,
        at: datetime,
        why: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a line to the audit; `details` hold ids and field names only."""
        async with self.session() as connection:
            await write_audit(connection, who, action, subject_kind, subject, at=at, why=why, details=details)

    async def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        async with self.reading() as connection:
            return [as_dict(row) for row in await connection.execute(query)]


def as_dict(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def _in_queues(table: Table, queues: Iterable[tuple[str, str]] | None) -> ColumnElement[bool]:
    if queues is None:
        return true()
    return or_(false(), *(and_(table.c.queue == kind, table.c.queue_code == code) for kind, code in queues))


async def locked_lead(connection: AsyncConnection, lead: str) -> dict[str, Any]:
    """The lead's row, held until the end of the transaction."""
    row = (await connection.execute(select(leads).where(leads.c.id == lead).with_for_update())).first()
    if row is None:
        raise NoSuchLead(lead)
    return as_dict(row)


async def _open_handover_row(connection: AsyncConnection, handover: int) -> dict[str, Any]:
    query = select(handovers).where(handovers.c.id == handover, handovers.c.state == "open").with_for_update()
    row = (await connection.execute(query)).first()
    if row is None:
        raise NoSuchHandover(str(handover))
    return as_dict(row)


async def record_move(
    connection: AsyncConnection,
    row: Mapping[str, Any],
    to: str,
    *,
    who: str,
    at: datetime,
    why: str | None = None,
    session: date | None = None,
    place: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write a move that was checked: the lead's row, the move, the audit line, and the event for the person's talk."""
    changes: dict[str, Any] = {
        "status": "new" if to == REROUTED else to,
        "version": row["version"] + 1,
        "updated_at": at,
    }
    if session is not None:
        changes["session_date"] = session
    changes |= place or {}
    await connection.execute(update(leads).where(leads.c.id == row["id"]).values(changes))
    move = {"lead": row["id"], "at": at, "who": who, "from_status": row["status"], "to_status": to, "why": why}
    if place is not None:
        move |= {
            "from_queue": f"{row['queue']}:{row['queue_code']}",
            "to_queue": f"{place['queue']}:{place['queue_code']}",
        }
    await connection.execute(insert(lead_moves).values(**move, session_date=session))
    await write_audit(connection, who, "moved", "lead", row["id"], at=at, details={"from": row["status"], "to": to})
    if to in TOLD and who != "applicant":
        told = LeadMoved(at="", lead=row["id"], status=to, session=session.isoformat() if session else None)
        await queue_event(connection, row, told, at=at)
    return {**row, **changes}


async def teach_hamlet(connection: AsyncConnection, lead: Mapping[str, Any], point: str) -> bool:
    """Keep that a lead's hamlet is served by the point that staff sent it to; whether anything was learned.

    Only what is plainly a hamlet's name is kept ("thôn 3", no house and no person), only for a point that the bank has
    listed, and never against the branch's own list.
    """
    name, commune = (lead["hamlet"] or "").strip(), lead["commune_code"]
    if not commune or not HAMLET_NAME.fullmatch(name):
        return False
    known = select(points.c.code).where(points.c.code == point, points.c.commune_code == commune)
    if (await connection.execute(known)).first() is None:
        return False
    folded = hamlet_key(name)
    same = (hamlets.c.commune_code == commune, hamlets.c.folded == folded)
    same_former = hamlets.c.former_code.is_(None) | (hamlets.c.former_code == lead["former_code"])
    if (await connection.execute(select(hamlets.c.id).where(*same, same_former, hamlets.c.source == "import"))).first():
        return False
    await connection.execute(delete(hamlets).where(*same, same_former, hamlets.c.source == "reroute"))
    row = {"commune_code": commune, "former_code": lead["former_code"], "name": name, "folded": folded, "point": point}
    await connection.execute(insert(hamlets).values(**row, source="reroute"))
    return True


async def queue_event(connection: AsyncConnection, row: Mapping[str, Any], event: AnyEvent, *, at: datetime) -> None:
    """Put an event for the talk behind a lead or handover into the outbox; without an address there is nobody to tell."""
    if row["address"] is None:
        return
    await connection.execute(
        insert(outbox).values(
            kind="event",
            conversation=row["conversation"],
            channel=row["channel"],
            address_hash=row["address_hash"],
            address=row["address"],
            lead=row["lead"] if "lead" in row else row["id"],
            payload=msgspec.to_builtins(event),
            key=uuid.uuid4().hex,
            state="waiting",
            due_at=at,
            created_at=at,
        )
    )


async def write_audit(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject_kind: str,
    subject: str | None,
    *,
    at: datetime,
    why: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the audit within a transaction."""
    values = {"who": who, "action": action, "subject_kind": subject_kind, "subject": subject}
    await connection.execute(insert(audit).values(**values, at=at, why=why, details=dict(details) if details else None))
