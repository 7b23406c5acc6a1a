"""What the cases ask: kinds, aggregations, operators, grains, calendars, zones, comparisons, each counted.

Everything is read from the cases and the models. What must be there stands in `EXPECTED`, in the words of the
reference of queries; a case that must be refused proves nothing here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from leadline.semantic.loader.yaml12 import read
from tests.support.cases import files, folders, raw_model

KINDS = ("simple", "ratio", "derived", "cumulative", "conversion", "snapshot")
_PARTS = ("fiscal_quarter", "fiscal_year", "retail_week", "retail_month", "retail_quarter", "retail_year")
_UNITS = ("day", "week", "month", "quarter", "year", *_PARTS)
_SHAPES = ("this", "last", "next", "last_N", "next_N", "to_date")
COMPARISONS = (
    *("previous_period", *(f"previous_{unit}" for unit in _UNITS)),
    *("shift", "range", "target", "total", "compound", "rolling"),
)
_SAME = ("eq", "ne", "in", "not_in", "is_null", "not_null")
_PARTS_OF_TIME = (
    *("hour", "weekday", "day_of_month", "day_of_year"),
    *("week_of_year", "month", "quarter", "year"),
)
_PRESET = re.compile(r"(?P<way>this|last|next)_(?:(?P<n>\d+)_)?(?P<unit>[a-z_]+?)s?$")
EXPECTED: dict[str, tuple[str, ...]] = {
    "kind": (
        *("simple", "ratio", "derived"),
        *("cumulative running", "cumulative to_date", "cumulative last", "cumulative mean"),
        *("conversion cohort", "conversion event", "snapshot last", "snapshot first", "snapshot avg"),
    ),
    "kind by bucket": KINDS,
    "kind over a range": KINDS,
    "aggregation": (
        *("count rows", "count expression", "sum", "avg", "min", "max"),
        *("median", "percentile", "distinct", "first", "last", "currency"),
    ),
    "operator": (
        *("eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "between", "contains", "not_contains"),
        *("starts_with", "ends_with", "is_null", "not_null", "range", "any", "all", "not"),
    ),
    "operator by type": (
        *(f"{op} {type_}" for op in _SAME for type_ in ("text", "number", "boolean", "time")),
        *(f"{op} {type_}" for op in ("lt", "lte", "gt", "gte", "between") for type_ in ("number", "time")),
        *(f"{op} text" for op in ("contains", "not_contains", "starts_with", "ends_with")),
        "range time",
    ),
    "having": ("gt", "in", "any", "not", "is_null"),
    "grain": ("minute", "quarter_hour", "hour", *_UNITS),
    "calendar": (
        *("week from monday", "week from sunday", "fiscal from february", "fiscal from july"),
        *("retail 4-5-4", "retail 4-4-5"),
    ),
    "zone": (
        *("America/Chicago", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"),
        *("Pacific/Apia", "America/Santiago", "America/Havana"),
    ),
    "comparison": COMPARISONS,
    "as": ("value", "change", "percent", "share"),
    "how": ("align weekday", "cut false", "pace days"),
    "preset": (
        *("all", "today", "yesterday", "tomorrow", "last_N minutes", "next_N minutes"),
        *("last_N hours", "next_N hours"),
        *(f"{shape} {unit}" for unit in _UNITS for shape in _SHAPES if shape not in ("last_N", "next_N")),
        *(f"last_N {unit}" for unit in _UNITS if unit != "fiscal_year"),
        *(f"next_N {unit}" for unit in ("day", "week", "month", "year")),
    ),
    "shape": (
        *("top", "top by", "top of", "top per", "top other", "totals", "subtotals", "all members", "sort"),
        *("limit", "offset", "time by", "as_of", "viewer"),
    ),
}


@dataclass
class Coverage:
    """How many cases ask for a value, and for a kind together with a comparison."""

    values: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in EXPECTED})
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    cases: int = 0

    def add(self, case: dict[str, Any], model: dict[str, Any]) -> None:
        """Counts one case that is answered, asked over a model as its author wrote it."""
        self.cases += 1
        query = case["query"]
        metrics = [facts for name in query["metrics"] for facts in _metrics(name, model)]
        found: dict[str, set[str]] = {name: set() for name in EXPECTED}
        _add_metrics(found, metrics, query, model)
        _add_filters(found, query, model)
        _add_time(found, query, model)
        comparisons = [_comparison(one) for one in query.get("compare") or ()]
        found["comparison"].update(comparisons)
        _add_shape(found, case)
        for name, values in found.items():
            self.values[name].update(values)
        asked = {_kind(model["metrics"][name]) for name in query["metrics"]}
        self.pairs.update((kind, one) for kind in asked for one in set(comparisons))

    def missing(self) -> list[str]:
        """What no case asks for."""
        values = [
            f"{name}: {one}" for name, all_ in EXPECTED.items() for one in all_ if not self.values[name][one]
        ]
        pairs = [f"{kind} with {one}" for kind in KINDS for one in COMPARISONS if not self.pairs[(kind, one)]]
        return values + pairs

    def table(self) -> str:
        """The table as text: values with their number of cases, then kinds against comparisons."""
        lines = [f"coverage of {self.cases} answered cases"]
        for name, counted in self.values.items():
            ordered = dict.fromkeys((*EXPECTED[name], *sorted(counted)))
            lines.append(f"{name:>18}  " + "  ".join(f"{one} {counted[one]}" for one in ordered))
        lines.append(" " * 24 + " ".join(f"{kind:>10}" for kind in KINDS))
        for one in COMPARISONS:
            lines.append(f"{one:>24}" + "".join(f"{self.pairs[(kind, one)]:>11}" for kind in KINDS))
        return "\n".join(lines)


def covered() -> Coverage:
    """What the cases of all folders ask for."""
    found = Coverage()
    for folder in folders():
        model = raw_model(folder)
        for case in (case for path in files(folder) for case in read(path).value):
            if "sql" in case:
                found.add(case, model)
    return found


def _kind(facts: dict[str, Any]) -> str:
    return next((kind for kind in KINDS if kind in facts), "simple")


def _metrics(name: str, model: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A metric and those that it is made of."""
    facts = model["metrics"][name]
    yield facts
    inner = [facts["cumulative"]] if "cumulative" in facts else re.findall(r"\w+", facts.get("derived", ""))
    for one in inner:
        if one in model["metrics"]:
            yield from _metrics(one, model)


