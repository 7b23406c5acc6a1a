"""What an import is asked, plans and reports, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

OnError = Literal["abort", "report"]
KEPT = 100
"""Bad rows named one by one; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Type:
    """A column's type in PostgreSQL.

    `read` turns a cell into PostgreSQL's own spelling, or raises ValueError; None: the cell is that already.
    """

    sql: str
    read: Callable[[str], str] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Options:
    """How to import.

    `types`: column or `table.column` -> type as written. `delimiter`, `encoding`: None means detected.
    """

    schema: str = "public"
    on_error: OnError = "abort"
    types: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written down."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be loaded: its first physical line from 1, and why."""

    file: str
    line: int
    why: str

    def to_json(self) -> dict[str, Any]:
        """As printed with `--format json`."""
        return {"file": self.file, "line": self.line, "why": self.why}


@dataclass(frozen=True, slots=True)
class Bad:
    """All bad rows of a file: `count` of them, the first ones by name."""

    count: int = 0
    first: tuple[BadRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column: the header as written, its identifier, its type, and whether that was asked for."""

    header: str
    name: str
    type: Type
    asked: bool = False

    def to_json(self) -> dict[str, Any]:
        """As printed with `--format json`."""
        return {"header": self.header, "name": self.name, "type": self.type.sql, "asked": self.asked}


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One file and the table it becomes; `rows` are those that can be loaded."""

    path: Path
    table: str
    columns: tuple[ColumnPlan, ...]
    encoding: str
    dialect: Dialect
    rows: int
    bad: Bad


@dataclass(frozen=True, slots=True)
class TableReport:
    """What was loaded."""

    plan: TablePlan
    schema: str
    replaced: bool

    def to_json(self) -> dict[str, Any]:
        """As printed with `--format json`."""
        return plan_json(self.plan, self.schema) | {"replaced": self.replaced}


@dataclass(frozen=True, slots=True)
class Report:
    """The whole import."""

    tables: tuple[TableReport, ...]

    @property
    def rows(self) -> int:
        """Rows loaded."""
        return sum(table.plan.rows for table in self.tables)

    @property
    def bad_rows(self) -> int:
        """Rows left out."""
        return sum(table.plan.bad.count for table in self.tables)

    def to_json(self) -> dict[str, Any]:
        """As printed with `--format json`."""
        return {
            "tables": [table.to_json() for table in self.tables],
            "rows": self.rows,
            "bad_rows": self.bad_rows,
        }


def plan_json(plan: TablePlan, schema: str) -> dict[str, Any]:
    """A plan as printed with `--format json`."""
    return {
        "file": str(plan.path),
        "table": f"{schema}.{plan.table}",
        "encoding": plan.encoding,
        "delimiter": plan.dialect.delimiter,
        "columns": [column.to_json() for column in plan.columns],
        "rows": plan.rows,
        "bad_rows": plan.bad.count,
        "bad": [row.to_json() for row in plan.bad.first],
    }
