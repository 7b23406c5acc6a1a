"""Ends a statement that takes too long or brings too much, whatever the server does.

A time limit of the server's own comes first, and leaves the connection whole. This is for what no server can
be asked to do: to answer although it is frozen, or to send less than one gigantic value.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Literal

import psycopg

from leadline.core.errors import LeadlineError

_LOOK_EVERY = 0.02
_SECOND_LOOK = 0.05
_BYTES_RECEIVED = 128  # in Linux's `struct tcp_info`
_HEADROOM = 1024 * 1024
_RESET = struct.pack("ii", 1, 0)  # lingers for no time
_Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Watch:
    """Looks after one statement on `connection`, as a `with` block around it.

    After `seconds`, or when more than about `byte_cap` bytes have arrived (on Linux; elsewhere only rows that
    have arrived are counted), the connection is severed: the statement fails with the driver's
    `OperationalError`, and `broke` says why.
    """

    def __init__(self, connection: _Connection, seconds: float, byte_cap: int | None = None) -> None:
        self._connection, self._seconds = connection, seconds
        self._cap = byte_cap + byte_cap // 4 + _HEADROOM if byte_cap is not None else None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._end, self._before, self._is_late = 0.0, 0, False
        self.broke: Literal["late", "large"] | None = None

    def __enter__(self) -> Watch:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + self._seconds
        self._timer = self._loop.call_later(self._seconds, self._late)
        if self._cap is not None:
            self._socket = _socket(self._connection)
            self._before = _received(self._socket)
            _SENTRY.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._cap is not None:
            _SENTRY.discard(self)
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _late(self) -> None:
        if self._is_late:
            self.broke = "late"
            sever(self._connection)
        else:  # perhaps only our own loop was late: what has arrived is read before the second look
            self._is_late = True
            self._timer = self._loop.call_later(_SECOND_LOOK, self._late)

    def count(self) -> None:
        """Severs the connection where too much has arrived. Called from the sentry's thread."""
        with self._lock:
            if self._socket is None or self._cap is None:
                return
            if _received(self._socket) - self._before > self._cap:
                self.broke = "large"
                _shut(self._socket)


class _Sentry:
    """Counts what arrives, in a thread of its own: while the driver reads one huge value, no loop runs."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, watch: Watch) -> None:
        """Begins to look."""
        self._watches.add(watch)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="statement-sentry", daemon=True)
            self._thread.start()
        self._wake.set()

    def discard(self, watch: Watch) -> None:
        """Looks no longer."""
        self._watches.discard(watch)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while watches := tuple(self._watches):
                for watch in watches:
                    watch.count()
                time.sleep(_LOOK_EVERY)


_SENTRY = _Sentry()


def sever(connection: _Connection) -> None:
    """Cuts a connection at once: whoever waits for it gets the driver's error, the server's process ends."""
    found = _socket(connection)
    if found is None:
        return
    with found:
        _shut(found)


def _shut(found: socket.socket) -> None:
    with suppress(OSError):  # it was cut already
        # closing it then resets the connection: a server that is blocked in sending would not notice for long
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        found.shutdown(socket.SHUT_RDWR)


def too_large(byte_cap: int) -> LeadlineError:
    """More than an answer may hold."""
    return LeadlineError(
        "too_large",
        f"the answer is larger than {byte_cap // 1024 // 1024} MiB",
        "Ask for fewer rows (limit), shorter columns, or a coarser grain.",
    )


def _socket(connection: _Connection) -> socket.socket | None:
    """A second handle of the connection's socket; None where it is closed."""
    try:
        return socket.socket(fileno=os.dup(connection.fileno()))
    except (psycopg.Error, OSError):
        return None


def _received(found: socket.socket | None) -> int:
    """Bytes that have arrived on it since it was opened, read or not; 0 where the system does not tell."""
    if found is None or sys.platform != "linux":
        return 0
    facts = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_RECEIVED + 8)
    if len(facts) < _BYTES_RECEIVED + 8:
        return 0
    return int(struct.unpack_from("Q", facts, _BYTES_RECEIVED)[0])
