"""One statement of drafts: finished columns first, then what `having` and `top` keep, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from leadline.planner.draft import Draft
from leadline.planner.plan import Statement
from leadline.planner.sql.build import (
    OTHER_MEMBER,
    Params,
    column,
    equal,
    ident,
    named,
    null_of,
    number,
    statement_text,
    text,
)
from leadline.planner.sql.having import having_sql
from leadline.planner.sql.keys import BUCKET, is_text, keys_of, member, same_keys
from leadline.planner.sql.merge import Merge, Names
from leadline.planner.sql.order import OTHER, Order, value
from leadline.planner.sql.output import Output
from leadline.planner.sql.ranking import (
    LEFT,
    LEFT_GROUPS,
    RANKED,
    left_groups,
    left_sql,
    picked,
    ranked_sql,
)
from leadline.semantic.sql_tree import Sql, call, select

_ANSWER, _KEPT, _OTHERS = "answer", "kept", "others_answer"
_MISSING = "x"


@dataclass(frozen=True, slots=True)
class Parts:
    """The drafts of one statement: the rows; for shares all groups together; for `top` the ranking by its
    first cell, and the members left out."""

    rows: Draft
    total: Draft | None = None
    ranking: Draft | None = None
    other: Draft | None = None


def statement_of(parts: Parts, *, limited: bool) -> Statement:
    """The statement of a question's rows. `limited`: as many as asked and one more, which tells of others."""
    return _Made(parts, limited).statement()


def left_out(parts: Parts, params: Params) -> dict[str, exp.Query]:
    """The CTEs of a question up to `LEFT`: the members that its `top` leaves out."""
    made = _Made(parts, True, params)
    kept, _, _ = made.keep()
    made.ctes[RANKED] = made.ranked(kept)
    made.ctes[LEFT] = left_sql(parts.rows)
    return made.ctes


