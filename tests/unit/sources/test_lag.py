"""What a replica is known to have, from samples of its primary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leadline.sources.postgres.lag import History, Sample, position

START = datetime(2026, 11, 17, tzinfo=UTC)


def _history(*positions: int) -> History:
    history = History()
    for seconds, where in enumerate(positions):
        history.add(Sample(START + timedelta(seconds=seconds), where))
    return history


def test_a_replica_knows_up_to_the_newest_sample_that_it_has_replayed() -> None:
    history = _history(100, 200, 300)
    assert history.known_at(250) == START + timedelta(seconds=1)
    assert history.known_at(300) == START + timedelta(seconds=2)
    assert history.known_at(99) is None


def test_an_idle_primary_keeps_a_replica_young() -> None:
    history = _history(100, 100, 100)
    assert history.known_at(100) == START + timedelta(seconds=2)


def test_a_position_that_goes_back_is_another_history() -> None:
    history = _history(100, 200, 150)
    assert history.known_at(120) is None
    assert history.newest == Sample(START + timedelta(seconds=2), 150)


def test_a_position_behind_a_page_header_is_the_pages_beginning() -> None:
    assert position("1/2018") == (1 << 32) + 0x2000
    assert position("1/2028") == (1 << 32) + 0x2000
    assert position("1/2019") == (1 << 32) + 0x2019
    assert position("0/0") == 0
