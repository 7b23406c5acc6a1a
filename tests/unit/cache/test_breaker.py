"""The circuit breaker: opens, lets one try, opens for longer, closes."""

from __future__ import annotations

from leadline.cache import Breaker


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now


def test_a_failure_opens_it_and_one_caller_tries_after_the_rest() -> None:
    hand = Hand()
    breaker = Breaker(rest=1, read_clock=hand.read)
    assert breaker.allow()
    assert breaker.failed()
    assert not breaker.allow()
    hand.now = 1.0
    assert breaker.allow()
    assert not breaker.allow(), "only one"
    breaker.succeeded()
    assert breaker.allow()
    assert not breaker.is_open


def test_callers_under_way_when_it_opened_change_nothing() -> None:
    breaker = Breaker(read_clock=Hand().read)
    assert [breaker.failed(), breaker.failed(), breaker.failed()] == [True, False, False]


def test_each_failed_trial_doubles_the_rest_up_to_a_bound() -> None:
    hand = Hand()
    breaker = Breaker(rest=1, most=5, read_clock=hand.read)
    breaker.failed()
    rests = []
    for _ in range(5):
        begun = hand.now
        while not breaker.allow():
            hand.now += 0.5
        rests.append(hand.now - begun)
        assert breaker.failed()
    assert rests == [1.0, 2.0, 4.0, 5.0, 5.0]
