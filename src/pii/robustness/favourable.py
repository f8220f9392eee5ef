"""Which units can be first, the weights that make them so, and what part of all admissible weights does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.numerics.favourable import body_of, cut, firsts, measured, weight_limits
from pii.numerics.polytope import Siblings
from pii.numerics.possible_ranks import TIE, least_leads
from pii.result import Result
from pii.robustness.region import FreePart, Region, free_part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_CHILDREN", "Favourable", "favourable"]

MOST_CHILDREN = 8
"""Shares of a group with more children are not measured: the corners of what favours a unit grow too many."""


def favourable(result: Result, region: Region) -> Favourable:
    r"""The weights that put each unit first, exactly: their limits, and their share of all admissible weights.

    The weights :math:`v` of the region that put a unit first are a polytope,

    .. math:: F_i = \{v : v \cdot (x_i - x_j) \ge 0 \text{ for all } j\}

    Whether there are any, and the least and largest weight of each node among them, are linear programs. Where the
    weights of one group vary, the share is :math:`\operatorname{vol} F_i / \operatorname{vol} F`, :math:`F` being
    all that are admissible: the chance to be first where all shares that its children may have are alike likely.
    The shares of all units sum to 1, unless some are tied for all weights: each of those has their whole share.

    That is what a study with ``WeightDirichlet()`` samples, without a concentration, for a region ``spread=1``. A
    study with ``WeightBox`` draws weights and then scales them to sum to 1, which makes some shares likelier than
    others: it samples the same set by another measure, and its frequencies are not these shares.

    Parameters
    ----------
    result
        What was computed.
    region
        The admissible weights.

    Raises
    ------
    SchemeError
        The region names what the scheme has not, frees no weight, or cannot be met.
    MethodError
        A group whose weights vary does not take a mean that is linear in them, or a unit lacks a score there.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision making.
    doi:10.1287/opre.49.3.444.11220

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=(Indicator(code="a"), Indicator(code="b"))))
    >>> table = Table.of({"a": [9.0, 5.0, 4.0, 0.0], "b": [0.0, 5.0, 4.0, 9.0]}, units=["v", "x", "y", "z"])
    >>> found = favourable(compute(scheme, table), Region(spread=1.0))
    >>> found
    <Favourable demo: 3 of 4 units can be first, v by most weights: 0.444>
    >>> found.to_frame()[["share", "a_low", "a_central", "a_high"]].round(3).loc["x"].tolist()
    [0.111, 0.444, 0.5, 0.556]
    """
    part = free_part(result, region)
    polytope = part.polytope
    x = part.scaled
    leads = least_leads(x, polytope)
    can = firsts(x, polytope, leads)
    # Rivals that are level for all weights say nothing.
    level = (leads >= -TIE) & (leads.T >= -TIE)
    rivals = [np.flatnonzero(can & ~level[unit]) for unit in range(len(x))]
    low, high = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for unit in np.flatnonzero(can):
        low[unit], high[unit] = weight_limits(x[unit] - x[rivals[unit]], polytope)
    share, central = _measured(part, x, can, rivals)
    can.flags.writeable = False
    return Favourable(part, region, can, sealed(low), sealed(high), sealed(share), sealed(central))


@dataclass(frozen=True, eq=False)
class Favourable:
    """For each ranked unit, the weights of a region that put it first, alone or tied."""

    part: FreePart
    """What varies, and the scores that it weighs."""
    region: Region
    """The admissible weights."""
    can_be_first: NDArray[np.bool_]
    """Whether some admissible weights put the unit first."""
    low: Matrix
    """The least weight in the index of each leaf among them, (units, leaves); NaN where there are none."""
    high: Matrix
    """The largest."""
    share: Vector
    """What share of all admissible weights these are.

    It is 0 where there are none, and where they are flat: no wider than a billionth in some direction in which the
    admissible ones are wide. NaN where several groups vary, or one of more than ``MOST_CHILDREN`` children, and for
    a unit at whose weights Qhull fails.
    """
    central: Matrix
    """Their mean, as ``low``; NaN where there are none, and where the share is."""

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: its name, whether it can be first, and by which weights.

        Columns: name, can_be_first, share, then for each node whose scores are fixed, by code, the least, mean and
        largest weight in the index: code_low, code_central, code_high. Missing as said for the fields.
        """
        import pandas as pd

        units = self.part.units
        columns = {"name": units.names, "can_be_first": self.can_be_first, "share": self.share}
        for at, code in enumerate(self.part.leaves):
            columns |= {
                f"{code}_low": self.low[:, at],
                f"{code}_central": self.central[:, at],
                f"{code}_high": self.high[:, at],
            }
        return pd.DataFrame(columns, index=pd.Index(units.codes, name="unit"))

    def __repr__(self) -> str:
        n, first = len(self.part.units), int(np.count_nonzero(self.can_be_first))
        said = "shares not measured"
        if not np.isnan(self.share).any():
            most = int(self.share.argmax())
            said = f"{self.part.units.codes[most]} by most weights: {self.share[most]:.3g}"
        return f"<Favourable {self.part.result.title}: {first} of {n} units can be first, {said}>"


def _measured(
    part: FreePart, x: Matrix, can: NDArray[np.bool_], rivals: list[NDArray[np.intp]]
) -> tuple[Vector, Matrix]:
    """What share of the admissible weights puts each unit first, and the mean of those."""
    share, central = np.full(len(x), np.nan), np.full(x.shape, np.nan)
    varied = [one for one in part.polytope.siblings if not one.is_fixed]
    if len(varied) > 1 or len(varied[0].children) > MOST_CHILDREN:
        return share, central
    corners = _corners(part, varied[0])
    scores = x @ corners.T
    every = measured(body_of(varied[0]))
    share[~can] = 0.0
    for unit in np.flatnonzero(can):
        ahead = scores[rivals[unit]] - scores[unit]
        found = measured(cut(every.body, ahead, np.zeros(len(ahead))))
        share[unit] = found.volume / every.volume if found.body.dimension == every.body.dimension else 0.0
        central[unit] = np.clip(found.centroid, 0.0, 1.0) @ corners
    return share, central


def _corners(part: FreePart, one: Siblings) -> Matrix:
    """The weights of the leaves where one child of a group has all of its weight, (children, leaves)."""
    given = np.array(part.result.weights.of(part.nodes[1:]))
    found = []
    for child in one.children:
        shares = np.append(1.0, given)
        shares[list(one.children)] = 0.0
        shares[child] = 1.0
        found.append(part.polytope.effective(shares)[part.polytope.leaves])
    return np.array(found)
