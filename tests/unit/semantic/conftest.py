"""Models as text, with the wrong lines marked.

A line that ends with `# ! code` or `# ? code` must get just that error or warning, and no other line any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.core.schema import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    TIME,
    ColumnSchema,
    ColumnType,
    SourceSchema,
    TableSchema,
    decimal,
)
from leadline.semantic.checks import check_loaded
from leadline.semantic.issues import CODES, Issue
from leadline.semantic.loader import Loaded, load

Found = list[tuple[int, str, str]]
"""(line, severity, code) of each issue."""

BLOCK = Path(__file__).parent / "block.yaml"
_MARKS = re.compile(r"# ((?:[!?] |\w+ ?)+)$")
_SEVERITIES = {"!": "error", "?": "warning"}


def table(name_: str, **columns: ColumnType) -> TableSchema:
    """A table of these columns."""
    return TableSchema(name_, {name: ColumnSchema(name, type_) for name, type_ in columns.items()})


@pytest.fixture(scope="session")
def schema() -> SourceSchema:
    """The tables of the model in `block.yaml`."""
    tables = [
        table("public.reps", id=INTEGER, name=TEXT, email=TEXT, region=TEXT, manager=TEXT, active=BOOLEAN),
        table("public.leads", id=INTEGER, rep_id=INTEGER, source=TEXT, created_at=TIME, score=decimal(1)),
        table(
            "public.deals",
            **{"id": INTEGER, "rep_id": INTEGER, "lead_id": INTEGER, "account_id": INTEGER},
            **{
                "source": TEXT,
                "stage": TEXT,
                "status": TEXT,
                "amount": decimal(2),
                "probability": decimal(2),
            },
            **{"opened_at": TIME, "closed_at": TIME},
        ),
        table("public.targets", month_start=DATE, amount=decimal(2), rep_id=INTEGER),
    ]
    return SourceSchema({one.name: one for one in tables})


@pytest.fixture
def load_text(tmp_path: Path) -> Callable[[str], Loaded]:
    """Loads a model from its text."""

    def read(text: str) -> Loaded:
        file = tmp_path / "model.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file)

    return read


def expected(text: str) -> Found:
    """What the marks of the text say."""
    found: Found = []
    for line, content in enumerate(text.splitlines(), 1):
        marks = _MARKS.search(content)
        severity = ""
        for word in marks[1].split() if marks and marks[1][0] in _SEVERITIES else ():
            severity = _SEVERITIES.get(word, severity)
            found.extend([] if word in _SEVERITIES else [(line, severity, word)])
    return sorted(found)


@pytest.fixture
def issues_of(
    load_text: Callable[[str], Loaded],
) -> Callable[[str, SourceSchema | None], tuple[Issue, ...]]:
    """All issues of a model's text, over a source's tables or none."""
    return lambda text, schema: check_loaded(load_text(text), schema)


@pytest.fixture
def as_marked(
    issues_of: Callable[[str, SourceSchema | None], tuple[Issue, ...]],
) -> Callable[[str, SourceSchema | None], tuple[Issue, ...]]:
    """Checks a model's text against its marks; every issue must also have a cause, a way out and one line."""

    def verify(text: str, schema: SourceSchema | None) -> tuple[Issue, ...]:
        issues = issues_of(text, schema)
        assert sorted((one.place.line, one.severity, one.code) for one in issues) == expected(text), (
            "\n".join(str(one) for one in issues)
        )
        for one in issues:
            assert one.code in CODES
            assert one.why and one.fix and "\n" not in str(one)
            assert one.place.file.endswith("model.yaml")
        return issues

    return verify
