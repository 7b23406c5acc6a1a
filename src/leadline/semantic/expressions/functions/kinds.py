"""Rules about types that several entries share: what fits together, and what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlglot import exp

from leadline.core.schema import TEXT, ColumnType, decimal
from leadline.semantic.expressions.functions.base import Call, Node, refused

UNKNOWN = ColumnType("text", native="unknown")
"""The type of a bare text literal or NULL: it takes the type of what it stands beside, as in PostgreSQL."""
FLOAT = ColumnType("float", native="double precision")
NUMBERS = ("integer", "decimal", "float")
MOMENTS = ("date", "wall", "time")
_WIDTHS = {"smallint": 0, "integer": 1}
"""By width the types of whole numbers below the widest."""

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\s*", re.ASCII)
_INTEGER = re.compile(r"\s*[+-]?\d{1,19}\s*", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?(?P<offset>Z|[+-]\d{2}(:?\d{2})?))?)?",
    re.ASCII,
)
_PLAIN_TEXTS = ("text", "character", "varchar", "name", "citext", "char", '"char"')
_LANGUAGE_TEXTS = ("text", "character", "varchar", "unknown")
"""Types whose values the database orders by a language."""
_TRUTH = frozenset(("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"))


def shown(type_: ColumnType) -> str:
    """The type in an author's words."""
    words = {"time": "timestamp with time zone", "wall": "timestamp without time zone", "other": type_.native}
    return words.get(type_.kind) or type_.kind


def known(types: Iterable[ColumnType]) -> list[ColumnType]:
    """The types without those that take another's."""
    return [type_ for type_ in types if type_ != UNKNOWN]


def widest(types: Sequence[ColumnType], what: str) -> ColumnType:
    """The type that holds the values of all: what CASE, coalesce and their kin give."""
    found = known(types)
    if not found:
        return UNKNOWN
    if all(type_.kind in NUMBERS for type_ in found):
        return _widest_number(found)
    if all(type_.kind in MOMENTS for type_ in found):
        return max(found, key=lambda type_: MOMENTS.index(type_.kind))
    if all(type_.kind == "text" for type_ in found):
        return TEXT if _are_mixed_texts(types) else found[0]
    kinds = {type_.kind if type_.kind != "other" else type_.native for type_ in found}
    if len(kinds) > 1:
        names = " and ".join(sorted({shown(type_) for type_ in found}))
        raise refused(f"{what}: {names} do not fit together", "Cast one side to the type of the other.")
    return found[0]


def _widest_number(types: list[ColumnType]) -> ColumnType:
    kinds = {type_.kind for type_ in types}
    if "float" in kinds:
        return FLOAT
    if "decimal" not in kinds:
        return widest_integer(types)
    return decimal(max_scale(types))


def widest_integer(types: Iterable[ColumnType]) -> ColumnType:
    """The type of whole numbers that holds the values of all."""
    return max(types, key=lambda type_: _WIDTHS.get(type_.native, len(_WIDTHS)))


def scale_of(type_: ColumnType) -> int | None:
    """Digits after the point; 0 for whole numbers."""
    return 0 if type_.kind == "integer" else type_.scale


def max_scale(types: Iterable[ColumnType]) -> int | None:
    """The largest scale, or None where one is not stated."""
    scales = [scale_of(type_) for type_ in types]
    stated = [scale for scale in scales if scale is not None]
    return max(stated) if len(stated) == len(scales) else None


def need(type_: ColumnType, kinds: tuple[str, ...], what: str, fix: str) -> None:
    """Refuses an operand whose kind is not among `kinds`; a bare literal fits text only."""
    if type_.kind not in kinds:
        raise refused(f"{what} does not take a {shown(type_)}", fix)


def need_number(type_: ColumnType, what: str) -> None:
    """Refuses an operand that is no number."""
    if type_ == UNKNOWN:
        raise refused(f"{what} does not take a text", "Write the number without quotes.")
    need(type_, NUMBERS, what, "Cast it to numeric.")


def need_text(type_: ColumnType, what: str) -> None:
    """Refuses an operand that is no text."""
    need(type_, ("text",), what, "Cast it to text (an instant first to date or timestamp).")


def need_truth(type_: ColumnType, what: str) -> None:
    """Refuses an operand that is neither true nor false."""
    if type_ != UNKNOWN:
        need(type_, ("boolean",), what, "Compare it with something.")


