"""The rows of a world as one viewer sees them: joins, rules, names, and the values behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.viewer import Viewer
from tests.integration.planner.oracle_clock import instant, midnight, wall
from tests.integration.planner.spec import Dataset, Dim, Row, Rule, Spec

NUMBERS = ("integer", "decimal", "float")
TIMES = ("time", "wall", "date")
_PARTS = {
    "hour": lambda t: t.hour,
    "weekday": lambda t: t.isoweekday(),
    "day_of_month": lambda t: t.day,
    "day_of_year": lambda t: t.timetuple().tm_yday,
    "week_of_year": lambda t: t.isocalendar().week,
    "month": lambda t: t.month,
    "quarter": lambda t: (t.month + 2) // 3,
    "year": lambda t: t.year,
}


class UnknownNameError(Exception):
    """No dimension, column or join has this name there."""


def number(value: object) -> Fraction | None:
    """A column's number, floats with 15 significant digits."""
    if value is None:
        return None
    return Fraction(Decimal(f"{value:.15g}" if isinstance(value, float) else str(value)))


@dataclass(frozen=True)
class Field:
    """A field from one dataset: the joins to it, its dimension, and a part of a time."""

    dataset: str
    path: tuple[str, ...]
    dim: Dim
    part: str | None = None

    @property
    def kind(self) -> str:
        """The type of its values."""
        return "integer" if self.part else self.dim.kind

    @property
    def order(self) -> tuple[str, ...]:
        """The order of its members, where one is stated."""
        return () if self.part else self.dim.order


