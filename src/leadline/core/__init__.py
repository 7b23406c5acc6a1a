"""Values without I/O: time, viewer, schema, result, errors."""
