"""The warm path: it answers what the ordinary one would, and nobody else."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from leadline.accounts.remembered import Remembering
from leadline.accounts.service import Accounts
from leadline.api.ahead import Ahead
from leadline.api.app import create_app
from leadline.api.questions import Questions
from leadline.api.services import ApiServices
from leadline.cache import CacheSettings, ResultCache
from leadline.core.clock import Clock
from leadline.dashboards.service import Dashboards
from leadline.embedded import demo
from leadline.engine import Engine, Models
from leadline.engine.publishing_versions import Publishing
from leadline.rollups.service import Rollups
from leadline.sources.postgres import Source
from leadline.storage.session import State
from tests.support.api import PRODUCT
from tests.support.databases import Database, Databases
from tests.support.models import SALES
from tests.support.product import clock
from tests.support.sources import run, settings_of
from tests.support.state import ADMIN, PASSWORD, VIEWER, generous_limits, quick_passwords

DATA = "/api/v1/dashboards/executive/data"


@pytest.fixture(scope="module")
def company(databases: Databases) -> Any:
    """A small demo company."""
    made = databases.create()
    demo.create(made.business, as_of=clock().now(), leads=500)
    yield made
    databases.drop(made)


@dataclass
class Answered:
    """What came back. `whole`: in one piece, as only the warm path sends it."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return b"content-length" in self.headers and self.status == 200

    @property
    def body(self) -> bytes:
        packed = self.headers.get(b"content-encoding") == b"gzip"
        return gzip.decompress(b"".join(self.parts)) if packed else b"".join(self.parts)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.body.splitlines()]

    def values(self) -> dict[tuple[str, str], Any]:
        return {(one["tile"], one["query"]): one["result"]["data"] for one in self.lines() if "tile" in one}

    def states(self) -> set[str]:
        return {one["result"]["served_by"]["cache"] for one in self.lines() if "tile" in one}


@dataclass
class Product:
    """One process, asked in process."""

    app: ASGIApp
    services: ApiServices
    publishing: Publishing
    rollups: Rollups
    clock: Clock
    questions: Questions

    async def ask(self, token: str | None, body: bytes = b"{}", **more: str) -> Answered:
        """The dashboard's data."""
        sent = {"host": "leadline", "content-type": "application/json", **more}
        if token is not None:
            sent["cookie"] = f"other=1; leadline_session={token}"
        headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
        scope = {
            "type": "http", "method": "POST", "path": DATA, "raw_path": DATA.encode(), "root_path": "",
            "scheme": "http", "headers": headers, "query_string": b"", "client": ("127.0.0.1", 1),
            "http_version": "1.1", "app": self.app,
        }  # fmt: skip
        answered, left = Answered(), [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if left:
                return left.pop()
            return await asyncio.Future()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status, answered.headers = message["status"], dict(message["headers"])
            else:
                answered.parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return answered

    async def token(self, email: str = VIEWER.email) -> str:
        """That of a new session."""
        return (await self.services.accounts.sign_in(email, PASSWORD)).token


@pytest.fixture
async def product(company: Database, valkey: str, state: State, tmp_path: Path) -> AsyncIterator[Product]:
    """A product over the company; what no version covers holds for long, and nothing else is shown."""
    source = Source(settings_of(company))
    await source.open()
    models = Models(SALES, source)
    await models.poll()
    cache = ResultCache.at(valkey, CacheSettings(ttl=60, stale=-1000))
    accounts = Accounts(
        state,
        passwords=quick_passwords(),
        limits=generous_limits(),
        remembering=Remembering(cache.store, cache.space),
    )
    for user in (ADMIN, VIEWER):
        await accounts.add_user(user)
    now = clock()
    engine = Engine(source, cache, models, now)
    dashboards = Dashboards(SALES / "dashboards", lambda: models.current.model)
    questions = Questions(engine, dashboards, lambda _: True)
    services = ApiServices(
        engine=engine,
        accounts=accounts,
        dashboards=dashboards,
        model=lambda: models.current.model,
        product=lambda: PRODUCT,
        is_number=lambda _: True,
        cache=cache,
        questions=questions,
    )
    rollups = Rollups(source, models.current)
    await rollups.install()
    publishing = Publishing(source, cache, models)
    yield Product(create_app(services), services, publishing, rollups, now, questions)
    await cache.close()
    await source.close()


async def test_a_warm_dashboard_is_what_the_cold_one_was(product: Product) -> None:
    token = await product.token()
    cold = await product.ask(token)
    assert not cold.whole and cold.states() == {"miss"}
    for warm in [await product.ask(token) for _ in range(3)]:
        assert warm.whole and warm.states() == {"hit"}
        assert warm.values() == cold.values()
        assert warm.lines()[-1]["queries"] == len(warm.lines()) - 1
    warm = await product.ask(token)
    names = {b"cache-control", b"content-security-policy", b"x-content-type-options"}
    assert names <= warm.headers.keys()
    assert warm.headers[b"cache-control"] == b"private, no-store"
    other = await product.ask(await product.token(ADMIN.email))
    assert other.whole and other.values() == cold.values(), "equal rights, equal answers"


async def test_a_warm_answer_is_compressed_for_who_takes_it(product: Product) -> None:
    token = await product.token()
    plain = await product.ask(token)
    await product.ask(token)
    packed = await product.ask(token, accept_encoding="br, gzip;q=0.8")
    assert packed.headers[b"content-encoding"] == b"gzip" and packed.whole
    assert int(packed.headers[b"content-length"]) < len(plain.body) / 3
    assert packed.values() == plain.values()
    refused = await product.ask(token, accept_encoding="gzip;q=0")
    assert b"content-encoding" not in refused.headers


async def test_nobody_else_is_answered(product: Product) -> None:
    token = await product.token()
    await product.ask(token)
    assert (await product.ask(token)).whole
    for wrong in (None, "", "x", token[:-1], token + "x"):
        refused = await product.ask(wrong)
        assert (refused.status, refused.lines()[0]["code"]) == (401, "not_signed_in")
    for headers in ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}):
        refused = await product.ask(token, b"{}", **headers)
        assert (refused.status, refused.lines()[0]["code"]) == (403, "wrong_origin")
    text = await product.ask(token, content_type="text/plain")
    assert text.status == 403
    keyed = await product.ask(token, authorization="Bearer ll_000000000000_wrong")
    assert keyed.status == 401, "a wrong key is not made good by a cookie"


