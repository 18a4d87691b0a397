"""Conversation: the whole state of one talk. Frozen, JSON, carries its format number; nothing lives outside it."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.engine.effects import Choice
from flows.engine.text import Text

FORMAT = 1


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person said of a fact. `status`: "known" | "unsure" (does not know) | "declined" (would rather not say).

    `origin`: "said" (own words), "chosen" (button), "volunteered" (said without being asked), "staff",
    "inferred" (follows from something else that was said: never read back as the person's word).
    """

    value: Any = None
    status: str = "known"
    origin: str = "said"
    at: str = ""


class Pending(msgspec.Struct, frozen=True):
    """The one question that is open. `tries` counts answers that were not understood."""

    slot: str
    token: str
    text: Text
    choices: tuple[Choice, ...] = ()
    expects: str = "text"
    tries: int = 0
    data: dict[str, Any] = {}


class Residence(msgspec.Struct, frozen=True):
    """The place that counts, as far as it is settled. `kind` as in the scheme (residence, works, house, school, project,
    plan); `commune`, `former`: {"code","name",…}; `asked`: what was asked besides the commune (former, hamlet); `province_code`: what is sure where the commune is not.
    """

    kind: str = "residence"
    commune: dict[str, Any] | None = None
    former: dict[str, Any] | None = None
    hamlet: str | None = None
    asked: tuple[str, ...] = ()
    province_code: str = ""


class LeadNote(msgspec.Struct, frozen=True):
    """What the talk remembers of a lead it sent. `status` as last told to the person; `point`: name to say, or ""."""

    programme: str
    status: str = "new"
    point: str = ""
    sent_at: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One person's matter. `about` is empty for the speaker, else their words for the other person ("bác Tư")."""

    id: int = 1
    about: str = ""
    by: str = "applicant"
    programme: str | None = None
    scheme: str | None = None
    facts: dict[str, Answer] = {}
    slots: dict[str, Any] = {}
    place: Residence | None = None
    asked: tuple[str, ...] = ()
    consent: str | None = None  # ISO time of "Đồng ý"; None: not asked or not given
    consent_version: str | None = None
    leads: dict[str, LeadNote] = {}


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """All that we hold of one talk. `expires_at`: when the store must forget it (24 hours before consent, 30 days after)."""

    format: int = FORMAT
    language: str = "vi"
    addressing: str = "anh/chị"
    turn: int = 0
    started_at: str = ""
    seen_at: str = ""
    expires_at: str = ""
    by: str = "applicant"
    flow: str | None = None
    flow_data: dict[str, Any] = {}
    suspended: tuple[str, ...] = ()
    pending: Pending | None = None
    cases: tuple[Case, ...] = ()
    active: int = 1
    said_keys: tuple[str, ...] = ()  # keys said lately, so that no sentence is repeated in a row
    handover: bool = False
    hidden: bool = False  # the person cleared the screen and has not written since
    held: tuple[Text, ...] = ()  # news that waits until the person is alone with the screen
