"""Marks tests by the servers they use, and in CI lets none of those be skipped."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

SERVERS = {"postgres", "replica", "valkey_process"}
NEVER_SKIPPED = ("browser", "database")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives the mark `database` to every test that names a server among its fixtures."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With `CI=true` a skipped browser or database test is a failure."""
    report = yield
    marks = [name for name in NEVER_SKIPPED if item.get_closest_marker(name)]
    if report.skipped and marks and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a {marks[0]} test must not be skipped in CI: {reason}"
    return report
