"""The first pass over a file: columns, types, bad rows with their lines."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.schemas import Options, TablePlan
from leadline.imports.service import plan_files, refuse_bad_rows


def plan(path: Path, data: str | bytes, **options: object) -> TablePlan:
    """The plan of a file with that content."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return plan_files([path], Options(**options))[0]  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's file is."""
    return tmp_path / "My Sales.csv"


def types(found: TablePlan) -> dict[str, str]:
    """The types by name."""
    return {column.name: column.type.sql for column in found.columns}


def test_a_whole_file(file: Path) -> None:
    found = plan(file, "\ufeffOrder ID;Sold;Price;;Price\n007;31.12.2017;1,50;;x\n008;1.2.2017;12,5;;\n")
    assert (found.table, found.encoding, found.dialect.delimiter, found.rows) == (
        "my_sales",
        "utf-8-sig",
        ";",
        2,
    )
    assert types(found) == {
        "order_id": "text",
        "sold": "date",
        "price": "numeric(18,2)",
        "column_4": "text",
        "price_2": "text",
    }


def test_a_value_at_the_end_of_a_long_file_counts(file: Path) -> None:
    assert types(plan(file, "a\n" + "1\n" * 12_000 + "x\n")) == {"a": "text"}


def test_padded_numbers_are_numbers(file: Path) -> None:
    found = plan(file, "a,b\n 1 , x \n2,  \n,\n")
    assert types(found) == {"a": "integer", "b": "text"}
    assert found.columns[0].type.read is not None


def test_bad_rows_by_line(file: Path) -> None:
    found = plan(file, 'a,b\n1,2\n1\n"x\ny",2\n1,2,3\n\n1,\x00\n"q"z,1\n')
    assert [(row.line, row.why) for row in found.bad.first] == [
        (3, "has 1 field instead of 2"),
        (6, "has 3 fields instead of 2"),
        (8, "holds a NUL character"),
        (9, "has text behind a closing quote"),
    ]
    assert found.rows == 2
    with pytest.raises(LeadlineError) as error:
        refuse_bad_rows([found])
    assert (error.value.code, error.value.exit_status, error.value.at) == ("bad_rows", 1, f"{file}:3")


def test_values_that_do_not_fit_what_was_asked(file: Path) -> None:
    found = plan(
        file, "id,when\n1,2/1/2017\nx,3/1/2017\n,31/31/2017\n", types={"id": "integer", "when": "date(dmy)"}
    )
    assert [(row.line, row.why) for row in found.bad.first] == [
        (3, "'x' is no integer"),
        (4, "'31/31/2017' is no date"),
    ]
    assert types(found) == {"id": "integer", "when": "date"}
    assert [column.asked for column in found.columns] == [True, True]


def test_many_bad_rows_are_counted_and_the_first_named(file: Path) -> None:
    found = plan(file, "a,b\n1,2\n" + "1\n" * 500)
    assert (found.bad.count, len(found.bad.first)) == (500, 100)


@pytest.mark.parametrize("wrong", ["nothing", "other.id"])
def test_a_type_for_no_column(file: Path, wrong: str) -> None:
    with pytest.raises(LeadlineError, match="no file has the column") as error:
        plan(file, "id\n1\n", types={wrong: "text"})
    assert error.value.code == "bad_usage"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("a,b\n", "no row"),
        ("a,b\n\n\n", "no row"),
        ('"a,b\n1,2\n', "no header"),
        (",".join("abc" for _ in range(1700)) + "\n1\n", "1700 columns"),
    ],
)
def test_a_file_that_is_no_table(file: Path, data: str, words: str) -> None:
    with pytest.raises(LeadlineError, match=words) as error:
        plan(file, data)
    assert error.value.code == "bad_file"


def test_a_folder_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("x\n1\n")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x,y\n1,2\n"))
    (tmp_path / "c.tsv").write_text("x\ty, z\n1\t2\n")
    (tmp_path / "readme.md").write_text("no table")
    plans = plan_files([tmp_path], Options())
    assert [(one.table, one.dialect.delimiter) for one in plans] == [("a", ","), ("b", ","), ("c", "\t")]


def test_two_files_of_one_name(tmp_path: Path) -> None:
    for name in ("a.csv", "A.csv.gz"):
        (tmp_path / name).write_bytes(b"x\n1\n")
    with pytest.raises(LeadlineError, match="both become the table a"):
        plan_files([tmp_path], Options())


@pytest.mark.parametrize("missing", ["nothing.csv", "."])
def test_nothing_to_import(tmp_path: Path, missing: str) -> None:
    with pytest.raises(LeadlineError) as error:
        plan_files([tmp_path / missing], Options())
    assert error.value.code == "bad_file"
