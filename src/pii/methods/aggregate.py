"""Aggregate: siblings into their parent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Literal, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.numerics.bod import benefit_of_the_doubt, fits
from pii.numerics.kemeny import MOST, SETS, Unsettled, kemeny, largest_circle
from pii.numerics.outranking import copeland, net_outranking, outranking
from pii.spec import Family, Many, Method, Share, Weight

__all__ = [
    "AbstractAggregator",
    "Aggregator",
    "Arithmetic",
    "BenefitOfTheDoubt",
    "Copeland",
    "Geometric",
    "Harmonic",
    "Kemeny",
    "Maximum",
    "MazziottaPareto",
    "MeanMin",
    "Median",
    "Minimum",
    "NetOutranking",
    "OrderedWeights",
    "Power",
    "Wroclaw",
]


class AbstractAggregator(Method, ABC):
    """Makes one score of several; what is missing drops out and the other weights are scaled up."""

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Which scores the method is defined for."""
        return "any"

    @property
    def is_mean(self) -> bool:
        """Whether scores lie between the lowest and the highest child's, and a better child never lowers them."""
        return True

    @property
    def is_smooth(self) -> bool:
        """Whether there is a slope wherever two children score alike; where not, they share it by their weights."""
        return True

    @property
    def adds_up(self) -> bool:
        """Whether slope times score, summed over the children, is the score; where not, slopes are NaN."""
        return not self.compares_units

    @property
    def compares_units(self) -> bool:
        """Whether a unit's score depends on what the other units score."""
        return False

    @property
    def exponent(self) -> float | None:
        """Of the weighted power mean that the method is: 1 arithmetic, 0 geometric; None where it is none."""
        return None

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

        A method that scales with its arguments has slopes that add up: by Euler's theorem slope times score, summed
        over the children, is the parent's score, and that is what a child contributes. A missing child has slope 0.
        The slopes of a method that does not add up are NaN: no part of its score is one child's.
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

    @property
    def exponent(self) -> float:
        """1."""
        return 1.0

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

    @property
    def exponent(self) -> float:
        """0."""
        return 0.0

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

    @property
    def exponent(self) -> float:
        """-1."""
        return -1.0

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

    @property
    def exponent(self) -> float:
        """``p``."""
        return self.p

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        if self.p == 0:
            return Geometric()(x, w)
        if self.p < 0:
            _refuse(x <= 0, x, f"a power mean with exponent {self.p:g} needs scores above 0")
        else:
            _refuse(x < 0, x, "a power mean needs scores that are not negative")
        # As parts of the score that counts most, so that no power is too large or too small to count with.
        counted = np.where(w[..., :, None] > 0, x, np.nan)
        extreme = (np.fmax if self.p > 0 else np.fmin).reduce(counted, axis=-2, keepdims=True)
        extreme = np.where(extreme > 0, extreme, 1.0)
        mean = _weighted_mean((counted / extreme) ** self.p, w) ** (1.0 / self.p)
        return _within(x, extreme[..., 0, :] * mean)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _power_slopes(x, w, self(x, w), self.p)


@final
class Median(AbstractAggregator):
    r"""The weighted median: children with half of the weight score no higher, and with half no lower.

    .. math:: \tfrac12 (\inf\{m : W(m) \ge \tfrac12\} + \inf\{m : W(m) > \tfrac12\}), \quad
        W(m) = \sum_{x \le m} w / \sum w

    So where exactly half of the weight lies below, it is the mean of the two scores in the middle.

    References
    ----------
    Grabisch, Marichal, Mesiar and Pap (2009), *Aggregation Functions*. doi:10.1017/CBO9781139644150

    Examples
    --------
    >>> x = np.array([[2.0, 2.0], [4.0, 4.0], [9.0, np.nan]])
    >>> Median()(x, np.ones(3)), Median()(x, np.array([1.0, 1.0, 3.0]))
    (array([4., 3.]), array([9., 3.]))
    """

    method: Literal["median"] = "median"

    @property
    def is_smooth(self) -> bool:
        """Not where children in the middle score alike."""
        return False

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        ordered, above = _from_the_best(x, w)
        # From the best down, so that gaps come last.
        middle = [_first(ordered, above >= 0.5 - _ROUNDING), _first(ordered, above > 0.5 + _ROUNDING)]
        return np.asarray(middle[0] / 2 + middle[1] / 2, dtype=np.float64)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _ordered_slopes(
            x, w, lambda u: np.where(u < 0.5 - _ROUNDING, 0.0, np.where(u > 0.5 + _ROUNDING, 1.0, 0.5))
        )


