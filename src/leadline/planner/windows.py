"""Windows: for each bucket of the answer the stretch of time that a column reads. Pure; SQL never sees zones.

Meaning: `docs/reference/query.md`, Time and Comparison. Without a grain there is one bucket, the range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from leadline.core.buckets import after, bounds
from leadline.core.grain import CLOCK_GRAINS, Move, Step, floor, step
from leadline.core.ranges import Moment, Span
from leadline.core.retail import RetailMove
from leadline.core.zones import Bound


@dataclass(frozen=True, slots=True)
class Stretch:
    """`start <= t < end` (None: open). `now`: what now is for states and for values up to now.

    `begun`: whether its bucket begins before; of one that does not, no state or running value is known.
    `to_date`: it ends with a range to date, whose end is one like any other, though it is now.
    """

    start: Bound | None
    end: Bound | None
    now: Bound
    begun: bool = True
    to_date: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One stretch for each bucket (None: it has no partner). `own`: the range that was asked for itself.

    `seen`: up to when second events are known: now, or for an earlier period now moved back (None: all).
    `loose`: stretches of the range that belong to no bucket; their rows only tell which groups there are.
    """

    stretches: tuple[Stretch | None, ...]
    loose: tuple[Stretch, ...] = ()
    own: bool = False
    seen: Bound | None = None


_Place = tuple[Bound | None, Bound | None]


