"""Which type an expression has, and which do not fit."""

from __future__ import annotations

import pytest
from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.sql import compile as compile_sql
from leadline.semantic.expressions.types import infer

TYPES = {
    "n": INTEGER,
    "amount": decimal(2),
    "rate": decimal(4),
    "free": decimal(None),
    "f": ColumnType("float", native="double precision"),
    "s": TEXT,
    "e": ColumnType("text", native="mood"),
    "u": ColumnType("text", native="uuid"),
    "j": ColumnType("other", native="jsonb"),
    "b": BOOLEAN,
    "d": DATE,
    "ts": TIME,
    "w": WALL,
}


class Scope:
    """Every name is a column of `t`."""

    zone = "America/Chicago"

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """A quoted column."""
        return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier("t", quoted=True))

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        return TYPES[name]


def kind(text: str) -> tuple[str, int | None]:
    """The kind and scale of an expression."""
    found = infer(parse(text), lambda path, name: TYPES[name])
    return found.kind, found.scale


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n", ("integer", None)),
        ("1", ("integer", None)),
        ("12345678901234567890", ("decimal", 0)),
        ("1.50", ("decimal", 2)),
        ("1e-3", ("decimal", 3)),
        ("1.5e1", ("decimal", 0)),
        ("'a'", ("text", None)),
        ("null", ("text", None)),
        ("n + 1", ("integer", None)),
        ("n - amount", ("decimal", 2)),
        ("amount + rate", ("decimal", 4)),
        ("amount * rate", ("decimal", 6)),
        ("amount * n", ("decimal", 2)),
        ("amount * free", ("decimal", None)),
        ("amount + free", ("decimal", None)),
        ("amount / n", ("decimal", 10)),
        ("n / 2", ("integer", None)),
        ("n / 2.0", ("decimal", 10)),
        ("amount % 3", ("decimal", 2)),
        ("f * amount", ("float", None)),
        ("n * '2'", ("integer", None)),
        ("-amount", ("decimal", 2)),
        ("abs(amount)", ("decimal", 2)),
        ("round(amount, 1)", ("decimal", 1)),
        ("round(amount)", ("decimal", 0)),
        ("round(amount, -2)", ("decimal", 0)),
        ("round(f, 3)", ("decimal", 3)),
        ("floor(n)", ("decimal", 0)),
        ("ceil(f)", ("float", None)),
        ("d - d", ("integer", None)),
        ("d - '2017-01-01'", ("integer", None)),
        ("d + 7", ("date", None)),
        ("7 + d", ("date", None)),
        ("d - n", ("date", None)),
        ("cast(ts as date) - cast(w as date)", ("integer", None)),
        ("cast(amount as numeric(12, 4))", ("decimal", 4)),
        ("cast(amount as numeric)", ("decimal", 2)),
        ("cast(n as numeric)", ("decimal", 0)),
        ("cast(s as numeric)", ("decimal", None)),
        ("cast(amount as int)", ("integer", None)),
        ("cast('2017-01-01' as date)", ("date", None)),
        ("cast(ts as timestamp)", ("wall", None)),
        ("cast(d as timestamptz)", ("time", None)),
        ("ts at time zone 'UTC'", ("wall", None)),
        ("w at time zone 'UTC'", ("time", None)),
        ("d at time zone 'UTC'", ("wall", None)),
        ("date_trunc('month', d)", ("time", None)),
        ("date_trunc('month', w)", ("wall", None)),
        ("date_trunc('month', w, 'UTC')", ("time", None)),
        ("extract(year from ts)", ("decimal", 0)),
        ("extract(second from ts)", ("decimal", 6)),
        ("coalesce(n, amount)", ("decimal", 2)),
        ("coalesce(amount, 0.125)", ("decimal", 3)),
        ("coalesce(d, ts)", ("time", None)),
        ("coalesce(d, w)", ("wall", None)),
        ("coalesce(e, 'none')", ("text", None)),
        ("nullif(amount, 0)", ("decimal", 2)),
        ("greatest(n, f)", ("float", None)),
        ("case when b then n else amount end", ("decimal", 2)),
        ("case when b then 'x' else s end", ("text", None)),
        ("case when b then d end", ("date", None)),
        ("case n when 1 then 'a' end", ("text", None)),
        ("lower(s) || n", ("text", None)),
        ("concat(n, d, b)", ("text", None)),
        ("substr(s, n)", ("text", None)),
        ("s = 'x' and not b or n in (1, 2)", ("boolean", None)),
        ("ts >= '2017-01-01 10:00+02'", ("boolean", None)),
        ("b is not true", ("boolean", None)),
        ("j is null", ("boolean", None)),
        ("u = '6f9619ff-8b86-d011-b42d-00c04fc964ff'", ("boolean", None)),
    ],
)
def test_types_and_scales(text: str, expected: tuple[str, int | None]) -> None:
    assert kind(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "n + s", "n + 'abc'", "s * 2", "b + 1", "j + 1", "f % 2", "-s", "-'5'", "abs('5')", "round(s)",
        "ts - ts", "w - w", "d - ts", "ts + 1", "d + amount", "d + d", "1 - d", "d * 2",
        "n = 'abc'", "n = s", "b = 1", "d = 'soon'", "ts < 'now'", "ts > 'infinity'", "d = '2017-02-30'",
        "d between 'a' and 'b'", "n in (1, 'x')", "s in (1)", "n like 'x'", "s like 1", "s like 'x\\'",
        "n and b", "not n", "s or b", "case when n then 1 end", "case when b then 1 else 'x' end",
        "case n when 'x' then 1 end", "coalesce(n, s)", "coalesce(b, 1)", "nullif(n, 'x')", "greatest(d, n)",
        "lower(n)", "lower(ts)", "trim(d)", "replace(s, n, 'x')", "substr(s, amount)", "substr(s, '1')",
        "n || n", "ts || 'x'", "concat(ts, 'x')",
        "extract(hour from d)", "extract(year from s)", "extract(year from '2017-01-01')",
        "date_trunc('day', s)", "date_trunc('day', n)", "n at time zone 'UTC'", "'x' at time zone 'UTC'",
        "cast(ts as text)", "cast(s as timestamptz)", "cast(n as date)", "cast(b as numeric)",
        "cast(d as int)", "cast(j as int)", "cast('x' as int)",
        "cast('now' as timestamptz)", "cast('maybe' as boolean)",
        "n is true",
    ],
)  # fmt: skip
def test_types_that_do_not_fit_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        kind(text)
    assert refused.value.code == "model_invalid"
    assert refused.value.fix


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("n / amount", '("t"."n" / NULLIF("t"."amount", 0))'),
        ("n / 2", '("t"."n" / 2)'),
        ("n % 0", '("t"."n" % NULLIF(0, 0))'),
        ("(n + 1) * amount", '(("t"."n" + 1) * "t"."amount")'),
        ("cast(ts as date)", 'CAST(("t"."ts" AT TIME ZONE \'America/Chicago\') AS DATE)'),
        (
            "ts >= '2017-01-01'",
            "(\"t\".\"ts\" >= (CAST('2017-01-01' AS TIMESTAMP) AT TIME ZONE 'America/Chicago'))",
        ),
        ("ts >= '2017-01-01 00:00Z'", '("t"."ts" >= CAST(\'2017-01-01 00:00Z\' AS TIMESTAMPTZ))'),
        ("extract(epoch from ts)", 'EXTRACT(EPOCH FROM "t"."ts")'),
        ("e = 'happy'", '(CAST("t"."e" AS TEXT) = \'happy\')'),
        ("u = 'x'", '("t"."u" = \'x\')'),
        ("lower(e)", 'LOWER(CAST("t"."e" AS TEXT))'),
        ("s = 'a''b'", "(\"t\".\"s\" = 'a''b')"),
        ("s < e", '(("t"."s" COLLATE "C") < CAST("t"."e" AS TEXT))'),
        ("s between 'a' and 'b'", '(("t"."s" COLLATE "C") BETWEEN \'a\' AND \'b\')'),
        ("greatest(s, 'a')", 'GREATEST(("t"."s" COLLATE "C"), \'a\')'),
        ("e < e", '("t"."e" < "t"."e")'),
        ("u < u", '("t"."u" < "t"."u")'),
        ("n < 3", '("t"."n" < 3)'),
        ("substr(s, -1, n)", 'SUBSTRING("t"."s" FROM (-1) FOR CAST("t"."n" AS INT))'),
    ],
)
def test_sql(text: str, sql: str) -> None:
    assert compile_sql(parse(text), Scope()).sql(dialect="postgres") == sql


def test_compiling_leaves_the_tree_alone() -> None:
    expression = parse("n / amount > 3 and s = 'x'")
    before = expression.tree.sql()
    compile_sql(expression, Scope())
    assert expression.tree.sql() == before
