"""What is always so at the demo company: its people, regions, sources, products and chances.

A seller of heat pumps, solar roofs and insulation. All names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("East", "Central", "West", "Online")
SOURCES = ("web", "referral", "outbound", "partner", "events")
STAGES = ("new", "qualified", "proposal", "negotiation")
CHANCE = (0.33, 0.43, 0.58, 0.78)
"""Share of the deals that reach a stage and are won."""
DROP = (0.34, 0.30, 0.22, 0.14)
"""Where the lost ones end."""

REGION_SHARE = {"East": 0.31, "Central": 0.27, "West": 0.25, "Online": 0.17}
SOURCE_SHARE = {
    "East": (0.36, 0.24, 0.18, 0.13, 0.09),
    "Central": (0.27, 0.33, 0.20, 0.11, 0.09),
    "West": (0.37, 0.19, 0.20, 0.14, 0.10),
    "Online": (0.62, 0.16, 0.04, 0.16, 0.02),
}
BOOKS = {"web": 0.31, "referral": 0.54, "outbound": 0.29, "partner": 0.42, "events": 0.35}
"""Chance that a lead books an appointment."""
MISSES = 0.19
"""Chance that the customer does not come."""
OPENS = 0.88
"""Chance that an appointment held becomes a deal."""
WINS = {"web": 0.29, "referral": 0.42, "outbound": 0.26, "partner": 0.34, "events": 0.28}
"""Chance that a deal is won, before the seller's skill."""

PRODUCTS = ("Heat pump", "Solar roof", "Insulation", "Service plan")
PRODUCT_SHARE = (0.36, 0.24, 0.24, 0.16)
PRICE = (3900, 5500, 1750, 690)
SPREAD = 0.5
"""Sigma of the logarithm of an amount."""
WHALE, WHALE_TIMES = 0.010, 8.0
"""Share of very large deals, and how many times the usual price they cost on average."""
MEAN_LAG_DAYS = 24.0


@dataclass(frozen=True, slots=True)
class Rep:
    """A sales person. `skill`: 1 is usual. `hired`: days before the company's present, None: long ago."""

    id: int
    name: str
    region: str
    manager: str
    skill: float
    hired: int | None

    @property
    def email(self) -> str:
        """The address at the company."""
        return f"{self.name.lower().replace(' ', '.')}@merrow.example"


_TEAMS = {
    ("Ruth Halloran", "East"): "Mara Lindqvist, Tobias Okoro, Priya Nandakumar, Jonah Whitfield, Elena Vasko",
    ("Victor Sandoval", "East"): "Callum Reyes, Ines Baptista, Rowan Achebe, Silke Brandt",
    ("Simone Adeyemi", "Central"): (
        "Hugo Marchetti, Dana Kowalczyk, Amir Solberg, Noor Castellan, "
        "Beth Ferreira, Luka Horvat, Wren Oduya, Petra Nyman"
    ),
    ("Martin Kessler", "West"): (
        "Kai Tanimoto, Sofia Delacruz, Marcus Venn, Yuki Amsel, "
        "Orla Brennock, Dev Parrish, Talia Moreau, Finn Osei"
    ),
    ("Joanna Petrov", "Online"): "Ada Winterburn, Joel Mbeki, Carmen Ilves, Theo Rask, Nadia Quill",
}
"""The reps of each manager and region."""
_SKILL = (1.24, 0.88, 1.42, 1.06, 0.97, 1.15, 0.8, 1.3, 0.74, 1.0)
_HIRED = {"Silke Brandt": 610, "Petra Nyman": 400, "Finn Osei": 290, "Theo Rask": 760}


def _reps() -> tuple[Rep, ...]:
    teams = _TEAMS.items()
    people = [(name, region, manager) for (manager, region), names in teams for name in names.split(", ")]
    return tuple(
        Rep(number, name, region, manager, _SKILL[number * 7 % len(_SKILL)], _HIRED.get(name))
        for number, (name, region, manager) in enumerate(people, 1)
    )


REPS = _reps()

_FIRST = (
    "Alder Birch Cobalt Dover Ember Falcon Granite Harbor Iris Juniper Kestrel Lumen Maple "
    "North Opal Prairie Quarry River Summit Timber Union Valley Willow Yarrow Zephyr"
)
_SECOND = (
    "Bakery Brewing Builders Church Clinic Dairy Dental Farms Fitness Foods Garage Homes Hotel "
    "Laundry Lofts Market Mills Motors Nursery Offices Press School Storage Textiles Theater Tools "
    "Towers Works"
)
COMPANIES = tuple(f"{first} {second}" for first in _FIRST.split() for second in _SECOND.split())
