"""A query from the command line: JSON from a file, or put together from options."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.core.errors import LeadlineError

_MANY = ("in", "not_in", "between", "contains", "not_contains", "starts_with", "ends_with")
_ONE = ("eq", "ne", "lt", "lte", "gt", "gte")
_NONE = ("is_null", "not_null")
_OPERATOR = re.compile(r"([a-z_]+):(.*)", re.DOTALL)
_FILTER_FIX = 'Write "field=op:value", such as "rep.region=in:East,West" or "source=referral".'


@dataclass(frozen=True, slots=True)
class Words:
    """The options of `leadline query` that make up a query, as typed."""

    metrics: Sequence[str] = ()
    by: Sequence[str] = ()
    range: str | None = None
    grain: str | None = None
    zone: str | None = None
    filters: Sequence[str] = ()
    compare: Sequence[str] = ()
    sort: Sequence[str] = ()
    totals: bool = False
    limit: int | None = None

    @property
    def given(self) -> bool:
        """Whether any is set."""
        return self != Words()


def read_query(path: Path) -> Any:
    """The JSON of a file, or of standard input for `-`. Raises `bad_file` or `bad_json`."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise LeadlineError("bad_file", f"{path} cannot be read: {cause}", "Check its name.") from None
    try:
        return json.loads(text, parse_constant=_reject)
    except (ValueError, RecursionError) as error:
        raise LeadlineError(
            "bad_json", f"{path} is no JSON: {error}", "Check its commas and quotes."
        ) from None


def build_query(words: Words) -> dict[str, Any]:
    """The query that options state. Raises `bad_usage`; names are checked when it is asked."""
    if not words.metrics:
        raise LeadlineError("bad_usage", "no metric is asked for", "Add --metric NAME, or -f FILE.")
    time = {"grain": words.grain, "range": _range(words.range), "zone": words.zone}
    parts: dict[str, Any] = {
        "metrics": _names(words.metrics),
        "dimensions": _names(words.by),
        "time": {key: value for key, value in time.items() if value is not None},
        "filters": [_filter(text) for text in words.filters],
        "compare": [_compare(text) for text in words.compare],
        "sort": [_sort(text) for text in words.sort],
        "totals": words.totals or None,
        "limit": words.limit,
    }
    return {key: value for key, value in parts.items() if value not in (None, [], {})}


def _names(texts: Sequence[str]) -> list[str]:
    """Names from options that may be repeated or hold several separated by commas."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _range(text: str | None) -> dict[str, str] | None:
    """`this_month`, or `2017-01-01..2018-01-01` with either end left out."""
    if text is None:
        return None
    if ".." not in text:
        return {"preset": text}
    start, _, end = text.partition("..")
    return {key: value for key, value in (("from", start), ("to", end)) if value}


def _filter(text: str) -> dict[str, Any]:
    field, equals, condition = text.partition("=")
    if not field or not equals:
        raise LeadlineError("bad_usage", f"the filter {text!r} has no field and value", _FILTER_FIX)
    if condition in _NONE:
        return {"field": field, "op": condition}
    found = _OPERATOR.fullmatch(condition)
    op, value = found.groups() if found else ("eq", condition)
    if op == "range":
        return {"field": field, "op": op, "range": _range(value)}
    if op in _MANY:
        return {"field": field, "op": op, "values": [_value(one) for one in value.split(",")]}
    if op in _ONE:
        return {"field": field, "op": op, "values": [_value(value)]}
    return {"field": field, "op": "eq", "values": [_value(condition)]}


def _value(text: str) -> str | bool:
    """Numbers and dates are texts in a query; only true and false are not."""
    return text == "true" if text in ("true", "false") else text


def _compare(text: str) -> dict[str, str]:
    """`previous_year` or `previous_year:percent`."""
    to, _, shown = text.partition(":")
    return {"to": to, "as": shown} if shown else {"to": to}


def _sort(text: str) -> dict[str, Any]:
    """`revenue:desc` or `rep.region`; a column's name may hold colons itself."""
    name, _, direction = text.rpartition(":")
    if direction in ("asc", "desc") and name:
        return {"by": name, "desc": direction == "desc"}
    return {"by": text}


def _reject(value: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise LeadlineError("bad_json", f"{value} is no JSON value.", "Send a number or null.")
