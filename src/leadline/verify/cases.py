"""Case files: YAML 1.2 lists of cases, read into values; what is wrong with one case is kept with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.semantic.loader.yaml12 import Document, read

KEYS = ("name", "query", "sql", "totals_sql", "error", "viewer", "as_of", "ordered", "tolerance")
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `wrong`: why it cannot even be run. `viewer`: an e-mail, an object or None."""

    name: str
    file: str
    line: int
    query: Any = None
    sql: str | None = None
    totals_sql: str | None = None
    error: str | None = None
    viewer: str | dict[str, Any] | None = None
    ordered: bool = False
    tolerance: Decimal = field(default=Decimal(0))
    wrong: LeadlineError | None = None


def read_cases(path: Path) -> tuple[Case, ...]:
    """All cases of a file, or of the files of a folder (not deeper), in order. Raises `bad_file`."""
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.suffix in _SUFFIXES and one.is_file())
    else:
        files = [path]
    if not files:
        raise LeadlineError("bad_file", f"{path} holds no case file", "Name a folder with *.yaml files.")
    return tuple(case for file in files for case in _read_file(file))


def _read_file(path: Path) -> list[Case]:
    document = read(path)
    if document.issues:
        issue = document.issues[0]
        raise LeadlineError("bad_file", f"{path}: {issue.why}", issue.fix, str(issue.place))
    if not isinstance(document.value, list):
        raise LeadlineError("bad_file", f"{path} is not a list of cases", "Begin each case with a dash.")
    return [_case(document, index, item) for index, item in enumerate(document.value)]


def _case(document: Document, index: int, item: Any) -> Case:
    place = document.place((index,))
    name = item.get("name") if isinstance(item, dict) else None
    shown = name if isinstance(name, str) and name else f"case {index + 1}"
    try:
        return Case(shown, place.file, place.line, **_fields(item))
    except LeadlineError as error:
        return Case(shown, place.file, place.line, wrong=error)


def _fields(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _bad("a case is a map of keys")
    unknown = sorted(set(item) - set(KEYS))
    if unknown:
        raise LeadlineError("unknown_key", f"unknown key {unknown[0]!r}", f"Keys are {', '.join(KEYS)}.")
    if "query" not in item or not isinstance(item.get("name"), str):
        raise _bad("a case has a name and a query")
    if (item.get("sql") is None) == (item.get("error") is None):
        raise _bad("a case has either sql or error")
    return {
        "query": _with_as_of(_json(item["query"]), item.get("as_of")),
        "viewer": _viewer(item.get("viewer")),
        "ordered": _flag(item, "ordered"),
        "tolerance": _tolerance(item.get("tolerance", 0)),
        **{key: _text(item, key) for key in ("sql", "totals_sql", "error")},
    }


def _bad(why: str) -> LeadlineError:
    return LeadlineError("bad_case", why, "See the reference: verify cases.")


def _json(value: Any) -> Any:
    """A YAML value as JSON would have it: numbers with a point are floats there."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return {key: _json(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _with_as_of(query: Any, as_of: Any) -> Any:
    """The case's `as_of` holds where the query has none."""
    if as_of is None or not isinstance(query, dict) or query.get("as_of") is not None:
        return query
    return {**query, "as_of": as_of}


def _text(item: dict[str, Any], key: str) -> str | None:
    value = item.get(key)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise _bad(f"{key} is a text")


def _flag(item: dict[str, Any], key: str) -> bool:
    value = item.get(key, False)
    if isinstance(value, bool):
        return value
    raise _bad(f"{key} is true or false")


def _tolerance(value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise _bad("tolerance is a number") from None
    if not found.is_finite() or found < 0:
        raise _bad("tolerance is a number of 0 or more")
    return found


def _viewer(value: Any) -> str | dict[str, Any] | None:
    if value is None or isinstance(value, str | dict):
        return value
    raise _bad("viewer is an e-mail or an object")