@final
class Minimum(AbstractAggregator):
    r"""The lowest score, :math:`\min x`: nothing makes up for it. A child with weight 0 is left out.

    References
    ----------
    Grabisch, Marichal, Mesiar and Pap (2009), *Aggregation Functions*. doi:10.1017/CBO9781139644150

    Examples
    --------
    >>> Minimum()(np.array([[2.0], [8.0]]), np.array([1.0, 3.0]))
    array([2.])
    """

    method: Literal["minimum"] = "minimum"

    @property
    def is_smooth(self) -> bool:
        """Not where two children share the lowest score."""
        return False

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return np.asarray(np.fmin.reduce(_weighted_only(x, w), axis=-2), dtype=np.float64)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _ordered_slopes(x, w, lambda u: np.where(u > 1 - _ROUNDING, 1.0, 0.0))


@final
class Maximum(AbstractAggregator):
    r"""The highest score, :math:`\max x`: it makes up for everything. A child with weight 0 is left out.

    References
    ----------
    Grabisch, Marichal, Mesiar and Pap (2009), *Aggregation Functions*. doi:10.1017/CBO9781139644150

    Examples
    --------
    >>> Maximum()(np.array([[2.0], [8.0]]), np.array([1.0, 3.0]))
    array([8.])
    """

    method: Literal["maximum"] = "maximum"

    @property
    def is_smooth(self) -> bool:
        """Not where two children share the highest score."""
        return False

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return np.asarray(np.fmax.reduce(_weighted_only(x, w), axis=-2), dtype=np.float64)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _ordered_slopes(x, w, lambda u: np.where(u > 0, 1.0, 0.0))


