"""What the driver reports, in the words of the product.

No message ever holds a password, a file's name, or a value of the data: the server's own sentence is written
to the log without what stands in quotes, and the message names the log id.
"""

from __future__ import annotations

import re
import secrets

import psycopg
import structlog
from psycopg import errors

from leadline.core.errors import LeadlineError
from leadline.sources.postgres.login import Login

log = structlog.get_logger("leadline.sources")

_NOT_NOW = re.compile(
    r"starting up|shutting down|recovery mode|too many (clients|connections)|slots are reserved"
)
_CAUSES = {
    "onnection refused": "connection refused",
    "timeout": "no answer in time",
    "resolve host": "the host name is not known",
    "translate host name": "the host name is not known",
    "does not support SSL": "it offers no TLS",
    "certificate": "its certificate is not trusted",
}
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\$\$.*?\$\$", re.DOTALL)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 300


class ReadConflictError(Exception):
    """A reading was cut off through no fault of the question: by the standby's recovery, or a lost node.

    `error` is what to raise if a second try on another node does not help. `stale`: the sessions of the node
    remember how tables once were, and should be made anew.
    """

    def __init__(self, error: LeadlineError, *, stale: bool = False) -> None:
        super().__init__(error.why)
        self.error, self.stale = error, stale


class SilentError(LeadlineError):
    """A server that gives no sign of life: nobody should wait for it again at once."""


class SourceBusyError(LeadlineError):
    """Every connection to a source is in use. `retry_after`: seconds after which to ask again."""

    retry_after = 2


def said(error: psycopg.Error) -> str:
    """The server's own sentence about an error, on one line: only for whoever wrote the statement."""
    text = error.diag.message_primary or str(error)
    return " ".join(text.split())[:_LONGEST]


def unreachable(login: Login, why: str) -> LeadlineError:
    """The database does not answer."""
    return LeadlineError("source_unavailable", *_unreachable(login, why))


def silent(login: Login) -> SilentError:
    """The database is there, but says nothing."""
    return SilentError("source_unavailable", *_unreachable(login, "no answer in time"))


def _unreachable(login: Login, why: str) -> tuple[str, str]:
    return (
        f"the database at {login.place} cannot be reached: {why}",
        "Check that it runs, and that host and port are right.",
    )


def busy(name: str) -> SourceBusyError:
    """Every connection is in use, and stayed so for as long as one may queue."""
    return SourceBusyError(
        "source_unavailable", f"every connection to {name} is busy", "Try again in a moment."
    )


def read_only(login: Login) -> LeadlineError:
    """The server takes no writes (any more): another one is the primary now, or none is."""
    return unreachable(login, "it takes no writes (another server may have become the primary)")


def connecting(error: psycopg.Error, login: Login) -> LeadlineError:
    """Why no connection came about: the server refused this login, or it could not be reached."""
    text = " ".join(str(error).split())
    refusal = text.partition("FATAL:")[2].strip()[:200]
    if not refusal or _NOT_NOW.search(refusal):
        return unreachable(login, refusal or _network_cause(text))
    return LeadlineError(
        "source_login",
        f"the database at {login.place} refuses the user {login.user!r}: {refusal}",
        "Check user, password and database name of the source's address.",
    )


def _network_cause(text: str) -> str:
    return next((cause for sign, cause in _CAUSES.items() if sign in text), "no answer")


# Statements: by the server's own code, the longest beginning that is listed


def running(error: psycopg.Error, login: Login) -> LeadlineError | ReadConflictError:
    """What went wrong with a statement; `ReadConflictError` where another try may help."""
    state = error.sqlstate or ""
    if not state:
        return _local(error, login)
    if _is_conflict(error, state):
        return ReadConflictError(_timeout(error))
    if isinstance(error, errors.FeatureNotSupported):  # "cached plan must not change result type"
        return ReadConflictError(_ours(error), stale=True)
    for length in (5, 3, 2):
        if found := _BY_STATE.get(state[:length]):
            return found(error)
    if state.startswith(_LOST):
        return ReadConflictError(unreachable(login, "the connection was lost"))
    return read_only(login) if state == _READ_ONLY else _ours(error)


_LOST = ("08", "57P", "58")
_READ_ONLY = "25006"


def _is_conflict(error: psycopg.Error, state: str) -> bool:
    """A standby ended it, because recovery could not wait."""
    return state in ("40001", "40P01") or (state == "57014" and "recovery" in said(error))


def _logged(error: psycopg.Error) -> str:
    """Writes the server's sentence to the log, without values; the id under which it stands there."""
    log_id = secrets.token_hex(6)
    sentence = _QUOTED.sub('"…"', error.diag.message_primary or type(error).__name__)
    log.warning("statement_failed", log_id=log_id, sqlstate=error.sqlstate, said=sentence[:_LONGEST])
    return log_id


def _condition(error: psycopg.Error) -> str:
    """The name of an error's kind in words: "division by zero". It never holds a value."""
    return _WORDS.sub(" ", type(error).__name__).lower()


def _missing(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"the database does not have what the model names: {said(error)}",
        "Run leadline check: it names the file and line.",
    )


def _changed(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"a column does not have the type that the model was read with: {said(error)}",
        "Run leadline check --data; change the column back, or the model.",
    )


def _right(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "no_permission",
        f"the database role may not do this: {said(error)}",
        "Grant the role SELECT on the tables that the model names; leadline doctor prints the SQL.",
    )


def _data(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"an expression fails on the data: {_condition(error)} (log id {_logged(error)})",
        "Guard the expression (nullif, case) or clean the rows.",
    )


def unreadable(error: Exception) -> LeadlineError:
    """A value that arrived but cannot be held here: an infinite date, a year past 9999, broken text."""
    return LeadlineError(
        "not_supported",
        f"a value cannot be shown ({type(error).__name__})",
        "Years must lie between 1 and 9999, text must be UTF-8; infinite dates and instants cannot be shown.",
    )


def _timeout(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "timeout",
        f"the database took too long: {said(error)}",
        "Narrow the range or the filters, or add a rollup.",
    )


def _limit(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "too_large",
        f"the question needs more than the database allows: {_condition(error)} (log id {_logged(error)})",
        "Ask for fewer rows, shorter columns, or a coarser grain.",
    )


def _exhausted(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "source_unavailable",
        f"the database is short of something: {_condition(error)} (log id {_logged(error)})",
        "Look at its disk, its memory and its number of connections.",
    )


def _ours(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "internal",
        f"the database refuses our SQL: {_condition(error)} (log id {_logged(error)})",
        "Report this with the query.",
    )


_BY_STATE = {
    "42P01": _missing,
    "42703": _missing,
    "3F000": _missing,
    "42883": _changed,
    "42804": _changed,
    "42846": _changed,
    "42725": _changed,
    "42501": _right,
    "57014": _timeout,
    "55P03": _timeout,
    "25P03": _timeout,
    "25P04": _timeout,
    "21": _data,
    "22": _data,
    "53400": _limit,
    "54": _limit,
    "53": _exhausted,
}


def _local(error: psycopg.Error, login: Login) -> LeadlineError | ReadConflictError:
    """An error without a state of the server's: a value the driver cannot hold, or a lost connection."""
    if isinstance(error, psycopg.DataError):
        return unreadable(error)
    if isinstance(error, psycopg.ProgrammingError):
        return _ours(error)
    return ReadConflictError(unreachable(login, "the connection was lost"))
