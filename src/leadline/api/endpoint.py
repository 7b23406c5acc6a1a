"""A route of the registry as an ASGI application: admit, read, handle, send."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.types import Receive, Scope, Send

from leadline.api.body import ClientLeftError, read_body, read_json
from leadline.api.gate import admit
from leadline.api.questions import Questions
from leadline.api.route import ApiRoute, Call
from leadline.api.services import ApiServices
from leadline.api.telemetry import Telemetry


class Endpoint:
    """One route. Errors go up; the middleware around the application answers them."""

    def __init__(
        self, route: ApiRoute, services: ApiServices, telemetry: Telemetry, questions: Questions
    ) -> None:
        self._route, self._services, self._telemetry = route, services, telemetry
        self._questions = questions
        self._secure = any(origin.startswith("https:") for origin in services.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        scope["leadline.route"] = self._route.path
        headers = dict(scope["headers"])
        call = await self._call(scope, headers, receive)
        work = self._answer(call, send)
        await (_unless_gone(receive, work) if self._route.long else work)

    async def _call(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Call:
        services = self._services
        who, token = await admit(self._route, scope, headers, services.accounts, services.origins)
        body = await read_body(receive, headers) if self._route.request else b""
        client = scope.get("client")
        return Call(
            services=services,
            questions=self._questions,
            telemetry=self._telemetry,
            who=who,
            token=token,
            data=read_json(body) if self._route.request else None,
            body=body,
            params=scope.get("path_params", {}),
            address=client[0] if client else "",
            secure=self._secure or scope["scheme"] == "https",
        )

    async def _answer(self, call: Call, send: Send) -> None:
        answer = await self._route.handle(call)
        await answer.send(send)


async def _unless_gone(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Does the work, or cancels it as soon as the client leaves (`ClientLeftError`)."""
    doing = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise ClientLeftError
    finally:
        for task in (doing, leaving):
            task.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)
    doing.result()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
