"""What is wrong or doubtful in a model: found by the loader and the checks, shown by `leadline check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from leadline.core.errors import LeadlineError
from leadline.semantic.model import Place

Severity = Literal["error", "warning"]


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
    return error(found.code, f"{prefix}{found.why.rstrip('.')}", found.fix, place)


def in_order(issues: list[Issue]) -> tuple[Issue, ...]:
    """Each issue once, by file and line, errors first on a line."""
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: (issue.place, issue.severity, issue.why)))
