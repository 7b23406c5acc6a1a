"""Marks tests by the servers they use, orders them, and in CI lets none of those be skipped."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from tests.support.shared import NO_SHARED_DATA

SERVERS = {"postgres", "replica", "valkey_process"}
NEVER_SKIPPED = ("browser", "database")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives the mark `database` to every test that names a server; browser tests go last."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)
    # the browser's driver holds an event loop open in this thread from its first test to the end of the run
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With `CI=true` a skipped browser or database test fails, unless only the shared data is missing."""
    report = yield
    marks = [name for name in NEVER_SKIPPED if item.get_closest_marker(name)]
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    excused = hasattr(report, "wasxfail") or NO_SHARED_DATA in reason
    if report.skipped and marks and os.environ.get("CI") == "true" and not excused:
        report.outcome = "failed"
        report.longrepr = f"a {marks[0]} test must not be skipped in CI: {reason}"
    return report