def literal_text(node: Node) -> str | None:
    """The text of a bare text literal, else None."""
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def check_literals(operands: Iterable[Node], type_: ColumnType, what: str) -> None:
    """Refuses bare texts that cannot be read as `type_`: 'abc' beside a number, 'now' beside a date."""
    for operand in operands:
        text = literal_text(operand)
        if text is not None and not fits(text, type_):
            moment = "Write 2017-12-31 or 2017-12-31 09:15."
            fix = moment if type_.kind in MOMENTS else f"Write a value of type {shown(type_)}."
            raise refused(f"{what}: {text!r} is no {shown(type_)}", fix)


def fits(text: str, type_: ColumnType) -> bool:
    """Whether a text literal can be read as a value of the type, always the same one."""
    if type_.kind in MOMENTS:
        return is_moment(text)
    if type_.kind == "integer":
        return _INTEGER.fullmatch(text) is not None
    if type_.kind in NUMBERS:
        return _NUMBER.fullmatch(text) is not None
    return type_.kind != "boolean" or text.strip().lower() in _TRUTH


def is_moment(text: str) -> bool:
    """Whether it is an ISO date or date-time that exists."""
    if _MOMENT.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(as_iso(text))
    except ValueError:
        return False
    return True


def as_iso(text: str) -> str:
    """A moment's text without the space that PostgreSQL allows before the offset."""
    return text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z")


def has_offset(text: str) -> bool:
    """Whether an ISO date-time names its offset from UTC."""
    found = _MOMENT.fullmatch(text)
    return found is not None and found["offset"] is not None


def cast(node: Node, native: str) -> Node:
    """`CAST(node AS native)`; `native` is one of our own words."""
    return exp.Cast(this=node, to=exp.DataType.build(native, dialect="postgres"))


def at_zone(node: Node, zone: str) -> Node:
    """`(node AT TIME ZONE 'zone')`."""
    return exp.Paren(this=exp.AtTimeZone(this=node, zone=exp.Literal.string(zone)))


def to_instant(node: Node, type_: ColumnType, zone: str) -> Node:
    """The value as an instant: a date begins, and a wall clock stands, in `zone`."""
    text = literal_text(node)
    if type_.kind == "time" or isinstance(node, exp.Null):
        return node
    if text is not None and has_offset(text):
        return cast(node, "timestamptz")
    return at_zone(cast(node, "timestamp"), zone)


def aligned(call: Call, positions: Iterable[int] | None = None) -> tuple[Node, ...]:
    """The operands, those at `positions` made fit for each other.

    Left to PostgreSQL, a date beside an instant would begin in the zone of the session, and an enum beside a
    text that is none of its labels would fail.
    """
    chosen = list(range(len(call.types))) if positions is None else list(positions)
    types = [call.types[i] for i in chosen]
    operands = list(call.operands)
    for i in chosen:
        if any(type_.kind == "time" for type_ in types):
            operands[i] = to_instant(operands[i], call.types[i], call.zone)
        elif _are_mixed_texts(types):
            operands[i] = as_text(operands[i], call.types[i])
    return tuple(operands)


def ordered(call: Call) -> tuple[Node, ...]:
    """The operands as `aligned`, texts to be ordered by code point and not by the database's language."""
    first, *others = aligned(call)
    type_ = widest(call.types, "an order")
    return (_by_code_point(first) if type_.native.startswith(_LANGUAGE_TEXTS) else first, *others)


def _by_code_point(node: Node) -> Node:
    return exp.Paren(this=exp.Collate(this=node, expression=exp.Identifier(this="C", quoted=True)))


def _are_mixed_texts(types: Sequence[ColumnType]) -> bool:
    """Whether texts of several sorts meet; a bare text beside an identifier is read as one."""
    sorts = {type_.native for type_ in types if type_ != UNKNOWN}
    alone = sorts <= {"uuid"} or UNKNOWN not in types
    return all(type_.kind == "text" for type_ in types) and not (len(sorts) == 1 and alone)


def as_text(node: Node, type_: ColumnType) -> Node:
    """The value as PostgreSQL's own text, where it only counts as one here (an enum, an identifier)."""
    plain = type_.kind != "text" or type_ == UNKNOWN or type_.native.startswith(_PLAIN_TEXTS)
    return node if plain else cast(node, "text")


def has_own_order(type_: ColumnType, beside: Sequence[ColumnType]) -> bool:
    """Whether the database alone knows the order of such values: an enum's labels among themselves."""
    plain = type_.native.startswith((*_PLAIN_TEXTS, "uuid", "unknown"))
    return type_.kind == "other" or (type_.kind == "text" and not plain and not _are_mixed_texts(beside))