@final
class OrderedWeights(AbstractAggregator):
    r"""An ordered weighted average (OWA): weights go to a unit's scores by their order, from its best to its worst.

    .. math:: \sum_i (Q(P_i) - Q(P_{i-1}))\, x_{(i)}, \quad x_{(1)} \ge x_{(2)} \ge \ldots

    with :math:`P_i` the children's shares summed from the best down, and :math:`Q` the line through the sums of the
    ordered weights. With as many ordered weights as children that count alike, each goes to one score, as Yager has
    it; with fewer or more, or with gaps, or children of different weights, they are spread in proportion, as Torra
    has it. Ordered weights ``[1, 2]`` count the worse half of a unit's scores twice; equal ones are the arithmetic
    mean.

    References
    ----------
    Yager (1988), On ordered weighted averaging aggregation operators in multicriteria decisionmaking.
    doi:10.1109/21.87068. Torra (1997), The weighted OWA operator.
    doi:10.1002/(SICI)1098-111X(199702)12:2<153::AID-INT3>3.0.CO;2-P

    Examples
    --------
    >>> x = np.array([[1.0, 6.0], [9.0, 9.0], [5.0, np.nan]])
    >>> OrderedWeights(weights=[0.2, 0.3, 0.5])(x, np.ones(3)), OrderedWeights()(x, np.ones(3)).round(6)
    (array([3.8 , 7.05]), array([4.111111, 7.      ]))
    """

    method: Literal["owa"] = "owa"
    weights: Many[Weight] = (1.0, 2.0)
    """Weights of a unit's scores from its best to its worst; only their ratios count."""

    @field_validator("weights")
    @classmethod
    def _some(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not any(value):
            raise ValueError("ordered weights are shares of their sum; give at least one above 0")
        return value

    @property
    def is_smooth(self) -> bool:
        """Not where two children score alike."""
        return False

    def _portion(self, u: Vector) -> Vector:
        """Which part of the ordered weights goes to the best children with this share of the weight."""
        sums = np.cumsum([0.0, *self.weights])
        return np.asarray(np.interp(u, np.linspace(0, 1, sums.size), sums / sums[-1]), dtype=np.float64)

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        ordered, above = _from_the_best(x, w)
        parts = np.diff(self._portion(above), axis=-2, prepend=0.0)
        score = np.where(parts == 0, 0.0, parts * ordered).sum(axis=-2)
        return _within(x, np.where(np.isnan(above[..., -1, :]), np.nan, score))

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _ordered_slopes(x, w, self._portion)


@final
class MazziottaPareto(AbstractAggregator):
    r"""The Mazziotta-Pareto index, :math:`M \mp S^2 / M`: the mean, less a penalty for scores that are uneven.

    :math:`M` is the weighted mean of a unit's scores, :math:`S` their weighted standard deviation with divisor n,
    and the penalty :math:`S` times the coefficient of variation :math:`S / M`. The index is not a mean: it can fall
    below the lowest score, and a better child can lower it by being too much ahead. The MPI takes z-scores with
    mean 100 and standard deviation 10; the adjusted one (AMPI) takes goalposts with floor 70, ceiling 130 and
    ``clip: false``, each indicator's goalposts laid so that its reference scores 100.

    References
    ----------
    De Muro, Mazziotta and Pareto (2011), Composite indices of development and poverty.
    doi:10.1007/s11205-010-9727-z. Mazziotta and Pareto (2016), On a generalized non-compensatory composite index
    for measuring socio-economic phenomena. doi:10.1007/s11205-015-0998-2

    Examples
    --------
    >>> x = np.array([[90.0, 100.0], [110.0, 100.0]])
    >>> MazziottaPareto()(x, np.ones(2)), MazziottaPareto(penalty="add")(x, np.ones(2))
    (array([ 99., 100.]), array([101., 100.]))
    """

    method: Literal["mpi"] = "mpi"
    penalty: Literal["subtract", "add"] = "subtract"
    """``subtract`` where a high score is good, as of development; ``add`` where it is bad, as of poverty."""

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Scores above 0, so that the coefficient of variation has a meaning."""
        return "positive"

    @property
    def is_mean(self) -> bool:
        """No: the penalty can take it out of the range of the scores."""
        return False

    @property
    def _sign(self) -> float:
        return -1.0 if self.penalty == "subtract" else 1.0

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        _refuse(x <= 0, x, "a Mazziotta-Pareto index needs scores above 0")
        mean = _within(x, _weighted_mean(x, w))
        variance = _weighted_mean((x - mean[..., None, :]) ** 2, w)
        return np.asarray(mean + self._sign * variance / mean, dtype=np.float64)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        mean = _weighted_mean(x, w)[..., None, :]
        ratio = x / mean
        squares = _weighted_mean(ratio**2, w)[..., None, :]
        slopes = _present_shares(x, w) * (1.0 + self._sign * (2 * ratio - squares - 1.0))
        return np.where(np.isnan(x) & ~np.isnan(mean), 0.0, slopes)


@final
class MeanMin(AbstractAggregator):
    r"""The mean-min function: the mean, drawn towards the lowest score by as much as is chosen.

    .. math:: M - \alpha \left(\sqrt{(M - \min x)^2 + \beta^2} - \beta\right)

    With :math:`\alpha = 0` it is the arithmetic mean; with :math:`\alpha = 1, \beta = 0` the minimum. With
    :math:`\beta > 0` scores near the lowest still make up for one another; it does not scale with the scores then,
    so no child has a contribution.

    References
    ----------
    Casadio Tarabusi and Guarini (2013), An unbalance adjustment method for development indicators.
    doi:10.1007/s11205-012-0070-4

    Examples
    --------
    >>> x = np.array([[2.0], [8.0]])
    >>> MeanMin()(x, np.ones(2)), MeanMin(alpha=1.0, beta=4.0)(x, np.ones(2))
    (array([3.5]), array([4.]))
    """

    method: Literal["mean_min"] = "mean_min"
    alpha: Share = 0.5
    """How far towards the lowest score, from 0 to 1."""
    beta: Weight = 0.0
    """In scores: within about so much of the lowest score the others still make up for it."""

    @property
    def is_smooth(self) -> bool:
        """Not where two children share the lowest score."""
        return False

    @property
    def adds_up(self) -> bool:
        """Only with beta 0, or alpha 0."""
        return self.alpha == 0 or self.beta == 0

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        mean = _within(x, _weighted_mean(x, w))
        unevenness = np.hypot(mean - Minimum()(x, w), self.beta) - self.beta
        return _within(x, mean - self.alpha * unevenness)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        if not self.adds_up:
            return _no_slopes(x, w)
        mean, least = _present_shares(x, w), Minimum().slopes(x, w)
        return np.asarray((1 - self.alpha) * mean + self.alpha * least, dtype=np.float64)


@final
class Copeland(AbstractAggregator):
    r"""The Copeland score: how many units a unit beats, less how many beat it, two by two.

    One beats another when the children on which it stands above weigh more than those on which it stands below, of
    the children of which both have a score:

    .. math:: \sum_{j \ne i} \operatorname{sign} \sum_c w_c \operatorname{sign}(x_{ci} - x_{cj})

    How far a score is above another is nothing, so nothing is made up for, and no scale need be common. Scores run
    from :math:`1 - n` to :math:`n - 1` of n units.

    References
    ----------
    Al-Sharrah (2010), Ranking using the Copeland score: a comparison with the Hasse diagram. doi:10.1021/ci100064q

    Examples
    --------
    >>> Copeland()(np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 2.0]]), np.array([1.0, 1.0]))
    array([ 2., -2.,  0.])
    """

    method: Literal["copeland"] = "copeland"

    @property
    def is_mean(self) -> bool:
        """No: it counts units."""
        return False

    @property
    def compares_units(self) -> bool:
        """Yes."""
        return True

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return _each_draw(copeland, x, w)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _no_slopes(x, w)


@final
class NetOutranking(AbstractAggregator):
    r"""The net outranking score: the share of weight on which a unit stands above another, summed over all others.

    .. math:: \sum_{j \ne i} o_{ij}, \quad
        o_{ij} = \frac{\sum_c w_c [x_{ci} > x_{cj}] + \frac12 \sum_c w_c [x_{ci} = x_{cj}]}{\sum_c w_c}

    over the children of which both have a score; two units that share none are even. Scores run from 0 to
    :math:`n - 1` of n units, and without gaps they are a weighted Borda count.

    References
    ----------
    Munda and Nardo (2009), Noncompensatory/nonlinear composite indicators for ranking countries.
    doi:10.1080/00036840601019364

    Examples
    --------
    >>> NetOutranking()(np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 2.0]]), np.array([1.0, 1.0]))
    array([2.  , 0.25, 0.75])
    """

    method: Literal["net_outranking"] = "net_outranking"

    @property
    def is_mean(self) -> bool:
        """No: it counts units."""
        return False

    @property
    def compares_units(self) -> bool:
        """Yes."""
        return True

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return _each_draw(net_outranking, x, w)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _no_slopes(x, w)


@final
class Kemeny(AbstractAggregator):
    r"""A unit's place from the bottom in the ranking that agrees most with the comparisons of pairs.

    The ranking maximises :math:`\sum o_{ij}` over all pairs with i above j, where :math:`o_{ij}` is the share of
    weight on which i stands above j (Condorcet, Kemeny, Young and Levenglick). It is exact. Where several rankings
    are best, a place is the mean over all of them; units with the same scores stand together and share the mean of
    their places.

    Only among units that beat one another in a circle are there orders to weigh up. A circle of up to 18 units is
    always settled; larger ones, of up to 64, are where the indicators have something in common. One that is not is
    refused, with how much the best ranking found agrees and what no ranking exceeds.

    References
    ----------
    Young and Levenglick (1978), A consistent extension of Condorcet's election principle. doi:10.1137/0135023.
    Munda and Nardo (2009), Noncompensatory/nonlinear composite indicators for ranking countries.
    doi:10.1080/00036840601019364

    Examples
    --------
    >>> Kemeny()(np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0], [2.0, 3.0, 1.0]]), np.array([3.0, 2.0, 2.0]))
    array([1., 2., 3.])
    """

    method: Literal["kemeny"] = "kemeny"

    @property
    def is_mean(self) -> bool:
        """No: it is a place."""
        return False

    @property
    def compares_units(self) -> bool:
        """Yes."""
        return True

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        return _each_draw(_kemeny, x, w)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _no_slopes(x, w)


@final
class Wroclaw(AbstractAggregator):
    r"""The Wroclaw taxonomic measure: nearness to an ideal unit that has the best score on every child.

    .. math:: 1 - \frac{D_i}{\bar D + 2 S_D}, \quad D_i^2 = \sum_c w_c (x_{ci} - \max_j x_{cj})^2 / \sum_c w_c

    :math:`\bar D` and :math:`S_D` are the mean distance of the units and its standard deviation with divisor n. The
    ideal scores 1, few units less than 0. Where all units are alike, all are the ideal. The method is meant for
    z-scores.

    References
    ----------
    Mazziotta and Pareto (2013), Methods for constructing composite indices: one for all or all for one? *Rivista
    Italiana di Economia Demografia e Statistica* 67(2), 67-80, after Hellwig (1968), *Przegląd Statystyczny* 4.

    Examples
    --------
    >>> Wroclaw()(np.array([[3.0, 0.0, 0.0], [4.0, 4.0, 0.0]]), np.ones(2)).round(6)
    array([1.      , 0.557279, 0.262132])
    """

    method: Literal["wroclaw"] = "wroclaw"

    @property
    def is_mean(self) -> bool:
        """No: it is a distance."""
        return False

    @property
    def compares_units(self) -> bool:
        """Yes."""
        return True

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        best = np.fmax.reduce(x, axis=-1, keepdims=True)
        distance = np.sqrt(_weighted_mean((x - best) ** 2, w))
        there = ~np.isnan(distance)
        n = np.maximum(there.sum(axis=-1, keepdims=True), 1)
        mean = np.where(there, distance, 0.0).sum(axis=-1, keepdims=True) / n
        sd = np.sqrt(np.where(there, (distance - mean) ** 2, 0.0).sum(axis=-1, keepdims=True) / n)
        far = mean + 2 * sd
        return np.asarray(1.0 - distance / np.where(far > 0, far, 1.0), dtype=np.float64)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _no_slopes(x, w)


@final
class BenefitOfTheDoubt(AbstractAggregator):
    r"""The benefit of the doubt: a unit's score by the weights that suit it best, beside the best units by those.

    .. math:: \max_{w \ge 0} \sum_c w_c x_{ci} \quad\text{such that}\quad \sum_c w_c x_{cj} \le 1\ \text{for all } j

    Scores run from 0 to 1. The children's own weights do not count, except that weight 0 leaves a child out.
    Without bounds a unit can put all weight on what it is best at, and many units score 1. A gap gets no weight;
    another unit's gap brings that unit nothing.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite
    indicators. doi:10.1007/s11205-006-9029-7

    Examples
    --------
    >>> x = np.array([[4.0, 2.0, 1.0], [1.0, 2.0, 1.0]])
    >>> BenefitOfTheDoubt()(x, np.ones(2)).round(6), BenefitOfTheDoubt(least=0.5)(x, np.ones(2)).round(6)
    (array([1. , 1. , 0.5]), array([1. , 0.8, 0.4]))
    """

    method: Literal["bod"] = "bod"
    least: Share = 0.0
    """The least part of each child, of what ``bounded`` says."""
    most: Share = 1.0
    """The largest part of each child."""
    bounded: Literal["weights", "parts"] = "weights"
    """What has bounds: a child's share of the ``weights``, or its part, weight times score, of the unit's sum."""

    @model_validator(mode="after")
    def _ordered(self) -> BenefitOfTheDoubt:
        if self.least > self.most:
            raise ValueError(f"the least part, {self.least:g}, is above the most, {self.most:g}; swap them")
        return self

    @property
    def domain(self) -> Literal["any", "not_negative", "positive"]:
        """Scores of 0 and more; above 0 where parts of the sum have bounds, which a 0 could not keep."""
        return "positive" if self.bounded == "parts" and (self.least > 0 or self.most < 1) else "not_negative"

    @property
    def is_mean(self) -> bool:
        """No: it is relative to the best units."""
        return False

    @property
    def compares_units(self) -> bool:
        """Yes."""
        return True

    def __call__(self, x: Matrix, w: Vector, /) -> Vector:
        if self.domain == "positive":
            _refuse(x <= 0, x, "the benefit of the doubt with bounds on parts needs scores above 0")
        else:
            _refuse(x < 0, x, "the benefit of the doubt needs scores that are not negative")
        return _each_draw(self._scored, x, w)

    def _scored(self, x: Matrix, w: Vector) -> Vector:
        counted = x[w > 0]
        count = np.count_nonzero(~np.isnan(counted), axis=0)
        short = [at for at, k in enumerate(count.tolist()) if k > 0 and not fits(k, self.least, self.most)]
        if short:
            raise Undefined(
                [f"it has scores of {count[at]} of the children" for at in short],
                rule=f"parts from {self.least:g} to {self.most:g} of so many cannot sum to 1",
                remedy="widen the bounds, or ask for more coverage",
                rows=[0] * len(short),
                columns=short,
            )
        return benefit_of_the_doubt(counted, self.least, self.most, self.bounded)

    def slopes(self, x: Matrix, w: Vector, /) -> Matrix:
        return _no_slopes(x, w)


_ROUNDING = 1e-12  # shares that are equal on paper differ by less


def _weighted_only(x: Matrix, w: Vector) -> Matrix:
    """Scores of children with a weight, NaN for the others."""
    return np.where(w[..., :, None] > 0, x, np.nan)


def _from_the_best(x: Matrix, w: Vector) -> tuple[Matrix, Matrix]:
    """A unit's scores from the best down, gaps last, and the share of the weight down to each one."""
    part = _present_shares(x, w)
    scores = np.broadcast_to(x, part.shape)
    order = np.argsort(-scores, axis=-2, kind="stable")
    return np.take_along_axis(scores, order, axis=-2), np.take_along_axis(part, order, axis=-2).cumsum(axis=-2)


