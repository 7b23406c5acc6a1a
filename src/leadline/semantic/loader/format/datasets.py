"""Datasets with their joins, dimensions and measures, as written."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, create_model, model_validator

from leadline.semantic import aggregations, model
from leadline.semantic.aggregations import registry
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.loader.format.base import (
    Column,
    Expr,
    Format,
    Label,
    Member,
    Name,
    Spot,
    StepName,
    Table,
    Zone,
    expression,
    humanised,
    only_one,
    wrong,
)

ROWS = "rows"
_WITH_SHARE = "percentile"


class Join(Format):
    """A many-to-one step to another dataset, by equality. No row of the fact is ever dropped."""

    dataset: StepName = Field(description="The dataset to which it leads.")
    on: dict[Column, Column] = Field(
        min_length=1, description="Own column: the partner's column that is equal to it."
    )
    valid: Annotated[list[Column], Field(min_length=2, max_length=2)] | None = Field(
        None, description="The partner's columns [from, to] between which it holds, by the fact's time."
    )

    def build(self, name: str, spot: Spot) -> model.Join:
        """The value."""
        valid = (self.valid[0], self.valid[1]) if self.valid else None
        return model.Join(name, self.dataset, tuple(self.on.items()), spot.place, valid)


class Dimension(Format):
    """What one groups or filters by: a column or an expression."""

    column: Column | None = Field(None, description="A column of the table.")
    expr: Expr | None = Field(None, description="SQL over the dataset's names.")
    type: Literal["time", "date", "text", "number", "boolean"] | None = Field(
        None,
        description="What it is; the column decides where it is left out. `time` makes it a time dimension.",
    )
    zone: Zone | None = Field(
        None, description="IANA zone of a timestamp without one; the model's by default."
    )
    order: list[Member] | None = Field(
        None, min_length=1, description="Its members in the order to show them."
    )
    label: Label | None = Field(None, description="The name to show; made from the name by default.")
    about: Label | None = Field(None, description="One line for people.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        only_one({"column": self.column, "expr": self.expr}, "a dimension")
        return self

    def build(self, name: str, spot: Spot) -> model.Dimension:
        """The value."""
        return model.Dimension(
            name,
            spot.place,
            self.column,
            self.expr,
            self.type,
            self.zone,
            tuple(self.order or ()),
            self.label or humanised(name),
            self.about or "",
        )


def _share(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value < 1:
        raise wrong("p is a share between 0 and 1", "Write p: 0.9.")
    return format(value, "f")


def _rows_or_expression(value: object) -> Expression | Literal["rows"]:
    return "rows" if value == ROWS else expression(value)


Share = Annotated[
    str,
    PlainValidator(_share),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]
Rows = Annotated[
    Any,
    PlainValidator(_rows_or_expression),
    WithJsonSchema({"type": ["string", "number"], "title": "Expression"}),
]


class MeasureBase(Format):
    """An aggregation over the rows of one dataset: just one of the aggregations, and the rest."""

    where: Expr | None = Field(None, description="Only rows of which this is true.")
    time: Column | None = Field(None, description="The time dimension (or column) by which its rows lie.")
    currency: Column | None = Field(None, description="The column with the row's currency, to be converted.")
    p: Share | None = Field(None, description="Of a percentile: the share, such as 0.9.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        aggregation = self.aggregation
        if (aggregation == _WITH_SHARE) != (self.p is not None):
            raise wrong("p and percentile stand together", "Write {percentile: expression, p: 0.9}.")
        return self

    @property
    def aggregation(self) -> str:
        """The name of the aggregation that is given."""
        return only_one({name: getattr(self, name) for name in registry()}, "a measure")

    def build(self, name: str, spot: Spot) -> model.Measure:
        """The value."""
        aggregation = self.aggregation
        operand = getattr(self, aggregation)
        return model.Measure(
            name,
            aggregation,
            spot.place,
            None if operand == ROWS else operand,
            self.where,
            self.time,
            self.currency,
            self.p,
        )


def _measure_format() -> type[MeasureBase]:
    """A measure has one key for each aggregation that there is."""
    fields: dict[str, Any] = {
        name: (Rows | None if name == "count" else Expr | None, Field(None, description=_described(name)))
        for name in registry()
    }
    return create_model("Measure", __base__=MeasureBase, __doc__=MeasureBase.__doc__, **fields)


def _described(aggregation: str) -> str:
    """The first line of the aggregation's own file."""
    module = import_module(f"{aggregations.__name__}.{aggregation}")
    return (module.__doc__ or "").splitlines()[0]


if TYPE_CHECKING:
    Measure = MeasureBase
else:
    Measure = _measure_format()


class Dataset(Format):
    """A table with a stated grain: what one row is."""

    table: Table = Field(description="`schema.table`; the schema is `public` where none is given.")
    row: Label | None = Field(None, description="The grain in words: what one row is.")
    key: list[Column] = Field(min_length=1, description="The columns that name one row.")
    joins: dict[StepName, Join] = Field(default_factory=dict, description="Steps to other datasets.")
    dimensions: dict[Name, Dimension] = Field(
        default_factory=dict, description="What one groups and filters by."
    )
    measures: dict[Name, Measure] = Field(default_factory=dict, description="Aggregations over its rows.")
    open: bool = Field(False, description="A reference table that row rules do not hide.")

    def build(self, name: str, spot: Spot) -> model.Dataset:
        """The value."""
        joins, dimensions, measures = spot / "joins", spot / "dimensions", spot / "measures"
        return model.Dataset(
            name,
            self.table,
            tuple(self.key),
            spot.place,
            self.row or "",
            {key: join.build(key, joins / key) for key, join in self.joins.items()},
            {key: one.build(key, dimensions / key) for key, one in self.dimensions.items()},
            {key: one.build(key, measures / key) for key, one in self.measures.items()},
            self.open,
        )
