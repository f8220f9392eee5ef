"""Uncertain weights: shares of siblings drawn from a distribution."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, final

import numpy as np
from pydantic import model_validator

from pii.arrays import Matrix, Vector
from pii.choices.choice import AbstractOnGroups, Stage
from pii.methods.weigh import BudgetAllocation
from pii.spec import Positive, Share
from pii.tree import Group

__all__ = ["AbstractWeights", "WeightBox", "WeightDirichlet", "WeightExperts"]


class AbstractWeights(AbstractOnGroups, ABC):
    """Shares of siblings from numbers in [0, 1)."""

    @property
    def stage(self) -> Stage:
        """Weigh."""
        return "weigh"

    def width(self, group: Group, /) -> int:
        """How many numbers a draw of the group's shares takes."""
        return len(group.children) if len(group.children) > 1 else 0

    @abstractmethod
    def shares(self, nominal: Vector, u: Matrix, /, *, group: Group) -> Matrix:
        """Draw shares.

        Parameters
        ----------
        nominal
            The shares by the scheme, (children,).
        u
            Numbers in [0, 1), (draws, ``width``).
        group
            The group whose children they are.

        Returns
        -------
        Matrix
            Shares, (draws, children), each row summing to 1.
        """


@final
class WeightBox(AbstractWeights):
    r"""Weights anywhere in a box round the nominal ones, each by itself, and then scaled to sum to 1.

    With ``spread`` a weight runs over :math:`w (1 \pm s)`; with ``margin``, over :math:`w \pm m` of shares.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators. doi:10.1111/j.1467-985X.2005.00350.x

    Examples
    --------
    >>> index = Group(code="i", children=[{"code": "a"}, {"code": "b"}])
    >>> box, u = WeightBox(spread=0.5), np.array([[0.0, 0.5], [0.5, 0.5]])
    >>> box.shares(np.array([0.5, 0.5]), u, group=index).round(4)
    array([[0.3333, 0.6667],
           [0.5   , 0.5   ]])
    """

    vary: Literal["weights"] = "weights"
    spread: Share | None = None
    """How far a weight may be from the nominal one, as a part of it; 0.25 when neither is given."""
    margin: Share | None = None
    """How far a share may be from the nominal one."""
    shape: Literal["uniform", "triangular"] = "uniform"
    """Whether all weights in the box are alike likely, or those in its middle likeliest."""

    @model_validator(mode="after")
    def _one_of_both(self) -> WeightBox:
        if self.spread is not None and self.margin is not None:
            raise ValueError("spread and margin both say how wide the box is; leave one out")
        return self

    def reach(self, nominal: Vector, /) -> Vector:
        """How far each share may go either way; refused by the study where it goes below 0."""
        if self.margin is not None:
            return np.where(nominal > 0, self.margin, 0.0)
        return nominal * (0.25 if self.spread is None else self.spread)

    def shares(self, nominal: Vector, u: Matrix, /, *, group: Group) -> Matrix:
        # Weights made from data with errors may be smaller than those that the study was refused or not for.
        reach = np.minimum(self.reach(nominal), nominal)
        if self.shape == "triangular":
            side = 2 * u - 1
            u = (1 + np.sign(side) * (1 - np.sqrt(1 - np.abs(side)))) / 2
        drawn = u * (2 * reach)
        drawn += nominal - reach
        return _scaled(drawn, nominal)


@final
class WeightDirichlet(AbstractWeights):
    r"""Weights from a Dirichlet distribution, :math:`D(c\, w)`, whose mean is the nominal weights.

    The standard deviation of a share is :math:`\sqrt{w (1 - w) / (c + 1)}`. Without a concentration all weights
    that sum to 1 are alike likely, :math:`D(1)`, as in SMAA, and the nominal ones do not count.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2. doi:10.1287/opre.49.3.444.11220

    Examples
    --------
    >>> index = Group(code="i", children=[{"code": "a"}, {"code": "b"}])
    >>> WeightDirichlet().shares(np.array([0.9, 0.1]), np.array([[0.5, 0.5]]), group=index)
    array([[0.5, 0.5]])
    """

    vary: Literal["weights_dirichlet"] = "weights_dirichlet"
    concentration: Positive | None = None
    """How close to the nominal weights; the larger the closer."""

    def shares(self, nominal: Vector, u: Matrix, /, *, group: Group) -> Matrix:
        if self.concentration is None:
            return _scaled(np.where(nominal > 0, -np.log1p(-u), 0.0), nominal)
        from scipy.special import gammaincinv

        shape = np.maximum(self.concentration * nominal, np.finfo(np.float64).tiny)
        return _scaled(np.where(nominal > 0, gammaincinv(shape, u), 0.0), nominal)


@final
class WeightExperts(AbstractWeights):
    """The shares that one expert of the group's ``budget_allocation`` gives, each expert as likely as another.

    Examples
    --------
    >>> panel = {"method": "budget_allocation", "children": ["a", "b"], "points": [[60, 40], [80, 20]]}
    >>> index = Group(code="i", children=[{"code": "a"}, {"code": "b"}], weigh=panel)
    >>> WeightExperts(groups=["i"]).shares(np.array([0.7, 0.3]), np.array([[0.6]]), group=index)
    array([[0.8, 0.2]])
    """

    vary: Literal["weights_experts"] = "weights_experts"

    def width(self, group: Group, /) -> int:
        """One number, for the expert; none for a group without a panel."""
        return int(isinstance(group.weigh, BudgetAllocation))

    def shares(self, nominal: Vector, u: Matrix, /, *, group: Group) -> Matrix:
        panel = group.weigh
        assert isinstance(panel, BudgetAllocation)  # noqa: S101 - others have no width
        given = panel.panel()
        order = [list(panel.children).index(child.code) for child in group.children]
        rows = np.minimum((u[:, 0] * len(given)).astype(np.intp), len(given) - 1)
        return given[rows][:, order]


def _scaled(drawn: Matrix, nominal: Vector) -> Matrix:
    """Shares of what was drawn, written over it; the nominal ones where all of it is 0."""
    # One after the other, since a sum along an axis may be rounded otherwise for a single draw than for many.
    total = drawn[:, :1].copy()
    for child in range(1, drawn.shape[1]):
        total += drawn[:, child : child + 1]
    if (total > 0).all():
        drawn /= total
        return drawn
    return np.where(total > 0, drawn / np.where(total > 0, total, 1.0), nominal)
