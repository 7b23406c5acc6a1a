"""The cases ask every kind, aggregation, operator, grain, calendar, zone and comparison, and the traps."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from leadline.verify import Case
from tests.support.case_coverage import COMPARISONS, KINDS, Coverage, covered
from tests.support.cases import cases_of, folders, source_of

TRAPS = (
    *(
        "fan_out",
        "chasm",
        "non_additive",
        "semi_additive",
        "null_keys",
        "dst_fall_back",
        "dst_spring_forward",
    ),
    *("dst_half_an_hour", "zone_of_45_minutes", "a_day_that_never_was", "leap_day", "iso_week_53"),
    *("fiscal_years", "retail_year_of_53_weeks", "retail_week_53", "empty_range", "partial month"),
    *("join_valid_in_time", "no_rate", "currency at the row's date", "ambiguous_path"),
)


@cache
def cases() -> dict[str, tuple[Case, ...]]:
    """All of them, by folder."""
    return {folder.name: cases_of(folder) for folder in folders()}


@cache
def coverage() -> Coverage:
    """Of all of them."""
    return covered()


def test_nothing_is_missing() -> None:
    assert coverage().missing() == []
    assert coverage().cases >= 400


def test_the_table_names_every_pair() -> None:
    table = coverage().table()
    assert all(kind in table for kind in KINDS)
    assert all(f"\n{one:>24}" in table for one in COMPARISONS)


def test_no_case_is_broken_or_there_twice() -> None:
    every = [case for of_folder in cases().values() for case in of_folder]
    assert [(case.file, case.line, case.wrong) for case in every if case.wrong is not None] == []
    names = Counter((folder, case.name) for folder, of_folder in cases().items() for case in of_folder)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("trap", TRAPS)
def test_the_traps_have_names(trap: str) -> None:
    assert any(trap in case.name for of_folder in cases().values() for case in of_folder)


def test_the_three_folders_of_the_contract_are_there() -> None:
    assert {"demo", "crm", "electronics"} <= {folder.name for folder in folders()}
    assert {source_of(folder) for folder in folders()} == {"demo", "crm", "electronics", "traps"}
