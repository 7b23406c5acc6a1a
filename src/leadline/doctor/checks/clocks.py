"""Our clock and the database's agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient

MOST = timedelta(seconds=1)


async def check(patient: Patient) -> list[Finding]:
    """Whether the database's clock is off by more than a second, whatever the way there took."""
    before = datetime.now(UTC)
    theirs = await patient.reader.value("SELECT clock_timestamp()")
    return judged(skew(before, theirs, datetime.now(UTC)))


def skew(before: datetime, theirs: datetime, after: datetime) -> timedelta:
    """How far their clock is ahead (or, negative, behind) at least, asked between two instants of ours."""
    if theirs > after:
        return theirs - after
    return min(theirs - before, timedelta())


def judged(ahead: timedelta) -> list[Finding]:
    """What there is to say of it."""
    if abs(ahead) <= MOST:
        return []
    way = "ahead of" if ahead > timedelta() else "behind"
    return [
        Finding(
            "warning",
            f"The database's clock is {abs(ahead).total_seconds():.1f} s {way} ours.",
            (),
            "Today begins, and an age is counted, at the same instant everywhere: keep both clocks by NTP.",
            "Everything, with ages that are off by as much.",
        )
    ]
