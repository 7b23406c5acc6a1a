"""Filters and ranges in one spelling: what they mean, in whatever order and form they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.core.ranges import Moment, RangeSpec, when
from leadline.core.zones import Bound
from leadline.planner.draft import Draft
from leadline.planner.parse_filters import is_number
from leadline.planner.parse_limits import DIGITS
from leadline.planner.query import AllOf, Compared, Filter, Growth, Not, Query, Scalar

_EXACT = Context(prec=2 * DIGITS + 2)
_NUMBERS = ("integer", "decimal", "float")
_INSTANTS = ("time", "wall")
_SETS = {"eq": "in", "ne": "not_in"}
_ORDERED_VALUES = ("between",)


def as_text(value: Any) -> str:
    """A value as JSON in its one spelling."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def as_asked(spec: RangeSpec | None, moment: Moment, at: str) -> Any:
    """A range as asked: a preset by name, bounds as wall clock and instant; None for all time.

    Raises `bad_range` for a bound that is none.
    """
    if spec is None or spec.preset == "all" or spec == RangeSpec():
        return None
    if spec.preset is not None:
        return spec.preset
    return [_bound(spec.start, moment, at + "/from"), _bound(spec.end, moment, at + "/to")]


def _bound(text: str | None, moment: Moment, at: str) -> list[str] | None:
    return _spelled(when(text, moment.zone, at)) if text is not None else None


def _spelled(bound: Bound) -> list[str]:
    return [bound.local.isoformat(), bound.instant.isoformat()]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the fields of filters mean: their one name, and the kind of their type."""

    name: Callable[[str], Any]
    kind: Callable[[str], str]
    moment: Moment

    @classmethod
    def of_fields(cls, draft: Draft, moment: Moment) -> Meaning:
        """For `filters`: the dimension that a name means from each dataset, however it is spelled."""
        first = draft.datasets[0]
        return cls(
            lambda name: [str(draft.field(dataset, name)) for dataset in draft.datasets],
            lambda name: draft.bound.field_type(first, draft.field(first, name)).kind,
            moment,
        )

    @classmethod
    def of_columns(cls, query: Query, draft: Draft, moment: Moment) -> Meaning:
        """For `having`: the columns of values by their names."""
        return cls(lambda name: name, lambda name: _column_kind(query, draft, name), moment)


def _column_kind(query: Query, draft: Draft, column: str) -> str:
    """The kind of a column of values: a comparison as value has that of its metric, any other is a number."""
    name, _, suffix = column.partition(":")
    for one in query.compare:
        if one.suffix == suffix and (isinstance(one, Growth) or one.as_ != "value"):
            return "decimal"
    return draft.bound.metric_type(draft.bound.model.metrics[name]).kind


def all_of(filters: tuple[Filter, ...], meaning: Meaning) -> Any:
    """The filters that AND joins as one tree of JSON, in its one spelling."""
    return _group("all", (_tree(one, meaning) for one in filters))


def _tree(one: Filter, meaning: Meaning) -> list[Any]:
    """`[word, ..]`: a condition, the opposite of one, or a group with its members in an order of our own."""
    if isinstance(one, Compared):
        span = as_asked(one.range, meaning.moment, one.at + "/range")
        return ["is", meaning.name(one.field), *_condition(one, meaning), span]
    if isinstance(one, Not):
        return ["not", _tree(one.filter, meaning)]
    word = "all" if isinstance(one, AllOf) else "any"
    return _group(word, (_tree(inner, meaning) for inner in one.filters))


def _group(word: str, trees: Iterable[list[Any]]) -> list[Any]:
    """A group, each member once; one of the same sort within it, or with a single member, is none."""
    members: dict[str, list[Any]] = {}
    for tree in trees:
        members.update((as_text(one), one) for one in (tree[1] if tree[0] == word else [tree]))
    ordered = [members[key] for key in sorted(members)]
    return ordered[0] if len(ordered) == 1 else [word, ordered]


def _condition(one: Compared, meaning: Meaning) -> list[Any]:
    op = _SETS.get(one.op, one.op)
    kind = meaning.kind(one.field)
    values = [as_text(_value(value, kind, meaning.moment)) for value in one.values]
    return [op, values if op in _ORDERED_VALUES else sorted(set(values))]


def _value(value: Scalar, kind: str, moment: Moment) -> Any:
    """A value in one spelling; one that does not fit its type stays what it is, and is refused later."""
    if kind in _NUMBERS and value is not None and is_number(value):
        number = Decimal(value).normalize(_EXACT)
        return format(number, "f") if number else "0"
    if kind in _INSTANTS and isinstance(value, str):
        return _instant(value, moment)
    return value


def _instant(value: str, moment: Moment) -> str:
    try:
        return when(value, moment.zone).instant.isoformat()
    except LeadlineError:
        return value  # it is refused with its place when the plan is made
