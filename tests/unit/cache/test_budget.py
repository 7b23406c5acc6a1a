"""The time that Redis may cost a request: spent once for waits at the same time."""

from __future__ import annotations

import time

from leadline.cache import Budget, spending
from leadline.cache.budget import present


def test_waits_at_the_same_time_are_counted_once() -> None:
    budget = Budget(100)
    began = time.monotonic()
    for _ in range(5):
        budget.begin()
    time.sleep(0.03)
    assert 0.02 < 100 - budget.left() <= time.monotonic() - began, "not five times as much"
    for _ in range(5):
        budget.end()
    left = budget.left()
    time.sleep(0.02)
    assert budget.left() == left, "between waits nothing is spent"


def test_it_is_never_below_nothing() -> None:
    budget = Budget(0.01)
    budget.begin()
    time.sleep(0.02)
    assert budget.left() == 0
    budget.end()
    assert budget.left() == 0


def test_a_request_has_one_and_others_have_none() -> None:
    budget = Budget(1)
    with spending(budget):
        assert present() is budget
        with spending(None):
            assert present() is None
    assert present() is None
