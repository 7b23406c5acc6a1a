"""The web app: its packages by npm's lock, then the build."""

from __future__ import annotations

from steps import node, stamps
from steps.paths import ROOT
from steps.shell import run

_MODULES = ROOT / "node_modules"
_DIST = ROOT / "web" / "dist"


def packages() -> None:
    """`npm ci`, where the lock has changed."""
    manifests = [
        ROOT / "package.json",
        *sorted(ROOT.glob("*/package.json")),
        ROOT / "sdk/typescript/package.json",
    ]
    inputs = [path for path in manifests if path.is_file()]
    mark = stamps.fingerprint([ROOT / "package-lock.json", *inputs])
    stamp = _MODULES / ".leadline-stamp"
    if stamps.is_done(stamp, mark):
        return
    run("Web packages", ["npm", "ci"], kind="download", environment=node.environment())
    stamps.done(stamp, mark)


def build() -> None:
    """Builds the app, where a source has changed."""
    folders = (ROOT / "web", ROOT / "sdk" / "typescript")
    sources = [path for folder in folders for path in stamps.files_under(folder)]
    mark = stamps.fingerprint([ROOT / "package-lock.json", *sources])
    stamp = _DIST / ".leadline-stamp"
    if stamps.is_done(stamp, mark) and (_DIST / "index.html").is_file():
        return
    run("Web app", ["npm", "run", "build"], kind="build", environment=node.environment())
    stamps.done(stamp, mark)
