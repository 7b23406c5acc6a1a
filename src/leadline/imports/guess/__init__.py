"""Which type a column has: one guess a file. Each looks at every value; the first that still holds wins."""

from __future__ import annotations

from leadline.imports.guess.base import Guess
from leadline.imports.guess.boolean import Boolean
from leadline.imports.guess.moment import Day, Moment
from leadline.imports.guess.number import Number
from leadline.imports.guess.text import Text

GUESSES: tuple[type[Guess], ...] = (Boolean, Number, Day, Moment, Text)
"""In the order in which they are believed."""

__all__ = ["GUESSES", "Guess"]
