"""What the page does when nobody is signed in, the line is cut, the viewer pauses, the theme changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.support import ROOT, Demo, asks, opened, settled, sign_in

pytestmark = pytest.mark.browser
SMALLEST_CONTROL = 24
JS_BEFORE_CHARTS = 110 * 1024
FIRST_THEME = """new MutationObserver(() => { window.first ??= document.documentElement?.dataset.theme; })
    .observe(document, {attributes: true, subtree: true, attributeFilter: ['data-theme']})"""


def test_a_wrong_password_is_said(demo: Demo, browser: Browser) -> None:
    with opened(browser, demo) as page:
        page.goto("/")
        page.wait_for_url("**/signin")
        page.get_by_label("E-mail").fill(demo.email)
        page.get_by_label("Password").fill("not this one")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("password")
        expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")


def test_after_signing_in_one_is_where_one_wanted_to_be(demo: Demo, browser: Browser) -> None:
    with opened(browser, demo) as page:
        page.goto("/?range=year_to_date")
        page.wait_for_url("**/signin?next=**")
        page.get_by_label("E-mail").fill(demo.email)
        page.get_by_label("Password").fill(demo.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/?range=year_to_date")


def test_signing_out_ends_it(demo: Demo, browser: Browser) -> None:
    with opened(browser, demo) as page:
        sign_in(page, demo)
        page.get_by_role("button", name="Signed in as").click()
        page.get_by_role("menuitem", name="Sign out").click()
        page.wait_for_url("**/signin")
        page.goto("/")
        page.wait_for_url("**/signin")


def test_a_cut_line_keeps_the_last_good_values(page: Page) -> None:
    tile = page.locator("[data-tile=revenue_month]")
    value = tile.locator("[data-metric=revenue]").get_attribute("data-value")
    page.context.set_offline(True)
    expect(tile).to_have_attribute("data-live", "stale")
    said = re.compile("Not connected, values of .*, trying again")
    expect(page.locator("#pulse")).to_contain_text(said)
    expect(tile.locator("[data-metric=revenue]")).to_have_attribute("data-value", value or "")
    page.context.set_offline(False)
    expect(tile).to_have_attribute("data-live", "interval")


def test_one_request_asks_for_all_tiles_and_none_while_paused(page: Page) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    with page.expect_response("**/data"):
        pass
    assert [request.url.rpartition("/")[2] for request in asked] == ["data"]
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-tile]").first).to_have_attribute("data-live", "paused")
    expect(page.locator("#pulse")).to_contain_text("Paused by you at")
    before = len(asked)
    page.wait_for_timeout(11_000)
    assert len(asked) == before
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("[data-tile]").first).to_have_attribute("data-live", "interval")


def test_the_theme_is_the_systems_until_one_is_chosen(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Signed in as").click()
    page.locator("[data-theme-choice=light]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.add_init_script(FIRST_THEME)
    page.reload()
    settled(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate("window.first") == "light"


def test_the_first_load_is_light(page: Page) -> None:
    resources = "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
    names: list[str] = page.evaluate(resources)
    scripts = {name for name in names if name.endswith(".js") and "echarts" not in name}
    files = [ROOT / "web" / "dist" / f"{name.lstrip('/')}.gz" for name in scripts]
    assert len(files) >= 2
    assert sum(_size(path) for path in files) <= JS_BEFORE_CHARTS


def _size(path: Path) -> int:
    return path.stat().st_size


def test_a_session_that_has_ended_leads_to_the_sign_in(page: Page) -> None:
    page.context.clear_cookies()
    page.wait_for_url("**/signin")


def test_an_address_that_cannot_be_answered_says_so(page: Page) -> None:
    page.goto("/?range=last_moon")
    expect(page.get_by_role("alert")).to_contain_text("last_moon")
    expect(page.locator("#pulse")).to_contain_text("Not answered")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.get_by_role("button", name="Reset the bar").click()
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_actions_of_a_tile_are_under_the_mouse(page: Page) -> None:
    tile = page.locator("[data-tile=revenue_month]")
    tile.hover()
    dots = tile.get_by_role("button", name="Actions of")
    box = dots.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= SMALLEST_CONTROL
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    tile.get_by_role("menuitem", name="Show as table").click()
    expect(tile.locator("table caption")).to_have_count(2)
    asks(page, "?table=revenue_month")


def test_the_status_page_names_every_part(page: Page) -> None:
    page.goto("/status")
    for part in ("Source database", "Own database", "Cache", "Model"):
        expect(page.get_by_role("row", name=part)).to_contain_text("Good")
