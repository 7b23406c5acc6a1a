"""The names that an expression reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from leadline.semantic.expressions.functions.base import Node
from leadline.semantic.expressions.tree import Expression


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """`rep.team.name` has the path `("rep", "team")` and the name `name`; as written, without folding."""

    path: tuple[str, ...]
    name: str

    def __str__(self) -> str:
        return ".".join((*self.path, self.name))


def name_of(node: Node) -> Name | None:
    """The name that a node is, or None. Names of more than four parts are dots over a column."""
    if isinstance(node, exp.Column):
        *path, name = (part.name for part in node.parts)
        return Name(tuple(path), name)
    if isinstance(node, exp.Dot):
        inner = name_of(node.this)
        return Name((*inner.path, inner.name), node.expression.name) if inner else None
    return None


def names(expression: Expression) -> tuple[Name, ...]:
    """All names, each once, in the order of reading."""
    found: dict[Name, None] = {}
    _collect(expression.tree, found)
    return tuple(found)


def _collect(node: Node, found: dict[Name, None]) -> None:
    name = name_of(node)
    if name is not None:
        found[name] = None
        return
    for child in node.iter_expressions():
        _collect(child, found)
