"""Everything there is to say about a model's rollups, for people: definition, state, age, failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlglot

from leadline.planner.plan import RollupState
from leadline.rollups.define import Definition
from leadline.rollups.schedule import due_at
from leadline.rollups.service import Known, Rollups
from leadline.semantic.model import Rollup


@dataclass(frozen=True, slots=True)
class Overview:
    """One rollup. `state`: fresh, touched, stale, not built, or failed (there never were rows)."""

    name: str
    state: str
    schedule: str
    zone: str
    select: str = ""
    tables: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    rows: int | None = None
    version: int = 0
    refreshed_at: datetime | None = None
    took_ms: float | None = None
    due_at: datetime | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `--format json` prints it; instants in UTC."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        for name in ("refreshed_at", "due_at"):
            facts[name] = facts[name].isoformat(timespec="milliseconds") if facts[name] else None
        return facts

    def facts(self) -> Iterator[tuple[str, str]]:
        """Label and text of what is known."""
        yield "name", f"leadline.{self.name}"
        yield "state", self.state
        yield "tables", ", ".join(self.tables)
        yield "unique by", ", ".join(self.keys)
        yield "schedule", self.schedule
        yield "rows", "" if self.rows is None else str(self.rows)
        yield "version", str(self.version)
        yield "refreshed", self.refreshed_at.isoformat(timespec="seconds") if self.refreshed_at else "never"
        if self.note:
            yield "note", self.note

    def pretty_select(self) -> str:
        """The SELECT over several lines."""
        return sqlglot.parse_one(self.select, dialect="postgres").sql(dialect="postgres", pretty=True)


async def overview(rollups: Rollups) -> tuple[Overview, ...]:
    """All rollups of the model, in its order."""
    known = await rollups.known()
    states = await rollups.states()
    return tuple(
        _of(rollups, rollup, known.get(rollup.name), states.get(rollup.name))
        for rollup in rollups.model.rollups.values()
    )


def _of(rollups: Rollups, rollup: Rollup, known: Known | None, state: RollupState | None) -> Overview:
    definition = rollups.definitions.get(rollup.name)
    zone = rollups.model.calendar.zone
    return Overview(
        rollup.name,
        _state(state, known),
        _schedule(rollup),
        zone,
        **_defined(definition),
        rows=known.rows if known else None,
        version=known.version if known else 0,
        refreshed_at=known.refreshed_at if known else None,
        took_ms=known.took_ms if known else None,
        due_at=due_at(rollup.refresh, zone, known.refreshed_at, known.error_at) if known else None,
        note=_note(rollups, rollup.name, known),
    )


def _defined(definition: Definition | None) -> dict[str, Any]:
    if definition is None:
        return {}
    return {"select": definition.select, "tables": definition.tables, "keys": definition.keys}


def _state(state: RollupState | None, known: Known | None) -> str:
    if state is None or not state.usable:
        return "failed" if known and known.error else "not built"
    if state.stale:
        return "stale"
    return "touched" if state.touched else "fresh"


def _schedule(rollup: Rollup) -> str:
    spec = rollup.refresh
    regular = f"cron {spec.cron}" if spec.cron else f"every {spec.every or 300:g} s"
    return f"{regular}, on change" if spec.on_change else regular


def _note(rollups: Rollups, name: str, known: Known | None) -> str:
    """What is wrong with it, the worst first."""
    failure = rollups.failed.get(name)
    if failure is not None:
        return f"{failure.code}: {failure.why}"
    if known is None:
        return ""
    slow = rollups.troubles({name: known}, datetime.now(UTC)).get(name, "")
    inexact = f"not exact: {known.inexact}" if known.inexact else ""
    return known.error or slow or inexact
