"""Which user the servers run as: PostgreSQL refuses to run as root, and we must work for root too."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leadline.core.errors import LeadlineError
from leadline.embedded.kernel import enter_user_namespace

_OVERFLOW = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """How a server gives up root: by an unprivileged `uid`/`gid`, by a user `namespace`, or not at all.

    In a namespace the kernel still sees root as the owner of the files, but the process has no capability.
    """

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False

    def own(self, path: Path) -> None:
        """Hands a file or folder (not what is in it) to the user of the servers."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def own_all(self, folder: Path) -> None:
        """Hands a folder and everything in it to the user of the servers."""
        if self.uid is None:
            return
        self.own(folder)
        for path in folder.rglob("*"):
            self.own(path)


SELF = Identity()


def choose(folder: Path, program: Path) -> Identity:
    """The identity for servers that keep data in `folder` (or will) and are started from `program`.

    An ordinary user runs them as itself. Root drops to the owner of existing data or to `nobody` where that
    user can reach both paths, else enters a user namespace. Raises `no_permission` where neither works.
    """
    if os.geteuid() != 0:
        return SELF
    owner = folder.stat().st_uid if folder.exists() else None
    for candidate in _candidates(owner):
        if _reachable(candidate, folder, program) and _runs(candidate, program):
            return candidate
    raise LeadlineError(
        "no_permission",
        f"the servers are not run as root, and no other user can reach {program} and {folder}",
        "Run as an ordinary user, or move both to folders that every user may enter.",
    )


def _candidates(owner: int | None) -> Iterator[Identity]:
    if owner != 0:
        yield _unprivileged(owner)
    if owner in (None, 0):
        yield Identity(namespace=True)


def _unprivileged(owner: int | None) -> Identity:
    uid = _OVERFLOW if owner is None else owner
    try:
        return Identity(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:
        return Identity(uid, uid)


def _reachable(identity: Identity, *paths: Path) -> bool:
    if identity.uid is None:
        return True
    parents = {parent for path in paths for parent in path.resolve().parents}
    return all(_may_enter(identity, parent) for parent in parents if parent.exists())


def _may_enter(identity: Identity, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == identity.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == identity.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _runs(identity: Identity, program: Path) -> bool:
    try:
        done = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            check=False,
            user=identity.uid,
            group=identity.gid,
            extra_groups=[] if identity.uid is not None else None,
            preexec_fn=enter_user_namespace if identity.namespace else None,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