class Rows:
    """The tables, with the rules of one viewer."""

    def __init__(self, spec: Spec, data: Mapping[str, list[Any]], viewer: Viewer, zone: ZoneInfo) -> None:
        self.spec, self.data, self.viewer, self.zone = spec, data, viewer, zone
        self.home = ZoneInfo(spec.zone)
        self._seen: dict[tuple[str, int], bool] = {}

    # -- names --------------------------------------------------------------------------------------

    def field(self, dataset: str, name: str) -> Field:
        """The field that a name of a query means from a dataset."""
        full = self.spec.shared.get(name, {}).get(dataset, name)
        *path, last = full.split(".")
        if path and last in _PARTS:
            end = self._end(dataset, self._path(dataset, path[:-1]))
            if (dim := end.dims.get(path[-1])) and dim.kind in TIMES:
                return Field(dataset, self._path(dataset, path[:-1]), dim, last)
        joins = self._path(dataset, path)
        dims = self._end(dataset, joins).dims
        if last not in dims:
            raise UnknownNameError(name)
        return Field(dataset, joins, dims[last])

    def _path(self, dataset: str, words: list[str]) -> tuple[str, ...]:
        """The joins of a path whose first word may be a dataset."""
        if not words or words[0] in self.spec.datasets[dataset].links:
            return tuple(words)
        if words[0] == dataset:
            return tuple(words[1:])
        ways = [way for way, end in self._ways(dataset, (dataset,)) if end == words[0]]
        if len(ways) != 1:
            raise UnknownNameError(".".join(words))
        return (*ways[0], *words[1:])

    def _ways(self, dataset: str, passed: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
        """All paths of joins that pass no dataset twice, with the dataset to which each leads."""
        found: list[tuple[tuple[str, ...], str]] = []
        for name, link in self.spec.datasets[dataset].links.items():
            if link.dataset not in passed:
                found.append(((name,), link.dataset))
                further = self._ways(link.dataset, (*passed, link.dataset))
                found += [((name, *way), end) for way, end in further]
        return found

    def _end(self, dataset: str, path: tuple[str, ...]) -> Dataset:
        here = self.spec.datasets[dataset]
        for name in path:
            if name not in here.links:
                raise UnknownNameError(name)
            here = self.spec.datasets[here.links[name].dataset]
        return here

    def end(self, one: Field) -> str:
        """The dataset in which a field's dimension is."""
        return self._end(one.dataset, one.path).name

    # -- values -------------------------------------------------------------------------------------

    def value(self, one: Field, row: Row, at: datetime | date | None) -> Any:
        """A field's value in a row of its dataset, at the row's own time; None where there is no partner."""
        here = self._follow(one.dataset, row, one.path, at, True)
        if here is None:
            return None
        end = self._end(one.dataset, one.path)
        value = self._of_dim(end, one.dim, here, at, True)
        if one.part is None or value is None:
            return value
        clock = wall(value, self.zone) if isinstance(value, datetime) else midnight(value)
        return Fraction(_PARTS[one.part](clock))

    def says(self, dataset: str, row: Row, at: datetime | date | None, ruled: bool = True) -> Any:
        """What names mean in an expression over a row of the dataset."""

        def look(name: str) -> Any:
            *path, last = name.split(".")
            if path[:1] == ["viewer"]:
                return self._of_viewer(last)
            here = self._follow(dataset, row, tuple(path), at, ruled)
            end = self._end(dataset, tuple(path))
            if last not in end.dims and last not in end.columns:
                raise UnknownNameError(name)
            if here is None:
                return None
            dim = end.dims.get(last)
            return self._of_dim(end, dim, here, at, ruled) if dim else here[last]

        return look

    def _of_viewer(self, name: str) -> Any:
        own = {"email": self.viewer.email, "role": self.viewer.role, "name": self.viewer.name}
        return own.get(name, dict(self.viewer.attributes).get(name))

    def _of_dim(self, end: Dataset, dim: Dim, row: Row, at: datetime | date | None, ruled: bool) -> Any:
        if dim.expr:
            return dim.expr.of(self.says(end.name, row, at, ruled))
        value = row[dim.name]
        if value is None:
            return None
        if dim.kind == "wall":
            return instant(value, ZoneInfo(dim.zone) if dim.zone else self.home)
        return number(value) if dim.kind in NUMBERS else value

    def _follow(
        self, dataset: str, row: Row, path: tuple[str, ...], at: datetime | date | None, ruled: bool
    ) -> Row | None:
        self._end(dataset, path)  # every name is known, whether or not there is a partner
        here: Row | None = row
        for name in path:
            link = self.spec.datasets[dataset].links[name]
            key = here[link.on[0]] if here else None
            dataset = link.dataset
            partners = self._by_column[dataset, link.on[1]].get(key, []) if key is not None else []
            if link.valid:
                partners = [one for one in partners if _holds(one, link.valid, at, self.home)]
            here = partners[0] if partners and (not ruled or self.visible(dataset, partners[0])) else None
        return here

    @cached_property
    def _by_column(self) -> dict[tuple[str, str], dict[Any, list[Row]]]:
        found: dict[tuple[str, str], dict[Any, list[Row]]] = {}
        for dataset in self.spec.datasets.values():
            for link in dataset.links.values():
                by: dict[Any, list[Row]] = {}
                for row in self.data[link.dataset]:
                    by.setdefault(row[link.on[1]], []).append(row)
                found[link.dataset, link.on[1]] = by
        return found

    # -- rules --------------------------------------------------------------------------------------

    @property
    def asked_for(self) -> frozenset[str]:
        """The datasets of which it was asked whether the viewer may see a row."""
        return frozenset(dataset for dataset, _ in self._seen)

    def visible(self, dataset: str, row: Row) -> bool:
        """Whether the viewer may see a row of the dataset."""
        if not self.spec.rules or self.viewer.role == "admin" or self.spec.datasets[dataset].open:
            return True
        key = (dataset, id(row))
        if key not in self._seen:
            self._seen[key] = any(self._shows(one, dataset, row) for one in self.fitting)
        return self._seen[key]

    def shows_plan(self, dataset: str, by: tuple[str, ...], row: Row) -> bool:
        """Whether the viewer may see a plan: those without a member, and those of members that one sees."""
        return all(self._shows_member(dataset, name, row) for name in by)

    def _shows_member(self, dataset: str, name: str, row: Row) -> bool:
        link = self.spec.datasets[dataset].links[name]
        free = not self.spec.rules or self.viewer.role == "admin" or self.spec.datasets[link.dataset].open
        return free or row[link.on[0]] is None or self._follow(dataset, row, (name,), None, True) is not None

    @cached_property
    def fitting(self) -> list[Rule]:
        """The rules that fit the viewer."""
        look = self.says("", {}, None)
        return [one for one in self.spec.rules.values() if one.when.of(look) is True]

    def _shows(self, rule: Rule, dataset: str, row: Row) -> bool:
        if rule.datasets and dataset not in rule.datasets:
            return False
        rows = rule.rows.get(dataset) or rule.rows.get(None)
        try:
            return bool(rows and rows.of(self.says(dataset, row, None, ruled=False)) is True)
        except UnknownNameError:
            return False


def _holds(row: Row, valid: tuple[str, str], at: datetime | date | None, home: ZoneInfo) -> bool:
    """Whether a partner is valid at the fact's time; without one there is no partner."""
    start, end = (_like(at, row[name], home) for name in valid)
    return at is not None and (start is None or start <= at) and (end is None or at < end)


def _like(at: datetime | date | None, bound: Any, home: ZoneInfo) -> Any:
    """Reading: where the fact has only a date, an instant is its day in the model's zone."""
    if isinstance(at, datetime) or not isinstance(bound, datetime):
        return bound
    return wall(bound, home).date()


def as_instant(value: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """A time as an instant; a date is its midnight."""
    if value is None or isinstance(value, datetime):
        return value
    return instant(midnight(value), zone)
