"""A lead's states and moves, written out, and its shape for others (contract, section 9). No query, no decision on credit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.privacy import mask_name, mask_phone, mask_text

OPEN = ("new", "seen", "contacted", "invited", "dossier_received")
CLOSED = ("closed_lent", "closed_not_eligible", "closed_withdrawn", "closed_unreachable", "duplicate")
STATUSES = OPEN + CLOSED
REROUTED = "rerouted"  # a move, not a state: the lead is `new` again, at another point

MOVES: dict[str, tuple[str, ...]] = {
    "new": ("seen", "contacted", "closed_withdrawn", "duplicate"),
    "seen": ("contacted", "invited", "closed_not_eligible", "closed_unreachable", "closed_withdrawn", "duplicate"),
    "contacted": (
        "invited",
        "dossier_received",
        "closed_not_eligible",
        "closed_unreachable",
        "closed_withdrawn",
        "duplicate",
    ),
    # invited again: the first session was missed or moved
    "invited": (
        "invited",
        "contacted",
        "dossier_received",
        "closed_not_eligible",
        "closed_unreachable",
        "closed_withdrawn",
        "duplicate",
    ),
    # invited again: a paper is missing
    "dossier_received": ("invited", "closed_lent", "closed_not_eligible", "closed_withdrawn"),
    "closed_lent": (),
    "closed_not_eligible": (),
    "closed_withdrawn": (),
    "closed_unreachable": (),
    "duplicate": (),
}
WANTS_WHY = frozenset({REROUTED, "closed_not_eligible", "closed_unreachable", "duplicate"})
TOLD = frozenset(  # moves that the person hears of; that somebody looked at it is not news
    {"contacted", "invited", "dossier_received", "closed_lent", "closed_not_eligible", "closed_unreachable", REROUTED}
)


class MoveRefused(Exception):
    """The lead cannot be moved so: the text says from where, to where and why not."""


def is_open(status: str) -> bool:
    return status in OPEN


def check_move(status: str, to: str, why: str | None = None, session: date | None = None) -> None:
    """Raise `MoveRefused` unless a lead in `status` may move so."""
    allowed = (*MOVES[status], REROUTED) if is_open(status) else MOVES[status]
    if to not in allowed:
        raise MoveRefused(f"a lead that is {status} cannot become {to}")
    if to in WANTS_WHY and not (why or "").strip():
        raise MoveRefused(f"{to} needs a reason")
    if to == "invited" and session is None:
        raise MoveRefused("invited needs the date of the session")


def as_contract(row: Mapping[str, Any], reveal: bool = False) -> dict[str, Any]:
    """The lead object of the contract; personal data masked unless `reveal` (which the caller audits)."""
    show = (lambda value: value) if reveal else mask_text
    facts = row["facts"] or {}
    return {
        "id": row["id"],
        "programme": row["programme"],
        "scheme": row["scheme"],
        "truth": row["truth"],
        "place_kind": row["place_kind"],
        "commune": row["commune"],
        "former": row["former"],
        "hamlet": show(row["hamlet"]),
        "point": row["point"],
        "queue": {"kind": row["queue"], "code": row["queue_code"]},
        "rule": row["rule"],
        "tables": row["tables"],
        "why": row["why"] if reveal else _without_hamlet(row["why"]),
        "filed_at": row["filed_at"],
        "group": row["savings_group"],
        "status": row["status"],
        "created_at": row["created_at"].isoformat(),
        "channel": row["channel"],
        "by": row["by"],
        "consent": {"at": row["consent_at"].isoformat(), "text_version": row["consent_version"]},
        "facts": facts if reveal else {fact: mask_text(value) for fact, value in facts.items()},
        "applicant": {
            "name": row["name"] if reveal else mask_name(row["name"]),
            "phone": row["phone"] if reveal else mask_phone(row["phone"]),
            "contact_hours": show(row["contact_hours"]),
        },
        "about": show(row["about"]),
        "amount": row["amount"] if reveal else mask_text(row["amount"]),
        "duplicate_of": row["duplicate_of"],
        "erased_at": row["erased_at"].isoformat() if row["erased_at"] else None,
    }


def _without_hamlet(why: Any) -> Any:
    """The routing's reason as it may be shown to anyone: the communes stay, the hamlet goes."""
    if not isinstance(why, Mapping):
        return why
    return {name: mask_text(part) if name == "hamlet" else _without_hamlet(part) for name, part in why.items()}
