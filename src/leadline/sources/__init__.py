"""Source databases: one folder a kind, each giving a schema, reading transactions and rows."""
