"""The checked model as frozen values. Built by `loader/`, read by `checks/` and the planner.

Nothing here knows YAML or a database. Every part remembers where it was written (`place`).
The format is that of `docs/reference/model.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leadline.core.calendar import Calendar
from leadline.semantic.expressions.tree import Expression

if TYPE_CHECKING:
    from leadline.semantic.kinds.base import Kind


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was written: a file and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What one groups or filters by: a column or an expression, never both.

    `type`: what the author stated (`time`, `text`, `number`, `boolean`, `date`), else None and the column
    decides. `zone`: of a timestamp without one. `order`: members in the order to show them.
    """

    name: str
    place: Place
    column: str | None = None
    expr: Expression | None = None
    type: str | None = None
    zone: str | None = None
    order: tuple[str, ...] = ()
    label: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A many-to-one step to another dataset: left, equality on `on` (own column, partner's column).

    `valid`: the partner's (from, to) columns, matched by the fact's time.
    """

    name: str
    dataset: str
    on: tuple[tuple[str, str], ...]
    place: Place
    valid: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregation over one dataset. `operand` None means rows. `p`: of a percentile, as text.

    `time`: a dimension (or column) of the dataset. `currency`: the column with the row's currency.
    """

    name: str
    aggregation: str
    place: Place
    operand: Expression | None = None
    where: Expression | None = None
    time: str | None = None
    currency: str | None = None
    p: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table with a stated grain. `table` is `schema.table`; `key` the columns that name one row."""

    name: str
    table: str
    key: tuple[str, ...]
    place: Place
    row: str = ""
    joins: Mapping[str, Join] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True, slots=True)
class MeasureRef:
    """`dataset.measure`."""

    dataset: str
    measure: str

    def __str__(self) -> str:
        return f"{self.dataset}.{self.measure}"


@dataclass(frozen=True, slots=True)
class Metric:
    """A named number. What it is made of stands in `kind` (one class a kind, in `kinds/`)."""

    name: str
    kind: Kind
    place: Place
    time: str | None = None
    filter: Expression | None = None
    unit: str | None = None
    good: str | None = None
    label: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Planned values of a metric: one row a period and member of `by` (join name -> own column)."""

    metric: str
    table: str
    period: str
    start: str
    value: str
    place: Place
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refresh:
    """When a rollup is built anew: `every` (seconds) or `cron` (in `zone`, else the model's), on change."""

    every: float | None = None
    cron: str | None = None
    zone: str | None = None
    on_change: bool = False


@dataclass(frozen=True, slots=True)
class RollupColumn:
    """One stored column of a rollup: `time`, a dimension's path, or an aggregate of a measure.

    Just one of the three is set. `measure` may be of an ad-hoc aggregate such as `avg(amount)`: then its
    name is that of the column and it is not a measure of the dataset.
    """

    name: str
    time: bool = False
    dimension: str | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Rollup:
    """A dataset stored pre-aggregated: a materialized view `leadline.<name>`.

    `time`: (dimension or column, grain) or None. `columns` in the order of the view.
    `index`: (column, descending) of its own index besides the unique one.
    """

    name: str
    dataset: str
    columns: tuple[RollupColumn, ...]
    place: Place
    time: tuple[str, str] | None = None
    where: Expression | None = None
    refresh: Refresh = Refresh()
    index: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class RowRule:
    """Which rows a viewer sees when `when` fits. `rows`: by dataset, or one for all (key None).

    `datasets`: the rule is limited to these; empty means all.
    """

    name: str
    when: Expression
    rows: Mapping[str | None, Expression]
    place: Place
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrencyRates:
    """The table of rates: units of a currency for one US dollar, by date."""

    table: str
    date: str
    currency: str
    per_usd: str
    place: Place


@dataclass(frozen=True, slots=True)
class Model:
    """The whole model of one source. `shared`: name -> dataset -> path of the dimension there.

    `fingerprint` is the hash of the checked model's meaning: equal models written differently share it.
    `places`: where each key was written, by its path from the top.
    """

    source: str
    calendar: Calendar
    currency: str | None = None
    currency_rates: CurrencyRates | None = None
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    rollups: Mapping[str, Rollup] = field(default_factory=dict)
    row_rules: Mapping[str, RowRule] = field(default_factory=dict)
    fingerprint: str = ""
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False, repr=False)

    def place_of(self, *path: str | int) -> Place:
        """Where the path was written, or the nearest part of it that was."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place("", 1))

    def measure(self, ref: MeasureRef) -> Measure:
        """The measure of a checked reference."""
        return self.datasets[ref.dataset].measures[ref.measure]
