"""Expect: the score to be expected of a unit, given a covariate such as its income per person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias, final

import numpy as np
from pydantic import Field

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.numerics.spline import natural_terms
from pii.spec import Family, Method

__all__ = ["AbstractCurve", "Band", "Curve", "Expected", "Line", "NaturalSpline"]

Band: TypeAlias = Literal["mean", "unit"]
"""Of the mean score of units with that covariate (confidence), or of the score of one such unit (prediction)."""


class Expected(NamedTuple):
    """What a curve expects, and how sure it is."""

    mean: Vector
    """The expected score, (..., units)."""
    leverage: Vector
    """The part of a unit's own score in what is expected of it, from 0 to 1, (units,)."""
    spread: Vector
    """The standard deviation of scores about the curve, (...,)."""
    freedom: int
    """Units less terms of the curve, the constant included."""

    def margin(self, level: float, *, band: Band = "mean") -> Vector:
        r"""Half the width of a band about the curve, (..., units).

        .. math:: t_{n - p, (1 + level) / 2} \; s \, \sqrt{h_i} \quad \text{or} \quad \sqrt{1 + h_i}

        with the leverage :math:`h_i` of the unit and the spread :math:`s` about the curve of :math:`p` terms.

        Parameters
        ----------
        level
            How often such a band holds, above 0 and below 1.
        band
            ``mean``, with :math:`\sqrt{h_i}`: where the curve itself lies. ``unit``, with
            :math:`\sqrt{1 + h_i}`: where the score of a further unit lies; fewer of the units that the curve was
            laid through are outside than the level says, since each pulls the curve its way.

        Examples
        --------
        >>> found = Line()(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0]))
        >>> found.margin(0.9).round(3).tolist()
        [2.318, 1.517, 1.517, 2.318]
        """
        from scipy.special import stdtrit

        t = float(stdtrit(self.freedom, (1 + level) / 2))
        own = {"mean": 0.0, "unit": 1.0}[band]
        return np.asarray(t * self.spread[..., None] * np.sqrt(own + self.leverage))


class AbstractCurve(Method, ABC):
    """Lays a curve through scores against a covariate by least squares."""

    @abstractmethod
    def __call__(self, x: Vector, y: Matrix, /) -> Expected:
        """Say what is expected of every unit.

        Parameters
        ----------
        x
            The covariate, (units,), measured for all.
        y
            Scores, (..., units), known for all.

        Returns
        -------
        Expected
            The curve at each unit, and what bands about it are made of.

        Raises
        ------
        Undefined
            There are no more units than terms, or too few different values of the covariate.
        """


@final
class Line(AbstractCurve):
    r"""A straight line: the same step of the covariate brings the same score everywhere.

    .. math:: \hat y_i = a + b x_i, \qquad b = \frac{\sum (x_i - \bar x)(y_i - \bar y)}{\sum (x_i - \bar x)^2}

    With a logarithm as the covariate, the same *percentage* more brings the same score.

    References
    ----------
    Draper and Smith (1998), Applied Regression Analysis, third edition, chapter 1. doi:10.1002/9781118625590

    Examples
    --------
    >>> Line()(np.array([1.0, 2.0, 3.0]), np.array([10.0, 40.0, 40.0])).mean.round(6).tolist()
    [15.0, 30.0, 45.0]
    """

    method: Literal["line"] = "line"

    def __call__(self, x: Vector, y: Matrix, /) -> Expected:
        return _laid(x, x[:, None], y)


@final
class NaturalSpline(AbstractCurve):
    r"""A natural cubic spline: cubes that join smoothly at knots, and straight lines beyond the outer two.

    .. math:: \hat y_i = a + \sum_{k=1}^{K-1} b_k N_k(x_i)

    with the terms :math:`N_k` of :func:`pii.numerics.spline.natural_terms`, fitted by least squares. The Global
    Innovation Index lays such a spline through scores against income per person. How many knots, and where, is this
    project's choice: at the quantiles that Harrell gives, which leave a few units beyond the outer knots, and 4 of
    them. Harrell advises 3 below 30 units.

    References
    ----------
    Harrell (2015), Regression Modeling Strategies, second edition, section 2.4. doi:10.1007/978-3-319-19425-7

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> NaturalSpline(knots=3)(x, np.abs(x - 3.5)).mean.round(2).tolist()
    [3.59, 2.41, 1.34, 0.66, 0.66, 1.34, 2.41, 3.59]
    """

    method: Literal["natural_spline"] = "natural_spline"
    knots: Annotated[int, Field(ge=3, le=7)] = 4
    """How many, from 3 to 7; the spline has as many terms, the constant included."""

    def __call__(self, x: Vector, y: Matrix, /) -> Expected:
        knots = np.quantile(x, _QUANTILES[self.knots]) if x.size else x
        if len(np.unique(knots)) < self.knots:
            raise Undefined(
                [f"{len(np.unique(knots))} of {self.knots} knots differ"],
                rule="knots lie at different values of the covariate",
                remedy="ask for fewer knots, or take a line",
                rows=[0],
            )
        return _laid(x, natural_terms(x, knots), y)


_QUANTILES: Final = {
    3: [0.1, 0.5, 0.9],
    4: [0.05, 0.35, 0.65, 0.95],
    5: [0.05, 0.275, 0.5, 0.725, 0.95],
    6: [0.05, 0.23, 0.41, 0.59, 0.77, 0.95],
    7: [0.025, 0.1833, 0.3417, 0.5, 0.6583, 0.8167, 0.975],
}


def _laid(x: Vector, terms: Matrix, y: Matrix) -> Expected:
    """Lay what the terms and a constant span through the scores by least squares."""
    n, p, different = len(x), terms.shape[1] + 1, len(np.unique(x))
    basis = _orthonormal(terms) if n > p and different >= p else terms[:, :0]
    if basis.shape[1] < terms.shape[1]:
        raise Undefined(
            [f"{n} units with {different} different values of the covariate"],
            rule=f"a curve of {p} terms needs more units than terms, and values that tell the terms apart",
            remedy="take a curve of fewer terms, or give the covariate of more units",
            rows=[0],
        )
    centre: Vector = y.mean(axis=-1, keepdims=True)
    mean = centre + ((y - centre) @ basis) @ basis.T
    # What is left by rounding is no residual.
    mean = np.where(np.abs(y - mean) <= 1e-12 * np.abs(y).max(axis=-1, keepdims=True), y, mean)
    spread = np.sqrt(((y - mean) ** 2).sum(axis=-1) / (n - p))
    return Expected(mean, 1 / n + (basis * basis).sum(axis=1), np.asarray(spread), n - p)


def _orthonormal(terms: Matrix) -> Matrix:
    """What the terms span beside a constant; fewer columns where they depend on one another."""
    away = terms - terms.mean(axis=0)
    u, s, _ = np.linalg.svd(away / np.abs(away).max(axis=0), full_matrices=False)
    return np.asarray(u[:, s > 1e-10 * s[0]])


Curve = Annotated[Line | NaturalSpline, Field(discriminator="method"), Family(AbstractCurve)]
