"""What the viewer's names in a rule stand for, and of which type they are there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.core.viewer import Attribute
from leadline.semantic.expressions.functions.kinds import UNKNOWN
from leadline.semantic.expressions.parse import parse
from leadline.semantic.viewer_values import expanded, viewer_value, viewer_values
from tests.unit.semantic.viewers import having, viewer


def test_a_list_is_written_out_as_names_and_never_as_values() -> None:
    asked = viewer(regions=("b'); --", "a", "a"))
    found = expanded(parse("region in (viewer.regions, 'c')", viewer_names=True), asked)
    assert found.canonical == """"region" IN ("viewer"."regions[0]", "viewer"."regions[1]", 'c')"""
    assert viewer_value(asked, "regions[0]") == ("a", TEXT)
    assert viewer_value(asked, "regions[1]") == ("b'); --", TEXT)
    assert viewer_value(asked, "regions[2]") == (None, UNKNOWN)


def test_values_of_a_viewer() -> None:
    asked = viewer(name="", level=7, senior=False, job="rep")
    assert viewer_value(asked, "email") == ("ann@x", TEXT)
    assert viewer_value(asked, "role") == ("viewer", TEXT)
    assert viewer_value(asked, "name") == (None, UNKNOWN)
    assert viewer_value(asked, "level") == (7, INTEGER)
    assert viewer_value(asked, "senior") == (False, BOOLEAN)
    assert viewer_value(asked, "job") == ("rep", TEXT)
    assert viewer_value(asked, "team") == (None, UNKNOWN)


TYPES = {
    "n": INTEGER, "amount": decimal(2), "s": TEXT, "e": ColumnType("text", native="mood"), "b": BOOLEAN,
    "d": DATE, "ts": TIME, "w": WALL, "f": ColumnType("float", native="double precision"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("predicate", "value", "expected"),
    [
        ("n = viewer.x", "7", (7, "integer")),
        ("n = viewer.x", 7, (7, "integer")),
        ("n in (3, viewer.x)", "7", (7, "integer")),
        ("amount > viewer.x", "7.50", (Decimal("7.50"), "decimal")),
        ("f > viewer.x", "7.5", (Decimal("7.5"), "decimal")),
        ("s = viewer.x", "7", ("7", "text")),
        ("e = viewer.x", "sad", ("sad", "text")),
        ("b = viewer.x", "yes", (True, "boolean")),
        ("b = viewer.x", False, (False, "boolean")),
        ("b or viewer.x", "1", (True, "boolean")),
        ("d >= viewer.x", "2026-02-28", (date(2026, 2, 28), "date")),
        ("ts >= viewer.x", "2026-02-28", (date(2026, 2, 28), "date")),
        ("w >= viewer.x", "2026-02-28 10:30", (datetime(2026, 2, 28, 10, 30), "wall")),
        ("n = viewer.x or n = viewer.y", "7", (7, "integer")),
        ("n = viewer.x", None, (None, "text")),
        ("b and viewer.x", None, (None, "text")),
    ],
)
def test_a_text_is_read_as_what_stands_beside_it(
    predicate: str, value: Attribute | None, expected: tuple[Any, str]
) -> None:
    asked = having({} if value is None else {"x": value})
    condition = parse(predicate, viewer_names=True)
    found, type_ = viewer_values(condition, asked, lambda path, name: TYPES[name], "UTC")["x"]
    assert (found, type_.kind) == expected
    assert type(found) is type(expected[0])


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        ("n = viewer.x", "seven"), ("n = viewer.x", "7; drop"), ("n = viewer.x", True), ("s = viewer.x", 7),
        ("b = viewer.x", 1), ("d = viewer.x", "soon"), ("d = viewer.x", "2026-02-30"), ("d = viewer.x", 7),
        ("n = viewer.x and s = viewer.x", "7"), ("n = viewer.email", "7"), ("lower(viewer.x) = s", 7),
        ("n = viewer.x", ("7",)),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_an_error_never_a_match(predicate: str, value: Attribute) -> None:
    condition = parse(predicate, viewer_names=True)
    with pytest.raises(LeadlineError) as refused:
        viewer_values(condition, viewer(x=value), lambda path, name: TYPES[name], "UTC")
    assert refused.value.code == "model_invalid"
    assert refused.value.fix
