"""What the oracle knows of the world: fields and metrics as plain functions of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Get = Callable[[Row], Any]
HOME = ZoneInfo("America/Chicago")
UTC = ZoneInfo("UTC")


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A wall clock as an instant: twice is the second, missing moves forward by the gap."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return max(first, second)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall clock of an instant."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def number(value: object) -> Fraction | None:
    """A column's number, floats with 15 significant digits."""
    if value is None:
        return None
    return Fraction(Decimal(f"{value:.15g}" if isinstance(value, float) else str(value)))


@dataclass(frozen=True)
class Field:
    """A field from one dataset: its type and its value in a row of that dataset."""

    kind: str
    get: Get
    order: tuple[str, ...] = ()
    under_rep: bool = False


@dataclass(frozen=True)
class Measure:
    """An aggregate over a dataset: the rows that it counts and what it makes of them."""

    dataset: str
    aggregate: str
    operand: Get = lambda row: 1
    where: Callable[[Row], bool] = lambda row: True
    time: str | None = None
    state: tuple[str, str] | None = None


def _won(row: Row) -> bool:
    return bool(row["status"] == "won")


def _get(name: str) -> Get:
    return lambda row: row[name]


def _num(name: str) -> Get:
    return lambda row: number(row[name])


def _size(row: Row) -> str:
    amount = number(row["amount"])
    return "small" if amount is not None and amount < 100 else (
        "medium" if amount is not None and amount < 1000 else "large"
    )  # fmt: skip


STAGES = ("new", "qualified", "proposal")
TIMES = {
    "opened_at": "time", "closed_at": "time", "created_at": "time", "opened_on": "date", "closed_on": "date",
    "day": "date", "logged_at": "wall", "hired": "date",
}  # fmt: skip
_PARTS: Mapping[str, Callable[[datetime], int]] = {
    "hour": lambda t: t.hour,
    "weekday": lambda t: t.isoweekday(),
    "day_of_month": lambda t: t.day,
    "day_of_year": lambda t: t.timetuple().tm_yday,
    "week_of_year": lambda t: t.isocalendar().week,
    "month": lambda t: t.month,
    "quarter": lambda t: (t.month + 2) // 3,
    "year": lambda t: t.year,
}


