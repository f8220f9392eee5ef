"""Fold spellings to a key, and suggest the nearest known word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["did_you_mean", "fold", "nearest"]

# NFD takes the accents off every Vietnamese letter but these two, which are letters of their own.
_STROKED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def fold(text: str) -> str:
    """Reduce a spelling to letters and digits without accents or case.

    Examples
    --------
    >>> fold("Đắk Lắk"), fold("TP.  Hồ Chí Minh"), fold("dak-lak")
    ('daklak', 'tphochiminh', 'daklak')
    """
    spread = unicodedata.normalize("NFKD", text.translate(_STROKED))
    return "".join(mark for mark in spread.casefold().translate(_STROKED) if mark.isalnum())


def nearest(word: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """List the known words most like ``word``, best first; empty when nothing is near.

    Examples
    --------
    >>> nearest("aritmetic", ["geometric", "arithmetic", "harmonic"])
    ('arithmetic',)
    """
    from rapidfuzz import fuzz, process

    ranked = process.extract(
        word, list(dict.fromkeys(known)), scorer=fuzz.ratio, processor=fold, limit=limit, score_cutoff=60
    )
    best = ranked[0][1] if ranked else 0.0
    return tuple(choice for choice, score, _ in ranked if score >= best - 12)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say the nearest known words as a hint, or all of them when they are few.

    Examples
    --------
    >>> did_you_mean("weigth", ["code", "weight"])
    'did you mean weight?'
    >>> did_you_mean("zzz", ["code", "weight"])
    'use one of code, weight'
    """
    words = list(dict.fromkeys(known))
    near = nearest(word, words)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"use one of {', '.join(words)}" if 0 < len(words) <= 24 else ""
