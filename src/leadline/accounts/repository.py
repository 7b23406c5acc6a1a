"""The only place of this domain that speaks to the database. Rows become values at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from leadline.accounts.checks import email_key
from leadline.accounts.schemas import ApiKey, NewUser, User
from leadline.core.viewer import Attribute
from leadline.storage.session import Reader, Writer
from leadline.storage.tables import api_key, app_user, organisation, session

_USER = (
    app_user.c.id,
    organisation.c.slug.label("org"),
    app_user.c.email,
    app_user.c.role,
    app_user.c.name,
    app_user.c.attributes,
    app_user.c.locale,
    app_user.c.zone,
    app_user.c.disabled,
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that holds, and its user. `idle_until` moves on as it is used, but not past `expires_at`."""

    user: User
    idle_until: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HashedKey:
    """What is kept of a key's text."""

    prefix: str
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key in use: its secret's hash, and who asks with it (`user` None: the key itself)."""

    id: UUID
    org: str
    name: str
    secret_hash: bytes
    role: str | None
    user: User | None
    last_used_at: datetime | None


def _attributes(kept: Mapping[str, Any]) -> dict[str, Attribute]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}


def _user(row: Row[Any]) -> User:
    known = row._mapping
    return User(
        id=known["id"],
        org=known["org"],
        email=known["email"],
        role=known["role"],
        name=known["name"],
        attributes=_attributes(known["attributes"]),
        locale=known["locale"],
        zone=known["zone"],
        disabled=known["disabled"],
    )


def _users(org: str | BindParameter[Any], *more: Any) -> Select[Any]:
    joined = app_user.join(organisation, organisation.c.id == app_user.c.org_id)
    return select(*_USER, *more).select_from(joined).where(organisation.c.slug == org)


def _org_id(org: str) -> Any:
    return select(organisation.c.id).where(organisation.c.slug == org).scalar_subquery()


# Users ------------------------------------------------------------------------------------------------------


async def users(reader: Reader, org: str) -> tuple[User, ...]:
    """All users, by e-mail."""
    return tuple(_user(row) for row in await reader.rows(_users(org).order_by(app_user.c.email_key)))


async def user_by_email(reader: Reader, org: str, email: str) -> tuple[User, str | None] | None:
    """The user and the hash of the password."""
    found = _users(org, app_user.c.password_hash).where(app_user.c.email_key == email_key(email))
    row = await reader.one(found)
    return None if row is None else (_user(row), row.password_hash)


async def add_user(writer: Writer, org: str, new: NewUser, password_hash: str | None) -> bool:
    """Adds a user; False where the address is taken."""
    row = {
        "org_id": _org_id(org),
        "email": new.email,
        "email_key": email_key(new.email),
        "name": new.name,
        "role": new.role,
        "attributes": dict(new.attributes),
        "locale": new.locale,
        "zone": new.zone,
        "password_hash": password_hash,
    }
    added = upsert(app_user).values(**row).on_conflict_do_nothing().returning(app_user.c.id)
    return await writer.one(added) is not None


async def change_user(writer: Writer, user: UUID, **values: Any) -> None:
    """Sets columns of a user."""
    await writer.run(update(app_user).where(app_user.c.id == user).values(**values))


async def remove_user(writer: Writer, user: UUID) -> None:
    """Removes a user with sessions and keys."""
    await writer.run(delete(app_user).where(app_user.c.id == user))


async def lock_organisation(writer: Writer, org: str) -> None:
    """Changes of who is an admin happen one after the other."""
    await writer.one(select(organisation.c.id).where(organisation.c.slug == org).with_for_update())


async def other_admins(reader: Reader, org: str, user: UUID) -> int:
    """How many admins there would be without this user."""
    others = _users(org).where(app_user.c.role == "admin", ~app_user.c.disabled, app_user.c.id != user)
    row = await reader.one(select(func.count()).select_from(others.subquery()))
    return int(row[0]) if row else 0


# Sessions ---------------------------------------------------------------------------------------------------


async def add_session(
    writer: Writer, user: User, token: bytes, *, now: datetime, idle: datetime, end: datetime
) -> None:
    """Opens a session; those long over go, so that the table stays small."""
    await writer.run(delete(session).where(session.c.expires_at < now))
    row = {"token_hash": token, "org_id": _org_id(user.org), "user_id": user.id, "created_at": now}
    await writer.run(insert(session).values(**row, last_seen_at=now, idle_until=idle, expires_at=end))


_NOW: BindParameter[datetime] = bindparam("now", type_=session.c.expires_at.type)
# Asked at every request, so put together once.
_OPEN_SESSION = (
    _users(bindparam("org"), session.c.idle_until, session.c.expires_at)
    .join(session, (session.c.user_id == app_user.c.id) & (session.c.org_id == app_user.c.org_id))
    .where(session.c.token_hash == bindparam("token"))
    .where(session.c.idle_until > _NOW, session.c.expires_at > _NOW)
    .where(~app_user.c.disabled)
)


