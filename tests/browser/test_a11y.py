"""No violation that axe can find, and everything can be done with the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import agrees

pytestmark = pytest.mark.browser


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds, as short lines."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def blameless(page: Page, axe: str) -> None:
    """Waits until axe finds nothing: what still moves or fades in is looked at once it stands."""
    agrees(page, lambda: violations(page, axe), list)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/?table=revenue_series,ranking&compare=none", "/status"])
def test_desktop(page: Page, axe: str, path: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    blameless(page, axe)


def test_phone(phone: Page, axe: str) -> None:
    blameless(phone, axe)


def test_sign_in(page: Page, axe: str) -> None:
    page.context.clear_cookies()
    page.goto("/signin")
    blameless(page, axe)


@pytest.mark.parametrize("bar", ["range", "compare", "rep.region"])
def test_open_menus(page: Page, axe: str, bar: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.locator(f"[data-bar='{bar}']").click()
    blameless(page, axe)


def test_about_this_number(page: Page, axe: str) -> None:
    tile = page.locator("[data-tile=revenue_month]")
    tile.focus()
    page.keyboard.press("i")
    about = page.get_by_role("dialog", name="This month")
    expect(about).to_contain_text("Amount of deals won")
    expect(about).to_contain_text("Answered from")
    blameless(page, axe)
    page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_tab_goes_tile_to_tile_and_enter_inside(page: Page) -> None:
    page.locator("[data-tile=revenue_today]").focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-tile=revenue_week]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-tile=revenue_week]").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-tile=revenue_week]")).to_be_focused()


def test_a_table_of_every_chart_by_a_key(page: Page) -> None:
    page.locator("[data-tile=revenue_series]").focus()
    page.keyboard.press("t")
    page.wait_for_url("**/?table=revenue_series")
    expect(page.get_by_role("region", name="Revenue as a table")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("region", name="Revenue as a table")).to_have_count(0)


def test_arrows_step_through_the_buckets(page: Page) -> None:
    page.locator("[data-tile=revenue_series]").focus()
    page.keyboard.press("Enter")
    chart = page.locator("[data-tile=revenue_series] .series")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("status")).to_contain_text("so far")
