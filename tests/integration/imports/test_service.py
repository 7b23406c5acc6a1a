"""Files into a real database: values, types, all or nothing, replacing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.schemas import Options, TablePlan
from leadline.imports.service import import_files
from tests.integration.imports.conftest import Rows
from tests.support.databases import Database

Ask = Callable[[str], Rows]
Write = Callable[..., Path]


def test_every_type_arrives(database: Database, ask: Ask, write: Write) -> None:
    path = write(
        "all.csv",
        "id,code,big,price,rate,ok,day,at,zoned,note\n"
        "1,007,3000000000,1.50,1e-3,true,1/31/2017,2017-01-31 10:00,2017-01-31T10:00:00+02:00,"
        '"a\tb\\N\n\\."\n'
        '2,010,4,20,2.5,FALSE,2/1/2017,2017-02-01 11:30:15.25,2017-02-01T00:00:00Z," x ""y"" "\n'
        ",,,,,,,,,\n",
    )
    import_files(database.business, [path])
    first, second, empty = ask('SELECT * FROM "all" ORDER BY id NULLS LAST')
    assert first[:6] == (1, "007", 3_000_000_000, Decimal("1.50"), 0.001, True)
    assert first[6:8] == (date(2017, 1, 31), datetime(2017, 1, 31, 10))
    assert first[8:] == (datetime(2017, 1, 31, 8, tzinfo=UTC), "a\tb\\N\n\\.")
    assert second[:6] == (2, "010", 4, Decimal("20.00"), 2.5, False)
    assert second[6:8] == (date(2017, 2, 1), datetime(2017, 2, 1, 11, 30, 15, 250_000))
    assert second[8:] == (datetime(2017, 2, 1, tzinfo=UTC), ' x "y" ')
    assert empty == (None,) * 10


def test_one_column_with_strange_values(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("one.csv", 'v\n\\.\n\\N\n""\nNULL\n"a""b"\n')])
    assert ask("SELECT v FROM one") == [("\\.",), ("\\N",), (None,), ("NULL",), ('a"b',)]


def test_other_encodings_and_delimiters(database: Database, ask: Ask, write: Write) -> None:
    text = "Ort;Umsatz\nKöln;1,5\nMünchen;12,25\n"
    for name, encoding in (("west", "cp1252"), ("wide", "utf-16"), ("marked", "utf-8-sig")):
        import_files(database.business, [write(f"{name}.csv", text, encoding)])
        assert ask(f"SELECT ort, umsatz FROM {name}") == [
            ("Köln", Decimal("1.50")),
            ("München", Decimal("12.25")),
        ]


def test_the_plan_is_shown_before_anything_is_there(database: Database, ask: Ask, write: Write) -> None:
    seen: list[TablePlan] = []

    def show(plan: TablePlan) -> None:
        assert ask("SELECT to_regclass('shown')") == [(None,)]
        seen.append(plan)

    import_files(database.business, [write("shown.csv", "a\n1\n")], on_plan=show)
    assert [plan.table for plan in seen] == ["shown"]


def test_one_bad_row_in_one_file_and_nothing_is_loaded(database: Database, ask: Ask, write: Write) -> None:
    good, bad = write("good.csv", "a,b\n1,2\n"), write("spoilt.csv", "a,b\n1,2\n3\n")
    with pytest.raises(LeadlineError) as error:
        import_files(database.business, [good, bad])
    assert error.value.code == "bad_rows"
    assert f"{bad}:3 has 1 field instead of 2" in error.value.why
    assert ask("SELECT to_regclass('good'), to_regclass('spoilt')") == [(None, None)]


def test_the_good_rows_if_asked_for(database: Database, ask: Ask, write: Write) -> None:
    path = write("partly.csv", 'a,b\n1,2\n3\n"x\ny",4\n5,oops\n6,7\n')
    report = import_files(database.business, [path], Options(on_error="report", types={"b": "integer"}))
    assert ask("SELECT a, b FROM partly") == [("1", 2), ("x\ny", 4), ("6", 7)]
    assert [(row.line, row.why) for row in report.tables[0].plan.bad.first] == [
        (3, "has 1 field instead of 2"),
        (6, "'oops' is no integer"),
    ]
    assert (report.rows, report.bad_rows) == (3, 2)


def test_a_failure_in_the_database_leaves_nothing(database: Database, ask: Ask, write: Write) -> None:
    first, second = write("first.csv", "a\n1\n"), write("second.csv", "a\n1\n")
    with psycopg.connect(database.business) as connection:
        connection.execute("CREATE TABLE second (mine int)")
    with pytest.raises(LeadlineError, match="not made by an import") as error:
        import_files(database.business, [first, second])
    assert error.value.code == "conflict"
    assert ask("SELECT to_regclass('first')") == [(None,)]


def test_again_replaces_and_keeps_what_reads_it(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("again.csv", "id,v\n1,a\n2,b\n")])
    with psycopg.connect(database.business) as connection:
        connection.execute("CREATE VIEW reading AS SELECT count(*) AS n FROM again")
    report = import_files(database.business, [write("again.csv", "id,v\n7,c\n")])
    assert report.tables[0].replaced
    assert ask("SELECT n FROM reading") == [(1,)]
    assert ask("SELECT count(*) FROM pg_indexes WHERE tablename = 'again'") == [(1,)]


def test_again_with_other_columns(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("shape.csv", "id,v\n1,a\n")])
    import_files(database.business, [write("shape.csv", "id,v,w\n1,2.5,x\n")])
    assert ask("SELECT id, v, w FROM shape") == [(1, Decimal("2.5"), "x")]


def test_other_columns_under_somebodys_view(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("seen.csv", "id,v\n1,a\n")])
    with psycopg.connect(database.business) as connection:
        connection.execute("CREATE VIEW theirs AS SELECT v FROM seen")
    with pytest.raises(LeadlineError, match="theirs read it") as error:
        import_files(database.business, [write("seen.csv", "id\n1\n")])
    assert error.value.code == "conflict"
    assert ask("SELECT v FROM seen") == [("a",)]


def test_other_columns_under_a_rollup_of_ours(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("under.csv", "id,v\n1,a\n")])
    with psycopg.connect(database.rollups) as connection:
        connection.execute("CREATE MATERIALIZED VIEW leadline.over AS SELECT v FROM public.under")
    import_files(database.business, [write("under.csv", "id\n5\n")])
    assert ask("SELECT id FROM under") == [(5,)]


def test_indexes_where_they_help(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("ix.csv", "id,account_id,day,note\n1,2,2017-01-31,x\n")])
    found = ask("SELECT indexdef FROM pg_indexes WHERE tablename = 'ix'")
    assert sorted(text.split("(")[1] for (text,) in found) == ["account_id)", "day)", "id)"]


def test_into_a_schema_of_its_own(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("t.csv", "a\n1\n")], Options(schema="from_files"))
    assert ask("SELECT a FROM from_files.t") == [(1,)]


def test_a_name_that_sql_would_read_otherwise(database: Database, ask: Ask, write: Write) -> None:
    import_files(database.business, [write("order.csv", 'user,"select"\n1,2\n')])
    assert ask('SELECT "user", "select" FROM "order"') == [(1, 2)]


def test_a_role_without_the_right(database: Database, write: Write) -> None:
    with pytest.raises(LeadlineError) as error:
        import_files(database.reader, [write("t.csv", "a\n1\n")])
    assert error.value.code == "no_permission"


def test_a_database_that_is_not_there(write: Write) -> None:
    with pytest.raises(LeadlineError) as error:
        import_files("postgresql://nobody@127.0.0.1:1/none", [write("t.csv", "a\n1\n")])
    assert error.value.code == "source_unavailable"
    assert error.value.exit_status == 3


def test_many_rows_in_flat_memory(database: Database, ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("id,code,price\n")
        file.writelines(f"{number},{number % 977:05},{number / 100:.2f}\n" for number in range(200_000))
    import_files(database.business, [path])
    assert ask("SELECT count(*), max(code), sum(price) FROM many") == [
        (200_000, "00976", Decimal("199999000.00"))
    ]
