"""Small editions to compare, and a change split the slow way: an index computed anew for every order of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from pii.compute import compute
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests.shared import group, leaf, scheme
from tests.slow_shapley import Union, brought

Numbers = NDArray[np.float64]
CODES = ("a", "b", "c", "d")
UNITS = ("u", "v", "w", "x", "y")
WEIGHTS = {"P": (1.0, 1.0), "Q": (1.0, 1.0), "i": (1.0, 1.0)}


def plan(
    *,
    weights: dict[str, tuple[float, ...]] | None = None,
    directions: Sequence[int] = (1, 1, -1, 1),
    extra: bool = False,
    **methods: Any,
) -> Scheme:
    """Two pillars of two indicators; with one more in the second, when asked for."""
    w = WEIGHTS | (weights or {})
    leaves = [leaf(code, direction=way) for code, way in zip(CODES, directions, strict=True)]
    added = [leaf("e", weight=2.0)] if extra else []
    first = group("P", *(n.replace(weight=v) for n, v in zip(leaves[:2], w["P"], strict=True)), weight=w["i"][0])
    second = [n.replace(weight=v) for n, v in zip(leaves[2:], w["Q"], strict=True)]
    return scheme(group("i", first, group("Q", *second, *added, weight=w["i"][1])), **methods)


def table(values: Numbers, codes: Sequence[str] = (*CODES, "e")) -> Table:
    """Values of units by indicator."""
    return Table.of({code: values[:, at] for at, code in enumerate(codes)}, units=list(UNITS[: len(values)]))


@st.composite
def pairs(draw: st.DrawFn, *, gaps: bool = False) -> tuple[Numbers, Numbers]:
    """Two years of five units and five indicators, in whole numbers; every column varies in both."""
    found = []
    for _ in range(2):
        drawn = draw(st.lists(st.integers(1, 99), min_size=25, max_size=25))
        x = np.array(drawn, dtype=np.float64).reshape(5, 5)
        x[0], x[1] = x.min(axis=0) - 1, x.max(axis=0) + 1
        if gaps:
            holes = draw(st.sets(st.integers(10, 24), max_size=3))
            x.ravel()[list(holes)] = np.nan
        found.append(x)
    return found[0], found[1]


def slow_parts(
    years: tuple[Numbers, Numbers],
    schemes: Callable[[frozenset[str]], Scheme],
    steps: Sequence[str],
    unit: int,
    what: str,
    *,
    moves: Sequence[str] = CODES,
    own: Union = (("a", "b"), ("c", "d")),
) -> dict[str, float]:
    """Each part of a unit's change: every order of steps, an index computed at every one of them.

    Parameters
    ----------
    schemes
        The scheme once some steps are taken.
    what
        ``score`` or ``rank``.
    moves
        Indicators whose data both editions have; the fifth takes those of the edition of the scheme.
    """

    def value(taken: frozenset[str]) -> float:
        declared = schemes(taken)
        codes = (*CODES, "e")
        late = [at for at, code in enumerate(codes) if code not in moves]
        tree = int("indicators" in taken)

        def data(which: int) -> Numbers:
            x = np.array(years[which])
            x[:, late] = years[tree][:, late]
            return x

        x = data(int("others" in taken))
        for at, code in enumerate(codes):
            x[unit, at] = data(int(code in taken))[unit, at]
        scale = compute(declared, table(data(int("scale" in taken))))
        found = compute(declared, table(x), reference=scale)
        grid = found.composite if what == "score" else found.ranking
        return float(grid.values[unit, 0])

    return brought(value, (own, "others", *steps))


def results(years: tuple[Numbers, Numbers], before: Scheme, after: Scheme) -> tuple[Result, Result]:
    """Both editions."""
    return compute(before, table(years[0])), compute(after, table(years[1]))
