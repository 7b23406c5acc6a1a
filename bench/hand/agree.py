"""Whether the product's answers are those of the queries by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from bench.hand.floor import Answers
from bench.stack.sizes import ZONE
from leadline.core.result import Column
from leadline.verify.compare import Comparison

_KEYS = ("text", "time", "date")
Json = dict[str, Any]


def differences(ours: dict[str, Json], theirs: Answers) -> Iterator[str]:
    """What differs, one line for each question. `ours`: results as they were sent, by `tile/query`."""
    if set(ours) != set(theirs):
        yield f"other questions: {sorted(set(ours) ^ set(theirs))}"
    for name in sorted(set(ours) & set(theirs)):
        result, (rows, totals) = ours[name], theirs[name]
        columns = tuple(_column(one) for one in result["columns"])
        keys = next((i for i, one in enumerate(columns) if one.type not in _KEYS), len(columns))
        compared = Comparison(columns, keys, ZoneInfo(ZONE))
        if found := compared.rows(list(zip(*result["data"], strict=True)), rows):
            yield f"{name}: {found.why}: ours {found.query_rows}, by hand {found.sql_rows}"
        if totals:
            of_totals = Comparison(columns[keys:], 0, ZoneInfo(ZONE))
            if found := of_totals.rows([tuple(result["totals"].values())], totals):
                yield f"{name} totals: ours {found.query_rows}, by hand {found.sql_rows}"


def _column(given: Json) -> Column:
    known = {key: value for key, value in given.items() if key in Column.__slots__}
    return Column(**known, as_=given.get("as"))