@dataclass(frozen=True, slots=True)
class Buckets:
    """The range of a question as buckets of `grain` (None: one, the range itself); `edges` are one more."""

    moment: Moment
    span: Span
    grain: str | None = None
    edges: tuple[Bound, ...] = ()

    @property
    def starts(self) -> tuple[Bound, ...]:
        """Where each bucket begins, whether or not the range cuts it."""
        return self.edges[:-1]

    def own(self) -> Window:
        """What the metrics' own values read."""
        return Window(self._own(), own=True)

    def _own(self) -> tuple[Stretch, ...]:
        span, now = self.span, self.moment.now
        if self.grain is None:
            return (Stretch(span.start, span.end, now, to_date=span.to_date),)
        made = (
            Stretch(_latest(span.start, low), _earliest(span.end, high), now, low.instant <= now.instant)
            for low, high in pairwise(self.edges)
        )
        return tuple(replace(one, to_date=span.to_date and one.end == span.end) for one in made)

    def up_to_now(self) -> Window:
        """The same, but what holds now ends now, and nothing is known of later."""
        return Window(tuple(self._cut_at_now(one) for one in self._own()), own=True, seen=self.moment.now)

    def _cut_at_now(self, one: Stretch) -> Stretch:
        return replace(one, end=_earliest(one.end, self.moment.end)) if self.holds_now(one) else one

    def holds_now(self, one: Stretch) -> bool:
        """Whether a stretch of the range is not over (a to-date range holds its end)."""
        now = self.moment.now.instant
        begun = one.start is None or one.start.instant <= now
        to_date = self.span.to_date and one.end == self.span.end
        return begun and (one.end is None or now < one.end.instant or to_date)

    def rolled(self, count: int, one: Move) -> Buckets:
        """The same buckets, each reading `count` of them up to its end (`one`: the length of a bucket)."""
        if count == 1:
            return self
        back = one.times(count - 1)
        starts = tuple(self.moment.back(start, back) for start in self.starts)
        return _Rolled(self.moment, self.span, self.grain, self.edges, starts)

    def earlier(self, move: Move, *, cut: bool = True) -> Window:
        """Each bucket's partner, `move` before it; cut where the present is not over.

        Raises OverflowError or ValueError beyond the years 1 to 9999, `NotBucketsError` where a partner is
        no bucket.
        """
        partners = list(self._partners(move, cut))
        made = (
            None if place is None else self._moved(one, place, move, cut)
            for one, place in zip(self._own(), partners, strict=True)
        )
        seen = self.moment.back(self.moment.now, move) if cut else None
        return Window(tuple(made), tuple(self._loose(partners, move, cut)), seen=seen)

    def _loose(self, partners: Sequence[_Place | None], move: Move, cut: bool) -> Iterator[Stretch]:
        """What of the earlier range is no bucket's partner: the 29th to 31st before a shorter month."""
        if not self.grain or not self.edges:
            return
        low, last = self._back_range(move, cut)
        for start, end in (*(one for one in partners if one), (last, last)):
            if low and start and low.instant < start.instant:
                yield Stretch(low, start, self.moment.now)
            low = _latest(low, end)

    def _back_range(self, move: Move, cut: bool) -> _Place:
        """The range moved back; one up to now ends at now moved back, or with its whole unit."""
        whole = self.span.whole if self.span.to_date else self.span.end
        first, last = (self.moment.back(one, move) if one else None for one in (self.span.start, whole))
        return first, self.moment.cut(move) if self.span.to_date and cut else last

    def _moved(self, one: Stretch, place: _Place, move: Move, cut: bool) -> Stretch:
        holds = cut and self.holds_now(one)
        end = _earliest(place[1], self.moment.cut(move)) if holds else place[1]
        now = self.moment.back(self.moment.now, move) if holds or one.end is None else self.moment.now
        ahead = bool(self.grain) and place[0] is not None and place[0].instant > now.instant
        return Stretch(place[0], end, now, not ahead)

    def _partners(self, move: Move, cut: bool) -> Iterable[_Place | None]:
        first, last = self._back_range(move, cut)
        if self.grain is None:
            return [(first, last)]
        found = _partners(self.edges, self.grain, move, self.moment)
        return [(_latest(first, one[0]), _earliest(last, one[1])) if one else None for one in found]

    def against(self, other: Buckets, *, cut: bool = True) -> Window:
        """The buckets of another range, the first beside the first; cut as far in as the present has come."""
        mine, theirs = self._own(), other._own()
        begins = zip(self._begins(), other._begins(), strict=False)
        pairs = zip(mine, theirs, begins, strict=False)
        made = tuple(self._cut_like(a, b, *starts) if cut else self._known(b) for a, b, starts in pairs)
        missing = (None,) * (len(mine) - len(made))
        seen = self._seen_beside(other) if cut else None
        return Window((*made, *missing), theirs[len(mine) :], seen=seen)

    def _seen_beside(self, other: Buckets) -> Bound | None:
        """Now, as far behind the begin of the other's bucket as it is behind the last one that has begun."""
        pairs = zip(self._begins(), other._begins(), strict=False)
        known = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
        begun = [pair for pair in known if pair[0].instant <= self.moment.now.instant]
        if not known:
            return None
        mine, theirs = begun[-1] if begun else known[0]
        try:
            return self.moment.bound(theirs.local + (self.moment.now.local - mine.local))
        except OverflowError:
            return None  # no row lies behind the year 9999

    def _begins(self) -> tuple[Bound | None, ...]:
        """Where what is compared begins: the whole buckets, or the range."""
        return self.starts if self.grain else (self.span.start,)

    def _cut_like(self, own: Stretch, other: Stretch, mine: Bound | None, theirs: Bound | None) -> Stretch:
        """The other one cut as far from its begin as now is from this one's."""
        if not self.holds_now(own) or mine is None or theirs is None:
            return self._known(other)
        local = theirs.local + (self.moment.end.local - mine.local)
        end = replace(self.moment.bound(local), whole_day=self.moment.end.whole_day)
        found = _earliest(other.end, end)
        if found != end:
            return self._known(other)  # it is over before
        return replace(other, end=end, now=self.moment.bound(local), to_date=False)

    def _known(self, one: Stretch) -> Stretch:
        """Of a bucket that begins to be read after now no state or running value is known."""
        to_come = one.start is not None and one.start.instant > self.moment.now.instant
        return replace(one, begun=one.begun and not to_come) if self.grain else one


@dataclass(frozen=True, slots=True)
class _Rolled(Buckets):
    """Buckets that begin to read earlier than they begin."""

    begins: tuple[Bound, ...] = ()

    def _own(self) -> tuple[Stretch, ...]:
        own = Buckets._own(self)
        return tuple(replace(one, start=start) for one, start in zip(own, self.begins, strict=True))

    def _loose(self, partners: Sequence[_Place | None], move: Move, cut: bool) -> Iterator[Stretch]:
        """None: what they read is no range."""
        return iter(())

    def _partners(self, move: Move, cut: bool) -> Iterable[_Place | None]:
        back = self.moment.back
        pairs = zip(self.begins, self.edges[1:], strict=True)
        return [(back(start, move), back(end, move)) for start, end in pairs]


