"""Frames in SQL: sorted arrays of bounds, in which the source counts those that a time has passed.

`width_bucket(t, bounds)` is the number of bounds that are not after `t`; it is a search in a constant array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from leadline.core.zones import MICROSECOND, Bound
from leadline.planner.frames import Frames, Instants
from leadline.planner.sql.build import Params, column, equal, ident, is_null, number
from leadline.planner.sql.time import TimeSql
from leadline.semantic.sql_tree import Sql, call, paren

FRAME = "f"
_FIRST, _NEVER = "-infinity", "infinity"
_SLACK = timedelta(days=1)
"""No clock is ever put on or back by more."""
Edge = date | datetime | None


@dataclass(frozen=True, slots=True)
class Framed:
    """Where a row's frames are: `position` counts them from 1 (of several, one for each joined row).

    `where`: what keeps a row at all; `series`: the first and last frame of a row that may have several.
    """

    position: Sql | None
    where: tuple[Sql, ...] = ()
    series: tuple[Sql, Sql] | None = None


def lateral(series: tuple[Sql, Sql]) -> exp.Join:
    """`CROSS JOIN generate_series(first, last) AS f(f)`: the row once for each of its frames."""
    alias = exp.TableAlias(this=ident(FRAME), columns=[ident(FRAME)])
    made = exp.Table(this=call("generate_series", *series), alias=alias)
    return exp.Join(this=made, kind="CROSS")


def ordinal(position: Sql, ordinals: Sequence[int], params: Params) -> Sql:
    """The bucket of a frame: the frame's place, moved where the first ones are missing, or looked up."""
    shift = ordinals[0] - 1 if ordinals else 0
    if tuple(ordinals) == tuple(range(shift + 1, shift + 1 + len(ordinals))):
        return exp.Add(this=paren(position), expression=number(shift)) if shift else position
    return element(params.add(list(ordinals), "integer[]"), position)


def element(array: Sql, position: Sql) -> Sql:
    """`array[position]`."""
    return exp.Bracket(this=exp.Paren(this=array), expressions=[position], offset=1)


# -- events -----------------------------------------------------------------------------------------


def framed(frames: Frames, time: TimeSql, grained: bool, params: Params) -> Framed:
    """The frames of an event."""
    if not frames.ordinals:
        return Framed(number(1) if grained else None, (exp.false(),))
    lows, highs = _edges(frames.lows, time), _edges(frames.highs, time)
    where = tuple(_between(time, lows[0], highs[-1], params))
    if not grained:
        return Framed(None, where)
    if len(frames.ordinals) == 1:
        return Framed(number(1), where)
    passed = past(time, highs, params, _NEVER)
    begun = past(time, lows, params, _FIRST)
    first = exp.Add(this=passed, expression=number(1))
    if frames.overlap:
        return Framed(column(FRAME, FRAME), where, (first, begun))
    if frames.adjoin:
        return Framed(begun, where)
    inside = equal(first, begun.copy())
    return Framed(begun, (*where, inside))


def past(time: TimeSql, edges: Sequence[Edge], params: Params, open_: str) -> Sql:
    """How many of the edges are not after the time."""
    texts = [open_ if edge is None else edge.isoformat() for edge in edges]
    kind = "date[]" if time.is_date else "timestamptz[]"
    return call("width_bucket", time.edge(), params.add(texts, kind))


def _edges(found: Iterable[Bound | None], time: TimeSql) -> list[Edge]:
    return [None if one is None else edge_of(one, time.is_date) for one in found]


def edge_of(bound: Bound, is_date: bool) -> date | datetime:
    """A bound as times are compared with it."""
    return bound.day if is_date else bound.instant


def _between(time: TimeSql, low: Edge, high: Edge, params: Params) -> Iterable[Sql]:
    if low is not None:
        yield exp.GTE(this=time.edge(), expression=bound(low, params))
        yield from time.near(low, exp.GTE, -_SLACK, params)
    if high is not None:
        yield exp.LT(this=time.edge(), expression=bound(high, params))
        yield from time.near(high, exp.LT, _SLACK, params)


def bound(edge: date | datetime, params: Params) -> Sql:
    """One edge as a parameter."""
    return params.add(edge, "timestamptz" if isinstance(edge, datetime) else "date")


# -- states -----------------------------------------------------------------------------------------


def held(instants: Instants, start: TimeSql, end: TimeSql, grained: bool, params: Params) -> Framed:
    """The instants at which a state holds: begun before, and not ended before."""
    if not instants.at:
        return Framed(number(1) if grained else None, (exp.false(),))
    begins, ends = _instants(instants, start), _instants(instants, end)
    where = (
        exp.LT(this=start.edge(), expression=bound(begins[-1], params)),
        exp.Or(
            this=is_null(end.edge()), expression=exp.GTE(this=end.edge(), expression=bound(ends[0], params))
        ),
    )
    if len(instants.at) == 1:
        return Framed(number(1) if grained or instants.mean else None, where)
    first = exp.Add(this=past(start, begins, params, _FIRST), expression=number(1))
    last = call("COALESCE", past(end, ends, params, _NEVER), number(len(ends)))
    return Framed(column(FRAME, FRAME), where, (first, last))


def outlasting(instants: Instants, end: TimeSql, params: Params) -> Sql:
    """That a state has an end, which does not lie before the first instant."""
    return exp.GTE(this=end.edge(), expression=bound(_instants(instants, end)[0], params))


def _instants(instants: Instants, time: TimeSql) -> list[date | datetime]:
    """Each instant as the edge before which a state has begun; now itself has."""
    return [
        _edge(at, of_range, time.is_date) for at, of_range in zip(instants.at, instants.of_range, strict=True)
    ]


def _edge(at: Bound, of_range: bool, is_date: bool) -> date | datetime:
    if is_date:
        return at.day if of_range else at.local.date() + timedelta(days=1)
    return at.instant if of_range else at.instant + MICROSECOND
