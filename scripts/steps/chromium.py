"""A Chromium for the tests: the machine's, else one from npm that needs neither root nor system libraries."""

from __future__ import annotations

import platform
import shutil
import tarfile
from pathlib import Path

from steps import node, stamps
from steps.paths import CHROMIUM, LOCKS
from steps.shell import SetupError, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FOLDER = CHROMIUM.parent
_PACKAGE = _FOLDER / "node_modules" / "@sparticuz" / "chromium"
_UNPACK = """
const fs = require("fs"), zlib = require("zlib");
for (const [from, to] of JSON.parse(process.argv[1]))
  fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)));
"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{folder}/fonts</dir><cachedir>{folder}/font-cache</cachedir></fontconfig>
"""
_START = """#!/bin/sh
# Chromium with its own libraries and fonts; without root it has no sandbox, so only for pages of our own.
export LD_LIBRARY_PATH="{folder}/lib:{folder}" FONTCONFIG_FILE="{folder}/fonts.conf"
exec "{folder}/chromium.bin" --no-sandbox --no-zygote "$@"
"""


def chromium() -> None:
    """Gets one where PATH has none."""
    if any(shutil.which(name) for name in NAMES):
        return
    if platform.machine() != "x86_64":
        raise SetupError(
            "there is no Chromium on PATH, and none to fetch for this processor: install chromium"
        )
    lock = LOCKS / "chromium" / "package-lock.json"
    mark, stamp = stamps.fingerprint([lock], str(_FOLDER)), _FOLDER / ".stamp"
    if stamps.is_done(stamp, mark):
        return
    shutil.rmtree(_FOLDER, ignore_errors=True)
    shutil.copytree(lock.parent, _FOLDER)
    npm = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"]
    run("Chromium", npm, kind="download", environment=node.environment(), folder=_FOLDER)
    _unpack()
    stamps.done(stamp, mark)


def _unpack() -> None:
    pairs = [[str(path), str(_target(path))] for path in sorted((_PACKAGE / "bin").glob("*.br"))]
    text = str(pairs).replace("'", '"')
    run("Chromium, unpacked", ["node", "-e", _UNPACK, text], kind="build", environment=node.environment())
    for archive in _FOLDER.glob("*.tar"):
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4
                tar.extraction_filter = tarfile.data_filter
            tar.extractall(_FOLDER)  # noqa: S202 - npm has checked it against its hash
        archive.unlink()
    shutil.rmtree(_FOLDER / "node_modules")
    (_FOLDER / "fonts.conf").write_text(_FONTS.format(folder=_FOLDER))
    (_FOLDER / "chromium.bin").chmod(0o755)
    CHROMIUM.write_text(_START.format(folder=_FOLDER))
    CHROMIUM.chmod(0o755)


def _target(path: Path) -> Path:
    name = path.name.removesuffix(".br")
    return _FOLDER / ("chromium.bin" if name == "chromium" else name)
