"""SMAA-2: the weights that put a unit first, who is first by them, and what all its places are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from pii.arrays import Matrix, sealed
from pii.choices.data import DataError
from pii.numerics import tallies
from pii.numerics.draws import Places
from pii.robustness.asked import one_of
from pii.robustness.plan import Plan
from pii.robustness.room import cross_bytes, refuse_unfit
from pii.robustness.variants import Variant
from pii.scores import Weights

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["central_weights", "cross_confidence", "holistic"]


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
        One row a unit: name, first (the share of draws in which it is first), confidence (the diagonal of
        ``cross_confidence``), then its mean shares when first, a column each node whose share of its group varies.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    doi:10.1287/opre.49.3.444.11220
    """
    import pandas as pd

    units = plan.measured.units
    central, codes = _central(plan, places)
    frame = pd.DataFrame(
        {
            "name": units.names,
            "first": tallies.top(counts, 1).value,
            "confidence": _confidence(plan, places, central, codes, at).diagonal(),
        },
        index=pd.Index(units.codes, name="unit"),
    )
    return frame.join(pd.DataFrame(central, index=frame.index, columns=codes))


def cross_confidence(plan: Plan, places: Places, at: int) -> pd.DataFrame:
    """Tell how often each unit is first by another's central weights.

    The diagonal holds the confidence factors: a low one says that all else is too uncertain for the unit to be told
    the best even by the weights of those who want it to be. Beside it stand its rivals: who is first by those
    weights in its place. Tied units are all first, so that a row may sum to more than 1, and to less where in some
    draws no unit has a score.

    Parameters
    ----------
    plan
        What was computed.
    places
        Of one wanted node, (draws, units).
    at
        Which of the wanted nodes.

    Returns
    -------
    DataFrame
        The share of the draws of all else in which the unit across is first by the central weights of the unit
        down, (units, units). A row is missing where its unit never is first; all are where data errors are drawn.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    doi:10.1287/opre.49.3.444.11220, for the diagonal.

    Lahdelma and Salminen (2006), Classifying efficient alternatives in SMAA using cross confidence factors,
    European Journal of Operational Research 170, for the rest.
    """
    import pandas as pd

    units = list(plan.measured.units.codes)
    found = _confidence(plan, places, *_central(plan, places), at)
    return pd.DataFrame(found, index=pd.Index(units, name="unit"), columns=units)


def holistic(plan: Plan, counts: tallies.Counts, worth: tallies.MetaWeights) -> pd.DataFrame:
    """Make one number of how often each unit has each place.

    Parameters
    ----------
    plan
        What was computed.
    counts
        How often each unit had each place.
    worth
        What a place is worth, by the rules of ``meta_weights``.

    Returns
    -------
    DataFrame
        One row a unit: name, index (1 for who is first in all draws) and its standard error.

    Raises
    ------
    SchemeError
        For a worth of another name.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    doi:10.1287/opre.49.3.444.11220
    """
    import pandas as pd

    one_of(worth, get_args(tallies.MetaWeights), "worth")
    units = plan.measured.units
    found = tallies.holistic_acceptability(counts, tallies.meta_weights(counts.shape[1] - 1, worth))
    return pd.DataFrame(
        {"name": units.names, "index": found.value, "error": found.error},
        index=pd.Index(units.codes, name="unit"),
    )


def _central(plan: Plan, places: Places) -> tuple[Matrix, list[str]]:
    """Central weights of the nodes whose share varies, (units, nodes); missing for a unit that never is first."""
    drawn, codes = _drawn(plan)
    return tallies.central_weights(drawn, places).value, codes


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


def _confidence(plan: Plan, places: Places, central: Matrix, codes: list[str], at: int) -> Matrix:
    """The share of the draws of all else in which who is across is first by the central weights of who is down."""
    ever = np.flatnonzero((places == 1).any(axis=0))
    n = len(central)
    refuse_unfit(cross_bytes(n, len(ever)), f"who of {n:,} units is first by each other's weights")
    found = np.full((n, n), np.nan)
    if any(isinstance(choice, DataError) for choice in plan.choices):
        return found
    often: dict[Variant, int] = {}
    for start in range(0, plan.uncertainty.draws, plan.chunk):
        u = plan.points(start, min(start + plan.chunk, plan.uncertainty.draws))
        for way, rows in plan.ways_of(u):
            often[way] = often.get(way, 0) + len(rows)
    first = np.zeros((len(ever), len(central)))
    for way, draws in often.items():
        scores = plan.scores_given(way, _central_shares(way, central[ever], codes))[at]
        first += draws * (scores == np.fmax.reduce(scores, axis=1, keepdims=True))  # NaN where none has one
    found[ever] = first / sum(often.values())
    return found


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
