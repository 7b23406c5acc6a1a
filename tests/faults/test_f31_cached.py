"""F31, F42: with the databases away dashboards stay readable, with their age; signed in stays signed in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from leadline.embedded.postgres import PostgresServer
from leadline.embedded.valkey import ValkeyServer
from leadline.storage.migrate import migrate
from tests.faults.cached import (
    ADMIN,
    DATA,
    Viewer,
    metric,
    product_settings,
    readiness,
    serving,
    signed_in,
)
from tests.support.databases import Databases
from tests.support.product import Served
from tests.support.servers import Home, folder, running_primary
from tests.support.sources import run
from tests.support.state import PASSWORD
from tests.support.waiting import LATE, eventually


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that a test may stop: source and state of a product."""
    with folder("f31c") as path, running_primary(Home.at(path)) as found:
        yield found


@pytest.fixture(scope="module")
def settings(server: PostgresServer, valkey_process: ValkeyServer) -> Iterator[dict[str, str]]:
    """Those of a product over it."""
    databases = Databases(server)
    template = databases.create()
    migrate(template.business)
    with product_settings(databases, template, valkey_process.url, LEADLINE_CACHE_TTL="0.2") as made:
        yield made


def _shown(viewer: Viewer, at: Served) -> dict[tuple[str, str], tuple[object, object]]:
    _, lines = viewer.load(at)
    return {
        (line["tile"], line["query"]): (line["result"]["data"], line["result"]["as_of"])
        for line in lines
        if "result" in line
    }


def test_f31_f42_both_databases_may_go_and_come(
    server: PostgresServer, settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path, settings) as (one,), signed_in(one) as viewer:
        viewer.load(one)
        before = _shown(viewer, one)
        time.sleep(4)  # beyond what is shown as stale while it is read anew
        server.stop()
        taken = []
        for _ in range(3):
            seconds, lines = viewer.load(one)
            taken.append(seconds)
            states = {line["result"]["served_by"]["cache"] for line in lines if "result" in line}
            assert len(lines) == len(before) and states == {"stale"}
        assert min(taken) < 1.5
        assert _shown(viewer, one).keys() == before.keys()
        assert readiness(one, "source") == readiness(one, "state") == "down"
        assert viewer.status(one) == 200, "who is signed in stays so"
        body = {"email": ADMIN, "password": PASSWORD}
        refused = viewer.client.post(one.url + "/api/v1/session", json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "state_unavailable"), (
            "what writes waits"
        )
        server.start()
        renewed: set[tuple[str, str]] = set()
        assert eventually(lambda: _renewed(viewer, one, renewed) == before.keys(), 10)


def _renewed(viewer: Viewer, at: Served, found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those found so far, and which of a load's answers were read anew."""
    _, lines = viewer.load(at)
    fresh = [line for line in lines if "result" in line and line["result"]["served_by"]["cache"] != "stale"]
    found |= {(line["tile"], line["query"]) for line in fresh}
    return found


def test_f42_a_session_ended_past_us_is_refused_within_a_second(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path, settings, 2) as (one, two), signed_in(one) as viewer:
        for at in (one, two):
            viewer.load(at)
        run(settings["LEADLINE_STATE_URL"], "DELETE FROM leadline_state.session")
        ended = time.monotonic()
        refused = [eventually(partial(_is_refused, viewer, at), 1) for at in (one, two)]
        assert refused == [True, True]
        assert time.monotonic() - ended < 1 + LATE
        for at in (one, two):
            assert viewer.client.post(at.url + DATA, json={}).status_code == 401


def test_a31_signing_out_at_one_process_is_out_at_all_at_once(
    settings: dict[str, str], tmp_path: Path
) -> None:
    """Where Redis was too slow to be told, a second may pass: such a round proves no more than that."""
    with serving(tmp_path, settings, 2) as both:
        calm = 0
        for _ in range(60):
            before = _failures(both)
            answers = _after_signing_out(both)
            if _failures(both) == before:
                assert set(answers) == {401}
                calm += 1
            if calm == 10:
                break
        assert calm


def _is_refused(viewer: Viewer, at: Served) -> bool:
    return viewer.status(at) == 401


def _failures(served: list[Served]) -> float:
    return sum(metric(one, "leadline_cache_failures_total") for one in served)


def _after_signing_out(served: list[Served]) -> list[int]:
    """What both processes answer once one of them has ended a session; in the end both refuse."""
    one, two = served
    with signed_in(one) as viewer:
        for at in served:
            assert viewer.client.post(at.url + DATA, json={}).status_code == 200
        headers = {"Content-Type": "application/json"}
        gone = viewer.client.delete(one.url + "/api/v1/session", headers=headers)
        assert gone.status_code == 204
        answers = [viewer.client.post(at.url + DATA, json={}).status_code for at in (two, one, two)]
        answers += [viewer.status(at) for at in (two, one)]
        assert all(eventually(partial(_is_refused, viewer, at), 1) for at in served)
    return answers
