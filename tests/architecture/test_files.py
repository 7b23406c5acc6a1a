"""What tracked files must not hold: addresses of package registries, paths of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT

LOCKS = ("requirements/*.txt", "package-lock.json", "requirements/*/package-lock.json")
# put together, so that this file does not hold them itself
REGISTRIES = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("npm", "mirror"),
        ("art", "ifactory"),
    )
)
MACHINES = ("/" + "work/", "/" + "root/")
TEXT = {
    ".py",
    ".ts",
    ".vue",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".sh",
    ".in",
    ".sql",
    ".cfg",
    "",
}


def _tracked() -> list[Path]:
    """Files under version control; where there is none (a source archive), all that is not built."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        pytest.skip("not a git clone")
    return [ROOT / name for name in asked.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_locks_name_no_addresses() -> None:
    locks = [path for pattern in LOCKS for path in ROOT.glob(pattern)]
    assert len(locks) >= 5
    for path in locks:
        text = path.read_text()
        assert not re.search(r'"resolved": "(?!web|sdk)', text), path
        assert not re.search(r"^(--|.*(index|find-links)|.* @ )", text.replace("--hash", ""), re.MULTILINE), (
            path
        )
        if path.suffix == ".txt":
            assert "://" not in text, path


def test_no_file_names_a_registry_or_a_machine() -> None:
    wrong = []
    for path in _tracked():
        if path.suffix not in TEXT:
            continue
        text = path.read_text(errors="replace")
        wrong += [f"{path.relative_to(ROOT)}: {word}" for word in (*REGISTRIES, *MACHINES) if word in text]
    assert not wrong, "\n".join(wrong)


def test_make_targets_are_one_line_each() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    rules = [line for line in lines if re.match(r"[a-z-]+:", line)]
    assert all(re.fullmatch(r"[a-z-]+: ; @.*scripts/[a-z_./]+.*", rule) for rule in rules)
    assert not [line for line in lines if line.startswith("\t")]
