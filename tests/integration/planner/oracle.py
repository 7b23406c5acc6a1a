"""A slow second opinion: reads all rows and computes an answer by the text of the query reference, in Python.

It shares no code with the planner. Where the reference leaves a choice, the reading is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

from tests.integration.planner.oracle_data import MEASURES, METRICS, TIMES, Row, add_months, number
from tests.integration.planner.oracle_periods import Periods
from tests.integration.planner.oracle_times import unit


class Oracle(Periods):
    """One question to the rows; `oracle_answer` makes the answer of what it finds."""

    # -- targets ------------------------------------------------------------------------------------

    def planned(
        self, metric: str, compare: Mapping[str, Any], group: tuple[Any, ...], bucket: datetime | None
    ) -> Any:
        dataset = MEASURES[METRICS[metric][0][0]].dataset
        names = [one["field"] for one in self.dims] + list(self._filtered())
        by_rep = metric == "revenue"
        if any(not (self.fields.find(dataset, name).under_rep and by_rep) for name in names):
            return None
        values = [
            found
            for row in self.data["targets"]
            if (found := self._plan_row(row, compare, group, bucket)) is not None
        ]
        return sum(values, Fraction(0)) if values else None

    def _filtered(self) -> Iterator[str]:
        waiting = list(self.query.get("filters", []))
        while waiting:
            one = waiting.pop()
            waiting += [*one.get("any", []), *one.get("all", []), *([one["not"]] if "not" in one else [])]
            if "field" in one:
                yield one["field"]

    def _plan_row(
        self, row: Row, compare: Mapping[str, Any], group: tuple[Any, ...], bucket: datetime | None
    ) -> Any:
        if self.dims and self.group(row, "deals") != group:
            return None
        if not all(self.passes(one, row, "deals") for one in self.query.get("filters", [])):
            return None
        first = datetime(row["month_start"].year, row["month_start"].month, row["month_start"].day)
        after = add_months(first, 1)
        low, high = self._asked_part(bucket)
        if (low and after <= low) or (high and first >= high):
            return None
        amount = number(row["amount"])
        if "pace" not in compare or amount is None:
            return amount
        days = [first + timedelta(days=n) for n in range((after - first).days)]
        due = [
            day for day in days
            if (not low or day + timedelta(days=1) > low) and (not high or day < high) and day < self._due()
        ]  # fmt: skip
        return amount * len(due) / len(days)

    def _due(self) -> datetime:
        """A day that has begun is due."""
        midnight = datetime(self.here.year, self.here.month, self.here.day)
        return midnight if self.here == midnight else midnight + timedelta(days=1)

    def _asked_part(self, bucket: datetime | None) -> tuple[datetime | None, datetime | None]:
        low = self.range.start.local if self.range.start else None
        high = self.range.whole.local if self.range.whole else None
        if bucket is None or self.grain is None:
            return low, high
        after = unit(self.grain).on(bucket)
        return max(bucket, low) if low else bucket, min(after, high) if high else after

    # -- members ------------------------------------------------------------------------------------

    def members(self, seen: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        """All members asked; those of the other dimensions as rows have them."""
        dataset = MEASURES[METRICS[self.query["metrics"][0]][0][0]].dataset
        families: dict[str, list[int]] = {}
        for i, one in enumerate(self.dims):
            families.setdefault(self._path(one["field"], dataset), []).append(i)
        parts: list[tuple[list[int], set[tuple[Any, ...]]]] = []
        rest: list[int] = []
        for path, positions in families.items():
            if any(self.dims[i].get("all") for i in positions):
                parts.append((positions, self._all_members(path, positions)))
            else:
                rest += positions
        if not parts:
            return set()
        if rest:
            parts.append((rest, {tuple(group[i] for i in rest) for group in seen}))
        found = set()
        for chosen in product(*(members for _, members in parts)):
            group: list[Any] = [None] * len(self.dims)
            for (positions, _), values in zip(parts, chosen, strict=True):
                for i, value in zip(positions, values, strict=True):
                    group[i] = value
            found.add(tuple(group))
        return found

    @staticmethod
    def _path(name: str, dataset: str) -> str:
        full = {"source": "lead.source" if dataset == "deals" else "leads.source"}.get(name, name)
        path = full.split(".")[:-1]
        if path and path[-1] in TIMES:
            path = path[:-1]
        return ".".join(path[1:] if path[:1] == [dataset] else path)

    def _all_members(self, path: str, positions: list[int]) -> set[tuple[Any, ...]]:
        end = {"": "deals", "rep": "reps", "lead": "leads", "rep.team": "teams"}[path]
        prefix = f"{path}." if path else ""
        found = set()
        for row in self.data[end]:
            reached = [
                one for one in self.query.get("filters", [])
                if all(name.startswith(prefix) or (not prefix) for name in self._names_in(one))
            ]  # fmt: skip
            if not all(self.passes(self._under(one, prefix), row, end) for one in reached):
                continue
            fields = [self.fields.find(end, self.dims[i]["field"].removeprefix(prefix)) for i in positions]
            asked = [one for i, one in zip(positions, fields, strict=True) if self.dims[i].get("all")]
            if all(one.get(row) is not None for one in asked):
                found.add(tuple(self.member(one, row) for one in fields))
        return found

    def _names_in(self, one: Mapping[str, Any]) -> Iterator[str]:
        if "field" in one:
            yield one["field"]
        for inner in [*one.get("any", []), *one.get("all", []), *([one["not"]] if "not" in one else [])]:
            yield from self._names_in(inner)

    def _under(self, one: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        if "field" in one:
            return {**one, "field": one["field"].removeprefix(prefix)}
        if "not" in one:
            return {"not": self._under(one["not"], prefix)}
        word = "any" if "any" in one else "all"
        return {word: [self._under(inner, prefix) for inner in one[word]]}
