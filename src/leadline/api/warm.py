"""The warm path: a dashboard whose answers the cache has goes out before anything else is looked at.

One round trip reads the session, the published versions and whatever of the answers this process does not
hold. Everything unusual - no session, an error, an answer that is not there - goes the ordinary way, which
judges it again; this one only ever says yes.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TypeVar
from weakref import ref

import structlog
from starlette.types import Message, Receive, Scope, Send

from leadline.accounts.guests import SESSION, Guest, key_guest, session_guest
from leadline.api.answers import NDJSON
from leadline.api.gate import check_origin, credentials
from leadline.api.middleware import completed
from leadline.api.questions import Composed, Questions
from leadline.api.services import ApiServices
from leadline.api.telemetry import Telemetry
from leadline.api.whole import Whole, Wholes, accepted
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine.finding import Finds, Found

_log = structlog.get_logger("leadline.api")
_K = TypeVar("_K")
_V = TypeVar("_V")
_BEFORE, _AFTER = "/api/v1/dashboards/", "/data"
ROUTE = "/api/v1/dashboards/{id}/data"
_MOST = 5_000
_LARGEST = 4_096
_TOGETHER = 0.7
"""Seconds: answers of one dashboard that end within them are read anew together."""
_GZIP = (b"content-encoding", b"gzip")
_HEADERS = {
    secure: completed(
        [
            (b"content-type", NDJSON.encode()),
            (b"x-accel-buffering", b"no"),
            (b"vary", b"accept-encoding"),
        ],
        secure,
    )
    for secure in (False, True)
}


class Warm:
    """Answers requests for the data of a dashboard from the cache."""

    def __init__(self, services: ApiServices, telemetry: Telemetry, questions: Questions) -> None:
        self._services, self._telemetry, self._questions = services, telemetry, questions
        self._guests: OrderedDict[tuple[bytes, bytes], Guest | None] = OrderedDict()
        # Weak: what a client asked once and nobody asks again is not kept alive by a guess.
        self._guesses: OrderedDict[tuple[Guest, str, bytes], ref[Composed]] = OrderedDict()
        self._wholes = Wholes()

    @staticmethod
    def takes(scope: Scope) -> bool:
        """Whether a request may be answered here."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return False
        path: str = scope["path"]
        return path.startswith(_BEFORE) and path.endswith(_AFTER)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answers the request: None. Else what is left to receive for who answers it the ordinary way."""
        began = time.perf_counter()
        message = await receive()
        body = message.get("body", b"")
        if message["type"] != "http.request" or message.get("more_body") or len(body) > _LARGEST:
            return _again(message, receive)
        headers = dict(scope["headers"])
        ready = await self._tried(scope["path"][len(_BEFORE) : -len(_AFTER)], body, headers)
        if ready is None:
            return _again(message, receive)
        await self._send(scope, headers, send, ready, began)
        return None

    async def _tried(self, dashboard: str, body: bytes, headers: dict[bytes, bytes]) -> Whole | None:
        try:
            return await self._ready(dashboard, body, headers)
        except LeadlineError:
            return None  # the ordinary way says what is wrong
        except Exception:  # noqa: BLE001 - our bug: the ordinary way is another one
            _log.exception("warm_failed")
            return None

    # Who asks, and what

    async def _ready(self, dashboard: str, body: bytes, headers: dict[bytes, bytes]) -> Whole | None:
        guest = self._guest(headers)
        if guest is None:
            return None
        if guest.kind == SESSION:
            check_origin(headers, self._services.origins, has_body=True)
        guess = self._guess(guest, dashboard, body)
        viewer, finds = await self._guessed(guest, guess)
        if viewer is None:
            return None
        composed = await self._questions.of(dashboard, body, viewer)
        if composed is not guess or finds is None:
            finds = await self._services.engine.find(composed.good, (), self._wholes.last(composed))
            _remember(self._guesses, (guest, dashboard, body), ref(composed))
        return self._at_once(composed, finds)

    def _guess(self, guest: Guest, dashboard: str, body: bytes) -> Composed | None:
        """What the same one asked last time."""
        last = self._guesses.get((guest, dashboard, body))
        return last() if last is not None else None

    async def _guessed(self, guest: Guest, guess: Composed | None) -> tuple[Viewer | None, Finds | None]:
        """Who asks, and with them what there is for the questions of last time."""
        accounts = self._services.accounts
        remembering = accounts.guests.remembering
        if remembering is None:
            return None, None
        if guess is None:
            return await accounts.viewer_of_guest(guest), None
        name = remembering.name(guest.what)
        finds = await self._services.engine.find(guess.good, (name,), self._wholes.last(guess))
        reply = finds.beside[0] if finds.beside else None
        fresh = remembering.read(reply, guest.proof, accounts.guests.now())
        return fresh or await accounts.viewer_of_guest(guest), finds

    def _guest(self, headers: dict[bytes, bytes]) -> Guest | None:
        """Whoever the headers say; the same headers say the same."""
        said = headers.get(b"authorization", b""), headers.get(b"cookie", b"")
        if said in self._guests:
            return self._guests[said]
        if len(said[0]) + len(said[1]) > _LARGEST:
            return None
        given = credentials(headers)
        if given.key is not None:
            guest = key_guest(given.key)
        else:
            guest = session_guest(given.token) if given.token else None
        _remember(self._guests, said, guest)
        return guest

    def _at_once(self, composed: Composed, finds: Finds) -> Whole | None:
        """All answers, if there is one to each question; those that no longer hold are read anew besides."""
        if finds.published is None:
            return None
        whole = self._wholes.get(composed, finds)
        if whole is None:
            if len(finds.found) != len(composed.questions) or not all(map(_shown, finds.found)):
                return None
            whole = self._wholes.put(composed, finds)
        if whole.refresh_due():
            self._refresh(composed, finds)
        return whole

    def _refresh(self, composed: Composed, finds: Finds) -> None:
        """Has anew what no longer holds, and with it what soon will not: then all of it holds together."""
        soon = finds.now + _TOGETHER
        ending = [one for one, found in zip(composed.good, finds.found, strict=True) if found.until < soon]
        self._services.engine.refresh(ending, _TOGETHER)

    # The answer

    async def _send(
        self, scope: Scope, headers: dict[bytes, bytes], send: Send, ready: Whole, began: float
    ) -> None:
        out = _HEADERS[scope["scheme"] == "https"]
        if accepted(headers.get(b"accept-encoding", b"")):
            body, out = ready.packed(began), [*out, _GZIP]
        else:
            body = ready.plain(began)
        out = [*out, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": out})
        await send({"type": "http.response.body", "body": body})
        for (layer, state), times in ready.counts.items():
            self._telemetry.query(layer, state, times)
        self._telemetry.request(ROUTE, "POST", 200, time.perf_counter() - began)


def _shown(found: Found) -> bool:
    """Whether there is an answer that may be shown without waiting."""
    return found.entry is not None and found.freshness != "old"


def _again(message: Message, receive: Receive) -> Receive:
    """`receive`, with a message before the others."""
    left = [message]

    async def receiving() -> Message:
        return left.pop() if left else await receive()

    return receiving


def _remember(known: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > _MOST:
        known.popitem(last=False)
