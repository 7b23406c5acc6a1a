"""One answer as it is kept: what it may be given out for, and the bytes that go to the socket as they are.

    LL04<crc32 of the rest> <rollups, JSON>\\n<their scores>\\n<as_of>\\n<head, JSON>\\n<body>

The first three facts stand by themselves, so that Redis can compare two entries (`lua/keep.lua`). The body is
the Result as JSON up to `"ms":`, with the cache state `hit`; `cut` is where that word begins. Whoever sends
it puts the state and the milliseconds in and decodes nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from leadline.core.result import CacheState, Result

VERSION = b"LL04"
_CRC = 8
_BEGIN = len(VERSION) + _CRC + 1
_HIT = b"hit"
_MARK = b'"served_by":{"cache":"'
_encode = msgspec.json.encode
Scores = tuple[tuple[str, str], ...]
"""Rollups by name, each with the score of the state that the answer was read in (`score`)."""


class _Head(msgspec.Struct, array_like=True, frozen=True):
    """What else is known of an entry; see `Entry`."""

    question: str
    exact: bool
    read_at: float
    ttl: float
    layer: str
    key: str
    cut: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer.

    `question`: the key of the question resolved, `now` included. `scores`: the states of rollups that it was
    read in. `exact`: whether these tell every change of the data; if not it holds for `ttl` seconds. `as_of`:
    up to when the data were known, microseconds since 1970. `read_at`: when, seconds since 1970 by the clock
    of Redis. `key`: the Result's. `body`, `cut`: see above.
    """

    question: str
    scores: Scores
    exact: bool
    as_of: int
    read_at: float
    ttl: float
    layer: str
    key: str
    body: bytes
    cut: int

    @property
    def order(self) -> tuple[str, str, str]:
        """Rollups, scores and as_of as Redis compares them."""
        names = _encode([name for name, _ in self.scores]).decode()
        return names, ",".join(score for _, score in self.scores), f"{self.as_of:020d}"

    def newer_than(self, other: Entry) -> bool:
        """Whether this one's data are of a later commit, as far as can be told (`lua/keep.lua`)."""
        (names, *mine), (others, *theirs) = self.order, other.order
        return mine > theirs if names == others else self.as_of > other.as_of

    def pieces(self, state: CacheState, ms: bytes) -> tuple[bytes | memoryview, ...]:
        """The Result as JSON, in pieces to be joined. `ms`: the milliseconds as JSON."""
        if state == "hit":
            return self.body, ms, b"}"
        seen = memoryview(self.body)
        return seen[: self.cut], state.encode(), seen[self.cut + len(_HIT) :], ms, b"}"

    def json(self, state: CacheState, ms: dict[str, float]) -> bytes:
        """The Result as JSON."""
        return b"".join(self.pieces(state, _encode(ms)))


def body_of(result: Result) -> tuple[bytes, int]:
    """The Result as JSON up to its milliseconds, and where the cache state stands in it."""
    facts = result.cached("hit", {}).to_json()
    del facts["ms"]
    text = bytes(_encode(facts))[:-1] + b',"ms":'
    return text, text.rindex(_MARK) + len(_MARK)


def encode(entry: Entry) -> bytes:
    """The bytes of an entry."""
    head = _Head(entry.question, entry.exact, entry.read_at, entry.ttl, entry.layer, entry.key, entry.cut)
    parts = (*(text.encode() for text in entry.order), _encode(head), entry.body)
    rest = b"\n".join(parts)
    return b"%s%08x %s" % (VERSION, zlib.crc32(rest), rest)


def beginning(data: bytes) -> bytes:
    """How the bytes of an entry begin: checksum, scores and as_of. No other entry's begin like this."""
    end = -1
    for _ in range(3):
        end = data.index(b"\n", end + 1)
    return data[: end + 1]


_heads = msgspec.json.Decoder(_Head)
_names = msgspec.json.Decoder(tuple[str, ...])


def decode(data: bytes) -> Entry | None:
    """The entry of these bytes; None where they are of another version, cut short or damaged."""
    rest = memoryview(data)[_BEGIN:]
    if data[:_BEGIN] != b"%s%08x " % (VERSION, zlib.crc32(rest)):
        return None
    try:
        names, scores, as_of, head, body = bytes(rest).split(b"\n", 4)
        known: Any = _heads.decode(head)
        pairs = zip(_names.decode(names), scores.decode().split(",") if scores else (), strict=True)
        return Entry(
            known.question, tuple(pairs), known.exact, int(as_of), known.read_at, known.ttl, known.layer,
            known.key, body, known.cut,
        )  # fmt: skip
    except (msgspec.MsgspecError, ValueError):  # sound, but of a shape that this version does not know
        return None
