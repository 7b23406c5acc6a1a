"""The keys of a group inside a statement: the bucket's place, then a member of each dimension."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from leadline.planner.draft import Draft
from leadline.planner.sql.build import column, equal, group_value, ident
from leadline.planner.sql.rows import Rows
from leadline.semantic.sql_tree import Sql, all_of, paren, select

BUCKET = "b"
_TEXTS = ("text", "other")


def member(position: int) -> str:
    """The name of the dimension at a position, inside the statement."""
    return f"d{position}"


def keys_of(draft: Draft) -> list[str]:
    """The names of the keys, in their order."""
    buckets = [BUCKET] if draft.grain else []
    return buckets + [member(i) for i in range(len(draft.fields))]


def member_sql(draft: Draft, dataset: str, name: str, rows: Rows) -> Sql:
    """The member to which a row of the dataset belongs."""
    ref = draft.field(dataset, name)
    home = draft.bound.zone_of(dataset, ref.path, ref.name)
    return group_value(rows.field(ref), draft.bound.field_type(dataset, ref), home)


def members_of(draft: Draft, dataset: str, rows: Rows) -> list[tuple[str, Sql]]:
    """The members of a row by their names."""
    return [(member(i), member_sql(draft, dataset, name, rows)) for i, name in enumerate(draft.fields)]


def is_left(draft: Draft, dataset: str, rows: Rows) -> Sql | None:
    """Whether a row is of a member that `top` leaves out; None where that is not asked."""
    if draft.left is None:
        return None
    return among_left(draft, dataset, [member_sql(draft, dataset, name, rows) for name in draft.left.fields])


def among_left(draft: Draft, dataset: str, own: list[Sql]) -> Sql:
    """Whether these members of the fields that `top` ranks are left out."""
    assert draft.left is not None  # noqa: S101  (asked by the callers)
    theirs = [column(member(i), draft.left.members) for i in range(len(own))]
    source = exp.Table(this=ident(draft.left.members))
    texts = [is_text(draft, dataset, name) for name in draft.left.fields]
    if all(texts):
        listed = select(*theirs).from_(source, copy=False)
        return exp.In(this=exp.Tuple(expressions=own), query=exp.Subquery(this=listed))
    same = same_keys(zip(own, theirs, strict=True), texts)
    return exp.Exists(this=select(exp.Literal.number(1)).from_(source, copy=False).where(same, copy=False))


def is_text(draft: Draft, dataset: str, name: str) -> bool:
    """Whether the members of a dimension are texts (then none of them is null)."""
    return draft.bound.field_type(dataset, draft.field(dataset, name)).kind in _TEXTS


def same_member(left: Sql, right: Sql) -> Sql:
    """Whether two members are the same; null is one."""
    return exp.NullSafeEQ(this=paren(left), expression=paren(right))


def same_keys(pairs: Iterable[tuple[Sql, Sql]], never_null: Iterable[bool]) -> Sql:
    """The condition that two rows have the same keys, pair by pair; null is a member like any other."""
    made = (
        equal(left, right) if plain else same_member(left, right)
        for (left, right), plain in zip(pairs, never_null, strict=True)
    )
    return all_of(made) or exp.true()
