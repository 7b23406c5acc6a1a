"""The parts of which the format of a model is made. They are also the source of the published JSON Schema.

Every class is strict: nothing is converted, an unknown key is an error. `build` methods turn what was read
into the values of `model.py`, given where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from leadline.core.errors import LeadlineError
from leadline.semantic.expressions.functions.time import zones
from leadline.semantic.expressions.parse import parse
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.model import Place

MAX_NAME = 63
RESERVED = frozenset(("viewer",))


class Format(BaseModel):
    """A mapping of the format."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Spot:
    """Where a part of the format was written: a path, and what gives its place."""

    def __init__(
        self, place_of: Callable[[tuple[str | int, ...]], Place], path: tuple[str | int, ...] = ()
    ) -> None:
        self._place_of, self.path = place_of, path

    def __truediv__(self, key: str | int) -> Spot:
        return Spot(self._place_of, (*self.path, key))

    @property
    def place(self) -> Place:
        """The file and line."""
        return self._place_of(self.path)


def wrong(why: str, fix: str, code: str = "wrong_value") -> PydanticCustomError:
    """An error of the format in our own words."""
    return PydanticCustomError("leadline", "{why}", {"why": why, "fix": fix, "code": code})


def expression(value: object, *, viewer_names: bool = False) -> Expression:
    """SQL text (or a number) as a parsed expression."""
    if isinstance(value, bool | int | Decimal):
        value = str(value).lower()
    if not isinstance(value, str):
        raise wrong("an expression is a text", "Write SQL over the dataset's columns, in quotes.")
    try:
        return parse(value, viewer_names=viewer_names)
    except LeadlineError as error:
        raise wrong(f"{error.why}, in {_short(value)}", error.fix, "bad_expression") from None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _rule_expression(value: object) -> Expression:
    return expression(value, viewer_names=True)


def _name(value: str) -> str:
    if not value.isidentifier() or len(value.encode()) > MAX_NAME:
        raise wrong(
            f"{_short(value)} is no name",
            "Use letters, digits and _, not a digit first, up to 63.",
            "bad_name",
        )
    return value


def _step(value: str) -> str:
    if value in RESERVED:
        raise wrong(f"the name {value} is reserved for row rules", "Choose another name.", "bad_name")
    return _name(value)


def _column(value: str) -> str:
    if not value or len(value.encode()) > MAX_NAME or not value.isprintable():
        raise wrong(
            f"{_short(value)} is no column", "Write the column's name as it stands in the table.", "bad_name"
        )
    return value


def _path(value: str) -> str:
    for part in value.split("."):
        _name(part)
    return value


def _table(value: str) -> str:
    parts = value.split(".")
    if len(parts) > 2:
        raise wrong(f"{_short(value)} is no table", "Write schema.table.", "bad_name")
    for part in parts:
        _column(part)
    return value if len(parts) == 2 else f"public.{value}"


def _member(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return str(value)
    if not isinstance(value, str):
        raise wrong("a member is a text or a number", "Write it in quotes.")
    return value


def _zone(value: str) -> str:
    if value not in zones():
        raise wrong(f"unknown time zone {_short(value)}", "Use an IANA name such as Europe/Berlin.")
    return ZoneInfo(value).key


def _interval(value: str) -> str:
    found = re.fullmatch(r"([1-9][0-9]{0,3}) (minute|hour|day|week|month|quarter|year)s?", value)
    if found is None:
        raise wrong(f"{_short(value)} is no length of time", "Write 90 days, 4 weeks or 12 months.")
    return f"{found[1]} {found[2]}{'' if found[1] == '1' else 's'}"


def _label(value: str) -> str:
    if not value.strip() or len(value) > 200:
        raise wrong("a label is a short text", "Write up to 200 characters.")
    return value


_EXPRESSION_SCHEMA = WithJsonSchema({"type": ["string", "number", "boolean"], "title": "Expression"})
_NAME_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^[^\s\d.:-][^\s.:-]*$", "maxLength": MAX_NAME})

Expr = Annotated[Expression, PlainValidator(expression), _EXPRESSION_SCHEMA]
"""SQL over the names of one dataset."""
RuleExpr = Annotated[Expression, PlainValidator(_rule_expression), _EXPRESSION_SCHEMA]
"""SQL over the names of one dataset and `viewer.*`."""
Name = Annotated[str, AfterValidator(_name), _NAME_SCHEMA]
StepName = Annotated[str, AfterValidator(_step), _NAME_SCHEMA]
"""The name of a join or dataset."""
Column = Annotated[str, AfterValidator(_column)]
FieldPath = Annotated[str, AfterValidator(_path)]
"""Joins and a dimension, with dots."""
Table = Annotated[str, AfterValidator(_table)]
Zone = Annotated[str, AfterValidator(_zone)]
Member = Annotated[str, BeforeValidator(_member), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Interval = Annotated[
    str, AfterValidator(_interval), WithJsonSchema({"type": "string", "examples": ["90 days"]})
]
Label = Annotated[str, AfterValidator(_label)]


def only_one(given: dict[str, Any], what: str) -> str:
    """The one key that is given; more or none is an error."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) == 1:
        return names[0]
    known = ", ".join(given)
    why = f"{what} has {' and '.join(names)}" if names else f"{what} says nothing of what it is"
    raise wrong(why, f"Give just one of {known}.", "missing_key" if not names else "wrong_value")


def humanised(name: str) -> str:
    """`avg_deal_size` -> `Avg deal size`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else name
