"""Questions, batches and dashboards over HTTP: what goes to the engine, and what comes back."""

from __future__ import annotations

import httpx
import pytest

from tests.support.api import Running, lines
from tests.support.models import sales_model
from tests.support.waiting import LATE

QUERY = "/api/v1/query"
BATCH = "/api/v1/batch"
DATA = "/api/v1/dashboards/executive/data"


def test_a_question_is_answered_as_the_engine_does(api: Running) -> None:
    with api.signed_in() as client:
        answer = client.post(QUERY, json={"metrics": ["revenue"], "limit": 3})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["data"], body["rows"], body["served_by"]["layer"]) == ([["1.00"]], 1, "base")
    data, viewer = api.engine.asked[-1]
    assert data == {"metrics": ["revenue"], "limit": 3}
    assert viewer.email == "vic@example.com"


def test_an_error_has_its_status_and_place(api: Running) -> None:
    with api.signed_in() as client:
        answer = client.post(QUERY, json={"metrics": ["unknown"]})
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "unknown_metric",
        "why": "There is no metric.",
        "fix": "Use another.",
        "at": "/metrics/0",
    }


def test_what_one_has_already_is_not_sent_again(api: Running) -> None:
    with api.signed_in() as client:
        first = client.post(QUERY, json={"metrics": ["a"]}).json()
        again = client.post(QUERY, json={"metrics": ["a"], "have": first["key"]}).json()
        other = client.post(QUERY, json={"metrics": ["a"], "have": "k0"}).json()
    assert again == {"unchanged": first["key"]}
    assert other == first


def test_a_bug_is_told_by_its_log_id_alone(api: Running, capfd: pytest.CaptureFixture[str]) -> None:
    with api.signed_in() as client:
        answer = client.post(QUERY, json={"metrics": ["bug"]})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "log id" in answer.json()["why"]
    assert "4711" not in answer.text and "ZeroDivision" not in answer.text


def test_a_batch_is_a_stream_of_lines(api: Running) -> None:
    queries = [{"metrics": ["a"]}, {"metrics": ["unknown"]}, {"metrics": ["b"], "have": "k1.b"}, "no query"]
    with api.signed_in() as client:
        answer = client.post(BATCH, json={"queries": queries})
    assert answer.headers["content-type"] == "application/x-ndjson"
    *told, done = lines(answer)
    by_index = {line["index"]: line for line in told}
    assert by_index[0]["result"]["rows"] == 1  # type: ignore[index]
    assert by_index[1]["error"]["code"] == "unknown_metric"  # type: ignore[index]
    assert by_index[2]["unchanged"] == "k1.b"
    assert set(done) == {"done", "queries", "ms"}
    assert (done["done"], done["queries"]) == (True, 4)


def test_an_empty_batch_is_done_at_once(api: Running) -> None:
    with api.signed_in() as client:
        (done,) = lines(client.post(BATCH, json={"queries": []}))
    assert done["queries"] == 0


def test_a_bug_in_a_stream_is_its_last_line(api: Running) -> None:
    with api.signed_in() as client:
        answer = client.post(BATCH, json={"queries": [{"metrics": ["a"]}, {"metrics": ["bug"]}]})
    first, last = lines(answer)
    assert "result" in first
    assert last["error"]["code"] == "internal"  # type: ignore[index]
    assert "4711" not in answer.text


def test_lines_come_before_the_rest_is_ready(api: Running) -> None:
    api.engine.cancelled.clear()
    body = {"queries": [{"metrics": ["a"]}, {"metrics": ["slow"]}]}
    with api.signed_in() as client, client.stream("POST", BATCH, json=body) as answer:
        told = answer.iter_lines()
        assert '"index":0' in next(told)
        assert not api.engine.cancelled.is_set(), "the other one still runs"
    assert api.engine.cancelled.wait(LATE)


