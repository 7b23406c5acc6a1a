"""`extract date_trunc at time zone`: instants become days and hours in a stated zone, never the session's."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from sqlglot import exp

from leadline.core.schema import TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.functions.base import (
    Call,
    Evaluate,
    Function,
    Node,
    Use,
    function,
    operator,
    refused,
)
from leadline.semantic.expressions.functions.kinds import MOMENTS, UNKNOWN, at_zone, need, to_instant
from leadline.semantic.expressions.runtime.convert import converted
from leadline.semantic.expressions.runtime.moments import (
    epoch,
    extracted,
    instant,
    truncated,
    truncated_instant,
    wall,
)
from leadline.semantic.expressions.runtime.strict import strict

_DAY_PARTS = frozenset(
    ("year", "isoyear", "quarter", "month", "week", "day", "dow", "isodow", "doy", "epoch")
)
_CLOCK_PARTS = frozenset(("hour", "minute", "second"))
_FRACTIONS = frozenset(("second", "epoch"))
_UNITS = frozenset(("second", "minute", "hour", "day", "week", "month", "quarter", "year"))


@cache
def zones() -> frozenset[str]:
    """The IANA zones there are."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def check_zone(node: Node | None) -> None:
    """Refuses anything but a literal IANA zone."""
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise refused("a time zone must be a literal", "Write at time zone 'Europe/Berlin'.")
    if str(node.this) not in zones():
        raise refused(f"unknown time zone {node.this!r}", "Use an IANA name such as Europe/Berlin.")


def _word(node: Node | None, what: str, allowed: frozenset[str]) -> str:
    word = node.name.lower() if isinstance(node, exp.Var) or (node is not None and node.is_string) else ""
    if word not in allowed:
        raise refused(f"{what} does not know {word or 'that'}", f"Use one of {', '.join(sorted(allowed))}.")
    return word


def _part(node: Node) -> str:
    return _word(node.this, "extract", _DAY_PARTS | _CLOCK_PARTS)


def _moment(type_: ColumnType, what: str) -> None:
    if type_ == UNKNOWN:
        raise refused(f"{what} does not take a bare text", "Cast it to date or timestamp.")
    need(type_, MOMENTS, what, "Cast it to date or timestamp.")


def _check_extract(node: Node) -> None:
    _part(node)


def _extract(call: Call) -> ColumnType:
    part = _part(call.node)
    _moment(call.types[0], "extract")
    if call.types[0].kind == "date" and part in _CLOCK_PARTS:
        raise refused(f"a date has no {part}", "Extract it from a timestamp.")
    return decimal(6 if part in _FRACTIONS else 0)


def _extract_sql(call: Call) -> Node:
    """An instant's day and hour are those of the model's zone; its epoch is the same everywhere."""
    operand = call.operands[0]
    if call.types[0].kind == "time" and _part(call.node) != "epoch":
        operand = at_zone(operand, call.zone)
    return call.rebuilt(operand)


def _extract_python(use: Use) -> Evaluate:
    part = _part(use.call.node)
    if part == "epoch":
        return strict(epoch, use.values)
    if use.call.types[0].kind != "time":
        return strict(extracted(part), use.values)
    read, zone = extracted(part), ZoneInfo(use.call.zone)
    return strict(lambda moment: read(wall(moment, zone)), use.values)


def _check_trunc(node: Node) -> None:
    _word(node.args["unit"], "date_trunc", _UNITS)
    if node.args.get("zone") is not None:
        check_zone(node.args["zone"])


def _trunc(call: Call) -> ColumnType:
    _moment(call.types[0], "date_trunc")
    with_zone = call.node.args.get("zone") is not None
    return WALL if call.types[0].kind == "wall" and not with_zone else TIME


def _trunc_sql(call: Call) -> Node:
    """A wall clock stays one; anything else is an instant, cut in the zone given or the model's."""
    zone = call.node.args.get("zone")
    if call.types[0].kind == "wall" and zone is None:
        return call.rebuilt()
    cut = call.rebuilt(to_instant(call.operands[0], call.types[0], call.zone))
    cut.set("zone", zone.copy() if zone is not None else exp.Literal.string(call.zone))
    return cut


def _trunc_python(use: Use) -> Evaluate:
    unit = use.call.node.args["unit"].name.lower()
    if use.result.kind == "wall":
        return strict(lambda local: truncated(local, unit), use.values)
    given = use.call.node.args.get("zone")
    zone = ZoneInfo(given.name if given is not None else use.call.zone)
    return strict(lambda moment: truncated_instant(moment, unit, zone), (converted(use, 0, TIME),))


def _check_at(node: Node) -> None:
    check_zone(node.args["zone"])


def _at(call: Call) -> ColumnType:
    _moment(call.types[0], "at time zone")
    return TIME if call.types[0].kind == "wall" else WALL


def _at_sql(call: Call) -> Node:
    """A date is the instant at which it begins in the model's zone."""
    if call.types[0].kind != "date":
        return call.rebuilt()
    return call.rebuilt(to_instant(call.operands[0], call.types[0], call.zone))


def _at_python(use: Use) -> Evaluate:
    zone = ZoneInfo(use.call.node.args["zone"].name)
    if use.result.kind == "time":
        return strict(lambda local: instant(local, zone), use.values)
    return strict(lambda moment: wall(moment, zone), (converted(use, 0, TIME),))


ENTRIES: tuple[Function, ...] = (
    function(
        "extract",
        exp.Extract,
        _extract,
        _extract_sql,
        operands=("expression",),
        also=("this",),
        check=_check_extract,
        python=_extract_python,
    ),
    function(
        "date_trunc",
        exp.TimestampTrunc,
        _trunc,
        _trunc_sql,
        also=("unit", "zone"),
        check=_check_trunc,
        python=_trunc_python,
    ),
    operator(
        "at time zone",
        exp.AtTimeZone,
        _at,
        _at_sql,
        operands=("this",),
        also=("zone",),
        check=_check_at,
        python=_at_python,
    ),
)
