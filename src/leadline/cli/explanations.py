"""How an answer comes about (the JSON of `/explain`), line by line for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot.errors import SqlglotError

Json = Mapping[str, Any]
_DIALECT = "postgres"


def explanation(told: Json) -> Iterator[str]:
    """Definition, rollups with reasons, rules, cache, milliseconds by step, statements with their plans."""
    for one in told["definition"]:
        yield from _definition(one)
    for one in told["rollups"]:
        yield _rollup(one)
    yield f"rules     {', '.join(told['rules']) or 'none'} (scope {told['scope'][:12]})"
    yield _cache(told["cache"])
    yield "steps     " + ", ".join(f"{step} {value:g}" for step, value in told["ms"].items()) + " ms"
    for part in (told, *told["more"]):
        if part["sql"] is not None:
            yield from _statement(part)


def _definition(one: Json) -> Iterator[str]:
    kind = f" ({one['kind']})" if "kind" in one else ""
    yield f"column    {one['column']}{kind}: {one['definition']}"
    for name, text in one.get("measures", {}).items():
        yield f"          {name}: {text}"
    for word in ("filter", "time"):
        if one.get(word):
            yield f"          {word}: {one[word]}"


def _rollup(one: Json) -> str:
    if one["used"]:
        return f"used      {one['name']}: {one['detail']}"
    reason = f"{one['reason']}. " if one["reason"] else ""
    return f"not used  {one['name']}: {reason}{one['detail']}"


def _cache(one: Json) -> str:
    age = f", {one['age']:g} s old" if one["age"] is not None else ""
    return f"cache     {one['state']}{age} (key {one['key'][:12]}, live key {one['live_key'][:12]})"


def _statement(part: Json) -> Iterator[str]:
    yield ""
    yield f"-- {part['part']}"
    yield from pretty(part["sql"]).splitlines()
    for name, value in part["params"].items():
        yield f"-- {name} = {_short(value)}"
    yield from part["plan"]


def pretty(sql: str) -> str:
    """The statement with one part a line; as it is where it cannot be read."""
    try:
        return sqlglot.parse_one(sql.replace("%%", "%"), dialect=_DIALECT).sql(dialect=_DIALECT, pretty=True)
    except SqlglotError:
        return sql


def _short(value: Any) -> str:
    """A parameter; of a long list its ends."""
    if isinstance(value, list) and len(value) > 4:
        return f"[{value[0]}, … {len(value) - 2} more …, {value[-1]}]"
    return str(value)
