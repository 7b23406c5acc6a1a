"""What an entry may be given out as: current, not current with its age, or only while the source is away."""

from __future__ import annotations

from typing import Literal

from leadline.cache.entry import Entry
from leadline.cache.results import CacheSettings
from leadline.cache.versions import Published

Freshness = Literal["hit", "stale", "old"]
LONGEST = 120.0
"""Seconds after which nothing counts as current without being read anew, whatever the versions say."""
_SKEW = 5.0


def freshness(
    entry: Entry, question: str, published: Published | None, now: float, settings: CacheSettings
) -> Freshness:
    """What an entry is to who asks `question` at `now` (the clock of Redis), under the published versions.

    `published` None: Redis is away; then an entry of this process holds for the time of one without versions.
    """
    age = now - entry.read_at
    if age < -_SKEW:
        return "old"  # from a future that no clock of ours has seen: not to be trusted
    if entry.question == question and _holds(entry, published, age, settings):
        return "hit"
    return "stale" if age < entry.ttl + settings.stale else "old"


def _holds(entry: Entry, published: Published | None, age: float, settings: CacheSettings) -> bool:
    if published is None:
        return age < min(entry.ttl, settings.ttl)
    if any(published.get(name) != score for name, score in entry.scores):
        return False
    return entry.read_at + age < holds_until(entry)


def lasts_until(entry: Entry, state: Freshness, settings: CacheSettings) -> float:
    """Until when an entry stays what it was judged to be, if versions and question stay; 0: not known."""
    if state == "hit":
        return holds_until(entry)
    return entry.read_at + entry.ttl + settings.stale if state == "stale" else 0.0


def holds_until(entry: Entry) -> float:
    """When an entry ceases to count as current, whatever the versions say; by the clock of Redis."""
    return entry.read_at + (LONGEST if entry.exact else entry.ttl)
