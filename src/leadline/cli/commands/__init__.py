"""One command (or one group of commands) a file; each has `register(app)`."""
