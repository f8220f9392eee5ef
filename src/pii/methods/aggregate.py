"""Aggregate: siblings into their parent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.spec import Family, Method

__all__ = ["AbstractAggregator", "Aggregator", "Arithmetic", "Geometric", "Harmonic", "Power"]


class AbstractAggregator(Method, ABC):
    """Makes one score of several; what is missing drops out and the other weights are scaled up."""

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Which scores the method is defined for."""
        return "any"

    @abstractmethod
    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        """Aggregate.

        Parameters
        ----------
        x
            Scores of the children, (..., children, units); NaN where missing.
        w
            Their weights, (..., children), not negative.

        Returns
        -------
        Vector
            Scores of the parent, (..., units); NaN where no child with a weight is present.

        Raises
        ------
        Undefined
            A score outside the method's domain.
        """

    @abstractmethod
    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        r"""How fast the score rises with each child's: :math:`\partial M / \partial x_i`, shapes as in the call.

        Every method of the family scales with its arguments, so by Euler's theorem slope times score, summed over
        the children, is the parent's score: that is what a child contributes. A missing child has slope 0.
        """


@final
class Arithmetic(AbstractAggregator):
    r"""The weighted mean, :math:`\sum w x / \sum w`: a low score is made up for by a high one.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 7. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[2.0, 2.0], [4.0, np.nan]])
    >>> Arithmetic()(x, np.array([0.25, 0.75])), Arithmetic().slopes(x, np.array([0.25, 0.75]))
    (array([3.5, 2. ]), array([[0.25, 1.  ], [0.75, 0.  ]]))
    """

    method: Literal["arithmetic"] = "arithmetic"

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return _within(x, _weighted_mean(x, w))

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _present_shares(x, w)


@final
class Geometric(AbstractAggregator):
    r"""The weighted geometric mean, :math:`\exp(\sum w \ln x / \sum w)`: a low score is only partly made up for.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 7. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Geometric()(np.array([[2.0], [8.0]]), np.array([1.0, 1.0]))
    array([4.])
    """

    method: Literal["geometric"] = "geometric"

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Scores above 0."""
        return "positive"

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        _refuse(x <= 0, x, "a geometric mean needs scores above 0")
        return _within(x, np.exp(_weighted_mean(np.log(x), w)))

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _power_slopes(x, w, self(x, w), 0.0)


@final
class Harmonic(AbstractAggregator):
    r"""The weighted harmonic mean, :math:`\sum w / \sum (w / x)`: the lowest scores count most.

    References
    ----------
    Grabisch, Marichal, Mesiar and Pap (2009), *Aggregation Functions*. doi:10.1017/CBO9781139644150

    Examples
    --------
    >>> Harmonic()(np.array([[2.0], [6.0]]), np.array([1.0, 1.0]))
    array([3.])
    """

    method: Literal["harmonic"] = "harmonic"

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Scores above 0."""
        return "positive"

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        _refuse(x <= 0, x, "a harmonic mean needs scores above 0")
        return _within(x, 1.0 / _weighted_mean(1.0 / x, w))

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _power_slopes(x, w, self(x, w), -1.0)


@final
class Power(AbstractAggregator):
    r"""The weighted power mean, :math:`(\sum w x^p / \sum w)^{1/p}`; ``p: 0`` is its limit, the geometric mean.

    Above 1 high scores count more, below 1 low ones. The EU Social Progress Index uses 0.5, UNDP's Human Poverty
    Index used 3.

    References
    ----------
    Grabisch, Marichal, Mesiar and Pap (2009), *Aggregation Functions*. doi:10.1017/CBO9781139644150

    Examples
    --------
    >>> Power(p=2)(np.array([[1.0], [7.0]]), np.array([1.0, 1.0]))
    array([5.])
    """

    method: Literal["power"] = "power"
    p: float = 0.5
    """The exponent."""

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Scores of 0 and more; above 0 when the exponent is not."""
        return "not_negative" if self.p > 0 else "positive"

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        if self.p == 0:
            return Geometric()(x, w)
        if self.p < 0:
            _refuse(x <= 0, x, f"a power mean with exponent {self.p:g} needs scores above 0")
        else:
            _refuse(x < 0, x, "a power mean needs scores that are not negative")
        return _within(x, _weighted_mean(x**self.p, w) ** (1.0 / self.p))

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _power_slopes(x, w, self(x, w), self.p)


def _weighted_mean(x: Matrix, w: Vector) -> Vector:
    missing = np.isnan(x)
    if not missing.any():
        return np.asarray(_summed(x, w) / w.sum(axis=-1)[..., None], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        mean = _summed(np.where(missing, 0.0, x), w) / _summed((~missing).astype(np.float64), w)
    return np.asarray(mean, dtype=np.float64)


def _summed(x: Matrix, w: Vector) -> Vector:
    """Weighted sums, child by child in order, so that units with the same scores get the same sum.

    A matrix product may sum the last columns in another way than the first, and break ties by a bit.
    """
    total: Vector = w[..., 0, None] * x[..., 0, :]
    for child in range(1, x.shape[-2]):
        total = total + w[..., child, None] * x[..., child, :]
    return total


def _present_shares(x: Matrix, w: Vector) -> Matrix:
    """Weights scaled to sum to 1 over the children that each unit has, 0 for the others."""
    present = np.where(np.isnan(x), 0.0, w[..., :, None])
    with np.errstate(invalid="ignore"):
        return np.asarray(present / present.sum(axis=-2, keepdims=True), dtype=np.float64)


def _power_slopes(x: Matrix, w: Vector, score: Vector, p: float) -> Matrix:
    """Slopes of a power mean; 0 at a score of 0, where they may be infinite but nothing is contributed."""
    shares = _present_shares(x, w)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = shares * (score[..., None, :] / x) ** (1.0 - p)
    return np.where((shares == 0) | (x == 0), 0.0, slopes)


def _within(x: Matrix, mean: Vector) -> Vector:
    """Hold a mean to the range of its scores, which rounding can leave by a digit."""
    return np.clip(mean, np.fmin.reduce(x, axis=-2), np.fmax.reduce(x, axis=-2))


def _refuse(outside: NDArray[np.bool_], x: Matrix, rule: str) -> None:
    if not outside.any():
        return
    at = np.nonzero(outside)
    raise Undefined(
        [f"the score is {value:g}" for value in x[at]],
        rule=rule,
        remedy="normalise to a scale above 0 (such as min-max with floor 1), or aggregate another way",
        rows=at[-2].tolist(),
        columns=at[-1].tolist(),
    )


Aggregator = Annotated[
    Arithmetic | Geometric | Harmonic | Power, Field(discriminator="method"), Family(AbstractAggregator)
]
