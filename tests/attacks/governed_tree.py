"""The tree of a statement: where each table stands in it, and under which condition of whose rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from leadline.planner.plan import Statement

_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Instance:
    """A table in a statement: the SELECT that reads it, and whether that one is a governed sub-select.

    `joined`: it is no table of FROM, but a partner that a rule's own condition reads.
    """

    table: str
    governed: bool
    joined: bool
    conditions: frozenset[str]


def tables(statement: Statement) -> Iterator[tuple[str, str]]:
    """The schema and name of every table, without the statement's own WITH queries."""
    for one in parsed(statement).find_all(exp.Table):
        if one.db:
            yield one.db, one.name


def parsed(statement: Statement) -> exp.Query:
    """The tree, its parameters as `:p0`."""
    text = _PARAMETER.sub(r":\1", statement.sql).replace("%%", "%")
    found = sqlglot.parse_one(text, read="postgres")
    assert isinstance(found, exp.Query)
    return found


def stored(statement: Statement) -> Iterator[frozenset[str]]:
    """Of every rollup that is read, the conditions that all rows of it must fulfil."""
    for one in parsed(statement).find_all(exp.Table):
        reader = one.find_ancestor(exp.Select)
        if one.db == "leadline" and reader is not None:
            where = reader.args.get("where")
            found = (
                where.this.flatten() if where and isinstance(where.this, exp.And) else [where and where.this]
            )
            paths = {one.alias: ""}
            yield frozenset(_text(part.unnest(), paths, statement.params) for part in found if part)


def instances(statement: Statement) -> Iterator[Instance]:
    """Every table of the public schema."""
    for one in parsed(statement).find_all(exp.Table):
        if one.db != "public":
            continue
        reader = one.find_ancestor(exp.Select)
        assert reader is not None
        joined = isinstance(one.parent, exp.Join)
        first = reader.args["from_"].this
        governed = _is_governed(reader, first)
        conditions = frozenset(_conditions(reader, first, statement.params)) if governed else frozenset()
        yield Instance(one.name, governed, joined, conditions)


def _is_governed(reader: exp.Select, first: exp.Expr) -> bool:
    """`(SELECT alias.* FROM table AS alias .. WHERE ..)` in a FROM or JOIN, with nothing else in it."""
    outer = reader.parent
    if not isinstance(outer, exp.Subquery) or not isinstance(outer.parent, exp.From | exp.Join):
        return False
    if not isinstance(first, exp.Table) or reader.args.get("where") is None:
        return False
    others = {key for key, value in reader.args.items() if value} - {"expressions", "from_", "joins", "where"}
    return not others and [one.sql() for one in reader.expressions] == [f'"{first.alias}".*']


def _conditions(reader: exp.Select, first: exp.Table, params: Mapping[str, Any]) -> Iterator[str]:
    """The alternatives of its WHERE in plain words: `rep_id.email = 'ann@example.com'`."""
    paths = {first.alias: ""}
    for join in reader.args.get("joins") or ():
        paths[join.this.alias] = _path(join, paths)
    for one in _alternatives(reader.args["where"].this):
        yield _text(one, paths, params)


def _text(condition: exp.Expr, paths: Mapping[str, str], params: Mapping[str, Any]) -> str:
    return condition.copy().transform(_plain, paths, params).sql(dialect="postgres")


def _path(join: exp.Join, paths: Mapping[str, str]) -> str:
    """The columns by which a partner is reached, each with a dot behind it."""
    on = join.args["on"].unnest()
    assert isinstance(on, exp.EQ) and join.side == "LEFT"
    near = on.this
    return f"{paths[near.table]}{near.name}."


def _alternatives(condition: exp.Expr) -> Iterator[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        yield from _alternatives(condition.this)
        yield from _alternatives(condition.expression)
    else:
        yield condition


def _plain(node: exp.Expr, paths: Mapping[str, str], params: Mapping[str, Any]) -> exp.Expr:
    """Columns by their path, parameters by their values."""
    if isinstance(node, exp.Column):
        return exp.Var(this=f"{paths[node.table]}{node.name}")
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Placeholder):
        return exp.Literal.string(params[node.this.name])
    return node
