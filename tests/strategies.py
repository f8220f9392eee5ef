"""Data as it comes: whole and decimal numbers with ties, gaps and outliers; weights; small trees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.methods.aggregate import Aggregator, Arithmetic, Power
from pii.methods.impute import Imputer
from pii.methods.normalise import MinMax, Rank, ZScore
from pii.methods.rank import Ranker
from pii.methods.treat import NoTreatment, Treater, WinsoriseThenLog
from pii.methods.weigh import Equal, EqualOverIndicators, Given
from pii.scheme import Column, Scheme
from pii.screen import Screen
from pii.spec import members
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import shared

quick = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _palette(numbers: Iterable[float], *, gaps: bool) -> Vector:
    """Spread some numbers over the 256 values of a byte, the last quarter not measured where there are gaps."""
    known = np.resize(np.array(list(numbers)), 192 if gaps else 256)
    return sealed(np.append(known, np.full(256 - known.size, np.nan)))


_typed = [*range(-20, 21), *(((at * 61_803) % 200_001 - 100_000) / 1000 for at in range(151))]
# Numbers as people type them, whole or with three decimals, so that ties happen. A byte chooses one: a whole matrix
# is then one draw, which is quick to make and to shrink.
ANY = _palette(_typed, gaps=True)
POSITIVE = _palette((abs(v) + 1 for v in _typed), gaps=True)
MEASURED = _palette((abs(v) + 1 for v in _typed), gaps=False)
SKEWED = _palette([*range(-9, 10)] * 9 + [50.0, 50.0, 300.0, 1e4, -50.0, -700.0], gaps=True)
FEW = _palette([0.0, 1.0, 1.5, -2.0, -0.0], gaps=True)
WEIGHTS = _palette([1.0, 2.0, 3.0, 0.5, 7.25, 0.0, 0.001, 0.1], gaps=False)


@st.composite
def matrices(
    draw: st.DrawFn, palette: Vector = ANY, *, rows: tuple[int, int] = (1, 3), units: tuple[int, int] = (1, 9)
) -> Matrix:
    """Read-only values, (rows, units)."""
    k, n = draw(st.integers(*rows)), draw(st.integers(*units))
    drawn = np.frombuffer(draw(st.binary(min_size=k * n, max_size=k * n)), dtype=np.uint8)
    return sealed(np.asarray(palette[drawn].reshape(k, n)))


def wide() -> st.SearchStrategy[Matrix]:
    """Values of which every row has two that differ."""
    return matrices(units=(3, 9)).filter(lambda x: all(len(np.unique(row[~np.isnan(row)])) > 1 for row in x))


def skewed() -> st.SearchStrategy[Matrix]:
    """Rows of small numbers with gaps, ties and a few outliers at either end."""
    return matrices(SKEWED, units=(1, 20))


def weights(k: int) -> st.SearchStrategy[Vector]:
    """Weights of k siblings, not all 0."""
    return matrices(WEIGHTS, rows=(1, 1), units=(k, k)).map(lambda row: row[0]).filter(np.any)


@st.composite
def siblings(draw: st.DrawFn, palette: Vector = POSITIVE) -> tuple[Matrix, Vector]:
    """Scores above 0 of a group's children, (children, units), and the children's weights."""
    x = draw(matrices(palette, rows=(1, 5), units=(1, 7)))
    return x, draw(weights(len(x)))


def shuffled(n: int) -> st.SearchStrategy[NDArray[np.intp]]:
    """An order of n things."""
    return st.binary(min_size=n, max_size=n).map(lambda keys: np.array(sorted(range(n), key=keys.__getitem__)))


def labels(n: int) -> st.SearchStrategy[tuple[str, ...]]:
    """A label of n units; empty for those without."""
    return st.binary(min_size=n, max_size=n).map(lambda drawn: tuple(("north", "south", "")[b % 3] for b in drawn))


def any_of(union: Any) -> st.SearchStrategy[Any]:
    """A member of a family that has a default for every parameter."""
    complete = [m for m in members(union) if not any(field.is_required() for field in m.model_fields.values())]
    return st.sampled_from([member() for member in complete])


# Methods that weigh by the data refuse much of what is drawn here; those that are told of children need their codes.
WEIGHERS = st.sampled_from([Given(), Equal(), EqualOverIndicators()])


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
            treat=_perhaps(draw, any_of(Treater).filter(lambda method: not method.positive_only)),
        )

    def group(depth: int) -> Group:
        code = f"g{next(count)}"
        kinds = draw(st.lists(st.booleans(), min_size=1, max_size=3))
        children = [group(depth - 1) if deep and depth else leaf() for deep in kinds]
        return shared.group(
            code,
            *children,
            weight=draw(st.integers(1, 5)),
            weigh=_perhaps(draw, WEIGHERS),
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
        impute=draw(any_of(Imputer).filter(lambda method: not method.looks_across)),
        treat=draw(st.sampled_from([NoTreatment(), WinsoriseThenLog(limit=1)])),
        normalise=draw(
            st.sampled_from([MinMax(floor=1.0, constant=50.0), ZScore(mean=200.0, sd=10.0, constant=200.0), Rank()])
        ),
        weigh=draw(WEIGHERS),
        aggregate=draw(any_of(Aggregator).filter(lambda method: method.is_mean)),
        coverage=draw(st.sampled_from([0.0, 0.6])),
        rank=draw(any_of(Ranker)),
        denominators=[Column(code="people")],
        labels=[Column(code="region")],
    )
    n = draw(st.integers(2, 6))
    k = len(scheme.indicators)
    values = np.vstack(
        [draw(matrices(rows=(k, k), units=(n, n))), draw(matrices(MEASURED, rows=(1, 1), units=(n, n)))]
    )
    units = Units(tuple(f"u{at}" for at in range(n)), labels={"region": draw(labels(n))})
    return scheme, Table(units, (*(i.code for i in scheme.indicators), "people"), values.T)
