"""A03: limits, offsets, counts, zones and dates are checked before anything else happens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.attacks.conftest import Asking
from tests.attacks.planning import refusal, revenue

NUMBERS: list[Any] = [
    -1, -(2**63), 2**63, 10**400, 1.5, 1e309, -1e309, float("nan"), True, False, "1", "10;select", "١", [1],
    {"n": 1}, "",
]  # fmt: skip
COUNTS = {
    "/limit": lambda n: revenue(limit=n),
    "/offset": lambda n: revenue(offset=n),
    "/top/n": lambda n: revenue(dimensions=["rep.name"], top={"n": n}),
    "/compare/0/periods": lambda n: revenue(
        time={"grain": "day"}, compare=[{"growth": "rolling", "periods": n}]
    ),
}
ZONES = [
    "UTC'||", "UTC; select 1", "/etc/localtime", "../UTC", "UTC\0", "utc'", "America/Chicago'--", "Mars/Base",
    "", "localtime", "posixrules ", "+01:00", "EST5EDT4,M3.2.0", 7, ["UTC"], "Europe/Berlin\n", "x" * 200_000,
]  # fmt: skip
PRESETS = [
    "last 99999999 days", "last_99999999_days", "last_0_days", "last_-1_days", "last_1001_days", "this_hour",
    "last_1e3_days", "today;select", "today'", "TODAY", "last_١_days", "last_1_days ", "year_to_dates", 7,
    ["today"],
]  # fmt: skip
WHENS = [
    "10;select", "now()", "99999-01-01", "0000-00-00", "2026-02-30", "2026-13-01", "2026-01-01T25:00",
    "2026-01-01T00:00:00+99:00", "infinity", "-infinity", "epoch", "4713-01-01 BC", "'2026-01-01'", 20260101,
    "2026-01-01\0", "9" * 5_000, "x" * 200_000, ["2026-01-01"],
]  # fmt: skip
SHIFTS = [
    "0 days", "1001 days", "-28 days", "28 days; select 1", "28 days'", "1e3 days", "99999999999 days", "28",
    "P28D", "28 decades", 28, "9" * 5_000 + " days",
]  # fmt: skip


@pytest.mark.parametrize("place", COUNTS)
def test_a03_counts_are_whole_numbers_within_their_bounds(place: str) -> None:
    for number in NUMBERS:
        error = refusal(COUNTS[place](number))
        assert error.code in {"bad_limit", "bad_top", "not_comparable"}, number
        assert error.at == place


@pytest.mark.parametrize("zone", ZONES, ids=range(len(ZONES)))
def test_a03_zones_are_those_of_the_list(zone: object) -> None:
    error = refusal(revenue(time={"zone": zone, "grain": "day"}))
    assert (error.code, error.at) == ("unknown_zone", "/time/zone")


@pytest.mark.parametrize("preset", PRESETS, ids=str)
def test_a03_presets_are_those_of_the_grammar(preset: object) -> None:
    for place, query in (
        ("/time/range", revenue(time={"range": {"preset": preset}})),
        ("/compare/0/to", revenue(compare=[{"to": {"preset": preset}}])),
        (
            "/filters/0/range",
            revenue(filters=[{"field": "deals.closed_at", "op": "range", "range": {"preset": preset}}]),
        ),
    ):
        error = refusal(query)
        assert (error.code, error.at) == ("unknown_preset", place + "/preset")


@pytest.mark.parametrize("text", WHENS, ids=range(len(WHENS)))
def test_a03_dates_are_dates(text: object) -> None:
    for key in ("from", "to"):
        for place, query in (
            ("/time/range", revenue(time={"range": {key: text}})),
            ("/compare/0/to", revenue(compare=[{"to": {key: text}}])),
            (
                "/filters/0/range",
                revenue(filters=[{"field": "deals.closed_at", "op": "range", "range": {key: text}}]),
            ),
        ):
            error = refusal(query)
            assert (error.code, error.at) == ("bad_range", f"{place}/{key}")
    error = refusal(revenue(as_of=text))
    assert (error.code, error.at) == ("bad_as_of", "/as_of")


@pytest.mark.parametrize("shift", SHIFTS, ids=range(len(SHIFTS)))
def test_a03_shifts_are_counts_of_units(shift: object) -> None:
    error = refusal(revenue(compare=[{"to": {"shift": shift}}]))
    assert (error.code, error.at) == ("not_comparable", "/compare/0/to/shift")


@pytest.mark.parametrize(
    "span",
    [
        {"from": "2026-02-01", "to": "2026-01-01"},
        {"from": "9999-12-31T23:59:59", "to": "9999-12-31T23:59:59.999999"},
        {"to": "9999-12-31T00:00:01"},
    ],
)
def test_a03_impossible_ranges_are_refused(span: dict[str, str]) -> None:
    assert refusal(revenue(time={"range": span})).code == "bad_range"


@pytest.mark.parametrize(
    "raw",
    [
        '"limit": 1e309', '"limit": -1e309', '"limit": 1e5', '"limit": 10.0', '"limit": NaN',
        '"limit": Infinity', '"limit": 0x10', '"limit": 01', '"limit": ' + "9" * 5_000,
        '"offset": 1e400', '"offset": -0.0',
        '"limit": 5, "limit": "x"', '"time": {"zone": "UTC\'||"}', '"as_of": "now()"',
        '"time": {"range": {"preset": "last 99999999 days"}}',
        '"filters": [{"field": "deals.amount", "op": "eq", "values": [1e309]}]',
        '"filters": [{"field": "deals.amount", "op": "eq", "values": [0.1]}]',
    ],
    ids=lambda raw: raw[:40],
)  # fmt: skip
def test_a03_over_http_raw_numbers_are_refused(asking: Asking, raw: str) -> None:
    with asking.api.signed_in() as client:
        answer = client.post(
            "/api/v1/query",
            content=f'{{"metrics": ["revenue"], {raw}}}'.encode(),
            headers={"content-type": "application/json"},
        )
    assert answer.status_code == 400, answer.text[:300]
    assert set(json.loads(answer.text)) == {"code", "why", "fix", "at"}
    assert not asking.engine.texts()
