"""Identifiers from headers and file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.imports.files import table_name
from leadline.imports.names import column_names, identifier


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Order Number", "order_number"),
        ("  ProductKey ", "productkey"),
        ("Größe (m²)", "grosse_m2"),
        ("Unit Price USD", "unit_price_usd"),
        ("2017", "_2017"),
        ("a--b__c", "a_b_c"),
        ("x" * 80, "x" * 60),
    ],
)
def test_a_header_becomes_an_identifier(header: str, name: str) -> None:
    assert identifier(header, "column_1") == name


def test_what_has_no_letter_gets_its_number() -> None:
    assert column_names(["", "日本", "%"]) == ["column_1", "column_2", "column_3"]


def test_a_second_one_is_numbered_and_never_takes_a_name_that_is_there() -> None:
    assert column_names(["price", "Price", "price 2", "PRICE"]) == [
        "price",
        "price_2",
        "price_2_2",
        "price_3",
    ]


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("Sales.csv", "sales"),
        ("Exchange_Rates.CSV.gz", "exchange_rates"),
        ("a b.tsv", "a_b"),
        ("plain", "plain"),
        ("数.csv", "imported"),
    ],
)
def test_a_table_is_named_by_its_file(file: str, table: str) -> None:
    assert table_name(Path(file)) == table
