"""Retired names and later decrees that an operator imports; a point's landmark; the version of the tables a lead was routed on.

Only adds: code of before goes on working on this schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def upgrade() -> None:
    op.add_column("points", sa.Column("landmark", sa.String(256), nullable=True))
    op.add_column("leads", sa.Column("tables", sa.String(160), nullable=True))
    op.create_table(
        "retired_names",
        _number(),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("former_code", sa.String(8)),
        sa.Column("commune_code", sa.String(8)),
        sa.Column("decree", sa.String(256)),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_retired_names_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_names")),
        sa.UniqueConstraint(
            "name", "former_code", "commune_code", name=op.f("uq_retired_names_name_former_code_commune_code")
        ),
    )
    op.create_table(
        "unit_changes",
        _number(),
        sa.Column("old_code", sa.String(8), nullable=False),
        sa.Column("new_code", sa.String(8), nullable=False),
        sa.Column("new_name", sa.String(128), nullable=False),
        sa.Column("new_type", sa.String(16), nullable=False),
        sa.Column("province_code", sa.String(4), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("decree", sa.String(256), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_unit_changes_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_changes")),
        sa.UniqueConstraint("old_code", "new_code", "since", name=op.f("uq_unit_changes_old_code_new_code_since")),
    )
