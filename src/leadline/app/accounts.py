"""The accounts alone, built from settings: for the commands that change them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from leadline.accounts.service import Accounts
from leadline.app.cache import cache_of, remembering
from leadline.core.errors import LeadlineError
from leadline.settings import Settings
from leadline.storage.migrate import require_current
from leadline.storage.session import State


@asynccontextmanager
async def accounts_at(settings: Settings) -> AsyncIterator[Accounts]:
    """The accounts of our own database. Raises `schema_version` where it is of another version."""
    async with AsyncExitStack() as stack:
        state = State(required(settings.state_url, "LEADLINE_STATE_URL"))
        stack.push_async_callback(state.close)
        await require_current(state)
        cache = cache_of(settings)
        if cache is not None:
            stack.push_async_callback(cache.close)
        yield Accounts(state, remembering=remembering(cache))


def required(value: str | None, name: str) -> str:
    """A setting that there must be. Raises `bad_usage`."""
    if value is None:
        raise LeadlineError("bad_usage", f"{name} is not set.", "Set it, or start with leadline demo or up.")
    return value
