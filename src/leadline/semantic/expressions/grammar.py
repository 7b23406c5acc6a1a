"""What an expression may consist of: the tokens, and the nodes with the parts that each may have.

Two nets, one after the other. The tokens keep out what a parser may read in its own way (comments,
semicolons, placeholders, dollar quotes, unknown functions); the nodes keep out all that is no scalar SQL of
one row.
Which functions and operators there are is said by the registry in `functions/`, not here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from leadline.semantic.expressions.functions import called, entries
from leadline.semantic.expressions.functions.base import Node, refused

MAX_LENGTH = 8_000
MAX_BRACKETS = 24
MAX_DEPTH = 64
MAX_NAME = 63
"""Bytes of a name in PostgreSQL; longer ones it cuts silently."""
MAX_PATH = 8

_LIST = "See the list in docs/reference/model.md."
_LITERAL_FIX = "Write a plain literal: 12.5 or 'text'."
_REFUSED_TOKENS = {
    TokenType.SEMICOLON: ("more than one statement", "Leave the semicolon out; an expression is one value."),
    TokenType.PARAMETER: ("a placeholder", _LITERAL_FIX),
    TokenType.PLACEHOLDER: ("a placeholder", _LITERAL_FIX),
    TokenType.COLON: ("a placeholder", _LITERAL_FIX),
    TokenType.BYTE_STRING: ("an escape string", _LITERAL_FIX),
    TokenType.HEX_STRING: ("a hexadecimal literal", _LITERAL_FIX),
    TokenType.BIT_STRING: ("a bit string", _LITERAL_FIX),
    TokenType.NATIONAL_STRING: ("a national string", _LITERAL_FIX),
    TokenType.UNICODE_STRING: ("an escape string", _LITERAL_FIX),
    TokenType.HEREDOC_STRING: ("a dollar-quoted text", _LITERAL_FIX),
}
_SIGNS = frozenset(
    ("(", ")", ",", ".", "+", "-", "*", "/", "%", "||", "=", "<>", "!=", "<", "<=", ">", ">=", "::")
)
_BEFORE_BRACKET = frozenset(
    ("and", "or", "not", "in", "case", "when", "then", "else", "between", "like", "is", "as", "from", "for")
)
_TYPES_WITH_BRACKET = frozenset(("numeric", "decimal", "varchar"))
_OTHER_SPELLINGS = frozenset(("substring", "ltrim", "rtrim"))
"""What the parser makes of functions of the list, and writes into canonical texts."""
_REFUSED_WORDS = {
    "if": "Use case when ... then ... end.",
    "real": "Use double precision or numeric.",
    "float4": "Use double precision or numeric.",
    "current_date": "The model knows no clock; ask for a range in the query.",
    "interval": "Cast instants to date; date minus date and date plus a number count days.",
}
_NUMBER = re.compile(r"(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LEAVES: dict[type[Node], frozenset[str]] = {
    exp.Column: frozenset(("this", "table", "db", "catalog")),
    exp.Dot: frozenset(("this", "expression")),
    exp.Identifier: frozenset(("this", "quoted")),
    exp.Literal: frozenset(("this", "is_string")),
    exp.Boolean: frozenset(("this",)),
    exp.Null: frozenset(),
    exp.Paren: frozenset(("this",)),
    exp.If: frozenset(("this", "true")),
    exp.DataType: frozenset(("this", "expressions")),
    exp.DataTypeParam: frozenset(("this",)),
    exp.Var: frozenset(("this",)),
}


def check_text(text: str) -> None:
    """Refuses what is no text of a bounded length without control characters."""
    if not text.strip():
        raise refused("an expression is missing", "Write SQL over the dataset's columns.")
    if len(text) > MAX_LENGTH:
        raise refused(f"an expression of {len(text)} characters", f"Stay within {MAX_LENGTH}.")
    if _CONTROL.search(text):
        raise refused("a control character in an expression", "Remove it.")


def check_tokens(tokens: Sequence[Token]) -> None:
    """Refuses tokens that have no place in an expression, and brackets too deep."""
    depth = 0
    for i, token in enumerate(tokens):
        _check_token(token)
        if token.token_type == TokenType.L_PAREN:
            _check_called(tokens[i - 1] if i else None)
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth > MAX_BRACKETS:
            raise refused(f"brackets more than {MAX_BRACKETS} deep", "Split it over several dimensions.")


def _check_token(token: Token) -> None:
    if token.comments:
        raise refused("a comment in an expression", "Put the comment into the YAML, behind #.")
    if token.token_type in _REFUSED_TOKENS:
        raise refused(*_with_prefix(_REFUSED_TOKENS[token.token_type]))
    if token.token_type == TokenType.IDENTIFIER:
        check_name(token.text)
    elif token.token_type == TokenType.NUMBER:
        _check_number(token.text)
    elif token.token_type != TokenType.STRING and token.text not in _SIGNS:
        _check_word(token.text)


def _with_prefix(found: tuple[str, str]) -> tuple[str, str]:
    return f"{found[0]} has no place in an expression", found[1]


def _check_number(text: str) -> None:
    if _NUMBER.fullmatch(text) is None:
        raise refused(f"the number {text[:50]} is too long", "Write at most 40 digits.")


def _check_word(text: str) -> None:
    if text.lower() in _REFUSED_WORDS:
        raise refused(f"{text.lower()} has no place in an expression", _REFUSED_WORDS[text.lower()])
    if not text.replace(" ", "_").isidentifier():
        raise refused(f"the sign {text!r} has no place in an expression", _LIST)
    check_name(text)


def check_name(text: str) -> None:
    """Refuses a name that PostgreSQL would refuse or cut."""
    if not text or len(text.encode()) > MAX_NAME:
        raise refused(
            f"the name {text[:70]!r} is empty or longer than {MAX_NAME} bytes", "Use the column's name."
        )


def _check_called(before: Token | None) -> None:
    """A word before a bracket must be a function of the list."""
    if before is None or before.text in _SIGNS:
        return
    word = before.text.lower()
    quoted = before.token_type == TokenType.IDENTIFIER
    if quoted or word not in called() | _OTHER_SPELLINGS | _BEFORE_BRACKET | _TYPES_WITH_BRACKET:
        near = difflib.get_close_matches(word, called(), 1)
        known = f"Use one of {', '.join(sorted(called()))}."
        meant = f"Did you mean {near[0]}? " if near else ""
        raise refused(f"unknown function {before.text}", meant + known)


def check_tree(tree: Node) -> None:
    """Refuses nodes outside the list, parts that a node must not have, and trees too deep."""
    for node in tree.walk():
        entry = entries().get(type(node))
        keeps = entry.keeps if entry else _LEAVES.get(type(node))
        if keeps is None:
            raise refused(f"{_words(node)} has no place in an expression", _LIST)
        extra = [part for part, value in node.args.items() if part not in keeps and value]
        if extra:
            raise refused(f"{extra[0]} has no place in {_words(node)}", _LIST)
        if entry:
            entry.check(node)
        _check_leaf(node)
        if node.depth > MAX_DEPTH:
            raise refused(f"an expression nested more than {MAX_DEPTH} deep", "Use in (...), or split it.")


def _check_leaf(node: Node) -> None:
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Identifier):
        raise refused("* has no place in an expression", "Name a column.")
    if isinstance(node, exp.Dot) and not _is_path(node):
        raise refused("a dot stands only between names", "Write join.dimension.")


def _is_path(node: exp.Dot) -> bool:
    parts = 1
    inner: Node = node
    while isinstance(inner, exp.Dot) and isinstance(inner.expression, exp.Identifier):
        inner, parts = inner.this, parts + 1
    return isinstance(inner, exp.Column) and parts + 3 <= MAX_PATH


def _words(node: Node) -> str:
    return type(node).__name__.lower()
