"""What the grammar has and the planner does not answer yet: one entry a feature, here and nowhere else.

An entry goes when its feature comes. What the reference lists under "Later" is no part of the grammar; see
`parse_later.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from leadline.core.errors import LeadlineError
from leadline.planner.query import Compare, Growth, Query

_Places = Iterator[str]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A feature: `where` gives the JSON pointers at which a question asks for it, `fix` the way round."""

    what: str
    where: Callable[[Query], _Places]
    fix: str


def refuse_unanswered(query: Query) -> None:
    """Raises `not_supported` for the first feature that the question needs and the planner lacks."""
    for one in UNANSWERED:
        for at in one.where(query):
            raise LeadlineError("not_supported", f"{one.what} not answered yet.", one.fix, at)


def _key(name: str) -> Callable[[Query], _Places]:
    """The key of a query itself, where it has a value."""
    return lambda query: iter([f"/{name}"] if getattr(query, name) else [])


def _subtotals(query: Query) -> _Places:
    yield from ["/totals"] if query.subtotals else []


def _growth(query: Query) -> _Places:
    yield from (one.at + "/growth" for one in query.compare if isinstance(one, Growth))


def _compared(key: str, test: Callable[[Compare], bool]) -> Callable[[Query], _Places]:
    """The key of every comparison that fits a test."""
    return lambda query: (
        f"{one.at}/{key}" for one in query.compare if isinstance(one, Compare) and test(one)
    )


def _by_retail(one: Compare) -> bool:
    return one.to.startswith("previous_retail_")


_PERIODS = "Ask compare to previous_period or previous_year."
UNANSWERED: tuple[Unanswered, ...] = (
    Unanswered("having is", _key("having"), "Filter by dimensions, or read the finished rows."),
    Unanswered("top is", _key("top"), "Sort by the metric and set limit."),
    Unanswered("Subtotals are", _subtotals, "Ask totals: true, or a question for each group."),
    Unanswered("Growth is", _growth, "Ask compare to previous_period as percent."),
    Unanswered("Comparisons with a shift are", _compared("to", lambda one: one.to == "shift"), _PERIODS),
    Unanswered("Comparisons with another range are", _compared("to", lambda o: o.to == "range"), _PERIODS),
    Unanswered(
        "Shares of the total are", _compared("to", lambda one: one.to == "total"), "Ask totals: true."
    ),
    Unanswered("Comparisons aligned by weekday are", _compared("align", lambda o: bool(o.align)), _PERIODS),
    Unanswered("Comparisons by units of the retail calendar are", _compared("to", _by_retail), _PERIODS),
)
