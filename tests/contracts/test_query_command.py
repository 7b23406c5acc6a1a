"""`leadline query` of a running product: over HTTP with a key, and in process as one of its users."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contracts.conftest import ADMIN
from tests.support.product import Served, leadline

ASK = ("query", "-m", "revenue", "--range", "this_month", "--format", "json")


@pytest.fixture(scope="module")
def asking(product: Served, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The settings of somebody who asks over HTTP."""
    made = leadline("key", "add", "asking", "--role", "viewer", environment=environment)
    yield {"LEADLINE_URL": product.url, "LEADLINE_API_KEY": made.stdout.splitlines()[0]}
    leadline("key", "remove", "asking", environment=environment)


def test_over_http_the_cache_and_the_products_clock_serve(asking: dict[str, str]) -> None:
    first = json.loads(leadline(*ASK, environment=asking).stdout)
    again = json.loads(leadline(*ASK, "--limit", "10000", environment=asking).stdout)
    assert first["now"] == "2026-11-17T23:59:59.999-06:00"
    assert again["data"] == first["data"]


def test_an_error_of_the_server_keeps_code_place_and_status(asking: dict[str, str]) -> None:
    done = leadline("query", "-m", "nix", "--format", "json", environment=asking)
    assert done.returncode == 2
    assert json.loads(done.stderr)["code"] == "unknown_metric"
    assert json.loads(done.stderr)["at"] == "/metrics/0"


def test_a_wrong_key_and_a_wrong_address(asking: dict[str, str]) -> None:
    refused = leadline(*ASK, environment={**asking, "LEADLINE_API_KEY": "ll_wrong"})
    assert json.loads(refused.stderr)["code"] == "not_signed_in"
    gone = leadline(*ASK, environment={**asking, "LEADLINE_URL": "http://127.0.0.1:1"})
    assert (gone.returncode, json.loads(gone.stderr)["code"]) == (3, "not_running")


def test_as_a_user_it_is_read_in_process(asking: dict[str, str], environment: dict[str, str]) -> None:
    over_http = json.loads(leadline(*ASK, environment=asking).stdout)
    as_user = leadline(*ASK, "--viewer", ADMIN, environment=environment)
    assert json.loads(as_user.stdout)["data"] == over_http["data"]
    unknown = leadline(*ASK, "--viewer", "nobody@example.com", environment=environment)
    assert json.loads(unknown.stderr)["code"] == "not_found"
