"""The questions by hand are those of the shipped dashboard."""

from __future__ import annotations

from pathlib import Path

from bench.hand.questions import blocks, by_hand
from bench.stack import model
from leadline.dashboards.service import compose, documents, read_request
from leadline.semantic.loader import load


def test_every_question_of_the_twelve_tiles_has_one_by_hand(tmp_path: Path) -> None:
    folder = model.write(tmp_path / "model", rules=True)
    loaded = load(folder)
    assert loaded.model is not None
    document = documents(folder / "dashboards", loaded.model)[0][model.DASHBOARD]

    asked = {f"{one.tile}/{one.name}" for one in compose(document, read_request({}), lambda _: True)}

    assert set(by_hand()) == asked
    assert len({name.partition("/")[0] for name in asked}) == model.TILES


def test_every_query_by_hand_is_used() -> None:
    used = {one.sql for one in by_hand().values()} | {one.totals for one in by_hand().values()}

    assert set(blocks().values()) == used - {None}
