"""A model as plain values: what it says in YAML and, side by side, what that means in Python.

The planner gets the YAML, the oracle the functions. Neither reads the other's side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
At = Callable[[str], Any]
"""The value of a name in a row: a dimension of its dataset, else a column; over joins with dots."""


@dataclass(frozen=True)
class Says:
    """An expression: its SQL, the same in Python, and the type of its value."""

    sql: str
    of: Callable[[At], Any]
    kind: str = "boolean"
    scale: int | None = None


@dataclass(frozen=True)
class Dim:
    """A dimension: a column or an expression. `kind` and `scale`: its type. `zone`: of a wall clock."""

    name: str
    kind: str
    scale: int | None = None
    expr: Says | None = None
    order: tuple[str, ...] = ()
    zone: str | None = None

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said: dict[str, Any] = {"expr": self.expr.sql} if self.expr else {"column": self.name}
        said |= {"type": "time"} if self.kind in ("time", "wall") else {}
        said |= {"type": "date"} if self.kind == "date" else {}
        said |= {"order": list(self.order)} if self.order else {}
        return said | ({"zone": self.zone} if self.zone else {})


@dataclass(frozen=True)
class Link:
    """A join: `on` (own column, partner's column); `valid`: the partner's columns from and to."""

    name: str
    dataset: str
    on: tuple[str, str]
    valid: tuple[str, str] | None = None

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said: dict[str, Any] = {"dataset": self.dataset, "on": dict([self.on])}
        return said | ({"valid": list(self.valid)} if self.valid else {})


@dataclass(frozen=True)
class Measure:
    """An aggregate: `operand` None counts rows; `currency`: the column with the row's currency."""

    name: str
    aggregate: str
    operand: Says | None = None
    where: Says | None = None
    time: str | None = None
    currency: str | None = None
    p: str | None = None

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said: dict[str, Any] = {self.aggregate: self.operand.sql if self.operand else "rows"}
        said |= {"where": self.where.sql} if self.where else {}
        said |= {key: value for key in ("time", "currency") if (value := getattr(self, key))}
        return said | ({"p": float(self.p)} if self.p else {})


@dataclass(frozen=True)
class Dataset:
    """A table by its name, with what the model makes of it. `columns`: all that the table has."""

    name: str
    columns: tuple[str, ...]
    dims: Mapping[str, Dim]
    links: Mapping[str, Link] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    key: str = "id"
    open: bool = False

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said: dict[str, Any] = {"table": f"public.{self.name}", "key": [self.key]}
        for word, parts in (("joins", self.links), ("dimensions", self.dims), ("measures", self.measures)):
            if parts:
                said[word] = {name: one.yaml() for name, one in parts.items()}
        return said | ({"open": True} if self.open else {})


@dataclass(frozen=True)
class Simple:
    """One measure: `dataset.measure`."""

    measure: str

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        return {"measure": self.measure}


@dataclass(frozen=True)
class Ratio:
    """One measure over another."""

    above: str
    below: str

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        return {"ratio": [self.above, self.below]}


@dataclass(frozen=True)
class Derived:
    """Arithmetic on metrics; `of` takes their values, none of them None. `scale`: digits of the value."""

    sql: str
    metrics: tuple[str, ...]
    of: Callable[..., Any]
    scale: int | None = None

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        return {"derived": self.sql}


@dataclass(frozen=True)
class Cumulative:
    """A metric over a window: `running`, `U_to_date`, or the length `last` ("28 days")."""

    metric: str
    window: str
    last: str | None = None
    mean: bool = False

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        window = {"last": self.last} if self.last else self.window
        return {"cumulative": self.metric, "window": window} | ({"mean": "day"} if self.mean else {})


@dataclass(frozen=True)
class Conversion:
    """From one measure's events to another's, of the same entity, within an interval."""

    start: str
    end: str
    entity: str
    within: str
    by: str = "cohort"

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        steps = {"from": self.start, "to": self.end, "entity": self.entity}
        return {"conversion": {**steps, "within": self.within, "by": self.by}}


@dataclass(frozen=True)
class Snapshot:
    """A state: the rows of a measure between two times."""

    measure: str
    valid: tuple[str, str]
    of: str = "last"

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        return {"snapshot": self.measure, "valid": list(self.valid), "of": self.of}


Kind = Simple | Ratio | Derived | Cumulative | Conversion | Snapshot


@dataclass(frozen=True)
class Metric:
    """A named number."""

    name: str
    kind: Kind
    time: str | None = None
    filter: Says | None = None
    unit: str | None = None

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said = self.kind.yaml() | ({"time": self.time} if self.time else {})
        said |= {"unit": self.unit} if self.unit else {}
        return said | ({"filter": self.filter.sql} if self.filter else {})


@dataclass(frozen=True)
class Target:
    """The plan of a metric, in the table `targets`; `by`: the joins by which it is given."""

    period: str = "month"
    by: tuple[str, ...] = ()

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        said = {"table": "public.targets", "period": self.period, "start": "month_start", "value": "amount"}
        return said | ({"by": {one: f"{one}_id" for one in self.by}} if self.by else {})


@dataclass(frozen=True)
class Rule:
    """Which rows a viewer sees where `when` fits; `rows` by dataset, under None for all."""

    name: str
    when: Says
    rows: Mapping[str | None, Says]
    datasets: tuple[str, ...] = ()

    def yaml(self) -> dict[str, Any]:
        """As a model says it."""
        one = self.rows.get(None)
        rows = one.sql if one else {name: found.sql for name, found in self.rows.items()}
        said = {"when": self.when.sql, "rows": rows}
        return said | ({"datasets": list(self.datasets)} if self.datasets else {})


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """A whole model. `week_start` and `fiscal` count from 1; `rollups` are as a model says them."""

    datasets: Mapping[str, Dataset]
    metrics: Mapping[str, Metric]
    shared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    rollups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    zone: str = "America/Chicago"
    week_start: int = 1
    fiscal: int = 1
    retail: str = "4-5-4"
    currency: str = "USD"

    def measure(self, ref: str) -> tuple[str, Measure]:
        """The dataset's name and the measure of `dataset.measure`."""
        dataset, name = ref.split(".")
        return dataset, self.datasets[dataset].measures[name]

    def yaml(self) -> dict[str, Any]:
        """The model, ready to be written."""
        said: dict[str, Any] = {"leadline": 1, "source": "world", "currency": self.currency}
        said["calendar"] = {
            "zone": self.zone, "week_start": WEEKDAYS[self.week_start - 1],
            "fiscal_year_start": MONTHS[self.fiscal - 1], "retail": {"pattern": self.retail},
        }  # fmt: skip
        said["currency_rates"] = {
            "table": "public.rates", "date": "day", "currency": "currency", "per_usd": "per_usd",
        }  # fmt: skip
        parts = (("datasets", self.datasets), ("metrics", self.metrics), ("targets", self.targets))
        for word, found in (*parts, ("row_rules", self.rules)):
            said[word] = {name: one.yaml() for name, one in found.items()}
        said["dimensions"] = {name: dict(one) for name, one in self.shared.items()}
        return said | {"rollups": dict(self.rollups)}
