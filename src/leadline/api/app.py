"""The application: the registry's routes, the web app behind them, and the middleware around all."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from leadline.api.endpoint import Endpoint
from leadline.api.middleware import Observed, SafeHeaders
from leadline.api.questions import Questions
from leadline.api.registry import ROUTES
from leadline.api.services import ApiServices
from leadline.api.telemetry import Telemetry
from leadline.api.warm import Warm
from leadline.api.web import WebApp
from leadline.cache import Budget, spending


class _App(FastAPI):
    """The application: what the warm path answers never reaches routes and middleware."""

    warm: Warm
    budget: Callable[[], Budget | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request. Redis may keep it waiting for the budget, however often it is asked."""
        with spending(self.budget()):
            if self.warm.takes(scope):
                left = await self.warm.answer(scope, receive, send)
                if left is None:
                    return
                receive = left
            await super().__call__(scope, receive, send)


def create_app(services: ApiServices) -> ASGIApp:
    """The ASGI application over `services`. Its routes are pure ASGI and pay for nothing they do not use."""
    telemetry = Telemetry(services.cache)
    asked = services.questions or Questions(services.engine, services.dashboards, services.is_number)
    app = _App(
        openapi_url=None,  # ours is made from the registry
        redirect_slashes=False,
        middleware=[Middleware(SafeHeaders), Middleware(Observed, telemetry=telemetry)],
        exception_handlers={HTTPException: _raise},
        routes=[
            Route(
                route.path,
                Endpoint(route, services, telemetry, asked),
                methods=[route.method],
                name=route.name,
            )
            for route in ROUTES
        ],
    )
    app.warm = Warm(services, telemetry, asked)
    app.budget = services.cache.store.budget if services.cache else lambda: None
    app.router.default = _Rest(WebApp(services.web))
    return app


async def _raise(_: Request, error: Exception) -> Response:
    """Nothing is answered inside: `Observed` sees every exception."""
    raise error


class _Rest:
    """Whatever is no route: the web app's files and pages, or 404."""

    def __init__(self, web: WebApp) -> None:
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers it."""
        if scope["type"] != "http":
            return  # no WebSocket yet: the server refuses the handshake
        await self._web.answer(scope).send(send)
