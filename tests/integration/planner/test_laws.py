"""Laws that answers obey among each other, whatever is asked: the oracle holds them without any planner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.integration.planner.answered import ALL, using
from tests.integration.planner.oracle_answer import Expected, expected
from tests.integration.planner.oracle_facts import Facts
from tests.integration.planner.oracle_moves import RefusedError
from tests.integration.planner.queries import queries
from tests.integration.planner.queries_time import ZONES, units, whole_ranges
from tests.integration.planner.shards import run
from tests.integration.planner.spec import Cumulative, Metric, Spec
from tests.integration.planner.tiny import WIDE
from tests.integration.planner.world import NOW
from tests.integration.planner.world_parts import ADMIN, RULES, VIEWERS
from tests.integration.planner.world_rows import rows

SPEC = replace(
    WIDE,
    metrics={**WIDE.metrics, "so_far": Metric("so_far", Cumulative("sales", "running"))},
    rules=RULES,
    fiscal=2,
    targets={},
)
DATA = rows(5, 120, 40, 10)


def answer(query: dict[str, Any], viewer: Any = ADMIN, spec: Spec = SPEC) -> Expected:
    return expected(Facts(spec, DATA, {"as_of": "2026-03-31", **query}, viewer, NOW))


@st.composite
def _grained(draw: st.DrawFn) -> dict[str, Any]:
    """Sales by a grain over a range that cuts no bucket."""
    with using(ALL):
        grain = draw(st.sampled_from(units()))
        time = {"grain": grain, "range": draw(whole_ranges(grain)), "zone": draw(st.sampled_from(ZONES))}
    dims = draw(st.sampled_from([[], ["rep.region"], ["deals.stage"], ["rep.name", "source"]]))
    return {"metrics": ["sales"], "time": time, "dimensions": dims, "totals": True}


def _lines(found: Expected, dims: int) -> dict[tuple[Any, ...], list[list[Any]]]:
    """The rows of each group, in the order of buckets."""
    by_group: dict[tuple[Any, ...], list[list[Any]]] = defaultdict(list)
    for row in sorted(found.rows, key=lambda row: row[0]):
        by_group[tuple(row[1 : 1 + dims])].append(row[1 + dims :])
    return by_group


def _earlier_is_the_row_before(query: dict[str, Any]) -> None:
    to = {"to": f"previous_{query['time']['grain']}", "cut": False}
    found = answer({**query, "compare": [to, {**to, "as": "percent"}, {"growth": "rolling", "periods": 1}]})
    for lines in _lines(found, len(query["dimensions"])).values():
        for (own, *_), (mine, before, percent, rolling) in pairwise(lines):
            assert before == own
            assert percent == (mine / own - 1 if own else None)
            assert rolling == percent or lines[-1] == [mine, before, percent, rolling]  # which is cut


def _running_grows_by_the_bucket(query: dict[str, Any]) -> None:
    found = answer({**query, "metrics": ["so_far", "sales"], "as_of": "2027-01-01"})
    for lines in _lines(found, len(query["dimensions"])).values():
        for (before, _), (total, new) in pairwise(lines):
            assert total == before + new


def _parts_add_up(query: dict[str, Any]) -> None:
    shares = [{"to": "total", "as": "share"}]
    found = answer({**query, "compare": shares})
    assert found.totals
    assert sum((row[-2] or 0 for row in found.rows), Fraction(0)) == found.totals["sales"]
    by_bucket: dict[Any, Fraction] = defaultdict(Fraction)
    for row in found.rows:
        by_bucket[row[0]] += row[-1] or 0
    assert set(by_bucket.values()) <= {Fraction(0), Fraction(1)}


def _top_and_others_are_all(query: dict[str, Any]) -> None:
    if not query["dimensions"]:
        return
    whole, top = answer(query), answer({**query, "top": {"n": 2, "other": True}})
    assert top.totals == whole.totals
    for found in (whole, top):
        assert found.totals
        assert sum((row[-1] for row in found.rows), Fraction(0)) == found.totals["sales"]


def _subtotals_add_up(query: dict[str, Any]) -> None:
    dims = query["dimensions"]
    found = answer({**query, "totals": [[name] for name in dims] + [[]]})
    sums = {sum((row[-1] for row in lines), Fraction(0)) for _, lines in found.subtotals}
    assert len(sums) == 1


def _nobody_sees_more_than_an_admin(query: dict[str, Any]) -> None:
    everything = answer(query)
    assert everything == answer(query, spec=replace(SPEC, rules={}))
    for viewer in VIEWERS:
        assert _sales(answer(query, viewer)) <= _sales(everything)


def _sales(found: Expected) -> Any:
    assert found.totals
    return found.totals["sales"]


_LAWS = (
    _earlier_is_the_row_before,
    _running_grows_by_the_bucket,
    _parts_add_up,
    _top_and_others_are_all,
    _subtotals_add_up,
    _nobody_sees_more_than_an_admin,
)


@pytest.mark.parametrize("law", _LAWS)
@pytest.mark.parametrize("shard", range(2))
def test_laws(shard: int, law: Any) -> None:
    run(shard, _grained(), law)


@st.composite
def _any(draw: st.DrawFn) -> dict[str, Any]:
    with using(ALL):
        return draw(queries(SPEC))


def _paging_is_cutting(query: dict[str, Any]) -> None:
    plain = {key: value for key, value in query.items() if key not in ("limit", "offset")}
    try:
        whole = answer(plain)
        page = answer({**plain, "offset": 2, "limit": 3})
    except RefusedError:
        return
    assert page.rows == whole.rows[2:5]
    assert page.truncated == (len(whole.rows) > 5)
    assert page.partial == [i - 2 for i in whole.partial if 2 <= i < 5]


@pytest.mark.parametrize("shard", range(3))
def test_a_page_is_a_part_of_the_whole(shard: int) -> None:
    run(shard, _any(), _paging_is_cutting)
