"""Ranges as asked: a preset or bounds, before they are resolved to instants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RangeSpec:
    """A range as asked. Either `preset`, or bounds as ISO text (None: open)."""

    preset: str | None = None
    start: str | None = None
    end: str | None = None