@dataclass(slots=True)
class _Made:
    parts: Parts
    limited: bool
    params: Params = field(default_factory=Params)
    ctes: dict[str, exp.Query] = field(default_factory=dict)

    def statement(self) -> Statement:
        made = self._picked(*self.keep())
        for name, cte in self.ctes.items():
            made = made.with_(ident(name), cte, copy=False)
        return Statement(statement_text(made), self.params.values, self.params.origins)

    def keep(self) -> tuple[str, Names, Names | None]:
        """The CTE of the finished rows that `having` keeps, with the scans behind rows and totals."""
        names = self._build(self.parts.rows)
        totals = self._build(self.parts.total) if self.parts.total else None
        self.ctes[_ANSWER] = self._finished(self.parts.rows, names, totals)
        kept = self._having() if self.parts.rows.query.having and self.limited else _ANSWER
        return kept, names, totals

    def _build(self, draft: Draft) -> Names:
        return Merge(draft, self.params, self.ctes).build()

    # -- finished rows ------------------------------------------------------------------------------

    def _finished(self, draft: Draft, names: Names, totals: Names | None) -> exp.Select:
        """Keys and cells of a draft; shares read the totals of their bucket."""
        output = Output(draft, names, self.params, totals or (names if not draft.fields else None))
        keys = [named(column(key, names.table), key) for key in keys_of(draft)]
        cells = [named(output.cell(cell), value(i)) for i, cell in enumerate(draft.cells)]
        made = select(*keys, *cells, named(_missing(names), _MISSING))
        made = made.from_(exp.Table(this=ident(names.table)), copy=False)
        if totals is not None:
            made.append("joins", self._join(draft, names, totals))
        return made

    def _join(self, draft: Draft, names: Names, totals: Names) -> exp.Join:
        table = exp.Table(this=ident(totals.table))
        if not draft.grain:
            return exp.Join(this=table, kind="CROSS")
        on = equal(column(BUCKET, names.table), column(BUCKET, totals.table))
        return exp.Join(this=table, on=on, side="LEFT")

    def _having(self) -> str:
        draft = self.parts.rows
        made = self._all(draft, _ANSWER).where(having_sql(draft, self.params), copy=False)
        self.ctes[_KEPT] = made
        return _KEPT

    @staticmethod
    def _all(draft: Draft, source: str) -> exp.Select:
        names = [*keys_of(draft), *(value(i) for i in range(len(draft.cells))), _MISSING]
        return select(*[column(name, source) for name in names]).from_(
            exp.Table(this=ident(source)), copy=False
        )

    # -- the rows of the answer ---------------------------------------------------------------------

    def _picked(self, kept: str, names: Names, totals: Names | None) -> exp.Query:
        """The rows that are left, in order and cut."""
        draft = self.parts.rows
        rows = self._with_flag(self._all(draft, kept), False)
        if self.parts.ranking is not None:
            self.ctes[RANKED] = self.ranked(kept)
            rows = picked(draft, rows, kept)
        made: exp.Query = rows
        if self.parts.other is not None:
            made = exp.union(rows, self._others(self.parts.other, totals, kept), distinct=False, copy=False)
        if not self.limited and not draft.fields:
            return made
        self.ctes["rows"] = made
        return self._ordered()

    def _ordered(self) -> exp.Select:
        draft, query = self.parts.rows, self.parts.rows.query
        of = self.parts.other and query.top and (query.top.of or draft.fields[0])
        names = [*keys_of(draft), *(value(i) for i in range(len(draft.cells))), OTHER, _MISSING]
        made = select(*[column(name) for name in names]).from_(exp.Table(this=ident("rows")), copy=False)
        keys = Order(draft, of or None).keys()
        if keys:
            made = made.order_by(*keys, copy=False)
        if not self.limited:
            return made
        return made.limit(query.limit + 1, copy=False).offset(query.offset, copy=False)

    @staticmethod
    def _with_flag(rows: exp.Select, flag: bool) -> exp.Select:
        missing = rows.expressions.pop()
        rows.append("expressions", named(exp.Boolean(this=flag), OTHER))
        rows.append("expressions", missing)
        return rows

    # -- top ----------------------------------------------------------------------------------------

    def ranked(self, kept: str) -> exp.Select:
        """The members of kept rows, each with its rank."""
        assert self.parts.ranking is not None  # noqa: S101  (asked by the caller)
        ranking = self.parts.ranking
        names = self._build(ranking)
        score = Output(ranking, names, self.params).cell(ranking.cells[0])
        return ranked_sql(self.parts.rows, kept, names, score)

    def _others(self, other: Draft, totals: Names | None, kept: str) -> exp.Select:
        """The members left out as one: their own scans, with the dimension put in again."""
        self.ctes[LEFT] = left_sql(self.parts.rows)
        if keys_of(other):
            self.ctes[LEFT_GROUPS] = left_groups(self.parts.rows, other, kept)
        names = self._build(other)
        self.ctes[_OTHERS] = self._finished(other, names, totals)
        cells = [column(value(i), _OTHERS) for i in range(len(other.cells))]
        made = select(*self._other_keys(other), *cells, named(exp.true(), OTHER), column(_MISSING, _OTHERS))
        return self._where_left(other, made.from_(exp.Table(this=ident(_OTHERS)), copy=False))

    @staticmethod
    def _where_left(other: Draft, made: exp.Select) -> exp.Select:
        """Only groups in which a member was left out."""
        keys = keys_of(other)
        if not keys:
            left = select(number(1)).from_(exp.Table(this=ident(LEFT)), copy=False)
            return made.where(exp.Exists(this=left), copy=False)
        pairs = [(column(key, _OTHERS), column(key, LEFT_GROUPS)) for key in keys]
        on = same_keys(pairs, [False] * len(keys))
        made.append("joins", exp.Join(this=exp.Table(this=ident(LEFT_GROUPS)), on=on))
        return made

    def _other_keys(self, other: Draft) -> Iterator[Sql]:
        draft = self.parts.rows
        if draft.grain:
            yield column(BUCKET, _OTHERS)
        for i, name in enumerate(draft.fields):
            if name in other.fields:
                yield named(column(member(other.fields.index(name)), _OTHERS), member(i))
            else:
                yield named(self._other_member(name), member(i))

    def _other_member(self, name: str) -> Sql:
        draft = self.parts.rows
        dataset = draft.datasets[0]
        if is_text(draft, dataset, name):
            return text(OTHER_MEMBER)
        type_ = draft.bound.field_type(dataset, draft.field(dataset, name))
        return null_of(type_)


def _missing(names: Names) -> Sql:
    """How many values had no rate, in all groups together."""
    columns = [call("COALESCE", call("SUM", column(one)), number(0)) for one in names.missing.values()]
    if not columns:
        return number(0)
    made: Sql = columns[0]
    for one in columns[1:]:
        made = exp.Add(this=made, expression=one)
    source = select(made).from_(exp.Table(this=ident(names.table)), copy=False)
    return exp.Subquery(this=source)
