"""Texts as values of a type, as PostgreSQL reads them in a cast or beside a value of that type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.kinds import as_iso, is_moment, shown
from leadline.semantic.expressions.runtime.failures import (
    MOMENT_OUT_OF_RANGE,
    NOT_DONE_HERE,
    OUT_OF_RANGE,
    UNREADABLE_TEXT,
    EvaluationError,
)
from leadline.semantic.expressions.runtime.moments import instant
from leadline.semantic.expressions.runtime.numbers import fitting_integer, plain_decimal

_SPACE = " \t\n\r\v\f"
_DIGITS = r"\d+(?:_\d+)*"
_BASES = r"0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
_INTEGER = re.compile(rf"[+-]?(?:{_BASES}|{_DIGITS})", re.ASCII)
_BEGUN = re.compile(r"[+-]?(\d{1,200})\d", re.ASCII)
_NUMBER = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)(?:[pP][+-]?\d+)?", re.ASCII
)
_NO_NUMBER = re.compile(r"nan|[+-]?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_UUID = re.compile(r"(?P<open>\{)?(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}(?(open)\})", re.ASCII | re.IGNORECASE)
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def read(text: str, type_: ColumnType, zone: ZoneInfo) -> Any:
    """The value of the type that a text says. Raises `EvaluationError` where it says none."""
    return _READERS[type_.kind](text, type_, zone)


def _unreadable(text: str, type_: ColumnType) -> EvaluationError:
    return EvaluationError(UNREADABLE_TEXT, f"{text[:60]!r} is no {shown(type_)}")


def _too_large(text: str, type_: ColumnType) -> EvaluationError:
    return EvaluationError(OUT_OF_RANGE, f"{text[:60]!r} is out of the range of {shown(type_)}")


def _text(text: str, type_: ColumnType, zone: ZoneInfo) -> str:
    if type_.native != "uuid":
        return text
    if _UUID.fullmatch(text) is None:
        raise _unreadable(text, ColumnType("other", native="uuid"))
    return str(UUID(text))


def _integer(text: str, type_: ColumnType, zone: ZoneInfo) -> int:
    bare = text.strip(_SPACE)
    if _INTEGER.fullmatch(bare) is None:
        begun = _BEGUN.match(bare)  # PostgreSQL notices what becomes too large before it reads on
        fitting_integer(int(begun[1]) * 10 if begun else 0, type_)
        raise _unreadable(text, type_)
    if len(bare) > 200:
        raise _too_large(text, type_)
    decimal_digits = bare.lstrip("+-").replace("_", "").isdigit()
    return fitting_integer(int(bare.replace("_", ""), 10 if decimal_digits else 0), type_)


def _decimal(text: str, type_: ColumnType, zone: ZoneInfo) -> Decimal:
    bare = text.strip(_SPACE)
    if _NO_NUMBER.fullmatch(bare):
        return Decimal(bare)
    if _NUMBER.fullmatch(bare) is None:
        if _INTEGER.fullmatch(bare) is None:
            raise _unreadable(text, type_)
        return Decimal(int(bare, 0))
    return plain_decimal(Decimal(bare.replace("_", "")))


def _float(text: str, type_: ColumnType, zone: ZoneInfo) -> float:
    bare = text.strip(_SPACE)
    if _NO_NUMBER.fullmatch(bare):
        return float(bare)
    if _FLOAT.fullmatch(bare) is None:
        return _hexadecimal(bare, text, type_)
    found = float(bare)
    digits = re.split("[eE]", bare)[0]
    if math.isinf(found) or (found == 0 and any(one in digits for one in "123456789")):
        raise _too_large(text, type_)
    return found


def _hexadecimal(bare: str, text: str, type_: ColumnType) -> float:
    if _HEXADECIMAL.fullmatch(bare) is None:
        raise _unreadable(text, type_)
    try:
        return float.fromhex(bare)
    except OverflowError:
        raise _too_large(text, type_) from None


def _boolean(text: str, type_: ColumnType, zone: ZoneInfo) -> bool:
    """Any beginning of a word that leaves no doubt, as PostgreSQL has it: `o` alone is none."""
    bare = text.strip(_SPACE).lower()
    meant = {value for word, value in _WORDS.items() if bare and word.startswith(bare)}
    if len(meant) != 1:
        raise _unreadable(text, type_)
    return meant.pop()


def _moment(text: str, type_: ColumnType) -> datetime:
    """The date-time, with its offset if it names one. Other forms than ISO's may be right, but not here."""
    bare = text.strip(_SPACE)
    if is_moment(bare):
        return datetime.fromisoformat(as_iso(bare))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare[:10], re.ASCII) and not is_moment(bare[:10]):
        raise EvaluationError(MOMENT_OUT_OF_RANGE, f"{text[:60]!r} is no {shown(type_)}")
    raise EvaluationError(NOT_DONE_HERE, f"{text[:60]!r} is no {shown(type_)} in ISO form")


def _date(text: str, type_: ColumnType, zone: ZoneInfo) -> date:
    return _moment(text, type_).date()


def _wall(text: str, type_: ColumnType, zone: ZoneInfo) -> datetime:
    return _moment(text, type_).replace(tzinfo=None)


def _time(text: str, type_: ColumnType, zone: ZoneInfo) -> datetime:
    found = _moment(text, type_)
    return instant(found, zone) if found.tzinfo is None else found


_READERS: Mapping[str, Callable[[str, ColumnType, ZoneInfo], Any]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "boolean": _boolean,
    "date": _date,
    "wall": _wall,
    "time": _time,
}
