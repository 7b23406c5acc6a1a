"""Published versions of the model in our own database: what all nodes use, and what newer files lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.functions import now

from leadline.core.errors import LeadlineError
from leadline.semantic.issues import Issue
from leadline.semantic.model import Place
from leadline.storage.session import State, Writer
from leadline.storage.tables import model_in_use, model_version, organisation

MAIN = "main"
"""The organisation that every installation has."""
_MOST_ISSUES = 20
_ORG_ID = select(organisation.c.id).where(organisation.c.slug == bindparam("org"))
_ORG = _ORG_ID.scalar_subquery()
_IN_USE: Select[Any] = select(model_in_use.c.number, model_in_use.c.issues).where(
    model_in_use.c.org_id == _ORG
)


class Published:
    """The versions of one organisation's model."""

    def __init__(self, state: State, org: str = MAIN) -> None:
        self._state, self._org = state, org

    async def in_use(self) -> tuple[int | None, tuple[Issue, ...]]:
        """The number of the version in use (None: there is none yet), and the issues of newer files."""
        async with self._state.reading() as reader:
            row = await reader.one(_IN_USE, org=self._org)
        return (row.number, _issues(row.issues)) if row is not None else (None, ())

    async def files(self) -> dict[str, str]:
        """The texts of the version in use, by file name."""
        async with self._state.reading() as reader:
            row = await reader.one(_version(model_version.c.files), org=self._org)
        return dict(row[0]) if row is not None else {}

    async def publish(self, fingerprint: str, files: Mapping[str, str]) -> bool:
        """Puts a checked model into use for all nodes. False: a model of the same meaning is already.

        Files of the same meaning are kept all the same, for their places and comments.
        """
        async with self._state.writing() as writer:
            org = await _lock(writer, self._org)
            row = await writer.one(
                _version(model_version.c.fingerprint, model_version.c.files), org=self._org
            )
            if row is not None and row.files == dict(files):
                await writer.run(_told(org, issues=[]))
                return False
            made = insert(model_version).values(org_id=org, fingerprint=fingerprint, files=dict(files))
            number = await writer.one(made.returning(model_version.c.number))
            await writer.run(_told(org, issues=[], number=number[0] if number else None))
            return row is None or row.fingerprint != fingerprint

    async def tell(self, issues: Sequence[Issue]) -> None:
        """Says what is wrong with files that cannot be published; the version in use stays."""
        async with self._state.writing() as writer:
            org = await _lock(writer, self._org)
            await writer.run(_told(org, issues=[issue.to_json() for issue in issues[:_MOST_ISSUES]]))


async def _lock(writer: Writer, org: str) -> Any:
    """The organisation's id; makes its row of `model_in_use`, and keeps other publishers waiting."""
    row = await writer.one(_ORG_ID, org=org)
    if row is None:
        raise LeadlineError("not_found", f"there is no organisation {org!r}", "Run leadline migrate.")
    await writer.run(upsert(model_in_use).values(org_id=row[0]).on_conflict_do_nothing())
    await writer.one(select(model_in_use.c.org_id).where(model_in_use.c.org_id == row[0]).with_for_update())
    return row[0]


def _version(*columns: Any) -> Select[Any]:
    joined = model_version.join(model_in_use, model_in_use.c.number == model_version.c.number)
    return select(*columns).select_from(joined).where(model_in_use.c.org_id == _ORG)


def _told(org: Any, **values: Any) -> Any:
    return update(model_in_use).where(model_in_use.c.org_id == org).values(told_at=now(), **values)


def _issues(data: Sequence[Mapping[str, Any]]) -> tuple[Issue, ...]:
    return tuple(
        Issue(one["severity"], one["code"], one["why"], one["fix"], Place(one["file"], one["line"]))
        for one in data
    )
