"""An entry as a Result again, for those who need values and not bytes."""

from __future__ import annotations

from typing import Any

import msgspec

from leadline.cache.entry import Entry
from leadline.core.result import CacheState, Column, Rejection, Result, ServedBy, Subtotals


def result_of(entry: Entry, state: CacheState, ms: dict[str, float]) -> Result:
    """The Result that an entry was made from."""
    facts: dict[str, Any] = msgspec.json.decode(entry.json(state, ms))
    facts |= _table(facts)
    if "subtotals" in facts:
        facts["subtotals"] = [Subtotals(tuple(one["by"]), **_table(one)) for one in facts["subtotals"]]
    facts["rejected"] = [Rejection(**one) for one in facts["rejected"]]
    facts["served_by"] = ServedBy(**facts["served_by"])
    for name, value in facts.items():
        facts[name] = tuple(value) if isinstance(value, list) else value
    return Result(**facts)


def _table(facts: dict[str, Any]) -> dict[str, Any]:
    """Typed columns and columnar values."""
    return {
        "columns": tuple(_column(column) for column in facts["columns"]),
        "data": tuple(tuple(values) for values in facts["data"]),
    }


def _column(facts: dict[str, Any]) -> Column:
    given = dict(facts)
    return Column(**({"as_": given.pop("as")} if "as" in given else {}), **given)
