"""The columns that a scan must give besides its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leadline.planner.draft import Draft
from leadline.planner.sql.build import as_stored, named, number
from leadline.planner.sql.rows import Rows
from leadline.semantic.kinds.base import Input
from leadline.semantic.sql_tree import Sql, cast


@dataclass(frozen=True, slots=True)
class Wanted:
    """By input the column of its value, of how many rows it counts, of how many values had no rate."""

    values: Mapping[Input, str]
    counts: Mapping[Input, str]
    missing: Mapping[Input, str]


def direct_columns(draft: Draft, wanted: Wanted, rows: Rows) -> Iterator[Sql]:
    """The columns over a group of rows."""
    for part, name in wanted.values.items():
        yield named(stored(draft, part, rows.aggregate(part)), name)
    for part, name in wanted.counts.items():
        yield named(counted_rows(rows, part), name)
    for part, name in wanted.missing.items():
        yield named(cast(rows.unconverted(part) or number(0), "numeric"), name)


def stored(draft: Draft, part: Input, value: Sql) -> Sql:
    """A value in the type that branches share."""
    return as_stored(value, draft.bound.input_type(part), draft.bound.input_zone(part))


def counted_rows(rows: Rows, part: Input) -> Sql:
    """How many rows an input counts."""
    return cast(rows.row_count(part), "numeric")
