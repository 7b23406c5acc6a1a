"""The members of a field that a viewer may see: for whoever writes a filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leadline.core.errors import LeadlineError
from leadline.core.ranges import ALL_TIME, Moment
from leadline.core.result import Column
from leadline.core.viewer import Viewer
from leadline.core.zones import zone
from leadline.planner.bound import BoundModel
from leadline.planner.json_reader import Node, near
from leadline.planner.parse_filters import parse_filters
from leadline.planner.plan import Plan
from leadline.planner.query import Filter, Query
from leadline.planner.sql.values import ORDERED, Place, values_sql
from leadline.planner.steps.columns import wire_scale, wire_type
from leadline.semantic.model import Model
from leadline.semantic.resolve import FieldRef, resolve

KEYS = ("field", "dataset", "metric", "contains", "filters", "limit")
MOST_VALUES, VALUES = 1_000, 100


@dataclass(frozen=True, slots=True)
class Values:
    """Which members are asked: those of `field` from `dataset`, or from the first dataset of `metric`.

    Where both are None, the field says where it is. `contains`: a part of the text, in whatever case.
    `filters`: conditions on the rows.
    """

    field: str
    viewer: Viewer
    now: datetime
    dataset: str | None = None
    metric: str | None = None
    contains: str | None = None
    filters: tuple[Filter, ...] = ()
    limit: int = VALUES


def parse_values(data: object, *, viewer: Viewer, now: datetime) -> Values:
    """What a JSON value asks. Raises LeadlineError with a code of the reference and a pointer."""
    node = Node(data).object(KEYS)
    if node.has("dataset") and node.has("metric"):
        raise node["metric"].fail("A dataset and a metric are named.", "Name one of them.", "unknown_key")
    return Values(
        node["field"].name("unknown_field"),
        viewer,
        now,
        node["dataset"].name() if node.has("dataset") else None,
        node["metric"].name("unknown_metric") if node.has("metric") else None,
        node["contains"].text("wrong_value_type") if node.has("contains") else None,
        parse_filters(node["filters"]),
        node["limit"].whole(1, MOST_VALUES, "bad_limit") if node.has("limit") else VALUES,
    )


def make_values_plan(asked: Values, bound: BoundModel) -> Plan:
    """The plan of a list of values: rows of the value, and of numbers and times the least and the greatest.

    The first row is null where rows have no value; there are at most `limit` + 2. Raises LeadlineError before
    anything reaches a database.
    """
    model, scope = bound.model, bound.scope(asked.viewer)
    start, ref, alone = _found(asked, model)
    moment = Moment.of(asked.now, zone(model.calendar.zone), model.calendar)
    place = Place(bound, scope, asked.viewer, start, moment, alone)
    query = Query((), asked.viewer, asked.now, limit=asked.limit + 2)
    return Plan(
        query=query,
        rows=values_sql(place, ref, asked.contains, asked.filters, asked.limit + 2),
        totals=None,
        columns=tuple(_columns(asked.field, bound, start, ref)),
        range=None,
        layer="base",
        moment=moment,
        span=ALL_TIME,
        buckets=(),
        tables=(model.datasets[start].table,),
        rules=() if scope.everything else scope.names,
    )


def _columns(name: str, bound: BoundModel, start: str, ref: FieldRef) -> Iterator[Column]:
    type_ = bound.field_type(start, ref)
    names = (name, "min", "max") if type_.kind in ORDERED else (name,)
    return (Column(one, name, wire_type(type_), one, scale=wire_scale(type_)) for one in names)


# -- where the field is -------------------------------------------------------------------------------


def _found(asked: Values, model: Model) -> tuple[str, FieldRef, bool]:
    """The dataset whose rows are read, the field from there, and whether bare names are its own."""
    if asked.metric is not None:
        return _of_metric(asked, asked.metric, model)
    start = asked.dataset if asked.dataset is not None else _home(asked.field, model)
    if start not in model.datasets:
        why = f"{start!r:.80} is no dataset of the model."
        raise LeadlineError("unknown_field", why, near(start, model.datasets), "/dataset")
    name = asked.field if asked.dataset is not None else _at_home(asked.field, start)
    return start, _resolved(model, start, name, True), True


def _of_metric(asked: Values, name: str, model: Model) -> tuple[str, FieldRef, bool]:
    if name not in model.metrics:
        why = f"{name!r:.80} is no metric of the model."
        raise LeadlineError("unknown_metric", why, near(name, model.metrics), "/metric")
    metric = model.metrics[name]
    datasets = tuple(dict.fromkeys(part.dataset for part in metric.kind.inputs(metric, model)))
    alone = len(datasets) == 1
    return datasets[0], _resolved(model, datasets[0], asked.field, alone), alone


def _resolved(model: Model, start: str, name: str, alone: bool) -> FieldRef:
    try:
        return resolve(model, start, name, alone=alone)
    except LeadlineError as error:
        raise LeadlineError(error.code, error.why, error.fix, "/field") from None


def _home(field: str, model: Model) -> str:
    """The dataset in which a field is said to be: by its own name, or by that of a join that leads there."""
    first, dot, _ = field.partition(".")
    if first in model.datasets and dot:
        return first
    ends = {one.joins[first].dataset for one in model.datasets.values() if dot and first in one.joins}
    if len(ends) == 1:
        return ends.pop()
    if ends:
        why = f"{first} leads to {' and '.join(sorted(ends))}, from different datasets."
        raise LeadlineError("ambiguous_path", why, "Name a dataset or metric.", "/field")
    why = f"{field!r:.80} says of no dataset that it is there."
    raise LeadlineError("unknown_field", why, "Write dataset.dimension, or name a dataset.", "/field")


def _at_home(field: str, home: str) -> str:
    """The field as named from its dataset."""
    first, _, rest = field.partition(".")
    return field if first == home else f"{home}.{rest}"
