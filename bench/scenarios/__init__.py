"""One scenario a module, with `run() -> Iterator[Line]`."""
