"""One question on its whole way: values, layers, cache, single flight, batches, rights, limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from leadline.core.errors import LeadlineError
from leadline.core.result import Result
from leadline.engine import Engine, EngineSettings
from leadline.engine.executing import fetched
from tests.integration.engine.conftest import ADMIN, CLOCK, Setting
from tests.support import business
from tests.support.waiting import LATE, until

REVENUE: dict[str, Any] = {"metrics": ["revenue"], "time": {"range": {"preset": "this_month"}}}
BY_DAY: dict[str, Any] = {
    "metrics": ["revenue", "sales"],
    "time": {"grain": "day", "range": {"preset": "this_month"}},
    "totals": True,
}
_MONTH = """
SELECT sum(amount) FROM deals WHERE status = 'won'
   AND closed_at >= '2026-05-01 00:00-05' AND closed_at < '2026-06-01 00:00-05'
"""


def _one(setting: Setting, query: str) -> Any:
    with psycopg.connect(setting.database.business) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def _write(setting: Setting, statement: str) -> None:
    with psycopg.connect(setting.database.business) as connection:
        connection.execute(statement)


async def test_the_answer_is_that_of_the_sql(setting: Setting) -> None:
    result = await setting.engine.ask(REVENUE, ADMIN)
    [[value]] = result.data
    assert Decimal(str(value)) == _one(setting, _MONTH)
    assert result.served_by.to_json() == {
        "cache": "miss", "layer": "base", "rollup": None, "node": "primary", "lag_ms": None
    }  # fmt: skip
    assert result.now == "2026-05-31T23:59:59.999-05:00"
    assert result.as_of == result.now, "the clock stands still"
    assert set(result.ms) == {"plan", "source", "total"}
    assert [(one.rollup, one.reason) for one in result.rejected] == [("daily_revenue_summary", "disabled")]


async def test_a_fresh_rollup_serves_alone_and_a_touched_one_does_not(setting: Setting) -> None:
    rollups = await setting.rollups()
    await rollups.refresh("daily_revenue_summary")
    base = await setting.engine.ask(BY_DAY, replace(ADMIN, org="o2"))
    assert (base.served_by.layer, base.served_by.rollup) == ("rollup", "daily_revenue_summary")
    _write(setting, "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-05-31 12:00-05')")
    after = await Engine(setting.source, None, setting.models, CLOCK).ask(BY_DAY, ADMIN)
    assert after.served_by.layer in ("base", "rollup+edge")
    assert base.totals and after.totals
    assert Decimal(str(after.totals["revenue"])) == Decimal(str(base.totals["revenue"])) + 5
    assert after.data_version != base.data_version


async def test_rollup_and_base_give_the_same_result(setting: Setting) -> None:
    uncached = Engine(setting.source, None, setting.models, CLOCK)
    base = await uncached.ask(BY_DAY, ADMIN)
    await (await setting.rollups()).refresh("daily_revenue_summary")
    rolled = await uncached.ask(BY_DAY, ADMIN)
    assert (base.served_by.layer, rolled.served_by.layer) == ("base", "rollup")
    assert (rolled.data, rolled.totals, rolled.columns) == (base.data, base.totals, base.columns)
    assert rolled.key == base.key, "the key says that the answer is the same"


async def test_the_second_time_the_cache_serves(setting: Setting) -> None:
    first = await setting.engine.ask(REVENUE, ADMIN)
    second = await setting.engine.ask({**REVENUE, "limit": 10_000, "filters": []}, ADMIN)
    assert (first.served_by.cache, second.served_by.cache) == ("miss", "hit")
    assert (second.data, second.as_of, second.key) == (first.data, first.as_of, first.key)
    other = await setting.engine.ask(REVENUE, replace(ADMIN, org="o2"))
    assert other.served_by.cache == "miss"


async def test_equal_questions_at_the_same_time_read_once(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(setting.source, None, setting.models, CLOCK)
    reads = _count_reads(monkeypatch)
    results = await asyncio.gather(*(engine.ask(REVENUE, ADMIN) for _ in range(50)))
    assert len({result.key for result in results}) == 1
    assert len(reads) == 1


def _count_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every question that is read in the source."""
    reads: list[int] = []

    async def counted(*arguments: Any) -> Any:
        reads.append(1)
        return await fetched(*arguments)

    monkeypatch.setattr("leadline.engine.kin.fetched", counted)
    return reads


