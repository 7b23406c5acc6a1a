"""`python -m bench --only a,b`: runs scenarios, prints JSON lines; exit status 1 where a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator

from bench import scenarios
from bench.line import Line

Scenario = Callable[[], Iterator[Line]]


def known() -> dict[str, Scenario]:
    """The scenarios by name: one module each, with `run()`."""
    names = sorted(module.name for module in pkgutil.iter_modules(scenarios.__path__))
    return {name: importlib.import_module(f"{scenarios.__name__}.{name}").run for name in names}


def main() -> int:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", default="", help="names, separated by commas; all where empty")
    asked = [name.strip() for name in parser.parse_args().only.split(",") if name.strip()]
    runs = known()
    if unknown := [name for name in asked if name not in runs]:
        sys.stderr.write(f"bench: no scenario {', '.join(unknown)}; there are {', '.join(runs)}\n")
        return 2
    met = True
    for name in asked or runs:
        for line in runs[name]():
            line.show()
            met = met and line.ok is not False
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
