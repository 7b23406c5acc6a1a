"""Makes the databases ready: our own tables, the company or the files, somebody who may sign in.

Runs as a process of its own, so that what it needs in memory is gone afterwards. Reads one request from
standard input and says JSON lines: steps, progress, and at the end the API key or an error.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from leadline.accounts.schemas import NewUser
from leadline.accounts.service import Accounts
from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.embedded.preparation_request import Request
from leadline.imports.service import import_files
from leadline.storage.migrate import migrate
from leadline.storage.session import State

KEY_NAME = "embedded"


def say(**event: Any) -> None:
    """One line to the supervisor."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


@contextmanager
def _step(name: str) -> Iterator[None]:
    say(begin=name)
    began = time.monotonic()
    yield
    say(end=name, seconds=time.monotonic() - began)


def prepare(request: Request) -> str:
    """Does what is missing; the API key that holds."""
    now = Clock.from_text(request.clock).now()
    with _step("migrate"):
        migrate(request.state)
    if request.seed is not None and request.leads is not None:
        with _step("company"):
            _company(request, now)
    if request.files:
        with _step("import"):
            import_files(request.business, [Path(file) for file in request.files])
    with _step("accounts"):
        return asyncio.run(_accounts(request))


def _company(request: Request, now: datetime) -> None:
    from leadline.embedded import demo  # noqa: PLC0415 - only where there is a demo company

    if demo.is_created(request.business):
        demo.catch_up(request.business, now)
        return
    demo.create(
        request.business,
        as_of=now,
        seed=request.seed or demo.SEED,
        leads=request.leads or demo.LEADS,
        progress=_shown("company"),
        incidents=Path(request.incidents),
    )


def _shown(name: str) -> Callable[[int, int], None]:
    """Says progress at most a few times a second."""
    last = 0.0

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.2:
            last = time.monotonic()
            say(progress=name, done=done, total=total)

    return show


async def _accounts(request: Request) -> str:
    """The first admin where there is nobody yet; a key for scripts where there is none that holds."""
    state = State(request.state)
    try:
        accounts = Accounts(state)
        if not await accounts.users():
            await accounts.add_user(NewUser(request.email, "admin", "Admin", password=request.password))
        if request.api_key and await accounts.viewer_of_key(request.api_key):
            return request.api_key
        if any(key.name == KEY_NAME for key in await accounts.keys()):
            await accounts.remove_key(KEY_NAME)
        return (await accounts.add_key(KEY_NAME, role="admin")).key
    finally:
        await state.close()


def main() -> None:
    """Reads the request, prepares, says how it went."""
    try:
        request = Request(**json.load(sys.stdin))
        say(api_key=prepare(request))
    except LeadlineError as error:
        say(error=error.to_json())
        sys.exit(1)


if __name__ == "__main__":
    main()
