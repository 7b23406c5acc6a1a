"""Random expressions as text, over the columns of the tests' table."""

from __future__ import annotations

from hypothesis import strategies as st

Written = st.SearchStrategy[str]
NUMBER: Written = st.deferred(
    lambda: (
        st.sampled_from(["n", "amount", "f", "1", "2.5", "0", "-3", "null", "1e2"])
        | st.builds("({} {} {})".format, NUMBER, st.sampled_from("+-*/"), NUMBER)
        | st.builds("{} {} {}".format, NUMBER, st.sampled_from("+-*/"), NUMBER)
        | st.builds("-{}".format, NUMBER)
        | st.builds("coalesce({}, {})".format, NUMBER, NUMBER)
        | st.builds("nullif({}, {})".format, NUMBER, NUMBER)
        | st.builds("greatest({}, {})".format, NUMBER, NUMBER)
        | st.builds("case when {} then {} else {} end".format, TRUTH, NUMBER, NUMBER)
        | st.builds("abs({})".format, NUMBER)
        | st.builds("extract({} from {})".format, st.sampled_from(["year", "dow", "doy", "epoch"]), MOMENT)
        | st.builds("({} - {})".format, DAY, DAY)
    )
)
TEXTS: Written = st.deferred(
    lambda: (
        st.sampled_from(["s", "'G%'", "'it''s'", "''", "lower(s)", "e", "null"])
        | st.builds("({} || {})".format, TEXTS, TEXTS)
        | st.builds("concat({}, {})".format, TEXTS, NUMBER)
        | st.builds("replace({}, {}, {})".format, TEXTS, TEXTS, TEXTS)
        | st.builds("substr({}, 2, 2)".format, TEXTS)
        | st.builds("coalesce({}, {})".format, TEXTS, TEXTS)
        | st.builds("case when {} then {} end".format, TRUTH, TEXTS)
        | st.builds("cast({} as text)".format, DAY)
    )
)
DAY: Written = st.deferred(
    lambda: (
        st.sampled_from(["d", "date '2017-01-01'", "cast(ts as date)", "w::date"])
        | st.builds("({} + {})".format, DAY, st.sampled_from(["1", "-40", "n"]))
        | st.builds("coalesce({}, {})".format, DAY, DAY)
    )
)
MOMENT: Written = st.deferred(
    lambda: (
        st.sampled_from(["ts", "w", "d", "w at time zone 'Asia/Tokyo'", "ts at time zone 'Europe/Berlin'"])
        | st.builds("date_trunc({}, {})".format, st.sampled_from(["'day'", "'week'", "'year'"]), MOMENT)
        | st.builds("cast({} as {})".format, MOMENT, st.sampled_from(["timestamp", "timestamptz", "date"]))
        | st.builds("coalesce({}, {})".format, MOMENT, MOMENT)
        | st.builds("case when {} then {} else {} end".format, TRUTH, MOMENT, MOMENT)
    )
)
COMPARED = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
TRUTH: Written = st.deferred(
    lambda: (
        st.sampled_from(["b", "true", "n > 0", "s like '%a%'", "null"])
        | st.builds("{} {} {}".format, NUMBER, COMPARED, NUMBER)
        | st.builds("{} {} {}".format, TEXTS, st.sampled_from(["=", "<>", "like", "not like"]), TEXTS)
        | st.builds("{} {} {}".format, MOMENT, COMPARED, MOMENT)
        | st.builds("{} {} '2017-03-12 02:30'".format, MOMENT, COMPARED)
        | st.builds("{} in ({}, {})".format, NUMBER, NUMBER, NUMBER)
        | st.builds("{} not between {} and {}".format, MOMENT, MOMENT, MOMENT)
        | st.builds("{} is not null".format, MOMENT)
        | st.builds("{} is null".format, TRUTH)
        | st.builds("not {}".format, TRUTH)
        | st.builds("({} or {})".format, TRUTH, TRUTH)
        | st.builds("{} and {}".format, TRUTH, TRUTH)
        | st.builds("{} or {}".format, TRUTH, TRUTH)
    )
)
