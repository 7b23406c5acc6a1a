"""Secrets that we make: session tokens and API keys. Only their hashes are kept.

They are 256 random bits, so a plain SHA-256 cannot be turned back; passwords, which people choose, get
Argon2.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

_BYTES = 32
_PREFIX_BYTES = 6
_LONGEST = 200


def new_token() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def same_hash(proof: str, digest: bytes) -> bool:
    """Whether a hash in hexadecimal is that one, in a time that does not depend on where they differ."""
    return hmac.compare_digest(bytes.fromhex(proof), digest)


@dataclass(frozen=True, slots=True)
class KeyText:
    """An API key `ll_<prefix>_<secret>`. The prefix finds it and may be shown; the secret proves it."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"ll_{self.prefix}_{self.secret}"


def new_key() -> KeyText:
    """A new API key."""
    return KeyText(secrets.token_hex(_PREFIX_BYTES), new_token())


def read_key(text: str) -> KeyText | None:
    """The parts of a key; None where it is none."""
    parts = text.split("_", 2)
    if len(text) > _LONGEST or len(parts) != 3 or parts[0] != "ll" or not text.isascii():
        return None
    return KeyText(parts[1], parts[2])
