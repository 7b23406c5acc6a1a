"""What is examined: the servers of a source, each as the role that the product uses, and the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.semantic.model import Model
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.session import Connection


@dataclass(frozen=True, slots=True)
class Server:
    """One server, signed in to as one role."""

    name: str
    login: Login
    connection: Connection

    @property
    def role(self) -> str:
        """Who is signed in."""
        return self.login.user

    async def ask(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement. Raises the driver's errors."""
        return await (await self.connection.execute(sql.encode(), values)).fetchall()

    async def value(self, sql: str, **values: Any) -> Any:
        """The first value of the first row; None where there is none."""
        rows = await self.ask(sql, **values)
        return rows[0][0] if rows else None


@dataclass(frozen=True, slots=True)
class Patient:
    """A source. `reader` answers questions, `owner` owns the schema `leadline` (often the same role).

    `model`: as far as it can be read. `replicas` that answer; `silent`: those that do not, with the cause.
    `data_dir`: where the data are, if on this machine and ours.
    """

    reader: Server
    owner: Server
    model: Model | None = None
    replicas: tuple[Server, ...] = ()
    silent: Mapping[str, str] | None = None
    data_dir: Path | None = None
