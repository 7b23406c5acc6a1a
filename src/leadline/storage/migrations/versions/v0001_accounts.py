"""Organisation, user, session and API key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A step says its own names: it must do the same for ever, whatever the declared tables become.
SCHEMA = "leadline_state"
_ROLES = "role IN ('admin', 'editor', 'viewer', 'guest')"


def upgrade() -> None:
    """Forward only: going back is restoring a backup."""
    _organisation()
    _app_user()
    _session()
    _api_key()
    op.execute(f"INSERT INTO {SCHEMA}.organisation (slug, name) VALUES ('main', 'Main')")  # noqa: S608


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()"))


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
    )


def _of_organisation(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    target = f"{SCHEMA}.organisation.id"
    name = f"{table}_org_id_fkey"
    return (
        sa.Column("org_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], [target], name=name, ondelete="CASCADE"),
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", "user_id"],
        [f"{SCHEMA}.app_user.org_id", f"{SCHEMA}.app_user.id"],
        name=f"{table}_org_id_user_id_fkey",
        ondelete="CASCADE",
    )


def _organisation() -> None:
    op.create_table(
        "organisation",
        _id(),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _created(),
        sa.UniqueConstraint("slug", name="organisation_slug_key"),
        schema=SCHEMA,
    )


def _app_user() -> None:
    op.create_table(
        "app_user",
        _id(),
        *_of_organisation("app_user"),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("attributes", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("locale", sa.Text, nullable=False, server_default="en-US"),
        sa.Column("zone", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _created(),
        sa.UniqueConstraint("org_id", "email_key", name="app_user_org_id_email_key_key"),
        sa.UniqueConstraint("org_id", "id", name="app_user_org_id_id_key"),
        sa.CheckConstraint(_ROLES, name=op.f("app_user_role_check")),
        schema=SCHEMA,
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        *_of_organisation("session"),
        sa.Column("user_id", sa.Uuid, nullable=False),
        _created(),
        _instant("last_seen_at"),
        _instant("idle_until"),
        _instant("expires_at"),
        _of_user("session"),
        schema=SCHEMA,
    )
    op.create_index("session_org_id_user_id_idx", "session", ["org_id", "user_id"], schema=SCHEMA)
    op.create_index("session_expires_at_idx", "session", ["expires_at"], schema=SCHEMA)


def _api_key() -> None:
    op.create_table(
        "api_key",
        _id(),
        *_of_organisation("api_key"),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid),
        sa.Column("role", sa.Text),
        _created(),
        _instant("last_used_at", nullable=True),
        _instant("revoked_at", nullable=True),
        _of_user("api_key"),
        sa.UniqueConstraint("prefix", name="api_key_prefix_key"),
        sa.CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name=op.f("api_key_bearer_check")),
        sa.CheckConstraint(_ROLES, name=op.f("api_key_role_check")),
        schema=SCHEMA,
    )
    in_use = sa.text("revoked_at IS NULL")
    name = "api_key_name_in_use_idx"
    op.create_index(name, "api_key", ["org_id", "name"], unique=True, schema=SCHEMA, postgresql_where=in_use)
    op.create_index("api_key_org_id_user_id_idx", "api_key", ["org_id", "user_id"], schema=SCHEMA)
