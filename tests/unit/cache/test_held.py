"""Answers in a process: a few, never an older one, and which of them are those in Redis."""

from __future__ import annotations

from dataclasses import replace

from leadline.cache.entry import Entry, beginning, encode
from leadline.cache.held import Held

ENTRY = Entry("q", (("a", "1"),), True, 17, 1.5, 2.0, "rollup", "k", b"x" * 1000, 3)
LATER = replace(ENTRY, as_of=20)


def _begins(entry: Entry) -> bytes:
    return beginning(encode(entry))


def test_a_process_holds_a_few_and_never_an_older_one() -> None:
    held = Held(8 * (len(ENTRY.body) + 800))
    assert held.put("x", LATER, _begins(LATER)) is LATER
    assert held.put("x", ENTRY, _begins(ENTRY)) is LATER
    assert held.get("x") is LATER
    for number in range(20):
        held.put(f"n{number}", ENTRY, _begins(ENTRY))
    assert held.get("x") is None and held.get("n0") is None and held.get("n19") == ENTRY
    large = replace(ENTRY, body=b"x" * 100_000)
    assert held.put("large", large, _begins(large)) is large
    assert held.get("large") is None


def test_an_entry_agrees_only_under_the_mark_it_was_compared_under() -> None:
    held = Held(100_000)
    assert not held.agrees("x", b"m1")
    held.put("x", ENTRY, _begins(ENTRY))
    assert not held.agrees("x", None), "without a mark nobody knows"
    assert held.compared("x", encode(ENTRY), b"m1") is ENTRY
    assert held.agrees("x", b"m1") and not held.agrees("x", b"m2")
    assert held.compared("x", encode(LATER), b"m2") is None, "Redis has another one"
    assert not held.agrees("x", b"m2")
    held.put("x", LATER, _begins(LATER), b"m2")
    assert held.agrees("x", b"m2")


def test_what_is_newer_than_in_redis_stays_and_what_redis_has_lost_too() -> None:
    held = Held(100_000)
    held.put("x", LATER, _begins(LATER))
    assert held.put("x", ENTRY, _begins(ENTRY), b"m1") is LATER
    assert held.agrees("x", b"m1")
    assert held.compared("x", None, b"m2") is LATER
    assert held.agrees("x", b"m2")
