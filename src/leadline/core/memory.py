"""How often a serving process looks for what nobody needs any more."""

from __future__ import annotations

import gc

_YOUNG, _OLDER, _OLD = 20_000, 20, 20
"""Objects made since the last look; a plan alone makes some ten thousand, none of them in a circle."""


def settle() -> None:
    """Called once, when all is loaded: what is there then stays, and need not be looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLD)
