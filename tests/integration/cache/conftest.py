"""A cache over a real Redis, and what is kept in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from leadline.cache import CacheSettings, Entry, ResultCache
from leadline.cache.entry import body_of
from leadline.core.result import Column, Result, ServedBy
from tests.support.relay import Relay

BUDGET = 0.1
MODEL = "f1"


def entry(value: int = 3, *, as_of: int = 1, scores: dict[str, str] | None = None) -> Entry:
    """An answer of one number."""
    columns = (Column("sales", "sales", "integer", "Sales"),)
    result = Result(columns, ((value,),), 1, "now", "as_of", None, ServedBy("base"), key="k")
    body, cut = body_of(result)
    facts = tuple(sorted((scores or {}).items()))
    return Entry("q", facts, bool(facts), as_of, 0.0, 2.0, "base", "k", body, cut)


@pytest.fixture
async def cache(valkey: str) -> AsyncIterator[ResultCache]:
    """A cache of its own process."""
    made = ResultCache.at(valkey)
    yield made
    await made.close()


@pytest.fixture
async def other(valkey: str) -> AsyncIterator[ResultCache]:
    """That of another process."""
    made = ResultCache.at(valkey)
    yield made
    await made.close()


def port(valkey: str) -> int:
    """The port of an address."""
    return urlsplit(valkey).port or 6379


@asynccontextmanager
async def behind(relay: Relay, valkey: str) -> AsyncIterator[ResultCache]:
    """A cache that reaches Redis through a relay."""
    parts = urlsplit(valkey)
    address = f"{parts.netloc.rpartition(':')[0]}:{relay.port}"
    made = ResultCache.at(urlunsplit(parts._replace(netloc=address)), CacheSettings(budget=BUDGET))
    try:
        yield made
    finally:
        await made.close()
