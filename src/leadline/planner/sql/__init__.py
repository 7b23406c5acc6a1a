"""A draft as SQL: every part builds sqlglot trees, values are bound parameters, names are quoted."""
