"""Makes docs/images/*.png from a running demo: screenshots.py [--data-dir DIR] [--only NAME].

For pictures that look the same next year: `leadline demo --as-of 2026-11-17T14:32:00-06:00 --no-simulator`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
FILLED = """() => document.querySelector('[data-tile]') && document.fonts.status === 'loaded'
    && [...document.querySelectorAll('[data-tile]')].every((tile) => tile.dataset.asOf)
    && [...document.querySelectorAll('.canvas')].every((one) => one.querySelector('svg'))"""


def nothing(page: Page) -> None:
    """Leaves the page as it is."""


def about(page: Page) -> None:
    """Opens what there is to know about a number."""
    page.locator("[data-tile=revenue_month] .def").click()


def hover(page: Page) -> None:
    """Points at a bar of the series."""
    page.locator("[data-tile=revenue_series] .canvas").hover()


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, theme, device, what is done first, and whether the whole page is on it."""

    name: str
    theme: str
    device: dict[str, Any] = field(default_factory=lambda: DESKTOP)
    path: str = "/"
    before: Callable[[Page], None] = nothing
    whole: bool = True


PICTURES = (
    Picture("overview-light", "light"),
    Picture("overview-dark", "dark"),
    Picture("overview-first-screen", "light", whole=False),
    Picture("phone-light", "light", PHONE),
    Picture("phone-dark", "dark", PHONE, whole=False),
    Picture("about-a-number", "light", before=about, whole=False),
    Picture("chart-hover", "dark", before=hover, whole=False),
    Picture("table-view", "light", path="/?table=revenue_series&range=quarter_to_date", whole=False),
)


def main() -> int:
    """Takes the pictures; 2 where there is no running demo."""
    arguments = _arguments()
    try:
        status = json.loads((arguments.data_dir / "status.json").read_text(encoding="utf-8"))
    except OSError as error:
        print(f"There is no running demo in {arguments.data_dir}: {error.strerror}.", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        cookies = _sign_in(browser, status)
        for picture in PICTURES:
            if arguments.only in (None, picture.name):
                _take(browser, status["url"], cookies, picture)
        browser.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=ROOT / "leadline-data")
    parser.add_argument("--only", choices=[picture.name for picture in PICTURES])
    return parser.parse_args()


def _chromium() -> str | None:
    """The machine's browser, else the one that the set-up fetched, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    fetched = ROOT / ".cache" / "chromium" / "chromium"
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or (str(fetched) if fetched.is_file() else None)


def _sign_in(browser: Browser, status: dict[str, Any]) -> StorageState:
    with browser.new_context(base_url=status["url"]) as context:
        page = context.new_page()
        page.goto("/signin")
        page.get_by_label("E-mail").fill(status["admin"]["email"])
        page.get_by_label("Password").fill(status["admin"]["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_function(FILLED)
        return context.storage_state()


def _take(browser: Browser, url: str, cookies: StorageState, picture: Picture) -> None:
    options = {**picture.device, "color_scheme": picture.theme, "reduced_motion": "reduce"}
    with browser.new_context(base_url=url, storage_state=cookies, **options) as context:
        page = context.new_page()
        page.goto(picture.path)
        page.wait_for_function(FILLED)
        picture.before(page)
        page.wait_for_timeout(500)
        target = IMAGES / f"{picture.name}.png"
        page.screenshot(path=target, full_page=picture.whole)
        print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1024} kB")


if __name__ == "__main__":
    sys.exit(main())
