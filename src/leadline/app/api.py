"""What the API and the page need, built from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from leadline import __version__
from leadline.accounts.limits import RedisCounter, SignInLimits
from leadline.accounts.service import Accounts
from leadline.api.ahead import Ahead
from leadline.api.questions import Questions
from leadline.api.services import ApiServices, Probe, Product
from leadline.app.cache import remembering
from leadline.app.data import Data, data, model_dir, running
from leadline.app.risks import Risks
from leadline.app.state import own_state
from leadline.cache import ResultCache
from leadline.core.calendar import WEEKDAYS
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.zones import iso, zone
from leadline.dashboards.service import Dashboards
from leadline.engine import Models
from leadline.engine.origins import Shared
from leadline.engine.published import Published
from leadline.engine.publishing_models import Publisher
from leadline.semantic.model import Model
from leadline.settings import Settings, default_model_dir, web_dir
from leadline.sources.postgres import Source
from leadline.storage.session import State

COMPANY = "Merrow Energy (sample data)"
"""What the page calls the company of the shipped pack where no name is set."""


@asynccontextmanager
async def api_services(settings: Settings) -> AsyncIterator[ApiServices]:
    """All that `leadline serve` needs. Raises `schema_version` where our database is of another version."""
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(own_state(settings))
        published = Published(state)
        parts = await stack.enter_async_context(data(settings, watched=True, origin=Shared(published)))
        await _publish_first(settings, parts, published)
        accounts = _accounts(state, parts.cache)

        def model() -> Model:
            return parts.models.current.model

        dashboards = Dashboards(model_dir(settings) / "dashboards", model)
        questions = Questions(parts.engine, dashboards, lambda name: _is_number(parts.models, name))
        if parts.cache is not None:
            ahead = Ahead(questions, parts.engine, parts.clock)
            await stack.enter_async_context(running(ahead.run()))
        yield ApiServices(
            engine=parts.engine,
            accounts=accounts,
            dashboards=dashboards,
            model=model,
            is_number=lambda name: _is_number(parts.models, name),
            product=lambda: _product(settings, model(), parts.clock),
            probes=_probes(settings, state, parts),
            web=settings.web_dir or web_dir(),
            cache=parts.cache,
            questions=questions,
        )


async def _publish_first(settings: Settings, parts: Data, published: Published) -> None:
    """Where no model was ever published, that of the folder is the first; after that workers publish."""
    number, _ = await published.in_use()
    if number is None:
        await Publisher(model_dir(settings), parts.source, published).look()
        await parts.models.poll()


def _accounts(state: State, cache: ResultCache | None) -> Accounts:
    """Where there is a Redis it remembers who is signed in, and counts attempts for all nodes together."""
    if cache is None:
        return Accounts(state)
    limits = SignInLimits(RedisCounter(cache.store))
    return Accounts(state, limits=limits, remembering=remembering(cache))


def _is_number(models: Models, name: str) -> bool:
    """Whether a metric can be compared in percent. Of one that cannot be asked, the question itself tells."""
    try:
        bound = models.current
        metric = bound.model.metrics.get(name)
        return metric is None or bound.metric_type(metric).kind in ("integer", "decimal", "float")
    except LeadlineError:
        return True


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
    """How each part is looked after. Redis and replicas may be gone: then answers are dearer, not wrong.

    `source_room` tells what would stop the source one day, before it does.
    """
    probes = {
        "state": Probe(lambda: _told(state.ping())),
        "source": Probe(lambda: _told(parts.source.probe())),
        "model": Probe(lambda: _model(parts.models)),
        "source_room": Probe(Risks(parts.source.settings, settings.data_dir).check, needed=False),
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
    """What is in use, and what is wrong with newer files that are not."""
    used = f"{len(models.current.model.metrics)} metrics, {models.current.fingerprint[:12]}"
    wrong = next((issue for issue in models.issues if issue.severity == "error"), None)
    return f"{used}; the files have changed since and cannot be used: {wrong}" if wrong else used


def _replica(source: Source, name: str) -> Callable[[], Awaitable[str]]:
    async def check() -> str:
        async with source.reading(node=name) as reader:
            behind = f"{reader.lag_ms} ms behind" if reader.lag_ms is not None else "answers"
        left_out = (one.note for one in source.standings() if one.name == name and not one.used)
        return next((f"{behind}; left out: {note}" for note in left_out if note), behind)

    return check


async def _redis(cache: ResultCache | None) -> str:
    if cache is None or not await cache.alive():
        why = "Redis does not answer; it is left alone and tried again four times a second."
        raise LeadlineError("redis_unavailable", why, "Start it; until then answers are dearer.")
    return "answers"
