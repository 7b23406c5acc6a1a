"""A document and what the bar asks, composed into the queries to run. Pure; done on the server only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from leadline.core.errors import LeadlineError
from leadline.dashboards.schemas import CompareChoice, Document, Tile, range_json
from leadline.planner.json_reader import Node, near
from leadline.planner.moves import can_compare
from leadline.planner.parse_time import parse_range

Json = dict[str, Any]
_COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "previous_period": ("previous_period",),
    "previous_year": ("previous_year",),
    "both": ("previous_period", "previous_year"),
}


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What the bar and the tiles' switches ask. None: what the document says.

    `grains`: tile -> grain. `only`: the tiles to answer; None means all.
    """

    range: Json | None = None
    compare: str | None = None
    filters: tuple[Json, ...] = ()
    grains: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of one tile, ready for the engine."""

    tile: str
    name: str
    query: Json


def read_request(data: object) -> DataRequest:
    """The request from JSON. Raises LeadlineError with a pointer; filters are judged with each query."""
    node = Node(data).object(("range", "compare", "filters", "tiles", "only"))
    if node.has("range"):
        parse_range(node["range"])
    choices = get_args(CompareChoice)
    return DataRequest(
        range=node.value.get("range"),
        compare=node["compare"].choice(choices, "bad_json", "comparison") if node.has("compare") else None,
        filters=node.each("filters", lambda item: item.value, most=100),
        grains=dict(_grains(node["tiles"])),
        only=frozenset(node.each("only", Node.text)) if node.has("only") else None,
    )


def _grains(node: Node) -> Iterator[tuple[str, str]]:
    if node.value is None:
        return
    for tile in Node(node.value, node.at).object(node.value or ()).value:
        given = node[tile].object(("grain",))
        if given.has("grain"):
            yield tile, given["grain"].text("unknown_grain")


IsNumber = Callable[[str], bool]


def _all_numbers(metric: str) -> bool:
    return True


def compose(document: Document, request: DataRequest, is_number: IsNumber = _all_numbers) -> list[Asked]:
    """All queries of the tiles asked, in the order of the document.

    `is_number` tells of a metric whether it is one: a date is compared as value, but has no percent.

    Raises `not_found` for a tile that is not there, `unknown_grain` for one that its switch does not offer.
    """
    tiles = {tile.id: tile for section in document.sections for tile in section.tiles}
    _check_tiles(tiles, request)
    wanted = [tile for tile in tiles.values() if request.only is None or tile.id in request.only]
    return [
        Asked(tile.id, name, _query(document, tile, name, request, is_number))
        for tile in wanted
        for name in tile.queries
    ]


def _check_tiles(tiles: Mapping[str, Tile], request: DataRequest) -> None:
    for name, at in [
        *((t, f"/tiles/{t}") for t in request.grains),
        *((t, "/only") for t in request.only or ()),
    ]:
        if name not in tiles:
            raise LeadlineError("not_found", f"There is no tile {name[:80]!r}.", near(name, tiles), at)
    for name, grain in request.grains.items():
        switch = tiles[name].switch
        offered = switch.grain if switch else ()
        if grain not in offered:
            why = f"The tile {name} offers no grain {grain[:80]!r}."
            raise LeadlineError("unknown_grain", why, near(grain, offered), f"/tiles/{name}/grain")


def _query(document: Document, tile: Tile, name: str, request: DataRequest, is_number: IsNumber) -> Json:
    query = dict(tile.queries[name])
    query["time"] = _time(document, tile, name, request)
    if name == "main" and tile.compare:
        query["compare"] = _compare(query, request.compare or document.bar.compare, is_number)
    if tile.filter and request.filters:
        query["filters"] = [*query.get("filters", ()), *request.filters]
    return {key: value for key, value in query.items() if value}


def _time(document: Document, tile: Tile, name: str, request: DataRequest) -> Json:
    time = dict(tile.queries[name].get("time") or {})
    time["range"] = time.get("range") or request.range or range_json(document.bar.range)
    if name == "main" and tile.switch is not None:
        time["grain"] = request.grains.get(tile.id) or time.get("grain") or tile.switch.grain[0]
    return time


def _compare(query: Json, choice: str, is_number: IsNumber) -> list[Json]:
    """The bar's comparisons, each as value and as percent, before the tile's own; none twice.

    Left out are those that the tile cannot bear: all time has no earlier period, weeks none of a month.
    """
    own: list[Json] = list(query.get("compare") or ())
    asked = parse_range(Node(query["time"]["range"], "/time/range"))
    grain = query["time"].get("grain")
    targets = [to for to in _COMPARISONS[choice] if can_compare(grain, asked, to)]
    forms = ({}, {"as": "percent"}) if all(map(is_number, query["metrics"])) else ({},)
    bar: list[Json] = [{"to": to, **form} for to in targets for form in forms]
    return [entry for entry in bar if entry not in own] + own
