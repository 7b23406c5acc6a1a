"""Operands made fit for each other: the types that PostgreSQL gives them beside one another."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from leadline.core.schema import ColumnType
from leadline.semantic.expressions.functions.base import Evaluate, Use
from leadline.semantic.expressions.functions.kinds import UNKNOWN, literal_text
from leadline.semantic.expressions.runtime.casts import casting
from leadline.semantic.expressions.runtime.failures import EvaluationError
from leadline.semantic.expressions.runtime.reading import read
from leadline.semantic.expressions.runtime.strict import constant, strict


def converted(use: Use, position: int, target: ColumnType) -> Evaluate:
    """The operand at a position, as a value of the type that it takes there."""
    source, value = use.call.types[position], use.values[position]
    zone = ZoneInfo(use.call.zone)
    text = literal_text(use.call.operands[position])
    if text is not None:
        return _literal(text, target, zone)
    if source == UNKNOWN and target.kind != "text":
        return strict(lambda found: read(found, target, zone), (value,))
    if source.kind == target.kind:
        return value
    return strict(casting(source, target, zone), (value,))


def all_converted(use: Use, target: ColumnType) -> tuple[Evaluate, ...]:
    """All operands as values of one type."""
    return tuple(converted(use, i, target) for i in range(len(use.values)))


def _literal(text: str, target: ColumnType, zone: ZoneInfo) -> Evaluate:
    """The value once and for all; what cannot be read fails where it is asked for."""
    try:
        return constant(read(text, target, zone))
    except EvaluationError as failure:
        return _failing(failure)


def _failing(failure: EvaluationError) -> Evaluate:
    def evaluate(row: Any) -> Any:
        raise failure

    return evaluate
