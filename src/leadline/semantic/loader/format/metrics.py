"""Metrics as written: one class a kind, told apart by the key that only it has."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema

from leadline.core.grain import RANGE_UNITS
from leadline.semantic import model
from leadline.semantic.expressions.names import names
from leadline.semantic.kinds.base import Kind
from leadline.semantic.kinds.conversion import Conversion
from leadline.semantic.kinds.cumulative import Cumulative
from leadline.semantic.kinds.derived import Derived
from leadline.semantic.kinds.ratio import Ratio
from leadline.semantic.kinds.simple import Simple
from leadline.semantic.kinds.snapshot import Snapshot
from leadline.semantic.loader.format.base import (
    Column,
    Expr,
    Format,
    Interval,
    Label,
    Name,
    Spot,
    Table,
    humanised,
    wrong,
)
from leadline.semantic.references import KEYS


def _measure_ref(value: str) -> str:
    dataset, dot, measure = value.partition(".")
    if not (dot and dataset.isidentifier() and measure.isidentifier()):
        raise wrong(f"{value!r} is no measure", "Write dataset.measure.")
    return value


def _ref(value: str) -> model.MeasureRef:
    dataset, _, measure = value.partition(".")
    return model.MeasureRef(dataset, measure)


def _unit(value: str) -> str:
    if not value.strip() or len(value) > 20:
        raise wrong("a unit is a short word", "Write currency, percent, or a word such as days.")
    return value


def _window(value: str) -> str:
    if value != "running" and value.removesuffix("_to_date") not in RANGE_UNITS:
        raise wrong(f"unknown window {value!r}", "Write running, year_to_date or {last: 28 days}.")
    if value != "running" and not value.endswith("_to_date"):
        raise wrong(f"unknown window {value!r}", f"Write {value}_to_date.")
    return value


Measure = Annotated[
    str, AfterValidator(_measure_ref), WithJsonSchema({"type": "string", "pattern": r"^\w+\.\w+$"})
]
Unit = Annotated[
    str, AfterValidator(_unit), WithJsonSchema({"type": "string", "examples": ["currency", "percent"]})
]


class Common(Format):
    """What every metric may say about itself."""

    label: Label | None = Field(None, description="The name to show; made from the name by default.")
    about: Label | None = Field(None, description="One line for people: the definition in words.")
    unit: Unit | None = Field(
        None, description="`currency`, `percent` (of a fraction), or a word such as days."
    )
    good: Literal["up", "down"] | None = Field(None, description="The direction that is good.")

    @abstractmethod
    def kind(self) -> Kind:
        """What the metric is made of."""

    def build(self, name: str, spot: Spot) -> model.Metric:
        """The value."""
        return model.Metric(
            name,
            self.kind(),
            spot.place,
            getattr(self, "time", None),
            getattr(self, "filter", None),
            self.unit,
            self.good,
            self.label or humanised(name),
            self.about or "",
        )


class _Filtered(Common):
    filter: Expr | None = Field(None, description="The metric's own filter, over its dataset's names.")


class _Timed(_Filtered):
    time: Column | None = Field(None, description="The time dimension by which its rows lie.")


class SimpleMetric(_Timed):
    """One measure."""

    measure: Measure = Field(description="`dataset.measure`.")

    def kind(self) -> Kind:
        """Simple."""
        return Simple(_ref(self.measure))


class RatioMetric(_Timed):
    """One measure over another: a ratio of sums, never a mean of ratios."""

    ratio: Annotated[list[Measure], Field(min_length=2, max_length=2)] = Field(
        description="[numerator, denominator], each `dataset.measure`."
    )

    def kind(self) -> Kind:
        """Ratio."""
        return Ratio(_ref(self.ratio[0]), _ref(self.ratio[1]))


class DerivedMetric(Common):
    """Arithmetic on other metrics, each by its own time and with its own filter."""

    derived: Expr = Field(description="SQL over the names of metrics.")

    def kind(self) -> Kind:
        """Derived."""
        return Derived(self.derived, tuple(dict.fromkeys(str(name) for name in names(self.derived))))


class Last(Format):
    """The window of a stated length up to the bucket's end."""

    last: Interval = Field(description="Its length, such as 28 days.")