def _first(ordered: Matrix, reached: NDArray[np.bool_]) -> Vector:
    """The first score in order that reaches; NaN where none does."""
    at = reached.argmax(axis=-2)[..., None, :]
    return np.where(reached.any(axis=-2), np.take_along_axis(ordered, at, axis=-2)[..., 0, :], np.nan)


def _ordered_slopes(x: Matrix, w: Vector, portion: Callable[[Vector], Vector]) -> Matrix:
    """Slopes of a method that weighs scores by their order; children that score alike share by their weights.

    The portion says which part goes to the best children with so large a share of the weight.
    """
    part = _present_shares(x, w)
    slopes = np.zeros_like(part)
    for child in range(x.shape[-2]):
        one = x[..., child, None, :]
        above = np.where(x > one, part, 0.0).sum(axis=-2)
        alike = np.where(x == one, part, 0.0).sum(axis=-2)
        own = part[..., child, :]
        with np.errstate(invalid="ignore"):
            slopes[..., child, :] = (portion(above + alike) - portion(above)) * own / alike
        slopes[..., child, :][own == 0] = 0.0
    return slopes


def _no_slopes(x: Matrix, w: Vector) -> Matrix:
    return np.full(np.broadcast_shapes(x.shape, (*w.shape, x.shape[-1])), np.nan)


