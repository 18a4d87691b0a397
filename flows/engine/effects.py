"""What the engine may ask of the world. Imperative, closed set; the shell commits them with the state, then performs them."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.engine.text import Text


class Choice(msgspec.Struct, frozen=True):
    """An answer on offer. `id` ≤ 40 ASCII characters (a channel may carry it in 64 bytes)."""

    id: str
    label: Text


class Attachment(msgspec.Struct, frozen=True):
    """Something to hand over beside the text: `kind` "calendar" | "link" | "picture"; `ref` what the shell renders it from.

    `given`: more of what it is rendered from; it stays inside the house.
    """

    kind: str
    ref: str
    label: Text
    given: dict[str, Any] = {}


class Effect(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    pass


class Say(Effect):
    """Tell the person something that wants no answer."""

    text: Text
    attachments: tuple[Attachment, ...] = ()


class Ask(Effect):
    """Ask the one pending question. `expects`: "text" | "choice" | "location" | "contact" | "none".

    `token` names this question; a button carries it back, so that a button of an old message is known as one.
    `other_text`: free text is welcome too (always true in practice; a channel may hide its text field otherwise).
    """

    text: Text
    slot: str
    token: str
    choices: tuple[Choice, ...] = ()
    expects: str = "text"


class LeadDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is forwarded to a transaction point. Fields as in the contract, section 9; `facts` with their origin.

    `commune`, `former`: {"code","name",…} or None; `point`: code of the transaction point or None; `queue`: "point" |
    "office" | "province", with `queue_code`; `tables`: the version of units and points behind it. `verdict` is the one that the person saw (contract, section 5, without texts).
    """

    id: str
    case: int
    programme: str
    scheme: str | None
    truth: str
    place_kind: str
    commune: dict[str, Any] | None
    former: dict[str, Any] | None
    hamlet: str | None
    point: str | None
    queue: str
    queue_code: str
    rule: str
    why: Text
    filed_at: str
    group: str | None
    by: str
    about: str
    consent_at: str
    consent_version: str
    facts: dict[str, Any]
    origins: dict[str, str]
    amount: int | None
    name: str
    phone: str
    contact_hours: str | None
    verdict: dict[str, Any]
    created_at: str
    tables: str = ""


class Submit(Effect):
    """Write the lead, in the same transaction as the turn, and forward it."""

    lead: LeadDraft


class HandOver(Effect):
    """Ask staff of `queue`/`queue_code` to take over the talk. `known` is what the person has told so far (facts by id)."""

    queue: str
    queue_code: str
    topic: str
    programme: str | None
    lead: str | None
    known: dict[str, Any] = {}


class TellStaff(Effect):
    """Pass on what the person wrote: to the lead's page (or the handover's), for staff to read."""

    lead: str | None
    text: str


class RequestChange(Effect):
    """The person asks to change a submitted lead. `field` is a fact or a slot, `value` its new value."""

    lead: str
    field: str
    value: Any


class Withdraw(Effect):
    """The person takes the lead back."""

    lead: str


class RemindAt(Effect):
    """Wake this conversation with `WaitExpired(name)` at `at`; a later one of the same name replaces it, `at` None cancels."""

    name: str
    at: str | None


class KeepConsent(Effect):
    """Keep the proof of consent (who is known to the shell): version of the text shown, purposes, time."""

    version: str
    given: bool
    at: str
    case: int


class Erase(Effect):
    """Erase: "conversation" (state and drafts) or "everything" (open leads too, as far as the law lets us)."""

    scope: str


class OfferCode(Effect):
    """Keep a code that takes this talk to another address until `until` (ISO); earlier codes of this talk are void."""

    code: str
    until: str


class TakeOver(Effect):
    """The talk that `code` opens goes on here: use the code up and move all that hangs on the talk, in the turn's transaction."""

    code: str


class Hide(Effect):
    """Clear the screen, where the channel can."""


AnyEffect = (
    Say
    | Ask
    | Submit
    | HandOver
    | TellStaff
    | RequestChange
    | Withdraw
    | RemindAt
    | KeepConsent
    | Erase
    | OfferCode
    | TakeOver
    | Hide
)
