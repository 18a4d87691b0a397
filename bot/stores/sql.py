"""The truth, on SQLite or PostgreSQL: conversations and the outbox; one transaction a turn.

Leads and staff's moves are in `lead_rows.py`, what each effect writes in `performing.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import delete, exists, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.messages import Address, Inbound, Outbound
from bot.ports import Cause, FromInbound, FromOutbox, FromReminder, Queued, Repeated, Stale
from bot.privacy import (
    KEEP_CLOSED_LEADS,
    KEEP_CONSENTED,
    KEEP_DEAD,
    KEEP_INBOUND,
    KEEP_SENT,
    KEEP_UNCONSENTED,
    KeyRing,
)
from bot.stores.engine import open_engine
from bot.stores.lead_rows import LeadRows, as_dict
from bot.stores.migrations import current_revision, head_revision, upgrade
from bot.stores.moving import move_belongings, talk_of_code, use_code
from bot.stores.performing import Performing, empty_lead, new_key
from bot.stores.resealing import Resealing
from bot.stores.tables import (
    conversations,
    handovers,
    helpers,
    inbound,
    invitations,
    lead_messages,
    leads,
    meta,
    outbox,
    reminders,
    staff_sessions,
    talk_codes,
)
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect, Erase, TakeOver
from flows.engine.upgrade import read_conversation, save_conversation

log = structlog.get_logger(__name__)


class WrongKeys(Exception):
    """The hash key is not the one that this database was written with: put back the key file or VAYVON_HASH_KEY."""


@dataclass(frozen=True)
class Reminder:
    """A wait that ran out, and whose it was."""

    address: Address
    conversation: str
    name: str
    due_at: datetime
    attempts: int


class SqlStore(LeadRows, Resealing):
    """The store over SQLAlchemy."""

    def __init__(self, url: str, ring: KeyRing, gateways: Sequence[str] = ()) -> None:
        super().__init__(open_engine(url, ring), ring)
        self.gateways = tuple(gateways)

    # --- opening ----------------------------------------------------------------------------------------------------

    async def migrate(self) -> None:
        """Bring the schema up to date."""
        async with self.session() as connection:
            await connection.run_sync(upgrade)
        await self.settle()

    async def schema(self) -> tuple[str | None, str]:
        """The schema's revision, and the one that this code wants."""
        async with self.reading() as connection:
            return await connection.run_sync(current_revision), head_revision()

    async def check_keys(self) -> None:
        """Raise `WrongKeys` rather than look up nobody and seal with keys that the data was not written with."""
        proof = self.ring.hash("proof", "vayvon")
        async with self.session() as connection:
            known = (await connection.execute(select(meta.c.value).where(meta.c.key == "hash_key"))).scalar()
            if known is None:
                await connection.execute(insert(meta).values(key="hash_key", value=proof))
            elif known != proof:
                raise WrongKeys(WrongKeys.__doc__)

    async def close(self) -> None:
        await self.engine.dispose()

    def hash_of(self, address: Address) -> str:
        """What an address is looked up by."""
        return self.ring.hash("address", f"{address.channel}:{address.key}")

    # --- turns ------------------------------------------------------------------------------------------------------

    async def received(self, message: Inbound) -> bool:
        """Whether this message was taken in before (a repeated delivery)."""
        mine = (inbound.c.address_hash == self.hash_of(message.address), inbound.c.message_id == message.message_id)
        async with self.reading() as connection:
            return bool((await connection.execute(select(exists().where(*mine)))).scalar())

    async def answered(self, message: Inbound) -> list[Outbound]:
        """What was answered to a message, for a person who asks again because the answer got lost."""
        mine = (
            outbox.c.address_hash == self.hash_of(message.address),
            outbox.c.cause == message.message_id,
            outbox.c.kind == "message",
        )
        async with self.reading() as connection:
            rows = await connection.execute(select(outbox.c.payload).where(*mine).order_by(outbox.c.id))
            return [msgspec.convert(payload, Outbound) for (payload,) in rows]

    @asynccontextmanager
    async def turn(self, address: Address, at: datetime) -> AsyncIterator[SqlUnit]:
        """Open this applicant's turn; a conversation that has expired is gone."""
        digest = self.hash_of(address)
        async with self.reading() as connection:
            found = (
                await connection.execute(select(conversations).where(conversations.c.address_hash == digest))
            ).first()
            helper = select(exists().where(helpers.c.address_hash == digest, helpers.c.active))
            is_helper = bool((await connection.execute(helper)).scalar())
        row = as_dict(found) if found is not None else None
        if row is not None and row["expires_at"] <= at:
            row = None
        yield SqlUnit(self, address, digest, row, is_helper)

    async def due_reminders(self, now: datetime, limit: int, only: Sequence[str] | None = None) -> list[Reminder]:
        """Waits that have run out; `only`: those of these names."""
        query = (
            select(reminders, conversations.c.channel, conversations.c.address)
            .join(conversations, conversations.c.id == reminders.c.conversation)
            .where(reminders.c.due_at <= now, conversations.c.expires_at > now)
            .where(true() if only is None else reminders.c.name.in_(only))
            .order_by(reminders.c.due_at)
            .limit(limit)
        )
        async with self.reading() as connection:
            return [
                Reminder(Address(row.channel, row.address), row.conversation, row.name, row.due_at, row.attempts)
                for row in await connection.execute(query)
            ]

    async def put_off_reminder(self, reminder: Reminder, until: datetime | None) -> None:
        """Try a reminder again later, or never (None)."""
        mine = (reminders.c.conversation == reminder.conversation, reminders.c.name == reminder.name)
        later = update(reminders).where(*mine).values(due_at=until, attempts=reminder.attempts + 1)
        async with self.session() as connection:
            await connection.execute(later if until is not None else delete(reminders).where(*mine))

    # --- outbox -----------------------------------------------------------------------------------------------------

    async def say(
        self, address: Address, message: Outbound, *, cause: str | None, at: datetime, pulled: bool = False
    ) -> None:
        """Put a message that belongs to no turn (trouble on our side, too many messages) into the outbox."""
        async with self.session() as connection:
            digest = self.hash_of(address)
            if cause is not None and not await _note_inbound(connection, digest, cause, at):
                return
            row = _message_row(message, address, digest, pseudonym=None, cause=cause, at=at)
            if pulled:
                row |= {"state": "sent", "done_at": at}
            await connection.execute(insert(outbox).values(row))

    async def due(
        self,
        now: datetime,
        limit: int,
        worker: str,
        channels: Sequence[str],
        hold: timedelta = timedelta(seconds=60),
    ) -> list[Queued]:
        """Outbox rows to deliver now, each claimed by one worker only, those of one person in their order.

        `channels` are those that this worker can push to; events are for any worker.
        """
        earlier = outbox.alias("earlier")
        first_of_person = ~exists().where(
            earlier.c.address_hash == outbox.c.address_hash,
            earlier.c.kind == outbox.c.kind,
            earlier.c.state == "waiting",
            earlier.c.id < outbox.c.id,
        )
        claimable = (
            select(outbox.c.id)
            .where(
                outbox.c.state == "waiting",
                outbox.c.due_at <= now,
                or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now),
                or_(outbox.c.kind == "event", outbox.c.channel.in_(channels)),
                or_(outbox.c.address_hash.is_(None), first_of_person),
            )
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self.session() as connection:
            ids = list((await connection.execute(claimable)).scalars())
            if not ids:
                return []
            claim = {"claimed_by": worker, "claimed_until": now + hold, "attempts": outbox.c.attempts + 1}
            query = update(outbox).where(outbox.c.id.in_(ids)).values(claim).returning(outbox)
            rows = [as_dict(row) for row in await connection.execute(query)]
        return [_queued(row) for row in sorted(rows, key=lambda row: row["id"])]

    async def sent(self, row: int, now: datetime) -> None:
        """Note that a row has left the house."""
        await self._settle_row(row, state="sent", done_at=now, error=None)

    async def retry(self, row: int, due_at: datetime, error: str) -> None:
        """Try a row again later."""
        await self._settle_row(row, due_at=due_at, error=error, claimed_by=None, claimed_until=None)

    async def bury(self, row: int, now: datetime, error: str) -> None:
        """Give a row up; it stays visible (`vayvon doctor`) and can be tried again by hand."""
        await self._settle_row(row, state="dead", done_at=now, error=error)

    async def _settle_row(self, row: int, **values: Any) -> None:
        async with self.session() as connection:
            await connection.execute(
                update(outbox).where(outbox.c.id == row, outbox.c.state == "waiting").values(values)
            )

    async def dead(self, limit: int = 100) -> list[dict[str, Any]]:
        """Rows that were given up: ids, kinds and reasons, never what they say."""
        shown = (
            outbox.c.id,
            outbox.c.kind,
            outbox.c.channel,
            outbox.c.lead,
            outbox.c.error,
            outbox.c.attempts,
            outbox.c.done_at,
        )
        return await self._rows(
            select(*shown).where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(limit)
        )

    async def revive(self, now: datetime) -> int:
        """Try all given-up rows again; how many there are."""
        again = {"state": "waiting", "due_at": now, "attempts": 0, "created_at": now, "done_at": None}
        async with self.session() as connection:
            query = (
                update(outbox)
                .where(outbox.c.state == "dead")
                .values(again | {"claimed_by": None, "claimed_until": None})
            )
            return (await connection.execute(query)).rowcount

    async def backlog(self, now: datetime) -> dict[str, Any]:
        """How much waits in the outbox, how much was given up, and how long the oldest has been due (seconds)."""
        query = select(outbox.c.state, outbox.c.channel, outbox.c.due_at).where(outbox.c.state.in_(("waiting", "dead")))
        async with self.reading() as connection:
            rows = (await connection.execute(query)).all()
        late = [(now - row.due_at).total_seconds() for row in rows if row.state == "waiting" and row.due_at <= now]
        return {
            "waiting": sum(row.state == "waiting" for row in rows),
            "dead": sum(row.state == "dead" for row in rows),
            "oldest_due_seconds": round(max(late, default=0.0), 1),
        }

    async def fetch_web(self, address: Address, after: int, now: datetime) -> list[tuple[int, Outbound]]:
        """Messages behind the id `after` for a person whose channel pulls; they count as delivered."""
        mine = (outbox.c.address_hash == self.hash_of(address), outbox.c.kind == "message", outbox.c.id > after)
        query = select(outbox.c.id, outbox.c.payload, outbox.c.state).where(*mine).order_by(outbox.c.id)
        async with self.reading() as connection:
            rows = (await connection.execute(query)).all()
        waiting = [row.id for row in rows if row.state == "waiting"]
        if waiting:
            async with self.session() as connection:
                done = update(outbox).where(outbox.c.id.in_(waiting)).values(state="sent", done_at=now)
                await connection.execute(done)
        return [(row.id, msgspec.convert(row.payload, Outbound)) for row in rows]

    async def last_message(self, address: Address) -> int:
        """The id of the newest message to this person (0: none), to fetch later ones from."""
        mine = (outbox.c.address_hash == self.hash_of(address), outbox.c.kind == "message")
        async with self.reading() as connection:
            query = select(outbox.c.id).where(*mine).order_by(outbox.c.id.desc()).limit(1)
            return (await connection.execute(query)).scalar() or 0

    # --- helpers ----------------------------------------------------------------------------------------------------

    async def invite(self, staff: int, *, at: datetime, until: datetime) -> str:
        """A code that makes the account that opens the chat with it a helper's; it works once."""
        code = secrets.token_urlsafe(12)
        async with self.session() as connection:
            row = {
                "code_hash": self.ring.hash("invitation", code),
                "staff": staff,
                "created_at": at,
                "expires_at": until,
            }
            await connection.execute(insert(invitations).values(row))
        return code

    async def accept_invitation(self, address: Address, code: str, *, at: datetime) -> bool:
        """Make this account a helper's if the code is good."""
        good = (
            invitations.c.code_hash == self.ring.hash("invitation", code),
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > at,
        )
        async with self.session() as connection:
            query = update(invitations).where(*good).values(used_at=at).returning(invitations.c.staff)
            staff = (await connection.execute(query)).scalar()
            if staff is None:
                return False
            digest = self.hash_of(address)
            await connection.execute(delete(helpers).where(helpers.c.address_hash == digest))
            await connection.execute(insert(helpers).values(address_hash=digest, invited_by=staff, since=at))
            return True

    # --- forgetting -------------------------------------------------------------------------------------------------

    async def sweep(self, now: datetime) -> dict[str, int]:
        """Forget what is past its time; how many rows of each kind were."""
        old_leads = select(leads.c.id).where(
            leads.c.status.notin_(("new", "seen", "contacted", "invited", "dossier_received")),
            leads.c.updated_at < now - KEEP_CLOSED_LEADS,
            leads.c.erased_at.is_(None),
        )
        expired = select(conversations.c.id).where(conversations.c.expires_at <= now)
        spoken_since = exists().where(
            lead_messages.c.handover == handovers.c.id, lead_messages.c.at >= now - KEEP_CONSENTED
        )
        old_talks = select(handovers.c.id).where(
            or_(
                (handovers.c.state == "closed") & (handovers.c.closed_at < now - KEEP_CONSENTED),
                # Never closed and nobody has written since: what the person was promised on keeping holds all the same.
                (handovers.c.state == "open") & (handovers.c.opened_at < now - KEEP_CONSENTED) & ~spoken_since,
            )
        )
        forgotten: dict[str, int] = {}
        async with self.session() as connection:
            ids = list((await connection.execute(old_leads.limit(500))).scalars())
            for lead in ids:
                await empty_lead(connection, lead, at=now)
            forgotten["leads"] = len(ids)
            steps = {
                "reminders": delete(reminders).where(reminders.c.conversation.in_(expired)),
                "conversations": delete(conversations).where(conversations.c.expires_at <= now),
                "outbox": delete(outbox).where(
                    or_(
                        (outbox.c.state == "sent") & (outbox.c.done_at < now - KEEP_SENT),
                        (outbox.c.state == "dead") & (outbox.c.done_at < now - KEEP_DEAD),
                        (outbox.c.state == "waiting") & (outbox.c.created_at < now - KEEP_CONSENTED),
                    )
                ),
                "inbound": delete(inbound).where(inbound.c.at < now - KEEP_INBOUND),
                "handover_messages": delete(lead_messages).where(lead_messages.c.handover.in_(old_talks)),
                "handovers": delete(handovers).where(handovers.c.id.in_(old_talks)),
                "staff_sessions": delete(staff_sessions).where(staff_sessions.c.expires_at <= now),
                "talk_codes": delete(talk_codes).where(talk_codes.c.expires_at <= now),
                "invitations": delete(invitations).where(invitations.c.expires_at < now - KEEP_CONSENTED),
            }
            for name, step in steps.items():
                forgotten[name] = (await connection.execute(step)).rowcount
        await self.settle()
        return {name: count for name, count in forgotten.items() if count}


