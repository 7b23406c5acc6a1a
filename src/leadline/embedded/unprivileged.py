"""Runs one tool to its end as the user of the servers."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from leadline.embedded.failures import explain
from leadline.embedded.identity import Identity
from leadline.embedded.kernel import enter_user_namespace


def run(
    arguments: Sequence[str], identity: Identity, folder: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Runs it; `folder` is what it works on. Raises `disk_full` or `process_failed` with its last words."""
    done = subprocess.run(
        list(arguments),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=folder.parent,
        env=None if environment is None else dict(environment),
        user=identity.uid,
        group=identity.gid,
        extra_groups=[] if identity.uid is not None else None,
        preexec_fn=enter_user_namespace if identity.namespace else None,
    )
    if done.returncode != 0:
        raise explain(Path(arguments[0]).name, done.stderr or done.stdout, folder)
