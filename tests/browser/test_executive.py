"""The overview of the demo company: each tile shows what SQL gives, and a won deal arrives by itself."""

from __future__ import annotations

import json
import random
from datetime import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser import sql
from tests.browser.support import Demo, agrees, number

pytestmark = pytest.mark.browser


def test_revenue_to_date(page: Page, demo: Demo) -> None:
    agrees(
        page,
        lambda: {tile: number(page, tile, "revenue") for tile in sql.REVENUE},
        lambda: {tile: demo.one(sql.won(unit)) for tile, unit in sql.REVENUE.items()},
    )


def test_month_to_date(page: Page, demo: Demo) -> None:
    agrees(
        page,
        lambda: {tile: number(page, tile, tile) for tile in sql.MONTH},
        lambda: {tile: demo.one(statement) for tile, statement in sql.MONTH.items()},
    )


def test_the_plan_of_the_month(page: Page, demo: Demo) -> None:
    agrees(page, lambda: number(page, "revenue_month", "revenue:target"), lambda: demo.one(sql.TARGET))


def test_revenue_by_day_is_the_series(page: Page, demo: Demo) -> None:
    def drawn() -> dict[datetime, Decimal]:
        marks = page.locator("[data-tile=revenue_series] td[data-metric=revenue]")
        found = marks.evaluate_all("(all) => all.map((one) => [one.dataset.key, one.dataset.value])")
        days = {datetime.fromisoformat(json.loads(key)[0]): Decimal(value) for key, value in found}
        return {day: value for day, value in days.items() if value}

    agrees(page, drawn, lambda: dict(demo.rows(sql.BY_DAY)))


def test_every_rep_is_ranked(page: Page, demo: Demo) -> None:
    page.locator("[data-tile=ranking]").get_by_role("button", name="rows").click()

    def ranked() -> dict[str, Decimal | None]:
        marks = page.locator("[data-tile=ranking] td [data-metric=revenue]")
        found = marks.evaluate_all("(all) => all.map((one) => [one.dataset.key, one.dataset.value])")
        rows: dict[str, Decimal | None] = {
            json.loads(key)[0]: Decimal(value) for key, value in found if json.loads(key)
        }
        rows.pop("(none)", None)  # deals without a person, if this month has any, are no one of the SQL
        return rows

    agrees(page, ranked, lambda: dict(demo.rows(sql.BY_REP)))
    total = number(page, "ranking", "revenue")
    assert total is not None
    assert total >= sum(value or 0 for value in ranked().values())


def test_open_deals_by_stage(page: Page, demo: Demo) -> None:
    def wanted() -> dict[str, tuple[Decimal, Decimal]]:
        return {stage: (Decimal(count), amount) for stage, count, amount in demo.rows(sql.OPEN_BY_STAGE)}

    def shown() -> dict[str, tuple[Decimal | None, ...]]:
        metrics = ("open_deals", "pipeline_value")
        return {
            stage: tuple(number(page, "pipeline", one, json.dumps([stage])) for one in metrics)
            for stage in wanted()
        }

    agrees(page, shown, wanted)


def test_the_flow_counts_what_the_tiles_count(page: Page, demo: Demo) -> None:
    steps = ("leads", "appointments", "sales")
    agrees(
        page,
        lambda: [number(page, "lead_flow", metric) for metric in steps],
        lambda: [demo.one(sql.MONTH[metric]) for metric in steps],
    )


def test_every_tile_says_how_it_lives(page: Page) -> None:
    def states() -> list[str]:
        found = page.locator("[data-tile]").evaluate_all("(all) => all.map((tile) => tile.dataset.live)")
        return [str(one) for one in found]

    assert len(states()) >= 12
    agrees(page, lambda: set(states()), lambda: {"interval"})


def test_a_won_deal_arrives_without_a_reload(page: Page, demo: Demo) -> None:
    page.evaluate("() => { window.stays = true; }")
    amount = Decimal(random.randrange(100_000, 900_000)) / 100  # noqa: S311
    before = number(page, "revenue_today", "revenue")
    assert before is not None
    demo.rows(sql.WIN.format(amount=amount))
    agrees(page, lambda: number(page, "revenue_today", "revenue"), lambda: before + amount)
    agrees(page, lambda: number(page, "revenue_month", "revenue"), lambda: demo.one(sql.won("month")))
    assert page.evaluate("() => window.stays") is True
