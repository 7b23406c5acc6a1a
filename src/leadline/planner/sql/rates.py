"""Money of many currencies in that of the model, at the rate of the row's own day.

The table of rates says how many units of a currency are one US dollar, from a date on. It is spread over all
days first, so that rows find their rate by equality (a hash join), however many they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from leadline.core.errors import LeadlineError
from leadline.planner.draft import TimeField
from leadline.planner.sql.build import column, equal, ident, named, number, table, text
from leadline.semantic.model import CurrencyRates, Model
from leadline.semantic.sql_tree import Sql, all_of, call, cast, divided, paren, select

if TYPE_CHECKING:
    from leadline.planner.sql.base_rows import BaseRows

_DOLLAR = "USD"


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates at the day of `time`, of the currency in the column `currency`; joined as `alias`."""

    alias: str
    currency: str
    time: str

    @property
    def ours(self) -> str:
        """The alias of the rates of the model's own currency."""
        return f"{self.alias}m"

    def converted(self, value: Sql, currency: Sql, model: Model) -> Sql:
        """The value in the model's currency; null where there is no rate."""
        rate: Sql = divided(cast(value, "numeric"), column("r", self.alias))
        if model.currency != _DOLLAR:
            rate = exp.Mul(this=paren(rate), expression=column("r", self.ours))
        same = equal(cast(currency, "text"), text(model.currency or _DOLLAR))
        return exp.Case(ifs=[exp.If(this=same, true=cast(value.copy(), "numeric"))], default=rate)


def rate_join(rows: BaseRows, rates: Rates) -> list[exp.Join]:
    """The joins by which rows find their rates."""
    model = rows.bound.model
    source = model.currency_rates
    if source is None:
        why = "A measure names a currency, but the model has no currency_rates."
        raise LeadlineError("model_invalid", why, "Add currency_rates to the model.")
    day = _day(rows, rates, source)
    theirs = cast(rows.name((), rates.currency), "text")
    made = [_join(source, rates.alias, day, theirs)]
    if model.currency != _DOLLAR:
        made.append(_join(source, rates.ours, day.copy(), text(model.currency or _DOLLAR)))
    return made


def _day(rows: BaseRows, rates: Rates, source: CurrencyRates) -> Sql:
    """The row's day in the model's zone; after the last rate, the day of that one."""
    time = rows.time(TimeField((), rates.time))
    local = time.sql.copy() if time.is_date else time.local(ZoneInfo(rows.bound.model.calendar.zone))
    return call("LEAST", cast(local, "date"), _last(source))


def _last(source: CurrencyRates) -> Sql:
    latest = select(call("MAX", cast(column(source.date), "date")))
    return exp.Subquery(this=latest.from_(table(source.table, "l"), copy=False))


def _join(source: CurrencyRates, alias: str, day: Sql, currency: Sql) -> exp.Join:
    on = all_of([equal(column("c", alias), currency), equal(column("d", alias), day)])
    spread = exp.Subquery(this=_by_day(source), alias=exp.TableAlias(this=ident(alias)))
    return exp.Join(this=spread, on=on, side="LEFT")


def _by_day(source: CurrencyRates) -> exp.Select:
    """`c` (currency), `d` (each day from its date to the day before the next), `r` (units for a dollar)."""
    days = call(
        "generate_series", cast(column("f", "q"), "timestamp"), cast(column("l", "q"), "timestamp"),
        cast(text("1 day"), "interval"),
    )  # fmt: skip
    series = exp.Table(this=days, alias=exp.TableAlias(this=ident("g"), columns=[ident("d")]))
    made = select(column("c", "q"), named(cast(column("d", "g"), "date"), "d"), column("r", "q"))
    made = made.from_(exp.Subquery(this=_spans(source), alias=exp.TableAlias(this=ident("q"))), copy=False)
    made.append("joins", exp.Join(this=series, kind="CROSS"))
    return made


def _spans(source: CurrencyRates) -> exp.Select:
    currency, day = cast(column(source.currency), "text"), cast(column(source.date), "date")
    order = exp.Order(expressions=[exp.Ordered(this=day.copy(), nulls_first=False)])
    after = exp.Window(this=call("lead", day.copy()), partition_by=[currency.copy()], order=order)
    last = call("COALESCE", exp.Sub(this=after, expression=number(1)), _last(source))
    made = select(
        named(currency, "c"),
        named(day, "f"),
        named(last, "l"),
        named(cast(column(source.per_usd), "numeric"), "r"),
    )
    return made.from_(table(source.table, "s"), copy=False)
