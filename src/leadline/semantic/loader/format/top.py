"""A whole model as written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from leadline.core.calendar import MONTHS, WEEKDAYS, Calendar, RetailPattern
from leadline.semantic import model
from leadline.semantic.loader.format.base import (
    Column,
    FieldPath,
    Format,
    Name,
    Spot,
    StepName,
    Table,
    Zone,
    wrong,
)
from leadline.semantic.loader.format.datasets import Dataset
from leadline.semantic.loader.format.metrics import Metric, Target
from leadline.semantic.loader.format.rollups import Rollup
from leadline.semantic.loader.format.rules import RowRule


def _weekday(value: str) -> str:
    if value.lower() not in WEEKDAYS:
        raise wrong(f"unknown weekday {value!r}", f"Use one of {', '.join(WEEKDAYS)}.")
    return value.lower()


def _month(value: str) -> str:
    if value.lower() not in MONTHS:
        raise wrong(f"unknown month {value!r}", f"Use one of {', '.join(MONTHS)}.")
    return value.lower()


def _currency(value: str) -> str:
    if len(value) != 3 or not value.isascii() or not value.isupper():
        raise wrong(f"{value!r} is no currency", "Use the three capital letters of ISO 4217, such as USD.")
    return value


class Retail(Format):
    """The retail calendar."""

    pattern: RetailPattern = Field(description="Weeks in the three months of a quarter.")


class CalendarFormat(Format):
    """When days, weeks and years begin."""

    zone: Zone = Field("UTC", description="IANA zone of the business.")
    week_start: Annotated[str, AfterValidator(_weekday), WithJsonSchema({"enum": list(WEEKDAYS)})] = Field(
        "monday", description="The first day of a week."
    )
    fiscal_year_start: Annotated[str, AfterValidator(_month), WithJsonSchema({"enum": list(MONTHS)})] = Field(
        "january", description="The first month of the fiscal year."
    )
    retail: Retail | None = Field(None, description="The retail calendar, where one is used.")

    def build(self) -> Calendar:
        """The value."""
        return Calendar(
            self.zone,
            WEEKDAYS.index(self.week_start) + 1,
            MONTHS.index(self.fiscal_year_start) + 1,
            self.retail.pattern if self.retail else None,
        )


_CALENDAR = CalendarFormat.model_validate({})


class CurrencyRates(Format):
    """The table of exchange rates."""

    table: Table = Field(description="`schema.table` of the rates.")
    date: Column = Field(description="The column with the day from which a rate holds.")
    currency: Column = Field(description="The column with the currency's three letters.")
    per_usd: Column = Field(description="The column with the units of it for one US dollar.")

    def build(self, spot: Spot) -> model.CurrencyRates:
        """The value."""
        return model.CurrencyRates(self.table, self.date, self.currency, self.per_usd, spot.place)


Currency = Annotated[
    str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]


class ModelFormat(Format):
    """A model of one source: what its tables mean, in YAML 1.2."""

    leadline: Literal[1] = Field(description="The version of this format.")
    source: Name = Field(
        description="The connection; its secrets come from the environment, never from here."
    )
    calendar: CalendarFormat = Field(
        default=_CALENDAR, description="The zone, the weeks and the years of the business."
    )
    currency: Currency | None = Field(None, description="The currency of amounts, by ISO 4217.")
    currency_rates: CurrencyRates | None = Field(None, description="The table of exchange rates.")
    datasets: dict[StepName, Dataset] = Field(default_factory=dict, description="Tables with a stated grain.")
    dimensions: dict[Name, dict[StepName, FieldPath]] = Field(
        default_factory=dict,
        description="Shared dimensions: one name for several datasets, `{dataset: path}`.",
    )
    metrics: dict[Name, Metric] = Field(default_factory=dict, description="Named numbers.")
    targets: dict[Name, Target] = Field(default_factory=dict, description="Planned values, by metric.")
    rollups: dict[Name, Rollup] = Field(default_factory=dict, description="Datasets stored pre-aggregated.")
    row_rules: dict[Name, RowRule] = Field(default_factory=dict, description="Which rows a viewer sees.")

    def build(self, spot: Spot) -> model.Model:
        """The value, without its fingerprint."""
        datasets = {name: one.build(name, spot / "datasets" / name) for name, one in self.datasets.items()}
        return model.Model(
            self.source,
            self.calendar.build(),
            self.currency,
            self.currency_rates.build(spot / "currency_rates") if self.currency_rates else None,
            datasets,
            {name: dict(paths) for name, paths in self.dimensions.items()},
            {name: one.build(name, spot / "metrics" / name) for name, one in self.metrics.items()},
            {name: one.build(name, spot / "targets" / name) for name, one in self.targets.items()},
            self._rollups(spot / "rollups", datasets),
            {name: one.build(name, spot / "row_rules" / name) for name, one in self.row_rules.items()},
        )

    def _rollups(self, spot: Spot, datasets: dict[str, model.Dataset]) -> dict[str, model.Rollup]:
        found = {}
        for name, one in self.rollups.items():
            dataset = datasets.get(one.dataset)
            found[name] = one.build(name, spot / name, dict(dataset.measures) if dataset else {})
        return found
