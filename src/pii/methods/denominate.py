"""Denominate: put a size-dependent quantity per something, so that units of all sizes compare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal, final

import numpy as np
from pydantic import Field

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.spec import Family, Method, Positive

__all__ = ["AbstractDenominator", "Denominator", "NoDenominator", "Ratio"]


class AbstractDenominator(Method, ABC):
    """Relates a quantity to the size of what it was counted in."""

    @abstractmethod
    def __call__(self, x: Matrix, /, *, denominator: Matrix) -> Matrix:
        """Relate.

        Parameters
        ----------
        x
            Quantities, (indicators, units); NaN where not measured.
        denominator
            What each is put per, of the same shape.

        Raises
        ------
        Undefined
            A measured quantity whose denominator is missing, zero or negative.
        """


@final
class Ratio(AbstractDenominator):
    r"""The quantity per ``scale`` of the denominator: :math:`x / (d / \text{scale})`.

    ``scale: 1000`` with people as the denominator gives a quantity per thousand people.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Ratio(scale=1000)(np.array([[30.0, np.nan]]), denominator=np.array([[6000.0, 500.0]]))
    array([[ 5., nan]])
    """

    method: Literal["ratio"] = "ratio"
    scale: Positive = 1.0
    """How many of the denominator's units the quantity is put per."""
    gap: Literal["refuse", "missing"] = "refuse"
    """Whether a missing denominator is refused, or leaves the ratio missing."""

    def __call__(self, x: Matrix, /, *, denominator: Matrix) -> Matrix:
        with np.errstate(over="ignore", under="ignore"):
            per = denominator / self.scale
        unfit = per <= 0 if self.gap == "missing" else ~(per > 0)
        rows, columns = np.nonzero(~np.isnan(x) & unfit)
        if rows.size:
            values = denominator[rows, columns]
            some = np.isnan(values).any()  # gap: missing takes missing ones, never 0
            raise Undefined(
                ["the denominator is missing" if np.isnan(d) else f"the denominator is {d:g}" for d in values],
                rule="a measured quantity needs a denominator above 0",
                remedy="give it one, leave the indicator's cell empty, or declare gap: missing for a missing one"
                if some
                else "give it one, or leave the indicator's cell empty",
                rows=rows.tolist(),
                columns=columns.tolist(),
            )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(x / per, dtype=np.float64)


@final
class NoDenominator(AbstractDenominator):
    """The quantity as it is, though a denominator is known.

    Examples
    --------
    >>> NoDenominator()(np.array([[30.0]]), denominator=np.array([[6000.0]]))
    array([[30.]])
    """

    method: Literal["none"] = "none"

    def __call__(self, x: Matrix, /, *, denominator: Matrix) -> Matrix:
        return x


Denominator = Annotated[Ratio | NoDenominator, Field(discriminator="method"), Family(AbstractDenominator)]
