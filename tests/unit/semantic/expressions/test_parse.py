"""What an expression may be, and that nothing else ever comes through."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.semantic.expressions.functions import called, entries
from leadline.semantic.expressions.names import Name, names
from leadline.semantic.expressions.parse import conjuncts, parse
from leadline.semantic.model import Place

GOOD = [
    "status = 'won'",
    "status in ('won', 'lost') and not amount is null",
    "amount * probability",
    "case when amount < 5000 then 'small' when amount < 20000 then 'medium' else 'large' end",
    "case stage when 'new' then 1 else 2 end",
    "cast(closed_at as date) - cast(opened_at as date)",
    "closed_at::date - opened_at::date",
    "coalesce(nullif(trim(both ' ' from name), ''), '(unknown)')",
    "replace(upper(lower(name)), 'GTXPRO', 'GTX Pro')",
    "substr(concat(first, ' ', last), 1, 3) || '…'",
    "abs(round(amount, 2)) + floor(amount) - ceil(amount) / greatest(a, b) % least(a, b)",
    "extract(isodow from closed_at) between 1 and 5",
    "date_trunc('month', closed_at) = date_trunc('month', opened_at)",
    "closed_at at time zone 'Europe/Berlin'",
    "name like '%a\\_b%' and name not like 'x'",
    "won is true or won is not true or lost is null",
    "deal.rep.manager = 'Ann'",
    "a.b.c.d.e.f.g = 1",
    '"Order Date" is not null',
    "-amount < +3",
    "date '2017-12-31' - engage_date",
    "cast(x as numeric(12, 2)) + cast(y as varchar(3))::int",
    "null",
    "true",
    "1e3 + .5 + 5.",
]

BAD = {
    "": "is missing",
    "   \n": "is missing",
    "select 1": "no expression",
    "(select 1)": "has no place",
    "a in (select 1)": "has no place",
    "exists(select 1)": "unknown function",
    "count(*)": "unknown function count",
    "sum(amount)": "unknown function sum",
    "sum(amount) over ()": "unknown function",
    "lower(a) over ()": "unknown function",
    "lower(a) filter (where true)": "unknown function",
    "pg_sleep(10)": "unknown function pg_sleep",
    "pg_catalog.pg_sleep(10)": "unknown function",
    '"lower"(a)': "unknown function",
    "if(a, 1, 2)": "has no place",
    "ceiling(a)": "unknown function",
    "current_setting('x')": "unknown function",
    "current_date": "has no place",
    "current_user = 'x'": "has no place",
    "localtime": "has no place",
    "interval '1 day'": "has no place",
    "closed_at + interval '1 day'": "has no place",
    "a; drop table deals": "more than one statement",
    "a -- comment": "comment",
    "a /* x */ = 1": "comment",
    "a = $1": "placeholder",
    "a = %(p)s": "placeholder",
    "a = :name": "placeholder",
    "a = ?": "placeholder",
    "a = @x": "placeholder",
    "$$x$$ = a": "dollar-quoted",
    "E'a\\n' = a": "escape string",
    "U&'d' = a": "escape string",
    "x'ff' = a": "hexadecimal",
    "N'a' = b": "national",
    "a::regclass": "does not know the type",
    "a::int[]": "the sign",
    "cast(a as oid)": "does not know the type",
    "cast(a as json)": "does not know the type",
    "cast(a as timestamp(3))": "unknown function timestamp",
    "cast(a as numeric(5, 9))": "digits and scale",
    "cast(a as varchar(99999))": "one length",
    "cast(a as real)": "has no place",
    "try_cast(a as int)": "unknown function",
    "a ilike 'b'": "has no place",
    "a ~ 'b'": "the sign",
    "a like 'b' escape '!'": "has no place",
    "a like any (array['x'])": "unknown function any",
    "a similar to 'b'": "has no place",
    "a between symmetric 1 and 2": "has no place",
    "a is distinct from b": "has no place",
    "a is b": "stands only before",
    "a collate \"C\" = 'x'": "has no place",
    "a[1]": "the sign",
    "a -> 'b'": "the sign",
    "a ^ 2": "the sign",
    "a & 1": "the sign",
    "a == b": "the sign",
    "row(1, 2)": "unknown function row",
    "(1, 2)": "has no place",
    "(a, b) = (1, 2)": "has no place",
    "a in ()": "",
    "*": "",
    "a.*": "",
    "a b": "no expression",
    "a as b": "no expression",
    "a, b": "no expression",
    "a.b.c(1)": "unknown function",
    "lower()": "no expression",
    "lower(a, b)": "no expression",
    "round(a, b)": "whole number",
    "round(a, 99)": "digits",
    "ceil(a, 2)": "has no place",
    "floor(a to day)": "has no place",
    "extract(century from a)": "extract does not know",
    "extract(x from a)": "extract does not know",
    "date_trunc('fortnight', a)": "date_trunc does not know",
    "date_trunc('day', a, zone)": "literal",
    "a at time zone 'Mars/Base'": "unknown time zone",
    "a at time zone b": "literal",
    "viewer.email = 'x'": "only in row rules",
    "a = '\x00'": "control character",
    "a = '\ud800'": "control character",
    "1e400": "too long",
    "9" * 50: "too long",
    '"' + "x" * 64 + '"': "longer than",
    "a.b.c.d.e.f.g.h.i = 1": "dot",
    "((((((((((((((((((((((((((a))))))))))))))))))))))))))": "brackets",
    "not " * 500 + "a": "nested too deep",
    "- " * 500 + "a": "nested too deep",
    "+".join(["a"] * 100): "nested more than",
    "a" * 9000: "characters",
    "case": "no expression",
    "'open": "no expression",
    '"open': "no expression",
    "a =": "something is missing",
}


@pytest.mark.parametrize("text", GOOD)
def test_good_expressions_are_taken_and_stay_themselves(text: str) -> None:
    expression = parse(text)
    assert expression.text == text
    assert parse(expression.canonical).canonical == expression.canonical
    assert parse(expression.tree.sql(dialect="postgres")) == expression


@pytest.mark.parametrize(("text", "why"), BAD.items(), ids=[repr(text[:40]) for text in BAD])
def test_anything_else_is_refused_with_cause_and_way_out(text: str, why: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        parse(text, Place("model.yaml", 7))
    assert refused.value.code == "model_invalid"
    assert why in refused.value.why
    assert refused.value.fix
    assert refused.value.at == "model.yaml:7"
    assert "\n" not in refused.value.why
    assert "sqlglot" not in refused.value.why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("status='won' AND amount>5", "(amount > 5) and ((status) = 'won')"),
        ("a and b and c and a", "c and (b and a)"),
        ("a or b or c", "(c or a) or b"),
        ("a in ('x', 'y')", "a IN ('y','x','x')"),
        ("a <> 1", "a != 1"),
        ("a::date", "CAST(a AS date)"),
        ("a is not null", "a NOTNULL"),
        ("cast(a as int)", "cast(a as integer)"),
        ('"status" = 1', "status = 1"),
        ("a - b - c", "(a - b) - c"),
        ("trim(a)", "TRIM ( a )"),
        ("substr(a, 2, 3)", "substring(a from 2 for 3)"),
        ("trim(leading from a)", "ltrim(a)"),
        ("date_trunc('DAY', a)", "date_trunc('day', a)"),
    ],
)
def test_spelling_order_and_brackets_do_not_change_identity(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert hash(parse(one)) == hash(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - (b - c)", "a - b - c"),
        ("a / (b * c)", "a / b * c"),
        ("(a or b) and c", "a or (b and c)"),
        ("not (a and b)", "not a and b"),
        ("a = 'X'", "a = 'x'"),
        ("a = 1", "a = 1.0"),
        ("a", "A"),
        ("a.b", "b"),
        ("(a = b) is null", "a = (b is null)"),
        ("a not like 'x'", "a like 'x'"),
        ("-(a + b)", "-a + b"),
        ("extract(year from a)", "extract(month from a)"),
    ],
)
def test_different_meanings_have_different_texts(one: str, other: str) -> None:
    assert parse(one) != parse(other)


def test_conjuncts_tell_what_is_implied() -> None:
    measure = conjuncts(parse("source = 'referral' and (status = 'won')"))
    assert conjuncts(parse("status='won'")) <= measure
    assert not conjuncts(parse("status='lost'")) <= measure
    assert len(conjuncts(parse("status = 'won' or a"))) == 1


def test_names_in_order_each_once() -> None:
    found = names(parse("rep.team.name = 'x' and status = 'won' and rep.team.name <> lower(status)"))
    assert found == (Name(("rep", "team"), "name"), Name((), "status"))
    assert str(found[0]) == "rep.team.name"
    assert names(parse("a.b.c.d.e.f = 1")) == (Name(("a", "b", "c", "d", "e"), "f"),)


def test_viewer_names_where_they_are_asked_for() -> None:
    expression = parse("viewer.job = 'rep'", viewer_names=True)
    assert names(expression) == (Name(("viewer",), "job"),)


def test_the_registry_has_each_function_of_the_reference() -> None:
    documented = (
        "coalesce nullif cast replace lower upper trim substr concat abs round floor ceil greatest least "
        "extract date_trunc"
    )
    assert called() == frozenset(documented.split())
    assert len({entry.name for entry in entries().values()}) >= len(called()) + 15


WORDS = """
a b status viewer.email 'x' 'it''s' 1 2.5 null true ( ) , . + - * / % || = <> < > <= and or not in like is
between case when then else end cast(a as date) coalesce( lower( extract(year from at time zone 'UTC' :: int
date " ' -- /* */ ; $1 $$ select from where exists(select union all any( over ( row ~ @ # ? { } [ ] ü 🙂 E'
U&' 1e9 0x1f limit if
"""
PIECES = st.sampled_from([*WORDS.split(), "\\", "\x00", "\u00a0", "\ud800", "\n"])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=80))
@example("case when a then b end is null is true in (1)")
@example("'\\'")
@example('"a""b" = 1')
@example("a\n=\n1")
def test_whatever_comes_in_only_a_refusal_or_a_stable_expression_comes_out(text: str) -> None:
    try:
        expression = parse(text)
    except LeadlineError as refused:
        assert refused.code == "model_invalid"
        return
    again = parse(expression.canonical)
    assert again.canonical == expression.canonical
    assert ";" not in expression.canonical or "'" in expression.canonical or '"' in expression.canonical
    assert names(again) == names(parse(again.tree.sql(dialect="postgres")))


@pytest.mark.parametrize(
    "text", ["(" * 4000, "cast(" * 900, "case when " * 400, "a.b" * 2000, "'" * 7999, "a or " * 1500 + "a"]
)
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(LeadlineError):
        parse(text)
    assert time.process_time() - start < 5
