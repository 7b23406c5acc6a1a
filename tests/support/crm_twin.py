"""A twin of the CRM set: the same four files and columns, the same dirt, made up and smaller.

Dirt: the pipeline writes `GTXPro` where the product table has `GTX Pro`; a sector and a country are misspelt;
open opportunities may have no account; prospects have no date; open ones have neither close date nor value;
a lost one has the value 0; two agents own nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

AS_OF = date(2017, 12, 31)
PRODUCTS = (
    ("GTX Basic", "GTX", 550),
    ("GTX Pro", "GTX", 4821),
    ("MG Special", "MG", 55),
    ("MG Advanced", "MG", 3393),
    ("GTX Plus Pro", "GTX", 5482),
    ("GTX Plus Basic", "GTX", 1096),
    ("GTK 500", "GTK", 26768),
)
_WRITTEN = {"GTX Pro": "GTXPro"}
_SECTORS = ("technolgy", "medical", "retail", "software", "finance")
_COUNTRIES = ("United States", "Kenya", "Philipines", "Norway")
_OFFICES = {"East": "Rocco Twin", "Central": "Dustin Twin", "West": "Celia Twin"}
IDLE = ("Mei Idle", "Carl Idle")
"""Agents without an opportunity."""

Row = Sequence[object]


def write_twin(folder: Path, rows: int = 900, seed: int = 1) -> Path:
    """Writes the four files into a folder and gives it back."""
    rng = Random(seed)  # noqa: S311 - made up
    agents = [(f"Agent {number:02}", office) for number, office in enumerate(list(_OFFICES) * 4, 1)]
    teams = [(agent, _OFFICES[office], office) for agent, office in agents]
    teams += [(idle, _OFFICES["West"], "West") for idle in IDLE]
    accounts = [_account(rng, number) for number in range(1, 21)]
    names = [str(row[0]) for row in accounts]
    _write(
        folder / "accounts.csv",
        "account sector year_established revenue employees office_location subsidiary_of",
        accounts,
    )
    _write(folder / "products.csv", "product series sales_price", PRODUCTS)
    _write(folder / "sales_teams.csv", "sales_agent manager regional_office", teams)
    header = "opportunity_id sales_agent product account deal_stage engage_date close_date close_value"
    _write(folder / "sales_pipeline.csv", header, _pipeline(rng, rows, [agent for agent, _ in agents], names))
    return folder


def _write(path: Path, header: str, rows: Sequence[Row] | Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


def _account(rng: Random, number: int) -> Row:
    revenue = f"{rng.uniform(4, 9000):.2f}"
    parent = "Company 01" if number % 7 == 0 else ""
    return (f"Company {number:02}", rng.choice(_SECTORS), rng.randint(1979, 2017), revenue,
            rng.randint(9, 34000), rng.choice(_COUNTRIES), parent)  # fmt: skip


def _pipeline(rng: Random, rows: int, agents: list[str], accounts: list[str]) -> Iterator[Row]:
    weights = [2 + number % 5 for number in range(len(agents))]
    for number in range(rows):
        product, _, price = rng.choices(PRODUCTS, (20, 16, 19, 16, 11, 16, 1))[0]
        stage = rng.choices(("Won", "Lost", "Engaging", "Prospecting"), (48, 28, 18, 6))[0]
        agent = rng.choices(agents, weights)[0]
        account = "" if stage in {"Engaging", "Prospecting"} and rng.random() < 0.7 else rng.choice(accounts)
        yield (
            f"T{number:06X}"[-8:],
            agent,
            _WRITTEN.get(product, product),
            account,
            stage,
            *_fate(rng, stage, price),
        )


def _fate(rng: Random, stage: str, price: int) -> Row:
    """Engage date, close date and value, as far as the stage has them. The first close is in March."""
    if stage == "Prospecting":
        return "", "", ""
    if stage == "Engaging":
        return AS_OF - timedelta(days=rng.randint(4, 300)), "", ""
    closed = rng.choice((AS_OF, AS_OF - timedelta(days=rng.randint(0, 305))))
    if rng.random() > 0.03 and closed == AS_OF:
        closed = AS_OF - timedelta(days=rng.randint(0, 305))
    engaged = closed - timedelta(days=rng.choice((rng.randint(1, 20), rng.randint(40, 138))))
    value = max(1, round(rng.gauss(price, price * 0.12))) if stage == "Won" else 0
    return engaged, closed, value
