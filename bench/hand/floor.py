"""The dashboard by hand: its queries at once over a few connections, each in a snapshot of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection

from bench.hand.questions import ByHand, by_hand, views

CONNECTIONS = 8
"""As many as the product's pool has."""
Rows = list[tuple[Any, ...]]
Answers = dict[str, tuple[Rows, Rows]]
"""Rows and totals by `tile/query`."""


def build(admin: str) -> None:
    """Makes the views, and tidies all tables, theirs and the product's alike. `admin`: the superuser."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS hand CASCADE")
        for statement in views().split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


class Floor:
    """Open connections that answer the dashboard's questions."""

    def __init__(self, connections: list[AsyncConnection]) -> None:
        self._free: asyncio.Queue[AsyncConnection] = asyncio.Queue()
        for connection in connections:
            self._free.put_nowait(connection)
        self._questions = by_hand()

    async def load(self) -> Answers:
        """One load of the dashboard."""
        names = list(self._questions)
        found = await asyncio.gather(*(self._answer(self._questions[name]) for name in names))
        return dict(zip(names, found, strict=True))

    async def _answer(self, question: ByHand) -> tuple[Rows, Rows]:
        connection = await self._free.get()
        try:
            rows = await (await connection.execute(question.sql.encode(), question.days)).fetchall()
            totals: Rows = []
            if question.totals:
                totals = await (await connection.execute(question.totals.encode(), question.days)).fetchall()
            await connection.commit()
        finally:
            self._free.put_nowait(connection)
        return rows, totals


@asynccontextmanager
async def opened(reader: str) -> AsyncIterator[Floor]:
    """Connections of the reading role: read only, one snapshot a question, as the product's are."""
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(CONNECTIONS):
            connection = await stack.enter_async_context(
                await AsyncConnection.connect(reader, prepare_threshold=0)
            )
            await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            await connection.set_read_only(True)
            connections.append(connection)
        yield Floor(connections)
