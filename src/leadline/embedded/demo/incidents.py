"""What happens to the company on purpose, so that there is something to find: written down, never hidden.

Each is placed relative to the company's present and holds between two instants.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from leadline.embedded.demo.days import day_of, midnight, moment, weekday

Kind = Literal["leads", "no_show", "outage", "skill", "price"]


@dataclass(frozen=True, slots=True)
class Incident:
    """From `starts` until before `ends` (instants) the thing named by `kind` is multiplied by `factor`.

    `leads`: how many come; `no_show`: the chance to be missed; `outage`: the share of closings put off to
    the next day; `skill`: the rep's chance to win; `price`: amounts. `region`, `source`, `rep`: only these.
    """

    name: str
    kind: Kind
    starts: int
    ends: int
    factor: float
    about: str
    regions: tuple[str, ...] = ()
    source: str | None = None
    rep: str | None = None

    def holds(self, at: int) -> bool:
        """Whether it is on at an instant."""
        return self.starts <= at < self.ends

    def touches(self, region: str, source: str) -> bool:
        """Whether leads of a region and source are meant."""
        return (not self.regions or region in self.regions) and self.source in (None, source)


_ABOUT = {
    "partner_programme": "A partner programme brings more partner leads for good",
    "price_rise": "List prices rise by 5 %",
    "web_campaign": "A web campaign in East and Online",
    "form_outage": "The form on the web site is broken for a day",
    "burnout": "Priya Nandakumar, a top seller, is away and then slow",
    "signing_outage": "The signing service is down; contracts are closed on the next day",
    "referral_drought": "Three referring installers in Central stop sending customers",
    "no_shows": "More customers in West miss their appointment",
}


def incidents_of(present: int) -> tuple[Incident, ...]:
    """All incidents of a company whose present is that instant."""
    today = day_of(present)

    def span(days_ago: int, length: int) -> tuple[int, int]:
        return midnight(today - days_ago), midnight(today - days_ago + length)

    outage = today - _workday(today - 41)
    east_online, week = ("East", "Online"), 7
    return (
        Incident(
            "partner_programme", "leads", *span(620, 720), 1.4, _ABOUT["partner_programme"], (), "partner"
        ),
        Incident("price_rise", "price", *span(430, 4000), 1.05, _ABOUT["price_rise"]),
        Incident("web_campaign", "leads", *span(270, 24), 1.7, _ABOUT["web_campaign"], east_online, "web"),
        Incident("form_outage", "leads", *span(101, 1), 0.05, _ABOUT["form_outage"], (), "web"),
        Incident("burnout", "skill", *span(125, 7 * week), 0.35, _ABOUT["burnout"], rep="Priya Nandakumar"),
        Incident("signing_outage", "outage", *span(outage, 1), 0.85, _ABOUT["signing_outage"]),
        Incident(
            "referral_drought",
            "leads",
            *span(36, 64),
            0.45,
            _ABOUT["referral_drought"],
            ("Central",),
            "referral",
        ),
        Incident("no_shows", "no_show", *span(13, 24), 1.7, _ABOUT["no_shows"], ("West",)),
    )


def _workday(day: int) -> int:
    while weekday(day) not in {1, 2, 3}:
        day -= 1
    return day


def write_incidents(path: Path, incidents: tuple[Incident, ...]) -> None:
    """Writes them down as JSON, with ISO instants in UTC."""
    facts = [
        asdict(one) | {"starts": moment(one.starts).isoformat(), "ends": moment(one.ends).isoformat()}
        for one in incidents
    ]
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
