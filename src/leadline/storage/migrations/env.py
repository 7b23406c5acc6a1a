"""Alembic's entry: runs the steps on the connection that `storage.migrate` has opened and locked."""

from __future__ import annotations

from alembic import context

from leadline.storage.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="schema_version",
    version_table_schema=SCHEMA,
    include_schemas=True,
)
context.run_migrations()
