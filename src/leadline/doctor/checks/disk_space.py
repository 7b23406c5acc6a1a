"""The disk of servers that we started has room."""

from __future__ import annotations

import shutil

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

FULL = 0.9


async def check(patient: Patient) -> list[Finding]:
    """Whether nine tenths are used. Of a server elsewhere nothing is known."""
    if patient.data_dir is None or not patient.data_dir.is_dir():
        return []
    disk = shutil.disk_usage(patient.data_dir)
    share = 1 - disk.free / disk.total
    if share < FULL:
        return []
    return [
        Finding(
            "error",
            f"The disk of {patient.data_dir} is {share:.0%} full ({disk.free // 1024**2:,} MiB free).",
            (),
            "The servers do not stop: make room, or move the data directory.",
            "Everything, until the disk is full.",
        )
    ]
