"""Text of a model -> a limited tree. Whatever comes in, the outcome is an Expression or `model_invalid`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from leadline.core.errors import LeadlineError
from leadline.semantic.expressions import grammar, normal
from leadline.semantic.expressions.functions.base import Node, refused
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.tree import Expression

if TYPE_CHECKING:
    from leadline.semantic.model import Place

_POSTGRES = Dialect.get_or_raise("postgres")
VIEWER = "viewer"
"""The first part of the names that stand for the viewer's own attributes, in row rules."""


def parse(text: str, place: Place | None = None, *, viewer_names: bool = False) -> Expression:
    """The expression that `text` says, in PostgreSQL's SQL limited to one value of one row.

    `viewer_names`: whether `viewer.email` and its like may be read. Raises `model_invalid` at `place`.
    """
    try:
        return _parse(text, viewer_names)
    except LeadlineError as error:
        raise LeadlineError(error.code, error.why, error.fix, str(place or "")) from None


def _parse(text: str, viewer_names: bool) -> Expression:
    grammar.check_text(text)
    tree = _tree(text)
    grammar.check_tree(tree)
    plain = normal.plain(tree)
    canonical = normal.canonical(plain)
    grammar.check_tokens(_tokens(canonical))  # what brackets were left out may nest it deeper than it looks
    expression = Expression(text, canonical, normal.bracketed(plain))
    if not viewer_names and any(name.path[:1] == (VIEWER,) for name in names(expression)):
        raise refused("viewer.* can be read only in row rules", "Use a column of the dataset.")
    return expression


def _tree(text: str) -> Node:
    try:
        tokens = _tokens(text)
        grammar.check_tokens(tokens)
        (tree,) = _POSTGRES.parser().parse_into(exp.Condition, tokens, text)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise refused(f"this is no expression: {_first_line(error)}", "Write SQL over columns.") from error
    if not isinstance(tree, exp.Expression):
        raise refused("this is no expression", "Write SQL over the dataset's columns.")
    return tree


def _tokens(text: str) -> list[Token]:
    return list(_POSTGRES.tokenize(text))


def _first_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    details = getattr(error, "errors", None)
    if not details:
        return str(error).splitlines()[0][:200]
    described = str(details[0].get("description") or "it cannot be read").rstrip(".")
    if described.startswith("Required keyword"):  # these words name classes of the parser
        described = "something is missing"
    return f"{described} near {details[0].get('highlight') or 'the end'!r}"


def conjuncts(expression: Expression) -> frozenset[str]:
    """The canonical texts of the parts that AND joins. `a` implies `b` if `a`'s parts contain `b`'s."""
    return frozenset(normal.canonical(part) for part in normal.conjuncts_of(expression.tree))
