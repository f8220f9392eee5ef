"""SMAA-2: the weights that put a unit first, and how often they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pii.arrays import Matrix, Vector, sealed
from pii.choices.data import DataError
from pii.numerics import tallies
from pii.numerics.draws import Places
from pii.robustness.plan import Plan
from pii.robustness.variants import Variant
from pii.scores import Weights

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["central_weights"]


def central_weights(plan: Plan, places: Places, counts: tallies.Counts, at: int) -> pd.DataFrame:
    """Tell which weights favour each unit.

    Parameters
    ----------
    plan
        What was computed.
    places
        Of one wanted node, (draws, units).
    counts
        How often each unit had each place.
    at
        Which of the wanted nodes.

    Returns
    -------
    DataFrame
        One row a unit: name, first (the share of draws in which it is first), confidence (the share of the draws
        of all else in which it is first by its central weights; missing where data errors are drawn, or the unit
        never is first), then its mean shares when first, a column each node whose share of its group varies.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    doi:10.1287/opre.49.3.444.11220
    """
    import pandas as pd

    units = plan.measured.units
    drawn, codes = _drawn(plan)
    central = tallies.central_weights(drawn, places).value
    frame = pd.DataFrame(
        {
            "name": units.names,
            "first": tallies.top(counts, 1).value,
            "confidence": _confidence(plan, central, codes, at),
        },
        index=pd.Index(units.codes, name="unit"),
    )
    return frame.join(pd.DataFrame(central, index=frame.index, columns=codes))


def _drawn(plan: Plan) -> tuple[Matrix, list[str]]:
    """Shares of the nodes whose share varies, (draws, nodes); 0 for a node that is left out."""
    codes = [child.code for group in plan.scheme.groups if group.code in plan.varied for child in group.children]
    parts = []
    for start in range(0, plan.uncertainty.draws, plan.chunk):
        u = plan.points(start, min(start + plan.chunk, plan.uncertainty.draws))
        part = np.zeros((len(u), len(codes)))
        for way, rows in plan.ways_of(u):
            shares = plan.shares(way, u[rows])
            there = np.array([at for at, code in enumerate(codes) if code in shares.nodes], dtype=np.intp)
            part[np.ix_(rows, there)] = shares.of([codes[at] for at in there])
        parts.append(part)
    return np.concatenate(parts), codes


def _confidence(plan: Plan, central: Matrix, codes: list[str], at: int) -> Vector:
    """The share of the draws of all else in which each unit is first by its central weights."""
    if any(isinstance(choice, DataError) for choice in plan.choices):
        return np.full(len(central), np.nan)
    first = np.zeros(len(central))
    ever = np.flatnonzero(~np.isnan(central).any(axis=1))
    draws = 0
    for start in range(0, plan.uncertainty.draws, plan.chunk):
        u = plan.points(start, min(start + plan.chunk, plan.uncertainty.draws))
        draws += len(u)
        for way, rows in plan.ways_of(u):
            scores = plan.scores_given(way, _central_shares(way, central[ever], codes))[at]
            best = scores == np.fmax.reduce(scores, axis=1, keepdims=True)  # NaN where none has one
            first[ever] += len(rows) * best[np.arange(len(ever)), ever]
    return np.where(np.isin(np.arange(len(central)), ever), first / max(draws, 1), np.nan)


def _central_shares(way: Variant, central: Matrix, codes: list[str]) -> Weights:
    """Central weights in place of a way's own; where a node is left out, its siblings' are scaled up."""
    nominal = way.weights
    shares = np.repeat(nominal.shares[None], len(central), axis=0)
    for at, code in enumerate(nominal.nodes):
        if code in codes:
            shares[:, at] = central[:, codes.index(code)]
    parents = np.array(nominal.parents)
    for parent in dict.fromkeys(nominal.parents):
        among = parents == parent
        total = shares[:, among].sum(axis=1, keepdims=True)
        shares[:, among] = np.where(
            total > 0, shares[:, among] / np.where(total > 0, total, 1), nominal.shares[among]
        )
    return Weights(nominal.nodes, nominal.parents, sealed(shares))
