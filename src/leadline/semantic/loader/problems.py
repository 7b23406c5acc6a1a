"""What the strict classes found wrong, as issues in an author's words, and the path to leave out to go on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from leadline.semantic.issues import Issue, error
from leadline.semantic.loader.format.base import Spot
from leadline.semantic.loader.known import known_keys
from leadline.semantic.loader.yaml12 import YamlPath

UNKNOWN_KEY = "extra_forbidden"
"""Pydantic's name of the mistake."""
_WORDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map of names",
    "model_type": "a map",
    "model_attributes_type": "a map",
}
_SIZES = {"too_short": "at least {min_length}", "too_long": "at most {max_length}"}
_FIX = "See docs/reference/model.md."
_ENTRIES = frozenset(("metrics", "targets", "rollups", "row_rules", "dimensions"))


def path_of(found: Mapping[str, Any], data: Any) -> YamlPath:
    """The part of an error's location that was written: without names of missing keys and of forms."""
    path: list[str | int] = []
    here = data
    for part in found["loc"]:
        if _has(here, part):
            here = here[part]
            path.append(part)
    return tuple(path)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def issue_of(found: Mapping[str, Any], data: Any, top: Spot) -> Issue:
    """The error as an issue, at the line of what is wrong."""
    path = path_of(found, data)
    spot = top
    for part in path:
        spot = spot / part
    code, why, fix = _words(found, path, data)
    return error(code, why, fix, spot.place)


def _words(found: Mapping[str, Any], path: YamlPath, data: Any) -> tuple[str, str, str]:
    """Code, cause and way out."""
    what = found["type"]
    where = _dotted(path)
    if what == "leadline":
        return _own(found, where)
    if what == UNKNOWN_KEY:
        return _unknown(path, data)
    if what == "missing":
        return _missing(str(found["loc"][-1]), where, path, data)
    described = known_keys(path[:-1], data).get(str(path[-1]), "") if path else ""
    fix = f"{path[-1]}: {described}" if described else _FIX
    if what in _WORDS:
        return "wrong_type", f"{where} must be {_WORDS[what]}, not {_kind(found['input'])}", fix
    if what in _SIZES:
        return "wrong_value", f"{where} needs {_SIZES[what].format(**found['ctx'])} entries", fix
    if what == "literal_error":
        return "wrong_value", f"{where} must be {found['ctx']['expected']}", fix
    return "wrong_value", f"{where}: {found['msg']}", fix


def _dotted(path: YamlPath) -> str:
    return ".".join(str(part) for part in path) or "the model"


def _own(found: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    """Our own words; where a key is missed, a key much like it is what was meant."""
    context = found["ctx"]
    given = found["input"] if isinstance(found["input"], dict) else {}
    near = [key for key in given if difflib.get_close_matches(key, context.get("choices", ()), 1)]
    meant = f"Did you mean {difflib.get_close_matches(near[0], context['choices'], 1)[0]}? " if near else ""
    return context["code"], f"{where}: {context['why']}", meant + context["fix"]


def _unknown(path: YamlPath, data: Any) -> tuple[str, str, str]:
    *outer, key = path
    known = sorted(known_keys(tuple(outer), data))
    near = difflib.get_close_matches(str(key), known, 1)
    listed = f"The keys there are {', '.join(known)}."
    why = f"unknown key {key} in {_dotted(tuple(outer))}"
    return "unknown_key", why, f"Did you mean {near[0]}? {listed}" if near else listed


def _missing(key: str, where: str, path: YamlPath, data: Any) -> tuple[str, str, str]:
    described = known_keys(path, data).get(key, "")
    return "missing_key", f"{key} is missing in {where}", f"Give {key}: {described}" if described else _FIX


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    kinds = {str: "a text", bool: "true or false", list: "a list", dict: "a map"}
    return kinds.get(type(value), "a number")


def without(found: Mapping[str, Any], data: Any) -> YamlPath:
    """The path to leave out so that the rest can be checked: the wrong key, else the entry that holds it."""
    path = path_of(found, data)
    if found["type"] == UNKNOWN_KEY:
        return path
    if path[:1] == ("datasets",) and len(path) > 3 and path[2] in ("joins", "dimensions", "measures"):
        return path[:4]
    return path[:2] if path[:1] in {("datasets",), *((name,) for name in _ENTRIES)} else path[:1]
