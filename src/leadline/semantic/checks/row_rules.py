"""Row rules: whom they fit, what they read, and whether anybody could see a dataset at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.semantic.checks.expressions import Use, check_use
from leadline.semantic.expressions.names import names
from leadline.semantic.expressions.parse import VIEWER
from leadline.semantic.issues import Issue, error, warning
from leadline.semantic.model import Model, RowRule
from leadline.semantic.reading import Reading


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
    for name in names(rule.when):
        if name.path != (VIEWER,):
            why = f"the row rule {rule.name} asks {name} of a viewer"
            fix = "In when, read viewer.email, viewer.role, viewer.name or a given attribute."
            yield error("unknown_field", why, fix, model.place_of("row_rules", rule.name, "when"))


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
        if name is not None and name in model.datasets:
            place = model.place_of("row_rules", rule.name, "rows", name)
            what = f"rows of the row rule {rule.name} for {name}"
            yield from check_use(reading, Use(what, model.datasets[name], expression, place))
    if None in rule.rows and not _covered(reading, rule):
        why = f"the row rule {rule.name} reads names that no dataset has: it shows no rows"
        place = model.place_of("row_rules", rule.name, "rows")
        yield error("unknown_field", why, "Read a column of a dataset.", place)


def _covered(reading: Reading, rule: RowRule) -> frozenset[str]:
    """The datasets of which the rule can show rows."""
    model = reading.model
    named = {name for name in rule.rows if name is not None}
    found = {name for name in named or model.datasets if not rule.datasets or name in rule.datasets}
    if named:
        return frozenset(found)
    return frozenset(name for name in found if name in model.datasets and _fits(reading, rule, name))


def _fits(reading: Reading, rule: RowRule, dataset: str) -> bool:
    """Whether the rule's expression can be read there; without a source every column is believed."""
    try:
        reading.expression(reading.model.datasets[dataset], rule.rows[None])
    except LeadlineError:
        return False
    return True