async def open_session(reader: Reader, org: str, token: bytes, now: datetime) -> OpenSession | None:
    """The session of that token, if it holds and its user is not disabled."""
    row = await reader.one(_OPEN_SESSION, org=org, token=token, now=now)
    return None if row is None else OpenSession(_user(row), row.idle_until, row.expires_at)


async def seen_session(writer: Writer, token: bytes, now: datetime, idle: timedelta) -> None:
    """The session was used: its idle end moves on, but not past its end."""
    until = func.least(now + idle, session.c.expires_at)
    await writer.run(
        update(session).where(session.c.token_hash == token).values(last_seen_at=now, idle_until=until)
    )


async def end_session(writer: Writer, token: bytes) -> None:
    """Ends one session."""
    await writer.run(delete(session).where(session.c.token_hash == token))


async def end_sessions_of(writer: Writer, user: UUID) -> tuple[bytes, ...]:
    """Ends all sessions of a user; the hashes of their tokens."""
    ended = delete(session).where(session.c.user_id == user).returning(session.c.token_hash)
    return tuple(bytes(row.token_hash) for row in await writer.rows(ended))


# API keys ---------------------------------------------------------------------------------------------------

_KEYS = api_key.join(organisation, organisation.c.id == api_key.c.org_id).outerjoin(
    app_user, (app_user.c.id == api_key.c.user_id) & (app_user.c.org_id == api_key.c.org_id)
)


async def add_key(
    writer: Writer, org: str, name: str, key: HashedKey, *, user: UUID | None, role: str | None
) -> bool:
    """Keeps a key; False where the name is in use."""
    row = {"prefix": key.prefix, "secret_hash": key.secret_hash, "name": name, "user_id": user, "role": role}
    added = upsert(api_key).values(org_id=_org_id(org), **row).on_conflict_do_nothing()
    return await writer.one(added.returning(api_key.c.id)) is not None


async def keys(reader: Reader, org: str) -> tuple[ApiKey, ...]:
    """All keys in use, by name."""
    role = func.coalesce(api_key.c.role, app_user.c.role).label("as_role")
    shown = (
        api_key.c.prefix,
        api_key.c.name,
        app_user.c.email,
        role,
        api_key.c.created_at,
        api_key.c.last_used_at,
    )
    found = (
        select(*shown).select_from(_KEYS).where(organisation.c.slug == org, api_key.c.revoked_at.is_(None))
    )
    return tuple(ApiKey(*tuple(row)) for row in await reader.rows(found.order_by(api_key.c.name)))


_KEY: tuple[Any, ...] = (
    api_key.c.id.label("key_id"),
    api_key.c.name.label("key_name"),
    api_key.c.secret_hash,
    api_key.c.role.label("key_role"),
    api_key.c.last_used_at,
    app_user.c.id.is_not(None).label("has_user"),
)
_STORED_KEY = (
    select(*_USER, *_KEY)
    .select_from(_KEYS)
    .where(organisation.c.slug == bindparam("org"), api_key.c.prefix == bindparam("prefix"))
    .where(api_key.c.revoked_at.is_(None), func.coalesce(app_user.c.disabled, False).is_(False))
)


async def stored_key(reader: Reader, org: str, prefix: str) -> StoredKey | None:
    """The key in use with that prefix, unless its user is disabled."""
    row = await reader.one(_STORED_KEY, org=org, prefix=prefix)
    if row is None:
        return None
    user = _user(row) if row.has_user else None
    return StoredKey(row.key_id, row.org, row.key_name, row.secret_hash, row.key_role, user, row.last_used_at)


async def seen_key(writer: Writer, key: UUID, now: datetime) -> None:
    """The key was used."""
    await writer.run(update(api_key).where(api_key.c.id == key).values(last_used_at=now))


async def revoke_key(writer: Writer, org: str, name: str, now: datetime) -> tuple[str, ...]:
    """Revokes the key of that name or prefix; the prefixes of those that were revoked."""
    named = (api_key.c.name == name) | (api_key.c.prefix == name)
    found = update(api_key).where(api_key.c.org_id == _org_id(org), named, api_key.c.revoked_at.is_(None))
    revoked = found.values(revoked_at=now).returning(api_key.c.prefix)
    return tuple(row.prefix for row in await writer.rows(revoked))


async def keys_of(reader: Reader, user: UUID) -> tuple[str, ...]:
    """The prefixes of the keys that act for a user."""
    rows = await reader.rows(select(api_key.c.prefix).where(api_key.c.user_id == user))
    return tuple(row.prefix for row in rows)
