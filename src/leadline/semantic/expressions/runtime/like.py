"""`like`: patterns of `%` and `_` in which a backslash takes the next sign as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from leadline.semantic.expressions.runtime.failures import BAD_PATTERN, EvaluationError

_LEARNED = 512


@dataclass(frozen=True, slots=True)
class _Pattern:
    """The stretches between the `%`, each of one length. `dangling`: a lone backslash ends it."""

    parts: tuple[re.Pattern[str], ...]
    dangling: bool


def like(text: str, pattern: str) -> bool:
    """Whether the whole text fits. Fails where a lone backslash is come to, as in PostgreSQL."""
    read = _read(pattern)
    if not read.dangling:
        return _fits(text, read.parts)
    if _fits(text, (*read.parts[:-1], re.compile(read.parts[-1].pattern + ".", re.DOTALL), _ANYTHING)):
        raise EvaluationError(BAD_PATTERN, "a pattern of like ends with a lone backslash")
    return False


_ANYTHING = re.compile("")


def _fits(text: str, parts: tuple[re.Pattern[str], ...]) -> bool:
    """The first stretch begins the text, the last one ends it, the others follow as early as they can."""
    first, *middle = parts
    if not middle:
        return first.fullmatch(text) is not None
    *middle, last = middle
    found = first.match(text)
    for part in middle:
        found = part.search(text, found.end()) if found else None
    if found is None:
        return False
    rest = text[found.end() :]
    width = _width(last)
    return len(rest) >= width and last.fullmatch(rest[len(rest) - width :]) is not None


def _width(part: re.Pattern[str]) -> int:
    return len(re.sub(r"\\(.)", r"\1", part.pattern, flags=re.DOTALL))


@lru_cache(_LEARNED)
def _read(pattern: str) -> _Pattern:
    parts, signs = [""], iter(pattern)
    for sign in signs:
        if sign == "%":
            parts.append("")
        elif sign == "_":
            parts[-1] += "."
        elif sign == "\\":
            taken = next(signs, None)
            if taken is None:
                return _Pattern(_compiled(parts), dangling=True)
            parts[-1] += re.escape(taken)
        else:
            parts[-1] += re.escape(sign)
    return _Pattern(_compiled(parts), dangling=False)


def _compiled(parts: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(part, re.DOTALL) for part in parts)
