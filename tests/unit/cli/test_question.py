"""A query put together from options."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from leadline.cli.question import Words, build_query, read_query
from leadline.core.errors import LeadlineError


def test_all_options() -> None:
    words = Words(
        metrics=["revenue,sales", "leads"],
        by=["rep.region"],
        range="this_month",
        grain="week",
        zone="Europe/Berlin",
        compare=["previous_year", "target:share"],
        sort=["revenue:previous_year:desc", "rep.region"],
        totals=True,
        limit=5,
    )
    assert build_query(words) == {
        "metrics": ["revenue", "sales", "leads"],
        "dimensions": ["rep.region"],
        "time": {"grain": "week", "range": {"preset": "this_month"}, "zone": "Europe/Berlin"},
        "compare": [{"to": "previous_year"}, {"to": "target", "as": "share"}],
        "sort": [{"by": "revenue:previous_year", "desc": True}, {"by": "rep.region"}],
        "totals": True,
        "limit": 5,
    }


@pytest.mark.parametrize(
    ("text", "range_"),
    [
        ("2017-01-01..2018-01-01", {"from": "2017-01-01", "to": "2018-01-01"}),
        ("2017-01-01..", {"from": "2017-01-01"}),
        ("..2018-01-01", {"to": "2018-01-01"}),
    ],
)
def test_ranges(text: str, range_: dict[str, str]) -> None:
    assert build_query(Words(metrics=["a"], range=text))["time"]["range"] == range_


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("source=referral", {"field": "source", "op": "eq", "values": ["referral"]}),
        ("source=ne:web", {"field": "source", "op": "ne", "values": ["web"]}),
        ("source=a:b", {"field": "source", "op": "eq", "values": ["a:b"]}),
        ("rep.region=in:East,West", {"field": "rep.region", "op": "in", "values": ["East", "West"]}),
        ("amount=between:1,2.5", {"field": "amount", "op": "between", "values": ["1", "2.5"]}),
        ("name=eq:Smith, Ann", {"field": "name", "op": "eq", "values": ["Smith, Ann"]}),
        ("open=true", {"field": "open", "op": "eq", "values": [True]}),
        ("closed_at=is_null", {"field": "closed_at", "op": "is_null"}),
        (
            "closed_at=range:last_7_days",
            {"field": "closed_at", "op": "range", "range": {"preset": "last_7_days"}},
        ),
        ("source=", {"field": "source", "op": "eq", "values": [""]}),
    ],
)
def test_filters(text: str, found: dict[str, Any]) -> None:
    assert build_query(Words(metrics=["a"], filters=[text]))["filters"] == [found]


@pytest.mark.parametrize(
    "words", [Words(), Words(metrics=["a"], filters=["source"]), Words(metrics=["a"], filters=["=x"])]
)
def test_what_cannot_be_read_is_refused(words: Words) -> None:
    with pytest.raises(LeadlineError) as refused:
        build_query(words)
    assert refused.value.code == "bad_usage"


def test_a_query_from_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "q.json"
    path.write_text('{"metrics": ["revenue"]}')
    assert read_query(path) == {"metrics": ["revenue"]}
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"metrics": ["leads"]}'))
    assert read_query(Path("-")) == {"metrics": ["leads"]}


@pytest.mark.parametrize("text", ["{", '{"limit": NaN}', "[" * 100_000])
def test_a_file_that_is_no_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "q.json"
    path.write_text(text)
    with pytest.raises(LeadlineError) as refused:
        read_query(path)
    assert refused.value.code == "bad_json"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LeadlineError) as refused:
        read_query(tmp_path / "nix.json")
    assert refused.value.code == "bad_file"
