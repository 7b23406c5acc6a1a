"""Cases executed: what agrees, what differs and how it is told, what cannot run."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from leadline.core.clock import Clock
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.engine import Engine, Models
from leadline.planner.plan import Statement
from leadline.sources.postgres import Source, SourceSettings, parse_url
from leadline.verify import Report, Verifier, read_cases
from leadline.verify.compare import Comparison, Difference, Row
from tests.support import business
from tests.support.databases import Database
from tests.support.sources import opened, sleeping

SLEEP = Statement("SELECT pg_sleep(1)", {})
AGREE = """
- name: by day, in the model's zone
  as_of: 2026-05-31
  query:
    metrics: [sales, revenue]
    time: {grain: day, range: {from: 2026-04-01, to: 2026-04-20}}
    totals: true
  ordered: true
  sql: |
    SELECT d, count(id), coalesce(sum(amount), 0)
      FROM generate_series(timestamp '2026-04-01', '2026-04-19', '1 day') AS d
      LEFT JOIN deals ON status = 'won' AND date_trunc('day', closed_at) = d
     GROUP BY 1 ORDER BY 1
  totals_sql: |
    SELECT count(*), sum(amount) FROM deals
     WHERE status = 'won' AND closed_at >= '2026-04-01' AND closed_at < '2026-04-20'
- name: in another zone the SQL's wall clock is the query's
  as_of: 2026-05-31
  query: {metrics: [sales], time: {grain: month, zone: Asia/Tokyo, range: {from: 2026-04-01, to: 2026-06-01}}}
  sql: |
    SELECT date_trunc('month', closed_at AT TIME ZONE 'Asia/Tokyo'), count(*) FROM deals
     WHERE status = 'won' AND closed_at >= '2026-04-01 00:00+09' AND closed_at < '2026-06-01 00:00+09'
     GROUP BY 1
- name: a quotient at the smaller scale, none as coalesce gives it
  query: {metrics: [avg_deal_size], dimensions: [rep.region]}
  sql: |
    SELECT coalesce(region, '(none)'), round(avg(amount), 4) FROM deals d LEFT JOIN reps r ON r.id = d.rep_id
     WHERE status = 'won' GROUP BY 1
- name: within a tolerance
  query: {metrics: [revenue]}
  sql: SELECT sum(amount) + 0.004 FROM deals WHERE status = 'won' AND source IS NOT DISTINCT FROM source
  tolerance: 0.01
- name: refused
  query: {metrics: [nix]}
  error: unknown_metric
- name: as somebody
  viewer: {email: ann@example.com, role: viewer, name: Ann, attributes: {job: rep, teams: [a, b]}}
  query: {metrics: [sales]}
  sql: SELECT count(*) FROM deals WHERE status = 'won'
"""
DIFFER = """
- name: wrong by one
  query: {metrics: [sales]}
  sql: SELECT count(*) + 1 FROM deals WHERE status = 'won'
- name: totals differ
  query: {metrics: [sales], totals: true}
  sql: SELECT count(*) FROM deals WHERE status = 'won'
  totals_sql: SELECT 1
- name: totals that were not asked for
  query: {metrics: [sales]}
  sql: SELECT count(*) FROM deals WHERE status = 'won'
  totals_sql: SELECT 1
- name: answered but should not be
  query: {metrics: [sales]}
  error: unknown_metric
- name: refused with another code
  query: {metrics: [nix]}
  error: no_time
- name: cannot be asked
  query: {metrics: [nix]}
  sql: SELECT 1
- name: SQL that fails
  query: {metrics: [sales]}
  sql: SELECT nix
- name: SQL that writes
  query: {metrics: [sales]}
  sql: DELETE FROM deals
- name: a user of no product
  viewer: ann@example.com
  query: {metrics: [sales]}
  sql: SELECT 1
- name: a viewer without a known role
  viewer: {role: boss}
  query: {metrics: [sales]}
  sql: SELECT 1
- name: unknown key
  query: {metrics: [sales]}
  sql: SELECT 1
  oops: 1
