"""The value that a parsed expression is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Expression:
    """`text` as written; `tree` parsed and limited (never change it: copy). Equal by canonical text.

    A name in the tree is an `exp.Column`; `rep.team.name` has the path `("rep", "team")` and the name `name`.
    """

    text: str
    canonical: str
    tree: exp.Expr

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.canonical == self.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)
