"""Types from values, over whole columns."""

from __future__ import annotations

import pytest

from leadline.imports.guess import GUESSES
from leadline.imports.schemas import Type


def guessed(*values: str) -> Type:
    """The first guess that holds, as the survey asks them; each value in a block of its own."""
    left = [guess() for guess in GUESSES]
    for value in values:
        left = [guess for guess in left if guess.see({value})]
    return next(found for found in (guess.verdict() for guess in left) if found)


@pytest.mark.parametrize(
    ("values", "sql"),
    [
        (("1", "-2", "0"), "integer"),
        (("2147483647",), "integer"),
        (("2147483648",), "bigint"),
        (("9223372036854775808",), "numeric(19,0)"),
        (("1.5", "2", "10.25"), "numeric(18,2)"),
        ((".5", "-0.125"), "numeric(18,3)"),
        (("1" * 20 + ".25",), "numeric(22,2)"),
        (("1e5", "2.5"), "double precision"),
        (("12,5", "3"), "numeric(18,1)"),
        (("true", "FALSE"), "boolean"),
        (("yes", "no"), "boolean"),
        (("2017-01-31", "2016-02-29"), "date"),
        (("1/13/2017", "2/1/2017"), "date"),
        (("13.1.2017", "1.2.2017"), "date"),
        (("31-Jan-2017",), "date"),
        (("2017-01-31 10:00", "2017-02-01"), "timestamp"),
        (("2017-01-31T10:00:00.5Z", "2017-01-31 10:00:00+05:30"), "timestamptz"),
        (("1/31/2017 3:05 PM",), "timestamp"),
    ],
)
def test_what_is_proved(values: tuple[str, ...], sql: str) -> None:
    assert guessed(*values).sql == sql


@pytest.mark.parametrize(
    "values",
    [
        ("00123", "4"),  # an id
        ("+49123",),  # a telephone number
        ("1,234", "5,678"),  # thousands, or three decimals
        ("1,5", "1.5"),  # both
        ("1_000",),
        ("١٢٣",),  # digits of another script
        ("NaN",),
        ("no", "no"),  # Norway
        ("t", "f"),
        ("1/2/2017", "3/4/2017"),  # which is the month?
        ("13/13/2017",),
        ("2017-02-30",),
        ("2017-01-31 10:00", "2017-01-31 10:00Z"),  # some with a zone
        ("2017-01-31 25:00",),
        ("20170131x",),
        ("14:30",),
        ("$6.62",),
        ("N/A", "1"),
    ],
)
def test_what_is_not_proved_stays_text(values: tuple[str, ...]) -> None:
    assert guessed(*values).sql == "text"


@pytest.mark.parametrize(
    ("values", "cell", "read"),
    [
        (("1/13/2017",), "2/1/2017", "2017-02-01"),
        (("13/1/2017",), "2/1/2017", "2017-01-02"),
        (("1/31/2017 12:05 am",), "1/31/2017 12:05 am", "2017-01-31 00:05"),
        (("12,5",), "-7,25", "-7.25"),
        (("2017-01-31T10:00Z",), "2017-01-31T10:00+0530", "2017-01-31 10:00+0530"),
    ],
)
def test_a_cell_is_read_as_the_column_was_proved(values: tuple[str, ...], cell: str, read: str) -> None:
    kind = guessed(*values)
    assert kind.read is not None
    assert kind.read(cell) == read
