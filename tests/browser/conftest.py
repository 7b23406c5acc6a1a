"""A real Chromium before a real product: `leadline demo` with a small company that keeps still.

`demo` is the running product, `page` a page of it where the admin is signed in, `phone` the same on a phone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.browser.support import PATIENCE_MS, Demo, chromium, dist, free_port, opened, settled, sign_in

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`leadline demo` on a free port, without the simulator; it ends with the last test."""
    if not dist().is_file():
        pytest.skip("the web app is not built (npm run build)")
    data = tmp_path_factory.mktemp("demo") / "data"
    options = f"--port {free_port()} --leads 20000 --no-simulator --no-open --format json --data-dir {data}"
    command = [sys.executable, "-m", "leadline.cli", "demo", *options.split()]
    with (data.parent / "demo.log").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        ready = any(json.loads(line)["event"] == "ready" for line in iter(process.stdout.readline, ""))
        assert ready, (data.parent / "demo.log").read_text(encoding="utf-8")
        yield Demo.read(data)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of the folder."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium (scripts/setup.py gets one)")
    flags = "--no-sandbox --no-first-run --disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(found), args=flags.split())
        yield started
        started.close()


@pytest.fixture(scope="package")
def signed_in(demo: Demo, browser: Browser) -> StorageState:
    """The cookies of the admin, who signed in through the form."""
    with opened(browser, demo) as page:
        sign_in(page, demo)
        return page.context.storage_state()


@pytest.fixture
def page(demo: Demo, browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """The overview on a desktop, all tiles filled."""
    with opened(browser, demo, storage_state=signed_in) as found:
        found.goto("/")
        settled(found)
        yield found


@pytest.fixture
def phone(demo: Demo, browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """The overview on a phone, all tiles filled."""
    size = {"width": 390, "height": 844}
    with opened(
        browser, demo, storage_state=signed_in, viewport=size, has_touch=True, is_mobile=True
    ) as found:
        found.goto("/")
        settled(found)
        yield found


@pytest.fixture
def axe() -> str:
    """The source of axe-core; it is evaluated in the page, past its content policy."""
    return (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
