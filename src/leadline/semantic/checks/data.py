"""What only the rows can tell: keys that are no keys, and keys that lead nowhere. Counted, with an example.

Each check is one SELECT that gives one row; whoever has a connection runs it and lets the check read the row.
Nothing here needs a database. A key that leads nowhere loses no row (it stands under "(none)"), so it is a
warning; a partner that is not unique would multiply measures, so it is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from leadline.core.schema import SourceSchema
from leadline.semantic.issues import Issue, error, warning
from leadline.semantic.model import Dataset, Join, Model, Place

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class DataCheck:
    """One check. `statement` gives one row of counts, an example last; `read` says what they mean."""

    description: str
    statement: exp.Select
    read: Callable[[Row], tuple[Issue, ...]]


def data_checks(model: Model, schema: SourceSchema | None = None) -> list[DataCheck]:
    """The checks of every dataset's key and joins; with `schema` only those whose columns are there."""
    found: list[DataCheck] = []
    for dataset in model.datasets.values():
        if _has(schema, dataset.table, dataset.key):
            found.append(_key(model, dataset))
        for join in dataset.joins.values():
            partner = model.datasets.get(join.dataset)
            if partner and _joinable(schema, dataset, join, partner):
                found.append(_orphans(model, dataset, join, partner))
                found.append(_unique(model, dataset, join, partner))
    return found


def _has(schema: SourceSchema | None, table: str, columns: Sequence[str]) -> bool:
    if schema is None:
        return True
    known = schema.table(table)
    return known is not None and all(column in known.columns for column in columns)


def _joinable(schema: SourceSchema | None, dataset: Dataset, join: Join, partner: Dataset) -> bool:
    mine, theirs = zip(*join.on, strict=True)
    return _has(schema, dataset.table, mine) and _has(schema, partner.table, [*theirs, *(join.valid or ())])


def _key(model: Model, dataset: Dataset) -> DataCheck:
    """How many rows have no key, and how many keys name several rows."""
    columns = [_column(name) for name in dataset.key]
    groups = _grouped(dataset.table, columns)
    statement = exp.select(
        _sum("n", _any_null(len(columns))),
        _count(exp.and_(_repeated(), _none_null(len(columns)))),
        _example(len(columns), exp.and_(_repeated(), _none_null(len(columns)))),
    ).from_(groups.subquery("f"))
    place = model.place_of("datasets", dataset.name, "key")
    name = ", ".join(dataset.key)

    def read(row: Row) -> tuple[Issue, ...]:
        nulls, repeated, example = row
        what = f"the key {name} of {dataset.name}"
        return tuple(_key_issues(what, place, int(nulls), int(repeated), example))

    return DataCheck(f"the key {name} of {dataset.name}", statement, read)


def _key_issues(what: str, place: Place, nulls: int, repeated: int, example: object) -> Iterator[Issue]:
    fix = "Name the columns that tell one row from another, or clean the table."
    if repeated:
        counted = _times(repeated, "value")
        why = f"{what} is not unique: {counted} more than once, such as {example}"
        yield error("key_not_unique", why, fix, place)
    if nulls:
        yield warning("key_null", f"{what} is empty in {_times(nulls, 'row')}", fix, place)


def _orphans(model: Model, dataset: Dataset, join: Join, partner: Dataset) -> DataCheck:
    """How many rows have no key to follow, no partner, and one that differs only in case or spacing."""
    width = len(join.on)
    own = _grouped(dataset.table, [_column(mine) for mine, _ in join.on])
    partners = _distinct(partner.table, [_column(theirs) for _, theirs in join.on])
    loose = _distinct(partner.table, [_loosened(_column(theirs)) for _, theirs in join.on])
    lost = exp.and_(_none_null(width), exp.column("k0", "p").is_(exp.null()))
    close = exp.and_(lost.copy(), exp.not_(exp.column("k0", "q").is_(exp.null())))
    statement = (
        exp.select(
            _sum("n", _any_null(width)),
            _sum("n", lost),
            _sum("n", close),
            _example(width, close),
            _example(width, lost),
        )
        .from_(own.subquery("f"))
        .join(partners.subquery("p"), on=_equal("p", width, loosely=False), join_type="left")
        .join(loose.subquery("q"), on=_equal("q", width, loosely=True), join_type="left")
    )
    place = model.place_of("datasets", dataset.name, "joins", join.name)

    def read(row: Row) -> tuple[Issue, ...]:
        counts = [int(count) for count in row[:3]]
        return tuple(_orphan_issues(f"{dataset.name}.{join.name}", partner, place, counts, row[3:]))

    return DataCheck(f"the join {join.name} of {dataset.name}", statement, read)


