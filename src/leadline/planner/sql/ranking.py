"""`top` in SQL: members ranked over the whole range, those that are picked, and those left out."""

from __future__ import annotations

from sqlglot import exp

from leadline.planner.draft import Draft
from leadline.planner.sql.build import by_code_point, column, ident, named, number
from leadline.planner.sql.keys import BUCKET, is_text, member, same_keys
from leadline.planner.sql.merge import Names
from leadline.semantic.sql_tree import Sql, select

RANKED, LEFT, LEFT_GROUPS = "ranked", "left_out", "left_groups"
_RANK, _SEEN = "rank", "seen"


def top_fields(draft: Draft) -> tuple[str, ...]:
    """The fields by which members are ranked: within each of `per`, those of `of` (the last)."""
    top = draft.query.top
    assert top is not None  # noqa: S101  (asked by the callers)
    of = top.of or draft.fields[0]
    return (top.per, of) if top.per else (of,)


def _positions(draft: Draft) -> list[int]:
    return [draft.fields.index(name) for name in top_fields(draft)]


def _texts(draft: Draft) -> list[bool]:
    return [is_text(draft, draft.datasets[0], name) for name in top_fields(draft)]


def ranked_sql(rows: Draft, kept: str, names: Names, score: Sql) -> exp.Select:
    """The members that kept rows have (`d0`, and `d1` with `per`), each with its rank from 1."""
    keys = [member(i) for i in range(len(top_fields(rows)))]
    order = [exp.Ordered(this=score, desc=True, nulls_first=False), _tie(rows, keys[-1])]
    over = exp.Window(
        this=exp.Anonymous(this="row_number"),
        partition_by=[column(key, _SEEN) for key in keys[:-1]],
        order=exp.Order(expressions=order),
    )
    made = select(*[column(key, _SEEN) for key in keys], named(over, _RANK))
    made = made.from_(_seen(rows, kept, keys), copy=False)
    pairs = [(column(key, _SEEN), column(key, names.table)) for key in keys]
    on = same_keys(pairs, _texts(rows))
    made.append("joins", exp.Join(this=exp.Table(this=ident(names.table)), on=on, side="LEFT"))
    return made


def _seen(rows: Draft, kept: str, keys: list[str]) -> exp.Subquery:
    pairs = zip(_positions(rows), keys, strict=True)
    made = select(*[named(column(member(at), kept), key) for at, key in pairs]).distinct(copy=False)
    made = made.from_(exp.Table(this=ident(kept)), copy=False)
    return exp.Subquery(this=made, alias=exp.TableAlias(this=ident(_SEEN)))


def _tie(rows: Draft, key: str) -> exp.Ordered:
    """Ties go by the value, of which "(none)" is one like any other."""
    name = column(key, _SEEN)
    return exp.Ordered(this=by_code_point(name) if _texts(rows)[-1] else name, nulls_first=False)


def picked(draft: Draft, rows: exp.Select, kept: str) -> exp.Select:
    """The kept rows whose member is among the first."""
    rows.append("joins", exp.Join(this=exp.Table(this=ident(RANKED)), on=_same_member(draft, kept)))
    first = exp.LTE(this=column(_RANK, RANKED), expression=number(_most(draft)))
    return rows.where(first, copy=False)


def left_groups(draft: Draft, other: Draft, kept: str) -> exp.Select:
    """The groups of the other dimensions (and buckets) in which members were left out."""
    buckets = [column(BUCKET, kept)] if draft.grain else []
    places = [draft.fields.index(name) for name in other.fields]
    members = [named(column(member(at), kept), member(i)) for i, at in enumerate(places)]
    made = select(*buckets, *members).distinct(copy=False)
    made = made.from_(exp.Table(this=ident(kept)), copy=False)
    made.append("joins", exp.Join(this=exp.Table(this=ident(RANKED)), on=_same_member(draft, kept)))
    return made.where(exp.GT(this=column(_RANK, RANKED), expression=number(_most(draft))), copy=False)


def _same_member(draft: Draft, kept: str) -> Sql:
    pairs = [(column(member(i), RANKED), column(member(at), kept)) for i, at in enumerate(_positions(draft))]
    return same_keys(pairs, _texts(draft))


def left_sql(draft: Draft) -> exp.Select:
    """The members that are not picked."""
    keys = [column(member(i)) for i in range(len(top_fields(draft)))]
    made = select(*keys).from_(exp.Table(this=ident(RANKED)), copy=False)
    return made.where(exp.GT(this=column(_RANK), expression=number(_most(draft))), copy=False)


def _most(draft: Draft) -> int:
    assert draft.query.top is not None  # noqa: S101  (asked by the callers)
    return draft.query.top.n
