"""Names of files and headers as plain identifiers: lower case, letters a-z, digits and `_`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 60
"""PostgreSQL cuts at 63 bytes; three are kept for a number."""


def identifier(text: str, otherwise: str) -> str:
    """`Order Number` -> `order_number`, `Größe (m²)` -> `grosse_m2`; `otherwise` where nothing is left."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST]
    if not name:
        return otherwise
    return f"_{name}" if name[0].isdigit() else name


def column_names(headers: Sequence[str]) -> list[str]:
    """One identifier a header: an empty one becomes `column_3`, a second `price` becomes `price_2`."""
    names: list[str] = []
    for number, header in enumerate(headers, 1):
        name = identifier(header, f"column_{number}")
        tries, found = 1, name
        while found in names:
            tries += 1
            found = f"{name}_{tries}"
        names.append(found)
    return names
