"""Our own PostgreSQL: sessions of two types, the declared tables, and the migrations that make them."""
