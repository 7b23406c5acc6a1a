"""An entry as bytes: whole it comes back equal, damaged it is a miss; its Result goes out undecoded."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest

from leadline.cache.entry import VERSION, Entry, beginning, body_of, decode, encode
from leadline.cache.revive import result_of
from leadline.core.result import CacheState, Column, Rejection, Result, ServedBy, Subtotals

RESULT = Result(
    columns=(
        Column("time", "time", "time", "Day", grain="day"),
        Column(
            "revenue:previous_year", "revenue", "decimal", "Revenue", unit="USD", scale=2, range={"to": None}
        ),
        Column("revenue:previous_year:change", "revenue", "decimal", "Change", as_="change"),
    ),
    data=(("2026-11-01T00:00:00-05:00", '"served_by":{"cache":"'), ("12.50", 3), (None, True)),
    rows=2,
    now="2026-11-17T09:15:00.000-06:00",
    as_of="2026-11-17T09:14:03.120-06:00",
    range={"from": None, "to": None, "zone": "UTC", "partial": True},
    served_by=ServedBy("rollup", rollup="daily", node="replica-1", lag_ms=3),
    totals={"revenue": None},
    subtotals=(Subtotals(("x",), (Column("x", "x", "text", "X", as_="share"),), (("a", None),)),),
    immature_rows=(0,),
    other_rows=(1,),
    partial_rows=(1,),
    rejected=(Rejection("x", "stale", "…"),),
    truncated=True,
    key="k",
    data_version="v",
    ms={"total": 1.5},
)
BODY, CUT = body_of(RESULT)
ENTRY = Entry("q", (("a\n:*", "1"), ("b", "2")), True, 17, 1.5, 2.0, "rollup", "k", BODY, CUT)


def test_what_is_encoded_comes_back_equal() -> None:
    assert decode(encode(ENTRY)) == ENTRY
    bare = replace(ENTRY, scores=())
    assert decode(encode(bare)) == bare


def test_f27_every_damage_is_a_miss() -> None:
    data = encode(ENTRY)
    assert decode(b"") is None
    assert all(decode(data[:length]) is None for length in range(len(data)))
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1
        assert decode(bytes(broken)) is None


def test_f27_another_version_and_another_shape_are_misses() -> None:
    data = encode(ENTRY)
    assert decode(b"LL03" + data[len(VERSION) :]) is None
    for rest in (b"", b"no head at all", b'["a"]\n1,2\n3\n[]\nbody', b'["a","b"]\n1\nx\n{}\nbody'):
        assert decode(b"%s%08x %s" % (VERSION, zlib.crc32(rest), rest)) is None


@pytest.mark.parametrize("state", ["hit", "stale", "miss"])
def test_a_result_goes_out_as_it_came_in(state: CacheState) -> None:
    ms = {"total": 0.25}
    assert json.loads(ENTRY.json(state, ms)) == RESULT.cached(state, ms).to_json()
    assert result_of(ENTRY, state, ms) == RESULT.cached(state, ms)


def test_scores_decide_which_of_two_entries_is_newer_and_else_as_of() -> None:
    later = replace(ENTRY, as_of=18)
    assert later.newer_than(ENTRY) and not ENTRY.newer_than(later) and not ENTRY.newer_than(ENTRY)
    refreshed = replace(ENTRY, scores=(("a\n:*", "1"), ("b", "3")), as_of=16)
    assert refreshed.newer_than(later), "the same rollups: one was refreshed, whatever the clock says"
    other = replace(ENTRY, scores=(("z", "0"),), as_of=16)
    assert ENTRY.newer_than(other), "other rollups cannot be compared"


def test_no_two_answers_begin_alike() -> None:
    data, later = encode(ENTRY), encode(replace(ENTRY, as_of=18))
    other = encode(replace(ENTRY, body=ENTRY.body + b" "))
    assert data.startswith(beginning(data)) and beginning(data).count(b"\n") == 3
    assert not later.startswith(beginning(data)) and not other.startswith(beginning(data))
