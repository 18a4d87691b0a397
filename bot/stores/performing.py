"""What each effect of a turn writes, inside the turn's own transaction. Sending is not done here (`bot/deliver.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.messages import Address
from bot.leads.lead import OPEN, is_open
from bot.privacy import KeyRing
from bot.stores.lead_rows import PERSONAL, as_dict, locked_lead, record_move, write_audit
from bot.stores.moving import keep_code
from bot.stores.tables import (
    change_requests,
    consents,
    handovers,
    lead_messages,
    lead_moves,
    leads,
    outbox,
    reminders,
)
from flows.engine.effects import (
    AnyEffect,
    Ask,
    Erase,
    HandOver,
    Hide,
    KeepConsent,
    LeadDraft,
    OfferCode,
    RemindAt,
    RequestChange,
    Say,
    Submit,
    TakeOver,
    TellStaff,
    Withdraw,
)

APPLICANT = "applicant"
# What the person may still take back wholly; later the bank has received papers and keeps its own record of them.
ERASABLE = ("new", "seen", "contacted", "invited", "closed_withdrawn", "closed_unreachable", "duplicate")


@dataclass(frozen=True)
class Performing:
    """The turn whose effects are written: whose it is, when, and over which transaction."""

    connection: AsyncConnection
    ring: KeyRing
    pseudonym: str
    address: Address
    address_hash: str
    language: str
    at: datetime
    gateways: tuple[str, ...] = ()

    async def perform(self, effect: AnyEffect) -> None:
        """Write what one effect asks for."""
        match effect:
            case Say() | Ask():
                return  # worded by the caller, written as outbox rows
            case Submit(lead=draft):
                await self._submit(draft)
            case HandOver():
                await self._hand_over(effect)
            case TellStaff(lead=lead, text=text):
                await self._tell_staff(lead, text)
            case RequestChange():
                await self._request_change(effect)
            case Withdraw(lead=lead):
                await self._withdraw(lead)
            case RemindAt(name=name, at=at):
                await self._remind(name, at)
            case KeepConsent():
                await self._keep_consent(effect)
            case Erase(scope=scope):
                await self._erase(scope)
            case OfferCode(code=code, until=until):
                end = datetime.fromisoformat(until)
                await keep_code(self.connection, self.ring, self.pseudonym, code, at=self.at, until=end)
            case TakeOver() | Hide():
                return  # the talk was moved before (`sql.py`); the screen is the channel's
            case _:
                assert_never(effect)

    async def _submit(self, draft: LeadDraft) -> None:
        phone_hash = self.ring.hash("phone", draft.phone)
        first = await self._first_open(phone_hash, draft.programme)
        status = "duplicate" if first else "new"
        row = lead_row(draft) | {
            "status": status,
            "duplicate_of": first,
            "phone_hash": phone_hash,
            "conversation": self.pseudonym,
            "channel": self.address.channel,
            "address_hash": self.address_hash,
            "address": self.address.key,
            "language": self.language,
            "updated_at": self.at,
        }
        await self.connection.execute(insert(leads).values(row))
        move = {"lead": draft.id, "at": self.at, "who": APPLICANT, "from_status": None, "to_status": status}
        await self.connection.execute(insert(lead_moves).values(move))
        for gateway in self.gateways:
            await self._queue_lead(draft.id, gateway)

    async def _first_open(self, phone_hash: str, programme: str) -> str | None:
        same = (leads.c.phone_hash == phone_hash, leads.c.programme == programme, leads.c.status.in_(OPEN))
        query = select(leads.c.id).where(*same).order_by(leads.c.created_at).limit(1)
        return (await self.connection.execute(query)).scalar()

    async def _queue_lead(self, lead: str, gateway: str) -> None:
        row = {"kind": "lead", "channel": gateway, "lead": lead, "payload": {"lead": lead}, "key": f"{lead}:{gateway}"}
        await self.connection.execute(insert(outbox).values(**row, state="waiting", due_at=self.at, created_at=self.at))

    async def _hand_over(self, effect: HandOver) -> None:
        asked = {
            "queue": effect.queue,
            "queue_code": effect.queue_code,
            "topic": effect.topic,
            "programme": effect.programme,
            "lead": await self._own_lead(effect.lead),
            "known": effect.known,
        }
        waiting = await self._open_handover()
        if waiting is not None:
            await self.connection.execute(update(handovers).where(handovers.c.id == waiting).values(asked))
            return
        await self._open(asked)

    async def _open(self, asked: Mapping[str, Any]) -> int:
        row = {
            **asked,
            "conversation": self.pseudonym,
            "channel": self.address.channel,
            "address_hash": self.address_hash,
            "address": self.address.key,
            "state": "open",
            "opened_at": self.at,
        }
        result = await self.connection.execute(insert(handovers).values(row).returning(handovers.c.id))
        return int(result.scalar_one())

    async def _open_handover(self) -> int | None:
        mine = (handovers.c.conversation == self.pseudonym, handovers.c.state == "open")
        return (await self.connection.execute(select(handovers.c.id).where(*mine).limit(1))).scalar()

    async def _tell_staff(self, lead: str | None, text: str) -> None:
        lead = await self._own_lead(lead)
        handover = await self._open_handover()
        if lead is None and handover is None:
            # Words for staff with nowhere to put them are still somebody's words: the widest queue gets them.
            handover = await self._open({"queue": "province", "queue_code": "", "topic": "message", "lead": None})
        message = {"lead": lead, "handover": handover, "direction": "in", "text": text, "at": self.at}
        await self.connection.execute(insert(lead_messages).values(message))

    async def _own_lead(self, lead: str | None) -> str | None:
        """The lead, if it belongs to whoever is talking; a talk never reaches someone else's."""
        if lead is None:
            return None
        mine = (leads.c.id == lead, leads.c.address_hash == self.address_hash)
        return (await self.connection.execute(select(leads.c.id).where(*mine))).scalar()

    async def _request_change(self, effect: RequestChange) -> None:
        lead = await self._own_lead(effect.lead)
        if lead is not None:
            value = msgspec.to_builtins(effect.value)
            row = {"lead": lead, "field": effect.field, "value": value, "state": "open", "at": self.at}
            await self.connection.execute(insert(change_requests).values(row))

    async def _withdraw(self, lead: str) -> None:
        if await self._own_lead(lead) is None:
            return
        row = await locked_lead(self.connection, lead)
        if is_open(row["status"]):
            await record_move(self.connection, row, "closed_withdrawn", who=APPLICANT, at=self.at)

    async def _remind(self, name: str, at: str | None) -> None:
        mine = (reminders.c.conversation == self.pseudonym, reminders.c.name == name)
        await self.connection.execute(delete(reminders).where(*mine))
        if at is not None:
            due = datetime.fromisoformat(at)
            await self.connection.execute(insert(reminders).values(conversation=self.pseudonym, name=name, due_at=due))

    async def _keep_consent(self, effect: KeepConsent) -> None:
        row = {
            "conversation": self.pseudonym,
            "address_hash": self.address_hash,
            "case": effect.case,
            "text_version": effect.version,
            "given": effect.given,
            "at": datetime.fromisoformat(effect.at),
        }
        await self.connection.execute(insert(consents).values(row))

    async def _erase(self, scope: str) -> None:
        """The talk itself is removed by the store; here goes what hangs on it."""
        await self.connection.execute(delete(reminders).where(reminders.c.conversation == self.pseudonym))
        await self.connection.execute(delete(outbox).where(outbox.c.address_hash == self.address_hash))
        if scope == "everything":
            await self._erase_leads()
            await self._erase_handovers()
        await write_audit(
            self.connection, APPLICANT, "erased", "conversation", self.pseudonym, at=self.at, details={"scope": scope}
        )

    async def _erase_leads(self) -> None:
        query = select(leads).where(leads.c.address_hash == self.address_hash, leads.c.status.in_(ERASABLE))
        for row in (await self.connection.execute(query.with_for_update())).all():
            lead = as_dict(row)
            if is_open(lead["status"]):
                lead = await record_move(self.connection, lead, "closed_withdrawn", who=APPLICANT, at=self.at)
            await empty_lead(self.connection, lead["id"], at=self.at)

    async def _erase_handovers(self) -> None:
        mine = handovers.c.address_hash == self.address_hash
        ids = select(handovers.c.id).where(mine)
        await self.connection.execute(delete(lead_messages).where(lead_messages.c.handover.in_(ids)))
        await self.connection.execute(delete(handovers).where(mine))


