"""Types that are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.types import asked_types, type_of


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("TEXT", "text"),
        ("int", "integer"),
        ("decimal(12, 2)", "numeric(12,2)"),
        ("numeric(5)", "numeric(5,0)"),
        ("float8", "double precision"),
        ("date(dmy)", "date"),
        ("timestamptz", "timestamptz"),
    ],
)
def test_a_type_as_written(text: str, sql: str) -> None:
    assert type_of(text).sql == sql


@pytest.mark.parametrize(
    "text", ["money", "numeric(2,5)", "numeric(0)", "date(xyz)", "text(3)", "int; drop table x", ""]
)
def test_a_type_that_is_none(text: str) -> None:
    with pytest.raises(LeadlineError) as error:
        type_of(text)
    assert error.value.code == "bad_usage"


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        ("integer", " 7 ", "7"),
        ("numeric(5,2)", "123.40", "123.40"),
        ("boolean", "Y", "true"),
        ("date(dmy)", "2/1/2017", "2017-01-02"),
        ("uuid", "{12345678123456781234567812345678}", "12345678-1234-5678-1234-567812345678"),
    ],
)
def test_a_cell_that_fits(kind: str, cell: str, read: str) -> None:
    reader = type_of(kind).read
    assert reader is not None
    assert reader(cell) == read


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("integer", "2147483648"),
        ("integer", "1.5"),
        ("bigint", "1_0"),
        ("numeric(5,2)", "1234.5"),
        ("numeric(5,2)", "1.234"),
        ("numeric", "NaN"),
        ("boolean", "maybe"),
        ("date", "31.12.2017"),
        ("timestamptz", "2017-01-31 10:00"),
        ("timestamp", "2017-01-31 10:00Z"),
        ("uuid", "x"),
    ],
)
def test_a_cell_that_does_not(kind: str, cell: str) -> None:
    reader = type_of(kind).read
    assert reader is not None
    with pytest.raises(ValueError, match=r".*"):
        reader(cell)


def test_pairs_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "types.yaml"
    file.write_text("code: text\nsales:\n  amount: numeric(10,2)\n", encoding="utf-8")
    assert asked_types(["code=integer"], file) == {"code": "integer", "sales.amount": "numeric(10,2)"}


@pytest.mark.parametrize(
    ("pair", "code"), [("amount", "bad_usage"), ("amount=", "bad_usage"), ("a=money", "bad_usage")]
)
def test_a_pair_that_is_none(pair: str, code: str) -> None:
    with pytest.raises(LeadlineError) as error:
        asked_types([pair], None)
    assert error.value.code == code


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [1]\n", "a: 'unclosed\n", "a: 5\n", "\xff"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "types.yaml"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(LeadlineError) as error:
        asked_types([], file)
    assert error.value.code in {"bad_file", "bad_usage"}
