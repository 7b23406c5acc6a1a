"""Questions to the parser alone, over the model of the small world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.core.errors import LeadlineError
from leadline.planner import parse_query
from leadline.planner.query import Query
from tests.integration.planner.world import VIEWER, model

MODEL = model()
NOW = datetime(2026, 11, 17, 20, 32, 7, 5, tzinfo=UTC)


def parse(data: object) -> Query:
    """The query of a JSON value."""
    return parse_query(data, viewer=VIEWER, now=NOW, model=MODEL)


def refusal(data: object) -> tuple[str, str]:
    """Code and pointer of the refusal; it says why and what to do."""
    with pytest.raises(LeadlineError) as error:
        parse(data)
    assert error.value.why and error.value.fix
    assert len(error.value.why) < 400 and len(error.value.fix) < 800
    return error.value.code, error.value.at


def ask(**more: Any) -> dict[str, Any]:
    """A question for revenue, with more."""
    return {"metrics": ["revenue"], **more}
