"""The reference says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadline.api.openapi.reference import api_page, errors_page
from leadline.api.openapi.result import result_schemas
from leadline.api.openapi.result_page import result_page
from leadline.core.errors import CODES
from leadline.core.result import Column, Result, ServedBy, Subtotals
from leadline.dashboards.service import documents
from leadline.dashboards.tile_types import TILE_TYPES
from tests.support.models import REPOSITORY, sales_model

DOCS = REPOSITORY / "docs"
REASONS = (
    "missing_member filter_not_covered grain_not_derivable zone_differs not_additive range_not_covered stale "
    "rule_needs_column disabled"
)
"""Those of the contract."""
CASES = [f"A{number:02}" for number in range(1, 83)]


def _text(path: str) -> str:
    return (DOCS / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "page"), [("reference/api.md", api_page()), ("reference/errors.md", errors_page())]
)
def test_what_is_made_is_the_present_one(path: str, page: str) -> None:
    assert _text(path) == page, "run: python -m leadline.api.openapi --write"


def test_the_page_of_the_result_is_the_present_one() -> None:
    page = _text("reference/result.md")
    assert page == result_page(page), "run: python -m leadline.api.openapi --write"


def test_the_schema_of_a_result_names_what_an_answer_has() -> None:
    subtotals = Subtotals((), (), ())
    answer = Result((), (), 0, "", "", None, ServedBy("base"), totals={}, subtotals=(subtotals,)).to_json()
    column = [*Column("", "", "", "").__slots__, "as"]
    has = {
        "Result": set(answer),
        "Column": set(column) - {"as_"},
        "Subtotals": set(subtotals.to_json()),
        "ServedBy": set(answer["served_by"]),
    }
    assert {name: set(schema["properties"]) for name, schema in result_schemas().items()} == has


def test_every_reason_of_a_rejection_is_told() -> None:
    told = re.findall(
        r"^\| `(\w+)` \| [A-Z]", _text("reference/result.md").partition("<!--")[0], re.MULTILINE
    )
    assert set(told) == set(REASONS.split())


def test_every_code_has_its_page() -> None:
    assert {path.stem for path in (DOCS / "errors").glob("*.md")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_codes_page_says_status_cause_and_way_out(code: str) -> None:
    text = _text(f"errors/{code}.md")
    known = CODES[code]
    assert text.startswith(f"# `{code}`\n\nHTTP {known.status} · exit status {known.exit}\n\n**When.** ")
    assert "\n\n**What to do.** " in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if target != "../reference/model.md":
            assert (DOCS / "errors" / target).resolve().is_file(), target


def test_the_example_of_a_dashboard_is_good(tmp_path: Path) -> None:
    page = _text("reference/dashboard.md")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    found, issues = documents(tmp_path, sales_model())
    assert (list(found), issues) == (["executive"], ())


def test_every_type_of_tile_is_told_with_its_queries_and_options() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", _text("reference/dashboard.md"), re.MULTILINE))
    assert set(rows) == set(TILE_TYPES)
    for name, kind in TILE_TYPES.items():
        for word in (*kind.queries, *kind.options):
            assert word in rows[name], (name, word)


def test_every_attack_case_is_tested_or_told_why_not() -> None:
    rows = re.findall(r"^\| (A\d\d) \| (\w+) \| (.+) \|$", _text("security.md"), re.MULTILINE)
    assert [case for case, _, _ in rows] == CASES
    for case, state, where in rows:
        assert state in {"Tested", "Built", "Later", "No"}, case
        named = re.findall(r"`(tests/[\w/.]+\.py)`", where)
        texts = [(REPOSITORY / path).read_text(encoding="utf-8") for path in named]
        found = [re.search(rf"def test_(\w+_)?{case.lower()}_", text) for text in texts]
        assert state != "Tested" or any(found), f"{case}: no test of that name in {named}"


def test_the_contract_is_the_shared_one_with_readings() -> None:
    readings = _text("reference/contract.md").partition("\n## Readings\n")
    assert readings[1], "docs/reference/contract.md ends with its readings"


@pytest.mark.parametrize("name", ["contract.md", "query.md"])
def test_our_copy_extends_the_shared_text(shared: Path, name: str) -> None:
    text = (shared / "design" / name).read_text(encoding="utf-8").rstrip("\n")
    assert _text(f"reference/{name}").startswith(text)
