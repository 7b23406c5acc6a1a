"""What the browser tests share: finding the browser, opening pages, reading numbers, asking the source."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
ZONE = "America/Chicago"
PATIENCE_MS = 45_000
"""Tiles ask again every ten seconds."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo company."""

    url: str
    email: str
    password: str
    source: str

    @classmethod
    def read(cls, data: Path) -> Demo:
        """From the status file of its data directory."""
        status = json.loads((data / "status.json").read_text(encoding="utf-8"))
        admin = status["admin"]
        return cls(status["url"], admin["email"], admin["password"], status["source_dsn"])

    def one(self, sql: str) -> Decimal:
        """The one number that hand-written SQL gives on the primary, in the company's zone."""
        return Decimal(self.rows(sql)[0][0])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement on the primary, in the company's zone; a change is committed."""
        with psycopg.connect(self.source, options=f"-c TimeZone={ZONE}") as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


def chromium() -> Path | None:
    """The machine's Chromium, else the one that the set-up has fetched."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    fetched = ROOT / ".cache" / "chromium" / "chromium"
    return Path(found) if found else fetched if fetched.is_file() else None


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def dist() -> Path:
    """The document of the built web app."""
    return ROOT / "web" / "dist" / "index.html"


@contextmanager
def opened(browser: Browser, demo: Demo, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; errors in its console fail the test at the end."""
    with browser.new_context(
        base_url=demo.url, **{"viewport": {"width": 1440, "height": 900}, **options}
    ) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        assert [text for text in wrong if not _expected(text)] == []


def _expected(text: str) -> bool:
    """Nobody is signed in yet, the test asks for what is not, or it has cut the line."""
    return any(known in text for known in ("status of 401", "status of 400", "ERR_INTERNET_DISCONNECTED"))


def sign_in(page: Page, demo: Demo) -> None:
    """Signs in through the form and waits for the overview."""
    page.goto("/signin")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    settled(page)


def settled(page: Page) -> None:
    """Waits until every tile has an answer and the drawings stand."""
    page.wait_for_selector("[data-tile]", state="attached")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-tile]')].every((tile) => tile.dataset.asOf)"
        " && !document.querySelector('[aria-busy=true]')"
    )


def number(page: Page, tile: str, metric: str, key: str = "[]") -> Decimal | None:
    """The raw value of a number on the page; None where it is missing."""
    mark = page.locator(f"[data-tile={tile}] [data-metric='{metric}'][data-key='{key}']").first
    raw = mark.get_attribute("data-value")
    return Decimal(raw) if raw else None


def agrees(page: Page, shown: Callable[[], object], wanted: Callable[[], object]) -> None:
    """Waits until what is shown is what is wanted: time passes for both while they are asked."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while (seen := shown()) != (expected := wanted()):
        assert time.monotonic() < end, f"the page shows {seen}, SQL gives {expected}"
        page.wait_for_timeout(200)


def asks(page: Page, text: str) -> None:
    """Waits until the address asks for exactly this: what stands behind its question mark."""
    page.wait_for_function("(wanted) => decodeURIComponent(location.search) === wanted", arg=text)


def choose(page: Page, bar: str, item: str) -> None:
    """Opens a menu of the bar and chooses the item that the selector names."""
    page.locator(f"[data-bar='{bar}']").click()
    page.locator(item).click()
    page.keyboard.press("Escape")
    expect(page.locator(item)).to_have_count(0)
