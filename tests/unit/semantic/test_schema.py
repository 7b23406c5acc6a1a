"""What is published of the format is what checks it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from leadline.semantic import schema
from leadline.semantic.loader.yaml12 import read
from tests.support.models import REPOSITORY


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """The published schema."""
    text = (REPOSITORY / schema.SCHEMA_FILE).read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def test_the_schema_is_up_to_date() -> None:
    present = (REPOSITORY / schema.SCHEMA_FILE).read_text(encoding="utf-8")
    assert present == schema.schema_text(), "python -m leadline.semantic.schema --write"


def test_the_reference_is_up_to_date() -> None:
    present = (REPOSITORY / schema.REFERENCE_FILE).read_text(encoding="utf-8")
    assert present == schema.reference_text(present), "python -m leadline.semantic.schema --write"
    for word in ("`daily", "`won"):
        assert word not in present  # no generated part names a model's own things


@pytest.mark.parametrize(
    "file", ["tests/unit/semantic/block.yaml", "models/sales/sales.yaml", "examples/crm/crm.yaml"]
)
def test_good_models_fit_it(validator: jsonschema.Draft202012Validator, file: str) -> None:
    assert [error.message for error in validator.iter_errors(plain(read(REPOSITORY / file).value))] == []


@pytest.mark.parametrize(
    "part",
    [
        {"metrics": {"a": {"measure": "a.b", "tiem": "c"}}},
        {"metrics": {"a": {}}},
        {"metrics": {"a b": {"measure": "a.b"}}},
        {"metrics": {"a": {"measure": "nothing"}}},
        {"datasets": {"d": {"table": "t"}}},
        {"datasets": {"d": {"table": "t", "key": "id"}}},
        {"rollups": {"r": {"dataset": "d", "time": {"a": "fortnight"}}}},
        {"calendar": {"week_start": "someday"}},
        {"currency": "usd"},
        {"sorce": "x"},
    ],
)
def test_bad_models_do_not(validator: jsonschema.Draft202012Validator, part: dict[str, Any]) -> None:
    assert list(validator.iter_errors({"leadline": 1, "source": "x", **part}))


def test_every_key_is_described() -> None:
    def undescribed(part: Any, path: str) -> list[str]:
        if not isinstance(part, dict):
            return []
        found = [
            f"{path}.{key}"
            for key, inner in part.get("properties", {}).items()
            if not inner.get("description")
        ]
        return found + [
            name for key, inner in part.get("$defs", {}).items() for name in undescribed(inner, key)
        ]

    assert undescribed(schema.schema(), "") == []


def test_it_is_written_where_it_is_read(tmp_path: Path) -> None:
    assert (REPOSITORY / schema.SCHEMA_FILE).is_file()
    assert schema.reference_text("a <!-- generated: functions -->\nold<!-- end --> b").startswith(
        "a <!-- gen"
    )
    assert "old" not in schema.reference_text("<!-- generated: functions -->\nold<!-- end -->")
