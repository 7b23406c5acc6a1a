"""Row rules: whom they fit, what they read, and whether anybody could see a dataset at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadline.core.errors import LeadlineError
from leadline.core.schema import TEXT, SourceSchema
from leadline.semantic.checks.expressions import Use, check_use
from leadline.semantic.expressions.functions.kinds import UNKNOWN, shown
from leadline.semantic.expressions.names import name_of, names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.expressions.types import infer
from leadline.semantic.issues import Issue, error, from_error, warning
from leadline.semantic.model import Model, Place, RowRule
from leadline.semantic.reading import Reading
from leadline.semantic.rules import predicate_for, why_not
from leadline.semantic.viewer_values import OWN, is_viewers


def check(model: Model, schema: SourceSchema | None) -> Iterable[Issue]:
    """Every rule, then every dataset."""
    reading = Reading(model, schema)
    covered: set[str] = set()
    for rule in model.row_rules.values():
        yield from _when(model, rule)
        yield from _datasets(model, rule)
        yield from _rows(reading, rule)
        covered |= _covered(reading, rule)
    for dataset in model.datasets.values() if model.row_rules else ():
        if dataset.name not in covered and not dataset.open:
            why = f"no row rule shows rows of {dataset.name}: only admins will see it"
            yield warning("hidden_dataset", why, "Add rows for it, or open: true.", dataset.place)


def _when(model: Model, rule: RowRule) -> Iterator[Issue]:
    """It reads the viewer alone, and is true or false."""
    place = model.place_of("row_rules", rule.name, "when")
    others = [name for name in names(rule.when) if not is_viewers(name)]
    for name in others:
        why = f"the row rule {rule.name} asks {name} of a viewer"
        fix = "In when, read viewer.email, viewer.role, viewer.name or a given attribute."
        yield error("unknown_field", why, fix, place)
    if not others:
        yield from _condition(rule, place)


def _condition(rule: RowRule, place: Place) -> Iterator[Issue]:
    """An attribute may be of any type; the types of the rest must fit."""
    what = f"when of the row rule {rule.name}"
    try:
        found = infer(rule.when, lambda path, name: TEXT if name in OWN else UNKNOWN)
    except LeadlineError as failure:
        yield from_error(failure, place, what)
        return
    bare = name_of(rule.when.tree)
    if found.kind != "boolean" and (bare is None or bare.name in OWN):
        yield error("wrong_type", f"{what} is a {shown(found)}, not a condition", "Compare it.", place)


def _datasets(model: Model, rule: RowRule) -> Iterator[Issue]:
    named = [*rule.datasets, *(name for name in rule.rows if name is not None)]
    for name in named:
        if name not in model.datasets:
            key = "datasets" if name in rule.datasets else "rows"
            why = f"the row rule {rule.name} names the dataset {name}, which there is not"
            known = f"The datasets are {', '.join(sorted(model.datasets)) or 'none'}."
            yield error("unknown_dataset", why, known, model.place_of("row_rules", rule.name, key, name))


def _rows(reading: Reading, rule: RowRule) -> Iterator[Issue]:
    """A map names its datasets, so each must fit; one expression must fit a dataset at least."""
    model = reading.model
    for name, expression in rule.rows.items():
        place = model.place_of("row_rules", rule.name, "rows", *([name] if name else []))
        yield from _viewer_paths(rule, expression, place)
        if name is not None and name in model.datasets:
            what = f"rows of the row rule {rule.name} for {name}"
            yield from check_use(reading, Use(what, model.datasets[name], expression, place))
    if not _covered(reading, rule) and not _excused(model, rule):
        why, fix = _shows_nothing(reading, rule)
        yield error("unknown_field", why, fix, model.place_of("row_rules", rule.name, "rows"))


def _viewer_paths(rule: RowRule, expression: Expression, place: Place) -> Iterator[Issue]:
    for name in names(expression):
        if name.path[:1] == (VIEWER,) and not is_viewers(name):
            why = f"the row rule {rule.name} reads {name}, but attributes of a viewer have none of their own"
            yield error("unknown_field", why, "Read viewer.email or another flat key.", place)


def _excused(model: Model, rule: RowRule) -> bool:
    """Whether another finding already says that the rule names a dataset that there is not."""
    named = {*rule.datasets, *(name for name in rule.rows if name is not None)}
    return bool(named - set(model.datasets))


def _shows_nothing(reading: Reading, rule: RowRule) -> tuple[str, str]:
    """Why no dataset has rows by the rule, with what the first dataset that it is for says."""
    if None not in rule.rows:
        limits = ", ".join(rule.datasets)
        why = f"the row rule {rule.name} is limited to {limits}, but its rows are those of other datasets"
        return why, "Name the same datasets in rows and datasets."
    reasons = [
        failure
        for name, dataset in reading.model.datasets.items()
        if (predicate := predicate_for(rule, name)) and (failure := why_not(reading, dataset, predicate))
    ]
    why = f"the row rule {rule.name} can be read on no dataset: it shows no rows"
    return (f"{why} ({reasons[0].why.rstrip('.')})" if reasons else why), "Read a column of a dataset."


def _covered(reading: Reading, rule: RowRule) -> frozenset[str]:
    """The datasets of which the rule can show rows. What a map says has its own finding where it is wrong."""
    model = reading.model
    found = {name for name in model.datasets if predicate_for(rule, name) is not None}
    if None not in rule.rows:
        return frozenset(found)
    return frozenset(
        name for name in found if why_not(reading, model.datasets[name], rule.rows[None]) is None
    )
