"""Our own database, opened from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from leadline.core.errors import LeadlineError
from leadline.settings import Settings
from leadline.storage.migrate import require_current
from leadline.storage.session import State


@asynccontextmanager
async def own_state(settings: Settings) -> AsyncIterator[State]:
    """Our own database until the block ends. Raises `schema_version` where it is of another version."""
    state = State(state_url(settings))
    try:
        await require_current(state)
        yield state
    finally:
        await state.close()


def state_url(settings: Settings) -> str:
    """Its address. Raises `bad_usage` where there is none."""
    if settings.state_url is None:
        raise LeadlineError(
            "bad_usage", "LEADLINE_STATE_URL is not set.", "Set it, or start with leadline demo or up."
        )
    return settings.state_url
