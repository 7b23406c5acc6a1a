"""Documents: the shipped ones are good, and every mistake is told with file and line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from leadline.dashboards import schema
from leadline.dashboards.service import documents
from tests.support.models import REPOSITORY, SALES, sales_model

GOOD = """leadline: 1
dashboard: team
title: Team
bar:
  filters:
    - {field: rep.region, label: Region, metric: leads}
sections:
  - tiles:
      - id: revenue
        type: number
        title: Revenue
        queries:
          main: {metrics: [revenue]}
          spark: {metrics: [revenue], time: {grain: day}}
        options: {spark: line}
"""


def _issues(folder: Path, text: str) -> list[tuple[int, str]]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    found, issues = documents(folder, sales_model())
    assert bool(found) != bool(issues)
    assert all(issue.place.file == str(folder / "a.yaml") and issue.fix for issue in issues)
    return [(issue.place.line, issue.code) for issue in issues]


def test_the_shipped_dashboards_are_good() -> None:
    found, issues = documents(SALES / "dashboards", sales_model())
    assert not issues
    assert "executive" in found


def test_a_good_document_has_its_defaults(tmp_path: Path) -> None:
    assert not _issues(tmp_path, GOOD)
    document = documents(tmp_path, sales_model())[0]["team"].to_json()
    assert document["bar"]["range"] == {"preset": "month_to_date"}
    assert document["bar"]["compare"] == "previous_period"
    assert document["home"] is False
    tile = document["sections"][0]["tiles"][0]
    assert (tile["width"], tile["compare"], tile["filter"], tile["switch"]) == (12, True, True, None)
    assert "leadline" not in document


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("metrics: [revenue]}", "metrics: [revenu]}", [(13, "unknown_metric")]),
        ("metric: leads", "metric: leds", [(6, "unknown_metric")]),
        ("title: Team\n", "titel: Team\n", [(1, "bad_file"), (3, "unknown_key")]),
        ("type: number", "type: gauge", [(10, "bad_file")]),
        ("spark: line", "spark: dots", [(15, "bad_file")]),
        ("spark: line", "line: spark", [(15, "unknown_key")]),
        ("main:", "mian:", [(12, "bad_file"), (13, "unknown_key")]),
        ("grain: day", "grain: dya", [(14, "unknown_grain")]),
        ("{grain: day}", "{range: {preset: lats_week}}", [(14, "unknown_preset")]),
        ("title: Revenue", "title: Revenue\n        width: 13", [(12, "bad_file")]),
        ("title: Revenue", 'title: Revenue\n        width: "3"', [(12, "bad_file")]),
        ("title: Revenue", "title: Revenue\n        title: Again", [(12, "duplicate_key")]),
        ("leadline: 1", "leadline: 2", [(1, "bad_file")]),
        ("dashboard: team", "dashboard: ../etc", [(2, "bad_file")]),
        ("title: Team", "title: &a Team", [(3, "bad_yaml")]),
        ("title: Team", "title: !!python/name:os.system x", [(3, "bad_yaml")]),
        ("title: Team", "title: [", [(5, "bad_yaml")]),
        (GOOD, "- 1\n", [(1, "bad_file")]),
        (GOOD, "", [(1, "bad_file")]),
    ],
)
def test_every_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, expected: list[tuple[int, str]]
) -> None:
    assert old in GOOD
    assert _issues(tmp_path, GOOD.replace(old, new, 1)) == expected


def test_two_of_a_kind_are_told(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD.replace("title: Team", "title: Team\nhome: true"), encoding="utf-8")
    found, issues = documents(tmp_path, sales_model())
    assert [issue.code for issue in issues] == ["conflict", "conflict"]
    assert {Path(issue.place.file).name for issue in issues} == {"b.yaml"}
    assert len(found) == 1


def test_a69_hostile_files_are_refused_quickly(tmp_path: Path) -> None:
    began = time.process_time()
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    for text in (bomb, "[" * 5000, "a: " * 5000, "\x00", "a: !!python/object/apply:os.system [id]"):
        assert [code for _, code in _issues(tmp_path, text)] == ["bad_yaml"]
    assert time.process_time() - began < 2


def test_the_schema_takes_what_we_take() -> None:
    validator = jsonschema.Draft202012Validator(schema.schema())
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    for path in (SALES / "dashboards").glob("*.yaml"):
        validator.validate(YAML(typ="safe", pure=True).load(path))
    for wrong in ("titel: x", "home: 3", "bar: {range: {preset: 1}}"):
        value = YAML(typ="safe", pure=True).load(
            GOOD + wrong if "bar" not in wrong else GOOD.replace("bar:", "rab:")
        )
        assert list(validator.iter_errors(value))


def test_the_published_schema_is_the_present_one() -> None:
    published = (REPOSITORY / schema.FILE).read_text(encoding="utf-8")
    assert json.loads(published) == schema.schema(), "run: python -m leadline.dashboards.schema --write"
    assert published == schema.text()
