"""A phone: one column, nothing scrolls sideways, one period at a time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import asks, settled

pytestmark = pytest.mark.browser
TALLER_THAN_A_FINGER = 40


@pytest.mark.parametrize("path", ["/", "/?table=ranking,revenue_series,pipeline", "/status", "/signin"])
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_scrolls_sideways(phone: Page, path: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    phone.goto(path)
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    cut = """() => [...document.querySelectorAll('.tile td, .tile th, .tile .num')]
        .filter((one) => !one.closest('.sr, [role=region]') && one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.textContent)"""
    assert phone.evaluate(cut) == []


def test_one_period_at_a_time(phone: Page) -> None:
    month, year = phone.locator("[data-tile=revenue_month]"), phone.locator("[data-tile=revenue_year]")
    expect(month).to_be_visible()
    expect(year).to_be_hidden()
    phone.get_by_role("group", name="Period").get_by_role("button", name="Year").tap()
    expect(year).to_be_visible()
    expect(month).to_be_hidden()
    asks(phone, "?show=revenue_year")


def test_the_bar_opens(phone: Page) -> None:
    opener = phone.get_by_role("button", name="Month to date, All regions, All sources")
    expect(phone.locator("[data-bar=compare]")).to_be_hidden()
    opener.tap()
    expect(phone.locator("[data-bar=compare]")).to_be_visible()


def test_controls_are_as_tall_as_a_finger(phone: Page) -> None:
    for button in phone.get_by_role("group", name="Period").get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= TALLER_THAN_A_FINGER


def test_a_phone_on_its_side(phone: Page) -> None:
    phone.set_viewport_size({"width": 844, "height": 390})
    settled(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 844
