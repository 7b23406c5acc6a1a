"""The routes, one subject a file; each has `ROUTES`."""
