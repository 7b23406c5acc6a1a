"""`python -m leadline.embedded`: the supervisor's process. The commands `demo` and `up` become it."""

from __future__ import annotations

import os
import sys

from leadline.core.errors import LeadlineError
from leadline.embedded.launch import VARIABLE
from leadline.embedded.options import Options
from leadline.embedded.report import report
from leadline.embedded.run import run


def main() -> None:
    """Runs with the options in the environment; ends with the status of the contract."""
    options = Options.from_text(os.environ.pop(VARIABLE))
    try:
        run(options)
    except LeadlineError as error:
        report(error, options.as_json)
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
