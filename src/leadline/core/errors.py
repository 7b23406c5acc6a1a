"""Every error that a user can meet: one base class, a permanent code, the cause and a way out.

A code's HTTP status and the exit status of the command line stand in `CODES`; nothing else maps them.
Source: the lists in `docs/reference/contract.md` (exit status) and `docs/reference/query.md` (errors).
"""

from __future__ import annotations

from dataclasses import dataclass

FINDINGS, WRONG_USE, ENVIRONMENT = 1, 2, 3
"""Exit statuses of the command line besides 0."""


def shown(value: object, most: int = 80) -> str:
    """A value of a user as an error shows it: a short text in quotes, else only its sort."""
    return repr(value[:most]) if isinstance(value, str) else f"A {type(value).__name__}"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means to the edges: `status` over HTTP, `exit` on the command line."""

    status: int
    exit: int = WRONG_USE


_QUERY_CODES = (
    "bad_json unknown_key unknown_metric unknown_field unknown_operator unknown_preset unknown_grain "
    "unknown_zone ambiguous_path unreachable_field wrong_value_type bad_range bad_as_of no_time "
    "grain_too_fine too_many_buckets not_comparable bad_top bad_limit no_rate not_supported bad_request"
)
_ENVIRONMENT_CODES = (
    "port_taken disk_full data_dir_version data_dir_busy data_dir_invalid no_binaries no_permission "
    "schema_version redis_unavailable state_unavailable process_failed not_running source_login"
)

CODES: dict[str, Code] = {
    **{code: Code(400) for code in _QUERY_CODES.split()},
    **{code: Code(503, ENVIRONMENT) for code in _ENVIRONMENT_CODES.split()},
    "not_signed_in": Code(401),
    "wrong_password": Code(401),
    "forbidden_field": Code(403),
    "forbidden": Code(403),
    "wrong_origin": Code(403),
    "not_found": Code(404),
    "conflict": Code(409),
    "model_invalid": Code(409),
    "too_large": Code(413),
    "too_many_requests": Code(429),
    "source_unavailable": Code(503, ENVIRONMENT),
    "timeout": Code(504, ENVIRONMENT),
    "internal": Code(500, ENVIRONMENT),
    # the command line and files
    "bad_usage": Code(400),
    "bad_file": Code(400),
    "bad_rows": Code(400, FINDINGS),
    "bad_case": Code(400),
}


class LeadlineError(Exception):
    """An error with a permanent `code`, the cause (`why`), the way out (`fix`) and where (`at`).

    `at` is a JSON pointer into a query (`/filters/0/op`), or `file:line` for a file.
    """

    def __init__(self, code: str, why: str, fix: str = "", at: str = "") -> None:
        if code not in CODES:
            raise KeyError(f"unregistered error code {code!r}")
        super().__init__(f"{code}: {why}")
        self.code, self.why, self.fix, self.at = code, why, fix, at

    @property
    def status(self) -> int:
        """The HTTP status."""
        return CODES[self.code].status

    @property
    def exit_status(self) -> int:
        """The exit status of a command that ends with this error."""
        return CODES[self.code].exit

    def to_json(self) -> dict[str, str]:
        """The error as the contract has it."""
        return {"code": self.code, "why": self.why, "fix": self.fix, "at": self.at}

    def moved(self, prefix: str) -> LeadlineError:
        """The same error with `prefix` put before its pointer."""
        return LeadlineError(self.code, self.why, self.fix, prefix + self.at)
