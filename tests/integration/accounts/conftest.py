"""Fixtures over our own database."""

from __future__ import annotations

from tests.support.state import accounts, migrated, state, state_database

__all__ = ["accounts", "migrated", "state", "state_database"]
