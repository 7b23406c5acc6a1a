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
from types import TracebackType
from typing import Literal

import psycopg

from leadline.core.errors import LeadlineError

_LOOK_EVERY = 0.02
_SECOND_LOOK = 0.05
_BYTES_RECEIVED = 128  # in Linux's `struct tcp_info`
_HEADROOM = 1024 * 1024


class Watch:
    """Looks after one statement on `connection`, as a `with` block around it.

    After `seconds`, or when more than about `byte_cap` bytes have arrived (on Linux; elsewhere only rows that
    have arrived are counted), the connection is severed: the statement fails with the driver's
    `OperationalError`, and `broke` says why.
    """

    def __init__(
        self,
        connection: psycopg.AsyncConnection[tuple[object, ...]],
        seconds: float,
        byte_cap: int | None = None,
    ) -> None:
        self._connection, self._seconds = connection, seconds
        self._cap = byte_cap + byte_cap // 4 + _HEADROOM if byte_cap is not None else None
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._end, self._before, self._is_late = 0.0, 0, False
        self.broke: Literal["late", "large"] | None = None

    def __enter__(self) -> Watch:
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + self._seconds
        if self._cap is not None:
            self._socket = _socket(self._connection)
            self._before = _received(self._socket)
        self._again()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            self._socket.close()

    def _again(self) -> None:
        left = max(self._end - self._loop.time(), 0.0)
        period = _SECOND_LOOK if self._is_late else left if self._cap is None else min(left, _LOOK_EVERY)
        self._timer = self._loop.call_later(period, self._look)

    def _look(self) -> None:
        if self._cap is not None and _received(self._socket) - self._before > self._cap:
            self._sever("large")
        elif self._loop.time() < self._end:
            self._again()
        elif self._is_late:
            self._sever("late")
        else:  # perhaps only our own loop was late: what has arrived is read before the second look
            self._is_late = True
            self._again()

    def _sever(self, why: Literal["late", "large"]) -> None:
        self.broke = why
        sever(self._connection)


def sever(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """Cuts a connection at once: whoever waits for it gets the driver's error, the server's process ends."""
    found = _socket(connection)
    if found is None:
        return
    try:
        found.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was cut already
    finally:
        found.close()


def too_large(byte_cap: int) -> LeadlineError:
    """More than an answer may hold."""
    return LeadlineError(
        "too_large",
        f"the answer is larger than {byte_cap // 1024 // 1024} MiB",
        "Ask for fewer rows (limit), shorter columns, or a coarser grain.",
    )


def _socket(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> socket.socket | None:
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