def _measures(facts: dict[str, Any]) -> list[str]:
    conversion = facts.get("conversion", {})
    named = [facts.get("measure"), facts.get("snapshot"), *facts.get("ratio", ())]
    return [one for one in (*named, conversion.get("from"), conversion.get("to")) if one]


def _variants(facts: dict[str, Any]) -> Iterator[str]:
    kind = _kind(facts)
    if kind == "cumulative":
        yield f"cumulative {_window(facts['window'])}"
        if "mean" in facts:
            yield "cumulative mean"
    elif kind == "conversion":
        yield f"conversion {facts['conversion'].get('by', 'cohort')}"
    else:
        yield f"snapshot {facts.get('of', 'last')}" if kind == "snapshot" else kind


def _window(window: str | dict[str, str]) -> str:
    if isinstance(window, dict):
        return "last"
    return "running" if window == "running" else "to_date"


def _add_metrics(
    found: dict[str, set[str]], metrics: list[dict[str, Any]], query: dict[str, Any], model: dict[str, Any]
) -> None:
    by_bucket = "kind by bucket" if (query.get("time") or {}).get("grain") else "kind over a range"
    for facts in metrics:
        found["kind"].update(_variants(facts))
        found[by_bucket].add(_kind(facts))
        for path in _measures(facts):
            dataset, _, name = path.partition(".")
            found["aggregation"].update(_aggregations(model["datasets"][dataset]["measures"][name]))


