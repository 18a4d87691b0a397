"""Moving a talk to another address with a code, inside the turn's own transaction. Who may have a code is decided in `flows/moving.py`.

A code is kept as a keyed hash only, works once and soon, and goes with its talk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.privacy import KeyRing
from bot.stores.lead_rows import as_dict, write_audit
from bot.stores.tables import conversations, handovers, leads, outbox, talk_codes

PURPOSE = "talk_code"


async def keep_code(
    connection: AsyncConnection, ring: KeyRing, talk: str, code: str, *, at: datetime, until: datetime
) -> None:
    """Keep a code for a talk; the ones before it are void."""
    await connection.execute(delete(talk_codes).where(talk_codes.c.conversation == talk))
    row = {"code_hash": ring.hash(PURPOSE, code), "conversation": talk, "created_at": at, "expires_at": until}
    await connection.execute(insert(talk_codes).values(row))


async def talk_of_code(connection: AsyncConnection, ring: KeyRing, code: str, at: datetime) -> dict[str, Any] | None:
    """The row of the talk that a code opens now, or None; why not is nobody's business."""
    good = (*_good(ring, code, at), conversations.c.expires_at > at)
    query = select(conversations).join(talk_codes, talk_codes.c.conversation == conversations.c.id).where(*good)
    found = (await connection.execute(query)).first()
    return as_dict(found) if found is not None else None


async def use_code(connection: AsyncConnection, ring: KeyRing, code: str, talk: str, at: datetime) -> bool:
    """Use a code up; False if somebody was faster, or its time ran out meanwhile."""
    mine = (*_good(ring, code, at), talk_codes.c.conversation == talk)
    return (await connection.execute(update(talk_codes).where(*mine).values(used_at=at))).rowcount == 1


async def move_belongings(
    connection: AsyncConnection, talk: str, to: Mapping[str, Any], left: str, at: datetime
) -> None:
    """What hangs on a talk goes to the address `to` (channel, address, address_hash); what was shown at the one it `left` is forgotten.

    Proofs of consent stay as they were given, and an invited helper's rights stay with the account that was invited.
    """
    for table in (leads, handovers):
        mine = (table.c.conversation == talk, table.c.address_hash == left)
        await connection.execute(update(table).where(*mine).values(to))
    mine = (outbox.c.conversation == talk, outbox.c.address_hash == left)
    await connection.execute(update(outbox).where(*mine, outbox.c.state == "waiting").values(to))
    await connection.execute(delete(outbox).where(*mine, outbox.c.state == "sent"))
    await write_audit(connection, "applicant", "moved", "conversation", talk, at=at, details={"to": to["channel"]})


def _good(ring: KeyRing, code: str, at: datetime) -> tuple[Any, ...]:
    return (
        talk_codes.c.code_hash == ring.hash(PURPOSE, code),
        talk_codes.c.used_at.is_(None),
        talk_codes.c.expires_at > at,
    )