class SqlUnit:
    """One turn of one applicant: what was loaded, and the one commit that ends it."""

    def __init__(
        self, store: SqlStore, address: Address, digest: str, row: dict[str, Any] | None, helper: bool
    ) -> None:
        self._store = store
        self._address = address
        self._digest = digest
        self._row = row
        self.helper = helper
        self.conversation = read_state(row["state"]) if row is not None else None
        self.pseudonym = row["id"] if row is not None else secrets.token_hex(16)
        self._came: dict[str, Any] | None = None

    async def bring(self, code: str, at: datetime) -> Conversation | None:
        """The talk that a code opens, to be taken over by this turn; None if it opens none, or the one that gives it."""
        async with self._store.reading() as connection:
            found = await talk_of_code(connection, self._store.ring, code, at)
        if found is None or found["id"] == self.pseudonym:
            return None
        self._came = found
        return read_state(found["state"])

    async def commit(
        self,
        conversation: Conversation,
        effects: Sequence[AnyEffect],
        messages: Sequence[Outbound],
        *,
        cause: Cause,
        at: datetime,
        pulled: bool = False,
        farewell: Outbound | None = None,
    ) -> list[int]:
        """Write the new state, the effects' rows and the worded messages in one transaction."""
        try:
            async with self._store.session() as connection:
                await self._settle(connection, cause, at)
                for effect in effects:
                    if isinstance(effect, TakeOver):
                        await self._take_over(connection, effect.code, at, farewell)
                await self._perform(connection, conversation, effects, at)
                return await self._queue(connection, messages, cause, at, pulled)
        except IntegrityError as error:
            if not _is_duplicate(error):
                raise
            # A conversation, message, lead id or open lead that someone else wrote at the same moment: look again.
            raise Stale from None

    async def _settle(self, connection: AsyncConnection, cause: Cause, at: datetime) -> None:
        match cause:
            case FromInbound(message_id):
                fresh = await _note_inbound(connection, self._digest, message_id, at)
            case FromOutbox(row):
                mine = (outbox.c.id == row, outbox.c.state == "waiting")
                done = update(outbox).where(*mine).values(state="sent", done_at=at, error=None)
                fresh = (await connection.execute(done)).rowcount == 1
            case FromReminder(name, due_at):
                mine = (
                    reminders.c.conversation == self.pseudonym,
                    reminders.c.name == name,
                    reminders.c.due_at == due_at,
                )
                fresh = (await connection.execute(delete(reminders).where(*mine))).rowcount == 1
        if not fresh:
            raise Repeated

    async def _perform(
        self, connection: AsyncConnection, conversation: Conversation, effects: Sequence[AnyEffect], at: datetime
    ) -> None:
        erased = any(isinstance(effect, Erase) for effect in effects)
        pseudonym = secrets.token_hex(16) if erased else self.pseudonym
        performing = Performing(
            connection,
            self._store.ring,
            self.pseudonym,
            self._address,
            self._digest,
            conversation.language,
            at,
            self._store.gateways,
        )
        if erased:
            for effect in effects:
                await performing.perform(effect)
            await self._forget(connection)
            if conversation.pending is not None:  # after an erasure only an open question is worth keeping
                await self._insert(connection, conversation, pseudonym, at)
            return
        if self._row is None:
            await self._forget_expired(connection, at)
            await self._insert(connection, conversation, pseudonym, at)
        else:
            await self._update(connection, conversation, at)
        for effect in effects:
            await performing.perform(effect)

    async def _take_over(
        self, connection: AsyncConnection, code: str, at: datetime, farewell: Outbound | None
    ) -> None:
        """The talk that the code opens is this address's from now on; the one that stood here goes. The old address is told."""
        came = self._came
        if came is None or not await use_code(connection, self._store.ring, code, came["id"], at):
            raise Stale
        await self._forget(connection)
        await self._forget_expired(connection, at)
        here = {"channel": self._address.channel, "address": self._address.key, "address_hash": self._digest}
        mine = (conversations.c.id == came["id"], conversations.c.version == came["version"])
        if (await connection.execute(update(conversations).where(*mine).values(here))).rowcount != 1:
            raise Stale
        await move_belongings(connection, came["id"], here, came["address_hash"], at)
        if farewell is not None:
            left = Address(came["channel"], came["address"])
            row = _message_row(farewell, left, came["address_hash"], pseudonym=came["id"], cause=None, at=at)
            await connection.execute(insert(outbox).values(row))
        self._row, self.pseudonym = came, came["id"]

    async def _forget(self, connection: AsyncConnection) -> None:
        if self._row is None:
            return
        mine = (conversations.c.id == self.pseudonym, conversations.c.version == self._row["version"])
        if (await connection.execute(delete(conversations).where(*mine))).rowcount != 1:
            raise Stale

    async def _forget_expired(self, connection: AsyncConnection, at: datetime) -> None:
        mine = (conversations.c.address_hash == self._digest, conversations.c.expires_at <= at)
        old = (await connection.execute(select(conversations.c.id).where(*mine))).scalar()
        if old is not None:
            await connection.execute(delete(reminders).where(reminders.c.conversation == old))
            await connection.execute(delete(conversations).where(conversations.c.id == old))

    async def _insert(
        self, connection: AsyncConnection, conversation: Conversation, pseudonym: str, at: datetime
    ) -> None:
        row = _state_columns(conversation, at) | {
            "id": pseudonym,
            "channel": self._address.channel,
            "address_hash": self._digest,
            "address": self._address.key,
            "version": 1,
            "started_at": at,
        }
        await connection.execute(insert(conversations).values(row))

    async def _update(self, connection: AsyncConnection, conversation: Conversation, at: datetime) -> None:
        version = self._row["version"] if self._row is not None else 0
        mine = (conversations.c.id == self.pseudonym, conversations.c.version == version)
        columns = _state_columns(conversation, at) | {"version": version + 1}
        if (await connection.execute(update(conversations).where(*mine).values(columns))).rowcount != 1:
            raise Stale

    async def _queue(
        self, connection: AsyncConnection, messages: Sequence[Outbound], cause: Cause, at: datetime, pulled: bool
    ) -> list[int]:
        said = []
        message_id = cause.message_id if isinstance(cause, FromInbound) else None
        for message in messages:
            row = _message_row(message, self._address, self._digest, pseudonym=self.pseudonym, cause=message_id, at=at)
            if isinstance(cause, FromOutbox):
                row["lead"] = cause.lead
            if pulled:
                row |= {"state": "sent", "done_at": at}
            result = await connection.execute(insert(outbox).values(row).returning(outbox.c.id))
            said.append(int(result.scalar_one()))
        return said