async def empty_lead(connection: AsyncConnection, lead: str, *, at: datetime) -> None:
    """Take the person out of a lead: what stays is that there was one, where, when and how it ended."""
    await connection.execute(delete(lead_messages).where(lead_messages.c.lead == lead))
    await connection.execute(delete(change_requests).where(change_requests.c.lead == lead))
    await connection.execute(delete(outbox).where(outbox.c.lead == lead))
    await connection.execute(update(lead_moves).where(lead_moves.c.lead == lead).values(why=None))
    emptied = dict.fromkeys(PERSONAL) | {"erased_at": at}
    await connection.execute(update(leads).where(leads.c.id == lead).values(emptied))


def lead_row(draft: LeadDraft) -> dict[str, Any]:
    """The columns of a lead that its draft gives."""
    commune = draft.commune or {}
    former = draft.former or {}
    return {
        "id": draft.id,
        "case": draft.case,
        "programme": draft.programme,
        "scheme": draft.scheme,
        "truth": draft.truth,
        "place_kind": draft.place_kind,
        "province_code": commune.get("province_code"),
        "commune_code": commune.get("code"),
        "commune": draft.commune,
        "former_code": former.get("code"),
        "former": draft.former,
        "hamlet": draft.hamlet,
        "point": draft.point,
        "queue": draft.queue,
        "queue_code": draft.queue_code,
        "rule": draft.rule,
        "tables": draft.tables[:160] or None,
        "why": msgspec.to_builtins(draft.why),
        "filed_at": draft.filed_at,
        "savings_group": draft.group,
        "by": draft.by,
        "about": draft.about or None,
        "name": draft.name,
        "phone": draft.phone,
        "contact_hours": draft.contact_hours,
        "facts": msgspec.to_builtins(draft.facts),
        "origins": msgspec.to_builtins(draft.origins),
        "verdict": msgspec.to_builtins(draft.verdict),
        "amount": draft.amount,
        "consent_at": datetime.fromisoformat(draft.consent_at),
        "consent_version": draft.consent_version,
        "created_at": datetime.fromisoformat(draft.created_at),
    }


def new_key() -> str:
    """A key for an outbox row that nobody can guess."""
    return uuid.uuid4().hex
