"""Data as it comes: whole and decimal numbers with ties, gaps and outliers; weights; small trees."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector, sealed
from pii.methods.aggregate import Aggregator, Arithmetic, Power
from pii.methods.impute import Imputer
from pii.methods.normalise import MinMax, Rank, ZScore
from pii.methods.rank import Ranker
from pii.methods.treat import NoTreatment, Treater, WinsoriseThenLog
from pii.methods.weigh import Weigher
from pii.scheme import Column, Scheme, Screen
from pii.spec import members
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import shared

quick = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

Cells = st.SearchStrategy[float]


def numbers(low: int = -100, high: int = 100) -> Cells:
    """Values as people type them: whole, or with up to three decimals."""
    return st.integers(low, high).map(float) | st.integers(low * 1000, high * 1000).map(lambda v: v / 1000)


def gappy(cells: Cells) -> Cells:
    """The same, about one in four not measured."""
    return st.one_of(cells, cells, cells, st.just(float("nan")))


def _matrix(rows: list[list[float]]) -> Matrix:
    return sealed(np.array(rows, dtype=np.float64))


def matrices(
    cells: Cells | None = None, *, rows: tuple[int, int] = (1, 3), units: tuple[int, int] = (1, 9)
) -> st.SearchStrategy[Matrix]:
    """Read-only values, (rows, units)."""
    cell = gappy(numbers()) if cells is None else cells
    sizes = st.tuples(st.integers(*rows), st.integers(*units))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(cell, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        ).map(_matrix)
    )


def _has_width(x: Matrix) -> bool:
    return all(len(np.unique(row[~np.isnan(row)])) > 1 for row in x)


def wide() -> st.SearchStrategy[Matrix]:
    """Values of which every row has two that differ."""
    return matrices(units=(3, 9)).filter(_has_width)


@st.composite
def skewed(draw: st.DrawFn) -> Matrix:
    """Rows of small numbers with gaps, ties and a few outliers at either end."""
    n = draw(st.integers(1, 16))
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.lists(gappy(numbers(-9, 9)), min_size=n, max_size=n))
        outliers = draw(st.lists(st.sampled_from([50.0, 50.0, 300.0, 1e4, -50.0, -700.0]), max_size=5))
        row[: len(outliers)] = outliers[:n]
        rows.append(draw(st.permutations(row)))
    return _matrix(rows)


def weights(k: int) -> st.SearchStrategy[Vector]:
    """Weights of k siblings, not all 0."""
    weight = st.integers(0, 9).map(float) | st.integers(1, 9000).map(lambda v: v / 1000)
    return st.lists(weight, min_size=k, max_size=k).filter(any).map(lambda w: sealed(np.array(w)))


@st.composite
def siblings(draw: st.DrawFn, cells: Cells | None = None) -> tuple[Matrix, Vector]:
    """Scores above 0 of a group's children, (children, units), and the children's weights."""
    x = draw(matrices(gappy(numbers(1, 100)) if cells is None else cells, rows=(1, 5), units=(1, 7)))
    return x, draw(weights(len(x)))


def shuffled(n: int) -> st.SearchStrategy[np.ndarray[Any, np.dtype[np.intp]]]:
    """An order of n things."""
    return st.permutations(range(n)).map(lambda order: np.array(order, dtype=np.intp))


def labels(n: int) -> st.SearchStrategy[tuple[str, ...]]:
    """A label of n units; empty for those without."""
    return st.lists(st.sampled_from(["north", "south", ""]), min_size=n, max_size=n).map(tuple)


def any_of(union: Any) -> st.SearchStrategy[Any]:
    """A member of a family, with its defaults."""
    return st.sampled_from([member() for member in members(union)])


def _perhaps(draw: st.DrawFn, methods: st.SearchStrategy[Any]) -> Any:
    return draw(st.none() | st.none() | methods)


@st.composite
def trees(draw: st.DrawFn) -> Group:
    """Two or three levels of groups; a child may be an indicator beside groups."""
    count = iter(range(1000))
    means = st.sampled_from([Arithmetic(), Power(p=0.5), Power(p=-2.0)])

    def leaf() -> Indicator:
        return Indicator(
            code=f"i{next(count)}",
            direction=draw(st.sampled_from([1, -1])),
            weight=draw(st.integers(1, 5)),
            denominator=draw(st.sampled_from([None, None, "people"])),
            treat=_perhaps(draw, any_of(Treater)),
        )

    def group(depth: int) -> Group:
        code = f"g{next(count)}"
        kinds = draw(st.lists(st.booleans(), min_size=1, max_size=3))
        children = [group(depth - 1) if deep and depth else leaf() for deep in kinds]
        return shared.group(
            code,
            *children,
            weight=draw(st.integers(1, 5)),
            weigh=_perhaps(draw, any_of(Weigher)),
            aggregate=_perhaps(draw, means),
            coverage=_perhaps(draw, st.sampled_from([0.5, 1.0])),
        )

    return group(2)


@st.composite
def indices(draw: st.DrawFn) -> tuple[Scheme, Table]:
    """A small scheme of any methods that give scores above 0, and a table with gaps that fits it."""
    scheme = shared.scheme(
        draw(trees()),
        screen=Screen(measured=draw(st.sampled_from([0.0, 0.5])), empty="exclude"),
        impute=draw(any_of(Imputer)),
        treat=draw(st.sampled_from([NoTreatment(), WinsoriseThenLog(limit=1)])),
        normalise=draw(
            st.sampled_from([MinMax(floor=1.0, constant=50.0), ZScore(mean=200.0, sd=10.0, constant=200.0), Rank()])
        ),
        weigh=draw(any_of(Weigher)),
        aggregate=draw(any_of(Aggregator)),
        coverage=draw(st.sampled_from([0.0, 0.6])),
        rank=draw(any_of(Ranker)),
        denominators=[Column(code="people")],
        labels=[Column(code="region")],
    )
    n = draw(st.integers(2, 6))
    columns = {i.code: draw(st.lists(gappy(numbers()), min_size=n, max_size=n)) for i in scheme.indicators}
    columns["people"] = draw(st.lists(numbers(1, 50), min_size=n, max_size=n))
    units = Units(tuple(f"u{at}" for at in range(n)), labels={"region": draw(labels(n))})
    return scheme, Table.of(columns, units=units)
