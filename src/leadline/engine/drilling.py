"""Rows behind a number, and values of a field: read anew each time, one snapshot, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline.core.clock import Clock
from leadline.core.result import ServedBy, Value
from leadline.core.viewer import Viewer
from leadline.engine.executing import execute
from leadline.engine.models import Models
from leadline.engine.snapshot import Snapshot
from leadline.planner import Answer
from leadline.planner.drill import RowsPlan, make_rows_plan
from leadline.planner.parse_drill import parse_drill
from leadline.planner.plan import Plan
from leadline.planner.values import make_values_plan, parse_values
from leadline.sources.postgres import Reader, Source

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drilling:
    """Reads a source for those who want to see more than numbers."""

    source: Source
    models: Models
    clock: Clock
    byte_cap: int

    async def rows(self, data: object, viewer: Viewer) -> Json:
        """A page of the rows behind a cell, as the contract has it. Raises LeadlineError."""
        bound, now = self.models.current, self.clock.now()
        drill = parse_drill(data, viewer=viewer, now=now, model=bound.model)
        made = make_rows_plan(drill, bound)
        return await self.source.read(lambda reader: self._rows(reader, made))

    async def _rows(self, reader: Reader, made: RowsPlan) -> Json:
        read = await execute(Snapshot(reader), made.plan, self.byte_cap)
        return {
            "columns": [one.to_json() for one in read.columns],
            "data": [list(values) for values in read.data],
            "rows": read.rows,
            "truncated": read.truncated,
            "dataset": made.dataset,
            "key": list(made.key),
            "range": made.plan.range,
            **self._served(reader, made.plan),
        }

    async def values(self, data: object, viewer: Viewer) -> Json:
        """The members of a field, as the contract has it. Raises LeadlineError."""
        bound = self.models.current
        asked = parse_values(data, viewer=viewer, now=self.clock.now())
        plan = make_values_plan(asked, bound)

        async def read(reader: Reader) -> Json:
            found = await execute(Snapshot(reader), plan, self.byte_cap)
            return {**_values(found, asked.limit), **self._served(reader, plan)}

        return await self.source.read(read)

    def _served(self, reader: Reader, plan: Plan) -> Json:
        moments = {"now": plan.query.as_of, "as_of": self.clock.at(reader.as_of)}
        zone = plan.moment.zone
        served = ServedBy(layer=plan.layer, node=reader.node, lag_ms=reader.lag_ms)
        return {
            **{name: at.astimezone(zone).isoformat(timespec="milliseconds") for name, at in moments.items()},
            "served_by": served.to_json(),
            "rules": list(plan.rules),
        }


def _values(found: Answer, limit: int) -> Json:
    """The values without none, which comes first where there is one."""
    column, listed = found.columns[0], list(found.data[0])
    none = bool(listed) and listed[0] is None
    values = listed[1:] if none else listed
    told: dict[str, Any] = {"field": column.field, "type": column.type, "values": values[:limit]}
    if column.scale is not None:
        told["scale"] = column.scale
    if len(found.columns) > 1:
        told |= {one.name: _first(data) for one, data in zip(found.columns[1:], found.data[1:], strict=True)}
    return {**told, "none": none, "truncated": len(values) > limit}


def _first(data: tuple[Value, ...]) -> Value:
    return data[0] if data else None
