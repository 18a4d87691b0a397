"""Codes that take a talk to another phone. Only adds: older code does not look at the table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talk_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_talk_codes_conversation", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_talk_codes"),
    )
    op.create_index("ix_talk_codes_conversation", "talk_codes", ["conversation"])
    op.create_index("ix_talk_codes_expires_at", "talk_codes", ["expires_at"])
