"""The composition root: settings become adapters, adapters become services. Nothing else builds either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from leadline import __version__
from leadline.accounts.limits import RedisCounter, SignInLimits
from leadline.accounts.service import Accounts
from leadline.api.services import ApiServices, Probe, Product
from leadline.cache import CacheSettings, ResultCache
from leadline.cache.results import connect
from leadline.core.calendar import WEEKDAYS
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.zones import iso, zone
from leadline.dashboards.service import Dashboards
from leadline.engine import Engine, Models
from leadline.semantic.model import Model
from leadline.settings import Settings, default_model_dir, web_dir
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.sources.tasks import end
from leadline.storage.migrate import require_current
from leadline.storage.session import State

COMPANY = "Merrow Energy (sample data)"
"""What the page calls the company of the shipped pack where no name is set."""


@dataclass(frozen=True, slots=True)
class Data:
    """What answers questions: the source, its model, and the gate between them."""

    source: Source
    models: Models
    engine: Engine
    clock: Clock
    cache: ResultCache | None = None


def model_dir(settings: Settings) -> Path:
    """The model that the settings name, else the shipped one."""
    return settings.model_dir or default_model_dir()


def source_of(settings: Settings) -> Source:
    """The source of the settings. Raises `bad_usage` where there is none."""
    if settings.source_url is None:
        raise LeadlineError(
            "bad_usage",
            "There is no source to read.",
            "Set LEADLINE_SOURCE_URL, or start everything with leadline demo or leadline up.",
        )
    return Source(
        SourceSettings(
            primary=parse_url(settings.source_url),
            replicas=tuple(parse_url(url) for url in settings.replica_urls),
            owner=parse_url(settings.owner_url) if settings.owner_url else None,
        )
    )


@asynccontextmanager
async def data(settings: Settings, *, watched: bool = False) -> AsyncIterator[Data]:
    """The way to answers, opened; closed at the end. `watched`: changed files and tables are read again.

    A model that cannot be used is no error here: whoever asks it is told.
    """
    async with AsyncExitStack() as stack:
        source = source_of(settings)
        await source.open()
        stack.push_async_callback(source.close)
        models = Models(model_dir(settings), source)
        await models.poll()
        if watched:
            await stack.enter_async_context(_running(models))
        cache = _cache(settings)
        if cache is not None:
            stack.push_async_callback(cache.close)
        clock = Clock.from_text(settings.clock)
        yield Data(source, models, Engine(source, cache, models, clock), clock, cache)


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncIterator[ApiServices]:
    """All that `leadline serve` needs. Raises `schema_version` where our database is of another version."""
    async with AsyncExitStack() as stack:
        state = State(_required(settings.state_url, "LEADLINE_STATE_URL"))
        stack.push_async_callback(state.close)
        await require_current(state)
        accounts = Accounts(state, limits=_limits(settings, stack))
        parts = await stack.enter_async_context(data(settings, watched=True))

        def model() -> Model:
            return parts.models.current.model

        yield ApiServices(
            engine=parts.engine,
            accounts=accounts,
            dashboards=Dashboards(model_dir(settings) / "dashboards", model),
            model=model,
            product=lambda: _product(settings, model(), parts.clock),
            probes=_probes(settings, state, parts),
            web=settings.web_dir or web_dir(),
        )


@asynccontextmanager
async def _running(models: Models) -> AsyncIterator[None]:
    """The watch over a model, as long as the block lasts."""
    task = asyncio.create_task(models.watch())
    try:
        yield
    finally:
        await end(task)


def _cache(settings: Settings) -> ResultCache | None:
    if settings.redis_url is None:
        return None
    return ResultCache.at(settings.redis_url, CacheSettings(ttl=settings.cache_ttl))


def _limits(settings: Settings, stack: AsyncExitStack) -> SignInLimits | None:
    """Attempts to sign in are counted for all nodes together where there is a Redis."""
    if settings.redis_url is None:
        return None
    client = connect(settings.redis_url, CacheSettings(budget=0.25))
    stack.push_async_callback(client.aclose)
    return SignInLimits(RedisCounter(client))


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise LeadlineError("bad_usage", f"{name} is not set.", "Set it, or start with leadline demo or up.")
    return value


def _product(settings: Settings, model: Model, clock: Clock) -> Product:
    """What a page must know. A story's clock is told, the real one is not."""
    home = zone(model.calendar.zone)
    shipped = model_dir(settings) == default_model_dir()
    return Product(
        company=settings.company or (COMPANY if shipped else model.source),
        currency=model.currency,
        zone=home.key,
        week_start=WEEKDAYS[model.calendar.week_start - 1],
        as_of=iso(clock.now(), home) if clock.still or clock.offset else None,
        version=__version__,
    )


def _probes(settings: Settings, state: State, parts: Data) -> dict[str, Probe]:
    """How each part is looked after. Redis and replicas may be gone: then answers are dearer, not wrong."""
    probes = {
        "state": Probe(lambda: _told(state.ping())),
        "source": Probe(lambda: _told(parts.source.probe())),
        "model": Probe(lambda: _model(parts.models)),
    }
    for number, _ in enumerate(settings.replica_urls, 1):
        probes[f"replica-{number}"] = Probe(_replica(parts.source, f"replica-{number}"), needed=False)
    if parts.cache is not None:
        probes["redis"] = Probe(lambda: _redis(parts.cache), needed=False)
    return probes


async def _told(check: Awaitable[None]) -> str:
    await check
    return "answers"


async def _model(models: Models) -> str:
    return f"{len(models.current.model.metrics)} metrics, {models.current.fingerprint[:12]}"


def _replica(source: Source, name: str) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        async with source.reading(node=name) as reader:
            return f"{reader.lag_ms} ms behind" if reader.lag_ms is not None else "answers"

    return check


async def _redis(cache: ResultCache | None) -> str:
    if cache is None or not await cache.alive():
        raise LeadlineError(
            "redis_unavailable", "Redis does not answer.", "Start it; answers are not cached."
        )
    return "answers"
