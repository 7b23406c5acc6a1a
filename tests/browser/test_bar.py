"""One bar governs all tiles, and the address holds the whole view."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser import sql
from tests.browser.support import Demo, agrees, asks, choose, number, opened, settled

pytestmark = pytest.mark.browser
EAST = "AND rep_id IN (SELECT id FROM reps WHERE region = 'East')"


def test_a_filter_reaches_every_tile(page: Page, demo: Demo) -> None:
    choose(page, "rep.region", "[data-filter-value=East]")
    page.wait_for_url("**/?f.rep.region=East")
    agrees(
        page, lambda: number(page, "revenue_month", "revenue"), lambda: demo.one(sql.won("month", more=EAST))
    )
    agrees(page, lambda: number(page, "sales", "sales"), lambda: demo.one(sql.won("month", "count(*)", EAST)))


def test_the_range_governs_tiles_without_their_own(page: Page, demo: Demo) -> None:
    choose(page, "range", "[data-range=quarter_to_date]")
    page.wait_for_url("**/?range=quarter_to_date")
    agrees(page, lambda: number(page, "sales", "sales"), lambda: demo.one(sql.won("quarter", "count(*)")))
    agrees(page, lambda: number(page, "revenue_month", "revenue"), lambda: demo.one(sql.won("month")))


def test_the_comparison_is_named_and_can_be_left_out(page: Page) -> None:
    tile = page.locator("[data-tile=revenue_month]")
    expect(tile.locator("[data-metric^='revenue:previous_']")).to_have_count(2)
    choose(page, "compare", "[data-compare=previous_year]")
    expect(tile.locator("[data-metric='revenue:previous_year:percent']")).to_have_count(1)
    expect(tile.locator("[data-metric^='revenue:previous_']")).to_have_count(1)
    expect(tile).to_contain_text("vs 1")
    choose(page, "compare", "[data-compare=none]")
    expect(tile.locator("[data-metric^='revenue:previous_']")).to_have_count(0)


def test_back_forward_and_a_shared_address(
    page: Page, demo: Demo, browser: Browser, signed_in: StorageState
) -> None:
    first, second = "?compare=previous_year", "?range=year_to_date&compare=previous_year"
    wanted = second + "&grain.revenue_series=week"
    choose(page, "compare", "[data-compare=previous_year]")
    asks(page, first)
    choose(page, "range", "[data-range=year_to_date]")
    asks(page, second)
    page.locator("[data-tile=revenue_series]").get_by_role("button", name="Week").click()
    asks(page, wanted)
    for back in (second, first):
        page.evaluate("history.back()")
        asks(page, back)
    expect(page.locator("[data-bar=range]")).to_contain_text("Month to date")
    for on in (second, wanted):
        page.evaluate("history.forward()")
        asks(page, on)
    expect(page.locator("[data-bar=range]")).to_contain_text("Year to date")
    with opened(browser, demo, storage_state=signed_in) as other:
        other.goto("/" + wanted)
        settled(other)
        agrees(other, lambda: number(other, "sales", "sales"), lambda: demo.one(sql.won("year", "count(*)")))
        agrees(page, lambda: number(page, "sales", "sales"), lambda: demo.one(sql.won("year", "count(*)")))
        expect(other.locator("[data-bar=compare]")).to_contain_text("previous year")
        expect(other.get_by_role("button", name="Week", exact=True)).to_have_attribute("aria-pressed", "true")


def test_weeks_of_a_month_are_shown_without_a_comparison_that_cannot_be(page: Page) -> None:
    series = page.locator("[data-tile=revenue_series]")
    series.get_by_role("button", name="Week").click()
    expect(series.locator("tbody tr").first).to_contain_text("Week of")
    expect(series).to_have_attribute("data-live", "interval")


def test_several_values_and_the_way_back(page: Page) -> None:
    page.locator("[data-bar='rep.region']").click()
    page.locator("[data-filter-value=East]").click()
    page.locator("[data-filter-value=West]").click()
    page.keyboard.press("Escape")
    page.wait_for_function("() => location.search.includes('West')")
    assert unquote(page.url).endswith("/?f.rep.region=East,West")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_url("**/")


def test_chosen_days_show_the_last_and_the_address_ends_after_it(page: Page, demo: Demo) -> None:
    page.locator("[data-bar=range]").click()
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-03-31")
    page.get_by_role("button", name="Show these days").click()
    page.wait_for_url("**/?range=2026-01-01..2026-04-01")
    expect(page.locator("[data-bar=range]")).to_contain_text("1 Jan–31 Mar")
    quarter = "closed_at >= timestamptz '2026-01-01' AND closed_at < timestamptz '2026-04-01'"
    sales = f"SELECT count(*) FROM deals WHERE status = 'won' AND {quarter}"
    agrees(page, lambda: number(page, "sales", "sales"), lambda: demo.one(sales))
    page.locator("[data-bar=range]").click()
    expect(page.get_by_label("Last day")).to_have_value("2026-03-31")