def _each_draw(score: Callable[[Matrix, Vector], Vector], x: Matrix, w: Vector) -> Vector:
    """Scores of methods that compare units, one draw of scores and weights after another."""
    draws = np.broadcast_shapes(x.shape[:-2], w.shape[:-1])
    scores, weights = np.broadcast_to(x, (*draws, *x.shape[-2:])), np.broadcast_to(w, (*draws, w.shape[-1]))
    found = np.empty((*draws, x.shape[-1]))
    for draw in np.ndindex(draws):
        found[draw] = score(scores[draw], weights[draw])
    return found


def _kemeny(x: Matrix, w: Vector) -> Vector:
    counted = x[w > 0]
    ranked = np.flatnonzero((~np.isnan(counted)).any(axis=0))
    found = np.full(x.shape[-1], np.nan)
    if not ranked.size:
        return found
    some = counted[:, ranked]
    _, first, alike = np.unique(
        np.where(np.isnan(some), -np.inf, some + 0.0), axis=1, return_index=True, return_inverse=True
    )
    circle = largest_circle(outranking(some[:, first], w[w > 0]))
    if circle > MOST:
        raise Undefined(
            [f"{circle} units beat one another in a circle"],
            rule=f"the exact Kemeny ranking is found for circles of up to {MOST} units",
            remedy="use copeland, or rank fewer units",
            rows=[0],
        )
    try:
        found[ranked] = kemeny(outranking(some, w[w > 0]), alike.ravel())
    except Unsettled as error:
        raise Undefined(
            [
                f"{error.units} units beat one another in a circle; the best ranking found of them agrees with "
                f"their pairs by {error.found:.6g}, and none does by more than {error.bound:.6g}"
            ],
            rule=f"the exact Kemeny ranking is found where at most {SETS:,} sets of units are left to weigh up",
            remedy="use copeland, or rank fewer units",
            rows=[0],
        ) from error
    return found


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
    Arithmetic
    | Geometric
    | Harmonic
    | Power
    | Median
    | Minimum
    | Maximum
    | OrderedWeights
    | MazziottaPareto
    | MeanMin
    | Copeland
    | NetOutranking
    | Kemeny
    | Wroclaw
    | BenefitOfTheDoubt,
    Field(discriminator="method"),
    Family(AbstractAggregator),
]
