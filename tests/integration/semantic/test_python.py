"""Python gives what PostgreSQL gives: values, digits, NULLs and refusals, for every function of the list."""

from __future__ import annotations

import unicodedata
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadline.core.errors import LeadlineError
from leadline.semantic.expressions.functions import entries
from leadline.semantic.expressions.parse import parse
from tests.integration.semantic.rows import Refused, Row, alike, in_python, in_sql, rows_of
from tests.integration.semantic.written import DAY, MOMENT, NUMBER, TEXTS, TRUTH

FORMS = r"""
n + i | i + i | k + k | i - n | k - 1 | i * i | n * k | n / i | i / k | k / 2 | n % i | k % 3 | -n | -i
-k | n + 2147483647 | i + 2147483648 | -9223372036854775807 - n | n + '12' | null + n | i % '0' | 7 / i
amount + n | q - amount | q * q | amount * k | amount / n | q / amount | q / q | 1 / q | amount / 3
q / 7.000 | q % amount | amount % k | -q | q + 1e20 | 1e-20 * q | 10000.0 / q | 9999 / amount | q / 1e15
0.00 / n | 1.5 / 3 | f + f | f - n | f * f | f / f | f / n | amount / f | q * f | -f | f + '1.5' | n / 2.0
i + 0.5 | d - d | d + i | d - k | k + d | d + 100000000 | d - '2017-01-01' | '2017-01-01' - d
ts::date - w::date | abs(n) | abs(i) | abs(k) | abs(q) | abs(f) | round(q) | round(q, 2)
round(amount, 4) | round(q, -3) | round(f, 2) | round(n, -2) | round(k) | floor(q) | ceil(q) | floor(f)
ceil(f) | floor(n) | ceil(amount) | round(f) | n = i | n = amount | n = f | q = f | amount = q | s = said
s = 'a' | e = 'sad' | e = s | u = u | b = true | u = '6F9619FF8B86D011B42D00C04FC964FF' | u = s
b <> (n > 0) | d = ts | d = w | ts = w | d = '2017-02-28' | n < i | q <= f | f >= f | q > n | f < 1.5
s < said | s >= 'a' | e::text < s | u < u | b < false | d < ts | w <= d | ts > '2017-03-12 02:30'
ts <= '2017-11-05 01:30 -05' | w < '2017-01-01' | s <> '' | n <> null | 'a' < 'B' | n in (1, 2, i)
n not in (i, null) | q in (1, 2.5, f) | s in ('a', said, null) | e in ('sad', s) | d in (ts, w)
n between i and k | q not between amount and f | s between 'A' and said | ts between d and w
d between null and d | s like '%a%' | s like 'a\_%' | s like said | said like s | s like s
s not like '_%_' | s like '' | s like '%%b_%' | b and n > 0 | b or n > 0 | not b | b and null | null or b
b = true and not (i < 0 or k is null) | b and 't' | n is null | s is not null | b is true | b is not true
b is false | n > 0 is not false | null is null | case when b then n end
case when n > 0 then i when b then 2.5 else q end | case s when said then 1 else 2 end
case n when i then 'x' when 1.0 then 'y' end | case when b then d else ts end
case when b then w else ts end | case when k > 0 then 1 / k else f end | case when b then '1' else n end
case e when 'sad' then s else e end | coalesce(n, i) | coalesce(i, q) | coalesce(d, ts) | coalesce(w, d)
coalesce(s, e, 'none') | coalesce(null, f, n) | nullif(n, i) | nullif(q, n) | nullif(s, '') | nullif(f, 0)
nullif(d, ts) | nullif(e, 'sad') | nullif(n, null) | greatest(n, i, k) | least(q, f) | greatest(s, said)
least(d, w, ts) | greatest(amount, 1, null) | least(b, true) | greatest(e::text, 'm')
greatest(null, null) | least(u, u) | greatest(q, 2.50) | cast(n as text) | cast(q as text)
cast(f as text) | cast(b as text) | cast(d as text) | cast(w as text) | cast(e as text) | cast(n as int)
cast(n as smallint) | cast(q as bigint) | cast(f as bigint) | cast(f as int) | cast(said as int)
cast(said as bigint) | cast(said as smallint) | cast(said as numeric) | cast(said as boolean)
cast(said as double precision) | cast(said as date) | cast(said as timestamp)
cast(said as numeric(5, 2)) | cast(q as numeric(8, 3)) | cast(f as numeric) | cast(f as numeric(20, 3))
cast(n as numeric) | cast(i as numeric(4)) | cast(n as double precision) | cast(q as double precision)
cast(n as boolean) | cast(b as int) | cast(b as bigint) | cast(d as timestamp) | cast(d as timestamptz)
cast(w as date) | cast(w as timestamptz) | cast(ts as date) | cast(ts as timestamp)
cast(ts as timestamptz) | cast(s as varchar(3)) | cast(n as varchar(2)) | cast('7' as int) + k
cast('2017-03-12 02:30' as timestamptz) | cast(null as date) | cast('2017-03-12' as date) - d
u::text || s | cast(q as smallint) | cast(k as boolean) | cast(amount as int) | '12.50'::numeric + q
date '2017-01-01' + i | s || said | s || n | q || s | s || f | b || s | s || d | w || s | e || s | s || u
'x' || null | s || 1.50 | lower(s) | upper(s) | lower(e) | trim(s) | trim(both 'aA' from s) | ltrim(s)
rtrim(s, 'b ') | trim(leading said from s) | replace(s, 'a', said) | replace(said, s, '-')
replace(s, '', 'x') | concat(s, n, b, null, q, f, d, w) | concat(null) | substr(s, 2) | substr(s, k)
substr(s, 0, 2) | substr(s, -1, i) | substr(s, 2, k) | substr(said, 1, 3) | substr(s, n)
extract(year from d) | extract(isoyear from d) | extract(quarter from d) | extract(month from w)
extract(week from ts) | extract(day from ts) | extract(dow from d) | extract(isodow from w)
extract(doy from ts) | extract(epoch from d) | extract(epoch from ts) | extract(epoch from w)
extract(hour from ts) | extract(minute from w) | extract(second from w)
extract(hour from ts at time zone 'Asia/Tokyo') | extract(year from ts) / 4 | date_trunc('second', ts)
date_trunc('minute', w) | date_trunc('hour', ts) | date_trunc('day', ts) | date_trunc('week', d)
date_trunc('week', w) | date_trunc('month', ts) | date_trunc('quarter', d) | date_trunc('year', w)
date_trunc('day', ts, 'Asia/Tokyo') | date_trunc('hour', w, 'Asia/Kolkata')
date_trunc('month', d, 'UTC') | date_trunc('hour', ts, 'Australia/Lord_Howe') | date_trunc('quarter', ts)
date_trunc('year', ts) | ts at time zone 'Europe/Berlin' | w at time zone 'America/Chicago'
d at time zone 'Asia/Tokyo' | (ts at time zone 'America/Chicago') at time zone 'Europe/Berlin'
"""
LINES = [[text.strip() for text in line.split(" | ")] for line in FORMS.strip().splitlines()]
DRAWN = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""A row is shown with what differs on it: there is nothing to shrink."""


def differences(session: psycopg.Connection[Any], text: str, rows: list[Row]) -> list[str]:
    """Where the two back ends differ over the rows, each with its row."""
    theirs, ours = in_sql(session, text, rows), in_python(text, rows)
    return [
        f"{text} of {row}: PostgreSQL {one!r}, Python {other!r}"
        for row, one, other in zip(rows, theirs, ours, strict=True)
        if not alike(one, other)
    ]


def test_the_forms_use_every_function() -> None:
    used = {type(node) for line in LINES for text in line for node in parse(text).tree.walk()}
    assert entries().keys() <= used, [node.__name__ for node in entries().keys() - used]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
@settings(DRAWN, max_examples=4)
@given(data=st.data())
def test_a_function_gives_the_same(
    session: psycopg.Connection[Any], line: list[str], data: st.DataObject
) -> None:
    rows = data.draw(rows_of(*line))
    found = [different for text in line for different in differences(session, text, rows)]
    assert not found, "\n".join(found)


@settings(DRAWN, max_examples=60)
@given(text=NUMBER | TEXTS | DAY | MOMENT | TRUTH, data=st.data())
def test_any_expression_gives_the_same(
    session: psycopg.Connection[Any], text: str, data: st.DataObject
) -> None:
    """Where a refusal may come first or not at all, by what is computed first, only values are compared."""
    try:
        rows = data.draw(rows_of(text))
        theirs, ours = in_sql(session, text, rows), in_python(text, rows)
    except LeadlineError:
        return
    for row, one, other in zip(rows, theirs, ours, strict=True):
        if not isinstance(one, Refused) and not isinstance(other, Refused):
            assert alike(one, other), (text, row, one, other)


def test_letters_are_folded_alike(session: psycopg.Connection[Any]) -> None:
    letters = [chr(i) for i in range(1, 0x10000) if unicodedata.category(chr(i)) not in ("Cs", "Cn")]
    rows = [{"s": letter} for letter in letters]
    for text in ("lower(s)", "upper(s)"):
        theirs, ours = in_sql(session, text, rows), in_python(text, rows)
        different = [
            one for one, *pair in zip(letters, theirs, ours, strict=True) if not _folded_alike(*pair)
        ]
        assert not different, (text, len(different), different[:50])


def _folded_alike(theirs: str, ours: str) -> bool:
    """A letter that this Python does not know yet cannot come out of it."""
    return theirs == ours or unicodedata.category(theirs) == "Cn"
