"""What `viewer.email`, `viewer.region` and their like stand for in row rules, and of which type they are.

- `viewer.email`, `viewer.role` and `viewer.name` are texts; an empty one is NULL.
- An attribute that is a number is a whole number, one that is true or false a boolean.
- An attribute that is a text has no type of its own: like a text in quotes it is read as what stands beside
  it (`rep_id = viewer.rep_id` reads "7" as a number). What cannot be read so is an error, never a match.
- A list stands only among the values of `in`: `region in (viewer.regions)`; an empty one is NULL there.
- A missing attribute is NULL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import BOOLEAN, DATE, INTEGER, TEXT, TIME, WALL, ColumnType, decimal
from leadline.core.viewer import Attribute, Viewer
from leadline.semantic.expressions import normal
from leadline.semantic.expressions.functions.kinds import UNKNOWN, fits, has_offset
from leadline.semantic.expressions.names import Name, name_of, names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.expressions.runtime.reading import read
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import TypeOf, infer

Value = str | int | bool | Decimal | date | datetime | None
Typed = tuple[Value, ColumnType]
OWN = ("email", "role", "name")
_ITEM = re.compile(r"(?P<name>.+)\[(?P<place>\d+)\]", re.DOTALL)
_DAY = len("2017-12-31")


def is_viewers(name: Name) -> bool:
    """Whether a name stands for something of the viewer."""
    return name.path == (VIEWER,)


def viewer_value(viewer: Viewer, name: str) -> Typed:
    """What `viewer.<name>` is for a viewer, and its type: UNKNOWN with None where there is no such thing.

    `regions[0]` is the first of a list in order (as `expanded` writes it). Raises `model_invalid` for a list.
    """
    found = _given(viewer, name)
    if isinstance(found, tuple):
        why = f"viewer.{name} is a list for this viewer, but the rule takes it for one value"
        raise LeadlineError("model_invalid", why, f"Write in (viewer.{name}).")
    if found is None or (name in OWN and not found):
        return None, UNKNOWN
    if isinstance(found, bool):
        return found, BOOLEAN
    return found, INTEGER if isinstance(found, int) else TEXT


def _given(viewer: Viewer, name: str) -> Attribute | None:
    if name in OWN:
        return str(getattr(viewer, name))
    given = dict(viewer.attributes)
    item = _ITEM.fullmatch(name)
    if item is None or not isinstance(given.get(item["name"]), tuple):
        return given.get(name)
    listed = _members(given[item["name"]])
    return listed[int(item["place"])] if int(item["place"]) < len(listed) else None


def _members(attribute: Attribute) -> tuple[str, ...]:
    """A list's members, each once, in an order that does not depend on how they were given."""
    return tuple(sorted(set(attribute))) if isinstance(attribute, tuple) else ()


def expanded(expression: Expression, viewer: Viewer) -> Expression:
    """The expression with each list of the viewer's among the values of `in` written out, member by member.

    Members are names again (`viewer."regions[0]"`), so that no value gets into the expression.
    """
    if not any(isinstance(_given(viewer, name.name), tuple) for name in _viewer_names(expression)):
        return expression
    tree = expression.tree.copy()
    for node in tree.find_all(exp.In):
        node.set("expressions", [inner for one in node.expressions for inner in _items(one, viewer)])
    return Expression(expression.text, normal.canonical(tree), tree)


def _items(node: exp.Expr, viewer: Viewer) -> list[exp.Expr]:
    name = name_of(node)
    found = _given(viewer, name.name) if name and is_viewers(name) else None
    if name is None or not isinstance(found, tuple):
        return [node]
    members = range(len(_members(found)))
    return [exp.column(f"{name.name}[{i}]", VIEWER, quoted=True) for i in members] or [exp.Null()]


def _viewer_names(expression: Expression) -> Iterator[Name]:
    return (name for name in names(expression) if is_viewers(name))


def viewer_values(condition: Expression, viewer: Viewer, type_of: TypeOf, zone: str) -> Mapping[str, Typed]:
    """What the viewer's names in a condition stand for, each of the type that it needs there.

    `condition` is one of `row_scope`'s, or expanded. `type_of` gives the types of its other names, `zone` is
    the model's. Raises `model_invalid` where a value does not fit what stands beside it.
    """
    given = {name.name: viewer_value(viewer, name.name) for name in _viewer_names(condition)}
    types = dict.fromkeys(given, UNKNOWN)
    found: dict[str, Typed] = {}
    for name, (value, own) in given.items():
        candidates = [own] if name in OWN and value is not None else [own, *_readings(value)]
        reasons = [_why_not(condition, {**types, name: type_}, type_of) for type_ in candidates]
        if all(reasons):
            raise _unfit(name, reasons[0])
        types[name] = candidates[reasons.index("")]
        found[name] = _read(value, types[name], zone), types[name]
    return found


def _read(value: Value, type_: ColumnType, zone: str) -> Value:
    anew = isinstance(value, str) and type_.kind != "text"
    return cast("Value", read(str(value), type_, ZoneInfo(zone))) if anew else value


def _why_not(condition: Expression, types: Mapping[str, ColumnType], type_of: TypeOf) -> str:
    """Why a condition cannot be with such types of the viewer's names; empty where it can."""
    try:
        found = infer(condition, lambda path, name: types[name] if path == (VIEWER,) else type_of(path, name))
    except LeadlineError as error:
        return error.why
    return "" if found.kind == "boolean" else f"it is a {found.kind}, not a condition"


def _unfit(name: str, why: str) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"viewer.{name} does not fit the row rule for this viewer: {why}",
        "Give the user an attribute of the type of what the rule compares it with, or cast one of them.",
    )


def _readings(value: Value) -> list[ColumnType]:
    """What else a value may be: a text can be read, and NULL can be the truth that is asked for."""
    if value is None:
        return [BOOLEAN]
    if not isinstance(value, str):
        return []
    moment = TIME if has_offset(value) else DATE if len(value) == _DAY else WALL
    return [type_ for type_ in (INTEGER, decimal(None), BOOLEAN, moment) if fits(value, type_)]
