"""What an aggregation says about itself: its SQL, how stored parts merge, its empty value, its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from leadline.core.schema import QUOTIENT_SCALE, ColumnType, decimal
from leadline.semantic.kinds.base import quotient
from leadline.semantic.sql_tree import call

Sql = exp.Expr


@dataclass(frozen=True, slots=True)
class Given:
    """What else an aggregate may need: `p` of a percentile, and the order of rows (time, then key)."""

    p: str | None = None
    order: tuple[Sql, ...] = ()


NOTHING = Given()


class Aggregation(Protocol):
    """One way to make one value of many rows.

    `name`: the key of a measure in a model. `zero`: whether the empty value is 0 (else null).
    `parts`: names of the stored parts from which a rollup can answer it exactly; empty: not additive.
    `present`: whether only rows with an operand count in it (most aggregates of a source do that themselves).
    """

    @property
    def name(self) -> str: ...

    @property
    def zero(self) -> bool: ...

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def present(self) -> bool: ...

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """The aggregate over base rows; `operand` None means the row itself (only count takes it)."""
        ...

    def finish(self, aggregate: Sql) -> Sql:
        """The value of the aggregate once it has its filter."""
        ...

    def part(self, name: str, operand: Sql | None) -> Sql:
        """The aggregate that is stored in a rollup as part `name`."""
        ...

    def again(self, name: str, part: Sql) -> Sql:
        """The part `name` of several groups, given the column with that of each."""
        ...

    def merge(self, parts: Mapping[str, Sql]) -> Sql:
        """The aggregate over a rollup's rows, given each part's column."""
        ...

    def type(self, operand: ColumnType | None) -> ColumnType:
        """The type of the value."""
        ...


def exact(operand: ColumnType | None) -> ColumnType:
    """The type of a sum: whole numbers stay whole, floats are summed as numeric."""
    if operand is None or operand.kind == "integer":
        return ColumnType("integer", native="numeric")
    return decimal(operand.scale)


@dataclass(frozen=True, slots=True)
class Additive:
    """An aggregation with one part, itself: `function` over base rows, `merger` over stored ones."""

    name: str
    function: str
    merger: str
    zero: bool
    numeric: bool = False
    present: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Only itself."""
        return (self.name,)

    def finish(self, aggregate: Sql) -> Sql:
        """As it is."""
        return aggregate

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """`FUNCTION(operand)`, rows where there is none."""
        return call(self.function, operand.copy() if operand is not None else exp.Star())

    def part(self, name: str, operand: Sql | None) -> Sql:
        """The same."""
        return self.sql(operand)

    def again(self, name: str, part: Sql) -> Sql:
        """The same as the merge."""
        return self.merge({name: part})

    def merge(self, parts: Mapping[str, Sql]) -> Sql:
        """`MERGER(column)`."""
        return call(self.merger, parts[self.name].copy())

    def type(self, operand: ColumnType | None) -> ColumnType:
        """A number as a sum has it, else the operand's own type."""
        return exact(operand) if self.numeric or operand is None else operand


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean: stored as sum and count, merged as their quotient; never a mean of means."""

    name: str = "avg"
    zero: bool = False
    parts: tuple[str, ...] = ("sum", "count")
    present: bool = False

    def finish(self, aggregate: Sql) -> Sql:
        """As it is."""
        return aggregate

    def sql(self, operand: Sql | None, given: Given = NOTHING) -> Sql:
        """`AVG(operand)`."""
        return call("AVG", operand.copy() if operand is not None else exp.Star())

    def part(self, name: str, operand: Sql | None) -> Sql:
        """`SUM` or `COUNT` of the operand."""
        return call(name.upper(), operand.copy() if operand is not None else exp.Star())

    def again(self, name: str, part: Sql) -> Sql:
        """Sums and counts are summed."""
        return call("SUM", part.copy())

    def merge(self, parts: Mapping[str, Sql]) -> Sql:
        """Sum of sums over sum of counts."""
        total, count = (call("SUM", parts[name].copy()) for name in self.parts)
        return quotient(total, count)

    def type(self, operand: ColumnType | None) -> ColumnType:
        """A decimal with the digits of every average."""
        return decimal(QUOTIENT_SCALE)


@dataclass(frozen=True, slots=True)
class Whole:
    """An aggregation that only all rows together can answer (`parts` empty)."""

    name: str
    zero: bool
    parts: tuple[str, ...] = ()
    present: bool = False

    def finish(self, aggregate: Sql) -> Sql:
        """As it is."""
        return aggregate

    def part(self, name: str, operand: Sql | None) -> Sql:
        """There is none."""
        raise KeyError(name)

    def again(self, name: str, part: Sql) -> Sql:
        """There is none."""
        raise KeyError(name)

    def merge(self, parts: Mapping[str, Sql]) -> Sql:
        """There is no way."""
        raise KeyError(self.name)

    def type(self, operand: ColumnType | None) -> ColumnType:
        """The operand's own."""
        return operand or ColumnType("integer")
