"""A model bound to the tables of a source: every name has a type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from leadline.core.errors import LeadlineError
from leadline.core.schema import (
    INTEGER,
    QUOTIENT_SCALE,
    ColumnType,
    SourceSchema,
    TableSchema,
    decimal,
)
from leadline.core.viewer import Viewer
from leadline.semantic.aggregations import aggregation
from leadline.semantic.expressions.names import name_of
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import infer
from leadline.semantic.kinds.base import Input, StateTime
from leadline.semantic.model import Dataset, Dimension, Measure, Metric, Model
from leadline.semantic.resolve import FieldRef
from leadline.semantic.rules import RowRules, RowScope


@dataclass(frozen=True)
class BoundModel:
    """A checked model and the schema of its source."""

    model: Model
    schema: SourceSchema
    _types: dict[tuple[str, tuple[str, ...], str], ColumnType] = field(default_factory=dict, compare=False)

    @cached_property
    def _rules(self) -> RowRules:
        return RowRules(self.model, self.schema)

    def scope(self, viewer: Viewer) -> RowScope:
        """What a viewer may see. Raises `model_invalid` where an attribute does not fit what a rule asks."""
        return self._rules.scope(viewer)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the model's meaning."""
        return self.model.fingerprint

    def table(self, dataset: Dataset) -> TableSchema:
        """The table of a dataset, else `model_invalid`."""
        found = self.schema.table(dataset.table)
        if found is None:
            raise LeadlineError(
                "model_invalid",
                f"{dataset.table}, read by the dataset {dataset.name}, is missing or may not be read.",
                "Create the table, grant SELECT on it, or change the model.",
                str(dataset.place),
            )
        return found

    def end(self, dataset: str, path: tuple[str, ...]) -> Dataset:
        """The dataset at the end of a path of joins."""
        here = self.model.datasets[dataset]
        for name in path:
            here = self.model.datasets[here.joins[name].dataset]
        return here

    def dimension(self, dataset: str, path: tuple[str, ...], name: str) -> Dimension | None:
        """The dimension of that name there, or None where the name is a column's."""
        return self.end(dataset, path).dimensions.get(name)

    def type(self, dataset: str, path: tuple[str, ...], name: str) -> ColumnType:
        """The type of a dimension, else of a column of the table."""
        key = (dataset, path, name)
        if key not in self._types:
            self._types[key] = self._find_type(self.end(dataset, path), name)
        return self._types[key]

    def _find_type(self, dataset: Dataset, name: str) -> ColumnType:
        found = dataset.dimensions.get(name)
        if found is not None and found.expr is not None:
            return infer(found.expr, lambda path, inner: self._inner_type(dataset, name, path, inner))
        return self.column(dataset, found.column if found and found.column else name)

    def _inner_type(self, dataset: Dataset, name: str, path: tuple[str, ...], inner: str) -> ColumnType:
        """The type of a name in the dimension `name`, where its own name means the column."""
        return (
            self.column(dataset, name) if not path and inner == name else self.type(dataset.name, path, inner)
        )

    def column(self, dataset: Dataset, name: str) -> ColumnType:
        """The type of a column of the dataset's table, else `model_invalid`."""
        column = self.table(dataset).columns.get(name)
        if column is None:
            raise LeadlineError(
                "model_invalid",
                f"The dataset {dataset.name} uses the column {name}, which {dataset.table} does not have.",
                "Change the model or the table.",
                str(dataset.place),
            )
        return column.type

    def field_type(self, start: str, ref: FieldRef) -> ColumnType:
        """The type of a field found from the dataset `start`; parts of a time are whole numbers."""
        return INTEGER if ref.part else self.type(start, ref.path, ref.name)

    def infer(self, dataset: str, expression: Expression) -> ColumnType:
        """The type of an expression over a dataset's rows."""
        return infer(expression, lambda path, name: self.type(dataset, path, name))

    def measure_type(self, dataset: str, measure: Measure) -> ColumnType:
        """The type of an aggregated measure."""
        operand = self.infer(dataset, measure.operand) if measure.operand else None
        if measure.currency and operand is not None:
            operand = decimal(QUOTIENT_SCALE)  # money at a rate is a quotient
        return aggregation(measure.aggregation).type(operand)

    def measure(self, part: Input) -> Measure:
        """The measure of an input."""
        return self.model.datasets[part.dataset].measures[part.measure]

    def input_type(self, part: Input) -> ColumnType:
        """The type of an input's value: entities are counted, means over days are quotients."""
        if part.following is not None:
            return INTEGER
        if isinstance(part.time, StateTime) and part.time.mean:
            return decimal(QUOTIENT_SCALE)
        return self.measure_type(part.dataset, self.measure(part))

    def input_zone(self, part: Input) -> str:
        """The zone in which an input's value is a wall clock, where it is one: that of the time it is of."""
        operand = self.measure(part).operand
        name = name_of(operand.tree) if operand else None
        return self.zone_of(part.dataset, name.path, name.name) if name else self.model.calendar.zone

    def metric_type(self, metric: Metric) -> ColumnType:
        """The type of a metric's value."""
        types = {part: self.input_type(part) for part in metric.kind.inputs(metric, self.model)}
        return metric.kind.type(metric, self.model, types)

    def zone_of(self, dataset: str, path: tuple[str, ...], name: str) -> str:
        """The zone in which a timestamp without zone is a wall clock."""
        found = self.dimension(dataset, path, name)
        return (found.zone if found else None) or self.model.calendar.zone


def bind(model: Model, schema: SourceSchema) -> BoundModel:
    """The model over the tables of its source. What is missing shows when it is asked for."""
    return BoundModel(model, schema)
