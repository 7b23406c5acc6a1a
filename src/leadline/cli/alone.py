"""Asks one query in process, with all that answers it; who asks a running product does not wait for it."""

from __future__ import annotations

import json
from typing import Any

from leadline.cli.asking import Told
from leadline.cli.place import Place
from leadline.cli.reaching import data, viewer_of_email
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.verify.run import ADMIN, viewer_of


async def in_process(place: Place, query: Any, viewer: str | None, *, explain: bool = False) -> Told:
    """The Result (JSON), read without a cache. `viewer`: an e-mail or JSON; None: an admin."""
    who = ADMIN if viewer is None else await _viewer(place, viewer)
    async with data(place) as parts:
        result = (await parts.engine.ask(query, who)).to_json()
        return Told(result, await parts.engine.explain(query, who) if explain else None)


async def _viewer(place: Place, text: str) -> Viewer:
    if not text.lstrip().startswith("{"):
        return await viewer_of_email(place, text)
    try:
        facts = json.loads(text)
    except ValueError as error:
        raise LeadlineError("bad_usage", f"--viewer is no JSON: {error}", "Check its quotes.") from None
    return viewer_of(facts)