@pytest.mark.parametrize("path", [QUERY, BATCH])
def test_work_ends_when_the_client_leaves(api: Running, path: str) -> None:
    api.engine.cancelled.clear()
    api.engine.began.clear()
    body = {"metrics": ["slow"]} if path == QUERY else {"queries": [{"metrics": ["slow"]}]}
    with api.signed_in() as client, pytest.raises(httpx.ReadTimeout):
        client.post(path, json=body, timeout=httpx.Timeout(LATE, read=2))
    assert api.engine.began.wait(LATE)
    assert api.engine.cancelled.wait(LATE)


def test_dashboards_are_listed_and_shown(api: Running) -> None:
    with api.signed_in() as client:
        listed = client.get("/api/v1/dashboards").json()["dashboards"]
        shown = client.get("/api/v1/dashboards/executive").json()
    assert listed[0] == {
        "id": "executive",
        "title": "Company overview",
        "about": "Revenue, the way from lead to sale, the team and the pipeline",
        "home": True,
    }
    assert shown["dashboard"]["dashboard"] == "executive"
    assert shown["dashboard"]["bar"]["range"] == {"preset": "month_to_date"}
    assert {"label", "about", "unit", "good", "kind", "definition"} <= set(shown["metrics"]["revenue"])
    assert "won" in shown["metrics"]["revenue"]["definition"]
    assert len(shown["key"]) == 32


def test_all_tiles_come_in_one_stream(api: Running) -> None:
    with api.signed_in() as client:
        tiles = client.get("/api/v1/dashboards/executive").json()["dashboard"]["sections"]
        *told, done = lines(client.post(DATA, json={}))
    expected = {(tile["id"], name) for part in tiles for tile in part["tiles"] for name in tile["queries"]}
    assert {(line["tile"], line["query"]) for line in told} == expected
    assert done["queries"] == len(expected)


def test_the_bar_is_composed_on_the_server(api: Running) -> None:
    east = {"field": "rep.region", "op": "in", "values": ["East"]}
    body = {
        "range": {"preset": "last_week"},
        "compare": "previous_year",
        "filters": [east],
        "only": ["leads"],
    }
    with api.signed_in() as client:
        before = len(api.engine.asked)
        *told, _ = lines(client.post(DATA, json=body))
    assert {line["tile"] for line in told} == {"leads"}
    asked = [data for data, _ in api.engine.asked[before:]]
    assert {
        "metrics": ["leads"],
        "time": {"range": {"preset": "last_week"}},
        "compare": [{"to": "previous_year"}, {"to": "previous_year", "as": "percent"}],
        "filters": [east],
    } in asked


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/v1/dashboards/none/data", {}, 404, "not_found"),
        (DATA, {"only": ["none"]}, 404, "not_found"),
        (DATA, {"compare": "never"}, 400, "bad_json"),
        (DATA, [], 400, "bad_json"),
        (BATCH, {}, 400, "bad_json"),
        (BATCH, {"queries": {}}, 400, "bad_json"),
        (BATCH, {"queries": [{}] * 201}, 413, "too_large"),
    ],
)
def test_a_wrong_request_fails_before_the_stream_begins(
    api: Running, path: str, body: object, status: int, code: str
) -> None:
    with api.signed_in() as client:
        answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_metrics_and_datasets_say_what_may_be_asked(api: Running) -> None:
    with api.signed_in() as client:
        metrics = {one["name"]: one for one in client.get("/api/v1/metrics").json()["metrics"]}
        datasets = client.get("/api/v1/datasets").json()
    assert set(metrics) == set(sales_model().metrics)
    assert all(one["definition"] and one["label"] and one["kind"] for one in metrics.values())
    deals = next(one for one in datasets["datasets"] if one["name"] == "deals")
    assert {"rep"} <= {join["name"] for join in deals["joins"]}
    assert deals["dimensions"] and deals["measures"]


def test_without_a_session_nothing_reaches_the_engine(api: Running) -> None:
    before = len(api.engine.asked)
    with api.client() as client:
        for path in (QUERY, BATCH, DATA):
            answer = client.post(path, json={"metrics": ["a"]})
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        for path in ("dashboards", "dashboards/executive", "dashboards/none", "metrics", "datasets"):
            assert client.get(f"/api/v1/{path}").status_code == 401
    assert len(api.engine.asked) == before
