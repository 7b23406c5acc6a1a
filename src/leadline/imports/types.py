"""Types asked for instead of those found: `--type amount=numeric(12,2)`, `--types FILE`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from uuid import UUID

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from leadline.core.errors import LeadlineError
from leadline.imports.guess.moment import ORDERS, iso_reader
from leadline.imports.schemas import Type

_KNOWN = (
    "text, integer, bigint, numeric, numeric(P,S), double precision, boolean, uuid, date, timestamp, "
    "timestamptz; date, timestamp and timestamptz also with the order of parts in brackets: "
    + ", ".join(ORDERS)
)
_SAME = {
    **dict.fromkeys(("varchar", "string"), "text"),
    **dict.fromkeys(("int", "int4"), "integer"),
    "int8": "bigint",
    "decimal": "numeric",
    **dict.fromkeys(("float", "float8"), "double precision"),
    "bool": "boolean",
    "datetime": "timestamp",
}
_FORM = re.compile(r"(?P<name>[a-z0-9 ]+?)\s*(?:\(\s*(?P<inner>[a-z0-9, ]+?)\s*\))?", re.ASCII)
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0"), "false"),
}


def type_of(text: str) -> Type:
    """The type of a text such as `numeric(12,2)` or `date(dmy)`. Error: `bad_usage`."""
    found = _FORM.fullmatch(text.strip().lower())
    if found:
        name = _SAME.get(found["name"], found["name"])
        made = _make(name, found["inner"])
        if made:
            return made
    raise LeadlineError("bad_usage", f"{text!r} is no type", f"Types: {_KNOWN}.")


def _make(name: str, inner: str | None) -> Type | None:
    if name in {"date", "timestamp", "timestamptz"}:
        order = inner or "ymd"
        read = iso_reader(order, time=name != "date", zone=name == "timestamptz") if order in ORDERS else None
        return Type(name, read) if read else None
    if name == "numeric" and inner:
        return _numeric(inner)
    return _PLAIN.get(name) if inner is None else None


def _numeric(inner: str) -> Type | None:
    parts = [part.strip() for part in inner.split(",")]
    if not all(part.isdigit() for part in parts) or len(parts) > 2:
        return None
    precision, scale = int(parts[0]), int(parts[1]) if len(parts) == 2 else 0
    if not 1 <= precision <= 1000 or scale > precision:
        return None

    def read(cell: str) -> str:
        number = _decimal(cell)
        exact = number == round(number, scale)
        if not exact or abs(number) >= Decimal(10) ** (precision - scale):
            raise ValueError(cell)
        return str(number)

    return Type(f"numeric({precision},{scale})", read)


def _decimal(cell: str) -> Decimal:
    try:
        number = Decimal(cell.strip())
    except InvalidOperation as error:
        raise ValueError(cell) from error
    if not number.is_finite() or "_" in cell:
        raise ValueError(cell)
    return number


def _whole(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        number = int(cell)
        if not -limit <= number < limit or "_" in cell:
            raise ValueError(cell)
        return str(number)

    return read


def _boolean(cell: str) -> str:
    word = _BOOLEANS.get(cell.strip().lower())
    if word is None:
        raise ValueError(cell)
    return word


def _float(cell: str) -> str:
    return str(float(_decimal(cell)))


_PLAIN = {
    "text": Type("text"),
    "integer": Type("integer", _whole(2**31)),
    "bigint": Type("bigint", _whole(2**63)),
    "numeric": Type("numeric", lambda cell: str(_decimal(cell))),
    "double precision": Type("double precision", _float),
    "boolean": Type("boolean", _boolean),
    "uuid": Type("uuid", lambda cell: str(UUID(cell.strip()))),
}


def asked_types(pairs: Sequence[str], file: Path | None) -> dict[str, str]:
    """Column (or `table.column`) -> type as written, from `--type` pairs and a `--types` file; pairs win."""
    types = _from_file(file) if file else {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise LeadlineError(
                "bad_usage", f"--type {pair!r} is not column=type", "For example --type amount=numeric(12,2)."
            )
        types[name.strip()] = text.strip()
    for text in types.values():
        type_of(text)
    return types


def _from_file(file: Path) -> dict[str, str]:
    try:
        read = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LeadlineError(
            "bad_file", f"{file} cannot be read: {error.strerror}", "Check the path.", str(file)
        ) from error
    except (YAMLError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        raise LeadlineError(
            "bad_file", f"{file} is no YAML: {why}", "Write `column: type` lines.", str(file)
        ) from error
    return _flat(file, read)


def _flat(file: Path, read: object) -> dict[str, str]:
    if not isinstance(read, Mapping):
        raise LeadlineError("bad_file", f"{file} is no map", "Write `column: type` lines.", str(file))
    types: dict[str, str] = {}
    for name, value in read.items():
        inner = value if isinstance(value, Mapping) else {None: value}
        for column, text in inner.items():
            if not isinstance(text, str):
                raise LeadlineError(
                    "bad_file",
                    f"{file}: the type of {column or name} is no text",
                    f"Types: {_KNOWN}.",
                    str(file),
                )
            types[f"{name}.{column}" if column else str(name)] = text
    return types
