"""Sets everything up inside the clone, from nothing but Python 3.11 and a package index.

    python3 scripts/setup.py          all: what the tests need too
    python3 scripts/setup.py app      what the product needs

Run again it does only what has changed. An old Python must be able to read this file: it looks for a newer
one.
"""

import os
import shutil
import sys

OLDEST = (3, 11)


def newer_python() -> "str | None":
    """A Python on PATH that is new enough, or None."""
    for minor in range(15, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)  # noqa: UP031 - old Pythons read this
        if found:
            return found
    return None


def main() -> None:
    """Goes over to a new enough Python if need be, then does the steps."""
    if sys.version_info < OLDEST:
        other = newer_python()
        if other is None:
            sys.exit("setup: Python 3.11 or newer is needed, this is %d.%d" % sys.version_info[:2])  # noqa: UP031
        os.execv(other, [other] + sys.argv)  # noqa: RUF005, S606
    from steps.all import set_up  # noqa: PLC0415

    sys.exit(set_up(sys.argv[1:]))


if __name__ == "__main__":
    main()