def _aggregations(measure: dict[str, Any]) -> Iterator[str]:
    if "currency" in measure:
        yield "currency"
    for name in measure:
        if name == "count":
            yield "count rows" if measure["count"] == "rows" else "count expression"
        elif name in EXPECTED["aggregation"]:
            yield name


def _operators(filters: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in filters:
        if "op" in one:
            yield one["op"], one
            continue
        ((word, inner),) = one.items()
        yield word, {}
        yield from _operators(inner if isinstance(inner, list) else [inner])


def _type(field: str, model: dict[str, Any]) -> str:
    """The type of a field by its last name, as the model states it; a column without a statement is text."""
    name = field.rpartition(".")[2]
    dimensions = [one["dimensions"][name] for one in model["datasets"].values() if name in one["dimensions"]]
    if not dimensions:
        return "number" if name in _PARTS_OF_TIME else "text"
    return next((str(one["type"]) for one in dimensions if "type" in one), "text")


def _add_filters(found: dict[str, set[str]], query: dict[str, Any], model: dict[str, Any]) -> None:
    filters = list(_operators(query.get("filters") or ()))
    found["operator"].update(op for op, _ in filters)
    found["operator by type"].update(f"{op} {_type(one['field'], model)}" for op, one in filters if one)
    found["having"].update(op for op, _ in _operators(query.get("having") or ()))
    for range_ in [(query.get("time") or {}).get("range"), *(one.get("range") for _, one in filters)]:
        if range_ and "preset" in range_:
            found["preset"].add(_preset(range_["preset"]))


def _preset(name: str) -> str:
    if name.endswith("_to_date"):
        return f"to_date {name.removesuffix('_to_date')}"
    match = _PRESET.match(name)
    if not match:
        return name
    unit = match["unit"] + ("s" if match["unit"] in ("minute", "hour") else "")
    return f"{match['way']}{'_N' if match['n'] else ''} {unit}"


def _add_time(found: dict[str, set[str]], query: dict[str, Any], model: dict[str, Any]) -> None:
    time, calendar = query.get("time") or {}, model["calendar"]
    found["zone"].add(time.get("zone") or calendar["zone"])
    if time.get("grain"):
        found["grain"].add(time["grain"])
    words = f"{time} {query.get('compare')}"
    if re.search(r"(?<!retail_)week", words):
        found["calendar"].add(f"week from {calendar['week_start']}")
    if "fiscal_" in words:
        found["calendar"].add(f"fiscal from {calendar['fiscal_year_start']}")
    if "retail_" in words:
        found["calendar"].add(f"retail {calendar['retail']['pattern']}")


def _comparison(one: dict[str, Any]) -> str:
    if "growth" in one:
        return str(one["growth"])
    to = one["to"]
    if isinstance(to, dict):
        return "shift" if "shift" in to else "range"
    return str(to)


def _add_shape(found: dict[str, set[str]], case: dict[str, Any]) -> None:
    query = case["query"]
    for one in query.get("compare") or ():
        if "growth" not in one:
            found["as"].add(one.get("as", "value"))
        how = [key for key in ("align", "cut", "pace") if key in one]
        found["how"].update(f"{key} {str(one[key]).lower()}" for key in how)
    top, totals = query.get("top"), query.get("totals")
    if top:
        found["shape"].update(("top", *(f"top {key}" for key in top if key != "n")))
    if totals:
        found["shape"].add("totals" if totals is True else "subtotals")
    if any(isinstance(one, dict) and one.get("all") for one in query.get("dimensions") or ()):
        found["shape"].add("all members")
    found["shape"].update(key for key in ("sort", "limit", "offset", "as_of") if key in query)
    found["shape"].update(key for key in ("as_of", "viewer") if case.get(key))
    if "by" in (query.get("time") or {}):
        found["shape"].add("time by")
