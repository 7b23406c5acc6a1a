"""A running API for tests: the real application on a real uvicorn over real accounts; the engine as given."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import httpx

from leadline.accounts.limits import SignInLimits
from leadline.accounts.service import Accounts
from leadline.api.app import create_app
from leadline.api.server import listen, serve_until, url_of
from leadline.api.services import ApiServices, Probe, Product
from leadline.cache.entry import Entry, body_of
from leadline.core.errors import LeadlineError
from leadline.core.result import Column, Result, ServedBy
from leadline.core.viewer import Viewer
from leadline.dashboards.service import Dashboards
from leadline.engine.asking import Prepared, Served
from leadline.engine.finding import NOTHING, Finds
from leadline.storage.session import State
from tests.support.databases import Database
from tests.support.models import SALES, sales_model
from tests.support.state import ADMIN, PASSWORD, VIEWER, generous_limits, quick_passwords

PRODUCT = Product("Acme", "USD", "America/Chicago", "monday", None, "0.0.0")


@dataclass
class EchoEngine:
    """Answers with the names of the metrics asked; some of them misbehave. Remembers what it was asked."""

    asked: list[tuple[object, Viewer]] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)

    def context(self, viewer: Viewer, now: datetime | None = None) -> Hashable:
        """Every viewer asks for themselves."""
        return viewer, now

    def try_prepare(
        self, data: object, viewer: Viewer, now: datetime | None = None
    ) -> Prepared | LeadlineError:
        """Whatever was asked; what is wrong with it shows when it is answered."""
        return Prepared(cast(Any, (data, viewer)), "")

    async def find(
        self, prepared: Sequence[Prepared], beside: Sequence[str] = (), last: Finds | None = None
    ) -> Finds:
        """Nothing is kept."""
        return Finds([NOTHING] * len(prepared))

    def refresh(self, prepared: Sequence[Prepared], ahead: float = 0.0) -> None:
        """Nothing is kept."""

    async def serve(self, prepared: Prepared, *, fresh_only: bool = False) -> Served:
        """An answer, an error (`unknown`), a bug (`bug`) or silence (`slow`)."""
        data, viewer = cast(Any, prepared.asked)
        self.asked.append((data, viewer))
        metrics = data.get("metrics", []) if isinstance(data, dict) else []
        if "unknown" in metrics:
            raise LeadlineError("unknown_metric", "There is no metric.", "Use another.", "/metrics/0")
        if "bug" in metrics:
            raise ZeroDivisionError("the secret value 4711")
        if "slow" in metrics:
            await self._silence()
        columns = tuple(Column(name, name, "decimal", name, scale=2) for name in metrics)
        data_ = tuple(("1.00",) for _ in metrics)
        now = "2026-11-17T09:15:00.000-06:00"
        made = Result(columns, data_, 1, now, now, None, ServedBy("base"), key="k1." + "+".join(metrics))
        return served(made)

    async def _silence(self) -> None:
        self.began.set()
        try:
            await asyncio.sleep(120)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def rows(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """None."""
        self.asked.append((data, viewer))
        return {"rows": 0}

    async def values(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """None."""
        self.asked.append((data, viewer))
        return {"values": []}

    async def explain(self, data: object, viewer: Viewer) -> Mapping[str, Any]:
        """Nothing."""
        self.asked.append((data, viewer))
        return {"definition": []}

    async def serve_many(
        self, questions: Sequence[Prepared | LeadlineError]
    ) -> AsyncGenerator[tuple[list[int], Served | LeadlineError]]:
        """One after the other; a bug goes up."""
        for place, question in enumerate(questions):
            assert isinstance(question, Prepared)
            try:
                yield [place], await self.serve(question)
            except LeadlineError as error:
                yield [place], error


def served(result: Result) -> Served:
    """A Result as the engine gives it out."""
    body, cut = body_of(result)
    layer = result.served_by.layer
    return Served(Entry("q", (), False, 0, 0.0, 2.0, layer, result.key, body, cut), "miss", {})


@dataclass
class Running:
    """An API that answers at `url`."""

    url: str
    engine: EchoEngine

    def client(self, **more: object) -> httpx.Client:
        """A client without a session."""
        return httpx.Client(base_url=self.url, timeout=10, **more)  # type: ignore[arg-type]

    @contextmanager
    def signed_in(self, email: str = VIEWER.email) -> Iterator[httpx.Client]:
        """A client with a session of that user."""
        with self.client() as client:
            client.post("/api/v1/session", json={"email": email, "password": PASSWORD}).raise_for_status()
            yield client


Changes = Callable[[ApiServices], ApiServices]


async def _services(state: State, engine: EchoEngine, limits: SignInLimits | None) -> ApiServices:
    accounts = Accounts(state, passwords=quick_passwords(), limits=limits or generous_limits())
    await accounts.add_user(ADMIN)
    await accounts.add_user(VIEWER)
    return ApiServices(
        engine=engine,
        accounts=accounts,
        dashboards=Dashboards(SALES / "dashboards", sales_model),
        model=sales_model,
        is_number=lambda metric: True,
        product=lambda: PRODUCT,
        probes={"state": Probe(_ping(state))},
    )


def _ping(state: State) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        await state.ping()
        return ""

    return check


def _unchanged(services: ApiServices) -> ApiServices:
    return services


@contextmanager
def running(
    database: Database, changes: Changes = _unchanged, limits: SignInLimits | None = None
) -> Iterator[Running]:
    """Serves in a thread of its own until the block ends."""
    engine, bound, ready = EchoEngine(), listen(0), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        state = State(database.business)
        try:
            app = create_app(changes(await _services(state, engine, limits)))
            await serve_until(stop, app, bound, ready.set)
        finally:
            await state.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    try:
        assert ready.wait(60)
        yield Running(url_of(bound), engine)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


def lines(response: httpx.Response) -> list[Mapping[str, object]]:
    """The lines of a stream."""
    return [json.loads(line) for line in response.text.splitlines()]


def web_folder(folder: Path) -> Path:
    """A built web app in miniature."""
    (folder / "assets").mkdir(parents=True)
    module = '<script type="module" src="/assets/index-AbCd1234.js"></script>'
    page = f"<!doctype html><html><script>theme()</script>{module}</html>"
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "assets" / "index-AbCd1234.js").write_text("// code\n" * 500, encoding="utf-8")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    return folder
