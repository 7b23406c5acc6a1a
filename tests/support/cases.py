"""The folders of cases: which source each is about, its model, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from leadline.semantic.loader.yaml12 import read
from leadline.verify import Case, read_cases
from tests.support.shared import ROOT

CASES = ROOT / "tests" / "cases"
_SHIPPED = {"demo": "models/sales", "crm": "examples/crm", "electronics": "examples/electronics"}


def folders() -> tuple[Path, ...]:
    """All folders of cases, by name."""
    return tuple(sorted(path for path in CASES.iterdir() if path.is_dir()))


def source_of(folder: Path) -> str:
    """The name of the source: `demo-rules` is about the same one as `demo`."""
    return folder.name.partition("-")[0]


def model_of(folder: Path) -> Path:
    """The model over which the cases are asked: the folder's own, else the shipped one of its source."""
    own = folder / "model"
    return own if own.is_dir() else ROOT / _SHIPPED[folder.name]


def files(folder: Path) -> tuple[Path, ...]:
    """The files of cases of a folder."""
    return tuple(sorted(folder.glob("*.yaml")))


def cases_of(folder: Path) -> tuple[Case, ...]:
    """The cases of a folder."""
    return tuple(case for path in files(folder) for case in read_cases(path))


def raw_model(folder: Path) -> dict[str, Any]:
    """The model of a folder as its author wrote it."""
    merged: dict[str, Any] = {}
    for path in sorted(model_of(folder).glob("*.yaml")):
        merged.update(read(path).value)
    return merged
