"""What a source was asked, counted from its own log: statements of the reading role."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
from psycopg import sql

from leadline.embedded.roles import NAMES

_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")
_STATES = "leadline.rollup_state"
_DATA = re.compile(r'"(public|leadline)"\."\w+"')


def log_all(admin: str) -> None:
    """From now on all statements of new connections of the reading role are logged. `admin`: a superuser."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER ROLE {} SET log_statement = 'all'").format(sql.Identifier(NAMES["reader"]))
        )


def log_none(admin: str) -> None:
    """Takes it back."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER ROLE {} RESET log_statement").format(sql.Identifier(NAMES["reader"]))
        )


class SourceLog:
    """The log of a server from a moment on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.begin()

    def begin(self) -> None:
        """Counts from now on."""
        self._from = self._path.stat().st_size

    def asked(self) -> int:
        """How many statements have read tables or rollups since; those about states of rollups are none."""
        with self._path.open(encoding="utf-8", errors="replace") as file:
            file.seek(self._from)
            found = _STATEMENT.findall(file.read())
        return sum(1 for text in found if _DATA.search(text) and _STATES not in text)
