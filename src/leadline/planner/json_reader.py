"""Reading JSON with a pointer at hand: every mistake names its place in the query."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from leadline.core.errors import LeadlineError, shown
from leadline.planner.parse_limits import NAME, TEXT, VALUES

T = TypeVar("T")


def wrong(code: str, why: str, fix: str, at: str) -> LeadlineError:
    """An error at a pointer."""
    return LeadlineError(code, why, fix, at)


def near(name: object, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or the first few of them."""
    names = sorted(known)
    found = difflib.get_close_matches(name[:80], names, n=1) if isinstance(name, str) else []
    if found:
        return f"Did you mean {found[0]}?"
    return "Use one of: " + ", ".join(names[:12]) + ("…" if len(names) > 12 else ".")


def pointer(key: str | int) -> str:
    """A key as one step of a JSON pointer."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")


_HALVES = re.compile("[\0\ud800-\udfff]")


def unfit(text: str, most: int = TEXT) -> str:
    """Why a text is refused wherever it stands; empty for one that a database can take."""
    if len(text) > most:
        return f"A text here has at most {most:,} characters."
    return "A text has no NUL and no half character in it." if _HALVES.search(text) else ""


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and where it stands."""

    value: Any
    at: str = ""

    def fail(self, why: str, fix: str, code: str = "bad_json") -> LeadlineError:
        """An error here."""
        return wrong(code, why, fix, self.at)

    def object(self, known: Iterable[str]) -> Node:
        """The node, checked to be an object with known keys only."""
        if not isinstance(self.value, dict):
            raise self.fail("An object is needed here.", "Write {…}.")
        for key in self.value:
            if key not in known:
                at = self.at + pointer(key[:80] if isinstance(key, str) else key)
                raise wrong("unknown_key", f"{str(key)[:80]!r} is no key here.", near(key, known), at)
        return self

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.value.get(key) is not None

    def __getitem__(self, key: str) -> Node:
        """The member `key` (its value None where absent)."""
        return Node(self.value.get(key), self.at + pointer(key))

    def items(self, most: int = VALUES) -> Iterator[Node]:
        """The members of a list of at most `most`."""
        if not isinstance(self.value, list):
            raise self.fail("A list is needed here.", "Write […].")
        if len(self.value) > most:
            raise self.fail(f"A list here has at most {most} members.", "Ask for less.", "too_large")
        return (Node(value, self.at + pointer(i)) for i, value in enumerate(self.value))

    def each(self, key: str, read: Callable[[Node], T], most: int = VALUES) -> tuple[T, ...]:
        """The members of the list at `key`, each read; empty where absent."""
        return tuple(read(item) for item in self[key].items(most)) if self.has(key) else ()

    def name(self, code: str = "bad_json") -> str:
        """The name of something: a short text."""
        return self.text(code, NAME)

    def text(self, code: str = "bad_json", most: int = TEXT) -> str:
        """A text that a database can take, of at most `most` characters."""
        if not isinstance(self.value, str):
            raise self.fail("A text is needed here.", 'Write it in quotes, such as "revenue".', code)
        if why := unfit(self.value, most):
            raise self.fail(why, "Shorten or correct it.", code)
        return self.value

    def flag(self, code: str = "bad_json") -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.fail("true or false is needed here.", "Write true or false.", code)
        return self.value

    def whole(self, low: int, high: int, code: str) -> int:
        """A whole number within bounds."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            raise self.fail(
                f"A whole number from {low} to {high} is needed here.", "Change the number.", code
            )
        return self.value

    def choice(self, known: Iterable[str], code: str, what: str) -> str:
        """One of the known words."""
        if not isinstance(self.value, str) or self.value not in known:
            raise self.fail(f"{shown(self.value)} is no {what}.", near(self.value, known), code)
        return self.value
