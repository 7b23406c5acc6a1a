"""Runs cases: query and SQL in one snapshot, and says where they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.result import Result, Value
from leadline.core.viewer import ROLES, Attribute, Viewer
from leadline.core.zones import zone
from leadline.engine import Engine
from leadline.sources.postgres import Reader, Source, SourceBusyError
from leadline.verify.cases import Case
from leadline.verify.compare import Comparison, Difference

FindViewer = Callable[[str], Awaitable[Viewer]]
ADMIN = Viewer("verify", "verify@localhost", "admin", "Verify")
_AT_ONCE = 4
_TRIES = 5
"""How often a case is put off while every connection to the source is in use."""
_SQL_LIMIT = "60s"
_LONGEST = 300
"""Characters that are shown of an exception of our own making."""
_NAMED = ("email", "role", "name", "locale", "zone", "attributes")


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed: where it stands, why, and the first differing rows of each side."""

    name: str
    file: str
    line: int
    why: str
    query_rows: tuple[tuple[Value, ...], ...] = ()
    sql_rows: tuple[tuple[Value, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The failure as the contract has it."""
        return {
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "why": self.why,
            "query_rows": [list(row) for row in self.query_rows],
            "sql_rows": [list(row) for row in self.sql_rows],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What running cases found, in the order of the cases."""

    cases: int
    failed: tuple[Failure, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as the contract has it."""
        return {"cases": self.cases, "failed": [one.to_json() for one in self.failed]}


class Verifier:
    """Runs cases over one engine. `find_viewer`: a user of the product by e-mail (None: none runs)."""

    def __init__(self, engine: Engine, source: Source, find_viewer: FindViewer | None = None) -> None:
        self._engine, self._source, self._find_viewer = engine, source, find_viewer

    async def run(self, cases: Sequence[Case]) -> Report:
        """All cases, some at a time. Raises only what makes every case impossible (no source, no model)."""
        zone_name = self._engine.model.model.calendar.zone
        slots = asyncio.Semaphore(_AT_ONCE)
        await self._source.probe()

        async def one(case: Case) -> Failure | None:
            async with slots:
                return await self._checked(case, zone_name)

        found = await asyncio.gather(*(one(case) for case in cases))
        return Report(len(cases), tuple(failure for failure in found if failure is not None))

    async def _checked(self, case: Case, zone_name: str) -> Failure | None:
        try:
            if case.wrong is not None:
                raise case.wrong
            difference = await self._patiently(case, zone_name)
        except LeadlineError as error:
            difference = Difference(_told(error))
        except Exception as error:  # noqa: BLE001 - a mistake of ours in one case keeps no other from running
            difference = Difference(f"internal: {type(error).__name__}: {str(error)[:_LONGEST]}")
        if difference is None:
            return None
        why, ours, theirs = difference.why, difference.query_rows, difference.sql_rows
        return Failure(case.name, case.file, case.line, why, ours, theirs)

    async def _patiently(self, case: Case, zone_name: str) -> Difference | None:
        """A source whose connections are all in use is asked again: that tells nothing of the case."""
        for _ in range(_TRIES):
            try:
                return await self._difference(case, zone_name)
            except SourceBusyError as busy:
                await asyncio.sleep(busy.retry_after)
        return await self._difference(case, zone_name)

    async def _difference(self, case: Case, zone_name: str) -> Difference | None:
        viewer = await self._viewer(case.viewer)
        if case.error is not None:
            return await self._refused(case, viewer, case.error)

        async def both(reader: Reader) -> Difference | None:
            result = await self._engine.ask_in(reader, case.query, viewer)
            await reader.set(timezone=zone_name, search_path="public", statement_timeout=_SQL_LIMIT)
            rows = await reader.fetch_text(case.sql or "")
            comparison = _comparison(case, result, zone_name)
            found = comparison.rows(list(zip(*result.data, strict=True)), rows)
            return found or await self._totals(reader, case, result, comparison)

        return await self._source.read(both)

    async def _refused(self, case: Case, viewer: Viewer, code: str) -> Difference | None:
        try:
            result = await self._source.read(lambda reader: self._engine.ask_in(reader, case.query, viewer))
        except LeadlineError as error:
            return None if error.code == code else Difference(f"refused with {_told(error)}, not with {code}")
        rows = tuple(zip(*result.data, strict=True))[:3]
        return Difference(f"it is answered ({result.rows} rows), not refused with {code}", rows)

    async def _totals(
        self, reader: Reader, case: Case, result: Result, comparison: Comparison
    ) -> Difference | None:
        if case.totals_sql is None:
            return None
        if result.totals is None:
            raise LeadlineError("bad_case", "totals_sql needs a query with totals: true", "Ask for totals.")
        rows = await reader.fetch_text(case.totals_sql)
        of_totals = replace(comparison, columns=comparison.columns[comparison.keys :], keys=0)
        found = of_totals.rows([tuple(result.totals.values())], rows)
        return replace(found, why=f"totals: {found.why}") if found else None

    async def _viewer(self, asked: str | dict[str, Any] | None) -> Viewer:
        if asked is None:
            return ADMIN
        if isinstance(asked, dict):
            return viewer_of(asked)
        if self._find_viewer is None:
            raise LeadlineError(
                "bad_case",
                f"the viewer {asked!r} is a user of a product, and none runs here",
                "Write the viewer as an object.",
            )
        return await self._find_viewer(asked)


def viewer_of(facts: dict[str, Any]) -> Viewer:
    """The viewer of an object `{email, role, name, attributes…}`. Raises `bad_case`.

    Attributes stand under `attributes`, or as flat keys beside the others.
    """
    nested = facts.get("attributes") or {}
    role = facts.get("role", "viewer")
    if role not in ROLES or not isinstance(nested, dict):
        raise LeadlineError(
            "bad_case", "the viewer's role or attributes are wrong", f"Roles: {', '.join(ROLES)}."
        )
    flat = {key: value for key, value in facts.items() if key not in _NAMED} | nested
    return Viewer(
        org=ADMIN.org,
        email=str(facts.get("email", "")),
        role=role,
        name=str(facts.get("name", "")),
        attributes=tuple(sorted((key, _attribute(key, value)) for key, value in flat.items())),
        locale=str(facts.get("locale", "en-US")),
        zone=facts.get("zone"),
    )


def _attribute(key: str, value: Any) -> Attribute:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if isinstance(value, str | int | bool):
        return value
    raise LeadlineError("bad_case", f"the attribute {key} is neither text, number nor list", "Correct it.")


def _comparison(case: Case, result: Result, zone_name: str) -> Comparison:
    asked = (result.range or {}).get("zone", zone_name)
    time, dimensions = case.query.get("time") or {}, case.query.get("dimensions") or []
    keys = len(dimensions) + (1 if time.get("grain") else 0)
    return Comparison(result.columns, keys, zone(asked), case.ordered, case.tolerance)


def _told(error: LeadlineError) -> str:
    at = f" ({error.at})" if error.at else ""
    return f"{error.code}: {error.why}{at}"