async def test_a_key_is_answered_warm_until_it_is_revoked(product: Product) -> None:
    key = (await product.services.accounts.add_key("k", email=VIEWER.email)).key
    await product.ask(None, authorization=f"Bearer {key}")
    assert (await product.ask(None, authorization=f"Bearer {key}")).whole
    forged = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert (await product.ask(None, authorization=f"Bearer {forged}")).status == 401
    await product.services.accounts.remove_key("k")
    assert (await product.ask(None, authorization=f"Bearer {key}")).status == 401


@pytest.mark.parametrize("way", ["sign_out", "disabled", "removed", "password"])
async def test_a31_whoever_is_out_is_out_at_once(product: Product, way: str) -> None:
    accounts = product.services.accounts
    token = await product.token()
    await product.ask(token)
    assert (await product.ask(token)).whole
    if way == "sign_out":
        await accounts.sign_out(token)
    elif way == "disabled":
        await accounts.set_disabled(VIEWER.email, True)
    elif way == "removed":
        await accounts.remove_user(VIEWER.email)
    else:
        await accounts.set_password(VIEWER.email, "another " + PASSWORD)
    assert [(await product.ask(token)).status for _ in range(5)] == [401] * 5


async def test_a31_a_reading_under_way_does_not_bring_an_ended_session_back(product: Product) -> None:
    accounts, token = product.services.accounts, await product.token()
    for _ in range(20):
        asking = [asyncio.create_task(accounts.viewer_of_session(token)) for _ in range(5)]
        await asyncio.sleep(0.001)
        await accounts.sign_out(token)
        assert await accounts.viewer_of_session(token) is None
        await asyncio.gather(*asking)
        assert await accounts.viewer_of_session(token) is None
        token = await product.token()


async def test_wrong_requests_are_judged_the_ordinary_way(product: Product) -> None:
    token = await product.token()
    await product.ask(token)
    for body, code in ((b"{", "bad_json"), (b"[]", "bad_json"), (b'{"only":["no"]}', "not_found")):
        for _ in range(2):
            refused = await product.ask(token, body)
            assert refused.lines()[0]["code"] == code
    large = await product.ask(token, b"{" + b" " * 5000 + b"}")
    assert large.status == 200 and not large.whole


async def test_a_refresh_spoils_the_tiles_that_read_the_rollup_and_no_others(
    product: Product, company: Database
) -> None:
    for name in product.rollups.definitions:
        await product.rollups.refresh(name)
    await product.publishing.publish()
    token = await product.token()
    await product.ask(token)
    before = await product.ask(token)
    assert before.whole
    run(company.business, "UPDATE deals SET amount = amount + 1 WHERE status = 'won'")
    assert (await product.ask(token)).states() == {"hit"}, "nobody has been told yet"
    await product.rollups.refresh("daily_revenue_summary")
    await product.publishing.publish()
    after = await product.ask(token)
    states = {
        (one["tile"], one["query"]): one["result"]["served_by"]["cache"]
        for one in after.lines()
        if "tile" in one
    }
    assert set(states.values()) == {"hit", "miss"}
    changed = {name for name, data in after.values().items() if data != before.values()[name]}
    assert changed and changed <= {name for name, state in states.items() if state == "miss"}
    assert (await product.ask(token)).whole


async def test_the_next_minute_is_made_ahead_of_what_is_looked_at(product: Product) -> None:
    engine = product.services.engine
    assert isinstance(engine, Engine)
    await _room_in_this_minute()
    moving = Clock(offset=timedelta(days=-30))
    engine._clock = moving
    token = await product.token()
    await product.ask(token)
    counters = product.services.cache.counters if product.services.cache else None
    assert counters is not None
    ahead = Ahead(product.questions, engine, moving)
    await ahead.once()
    await _until_quiet(counters)
    read = counters.source
    engine._clock = replace(moving, offset=moving.offset + timedelta(minutes=1))
    turned = await product.ask(token)
    assert turned.whole and turned.states() == {"hit"}
    assert counters.source == read


async def _until_quiet(counters: Any) -> None:
    seen: list[int] = []
    while len(seen) < 4 or len(set(seen[-4:])) > 1:
        await asyncio.sleep(0.3)
        seen.append(counters.source)


async def _room_in_this_minute() -> None:
    """The clock is real: the test begins where its minute will not turn meanwhile."""
    if (left := 60 - time.time() % 60) < 20:
        await asyncio.sleep(left + 0.1)
