"""What random models are put together from: operands, conditions, rules, viewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leadline.core.viewer import Viewer
from tests.integration.planner.answered import answers
from tests.integration.planner.spec import At, Dataset, Link, Rule, Says
from tests.integration.planner.world_base import (
    AMOUNT,
    DATASETS,
    SHARE,
    UNITS,
    WEIGHT,
    WEIGHTED,
    WON,
    col,
    dataset,
    dims,
    equal,
    is_,
)

DEALS_NUMBERS = (AMOUNT, UNITS, WEIGHT, SHARE, WEIGHTED)
DEALS_KEYS = (col("deals", "rep_id"), col("deals", "stage"), col("deals", "account_id"))
DEALS_WHERE = (
    None,
    None,
    WON,
    is_("status", "won", "lost"),
    is_("rep.region", "East"),
    is_("rep.team.name", "Red"),
    is_("lead.source", "web", "Web"),
    Says("urgent", lambda at: at("urgent")),
    Says("units > 1", lambda at: None if at("units") is None else at("units") > 1),
    Says("stage is null", lambda at: at("stage") is None),
)
LEADS_NUMBERS = (col("leads", "score"),)
LEADS_KEYS = (col("leads", "source"), col("leads", "account_id"))
LEADS_WHERE = (None, None, is_("source", "web", "Web"), is_("rep.region", "East"))
TIMES = {
    "deals": ("closed_at", "closed_at", "opened_at", "closed_on", "logged_at"),
    "leads": ("created_at", "came_on"),
}
"""Times of each dataset, those of the base model's metrics more often."""


def wide() -> dict[str, Dataset]:
    """The datasets of the base, with all columns and joins that there are."""
    found = dict(DATASETS)
    reps, deals, leads = found["reps"], found["deals"], found["leads"]
    manager = Link("manager", "reps", ("manager_id", "id"))
    found["reps"] = replace(
        reps, dims={**reps.dims, **dims("reps", "email")}, links={**reps.links, "manager": manager}
    )
    found["leads"] = replace(leads, dims={**leads.dims, **dims("leads", "came_on", "account_id")})
    found["deals"] = replace(deals, dims={**deals.dims, **dims("deals", "account_id", "currency")})
    if answers("valid"):
        found["stints"] = dataset("stints", dims("stints", "office", "since", "until"))
        stint = Link("stint", "stints", ("rep_id", "rep_id"), ("since", "until"))
        found["deals"] = replace(found["deals"], links={**deals.links, "stint": stint})
    return found


# -- rules ----------------------------------------------------------------------------------------------


def _same(name: str, of_viewer: str) -> Says:
    """`name = viewer.attribute`."""
    return Says(f"{name} = viewer.{of_viewer}", lambda at: equal(at(name), at(f"viewer.{of_viewer}")))


def _job(name: str) -> Says:
    return Says(f"viewer.job = '{name}'", lambda at: equal(at("viewer.job"), name))


def _big(at: At) -> bool | None:
    return None if at("amount") is None else at("amount") > 500


def _by_dataset(name: str, own: str, of_viewer: str) -> Mapping[str | None, Says]:
    """The rule's rows where reps are reached over `name`, and of reps themselves."""
    return {
        "deals": _same(name, of_viewer),
        "leads": _same(name, of_viewer),
        "reps": _same(own, of_viewer),
    }


RULES = {
    one.name: one
    for one in (
        Rule("own", _job("rep"), _by_dataset("rep.email", "email", "email")),
        Rule("team", _job("manager"), _by_dataset("rep.manager.email", "manager.email", "email")),
        Rule(
            "region",
            Says("viewer.region is not null", lambda at: at("viewer.region") is not None),
            {None: _same("rep.region", "region")},
        ),
        Rule(
            "grade",
            Says("viewer.role = 'editor'", lambda at: equal(at("viewer.role"), "editor")),
            {None: Says("rep.grade = 3", lambda at: equal(at("rep.grade"), 3))},
            ("leads", "visits"),
        ),
        Rule(
            "big",
            Says("viewer.role = 'editor'", lambda at: equal(at("viewer.role"), "editor")),
            {"deals": Says("amount > 500", _big), "reps": is_("region", "East", "West")},
        ),
    )
}
ADMIN = Viewer("org", "ada@example.com", "admin")
VIEWERS = (
    Viewer("org", "ann1@example.com", "viewer", "Ann", (("job", "rep"),)),
    Viewer("org", "ann5@example.com", "viewer", "Ann", (("job", "rep"),)),
    Viewer("org", "ann1@example.com", "viewer", "Somebody else", (("job", "rep"), ("shoe", "42"))),
    Viewer("org", "zoë4@example.com", "viewer", "Zoë", (("job", "manager"),)),
    Viewer("org", "zoë4@example.com", "editor", "Zoë", (("job", "manager"),)),
    Viewer("org", "bob2@example.com", "editor", "Bob"),
    Viewer("org", "east@example.com", "viewer", "", (("region", "East"),)),
    Viewer("org", "other@example.com", "viewer", "", (("region", "East"),)),
    Viewer("org", "east@example.com", "viewer", "", (("job", "rep"), ("region", "east"))),
    Viewer("org", "nobody@example.com", "viewer"),
    Viewer("org", "nothing@example.com", "guest", "", (("job", "guest"),)),
    ADMIN,
    Viewer("org", "root@example.com", "admin", "Root", (("job", "rep"),)),
)
