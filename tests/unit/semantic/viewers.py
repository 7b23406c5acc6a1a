"""Viewers for tests."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.core.viewer import Attribute, Viewer


def viewer(role: str = "viewer", email: str = "ann@x", name: str = "Ann", **attributes: Attribute) -> Viewer:
    """A viewer with these attributes."""
    return having(attributes, role, email, name)


def having(
    attributes: Mapping[str, Attribute], role: str = "viewer", email: str = "ann@x", name: str = "Ann"
) -> Viewer:
    """A viewer with these attributes, where they stand in a map."""
    return Viewer("acme", email, role, name, tuple(sorted(attributes.items())))
