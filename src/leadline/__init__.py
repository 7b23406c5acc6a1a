"""Leadline: a live view of the business for its leadership, over its own PostgreSQL."""

__version__ = "0.1.0"
