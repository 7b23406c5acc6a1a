"""The first pass over a file: names, types found over all of it, and the rows that cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.imports.encoding import encoding_of
from leadline.imports.guess import GUESSES, Guess
from leadline.imports.names import column_names
from leadline.imports.opening import head
from leadline.imports.records import Record, detect_dialect, records
from leadline.imports.schemas import (
    KEPT,
    Bad,
    BadRow,
    ColumnPlan,
    Dialect,
    Options,
    TablePlan,
    Type,
)
from leadline.imports.types import type_of

_BLOCK = 5000
_MOST_COLUMNS = 1600
"""PostgreSQL's limit."""


def survey(path: Path, table: str, options: Options) -> TablePlan:
    """What a file holds and what it will become. Errors: `bad_file`, `bad_usage`, `too_large`."""
    head(path)
    encoding = encoding_of(path, options.encoding)
    dialect = detect_dialect(path, encoding, options.delimiter)
    rows = records(path, encoding, dialect)
    headers = _headers(path, rows)
    names = column_names(headers)
    asked = _asked(table, names, options.types)
    columns = [_Column(asked.get(name)) for name in names]
    kept, bad = _look(path, rows, columns)
    if not kept and not bad.count:
        raise LeadlineError(
            "bad_file", f"{path} has column names but no row", "Import a file with rows.", str(path)
        )
    plans = tuple(
        ColumnPlan(header, name, column.type, name in asked)
        for header, name, column in zip(headers, names, columns, strict=True)
    )
    return TablePlan(path, table, plans, encoding, dialect, kept, bad)


def _headers(path: Path, rows: Iterator[Record]) -> list[str]:
    first = next(rows, None)
    if first is None or first.why:
        why = f"line {first.line} {first.why}" if first else "it has no line of column names"
        raise LeadlineError(
            "bad_file", f"{path} has no header: {why}", "The first line names the columns.", str(path)
        )
    if len(first.fields) > _MOST_COLUMNS:
        raise LeadlineError(
            "bad_file",
            f"{path} has {len(first.fields)} columns",
            f"A table has at most {_MOST_COLUMNS}.",
            str(path),
        )
    return [header.strip() for header in first.fields]


def _asked(table: str, names: Sequence[str], types: Mapping[str, str]) -> dict[str, Type]:
    given = {name: types.get(f"{table}.{name}", types.get(name)) for name in names}
    return {name: type_of(text) for name, text in given.items() if text}


def check_types_used(plans: Sequence[TablePlan], types: Mapping[str, str]) -> None:
    """Refuses a type for a column that no file has (`bad_usage`): most likely a slip of the pen."""
    names = {
        name
        for plan in plans
        for column in plan.columns
        for name in (column.name, f"{plan.table}.{column.name}")
    }
    for name in types:
        if name not in names:
            known = ", ".join(column.name for column in plans[0].columns[:12])
            raise LeadlineError(
                "bad_usage", f"no file has the column {name!r}", f"Columns of {plans[0].table}: {known}."
            )


class _Column:
    """One column while it is looked at."""

    def __init__(self, asked: Type | None) -> None:
        self.asked = asked
        self._read = lru_cache(maxsize=65_536)(asked.read) if asked and asked.read else None
        self._guesses: list[Guess] = [] if asked else [guess() for guess in GUESSES]
        self._padded = self._seen = False

    def fits(self, cell: str) -> bool:
        """Whether a cell can be read as the type that was asked for."""
        if self._read is None or not cell.strip():
            return True
        try:
            self._read(cell)
        except ValueError:
            return False
        return True

    def see(self, cells: Sequence[str]) -> None:
        """Takes in a block of cells."""
        distinct = set(cells)
        values = {cell.strip() for cell in distinct} - {""}
        self._padded = self._padded or not values | {""} >= distinct
        if values and len(self._guesses) > 1:
            self._guesses = [guess for guess in self._guesses if guess.see(values)]
        self._seen = self._seen or bool(values)

    @property
    def type(self) -> Type:
        """What was asked for, else the first guess that is proved; text for a column without a value."""
        if self.asked:
            return self.asked
        found = (guess.verdict() for guess in self._guesses) if self._seen else iter(())
        best = next((one for one in found if one), Type("text"))
        return Type(best.sql, best.read or str.strip) if self._padded and best.sql != "text" else best


def _look(path: Path, rows: Iterator[Record], columns: Sequence[_Column]) -> tuple[int, Bad]:
    kept, count, first = 0, 0, list[BadRow]()
    asked = [(number, column) for number, column in enumerate(columns) if column.asked]
    while block := list(islice(rows, _BLOCK)):
        good = []
        for record in block:
            why = why_bad(record, len(columns)) or _misfit(record, asked)
            if not why:
                good.append(record.fields)
                continue
            count += 1
            if len(first) < KEPT:
                first.append(BadRow(str(path), record.line, why))
        kept += len(good)
        for column, cells in zip(columns, zip(*good, strict=True), strict=True) if good else ():
            column.see(cells)
    return kept, Bad(count, tuple(first))


def why_bad(record: Record, width: int) -> str:
    """Why a record cannot be a row, or an empty text."""
    if record.why:
        return record.why
    found = len(record.fields)
    return "" if found == width else f"has {found} field{'s' * (found != 1)} instead of {width}"


def _misfit(record: Record, asked: Sequence[tuple[int, _Column]]) -> str:
    for number, column in asked:
        cell = record.fields[number]
        if not column.fits(cell):
            kind = column.asked.sql if column.asked else ""
            return f"{_short(cell)} is no {kind}"
    return ""


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:37] + "...")


def dialect_words(dialect: Dialect) -> str:
    """A delimiter as people call it."""
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(
        dialect.delimiter, repr(dialect.delimiter)
    )