async def test_many_questions_come_as_they_are_ready_and_errors_stay_alone(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = _count_reads(monkeypatch)
    questions: list[tuple[str, object]] = [
        ("a", REVENUE),
        ("b", {"metrics": ["nix"]}),
        ("c", {**REVENUE, "filters": []}),
        ("d", {"metrics": ["sales"], "oops": 1}),
        ("e", BY_DAY),
    ]
    engine = Engine(setting.source, None, setting.models, CLOCK)
    got = {tag: outcome async for tag, outcome in engine.ask_many(questions, ADMIN)}
    assert {tag: getattr(outcome, "code", "ok") for tag, outcome in got.items()} == {
        "a": "ok", "b": "unknown_metric", "c": "ok", "d": "unknown_key", "e": "ok"
    }  # fmt: skip
    assert got["a"] is got["c"]
    assert len(reads) == 2, "a and c are one question; b is refused before any read"


async def test_whoever_leaves_cancels_what_runs(setting: Setting) -> None:
    with psycopg.connect(setting.database.business) as blocker:
        blocker.execute("LOCK TABLE deals IN ACCESS EXCLUSIVE MODE")
        engine = Engine(setting.source, None, setting.models, CLOCK)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                async for _ in engine.ask_many([("a", REVENUE), ("b", BY_DAY)], ADMIN):
                    pass
    async with asyncio.timeout(5 + LATE):
        result = await engine.ask(REVENUE, ADMIN)
    assert isinstance(result, Result)

    async def alone() -> bool:
        return bool(_one(setting, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'") == 1)

    await until(alone, 2)


async def test_an_answer_that_is_too_large_is_refused(setting: Setting) -> None:
    engine = Engine(setting.source, None, setting.models, CLOCK, EngineSettings(byte_cap=500))
    with pytest.raises(LeadlineError) as refused:
        await engine.ask(BY_DAY, ADMIN)
    assert refused.value.code == "too_large"


async def test_a_viewer_whom_no_rule_fits_sees_no_rows(setting: Setting) -> None:
    setting.model_file.write_text(business.MODEL + business.RULES)
    assert await setting.models.poll()
    assert Decimal(str((await setting.engine.ask(REVENUE, ADMIN)).data[0][0])) > 0
    assert (await setting.engine.ask(REVENUE, replace(ADMIN, role="editor"))).data == (("0.00",),)


async def test_a_broken_model_file_leaves_the_last_good_one_in_use(setting: Setting) -> None:
    setting.model_file.write_text("leadline: 1\nmetrics: {revenue: {measure: nix.nix}}\n")
    assert not await setting.models.poll()
    assert setting.models.issues
    assert (await setting.engine.ask(REVENUE, ADMIN)).rows == 1
    setting.model_file.write_text(business.MODEL.replace("sales:", "wins:"))
    assert await setting.models.poll()
    with pytest.raises(LeadlineError) as refused:
        await setting.engine.ask({"metrics": ["sales"]}, ADMIN)
    assert refused.value.code == "unknown_metric"


async def test_ask_in_reads_the_callers_snapshot(setting: Setting) -> None:
    async with setting.source.reading() as reader:
        before = await setting.engine.ask_in(reader, REVENUE, ADMIN)
        _write(setting, "INSERT INTO deals VALUES (9001, 1, 'won', 'web', 5, now(), '2026-05-31 12:00-05')")
        again = await setting.engine.ask_in(reader, REVENUE, ADMIN)
    assert again.data == before.data
