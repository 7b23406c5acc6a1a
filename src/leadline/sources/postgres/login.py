"""Where a PostgreSQL is and who signs in: a URL is taken apart here and never reaches the driver as text.

libpq's own connection strings can name files, sockets, host lists and services; a user's address can not.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from leadline.core.errors import LeadlineError

_SCHEMES = ("postgresql", "postgres")
_SSL_MODES = ("disable", "prefer", "require", "verify-full")
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_DEFAULT_PORT = 5432
_KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""A server that vanished (power, cable) is noticed within seconds, not after two hours."""
_FIX = "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with ?sslmode=… as the only option."


@dataclass(frozen=True, slots=True)
class Login:
    """One database and the role that reads it. The password is never shown."""

    host: str
    port: int
    dbname: str
    user: str
    password: str = field(default="", repr=False)
    sslmode: str = "prefer"

    @property
    def place(self) -> str:
        """`host:port`, as errors and logs name it."""
        return f"{self.host}:{self.port}"

    def parameters(self) -> dict[str, Any]:
        """The driver's keyword arguments: separate fields, and nothing read from files of this machine."""
        fields = {
            "host": self.host,
            "port": self.port,
            "dbname": self.dbname,
            "user": self.user,
            "password": self.password,
            "sslmode": self.sslmode,
            "passfile": os.devnull,
            "gssencmode": "disable",
            "client_encoding": "UTF8",
            **_KEEPALIVE,
        }
        return fields | ({"sslrootcert": "system"} if self.sslmode == "verify-full" else {})


def _refuse(why: str) -> NoReturn:
    raise LeadlineError("bad_usage", f"the database address {why}", _FIX)


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        return parts, parts.port or _DEFAULT_PORT
    except ValueError:
        _refuse("cannot be read (host or port)")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        _refuse("names no host")
    if not _HOST.fullmatch(host) or host.startswith("-"):
        _refuse("must name one host by name or IP address (no list, no socket path)")
    return host


def _plain(text: str, what: str) -> str:
    decoded = unquote(text)
    if not decoded or any(ord(character) < 0x20 for character in decoded):
        _refuse(f"has no {what}, or one with control characters")
    return decoded


def _dbname(parts: SplitResult) -> str:
    name = _plain(parts.path.removeprefix("/"), "database name")
    if "=" in name or "://" in name or "/" in name:
        _refuse("has a database name that is itself an address")
    return name


def _sslmode(query: str) -> str:
    options = dict(parse_qsl(query, keep_blank_values=True))
    mode = options.pop("sslmode", "prefer")
    if options:
        _refuse(f"has an option that is not accepted: {', '.join(sorted(options))[:60]!r}")
    if mode not in _SSL_MODES:
        _refuse(f"has an unknown sslmode (one of {', '.join(_SSL_MODES)})")
    return mode


def parse_url(url: str) -> Login:
    """The login that `postgresql://…` states. Anything but its six facts is refused as `bad_usage`."""
    parts, port = _split(url.strip())
    if parts.scheme not in _SCHEMES:
        _refuse("must begin with postgresql://")
    if parts.fragment:
        _refuse("has a fragment (write # as %23)")
    return Login(
        host=_host(parts),
        port=port,
        dbname=_dbname(parts),
        user=_plain(parts.username or "", "user"),
        password=unquote(parts.password or ""),
        sslmode=_sslmode(parts.query),
    )
