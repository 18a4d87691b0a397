"""All tables, on one page. No query and no rule here.

Names, phones, free text and facts are `Sealed` (encrypted); what is looked up has a keyed hash beside it. A migration in
`bot/stores/migrations/` stands for each change; a test holds the two together. Works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
    true,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from bot.leads.lead import OPEN
from bot.privacy import Sealed

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware going in, aware in Việt Nam's time coming out, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(VIETNAM)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_IS_OPEN = "status IN ({})".format(", ".join(f"'{status}'" for status in OPEN))
_BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER PRIMARY KEY


def _number() -> Column[int]:
    return Column("id", _BigId, primary_key=True, autoincrement=True)


# --- talks ---------------------------------------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),  # a pseudonym: random, says nothing of the person
    Column("channel", String(16), nullable=False),
    Column("address_hash", String(64), nullable=False, unique=True),
    Column("address", Sealed("conversations.address"), nullable=False),
    Column("state", Sealed("conversations.state"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("consented", Boolean, nullable=False, server_default=false()),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

inbound = Table(  # which messages were taken in, never what they said
    "inbound",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("message_id", String(128), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

reminders = Table(
    "reminders",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("due_at", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
)

talk_codes = Table(  # a code that takes a talk to another address, once and soon
    "talk_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)

consents = Table(  # the proof; stays when the talk is erased
    "consents",
    metadata,
    _number(),
    Column("conversation", String(32), nullable=False, index=True),
    Column("address_hash", String(64), nullable=False, index=True),
    Column("case", Integer, nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
)

outbox = Table(  # what has to leave the house, or come back to a talk; written in the turn's own transaction
    "outbox",
    metadata,
    _number(),
    Column("kind", String(16), nullable=False),  # message | event | lead
    Column("conversation", String(32), index=True),
    Column("channel", String(16), nullable=False),  # of a lead row: the gateway's name
    Column("address_hash", String(64), index=True),
    Column("address", Sealed("outbox.address")),
    Column("lead", String(16), index=True),
    Column("payload", Sealed("outbox.payload", json=True), nullable=False),
    Column("key", String(96), nullable=False, unique=True),  # the same for each retry
    Column("cause", String(128)),  # the inbound message that it answers
    Column("state", String(8), nullable=False),  # waiting | sent | dead
    Column("due_at", Moment, nullable=False),
    Column("claimed_by", String(64)),
    Column("claimed_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String(64)),  # the kind of error, never a text that may quote the message
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Index("ix_outbox_state_due_at", "state", "due_at"),
)

invitations = Table(  # a code that makes an account a helper's (`by: volunteer`)
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("staff", ForeignKey("staff.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

helpers = Table(
    "helpers",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("invited_by", ForeignKey("staff.id")),
    Column("since", Moment, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
)

# --- leads ---------------------------------------------------------------------------------------------------------

leads = Table(
    "leads",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("status", String(24), nullable=False),
    Column("duplicate_of", String(16)),
    Column("conversation", String(32), index=True),
    Column("case", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address_hash", String(64), index=True),
    Column("address", Sealed("leads.address")),  # so that an answer finds the person when the talk has expired
    Column("language", String(8), nullable=False),
    Column("programme", String(32), nullable=False),
    Column("scheme", String(32)),
    Column("truth", String(16), nullable=False),
    Column("place_kind", String(16), nullable=False),
    Column("province_code", String(4)),
    Column("commune_code", String(8)),
    Column("commune", JSON),
    Column("former_code", String(8)),
    Column("former", JSON),
    Column("hamlet", Sealed("leads.hamlet")),
    Column("point", String(32), index=True),
    Column("queue", String(16), nullable=False),  # point | office | province
    Column("queue_code", String(32), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("tables", String(160)),  # the version of units and points that the rule was worked out on
    Column("why", Sealed("leads.why", json=True)),  # a flows.engine.text.Text; it quotes the hamlet
    Column("filed_at", String(16), nullable=False),
    Column("savings_group", String(32)),  # "group" of the contract
    Column("by", String(16), nullable=False),
    Column("about", Sealed("leads.about")),
    Column("name", Sealed("leads.name")),
    Column("phone", Sealed("leads.phone")),
    Column("phone_hash", String(64)),
    Column("contact_hours", Sealed("leads.contact_hours")),
    Column("facts", Sealed("leads.facts", json=True)),
    Column("origins", Sealed("leads.origins", json=True)),
    Column("verdict", Sealed("leads.verdict", json=True)),
    Column("amount", Sealed("leads.amount", json=True)),
    Column("consent_at", Moment, nullable=False),
    Column("consent_version", String(32), nullable=False),
    Column("session_date", Date),  # of the last invitation
    Column("staff", ForeignKey("staff.id")),  # who has taken it on
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("erased_at", Moment),  # when the personal columns were emptied
    Index("ix_leads_queue_queue_code_status", "queue", "queue_code", "status"),
    Index(  # one open lead a phone and programme: the second of two sent at once becomes a duplicate
        "uq_leads_open_phone_hash_programme",
        "phone_hash",
        "programme",
        unique=True,
        sqlite_where=text(_IS_OPEN),
        postgresql_where=text(_IS_OPEN),
    ),
)

lead_moves = Table(
    "lead_moves",
    metadata,
    _number(),
    Column("lead", ForeignKey("leads.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),  # "applicant", "system" or "staff:<login>"
    Column("from_status", String(24)),
    Column("to_status", String(24), nullable=False),
    Column("from_queue", String(48)),  # "point:001234", set by a re-route
    Column("to_queue", String(48)),
    Column("why", Sealed("lead_moves.why")),
    Column("session_date", Date),
)

lead_messages = Table(  # what passed between the person and staff, both ways; of a lead, a handover or both
    "lead_messages",
    metadata,
    _number(),
    Column("lead", ForeignKey("leads.id"), index=True),
    Column("handover", ForeignKey("handovers.id"), index=True),
    Column("direction", String(4), nullable=False),  # in | out
    Column("staff", ForeignKey("staff.id")),
    Column("text", Sealed("lead_messages.text"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
)

change_requests = Table(
    "change_requests",
    metadata,
    _number(),
    Column("lead", ForeignKey("leads.id"), nullable=False, index=True),
    Column("field", String(64), nullable=False),
    Column("value", Sealed("change_requests.value", json=True)),
    Column("state", String(8), nullable=False),  # open | done | refused
    Column("at", Moment, nullable=False),
    Column("decided_by", ForeignKey("staff.id")),
    Column("decided_at", Moment),
)

handovers = Table(
    "handovers",
    metadata,
    _number(),
    Column("conversation", String(32), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("address_hash", String(64), nullable=False, index=True),
    Column("address", Sealed("handovers.address")),
    Column("queue", String(16), nullable=False),
    Column("queue_code", String(32), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("programme", String(32)),
    Column("lead", ForeignKey("leads.id")),
    Column("known", Sealed("handovers.known", json=True)),
    Column("state", String(8), nullable=False),  # open | closed
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", ForeignKey("staff.id")),
    Index("ix_handovers_queue_queue_code_state", "queue", "queue_code", "state"),
)

# --- staff ---------------------------------------------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    _number(),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String(160), nullable=False),  # argon2id
    Column("name", String(128), nullable=False),
    Column("role", String(16), nullable=False),  # officer | head | province | admin
    Column("points", JSON, nullable=False),  # codes of the points, offices and provinces whose leads they may see
    Column("offices", JSON, nullable=False),
    Column("provinces", JSON, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("must_change", Boolean, nullable=False, server_default=false()),  # the password was given by someone else
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("staff", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

audit = Table(  # append-only: the database itself refuses to change or remove a row
    "audit",
    metadata,
    _number(),
    Column("at", Moment, nullable=False, index=True),
    Column("who", String(64), nullable=False),  # as in lead_moves
    Column("action", String(32), nullable=False),  # saw, revealed, moved, replied, exported, signed_in …
    Column("subject_kind", String(16), nullable=False),  # lead, handover, staff, point, conversation …
    Column("subject", String(64)),
    Column("why", String(256)),
    Column("details", JSON),  # ids and field names only, never personal data
    Index("ix_audit_subject_kind_subject", "subject_kind", "subject"),
)

# --- transaction points --------------------------------------------------------------------------------------------

imports = Table(
    "imports",
    metadata,
    _number(),
    Column("kind", String(16), nullable=False),  # points | exceptions | hamlets | former_names | unit_changes
    Column("file_name", String(256), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("difference", JSON, nullable=False),
)

points = Table(
    "points",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", String(256), nullable=False),
    Column("office_code", String(32), nullable=False, index=True),
    Column("office_name", String(256), nullable=False),
    Column("province_code", String(4), nullable=False, index=True),
    Column("commune_code", String(8), nullable=False, index=True),
    Column("former_code", String(8), index=True),
    Column("is_primary", Boolean, nullable=False, server_default=false()),
    Column("status", String(16), nullable=False),  # active | closed …
    Column("venue", String(256)),
    Column("address", String(512)),
    Column("landmark", String(256)),
    Column("lat", Float),
    Column("lon", Float),
    Column("day_of_month", Integer),
    Column("start_time", String(5)),
    Column("end_time", String(5)),
    Column("if_holiday", String(16)),
    Column("contact_phone", String(32)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("note", Text),
    Column("import_id", ForeignKey("imports.id")),
    Column("updated_at", Moment, nullable=False),
)

point_versions = Table(
    "point_versions",
    metadata,
    _number(),
    Column("point", String(32), nullable=False, index=True),
    Column("import_id", ForeignKey("imports.id")),
    Column("row", JSON, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

point_exceptions = Table(
    "point_exceptions",
    metadata,
    _number(),
    Column("point", ForeignKey("points.code"), nullable=False),
    Column("original_date", Date, nullable=False),
    Column("new_date", Date),  # None: this session is not held
    Column("reason", String(256)),
    Column("import_id", ForeignKey("imports.id")),
    UniqueConstraint("point", "original_date"),
)

hamlets = Table(
    "hamlets",
    metadata,
    _number(),
    Column("commune_code", String(8), nullable=False),
    Column("former_code", String(8)),
    Column("name", String(128), nullable=False),
    Column("folded", String(128), nullable=False),
    Column("point", ForeignKey("points.code"), nullable=False),
    Column("source", String(16), nullable=False),  # import | reroute
    Column("import_id", ForeignKey("imports.id")),
    Index("ix_hamlets_commune_code_folded", "commune_code", "folded"),
)

retired_names = Table(  # names of units that the packaged tables do not know
    "retired_names",
    metadata,
    _number(),
    Column("name", String(128), nullable=False),
    Column("former_code", String(8)),  # the commune of June 2025 that it went to, or
    Column("commune_code", String(8)),  # straight the commune of today
    Column("decree", String(256)),
    Column("import_id", ForeignKey("imports.id")),
    UniqueConstraint("name", "former_code", "commune_code"),
)

unit_changes = Table(  # decrees later than the packaged tables, one pair old -> new a row
    "unit_changes",
    metadata,
    _number(),
    Column("old_code", String(8), nullable=False),
    Column("new_code", String(8), nullable=False),
    Column("new_name", String(128), nullable=False),
    Column("new_type", String(16), nullable=False),
    Column("province_code", String(4), nullable=False),
    Column("since", Date, nullable=False),
    Column("whole", Boolean, nullable=False),  # whether all inhabitants of the old unit went there
    Column("lat", Float),
    Column("lon", Float),
    Column("decree", String(256), nullable=False),
    Column("import_id", ForeignKey("imports.id")),
    UniqueConstraint("old_code", "new_code", "since"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)

AUDIT_GUARD = {  # also in the first migration; here for databases made straight from these tables
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb} BEFORE {verb.upper()} ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    ],
}
for _dialect, _statements in AUDIT_GUARD.items():
    for _statement in _statements:
        event.listen(audit, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
