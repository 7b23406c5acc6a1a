"""The values of an answer by group and bucket, for one set of fields and one grain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.integration.planner.oracle_columns import Beside, comparison, suffix
from tests.integration.planner.oracle_facts import ALL, Facts, Group, Slice
from tests.integration.planner.oracle_filters import passes
from tests.integration.planner.oracle_frames import Frame, bucket_frame, range_frame
from tests.integration.planner.oracle_members import all_members
from tests.integration.planner.oracle_metrics import counted, events, leaves, value
from tests.integration.planner.oracle_ranges import Bucket
from tests.integration.planner.oracle_rows import NUMBERS

OTHER = "(other)"
Rounds = Callable[[int, Any], Any]
"""A cell as it is shown: the number of its column among the metrics' columns, and its value."""


@dataclass
class Line:
    """One row: its bucket, its group, and the cells of the metrics' columns as shown."""

    bucket: Bucket | None
    group: Group
    cells: list[Any]
    other: bool = False


class Table:
    """The lines of a question, by these fields and this grain."""

    def __init__(self, facts: Facts, names: tuple[str, ...], grain: str | None) -> None:
        self.facts, self.names, self.grain = facts, names, grain
        self.metrics = [facts.spec.metrics[name] for name in facts.query["metrics"]]
        self.leaves = [one for metric in self.metrics for one in leaves(facts, metric)]
        for one in self.leaves if grain else []:
            facts.check_grain(one)
        self.compares: list[Beside] = [
            comparison(facts, one, grain) for one in facts.query.get("compare", [])
        ]
        self.buckets = self._buckets()
        self.frames = [self._frame(bucket) for bucket in self.buckets]

    def _buckets(self) -> list[Bucket | None]:
        if self.grain is None:
            return [None]
        whole = range_frame(self.facts.clock, self.facts.range)
        found = [fact for one in self.leaves if not one.valid for fact in self.facts.facts(one)]
        times = [fact.time for fact in found if fact.time is not None and whole.has(fact)]
        return list(self.facts.clock.buckets(self.facts.range, self.grain, times))

    def _frame(self, bucket: Bucket | None) -> Frame:
        clock, asked = self.facts.clock, self.facts.range
        return bucket_frame(clock, asked, bucket) if bucket else range_frame(clock, asked)

    # -- groups -------------------------------------------------------------------------------------

    def groups(self) -> set[Group]:
        """The groups that have a row in the range or in a comparison's; and all members asked."""
        if not self.names:
            return {()}
        frames = [*self.frames]
        for one in self.compares:
            frames += one.frames(self.buckets, self.frames)
        found = {
            self.facts.group(fact, self.names)
            for metric in self.metrics for frame in frames for _, fact in counted(self.facts, metric, frame)
        } | set(self._apart())  # fmt: skip
        if self.names == self.facts.names:
            found |= all_members(self.facts, self.leaves[0].dataset, found)
        return found

    def _apart(self) -> Iterator[Group]:
        """The groups of events in a comparison's range that no bucket is compared with."""
        if self.grain is None:
            return
        buckets = [one for one in self.buckets if one]
        frames = [frame for one in self.compares for frame in one.rest(buckets)]
        for one in (found for metric in self.metrics for found in events(self.facts, metric)):
            for fact in self.facts.facts(one):
                if fact.time is not None and any(frame.has(fact) for frame in frames):
                    yield self.facts.group(fact, self.names)

    # -- values -------------------------------------------------------------------------------------

    def cells(self, slice_: Slice, i: int) -> list[Any]:
        """Each metric followed by its comparisons, in the i-th bucket."""
        found = []
        for metric in self.metrics:
            frame, bucket = self.frames[i], self.buckets[i]
            found.append(value(self.facts, metric, frame, slice_))
            found += [one.cell(metric, slice_, frame, bucket) for one in self.compares]
        return found

    def lines(self, rounds: Rounds) -> list[Line]:
        """One line for each bucket and group, as shown."""
        found = []
        for group in self.groups():
            slice_ = Slice(self.names, frozenset([group])) if self.names else ALL
            found += [self._line(slice_, group, i, rounds, False) for i in range(len(self.buckets))]
        return found

    def _line(self, slice_: Slice, group: Group, i: int, rounds: Rounds, other: bool) -> Line:
        cells = [rounds(place, cell) for place, cell in enumerate(self.cells(slice_, i))]
        return Line(self.buckets[i], group, cells, other)

    def suffixed(self) -> Iterator[tuple[str, str]]:
        """The metric and the name of each column."""
        for metric in self.metrics:
            yield metric.name, metric.name
            yield from ((metric.name, f"{metric.name}:{one.suffix}") for one in self.compares)

    # -- having and top -----------------------------------------------------------------------------

    def having(self, lines: list[Line]) -> list[Line]:
        """The finished rows that pass."""
        asked = self.facts.query.get("having", [])
        names = [name for _, name in self.suffixed()]

        def has(line: Line) -> bool:
            def find(name: str) -> tuple[str, Any]:
                return NUMBERS[0], line.cells[names.index(name)]

            return all(passes(one, find, self.facts.clock) for one in asked)

        return [line for line in lines if has(line)]

    def top(self, lines: list[Line], rounds: Rounds) -> list[Line]:
        """The lines of the first members, and one for those left out."""
        asked = self.facts.query.get("top")
        if not asked:
            return lines
        of = self.names.index(asked.get("of") or self.names[0])
        per = self.names.index(asked["per"]) if asked.get("per") else None
        first = self._first({line.group for line in lines}, of, per, rounds)
        kept = [line for line in lines if _member(line.group, of, per) in first]
        out = {line.group for line in lines} - {line.group for line in kept}
        return [*kept, *(self._others(out, of, rounds) if asked.get("other") else [])]

    def _first(self, groups: set[Group], of: int, per: int | None, rounds: Rounds) -> set[Group]:
        """The members that rank first by the value over the whole range, ties by the member."""
        asked = self.facts.query["top"]
        by = asked.get("by") or self._sorted_by() or self.metrics[0].name
        place = [name for _, name in self.suffixed()].index(by)
        fields = (self.names[of], *([self.names[per]] if per is not None else []))
        worth_of = self._worth(by)
        ranked: dict[Any, list[tuple[Any, ...]]] = {}
        for one in {_member(group, of, per) for group in groups}:
            worth = rounds(place, worth_of(Slice(fields, frozenset([one]))))
            key = (worth is None, -worth if worth is not None else 0, one[0] is None, one[0])
            ranked.setdefault(one[1:], []).append((key, one))
        return {one for found in ranked.values() for _, one in sorted(found)[: asked["n"]]}

    def _sorted_by(self) -> str | None:
        """The first sort key that is a metric or a comparison."""
        names = [name for _, name in self.suffixed()]
        return next((one["by"] for one in self.facts.query.get("sort") or () if one["by"] in names), None)

    def _worth(self, by: str) -> Callable[[Slice], Any]:
        """The value of a column over the whole range."""
        name, _, asked = by.partition(":")
        metric, frame = self.facts.spec.metrics[name], range_frame(self.facts.clock, self.facts.range)
        if not asked:
            return lambda slice_: value(self.facts, metric, frame, slice_)
        one = next(one for one in self.facts.query["compare"] if suffix(one) == asked)
        beside = comparison(self.facts, one, None)
        return lambda slice_: beside.cell(metric, slice_, frame, None)

    def _others(self, out: set[Group], of: int, rounds: Rounds) -> Iterator[Line]:
        """One line for each bucket and combination of the other fields, computed from its rows."""
        by_rest: dict[Group, set[Group]] = {}
        for group in out:
            by_rest.setdefault((*group[:of], *group[of + 1 :]), set()).add(group)
        dataset = self.leaves[0].dataset
        name = OTHER if self.facts.rows.field(dataset, self.names[of]).kind == "text" else None
        for rest, groups in by_rest.items():
            slice_ = Slice(self.names, frozenset(groups))
            group = (*rest[:of], name, *rest[of:])
            for i in range(len(self.buckets)):
                yield self._line(slice_, group, i, rounds, True)


def _member(group: Group, of: int, per: int | None) -> Group:
    return (group[of], *([group[per]] if per is not None else []))
