"""What follows from a present and a seed: volume, incidents, plan, prices."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from leadline.embedded.demo.company import ORIGINS, Company
from leadline.embedded.demo.days import instant, midnight, weekday
from leadline.embedded.demo.incidents import write_incidents
from leadline.embedded.demo.plan import month_after, quotas
from leadline.embedded.demo.world import REGION_SHARE, REPS, SOURCE_SHARE

PRESENT = datetime(2026, 11, 17, 20, 32, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    """A company of a Tuesday in November."""
    return Company(7, instant(PRESENT))


def test_about_thirty_people_under_five_managers() -> None:
    assert len(REPS) == len({rep.name for rep in REPS}) == len({rep.email for rep in REPS}) == 30
    assert len({rep.manager for rep in REPS}) == 5
    assert sum(REGION_SHARE.values()) == pytest.approx(1)
    assert all(sum(shares) == pytest.approx(1) for shares in SOURCE_SHARE.values())


def test_the_same_seed_weighs_the_same(company: Company) -> None:
    day = company.today - 100
    assert (
        company.weight(day)
        == Company(7, company.present).weight(day)
        != Company(8, company.present).weight(day)
    )


def test_week_year_and_trend(company: Company) -> None:
    monday = next(day for day in range(company.today, 0, -1) if weekday(day) == 0) - 70
    assert company.weight(monday + 5) < company.weight(monday) / 2
    assert company.season(company.today) > company.season(company.today - 365) * 1.1
    assert company.season(date(2026, 10, 1).toordinal()) > company.season(date(2026, 4, 1).toordinal())


def test_incidents_are_placed_around_the_present_and_written_down(company: Company, tmp_path: Path) -> None:
    write_incidents(tmp_path / "incidents.json", company.incidents)
    told = json.loads((tmp_path / "incidents.json").read_text())
    assert [one["name"] for one in told] == [one.name for one in company.incidents]
    assert all(datetime.fromisoformat(one["starts"]) < datetime.fromisoformat(one["ends"]) for one in told)
    now = {one.name for one in company.incidents if one.holds(company.present)}
    assert now >= {"referral_drought", "no_shows"}


def test_an_incident_changes_what_it_names_and_nothing_else(company: Company) -> None:
    drought = next(one for one in company.incidents if one.name == "referral_drought")
    before, within = company.origins(company.today - 37), company.origins(company.today - 20)
    changed = {ORIGINS[n] for n in range(len(ORIGINS)) if abs(within[n] / before[n] - drought.factor) < 1e-9}
    assert changed == {("Central", "referral")}
    assert company.factor("no_show", company.present, region="West") > 1
    assert company.factor("no_show", company.present, region="East") == 1


def test_quotas_grow_with_the_company_and_are_round(company: Company) -> None:
    early, late = quotas(company, 350.0, date(2024, 6, 1)), quotas(company, 350.0, date(2026, 6, 1))
    assert sum(late.values()) > sum(early.values())
    assert all(cents % 100 == 0 for cents in late.values())
    assert set(late) == {rep.id for rep in REPS}


def test_a_new_rep_has_no_quota_before_the_first_month(company: Company) -> None:
    new = next(rep for rep in REPS if rep.hired == 290)
    assert new.id not in quotas(company, 350.0, date(2025, 6, 1))


def test_months() -> None:
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2026, 1, 1), 25) == date(2028, 2, 1)


def test_prices_rise(company: Company) -> None:
    assert company.price_level(midnight(company.today)) > company.price_level(midnight(company.today - 800))
