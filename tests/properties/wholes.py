"""Whole indices at random: schemes of every method that a file can ask for, and tables of every scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from pii.arrays import Matrix, Vector, sealed
from pii.methods.aggregate import Aggregator
from pii.methods.denominate import NoDenominator, Ratio
from pii.methods.impute import Imputer
from pii.methods.normalise import Normaliser
from pii.methods.rank import Ranker
from pii.methods.treat import Treater
from pii.methods.weigh import BudgetAllocation, Equal, Given, PairwiseComparison, Weigher
from pii.scheme import Column, Scheme
from pii.screen import Screen, Within
from pii.spec import Method
from pii.table import Table, Units
from pii.tree import Group, Indicator, Range
from tests import shared, strategies

__all__ = ["Index", "columns", "every", "indices", "tables", "tame", "trees"]

Index = tuple[Scheme, Table]


def every(union: Any) -> list[Any]:
    """Every member of a family, with its defaults and with the variants of ``tests.shared``."""
    return [parameter.values[0] for parameter in shared.instances(union)]


def _of_any_column(method: Any) -> Any:
    """With a score for all units of an indicator that does not vary, where the method takes one."""
    return method.replace(constant=50.0) if "constant" in type(method).model_fields else method


NORMALISERS = [_of_any_column(method) for method in every(Normaliser) if method.domain != "listed"]
ABOVE_0 = [method for method in NORMALISERS if method.lowest is None or method.lowest > 0]
TREATERS, IMPUTERS, RANKERS = every(Treater), every(Imputer), every(Ranker)
SHALLOW = [method for method in IMPUTERS if not getattr(method, "level", 0)]
AGGREGATORS = every(Aggregator)
ANYWHERE = [method for method in AGGREGATORS if method.domain == "any"]
OF_GROUPS = [method for method in IMPUTERS if not method.reads and not method.looks_across]
SCALES_OF_GROUPS = [method for method in NORMALISERS if method.needs == "nothing" and method.base_unit is None]
WEIGHERS = [method for method in every(Weigher) if not method.concerns]


def often(usual: Any, methods: Sequence[Method]) -> st.SearchStrategy[Any]:
    """One thing half of the time, else any of many."""
    return st.just(usual) | st.sampled_from(methods)


def _told(draw: st.DrawFn, codes: Sequence[str]) -> BudgetAllocation | PairwiseComparison:
    """A method of weighing that is told of each child."""
    given = draw(st.lists(st.integers(1, 9), min_size=len(codes), max_size=len(codes)))
    if draw(st.booleans()):
        return BudgetAllocation(children=codes, points=[given, given[::-1]])
    return PairwiseComparison(children=codes, matrix=[[a / b for b in given] for a in given])


@st.composite
def trees(draw: st.DrawFn, *, wild: bool = True) -> Group:
    """One to three levels of groups, of which each node may have methods of its own."""
    numbers = iter(range(1000))
    normalisers = NORMALISERS if draw(st.booleans()) else ABOVE_0
    aggregators = ANYWHERE if normalisers is NORMALISERS else AGGREGATORS

    def perhaps(methods: Sequence[Method]) -> Any:
        return draw(st.none() | st.none() | st.none() | st.sampled_from(methods)) if wild else None

    def leaf() -> Indicator:
        low = draw(st.sampled_from([0.001, 1.0, 3.0]))
        aims: list[float | Range] = [5.0, Range(low=2.0, high=8.0), 1e4]
        normalise = perhaps(normalisers)
        return Indicator(
            code=f"i{next(numbers)}",
            direction=draw(st.sampled_from([1, -1])),
            weight=draw(st.sampled_from([1.0, 1.0, 2.0, 0.3, 0.0, 1e-9, 1e9])),
            denominator=draw(st.sampled_from([None, None, None, "people"])),
            denominate=perhaps([Ratio(scale=1000.0, gap="missing"), NoDenominator()]),
            impute=perhaps(SHALLOW),
            treat=perhaps(TREATERS),
            normalise=normalise,
            goalposts=Range(low=low, high=20.0) if normalise and normalise.needs == "goalposts" else None,
            target=draw(st.sampled_from(aims)),
            base=draw(st.sampled_from([None, 2.5])),
        )

    def group(depth: int) -> Group:
        code = f"g{next(numbers)}"
        deep = draw(st.lists(st.booleans(), min_size=1, max_size=3))
        children = [group(depth - 1) if down and depth else leaf() for down in deep]
        codes = [child.code for child in children]
        if not any(child.weight for child in children):
            children[0] = children[0].replace(weight=1.0)
        told = wild and draw(st.integers(0, 5)) == 0
        return Group(
            code=code,
            children=children,
            weight=draw(st.sampled_from([1.0, 2.0, 0.3])),
            weigh=_told(draw, codes) if told else perhaps(WEIGHERS),
            aggregate=perhaps(aggregators),
            impute=perhaps(OF_GROUPS),
            normalise=perhaps(SCALES_OF_GROUPS) if draw(st.booleans()) else None,
            coverage=draw(st.sampled_from([None, None, 0.5, 1.0])),
            at_least=draw(st.sampled_from([None, None, None, 1])),
        )

    return group(draw(st.integers(0, 2)))


def _sized(draw: st.DrawFn, column: Vector, *, beyond: bool) -> Vector:
    """A column as it is, or large, small, far from 0, the same for all, of two values; beyond, out of all reason."""
    measured = ~np.isnan(column)
    first = column[measured][0] if measured.any() else 0.0
    whole = column / (np.abs(column[measured]).max(initial=0.0) or 1.0)
    kinds = [column] * 6 + [whole * 1e99, whole * 1e-99, column + 1e9, np.sign(column), whole + 1e-300]
    if draw(st.integers(0, 9)) == 0:
        kinds = [np.where(measured, first, np.nan)]
    if beyond:
        kinds += [whole * 1e300, whole * 1e-300, whole * 1.7e308, np.round(column) * 5e-324]
    return np.asarray(draw(st.sampled_from(kinds)), dtype=np.float64)


@st.composite
def columns(draw: st.DrawFn, k: int, n: int, *, wild: bool = True, gaps: bool = True) -> Matrix:
    """Values of k indicators, (k, n)."""
    palettes = [strategies.ANY, strategies.POSITIVE, strategies.SKEWED] if gaps else [strategies.MEASURED]
    x = np.array(draw(strategies.matrices(draw(st.sampled_from(palettes)), rows=(k, k), units=(n, n))))
    beyond = wild and draw(st.integers(0, 9)) == 0
    return sealed(np.array([_sized(draw, row, beyond=beyond) for row in x]) if wild else x)


@st.composite
def tables(draw: st.DrawFn, scheme: Scheme, *, wild: bool = True, gaps: bool = True) -> Table:
    """A table that fits a scheme: one unit or more, with what indicators are put per and depend on."""
    n = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 12, 25]) if wild else st.integers(2, 9))
    k = len(scheme.indicators)
    x = draw(columns(k, n, wild=wild, gaps=gaps))
    if gaps and wild and draw(st.integers(0, 9)) == 0:
        x = np.full_like(x, np.nan)
    beside = draw(strategies.matrices(strategies.MEASURED, rows=(2, 2), units=(n, n)))
    units = Units(tuple(f"u{at}" for at in range(n)), labels={"region": draw(strategies.labels(n))})
    return Table(units, (*(i.code for i in scheme.indicators), "people", "income"), np.vstack([x, beside]).T)


def _posted(tree: Group) -> Group:
    """Goalposts for every indicator that has no normaliser of its own."""

    def posted(child: Group | Indicator) -> Group | Indicator:
        if isinstance(child, Group):
            return _posted(child)
        return child if child.normalise else child.replace(goalposts=Range(low=0.5, high=25.0))

    return tree.replace(children=[posted(child) for child in tree.children])


@st.composite
def indices(draw: st.DrawFn) -> Index:
    """A scheme of any methods and a table of any scale; whether it can be computed shows."""
    tree = draw(trees())
    normalise = draw(st.sampled_from(NORMALISERS))
    groups = [node.code for node in tree.walk() if isinstance(node, Group)]
    fields: dict[str, Any] = {
        "index": _posted(tree) if normalise.needs == "goalposts" else tree,
        "screen": Screen(
            measured=draw(st.sampled_from([0.0, 0.0, 0.5, 2 / 3])),
            nonzero=draw(st.sampled_from([0.0, 0.0, 0.5])),
            within=draw(st.sampled_from([(), [Within(groups=groups, measured=0.5, scorable=1)]])),
            include=draw(st.sampled_from([(), ["u0"]])),
            empty="exclude",
        ),
        "denominate": draw(st.sampled_from([Ratio(), Ratio(scale=100.0, gap="missing")])),
        "impute": draw(often(IMPUTERS[0], IMPUTERS if len(groups) > 1 else SHALLOW)),
        "treat": draw(often(TREATERS[0], TREATERS)),
        "normalise": normalise,
        "weigh": draw(often(Given(), WEIGHERS)),
        "aggregate": draw(st.sampled_from(AGGREGATORS)),
        "coverage": draw(st.sampled_from([0.0, 0.0, 0.6])),
        "rank": draw(st.sampled_from(RANKERS)),
        "denominators": [Column(code="people"), Column(code="income")],
        "labels": [Column(code="region")],
    }
    try:
        scheme = shared.scheme(fields.pop("index"), **fields)
    except ValueError:  # an aggregator and scores that it is not defined for
        fields["aggregate"] = draw(st.sampled_from(ANYWHERE))
        scheme = shared.scheme(_plain(_posted(tree) if normalise.needs == "goalposts" else tree), **fields)
    return scheme, draw(tables(scheme, gaps=draw(st.booleans())))


def _plain(tree: Group) -> Group:
    """A tree of which no group has its own aggregator."""
    children = [_plain(child) if isinstance(child, Group) else child for child in tree.children]
    return tree.replace(children=children, aggregate=None)


@st.composite
def tame(
    draw: st.DrawFn,
    *,
    normalise: Sequence[Any],
    aggregate: Sequence[Any],
    weigh: Sequence[Method] = (Given(), Equal()),
    treat: Sequence[Method] = (TREATERS[0],),
    impute: Sequence[Method] = (IMPUTERS[0],),
    gaps: bool = False,
) -> Index:
    """An index of the methods named, the same for all nodes, of numbers as people type them."""
    tree = draw(trees(wild=False))
    mean = draw(st.sampled_from(list(aggregate)))
    scale = draw(st.sampled_from([method for method in normalise if _fit(method.lowest, mean.domain)]))
    scheme = shared.scheme(
        _posted(tree) if scale.needs == "goalposts" else tree,
        screen=Screen(measured=0.0, empty="exclude"),
        impute=draw(st.sampled_from(list(impute))),
        treat=draw(st.sampled_from(list(treat))),
        normalise=scale,
        weigh=draw(st.sampled_from(list(weigh))),
        aggregate=mean,
        denominators=[Column(code="people"), Column(code="income")],
        labels=[Column(code="region")],
    )
    return scheme, draw(tables(scheme, wild=False, gaps=gaps))


def _fit(lowest: float | None, domain: str) -> bool:
    """Whether an aggregator takes scores of which the lowest is known to be so."""
    return lowest is None or domain == "any" or lowest > 0 or (lowest == 0 and domain == "not_negative")
