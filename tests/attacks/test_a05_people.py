"""A05: who asks, and the names around a request, never come into the text of a statement."""

from __future__ import annotations

import pytest

from leadline.core.viewer import Viewer
from tests.attacks.conftest import Asking
from tests.attacks.planning import ADA, holds, planned, revenue, sql

HOSTILE = [
    "o'brien--;$$@example.com",
    "*/ '; drop table deals; --",
    '"; select 1; --',
    "%s %(p0)s",
    "a\n\r\x1b[31m",
    "{{7*7}}",
    "\\'; select 1",
]
QUERY = revenue(
    dimensions=["rep.region"], filters=[{"field": "source", "op": "eq", "values": ["web"]}], totals=True
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a05_a_viewers_facts_are_in_no_statement(text: str) -> None:
    viewer = Viewer(ADA.org, text, "admin", name=text, attributes=(("team", text), (text, text)))
    assert sql(QUERY, viewer) == sql(QUERY)
    for one in planned(QUERY, viewer):
        assert text not in one.sql
        assert not holds(list(one.params.values()), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a05_an_organisation_is_in_no_statement(text: str) -> None:
    assert sql(QUERY, Viewer(text, ADA.email, "admin")) == sql(QUERY)


@pytest.mark.parametrize("text", ["'; drop table deals; --", "*/ select 1", "%s", "$$", "{{7*7}}"])
def test_a05_headers_and_addresses_are_in_no_statement(asking: Asking, text: str) -> None:
    with asking.api.signed_in() as client:
        client.post("/api/v1/query", json=QUERY).raise_for_status()
        plain = asking.engine.texts()
        headers = {"x-request-id": text, "user-agent": text, "referer": text, "accept-language": text}
        client.post("/api/v1/query", json=QUERY, headers=headers).raise_for_status()
        assert asking.engine.texts() == plain
        answer = client.post(f"/api/v1/dashboards/{text}/data", json={})
        assert answer.status_code in (400, 404)
    assert not asking.engine.texts()