"""
WHYS = [
    "1 of 1 rows differ",
    "totals: 1 of 1 rows differ",
    "bad_case: totals_sql needs",
    "it is answered (1 rows), not refused with unknown_metric",
    "refused with unknown_metric",
    "unknown_metric: ",
    'bad_case: the SQL fails: column "nix"',
    "bad_case: the SQL fails: ",
    "bad_case: the viewer 'ann@example.com'",
    "bad_case: the viewer's role",
    "unknown_key: ",
]


@pytest.fixture
async def verifier(database: Database, tmp_path: Path) -> AsyncIterator[Verifier]:
    business.fill(database.business)
    (tmp_path / "model.yaml").write_text(business.MODEL)
    source = Source(SourceSettings(parse_url(database.business)))
    await source.open()
    models = Models(tmp_path, source)
    await models.poll()
    yield Verifier(Engine(source, None, models, Clock()), source)
    await source.close()


async def _run(verifier: Verifier, folder: Path, text: str) -> Report:
    path = folder / "cases.yml"
    path.write_text(text)
    return await verifier.run(read_cases(path))


async def test_cases_that_agree(verifier: Verifier, tmp_path: Path) -> None:
    report = await _run(verifier, tmp_path, AGREE)
    assert (report.cases, report.failed) == (6, ())


async def test_cases_that_fail_say_why(verifier: Verifier, tmp_path: Path) -> None:
    report = await _run(verifier, tmp_path, DIFFER)
    whys = [failure.why for failure in report.failed]
    assert len(whys) == report.cases == len(WHYS)
    for why, beginning in zip(whys, WHYS, strict=True):
        assert why.startswith(beginning)


async def test_the_json_has_the_first_differing_rows(verifier: Verifier, tmp_path: Path) -> None:
    report = (await _run(verifier, tmp_path, DIFFER)).to_json()
    first = report["failed"][0]
    assert set(report) == {"cases", "failed"}
    assert set(first) == {"name", "file", "line", "why", "query_rows", "sql_rows"}
    assert (first["name"], first["line"]) == ("wrong by one", 2)
    [[ours]], [[theirs]] = first["query_rows"], first["sql_rows"]
    assert theirs == ours + 1


async def test_a_user_of_the_product_is_found_by_e_mail(verifier: Verifier, tmp_path: Path) -> None:
    asked: list[str] = []

    async def find(email: str) -> Viewer:
        asked.append(email)
        return Viewer("main", email, "viewer")

    product = Verifier(verifier._engine, verifier._source, find)
    case = "- {name: a, viewer: ann@example.com, query: {metrics: [sales]}, sql: SELECT 200}"
    assert (await _run(product, tmp_path, case)).failed == ()
    assert asked == ["ann@example.com"]


async def test_a_case_that_breaks_the_program_fails_alone(
    verifier: Verifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Comparison.rows

    def broken(self: Comparison, ours: Sequence[Row], theirs: Sequence[Row]) -> Difference | None:
        if theirs == [(4711,)]:
            raise ZeroDivisionError("by nothing")
        return whole(self, ours, theirs)

    monkeypatch.setattr(Comparison, "rows", broken)
    cases = "- {name: a, query: {metrics: [sales]}, sql: SELECT 4711}\n"
    report = await _run(verifier, tmp_path, cases + cases.replace("4711", "200"))
    assert [failure.why for failure in report.failed] == ["internal: ZeroDivisionError: by nothing"]
    assert report.cases == 2


async def test_a_source_that_is_busy_is_asked_again(database: Database, tmp_path: Path) -> None:
    business.fill(database.business)
    (tmp_path / "model.yaml").write_text(business.MODEL)
    settings = SourceSettings(parse_url(database.reader), pool_size=1, wait_timeout=0.2)
    async with opened(settings) as source:
        models = Models(tmp_path, source)
        await models.poll()
        slow = asyncio.create_task(source.read(lambda reader: reader.fetch(SLEEP)))
        await sleeping(database, 1)
        cases = "- {name: a, query: {metrics: [sales]}, sql: SELECT 200}"
        report = await _run(Verifier(Engine(source, None, models, Clock()), source), tmp_path, cases)
        await slow
    assert (report.cases, report.failed) == (1, ())


async def test_the_command_says_nothing_of_connections_that_it_threw_away(
    verifier: Verifier, database: Database, tmp_path: Path
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "agree.yaml").write_text(AGREE)
    where = ["--source", database.business, "--model", str(tmp_path), "--format", "json"]
    command = [sys.executable, "-m", "leadline.cli", "verify", str(cases), *where]
    done = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    out, error = await done.communicate()
    assert (done.returncode, error) == (0, b"")
    assert json.loads(out) == {"cases": 6, "failed": []}


async def test_without_a_source_nothing_is_run(database: Database, tmp_path: Path) -> None:
    source = Source(SourceSettings(parse_url(database.reader.replace("test@", "wrong@"))))
    await source.open()
    models = Models(tmp_path, source)
    with pytest.raises(LeadlineError) as refused:
        await _run(Verifier(Engine(source, None, models, Clock()), source), tmp_path, AGREE)
    assert refused.value.code in ("source_login", "model_invalid")
    await source.close()
