"""Times from JSON: range, grain, zone, and what now is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leadline.core.errors import LeadlineError
from leadline.core.grain import GRAINS
from leadline.core.ranges import RangeSpec, end_of_day, is_date, plain_preset, when
from leadline.core.zones import zone
from leadline.planner.json_reader import Node
from leadline.planner.parse_later import refuse_working_days
from leadline.planner.query import Time

_MACHINES = ("localtime", "Factory")
"""Files that some systems keep beside those of the zones."""


def parse_range(node: Node) -> RangeSpec:
    """A range: a preset, or bounds."""
    node.object(("preset", "from", "to"))
    if node.has("preset"):
        refuse_working_days(node["preset"])
        if node.has("from") or node.has("to"):
            raise node.fail("A range has a preset or bounds, not both.", "Leave one out.", "bad_range")
        return RangeSpec(plain_preset(node["preset"].value, node["preset"].at))
    bounds = [node[key].text("bad_range") if node.has(key) else None for key in ("from", "to")]
    return RangeSpec(None, *bounds)


def parse_time(node: Node) -> Time:
    """`time` of a query."""
    if node.value is None:
        return Time()
    node.object(("by", "grain", "range", "zone"))
    return Time(
        by=node["by"].name() if node.has("by") else None,
        grain=node["grain"].choice(GRAINS, "unknown_grain", "grain") if node.has("grain") else None,
        range=parse_range(node["range"]) if node.has("range") else None,
        zone=_zone(node["zone"]) if node.has("zone") else None,
    )


def _zone(node: Node) -> str:
    """The IANA name of a zone; names that stand for whatever a machine is set to are none."""
    if node.value in _MACHINES:
        why = f"{node.value!r} stands for whatever zone a machine is set to."
        raise node.fail(why, "Use a name such as Europe/Berlin or UTC.", "unknown_zone")
    return zone(node.value, node.at).key


def parse_as_of(node: Node, now: datetime, home: ZoneInfo) -> datetime:
    """The instant that "now" is: the query's own, else the end of the running minute.

    A date alone means the last microsecond of that day in the model's zone.
    """
    if node.value is None:
        return end_of_minute(now)
    text = node.text("bad_as_of")
    try:
        return _usable(end_of_day(text, home) if is_date(text) else when(text, home).instant)
    except (LeadlineError, ValueError, OverflowError):
        raise node.fail(
            f"{text!r:.80} is no instant.", "Write 2026-11-17 or 2026-11-17T09:00:00-06:00.", "bad_as_of"
        ) from None


def _usable(moment: datetime) -> datetime:
    """Any zone and the units around it must be able to hold it."""
    if not 2 <= moment.year <= 9998:
        raise ValueError(moment.year)
    return moment


def end_of_minute(now: datetime) -> datetime:
    """The end of the running minute; a clock that stands on a day's last microsecond stays there."""
    if now.microsecond == 999_999:
        return now.astimezone(UTC)
    return now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
