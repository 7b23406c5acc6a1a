"""How a Result and hand-written SQL are compared: each sentence of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadline.core.result import Column
from leadline.verify.compare import Comparison, Difference

ZONE = ZoneInfo("America/Chicago")
REGION = Column("rep.region", "rep.region", "text", "Region")
COUNT = Column("sales", "sales", "integer", "Sales")
MONEY = Column("revenue", "revenue", "decimal", "Revenue", scale=2)
RATE = Column("win_rate", "win_rate", "decimal", "Win rate", scale=10)
TIME = Column("time", "time", "time", "Day", grain="day")
DAY = Column("closed_on", "closed_on", "date", "Closed on")


def _compare(
    columns: Sequence[Column],
    ours: Sequence[Sequence[Any]],
    theirs: Sequence[Sequence[Any]],
    keys: int = 0,
    **more: Any,
) -> Difference | None:
    return Comparison(tuple(columns), keys, ZONE, **more).rows(ours, theirs)


def _same(column: Column, ours: Any, theirs: Any, **more: Any) -> bool:
    return _compare([column], [[ours]], [[theirs]], **more) is None


@pytest.mark.parametrize(
    ("column", "ours", "theirs", "same"),
    [
        (COUNT, 3, 3, True),
        (COUNT, 3, Decimal("3.0"), True),
        (COUNT, 3, Decimal("3.4"), False),
        (COUNT, "9007199254740993", 9007199254740993, True),
        (COUNT, 3, None, False),
        (COUNT, None, None, True),
        (COUNT, None, 0, False),
        (MONEY, "2.50", Decimal("2.5"), True),
        (MONEY, "2.35", Decimal("2.345"), True),
        (MONEY, "-2.35", Decimal("-2.345"), True),
        (MONEY, "2.34", Decimal("2.345"), False),
        (MONEY, "2.50", 2.5, True),
        (MONEY, "1" + "0" * 60 + ".01", Decimal("1" + "0" * 60 + ".01"), True),
        (MONEY, "1.00", Decimal("NaN"), False),
        (RATE, "0.3333333333", Decimal("0.33333333333333333333"), True),
        (RATE, "0.3333333333", Decimal("0.3333"), True),
        (RATE, "0.3333333333", Decimal("0.3334"), False),
        (RATE, "2.5000000000", 2, False),
        (RATE, "123456789.1234567890", 123456789.123456789, True),
        (REGION, "East", "East", True),
        (REGION, "East", "east", False),
        (REGION, "", "", True),
        (TIME, "2026-11-17T00:00:00-06:00", datetime(2026, 11, 17, 6, tzinfo=UTC), True),
        (TIME, "2026-11-17T00:00:00-06:00", datetime(2026, 11, 17), True),
        (TIME, "2026-11-17T00:00:00-06:00", date(2026, 11, 17), True),
        (TIME, "2026-11-17T00:00:00-06:00", datetime(2026, 11, 17, tzinfo=UTC), False),
        (TIME, "2026-11-17T09:00:00", datetime(2026, 11, 17, 9), True),
        (DAY, "2026-11-17", date(2026, 11, 17), True),
        (DAY, "2026-11-17", datetime(2026, 11, 17), True),
        (DAY, "2026-11-17", datetime(2026, 11, 17, 6, tzinfo=UTC), True),
        (DAY, "2026-11-17", datetime(2026, 11, 17, 7), False),
    ],
)
def test_values(column: Column, ours: Any, theirs: Any, same: bool) -> None:
    assert _same(column, ours, theirs) is same


def test_within_a_tolerance() -> None:
    assert _same(MONEY, "2.50", Decimal("2.53"), tolerance=Decimal("0.03"))
    assert not _same(MONEY, "2.50", Decimal("2.54"), tolerance=Decimal("0.03"))


@pytest.mark.parametrize("none", ["(none)", None])
def test_a_missing_member_and_none_are_one_group(none: str | None) -> None:
    assert _compare([REGION, COUNT], [["(none)", 3]], [[none, 3]], keys=1) is None
    number = Column("size", "size", "integer", "Size")
    assert _compare([number, COUNT], [[None, 3]], [[none, 3]], keys=1) is None


def test_rows_are_a_multiset() -> None:
    ours = [["East", 1], ["West", 2]]
    assert _compare([REGION, COUNT], ours, ours[::-1], keys=1) is None
    assert _compare([REGION, COUNT], ours, ours[::-1], keys=1, ordered=True) is not None
    assert _compare([REGION, COUNT], ours, [["East", 1], ["East", 1]], keys=1) is not None


def test_rows_without_keys_are_a_multiset_too() -> None:
    assert _compare([COUNT], [[1], [2]], [[2], [1]]) is None
    found = _compare([COUNT], [[1], [2]], [[2], [2]])
    assert found == Difference("1 of 2 rows differ", ((1,),), ((2,),))


def test_the_first_differing_row_of_each_side_is_shown() -> None:
    found = _compare(
        [REGION, MONEY],
        [["East", "1.00"], ["West", "2.00"]],
        [["West", Decimal("2.50")], ["East", Decimal("1.00")]],
        keys=1,
    )
    assert found == Difference("1 of 2 rows differ", (("West", "2.00"),), (("West", "2.50"),))


def test_counts_of_rows_and_columns() -> None:
    found = _compare([REGION, COUNT], [["East", 1]], [], keys=1)
    assert found and found.why == "the query gives 1 rows, the SQL 0"
    found = _compare([REGION, COUNT], [["East", 1]], [["East"]], keys=1)
    assert found and found.why == "the query gives 2 columns, the SQL 1"


def test_ten_thousand_rows_by_a_number_are_quick() -> None:
    number = Column("id", "id", "integer", "Id")
    ours = [[i, i * 2] for i in range(10_000)]
    theirs = [[Decimal(i), i * 2] for i in reversed(range(10_000))]
    assert _compare([number, COUNT], ours, theirs, keys=1) is None
