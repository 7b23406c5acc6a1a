"""Published versions of the model, and which one is in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "leadline_state"


def upgrade() -> None:
    """Forward only: going back is restoring a backup."""
    _model_version()
    _model_in_use()


def _org() -> sa.Column[object]:
    return sa.Column("org_id", sa.Uuid, nullable=False)


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    target = f"{SCHEMA}.organisation.id"
    return sa.ForeignKeyConstraint(["org_id"], [target], name=f"{table}_org_id_fkey", ondelete="CASCADE")


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _model_version() -> None:
    op.create_table(
        "model_version",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _org(),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("files", JSONB, nullable=False),
        _instant("published_at"),
        _of_organisation("model_version"),
        sa.UniqueConstraint("org_id", "number", name="model_version_org_id_number_key"),
        schema=SCHEMA,
    )


def _model_in_use() -> None:
    op.create_table(
        "model_in_use",
        sa.Column("org_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger),
        sa.Column("issues", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        _instant("told_at"),
        _of_organisation("model_in_use"),
        sa.ForeignKeyConstraint(
            ["org_id", "number"],
            [f"{SCHEMA}.model_version.org_id", f"{SCHEMA}.model_version.number"],
            name="model_in_use_org_id_number_fkey",
        ),
        schema=SCHEMA,
    )
