"""uvicorn as we run it: a socket bound first, JSON logs, a clean end with status 0."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from leadline.core.errors import LeadlineError
from leadline.core.memory import settle

LOOPBACK = "127.0.0.1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_END_WITHIN = 5
_BACKLOG = 2048


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """A socket that listens on the port (0: any free one). Raises `port_taken` or `no_permission`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise _refused(error, host, port) from None
    bound.setblocking(False)
    return bound


def _refused(error: OSError, host: str, port: int) -> LeadlineError:
    if error.errno == errno.EADDRINUSE:
        return LeadlineError("port_taken", f"Port {port} is in use by another program.", "Use --port N.")
    if error.errno == errno.EACCES:
        return LeadlineError("no_permission", f"Port {port} is for root only.", "Use --port N above 1023.")
    why = f"{host} port {port} cannot be used: {error.strerror}."
    return LeadlineError("port_taken", why, "Use an address of this machine and a free port.")


def url_of(bound: socket.socket) -> str:
    """The address at which a bound socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """uvicorn's own handlers raise the signal again at the end; a clean end has status 0."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle()
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who the client is and whether it uses https is not for a header to say
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_END_WITHIN,
    )


async def serve_until(
    stop: asyncio.Event, app: ASGIApp, bound: socket.socket, ready: Callable[[], None]
) -> None:
    """Serves until `stop` is set; `ready` is called once requests are answered."""
    server = _Server(_config(app), ready)
    serving = asyncio.ensure_future(server.serve([bound]))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


async def serve(app: ASGIApp, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM, then ends cleanly."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await serve_until(stop, app, bound, ready)