def clock(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time of any sort on the wall clock of a zone; a date begins at midnight."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return local(value if value.tzinfo else instant(value, HOME), zone)


class Fields:
    """The fields of the world's datasets."""

    def __init__(self, data: Mapping[str, list[dict[str, Any]]], zone: ZoneInfo) -> None:
        self.zone = zone
        self.by_id = {name: {row["id"]: row for row in data[name]} for name in ("teams", "reps", "leads")}

    def _follow(self, row: Row | None, join: str, dataset: str) -> Row | None:
        return self.by_id[dataset].get(row[f"{join}_id"]) if row else None

    def find(self, dataset: str, name: str) -> Field:
        """The field that a name means from a dataset."""
        *path, last = {"source": {"deals": "lead.source"}.get(dataset, "leads.source")}.get(name, name).split(
            "."
        )
        part = last if last in _PARTS and path and path[-1] in TIMES else None
        if part:
            last = path.pop()
        path = path[1:] if path and path[0] == dataset else path
        return self._made(tuple(path), last, part)

    def _made(self, path: tuple[str, ...], name: str, part: str | None) -> Field:
        def value(row: Row) -> Any:
            here: Row | None = row
            for join in path:
                here = self._follow(here, join, {"rep": "reps", "lead": "leads", "team": "teams"}[join])
            if here is None:
                return None
            return _size(here) if name == "size" else here[name]

        def in_zone(row: Row) -> Any:
            found = clock(value(row), self.zone)
            return _PARTS[part](found) if found and part else None

        order = {"stage": STAGES, "size": ("small", "medium", "large")}.get(name, ())
        kind = "number" if part else _KINDS.get(name, "text")
        return Field(kind, in_zone if part else value, () if part else order, path[:1] == ("rep",))


_KINDS = {
    "grade": "number", "units": "number", "amount": "number", "weight": "number", "share": "number",
    "score": "number", "active": "boolean", "urgent": "boolean", **TIMES,
}  # fmt: skip

_D = "deals"
MEASURES: Mapping[str, Measure] = {
    "revenue": Measure(_D, "sum", _num("amount"), _won, "closed_at"),
    "sales": Measure(_D, "count", where=_won, time="closed_at"),
    "opened": Measure(_D, "count", time="opened_at"),
    "mean_amount": Measure(_D, "avg", _num("amount"), _won, "closed_at"),
    "mean_units": Measure(_D, "avg", _num("units"), time="closed_at"),
    "sellers": Measure(_D, "distinct", _get("rep_id"), _won, "closed_at"),
    "least": Measure(_D, "min", _num("amount"), time="closed_at"),
    "most": Measure(_D, "max", _num("weight"), time="closed_at"),
    "heft": Measure(_D, "sum", _num("weight"), time="closed_at"),
    "parts": Measure(_D, "sum", _num("share"), time="closed_at"),
    "units": Measure(_D, "sum", _num("units"), time="closed_at"),
    "last_close": Measure(_D, "max", _get("closed_at"), time="closed_at"),
    "first_day": Measure(_D, "min", _get("closed_on"), time="closed_on"),
    "last_log": Measure(
        _D, "max", lambda row: row["logged_at"] and instant(row["logged_at"], HOME), time="logged_at"
    ),
    "leads": Measure("leads", "count", time="created_at"),
    "scores": Measure("leads", "sum", _num("score"), time="created_at"),
    "mean_score": Measure("leads", "avg", _num("score"), time="created_at"),
    "dated": Measure(_D, "sum", _num("amount"), _won, "closed_on"),
    "logged": Measure(_D, "count", time="logged_at"),
    "heads": Measure("reps", "count"),
    "visits": Measure("visits", "count", time="day"),
    "pipeline": Measure(_D, "sum", _num("amount"), state=("opened_at", "closed_at")),
    "open_deals": Measure(_D, "count", state=("opened_on", "closed_on")),
    "closed_count": Measure(
        _D, "count", where=lambda row: row["status"] in ("won", "lost"), time="closed_at"
    ),
    "priced": Measure(_D, "count", _num("amount"), _won, "closed_at"),
}
ZERO = ("count", "sum", "distinct")


def _ratio(above: Fraction | None, below: Fraction | None) -> Fraction | None:
    return None if above is None or not below else Fraction(above) / Fraction(below)


Combine = Callable[..., Any]
METRICS: Mapping[str, tuple[tuple[str, ...], Combine]] = {
    **{name: ((name,), lambda value: value) for name in MEASURES if name not in ("closed_count", "priced")},
    "win_rate": (("sales", "closed_count"), _ratio),
    "mean_size": (("revenue", "priced"), _ratio),
    "conversion": (("sales", "leads"), _ratio),
    "gap": (("revenue", "sales"), lambda a, b: None if a is None or b is None else a - 2 * b),
}


def aggregate(measure: Measure, rows: list[Row]) -> Any:
    """The measure over rows, with its empty value."""
    values = [found for row in rows if measure.where(row) and (found := measure.operand(row)) is not None]
    if measure.aggregate in ("count", "distinct"):
        return Fraction(len(values) if measure.aggregate == "count" else len(set(values)))
    if measure.aggregate == "sum":
        return sum(values, Fraction(0))
    if not values:
        return None
    if measure.aggregate == "avg":
        return sum(values, Fraction(0)) / len(values)
    return min(values) if measure.aggregate == "min" else max(values)


def add_months(moment: datetime, count: int) -> datetime:
    """A wall clock some months later, clamped to the end of the month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    after = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (after - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def day_of(value: datetime | date) -> date:
    """The day of a wall clock."""
    return value.date() if isinstance(value, datetime) else value
