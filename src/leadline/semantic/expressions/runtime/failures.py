"""What goes wrong with a value while an expression is computed, as PostgreSQL would report it."""

from __future__ import annotations

from leadline.core.errors import LeadlineError

UNREADABLE_TEXT = "22P02"
UNREADABLE_MOMENT = "22007"
OUT_OF_RANGE = "22003"
MOMENT_OUT_OF_RANGE = "22008"
NEGATIVE_LENGTH = "22011"
BAD_PATTERN = "22025"
NO_WHOLE_NUMBER = "0A000"
NOT_DONE_HERE = "not_done_here"


class EvaluationError(LeadlineError):
    """An expression fails on a row's values. `sqlstate` is the one with which PostgreSQL would refuse it.

    It is `NOT_DONE_HERE` where PostgreSQL might know an answer: a date in another form than ISO's.
    """

    def __init__(self, sqlstate: str, why: str) -> None:
        super().__init__(
            "model_invalid",
            f"an expression fails on the data: {why}",
            "Guard the expression (nullif, case) or clean the rows.",
        )
        self.sqlstate = sqlstate
