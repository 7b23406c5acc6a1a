"""What PostgreSQL does with values, in Python: the functions behind the Python back end of expressions."""