def _window_form(value: object) -> str:
    return "<last>" if isinstance(value, Mapping | Last) else "<name>"


_WindowName = Annotated[
    str,
    AfterValidator(_window),
    WithJsonSchema({"enum": ["running", *(f"{unit}_to_date" for unit in RANGE_UNITS)]}),
]


class CumulativeMetric(Common):
    """A metric over the window up to the bucket's end."""

    cumulative: Name = Field(description="The metric that is cumulated.")
    window: Annotated[
        Annotated[_WindowName, Tag("<name>")] | Annotated[Last, Tag("<last>")], Discriminator(_window_form)
    ] = Field(description="`running`, `year_to_date` (any unit), or `{last: 28 days}`.")
    mean: Literal["day"] | None = Field(None, description="Divide by the days of the window.")

    def kind(self) -> Kind:
        """Cumulative."""
        last = self.window.last if isinstance(self.window, Last) else None
        window = self.window if isinstance(self.window, str) else "last"
        return Cumulative(self.cumulative, window, last, self.mean)


class Steps(Format):
    """From one event to another of the same entity."""

    from_: Measure = Field(alias="from", description="The measure of the first event; it has a time.")
    to: Measure = Field(description="The measure of the second event; it has a time.")
    entity: Column = Field(description="A column or join of both datasets, or the key where the join leads.")
    within: Interval = Field(description="How long after the first event the second counts, such as 90 days.")
    by: Literal["cohort", "event"] = Field(
        "cohort", description="Over the first events, or at the second ones."
    )


class ConversionMetric(_Filtered):
    """The share of entities that go from one event to another in time."""

    conversion: Steps = Field(description="The two events, their entity, and the time allowed.")

    def kind(self) -> Kind:
        """Conversion."""
        steps = self.conversion
        return Conversion(_ref(steps.from_), _ref(steps.to), steps.entity, steps.within, steps.by)


class SnapshotMetric(_Filtered):
    """A state at an instant: the rows that hold then. Never summed over time."""

    snapshot: Measure = Field(description="`dataset.measure`.")
    valid: Annotated[list[Column], Field(min_length=2, max_length=2)] = Field(
        description="The time dimensions [from, to] between which a row holds."
    )
    of: Literal["last", "first", "avg"] = Field(
        "last", description="At the end of the bucket, of its first day, or the mean over its days."
    )

    def kind(self) -> Kind:
        """Snapshot."""
        return Snapshot(_ref(self.snapshot), self.valid[0], self.valid[1], self.of)


def _form(value: Any) -> str | None:
    """The first key of the list that is there; None where it is no metric at all."""
    keys = value if isinstance(value, Mapping) else ()
    return next((f"<{key}>" for key in KEYS if key in keys), None)


Metric = Annotated[
    Annotated[SimpleMetric, Tag("<measure>")]
    | Annotated[RatioMetric, Tag("<ratio>")]
    | Annotated[DerivedMetric, Tag("<derived>")]
    | Annotated[CumulativeMetric, Tag("<cumulative>")]
    | Annotated[ConversionMetric, Tag("<conversion>")]
    | Annotated[SnapshotMetric, Tag("<snapshot>")],
    Discriminator(
        _form,
        custom_error_type="leadline",
        custom_error_message="a metric says nothing of what it is",
        custom_error_context={
            "why": "a metric says nothing of what it is",
            "fix": f"Give one of {', '.join(KEYS)}.",
            "code": "missing_key",
            "choices": KEYS,
        },
    ),
]


class Target(Format):
    """Planned values of a metric: one row a period (and member)."""

    table: Table = Field(description="`schema.table` of the plan.")
    period: Literal["day", "week", "month", "quarter", "year"] = Field(
        description="How long a row's period is."
    )
    start: Column = Field(description="The column with the period's first day.")
    value: Column = Field(description="The column with the planned value.")
    by: dict[Name, Column] = Field(
        default_factory=dict, description="A join of the metric's dataset: the plan's own column for it."
    )

    def build(self, name: str, spot: Spot) -> model.Target:
        """The value."""
        by = tuple(self.by.items())
        return model.Target(name, self.table, self.period, self.start, self.value, spot.place, by)
