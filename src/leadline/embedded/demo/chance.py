"""Chance that can be repeated."""

from __future__ import annotations

from random import Random


def chance(seed: int | str) -> Random:
    """Draws that are the same for the same seed, on every machine: good for fiction, not for secrets."""
    return Random(seed)  # noqa: S311
