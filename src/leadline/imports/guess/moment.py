"""Days and moments: ISO, and other ways of writing if the whole column proves which number is the month."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from leadline.imports.schemas import Type

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_DAYS = {
    "ymd": r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
    "mdy": r"(?P<m>\d{1,2})(?P<s>[-/.])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4})",
    "dmy": r"(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})",
    "dby": r"(?P<d>\d{1,2})(?P<s>[-/. ])(?P<m>[A-Za-z]{3})(?P=s)(?P<y>\d{4})",
    "bdy": r"(?P<m>[A-Za-z]{3}) (?P<d>\d{1,2}), (?P<y>\d{4})",
}
ORDERS = tuple(_DAYS)
"""Year, month, day; month first; day first; `31-Jan-2017`; `Jan 31, 2017`."""
_PATTERNS = {order: re.compile(day + _TIME, re.ASCII) for order, day in _DAYS.items()}


def iso_reader(order: str, *, time: bool, zone: bool = False) -> Callable[[str], str]:
    """Turns a cell of that order of parts into ISO text; ValueError where it does not fit.

    `time`: a time of day may follow (else none may); `zone`: it must end in a zone (else none may).
    """

    def read(cell: str) -> str:
        found = _PATTERNS[order].fullmatch(cell.strip())
        if not found:
            raise ValueError(cell)
        day = _day(found)
        if not time and found["time"]:
            raise ValueError(cell)
        if bool(found["zone"]) != zone:
            raise ValueError(cell)
        return f"{day} {_clock(found)}" if found["time"] else day

    return read


def _day(found: re.Match[str]) -> str:
    month = found["m"]
    number = _MONTHS.index(month.lower()) + 1 if month.isalpha() else int(month)
    return date(int(found["y"]), number, int(found["d"])).isoformat()


def _clock(found: re.Match[str]) -> str:
    hour, rest = found["time"].split(":", 1)
    number = int(hour)
    if found["half"]:
        if not 1 <= number <= 12:
            raise ValueError(hour)
        number = number % 12 + (12 if found["half"][0] in "pP" else 0)
    parts = [int(part.split(".")[0]) for part in rest.split(":")]
    if number > 23 or any(part > 59 for part in parts):
        raise ValueError(rest)
    return f"{number:02}:{rest}{found['zone'] or ''}"


class _Orders:
    """The orders of parts in which all values of a column can be read."""

    time = False
    zone = False

    def __init__(self) -> None:
        self._left = {order: iso_reader(order, time=self.time, zone=self.zone) for order in ORDERS}

    def see(self, values: Iterable[str]) -> bool:
        """Whether an order is left."""
        self._left = {order: read for order, read in self._left.items() if _all(read, values)}
        return bool(self._left)

    def proved(self) -> str | None:
        """The order, if there is just one. `1/2/2017` alone is in two."""
        return next(iter(self._left)) if len(self._left) == 1 else None


def _all(read: Callable[[str], str], values: Iterable[str]) -> bool:
    try:
        for value in values:
            read(value)
    except ValueError:
        return False
    return True


class Day(_Orders):
    """A column of days."""

    def verdict(self) -> Type | None:
        """A date, if the order is proved."""
        order = self.proved()
        return Type("date", iso_reader(order, time=False)) if order else None


class _Local(_Orders):
    time = True


class _Zoned(_Orders):
    time = zone = True


class Moment:
    """A column of moments: all with a zone, or all without one."""

    def __init__(self) -> None:
        self._tries: dict[str, _Orders] = {"timestamp": _Local(), "timestamptz": _Zoned()}

    def see(self, values: Iterable[str]) -> bool:
        """Whether all are moments of one kind."""
        self._tries = {name: one for name, one in self._tries.items() if one.see(values)}
        return bool(self._tries)

    def verdict(self) -> Type | None:
        """A timestamp with or without zone, if the order is proved."""
        for name, one in self._tries.items():
            if order := one.proved():
                return Type(name, iso_reader(order, time=True, zone=name == "timestamptz"))
        return None
