"""Row rules: which rows of which dataset a viewer may see. The planner puts the predicates into the SQL.

Without any rule everybody sees everything. With one an admin does; every other viewer sees of each dataset
that is not `open` the rows of every rule whose `when` fits, and none if there is no such rule.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from leadline.core.errors import LeadlineError
from leadline.core.schema import ColumnType, SourceSchema
from leadline.core.viewer import Viewer
from leadline.semantic.expressions import python
from leadline.semantic.expressions.functions.base import Evaluate
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.expressions.runtime.strict import constant
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.model import Dataset, Model, RowRule
from leadline.semantic.reading import Reading
from leadline.semantic.viewer_values import Typed, expanded, is_viewers, viewer_value, viewer_values

__all__ = ["RowRules", "RowScope", "row_scope", "scope_key", "viewer_value", "viewer_values"]
_VERSION = "s1"
_VIEWERS = 1_024
"""Viewers whose scope is remembered by each model."""


@dataclass(frozen=True, slots=True)
class RowScope:
    """What one viewer may see. `everything`: all rows (there are no rules, or this is an admin).

    `rows`: by governed dataset the predicates of which one must hold; none of them: no row. A dataset that is
    not there is not governed. `names`: the rules that fit, sorted.
    """

    everything: bool
    rows: Mapping[str, tuple[Expression, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowRules:
    """The rules of a model over the tables of its source (None: every column that is named is believed)."""

    model: Model
    schema: SourceSchema | None = None

    @cached_property
    def _governed(self) -> Mapping[str, tuple[tuple[str, Expression], ...]]:
        """By dataset the rules that can show rows of it, with their predicates."""
        reading = Reading(self.model, self.schema)
        return {
            dataset.name: tuple(self._of(reading, dataset))
            for dataset in self.model.datasets.values()
            if not dataset.open
        }

    def _of(self, reading: Reading, dataset: Dataset) -> Iterator[tuple[str, Expression]]:
        for name in sorted(self.model.row_rules):
            predicate = predicate_for(self.model.row_rules[name], dataset.name)
            if predicate is not None and why_not(reading, dataset, predicate) is None:
                yield name, predicate

    def scope(self, viewer: Viewer) -> RowScope:
        """What a viewer may see; known for viewers seen lately.

        Raises `model_invalid` where an attribute does not fit what a rule asks.
        """
        return self._scopes(viewer, repr(viewer.attributes))

    @cached_property
    def _scopes(self) -> Callable[[Viewer, str], RowScope]:
        """The written attributes tell true from 1, which are equal to Python."""
        return lru_cache(_VIEWERS)(lambda viewer, attributes: self._find(viewer))

    def _find(self, viewer: Viewer) -> RowScope:
        if not self.model.row_rules or viewer.is_admin:
            return RowScope(True)
        fitting = frozenset(rule.name for rule in self.model.row_rules.values() if self._fits(rule, viewer))
        rows = {
            dataset: _distinct(expanded(one, viewer) for name, one in listed if name in fitting)
            for dataset, listed in self._governed.items()
        }
        return RowScope(False, rows, tuple(sorted(fitting)))

    def _fits(self, rule: RowRule, viewer: Viewer) -> bool:
        """Whether `when` is true of a viewer; NULL is not."""
        when, zone = expanded(rule.when, viewer), self.model.calendar.zone
        try:
            values = viewer_values(when, viewer, _no_column, zone)
            return python.compile(when, _Values(values, zone))(None) is True
        except LeadlineError as error:
            raise LeadlineError(
                error.code, f"when of the row rule {rule.name}: {error.why}", error.fix, str(rule.place)
            ) from None


def row_scope(model: Model, viewer: Viewer, schema: SourceSchema | None = None) -> RowScope:
    """What a viewer may see; `RowRules` does the same for many viewers with less work."""
    return RowRules(model, schema).scope(viewer)


def scope_key(scope: RowScope, viewer: Viewer) -> str:
    """The viewer scope of the keys: the same for two viewers whose predicates and values in them are equal.

    Nobody else shares it: it is a hash of typed JSON, in which no value can be taken for another or for a
    part of a predicate. What the predicates do not read does not count.
    """
    held: Any = "all"
    if not scope.everything:
        held = {
            dataset: sorted([one.canonical, _read_by(one, viewer)] for one in predicates)
            for dataset, predicates in scope.rows.items()
        }
    text = json.dumps([_VERSION, held], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def predicate_for(rule: RowRule, dataset: str) -> Expression | None:
    """What the rule says of a dataset's rows, whether or not it can be read there."""
    if rule.datasets and dataset not in rule.datasets:
        return None
    return rule.rows.get(dataset, rule.rows.get(None))


def why_not(reading: Reading, dataset: Dataset, predicate: Expression) -> LeadlineError | None:
    """Why a predicate cannot be read over a dataset's rows, or None where it can."""
    deep = next((name for name in names(predicate) if name.path[:1] == (VIEWER,) != name.path), None)
    if deep is not None:
        why = f"{deep} is no attribute of a viewer"
        return LeadlineError("unknown_field", why, "Attributes are flat keys.")
    try:
        found = reading.expression(dataset, predicate)
    except LeadlineError as error:
        return error
    if found.kind in ("boolean", "other"):
        return None
    return LeadlineError("model_invalid", "the expression is no condition", "Compare it with something.")


def _distinct(predicates: Iterator[Expression]) -> tuple[Expression, ...]:
    return tuple({one.canonical: one for one in predicates}.values())


def _read_by(predicate: Expression, viewer: Viewer) -> list[list[Any]]:
    """The viewer's values that a predicate reads, each with its type's name."""
    read = sorted({name.name for name in names(predicate) if is_viewers(name)})
    values = ((name, *viewer_value(viewer, name)) for name in read)
    return [[name, type_.kind, value] for name, value, type_ in values]


def _no_column(path: tuple[str, ...], name: str) -> NoReturn:
    field_ = ".".join((*path, name))
    raise LeadlineError("model_invalid", f"{field_} is nothing of a viewer", "Read viewer.* only.")


@dataclass(frozen=True, slots=True)
class _Values:
    """A scope in which all names are the viewer's; there is no row."""

    known: Mapping[str, Typed]
    zone: str

    def value(self, path: tuple[str, ...], name: str) -> Evaluate:
        """The viewer's value."""
        return constant(self.known[name][0])

    def type(self, path: tuple[str, ...], name: str) -> ColumnType:
        """Its type."""
        if path != (VIEWER,):
            _no_column(path, name)
        return self.known[name][1]
