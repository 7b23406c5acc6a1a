"""One form for all spellings: brackets where they are needed, and a canonical text.

A tree keeps the order in which it was written; its canonical text does not (AND, OR and the values of `in`).
"""

from __future__ import annotations

from sqlglot import exp

from leadline.semantic.expressions.functions.base import Node

_COMPOUND = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Is, exp.AtTimeZone, exp.Case, exp.Like)
_CHAINS = ((exp.Add, exp.Sub), (exp.Mul, exp.Div, exp.Mod), (exp.DPipe,), (exp.And,), (exp.Or,))
"""Operators that read from the left: the left one of two neighbours needs no bracket."""


def plain(node: Node) -> Node:
    """A copy without any bracket; only the tree says what belongs together."""
    copy = node.copy()
    while isinstance(copy, exp.Paren):
        copy = copy.this.pop()
    for inner in list(copy.find_all(exp.Paren)):
        inner.replace(inner.this)
    return copy


def operand(node: Node) -> Node:
    """The node, in brackets where its neighbours could take it apart."""
    return exp.Paren(this=node) if _is_compound(node) else node


def _is_compound(node: Node) -> bool:
    return isinstance(node, _COMPOUND) and not isinstance(node, exp.Paren | exp.Dot)


def bracketed(tree: Node) -> Node:
    """A copy of a plain tree in which every compound operand stands in brackets; safe as SQL."""
    copy = tree.copy()
    for node in list(copy.walk(bfs=True))[1:]:
        if _is_compound(node) and not _continues(node):
            _wrap(node)
    return copy


def _continues(node: Node) -> bool:
    parent = node.parent
    if parent is None or node.arg_key != "this":
        return False
    return any(isinstance(node, chain) and isinstance(parent, chain) for chain in _CHAINS)


def _wrap(node: Node) -> None:
    place = exp.Paren()
    node.replace(place)
    place.set("this", node)


def conjuncts_of(tree: Node) -> list[Node]:
    """The plain parts that AND joins at the top."""
    return _flat(plain(tree), exp.And)


def _flat(node: Node, joiner: type[Node]) -> list[Node]:
    if not isinstance(node, joiner):
        return [node]
    return [*_flat(node.this, joiner), *_flat(node.expression, joiner)]


def canonical(tree: Node) -> str:
    """The text by which two expressions are the same: free of spelling, brackets, order of AND, OR, `in`."""
    return bracketed(_sorted(plain(tree))).sql(dialect="postgres", identify=True, comments=False)


def _sorted(tree: Node) -> Node:
    """The plain tree with what has no order put in order, from the leaves up."""
    for node in reversed(list(tree.walk(bfs=True))):
        if isinstance(node, exp.Identifier):
            node.set("quoted", True)
        if isinstance(node, exp.In):
            node.set("expressions", _unique(node.expressions))
        elif isinstance(node, exp.And | exp.Or) and not isinstance(node.parent, type(node)):
            sorted_ = _joined(_unique(_flat(node, type(node))), type(node))
            if node is tree:
                return sorted_
            node.replace(sorted_)
    return tree


def _unique(nodes: list[Node]) -> list[Node]:
    by_text = {_text(node): node for node in nodes}
    return [by_text[text].copy() for text in sorted(by_text)]


def _text(node: Node) -> str:
    return bracketed(node).sql(dialect="postgres", identify=True)


def _joined(nodes: list[Node], joiner: type[Node]) -> Node:
    first, *rest = nodes
    for node in rest:
        first = joiner(this=first, expression=node)
    return first
