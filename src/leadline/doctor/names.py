"""Names as SQL has them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """One identifier."""
    return '"' + name.replace('"', '""') + '"'


def qualified(table: str) -> str:
    """`schema.table`; `public` where none is given."""
    return table if "." in table else f"public.{table}"


def table_sql(table: str) -> str:
    """A table's name in a statement."""
    return ".".join(quoted(part) for part in qualified(table).split(".", 1))


def some(names: list[str]) -> str:
    """A few names for a sentence."""
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
