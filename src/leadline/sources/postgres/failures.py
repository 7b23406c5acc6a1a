"""What the driver reports, in the words of the product. No message ever holds a password or a file's name."""

from __future__ import annotations

import re

import psycopg
from psycopg import errors

from leadline.core.errors import LeadlineError
from leadline.sources.postgres.login import Login

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
_CONNECTION_STATES = ("08", "57P")
_CONFLICT_STATE = "40001"
_OPERATOR_STATE = "57"
_DATA_STATES = ("21", "22")


class ReadConflictError(Exception):
    """A reading was cut off through no fault of the question: by the standby's recovery, or a lost node.

    `error` is what to raise if a second try on another node does not help.
    """

    def __init__(self, error: LeadlineError) -> None:
        super().__init__(error.why)
        self.error = error


def said(error: psycopg.Error) -> str:
    """The server's own sentence about an error, on one line."""
    text = error.diag.message_primary or str(error)
    return " ".join(text.split())[:300]


def unreachable(login: Login, why: str) -> LeadlineError:
    """The database does not answer."""
    return LeadlineError(
        "source_unavailable",
        f"the database at {login.place} cannot be reached: {why}",
        "Check that it runs, and that host and port are right.",
    )


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


def _missing(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"the database does not have what the model names: {said(error)}",
        "Run leadline check: it names the file and line.",
    )


def _right(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "no_permission",
        f"the database role may not do this: {said(error)}",
        "Grant the role SELECT on the tables that the model names.",
    )


def _data(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "model_invalid",
        f"an expression fails on the data: {said(error)}",
        "Guard the expression (nullif, case) or clean the rows.",
    )


def _unreadable(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "not_supported",
        f"a value cannot be read: {said(error)}",
        "Years must lie between 1 and 9999; infinite dates and instants cannot be shown.",
    )


def _timeout(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "timeout",
        f"the database took too long: {said(error)}",
        "Narrow the range or the filters, or add a rollup.",
    )


def running(error: psycopg.Error, login: Login) -> LeadlineError | ReadConflictError:
    """What went wrong with a statement; `ReadConflictError` where another try may help."""
    state = error.sqlstate or ""
    if state == _CONFLICT_STATE:
        return ReadConflictError(_timeout(error))
    if not state or state.startswith(_CONNECTION_STATES):
        return _local(error, login)
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn | errors.InvalidSchemaName):
        return _missing(error)
    if isinstance(error, errors.InsufficientPrivilege):
        return _right(error)
    if state.startswith((_OPERATOR_STATE, "55P03")):
        return _timeout(error)
    if state.startswith(_DATA_STATES):
        return _data(error)
    return _ours(error)


def _ours(error: psycopg.Error) -> LeadlineError:
    return LeadlineError(
        "internal", f"the database refuses our SQL: {said(error)}", "Report this with the query."
    )


def _local(error: psycopg.Error, login: Login) -> LeadlineError | ReadConflictError:
    """An error without a state of the server's: a value the driver cannot hold, or a lost connection."""
    if isinstance(error, psycopg.DataError):
        return _unreadable(error)
    if isinstance(error, psycopg.ProgrammingError):
        return _ours(error)
    return ReadConflictError(unreachable(login, "the connection was lost"))
