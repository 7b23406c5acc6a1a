"""F23, F24, F26, F28: a Redis that is killed, frozen, full or cut off makes answers dearer, and nothing else.

One product of two serving processes; every fault is that of a real server.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
import redis

from leadline.embedded.valkey import ValkeyServer
from tests.faults.cached import (
    Viewer,
    metric,
    own_valkey,
    product_settings,
    readiness,
    serving,
    signed_in,
)
from tests.support.databases import Database, Databases
from tests.support.product import Served
from tests.support.servers import Home
from tests.support.state import migrated
from tests.support.waiting import best, eventually

__all__ = ["migrated"]


@dataclass(frozen=True)
class Setting:
    """A product, its Redis, and somebody signed in."""

    valkey: ValkeyServer
    served: list[Served]
    viewer: Viewer

    @property
    def pid(self) -> int:
        """Of Redis."""
        assert self.valkey.process is not None
        return self.valkey.process.pid


@pytest.fixture(scope="module")
def setting(
    home: Home, databases: Databases, migrated: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Setting]:
    """Two processes; what no version covers holds for half a second."""
    folder = home.path / "faults-redis"
    folder.mkdir(exist_ok=True)
    logs = tmp_path_factory.mktemp("faults")
    with (
        own_valkey(home, folder) as valkey,
        product_settings(databases, migrated, valkey.url, LEADLINE_CACHE_TTL="0.5") as settings,
        serving(logs, settings, 2) as served,
        signed_in(served[0]) as viewer,
    ):
        for one in served:
            viewer.load(one)
        yield Setting(valkey, served, viewer)


@contextmanager
def _frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _closed(at: Served) -> bool:
    return metric(at, "leadline_cache_open") == 0


def test_f24_a_frozen_redis_costs_a_request_a_tenth_of_a_second_and_the_next_nothing(
    setting: Setting,
) -> None:
    one = setting.served[0]

    def first() -> float:
        assert eventually(lambda: _closed(one), 5), "it closes by itself"
        usual = _session_seconds(setting, one)
        with _frozen(setting.pid):
            return _session_seconds(setting, one, 1) - usual

    def after() -> float:
        return _session_seconds(setting, one) - usual

    assert best(first, 0.15) < 0.15, "a tenth of a second, and the database in its place"
    assert eventually(lambda: _closed(one), 5)
    usual = _session_seconds(setting, one)
    with _frozen(setting.pid):
        setting.viewer.status(one)
        assert best(after, 0.05) < 0.05, "the circuit is open"
        assert metric(one, "leadline_cache_open") == 1
        assert readiness(one, "redis") == "down"
        assert "error" not in setting.viewer.states(one)
    assert eventually(lambda: _closed(one), 3), "it closes by itself"
    assert eventually(lambda: bool(setting.viewer.states(one) & {"hit", "stale"}), 5)


def _session_seconds(setting: Setting, at: Served, times: int = 5) -> float:
    """How long it takes to be told who is signed in: the median of several."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        assert setting.viewer.status(at) == 200
        taken.append(time.monotonic() - began)
    return sorted(taken)[len(taken) // 2]


def test_f23_a_redis_killed_and_back_empty_loses_nobody_and_is_used_again(setting: Setting) -> None:
    port = setting.valkey.port
    os.kill(setting.pid, signal.SIGKILL)
    setting.valkey.stop()
    for one in setting.served:
        assert setting.viewer.status(one) == 200
        assert "error" not in setting.viewer.states(one)
    setting.valkey.port = port
    setting.valkey.start()
    assert setting.valkey.port == port
    for one in setting.served:
        assert eventually(partial(_closed, one), 5)
        assert setting.viewer.status(one) == 200, "nobody is logged out"
        assert "error" not in setting.viewer.states(one)
    assert eventually(lambda: setting.viewer.states(setting.served[1]) <= {"hit", "stale"}, 5)


def test_f26_a_full_redis_only_misses(setting: Setting) -> None:
    with redis.Redis.from_url(setting.valkey.url) as client:
        client.config_set("maxmemory", "1")
        try:
            time.sleep(0.6)
            for one in setting.served:
                assert setting.viewer.status(one) == 200
                assert "error" not in setting.viewer.states(one)
                assert eventually(partial(_closed, one), 1), "a full one is not away"
        finally:
            client.config_set("maxmemory", "256mb")


def test_f26_what_redis_evicts_is_read_again(setting: Setting) -> None:
    time.sleep(0.6)
    assert "error" not in setting.viewer.states(setting.served[0])
    with redis.Redis.from_url(setting.valkey.url) as client:
        kept = [name for name in client.scan_iter("ll:*") if client.ttl(name) != -1]
        assert kept
        lasting = [name for name in client.scan_iter("ll:*") if client.ttl(name) == -1]
        assert all(b":v:" in name or b":m:" in name for name in lasting)
        client.delete(*kept)
    for one in setting.served:
        assert setting.viewer.status(one) == 200
        assert "error" not in setting.viewer.states(one)


def test_f28_a_redis_that_was_out_of_reach_is_found_again_and_readiness_tells(setting: Setting) -> None:
    one = setting.served[1]
    os.kill(setting.pid, signal.SIGKILL)
    setting.valkey.stop()
    setting.viewer.load(one)
    assert eventually(lambda: readiness(one, "redis") == "down", 2)
    time.sleep(1)  # it is tried four times a second
    assert readiness(one, "redis") == "down"
    setting.valkey.start()
    assert eventually(lambda: readiness(one, "redis") == "ok", 5), "without a restart"
