"""Comparisons from JSON."""

from __future__ import annotations

from leadline.core.grain import RANGE_UNITS, is_stepped
from leadline.planner.json_reader import Node
from leadline.planner.query import Compare

KEYS = ("to", "as", "align", "cut", "pace", "growth", "periods")
SHAPES = ("value", "change", "percent", "share")
_TARGET = "target"


def parse_compare(node: Node) -> Compare:
    """One comparison: with an earlier period or with the target; others are refused as not supported."""
    node.object(KEYS)
    if node.has("growth"):
        raise node.fail("Growth is not answered yet.", "Ask compare to previous_period.", "not_supported")
    _refuse_align(node)
    found = Compare(
        to=_to(node["to"]),
        as_=node["as"].choice(SHAPES, "not_comparable", "form of a comparison")
        if node.has("as")
        else "value",
        cut=node["cut"].flag() if node.has("cut") else True,
        pace=node["pace"].choice(("days",), "not_comparable", "pace") if node.has("pace") else None,
        at=node.at,
    )
    return _fitting(found, node)


def _to(node: Node) -> str:
    if isinstance(node.value, dict):
        node.object(("shift", "preset", "from", "to"))
        raise _later(node, "Comparisons with a shift or another range")
    known = ["previous_period", _TARGET, "total", *(f"previous_{unit}" for unit in RANGE_UNITS)]
    to = node.choice(known, "not_comparable", "comparison")
    if to == "total":
        raise _later(node, "Shares of the total")
    unit = to.removeprefix("previous_")
    if unit in RANGE_UNITS and not is_stepped(unit):
        raise _later(node, f"Comparisons by {unit}")
    return to


def _refuse_align(node: Node) -> None:
    if node.has("align"):
        node["align"].choice(("weekday",), "not_comparable", "alignment")
        raise _later(node["align"], "Comparisons aligned by weekday")


def _later(node: Node, what: str) -> Exception:
    return node.fail(
        f"{what} are not answered yet.", "Ask compare to previous_period or previous_year.", "not_supported"
    )


def _fitting(found: Compare, node: Node) -> Compare:
    target = found.to == _TARGET
    if found.pace and not target:
        raise node["pace"].fail("Only a target has a pace.", "Leave pace out.", "not_comparable")
    if found.as_ == "share" and not target:
        raise node["as"].fail(
            "A share is of the total or of the target.", "Ask as percent.", "not_comparable"
        )
    return found
