"""The first sign-in and the key for scripts: made once, kept in the data directory for its owner."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from leadline.embedded.files import read_json, write_json

_FILE = "account.json"
EMAIL = "admin@leadline.local"


@dataclass(frozen=True, slots=True)
class Account:
    """What a person types to come in, and the key that scripts send."""

    email: str
    password: str
    api_key: str = ""


def load(folder: Path, password: str) -> Account:
    """The account of this directory; a new one has `password`."""
    found = read_json(folder / _FILE)
    return Account(**found) if found else Account(EMAIL, password)


def save(folder: Path, account: Account) -> None:
    """Keeps it."""
    write_json(folder / _FILE, asdict(account))
