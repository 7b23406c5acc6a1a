"""The oracle's filters and groups: which rows pass, and to which group each belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from tests.integration.planner.oracle_data import HOME, MEASURES, METRICS, Field, Row, instant, number
from tests.integration.planner.oracle_times import Times

NONE = "(none)"


class Filters(Times):
    """The rows that a question keeps."""

    @cached_property
    def kept(self) -> dict[str, list[Row]]:
        """The rows of each dataset that pass the filters."""
        found: dict[str, list[Row]] = {}
        for name in {
            MEASURES[part].dataset for metric in self.query["metrics"] for part in METRICS[metric][0]
        }:
            found[name] = [
                row for row in self.data[name]
                if all(self.passes(one, row, name) for one in self.query.get("filters", []))
            ]  # fmt: skip
        return found

    def passes(self, one: Mapping[str, Any], row: Row, dataset: str) -> bool:
        if "not" in one:
            return not self.passes(one["not"], row, dataset)
        for word, join in (("any", any), ("all", all)):
            if word in one:
                return join(self.passes(inner, row, dataset) for inner in one[word])
        found = self.fields.find(dataset, one["field"])
        return self.compares(found, found.get(row), one)

    def compares(self, found: Field, value: Any, one: Mapping[str, Any]) -> bool:
        op = one["op"]
        if op in ("is_null", "not_null"):
            return bool((value is None) == (op == "is_null"))
        if op in ("ne", "not_in", "not_contains"):
            return not self.compares(found, value, {**one, "op": _OPPOSITES[op]})
        if op in ("eq", "in"):
            return any(self.equals(found, value, other) for other in one["values"])
        return value is not None and self._of_value(found, value, one)

    def _of_value(self, found: Field, value: Any, one: Mapping[str, Any]) -> bool:
        op = one["op"]
        if op == "range":
            span = self._range(one["range"])
            begun = span.start is None or not self.before(value, span.start)
            return begun and (span.end is None or self.before(value, span.end))
        if op in _TEXTS:
            return any(_TEXTS[op](value, other) for other in one["values"])
        mine, *others = (self.plain(found, each) for each in (value, *one["values"]))
        if op == "between":
            return bool(others[0] <= mine <= others[1])
        return _ORDERS[op](mine, others[0])

    def equals(self, found: Field, value: Any, other: Any) -> bool:
        if value is None:
            return other is None or (other == NONE and found.kind == "text")
        return other is not None and bool(self.plain(found, value) == self.plain(found, other))

    def plain(self, found: Field, value: Any) -> Any:
        """A value or what was written of it, in a form that compares."""
        if found.kind == "number":
            return number(value)
        if found.kind in ("time", "wall"):
            at = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(value, str):
                return at if at.tzinfo else instant(at, self.zone)
            return at if at.tzinfo else instant(at, HOME)
        if found.kind == "date":
            return date.fromisoformat(value) if isinstance(value, str) else value
        return value.encode("utf-32-be") if isinstance(value, str) else value

    def group(self, row: Row, dataset: str) -> tuple[Any, ...]:
        return tuple(self.member(self.fields.find(dataset, one["field"]), row) for one in self.dims)

    def member(self, found: Field, row: Row) -> Any:
        value = found.get(row)
        if found.kind == "text":
            return NONE if value is None else value
        if found.kind == "wall" and value is not None:
            return instant(value, HOME)
        return number(value) if found.kind == "number" else value


_OPPOSITES = {"ne": "in", "not_in": "in", "not_contains": "contains"}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda value, other: other in value,
    "starts_with": lambda value, other: value.startswith(other),
    "ends_with": lambda value, other: value.endswith(other),
}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
