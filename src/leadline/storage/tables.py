"""The declared tables of our own database. Migrations make them; a test holds the two equal.

Every row carries the organisation. They stand in a schema of their own, so that a database that is shared
with a source stays readable.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "leadline_state"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    },
)

_NOW = text("now()")
_ROLES = "role IN ('admin', 'editor', 'viewer', 'guest')"


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW)


def _owner() -> ForeignKeyConstraint:
    """The user of a row, who is of the row's own organisation."""
    return ForeignKeyConstraint(
        ["org_id", "user_id"], [f"{SCHEMA}.app_user.org_id", f"{SCHEMA}.app_user.id"], ondelete="CASCADE"
    )


def _organisation() -> Column[object]:
    return Column("org_id", Uuid, ForeignKey(f"{SCHEMA}.organisation.id", ondelete="CASCADE"), nullable=False)


organisation = Table(
    "organisation",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _created(),
)

app_user = Table(
    "app_user",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    _organisation(),
    Column("email", Text, nullable=False),
    # Case folded by us: the database's own lower() knows only ASCII where it has no ICU.
    Column("email_key", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("locale", Text, nullable=False, server_default="en-US"),
    Column("zone", Text),
    Column("password_hash", Text),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    _created(),
    UniqueConstraint("org_id", "email_key"),
    UniqueConstraint("org_id", "id"),
    CheckConstraint(_ROLES, name="role"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _organisation(),
    Column("user_id", Uuid, nullable=False),
    _created(),
    _instant("last_seen_at"),
    _instant("idle_until"),
    _instant("expires_at"),
    _owner(),
    Index(None, "org_id", "user_id"),
    Index(None, "expires_at"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    _organisation(),
    Column("prefix", Text, nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    # A key acts for a user, or stands for itself with a role: just one of the two.
    Column("user_id", Uuid),
    Column("role", Text),
    _created(),
    _instant("last_used_at", nullable=True),
    _instant("revoked_at", nullable=True),
    _owner(),
    CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name="bearer"),
    CheckConstraint(_ROLES, name="role"),
    Index(
        "api_key_name_in_use_idx", "org_id", "name", unique=True, postgresql_where=text("revoked_at IS NULL")
    ),
    Index(None, "org_id", "user_id"),
)

model_version = Table(
    "model_version",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    _organisation(),
    Column("fingerprint", Text, nullable=False),
    # The text of every file by its name: what a node loads is what was checked.
    Column("files", JSONB, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    UniqueConstraint("org_id", "number"),
)

model_in_use = Table(
    "model_in_use",
    metadata,
    Column("org_id", Uuid, ForeignKey(f"{SCHEMA}.organisation.id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger),
    # Of files that came later and cannot be used.
    Column("issues", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("told_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    ForeignKeyConstraint(
        ["org_id", "number"], [f"{SCHEMA}.model_version.org_id", f"{SCHEMA}.model_version.number"]
    ),
)
