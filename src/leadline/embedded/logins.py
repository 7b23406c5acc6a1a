"""Addresses of databases: who signs in where."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from leadline.embedded.ports import HOST


@dataclass(frozen=True, slots=True)
class Login:
    """A role and its password."""

    user: str
    password: str

    def dsn(self, port: int, database: str) -> str:
        """The address of `database` of the server at `port` of this machine."""
        return f"postgresql://{quote(self.user)}:{quote(self.password)}@{HOST}:{port}/{quote(database)}"