def read_state(state: str) -> Conversation | None:
    """A conversation as it was saved; None if it is damaged, so that the person can at least start anew.

    One that a newer version saved is left alone (`UnknownFormat` passes): during a deploy the newer one will take it up.
    """
    try:
        return read_conversation(state.encode())
    except (msgspec.DecodeError, AttributeError) as error:  # a ValidationError names a field and types, never a value
        log.error("conversation.unreadable", why=str(error))
        return None


def _state_columns(conversation: Conversation, at: datetime) -> dict[str, Any]:
    consented = any(case.consent for case in conversation.cases)
    return {
        "state": save_conversation(conversation).decode(),
        "language": conversation.language,
        "consented": consented,
        "seen_at": at,
        "expires_at": _expiry(conversation, consented, at),
    }


def _expiry(conversation: Conversation, consented: bool, at: datetime) -> datetime:
    """When the row has to go: as the engine says, but before consent never later than a day after the talk began."""
    asked = datetime.fromisoformat(conversation.expires_at) if conversation.expires_at else None
    if consented:
        return asked or at + KEEP_CONSENTED
    began = datetime.fromisoformat(conversation.started_at) if conversation.started_at else at
    latest = began + KEEP_UNCONSENTED
    return min(asked, latest) if asked else latest


def _message_row(
    message: Outbound, address: Address, digest: str, *, pseudonym: str | None, cause: str | None, at: datetime
) -> dict[str, Any]:
    return {
        "kind": "message",
        "conversation": pseudonym,
        "channel": address.channel,
        "address_hash": digest,
        "address": address.key,
        "payload": msgspec.to_builtins(message),
        "key": new_key(),
        "cause": cause,
        "state": "waiting",
        "due_at": at,
        "created_at": at,
    }


def _queued(row: dict[str, Any]) -> Queued:
    return Queued(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        channel=row["channel"],
        address=Address(row["channel"], row["address"]) if row["address"] is not None else None,
        conversation=row["conversation"],
        lead=row["lead"],
        payload=row["payload"],
        attempts=row["attempts"],
        created_at=row["created_at"],
    )


def _is_duplicate(error: IntegrityError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", "")
    return name in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"} or (
        getattr(error.orig, "sqlstate", "") == "23505"
    )


async def _note_inbound(connection: AsyncConnection, digest: str, message_id: str, at: datetime) -> bool:
    """Note a message; False if it was noted before."""
    mine = (inbound.c.address_hash == digest, inbound.c.message_id == message_id)
    if (await connection.execute(select(exists().where(*mine)))).scalar():
        return False
    await connection.execute(insert(inbound).values(address_hash=digest, message_id=message_id, at=at))
    return True