def _orphan_issues(
    name: str, partner: Dataset, place: Place, counts: list[int], examples: Row
) -> Iterator[Issue]:
    nulls, lost, close = counts
    if nulls:
        why = f"the join {name} has nothing to follow in {_times(nulls, 'row')}"
        yield warning("join_null", why, 'They stand under "(none)".', place)
    if close:
        why = (
            f"the join {name} finds no partner in {partner.name} only for case or spacing in "
            f"{_times(close, 'row')}, such as {examples[0]}"
        )
        yield warning("join_spelling", why, "Write both sides alike; equality is exact.", place)
    if lost > close:
        why = f"the join {name} finds no partner in {partner.name} for {_times(lost - close, 'row')}"
        why += f", such as {examples[1]}" if not close else ""
        yield warning("join_orphan", why, 'They stand under "(none)"; add the missing partners.', place)


def _unique(model: Model, dataset: Dataset, join: Join, partner: Dataset) -> DataCheck:
    """How many partners come more than once for one key (where the join is valid in time: at one start)."""
    names = [theirs for _, theirs in join.on] + ([join.valid[0]] if join.valid else [])
    width = len(names)
    many = exp.and_(_repeated(), _none_null(width))
    groups = _grouped(partner.table, [_column(name) for name in names])
    statement = exp.select(_count(many), _example(width, many)).from_(groups.subquery("f"))
    place = model.place_of("datasets", dataset.name, "joins", join.name)

    def read(row: Row) -> tuple[Issue, ...]:
        if not int(row[0]):
            return ()
        keys = f"{_times(int(row[0]), 'key')} of {partner.name} ({', '.join(names)})"
        what = f"the join {dataset.name}.{join.name} would multiply rows"
        why = f"{what}: {keys} more than once, such as {row[1]}"
        return (error("partner_not_unique", why, "Join on columns that name one partner.", place),)

    return DataCheck(f"partners of the join {join.name} of {dataset.name}", statement, read)


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _column(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True))


def _table(name: str) -> exp.Table:
    schema, _, bare = name.rpartition(".")
    return exp.Table(this=exp.to_identifier(bare, quoted=True), db=exp.to_identifier(schema, quoted=True))


def _grouped(table: str, columns: list[exp.Expr]) -> exp.Select:
    """The key's columns as k0, k1, ... with the number n of rows that have them."""
    named = [exp.alias_(column, f"k{i}") for i, column in enumerate(columns)]
    select = exp.select(*named, exp.alias_(exp.Count(this=exp.Star()), "n")).from_(_table(table))
    return select.group_by(*(column.copy() for column in columns))


def _distinct(table: str, columns: list[exp.Expr]) -> exp.Select:
    named = [exp.alias_(column, f"k{i}") for i, column in enumerate(columns)]
    return exp.select(*named).distinct().from_(_table(table))


def _key_column(i: int) -> exp.Expr:
    return exp.column(f"k{i}", "f")


def _any_null(width: int) -> exp.Expr:
    return exp.or_(*(_key_column(i).is_(exp.null()) for i in range(width)))


def _none_null(width: int) -> exp.Expr:
    return exp.not_(_any_null(width))


def _repeated() -> exp.Expr:
    return exp.GT(this=exp.column("n", "f"), expression=exp.Literal.number(1))


def _loosened(value: exp.Expr) -> exp.Expr:
    """The value as text without spaces, in small letters."""
    text = exp.cast(value, "text")
    bare = exp.func("regexp_replace", text, *map(exp.Literal.string, (r"\s", "", "g")), dialect="postgres")
    return exp.func("lower", bare)


def _equal(other: str, width: int, *, loosely: bool) -> exp.Expr:
    own = [_loosened(_key_column(i)) if loosely else _key_column(i) for i in range(width)]
    return exp.and_(*(exp.EQ(this=one, expression=exp.column(f"k{i}", other)) for i, one in enumerate(own)))


def _filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition.copy()))


def _sum(column: str, condition: exp.Expr) -> exp.Expr:
    total = _filtered(exp.Sum(this=exp.column(column, "f")), condition)
    return exp.func("coalesce", total, exp.Literal.number(0))


def _count(condition: exp.Expr) -> exp.Expr:
    return _filtered(exp.Count(this=exp.Star()), condition)


def _example(width: int, condition: exp.Expr) -> exp.Expr:
    """The least key among those counted, as text."""
    texts = [exp.cast(_key_column(i), "text") for i in range(width)]
    joined: exp.Expr = texts[0]
    for text in texts[1:]:
        joined = exp.DPipe(this=exp.DPipe(this=joined, expression=exp.Literal.string(", ")), expression=text)
    return _filtered(exp.Min(this=joined), condition)
