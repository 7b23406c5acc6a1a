"""The accounts alone, built from settings: for the commands that change them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from leadline.accounts.service import Accounts
from leadline.app.cache import cache_of, remembering
from leadline.app.state import own_state
from leadline.settings import Settings


@asynccontextmanager
async def accounts_at(settings: Settings) -> AsyncIterator[Accounts]:
    """The accounts of our own database. Raises `schema_version` where it is of another version."""
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(own_state(settings))
        cache = cache_of(settings)
        if cache is not None:
            stack.push_async_callback(cache.close)
        yield Accounts(state, remembering=remembering(cache))
