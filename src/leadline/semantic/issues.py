"""What is wrong or doubtful in a model: found by the loader and the checks, shown by `leadline check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from leadline.core.errors import LeadlineError
from leadline.semantic.model import Place

Severity = Literal["error", "warning"]
CODES = {
    "unreadable": "The file or folder is not there or may not be read.",
    "bad_yaml": "The file is no YAML 1.2, or uses what models do not use.",
    "duplicate_key": "A name stands in two places.",
    "unknown_key": "The format has no such key there.",
    "missing_key": "A key that is needed is missing.",
    "wrong_type": "A value, column or expression is of another type than is needed.",
    "wrong_value": "A value is not among those that are possible.",
    "bad_name": "A name has signs that names do not have, or is reserved.",
    "name_taken": "A name already means something else.",
    "misleading_name": "A name looks like that of another thing.",
    "bad_expression": "An expression is no SQL of the list, or its types do not fit.",
    "unknown_field": "A name is no dimension, column or join.",
    "unknown_dataset": "There is no such dataset.",
    "unknown_measure": "The dataset has no such measure.",
    "unknown_metric": "There is no such metric.",
    "unknown_join": "The dataset has no such join.",
    "unknown_table": "The source has no such table, or it may not be read.",
    "unknown_column": "The table, or the rollup, has no such column.",
    "metric_cycle": "A metric is derived from itself.",
    "metric_too_deep": "Metrics are derived from each other over too many steps.",
    "no_time": "A metric or measure has no time, but its use needs one.",
    "no_currency": "A metric is in currency, but the model names none.",
    "no_currency_rates": "A measure converts currencies, but there are no rates.",
    "join_not_by_key": "A join does not use the partner's key.",
    "snapshot_of_today": "A snapshot reads what the end of `valid` changes.",
    "unused_rollup": "No metric can use a rollup.",
    "hidden_dataset": "No row rule shows rows of a dataset.",
    "key_null": "Rows have no key (counted).",
    "key_not_unique": "A key names several rows (counted).",
    "join_null": "Rows have nothing to follow (counted).",
    "join_spelling": "Rows find no partner for case or spacing (counted).",
    "join_orphan": "Rows find no partner (counted).",
    "partner_not_unique": "A key finds several partners (counted).",
}
"""The permanent codes of what is found in a model."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One mistake: its permanent `code`, the cause, the way out, and where it was written."""

    severity: Severity
    code: str
    why: str
    fix: str
    place: Place

    def to_json(self) -> dict[str, Any]:
        """The issue as `leadline check --format json` prints it."""
        return {
            "severity": self.severity,
            "code": self.code,
            "file": self.place.file,
            "line": self.place.line,
            "why": self.why,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        fix = f" Fix: {self.fix}" if self.fix else ""
        return f"{self.place}: {self.severity}: {self.why}.{fix}"


def error(code: str, why: str, fix: str, place: Place) -> Issue:
    """An issue that makes the model unusable."""
    return Issue("error", code, why, fix, place)


def warning(code: str, why: str, fix: str, place: Place) -> Issue:
    """An issue with which the model works, but perhaps not as meant."""
    return Issue("warning", code, why, fix, place)


def from_error(found: LeadlineError, place: Place, what: str = "") -> Issue:
    """A refusal as an issue of the model; `what` says where it was met."""
    prefix = f"{what}: " if what else ""
    code = "bad_expression" if found.code == "model_invalid" else found.code
    return error(code, f"{prefix}{found.why.rstrip('.')}", found.fix, place)


def in_order(issues: list[Issue]) -> tuple[Issue, ...]:
    """Each issue once, by file and line, errors first on a line."""
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: (issue.place, issue.severity, issue.why)))
