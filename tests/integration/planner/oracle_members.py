"""Members asked with `all: true`: with or without facts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from tests.integration.planner.oracle_facts import Facts, Group
from tests.integration.planner.oracle_filters import member, names_in, passes
from tests.integration.planner.oracle_rows import Field

Part = tuple[list[int], set[Group]]


def all_members(facts: Facts, dataset: str, seen: set[Group]) -> set[Group]:
    """The groups of all members asked, those of one partner as pairs that exist, crossed with the rest."""
    fields = [facts.rows.field(dataset, name) for name in facts.names]
    families: dict[tuple[str, ...], list[int]] = {}
    for i, one in enumerate(fields):
        families.setdefault(one.path, []).append(i)
    parts: list[Part] = []
    rest: list[int] = []
    for path, places in families.items():
        if any(facts.dims[i].get("all") for i in places):
            parts.append((places, _members(facts, dataset, path, [(i, fields[i]) for i in places])))
        else:
            rest += places
    if not parts:
        return set()
    parts += [(rest, {tuple(group[i] for i in rest) for group in seen})] if rest else []
    return {_together(len(fields), parts, chosen) for chosen in product(*(found for _, found in parts))}


def _together(size: int, parts: list[Part], chosen: tuple[Group, ...]) -> Group:
    group: list[Any] = [None] * size
    for (places, _), values in zip(parts, chosen, strict=True):
        for i, value in zip(places, values, strict=True):
            group[i] = value
    return tuple(group)


def _members(
    facts: Facts, dataset: str, path: tuple[str, ...], fields: list[tuple[int, Field]]
) -> set[Group]:
    """The members of a dataset's rows that pass rules and the filters that it reaches."""
    rows = facts.rows
    end = rows.end(fields[0][1])
    reached = [one for one in facts.query.get("filters", []) if _reaches(facts, dataset, path, one)]
    found = set()
    for row in rows.data[end]:
        if not rows.visible(end, row):
            continue

        def find(name: str, row: Mapping[str, Any] = row) -> tuple[str, Any]:
            field = rows.field(dataset, name)
            there = Field(end, field.path[len(path) :], field.dim, field.part)
            return field.kind, rows.value(there, row, None)

        if not all(passes(one, find, facts.clock) for one in reached):
            continue
        if all(find(facts.names[i])[1] is not None for i, _ in fields if facts.dims[i].get("all")):
            found.add(tuple(member(*find(facts.names[i])) for i, _ in fields))
    return found


def _reaches(facts: Facts, dataset: str, path: tuple[str, ...], one: Mapping[str, Any]) -> bool:
    paths = (facts.rows.field(dataset, name).path for name in names_in(one))
    return all(found[: len(path)] == path for found in paths)
