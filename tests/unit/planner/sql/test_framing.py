"""The heart of all that has to do with time: a row is counted in just the frames that hold its time.

What the planner writes is evaluated here as the source would: `width_bucket` counts the bounds that are not
after a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from leadline.core.schema import DATE, TIME
from leadline.planner.frames import Frames
from leadline.planner.sql.build import Params, column
from leadline.planner.sql.framing import Framed, framed
from leadline.planner.sql.time import TimeSql
from leadline.semantic.sql_tree import Sql
from tests.unit.planner.sql.some_frames import frames, holding, moments

_OPEN = {"-infinity": datetime.min, "infinity": datetime.max}
_TESTS: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.GTE: lambda a, b: a >= b,
    exp.LT: lambda a, b: a < b,
    exp.EQ: lambda a, b: a == b,
}


class Source:
    """Evaluates what framing writes, for a row at `at`."""

    def __init__(self, params: Params, at: date) -> None:
        self.params, self.at = params, at

    def value(self, node: Sql) -> Any:
        """The value of an expression."""
        match node:
            case exp.Paren() | exp.Cast():
                return self.value(node.this)
            case exp.Column():
                return self.at
            case exp.Literal():
                return int(node.this)
            case exp.Var():
                return self.params.values[node.this.split("\0")[1]]
            case exp.Add():
                return self.value(node.this) + self.value(node.expression)
            case exp.Anonymous():
                time, edges = map(self.value, node.expressions)
                return bisect_right([self._edge(one) for one in edges], time)
            case exp.Boolean():
                return node.this
            case _:
                return _TESTS[type(node)](self.value(node.this), self.value(node.expression))

    def _edge(self, text: str) -> date:
        if isinstance(self.at, datetime):
            found = _OPEN.get(text) or datetime.fromisoformat(text)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        return _OPEN[text].date() if text in _OPEN else date.fromisoformat(text)

    def frames(self, found: Framed) -> Iterator[int]:
        """The frames in which the row is counted."""
        if not all(self.value(one) for one in found.where):
            return
        if found.series is None:
            yield 1 if found.position is None else self.value(found.position)
            return
        first, last = map(self.value, found.series)
        yield from range(first, last + 1)


@pytest.mark.parametrize("is_date", [False, True])
@given(data=st.data())
def test_a_row_is_counted_in_just_the_frames_that_hold_it(is_date: bool, data: st.DataObject) -> None:
    found, at = data.draw(frames()), data.draw(moments(is_date))
    assert _counted(found, at, is_date, grained=True) == holding(found, at, is_date)


@pytest.mark.parametrize("is_date", [False, True])
@given(data=st.data())
def test_without_buckets_a_row_is_counted_once(is_date: bool, data: st.DataObject) -> None:
    found, at = data.draw(frames()), data.draw(moments(is_date))
    one = Frames(found.lows[:1], found.highs[:1], (1,))
    assert _counted(one, at, is_date, grained=False) == holding(one, at, is_date)


def _counted(found: Frames, at: date, is_date: bool, *, grained: bool) -> list[int]:
    params = Params()
    time = TimeSql(column("closed"), DATE if is_date else TIME, "UTC")
    made = framed(found, time, grained, params)
    return list(Source(params, at).frames(made))


@pytest.mark.parametrize("grained", [True, False])
def test_where_no_bucket_has_a_partner_no_row_is_counted(grained: bool) -> None:
    params = Params()
    made = framed(Frames((), (), ()), TimeSql(column("closed"), TIME, "UTC"), grained, params)
    assert list(Source(params, datetime(2026, 3, 6, tzinfo=UTC)).frames(made)) == []


@given(found=frames())
def test_frames_that_do_not_overlap_hold_a_row_once(found: Frames) -> None:
    instants = {one.instant for one in (*found.lows, *found.highs) if one}
    most = max((len(holding(found, at, False)) for at in instants), default=1)
    assert found.overlap or most <= 1
