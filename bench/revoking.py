"""How long somebody is still answered whose session another process has ended, without a word to this one."""

from __future__ import annotations

import asyncio
import time

import httpx

from bench.stack.children import Answering
from bench.stack.serving import ADDRESS, AREA_VIEWERS, cookie
from leadline.accounts.service import Accounts
from leadline.storage.session import State

_PATIENCE = 10.0


async def seconds_until_refused(product: Answering, state: str) -> float:
    """Seconds from the end of the session in our database to the first refusal; the patience if none came."""
    user = AREA_VIEWERS[0]
    sessions = State(state)
    try:
        async with httpx.AsyncClient(base_url=product.url, timeout=30) as client:
            headers = {"cookie": cookie(product, user)}
            (await client.post(ADDRESS, json={}, headers=headers)).raise_for_status()
            await Accounts(sessions).set_disabled(user.email, disabled=True)
            began = time.perf_counter()
            while time.perf_counter() - began < _PATIENCE:
                answer = await client.post(ADDRESS, json={}, headers=headers)
                if answer.status_code == httpx.codes.UNAUTHORIZED:
                    break
                await asyncio.sleep(0.01)
            return time.perf_counter() - began
    finally:
        await sessions.close()
