"""Case files: YAML 1.2, lines, and what is wrong with a case is kept with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.verify import read_cases

GOOD = """\
# two cases
- name: revenue
  query: {metrics: [revenue], filters: [{field: status, op: in, values: [yes, on]}]}
  sql: SELECT 1
  as_of: 2017-12-31
  tolerance: 0.01
  ordered: true
- name: refused
  query: {metrics: [nix], as_of: 2016-01-01}
  error: unknown_metric
  viewer: {role: admin}
"""


def _write(folder: Path, text: str, name: str = "cases.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_list_of_cases(tmp_path: Path) -> None:
    first, second = read_cases(_write(tmp_path, GOOD))
    assert (first.name, first.line, first.wrong) == ("revenue", 2, None)
    assert first.query == {
        "metrics": ["revenue"],
        "filters": [{"field": "status", "op": "in", "values": ["yes", "on"]}],
        "as_of": "2017-12-31",
    }
    assert (first.tolerance, first.ordered, first.sql) == (Decimal("0.01"), True, "SELECT 1")
    assert (second.line, second.error, second.query["as_of"]) == (8, "unknown_metric", "2016-01-01")


def test_a_folder_is_read_but_not_deeper(tmp_path: Path) -> None:
    _write(tmp_path, "- {name: b, query: {}, sql: x}", "b.yml")
    _write(tmp_path, "- {name: a, query: {}, sql: x}", "a.yaml")
    _write(tmp_path, "no cases", "README.md")
    (tmp_path / "deeper").mkdir()
    _write(tmp_path / "deeper", "- {name: c, query: {}, sql: x}")
    assert [case.name for case in read_cases(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("{name: a, query: {}, sql: x, oops: 1}", "unknown_key"),
        ("{query: {}, sql: x}", "bad_case"),
        ("{name: a, sql: x}", "bad_case"),
        ("{name: a, query: {}}", "bad_case"),
        ("{name: a, query: {}, sql: x, error: y}", "bad_case"),
        ("{name: a, query: {}, sql: [x]}", "bad_case"),
        ("{name: a, query: {}, sql: x, ordered: yes}", "bad_case"),
        ("{name: a, query: {}, sql: x, tolerance: -1}", "bad_case"),
        ("{name: a, query: {}, sql: x, tolerance: much}", "bad_case"),
        ("{name: a, query: {}, sql: x, viewer: 3}", "bad_case"),
        ("just a text", "bad_case"),
    ],
)
def test_a_wrong_case_keeps_its_error(tmp_path: Path, case: str, code: str) -> None:
    wrong, good = read_cases(_write(tmp_path, f"- {case}\n- {{name: b, query: {{}}, sql: x}}\n"))
    assert wrong.wrong is not None
    assert wrong.wrong.code == code
    assert good.wrong is None


@pytest.mark.parametrize("text", ["{a: 1}", "- [", "- &x {name: a}", "\x00"])
def test_a_file_that_is_no_list_of_cases_cannot_be_read(tmp_path: Path, text: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        read_cases(_write(tmp_path, text))
    assert (refused.value.code, refused.value.exit_status) == ("bad_file", 2)


def test_a_path_without_cases_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nix.yaml"):
        with pytest.raises(LeadlineError) as refused:
            read_cases(path)
        assert refused.value.code == "bad_file"
