"""How the commands that read data reach it: a source and model of one's own, or a product that runs.

In process (`data`, `settings_for`) nothing is cached. Over the data directory of a product whose databases we
started, we sign in as the product does: as the reader, and as the owner of our schema.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from leadline import settings
from leadline.accounts.service import Accounts
from leadline.app import data as composition
from leadline.cli.place import Place
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.embedded import secrets, status
from leadline.embedded.logins import Login
from leadline.embedded.roles import NAMES
from leadline.settings import Settings
from leadline.sources.postgres import parse_url
from leadline.storage.session import State


def settings_for(place: Place) -> Settings:
    """Settings that lead to the data, without a cache. Raises `not_running` where nothing is known."""
    known = settings.load(source_url=place.source, model_dir=place.model, data_dir=place.data_dir)
    if place.source is not None:
        return known.model_copy(update={"owner_url": None, "replica_urls": (), "redis_url": None})
    if known.source_url is not None and place.data_dir is None:
        return known.model_copy(update={"redis_url": None})
    return _running(known, place)


def _running(known: Settings, place: Place) -> Settings:
    """The settings of the product that runs over the data directory."""
    found = status.read(known.data_dir)
    reader, owner = _logins(known.data_dir, found)
    model = place.model or found.get("model_dir") or known.model_dir
    facts: dict[str, Any] = {
        "source_url": _as(found["source_dsn"], reader),
        "owner_url": _as(found["source_dsn"], owner),
        "replica_urls": tuple(_as(url, reader) for url in found["replica_dsns"]),
        "state_url": found["state_dsn"],
        "model_dir": Path(model) if model else None,
        "clock": found.get("clock") or known.clock,
        "redis_url": None,
    }
    return known.model_copy(update=facts)


def _logins(folder: Path, found: Mapping[str, Any]) -> tuple[Login | None, Login | None]:
    """Reader and owner, where the source is one that we started; else the address says who signs in."""
    source, state = parse_url(found["source_dsn"]), parse_url(found["state_dsn"])
    if source.user != NAMES["business"] or source.place != state.place:  # ours are in one server
        return None, None
    roles = secrets.load(folder).roles
    return roles.reader, roles.rollups


def _as(url: str, login: Login | None) -> str:
    """The same database as another role."""
    place = parse_url(url)
    return url if login is None else login.dsn(place.port, place.dbname)


@asynccontextmanager
async def data(place: Place) -> AsyncIterator[composition.Data]:
    """The way to answers, in process. Raises why the model or its source cannot be used."""
    _quiet()
    async with composition.data(settings_for(place)) as parts:
        _ = parts.models.current
        yield parts


def _quiet() -> None:
    """What goes wrong is raised; standard output is for the answer alone."""
    # The pool warns of each connection that we threw away after a written statement: that is as it should be.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def viewer_of_email(place: Place, email: str) -> Viewer:
    """The user of that address. Raises `not_found`, or `bad_usage` without a running product."""
    if place.source is not None:
        raise LeadlineError(
            "bad_usage", f"{email} is a user of a product, and none is asked", "Write the viewer as JSON."
        )
    state_url = settings_for(place).state_url
    if state_url is None:
        raise LeadlineError("bad_usage", "LEADLINE_STATE_URL is not set.", "Name a --data-dir.")
    state = State(state_url)
    try:
        found = await Accounts(state).viewer_of_email(email)
    finally:
        await state.close()
    if found is None:
        raise LeadlineError("not_found", f"there is no user {email}", "See leadline user list.")
    return found
