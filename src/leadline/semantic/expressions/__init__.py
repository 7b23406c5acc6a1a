"""Expressions of a model: one tree (sqlglot), limited to what both back ends can say the same way."""
