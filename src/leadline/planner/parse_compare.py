"""Comparisons from JSON: with an earlier period, another range, the total or the target; and growth."""

from __future__ import annotations

import re
from collections.abc import Iterable

from leadline.core.grain import RANGE_UNITS, Step, step
from leadline.core.ranges import RangeSpec
from leadline.planner.json_reader import Node
from leadline.planner.parse_later import refuse_working_days
from leadline.planner.parse_limits import COMPARISONS, STEPS
from leadline.planner.parse_time import parse_range
from leadline.planner.query import Compare, Comparison, Growth

SHAPES = ("value", "change", "percent", "share")
ALIGNS = ("weekday",)
PACES = ("days",)
GROWTHS = ("compound", "rolling")
SHIFT_UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")
NAMED = ("previous_period", *(f"previous_{unit}" for unit in RANGE_UNITS), "target", "total")
"""What `to` may be as one word."""
_COMPARE = ("to", "as", "align", "cut", "pace")
_GROWTH = ("growth", "periods")
_SHIFT = re.compile(rf"([0-9]{{1,4}}) ({'|'.join(SHIFT_UNITS)})s?")
_CODE = "not_comparable"


def parse_comparisons(node: Node, grain: str | None) -> tuple[Comparison, ...]:
    """The comparisons of a question in buckets of `grain`; no two may name the same column."""
    if node.value is None:
        return ()
    found = tuple(_comparison(item, grain) for item in node.items(COMPARISONS))
    names: set[str] = set()
    for one in found:
        if one.suffix in names:
            why = f"Two comparisons name their column {one.suffix!r}."
            raise Node(None, one.at).fail(why, "Ask each once; two ranges in two questions.")
        names.add(one.suffix)
    return found


def _comparison(node: Node, grain: str | None) -> Comparison:
    node.object((*_COMPARE, *_GROWTH))
    if node.has("growth"):
        _only(node, _COMPARE, "A growth")
        return _growth(node, grain)
    _only(node, _GROWTH, "A comparison with something")
    return _fitting(_compare(node), node)


def _only(node: Node, others: Iterable[str], what: str) -> None:
    for key in others:
        if node.has(key):
            raise node[key].fail(f"{what} has no {key}.", f"Leave {key} out.", "unknown_key")


def _growth(node: Node, grain: str | None) -> Growth:
    kind = node["growth"].choice(GROWTHS, _CODE, "growth")
    periods = node["periods"].whole(1, STEPS, _CODE)
    if grain is None:
        raise node.fail("A growth goes over buckets.", "Ask a grain in time.grain.", _CODE)
    return Growth(kind, periods, node.at)


def _compare(node: Node) -> Compare:
    to, shift, shown, span = _to(node["to"])
    refuse_working_days(node["pace"])
    return Compare(
        to=to,
        as_=node["as"].choice(SHAPES, _CODE, "form of a comparison") if node.has("as") else "value",
        align=node["align"].choice(ALIGNS, _CODE, "alignment") if node.has("align") else None,
        cut=node["cut"].flag() if node.has("cut") else True,
        pace=node["pace"].choice(PACES, _CODE, "pace") if node.has("pace") else None,
        shift=shift,
        shown=shown,
        range=span,
        at=node.at,
    )


def _to(node: Node) -> tuple[str, Step | None, str, RangeSpec | None]:
    """What it is set beside: the word, the move and its text, the range."""
    if not isinstance(node.value, dict):
        return node.choice(NAMED, _CODE, "comparison"), None, "", None
    node.object(("shift", "preset", "from", "to"))
    if not node.has("shift"):
        return "range", None, "", parse_range(node)
    _only(node, ("preset", "from", "to"), "A shift")
    return "shift", *_shift(node["shift"]), None


def _shift(node: Node) -> tuple[Step, str]:
    """The move of "28 days" and its plainest spelling ("1 day", "28 days")."""
    refuse_working_days(node)
    found = _SHIFT.fullmatch(node.value) if isinstance(node.value, str) else None
    count = int(found[1]) if found else 0
    if found is None or not 1 <= count <= STEPS:
        fix = f'Write "28 days": 1 to {STEPS}, then one of {", ".join(f"{unit}s" for unit in SHIFT_UNITS)}.'
        raise node.fail("This is no shift.", fix, _CODE)
    return step(found[2]).times(count), f"{count} {found[2]}{'' if count == 1 else 's'}"


def _fitting(found: Compare, node: Node) -> Compare:
    """The comparison, where its parts go together."""
    moves = found.to == "shift" or found.to.startswith("previous_")
    if found.align and not moves:
        raise node["align"].fail("Only an earlier period is aligned.", "Leave align out.", _CODE)
    if found.pace and found.to != "target":
        raise node["pace"].fail("Only a target has a pace.", "Leave pace out.", _CODE)
    if found.as_ == "share" and found.to not in ("total", "target"):
        fix = "Ask as percent, or a share with to: total or to: target."
        raise node["as"].fail("A share is of the total or of the target.", fix, _CODE)
    if not found.cut and found.to in ("total", "target"):
        raise node["cut"].fail("Only an earlier period is cut.", "Leave cut out.", _CODE)
    return found
