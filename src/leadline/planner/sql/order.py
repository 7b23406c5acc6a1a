"""The total order of the rows, over the finished columns of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.planner.draft import Draft
from leadline.planner.json_reader import near, pointer
from leadline.planner.query import Sort
from leadline.planner.sql.build import NONE, by_code_point, column, equal, number, text
from leadline.planner.sql.keys import BUCKET, is_text, member
from leadline.semantic.sql_tree import Sql

OTHER = "o"
"""Whether a row is the group of the members that `top` leaves out."""
_Key = tuple[str, exp.Ordered]
"""The name of the column that is sorted by, and the key."""


def value(position: int) -> str:
    """The name of the cell at a position, inside the statement."""
    return f"c{position}"


def names_of(draft: Draft) -> dict[str, str]:
    """The columns of the answer by their names: the finished column of each."""
    times = {"time": BUCKET} if draft.grain else {}
    fields = {name: member(i) for i, name in enumerate(draft.fields)}
    return {**times, **fields, **{cell.column.name: value(i) for i, cell in enumerate(draft.cells)}}


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a draft's rows; `of`: the dimension whose members `top` picks."""

    draft: Draft
    of: str | None = None

    def keys(self) -> list[exp.Ordered]:
        """The sort keys; always ended by the members, so that the order is total."""
        found = list(self._asked() if self.draft.query.sort else self._usual())
        for position, name in enumerate(self.draft.fields):
            found += ((name, one) for one in self._by_member(position, False, in_model_order=False))
        if self.of is not None:
            found.insert(
                self._place_of_other([name for name, _ in found]), ("", _ordered(column(OTHER), False))
            )
        return [one for _, one in found]

    def _place_of_other(self, names: list[str]) -> int:
        """Behind all members there: below the bucket and the other dimensions that stand first."""
        above = {"time", *self.draft.fields} - {self.of}
        return next((i for i, name in enumerate(names) if name not in above), len(names))

    def _asked(self) -> Iterator[_Key]:
        known = names_of(self.draft)
        for i, one in enumerate(self.draft.query.sort):
            if one.by not in known:
                raise _unknown(one, i, known)
            yield from ((one.by, key) for key in self._by(one, known[one.by]))
        if self.draft.grain:
            yield "time", _ordered(column(BUCKET), False)

    def _by(self, one: Sort, name: str) -> Iterator[exp.Ordered]:
        if one.by in self.draft.fields:
            position = self.draft.fields.index(one.by)
            yield from self._by_member(position, one.desc, in_model_order=True)
        else:
            yield self._by_value(one.by, name, one.desc)

    def _by_value(self, shown: str, name: str, desc: bool) -> exp.Ordered:
        texts = {cell.column.name for cell in self.draft.cells if cell.column.type == "text"}
        return _ordered(by_code_point(column(name)) if shown in texts else column(name), desc)

    def _usual(self) -> Iterator[_Key]:
        if self.draft.grain:
            yield "time", _ordered(column(BUCKET), False)
        for position, name in enumerate(self.draft.fields):
            if listed := self._model_order(position):
                yield name, _ordered(equal(column(member(position)), text(NONE)), False)
                yield name, _ordered(_place(column(member(position)), listed), False)
        if self.draft.fields:
            first = self.draft.cells[0].column.name
            yield first, self._by_value(first, value(0), True)

    def _model_order(self, position: int) -> tuple[str, ...]:
        ref = self.draft.field(self.draft.datasets[0], self.draft.fields[position])
        if ref.part:
            return ()
        found = self.draft.bound.dimension(self.draft.datasets[0], ref.path, ref.name)
        return found.order if found else ()

    def _by_member(self, position: int, desc: bool, *, in_model_order: bool) -> Iterator[exp.Ordered]:
        """The keys of a dimension: "(none)" last either way, the model's order, then the value."""
        name = column(member(position))
        if not is_text(self.draft, self.draft.datasets[0], self.draft.fields[position]):
            yield _ordered(name, desc)
            return
        yield _ordered(equal(name, text(NONE)), False)
        if in_model_order and (listed := self._model_order(position)):
            yield _ordered(_place(name.copy(), listed), desc)
        yield _ordered(by_code_point(name.copy()), desc)


def _unknown(one: Sort, i: int, known: dict[str, str]) -> LeadlineError:
    why = f"{one.by!r:.80} is no column of this answer."
    return LeadlineError("unknown_field", why, near(one.by, known), f"/sort/{i}" + pointer("by"))


def _place(member_: Sql, listed: tuple[str, ...]) -> Sql:
    ifs = [exp.If(this=equal(member_.copy(), text(one)), true=number(i)) for i, one in enumerate(listed)]
    return exp.Case(ifs=ifs, default=number(len(listed)))


def _ordered(sql: Sql, desc: bool) -> exp.Ordered:
    return exp.Ordered(this=sql, desc=desc, nulls_first=False)