class NotBucketsError(ValueError):
    """Buckets, moved, are no buckets."""


def buckets(moment: Moment, span: Span, grain: str | None) -> Buckets:
    """The buckets of a range. With a grain both its ends must be known. Raises `too_many_buckets`."""
    if grain is None:
        return Buckets(moment, span)
    assert span.start and span.end  # noqa: S101  (an open range asks for its extent first)
    return Buckets(moment, span, grain, bounds(span.start, span.end, grain, moment.zone, moment.calendar))


def bucket_move(grain: str, move: Move) -> Move:
    """A move as buckets make it: with weeks, a year is 52 of them. Raises `NotBucketsError`."""
    if grain == "week" and isinstance(move, Step) and move.months and move.months % 12 == 0 and not move.days:
        return Step(days=364 * (move.months // 12), seconds=move.seconds)
    if not _fits(grain, move):
        raise NotBucketsError
    return move


_RETAIL_MONTHS = {"retail_month": 1, "retail_quarter": 3, "retail_year": 12}


def _fits(grain: str, move: Move) -> bool:
    """Whether every bucket, moved, is a bucket: that some happen to be is not enough."""
    if isinstance(move, RetailMove) and move.unit == "retail_week":
        return _fits(grain, Step(days=7 * move.count))
    if isinstance(move, RetailMove):
        months = _RETAIL_MONTHS.get(move.unit, 0) * move.count
        by_month = grain in _RETAIL_MONTHS and bool(months) and months % _RETAIL_MONTHS[grain] == 0
        return grain in (*CLOCK_GRAINS, "day", "retail_week") or by_month
    if grain in CLOCK_GRAINS:
        return move.seconds % step(grain).seconds == 0
    if move.seconds or grain in _RETAIL_MONTHS:
        return False
    if grain in ("week", "retail_week"):
        return not move.months and move.days % 7 == 0
    size = step(grain).months
    return not size or (not move.days and move.months % size == 0)


_WEEKS = ((12, 364), (3, 91), (1, 28))
_DAY_SECONDS = 86_400


def in_whole_weeks(move: Move) -> Move:
    """The move rounded to whole weeks: a year is 364 days, a quarter 91, a month 28; at least one week."""
    if not isinstance(move, Step):
        return move
    days, months = move.days, move.months
    for size, length in _WEEKS:
        count, months = divmod(months, size)
        days += count * length
    return Step(days=max(round((days + move.seconds / _DAY_SECONDS) / 7), 1) * 7)


@lru_cache(maxsize=512)
def _partners(
    edges: tuple[Bound, ...], grain: str, move: Move, moment: Moment
) -> tuple[tuple[Bound, Bound] | None, ...]:
    found = tuple(_partner(start, grain, move, moment) for start in edges[:-1])
    return tuple((one, after(one, grain, moment.zone, moment.calendar)) if one else None for one in found)


def _partner(start: Bound, grain: str, move: Move, moment: Moment) -> Bound | None:
    there = moment.back(start, move)
    on_clock = isinstance(move, Step) and move.seconds and not (move.days or move.months)
    if not on_clock and move.forward(there.local) != start.local:
        return None  # there is no such day
    if grain in CLOCK_GRAINS and Bound.of_instant(there.instant, moment.zone).local != there.local:
        return None  # there is no such hour that night
    if grain not in CLOCK_GRAINS and floor(there.local, grain, moment.calendar) != there.local:
        raise NotBucketsError
    return there


def _latest(a: Bound | None, b: Bound | None) -> Bound | None:
    if a is None or b is None:
        return a or b
    return a if a.instant > b.instant else b


def _earliest(a: Bound | None, b: Bound | None) -> Bound | None:
    if a is None or b is None:
        return a or b
    return a if a.instant < b.instant else b
