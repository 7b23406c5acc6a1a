"""The two Linux calls that Python has no name for; both run in a child between fork and exec."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_LIBC = ctypes.CDLL(None, use_errno=True)


def enter_user_namespace() -> None:
    """Leaves root behind: in a fresh user namespace the process has no capability outside it."""
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Asks the kernel to send `number` to this process when the thread that forked it ends.

    To be called last before exec: a change of credentials would take the wish back.
    """
    if _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os._exit(1)
