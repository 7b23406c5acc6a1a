"""What one function or operator of expressions must say about itself.

An entry gives its type, its SQL and, beside it, the same in Python. Entries are pure: they know neither model
nor database, only the types of their operands and the zone in which days begin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType

Node = exp.Expr
Split = Callable[[Node], tuple[Node, ...]]
"""Gives a node's operands in order: the very nodes, so that they can be replaced in a copy."""

Evaluate = Callable[[Any], Any]
"""Gives the value of an expression for one row. NULL is None."""


def parts(*names: str) -> Split:
    """Operands that stand in the named parts of a node; a part may hold one, several or none."""

    def split(node: Node) -> tuple[Node, ...]:
        found: list[Node] = []
        for name in names:
            value = node.args.get(name)
            found.extend(value if isinstance(value, list) else [] if value is None else [value])
        return tuple(found)

    return split


@dataclass(frozen=True, slots=True)
class Call:
    """One use of an entry: its node, the operands' SQL (bracketed where needed) and their types.

    `zone`: the IANA zone in which an instant becomes a day, and a day an instant.
    """

    node: Node
    operands: tuple[Node, ...]
    types: tuple[ColumnType, ...]
    zone: str
    split: Split

    def rebuilt(self, *operands: Node) -> Node:
        """A copy of the node with these operands (else the compiled ones) in place of its own."""
        copy = self.node.copy()
        for original, operand in zip(self.split(copy), operands or self.operands, strict=True):
            original.replace(operand)
        return copy


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an entry in Python: the call as for SQL, its operands' values, and the type that comes out.

    Operands are functions of the row, so that an entry asks only for those that SQL would compute.
    """

    call: Call
    values: tuple[Evaluate, ...]
    result: ColumnType


Python = Callable[[Use], Evaluate]


def same(call: Call) -> Node:
    """The node again, over its operands as compiled."""
    return call.rebuilt()


def no_check(node: Node) -> None:
    """For entries whose form needs no more than the right parts."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function or an operator.

    `name`: as written. `node`: its class in the tree. `split`: its operands. `keeps`: the parts of the node
    that may be set; any other part refuses the expression. `type`, `sql` and `python`: what comes out, and
    how, in the one back end and in the other. `check`: what else its form must fulfil. `called`: it is
    written `name(...)`.
    """

    name: str
    node: type[Node]
    split: Split
    keeps: frozenset[str]
    type: Callable[[Call], ColumnType]
    python: Python
    sql: Callable[[Call], Node] = same
    check: Callable[[Node], None] = no_check
    called: bool = False


def operator(
    name: str,
    node: type[Node],
    type_: Callable[[Call], ColumnType],
    sql: Callable[[Call], Node] = same,
    *,
    python: Python,
    operands: tuple[str, ...] = ("this", "expression"),
    also: tuple[str, ...] = (),
    check: Callable[[Node], None] = no_check,
) -> Function:
    """An entry that is written as a sign or a phrase."""
    return Function(name, node, parts(*operands), frozenset((*operands, *also)), type_, python, sql, check)


def function(
    name: str,
    node: type[Node],
    type_: Callable[[Call], ColumnType],
    sql: Callable[[Call], Node] = same,
    *,
    python: Python,
    operands: tuple[str, ...] = ("this",),
    also: tuple[str, ...] = (),
    check: Callable[[Node], None] = no_check,
) -> Function:
    """An entry that is written `name(...)`."""
    return Function(
        name, node, parts(*operands), frozenset((*operands, *also)), type_, python, sql, check, called=True
    )


def refused(why: str, fix: str = "") -> LeadlineError:
    """The one error of expressions: `model_invalid` with cause and way out."""
    return LeadlineError("model_invalid", why, fix)
