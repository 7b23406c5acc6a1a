"""PostgreSQL's types as the kinds of the planner."""

from __future__ import annotations

import pytest

from leadline.core.schema import ColumnType
from leadline.sources.postgres.introspect import column_type


@pytest.mark.parametrize(
    ("name", "modifier", "kind", "scale"),
    [
        ("text", -1, "text", None),
        ("uuid", -1, "text", None),
        ("enum", -1, "text", None),
        ("int2", -1, "integer", None),
        ("int8", -1, "integer", None),
        ("numeric", -1, "decimal", None),
        ("numeric", (12 << 16 | 2) + 4, "decimal", 2),
        ("numeric", (12 << 16 | 0) + 4, "decimal", 0),
        ("numeric", (5 << 16 | 0x7FE) + 4, "decimal", 0),
        ("float4", -1, "float", None),
        ("bool", -1, "boolean", None),
        ("date", -1, "date", None),
        ("timestamptz", -1, "time", None),
        ("timestamp", 3, "wall", None),
        ("jsonb", -1, "other", None),
        ("money", -1, "other", None),
    ],
)
def test_kinds_and_scales(name: str, modifier: int, kind: str, scale: int | None) -> None:
    found = column_type(name, modifier, "native")
    assert (found.kind, found.scale, found.native) == (kind, scale, "native")
    assert isinstance(found, ColumnType)
