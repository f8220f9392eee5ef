"""Weigh: how much each of a group's children counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, Self, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from pii.arrays import Matrix, Vector, shares
from pii.errors import Undefined
from pii.numerics.factor import principal_components, varimax
from pii.numerics.influence import influence_weights, weighted_mean
from pii.numerics.pairwise import pairwise
from pii.spec import Code, Family, Many, Method, Positive, Weight

__all__ = [
    "AbstractWeigher",
    "BudgetAllocation",
    "Critic",
    "Entropy",
    "Equal",
    "EqualOverIndicators",
    "Factor",
    "Given",
    "Influence",
    "InverseCovariance",
    "Needs",
    "PairwiseComparison",
    "PrincipalComponent",
    "StandardDeviation",
    "Variation",
    "Weigher",
]

Needs: TypeAlias = Literal["nothing", "scores"]
"""What a method of weighing reads besides the scheme."""

_ROUNDING = 1e-10
_RECIPROCAL = 0.05
_RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency index of random judgements of 1, 2, ... children."""


class AbstractWeigher(Method, ABC):
    """Gives the children of a group their shares of it.

    A method that weighs by the data reads the children's scores as they are when they are aggregated, whatever
    weights the scheme gives. Missing scores are left out, of a pair of children both or none. An only child has the
    whole.
    """

    @property
    def needs(self) -> Needs:
        """What the method reads besides the scheme."""
        return "nothing"

    @property
    def concerns(self) -> tuple[str, ...]:
        """The children that the method is told about, by code; none when any will do."""
        return ()

    @abstractmethod
    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        """Weigh.

        Parameters
        ----------
        given
            The weights that the scheme gives the children, not negative.
        sizes
            How many indicators each child stands for; 1 for an indicator.
        scores
            Computes the children's scores, (children, units), for methods that weigh by the data.
        codes
            What the children are called, for methods that are told about each of them.

        Returns
        -------
        Vector
            Shares of the group: not negative, summing to 1.

        Raises
        ------
        Undefined
            Scores, or judgements, that have no such shares.
        """


@final
class Given(AbstractWeigher):
    r"""The scheme's weights as shares: :math:`w_i / \sum w`.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Given()(np.array([1.0, 3.0]), sizes=np.ones(2), scores=lambda: np.empty((2, 0)))
    array([0.25, 0.75])
    """

    method: Literal["given"] = "given"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(given)


@final
class Equal(AbstractWeigher):
    r"""The same share for every child, whatever weights the scheme gives: :math:`1 / k`.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Equal()(np.array([1.0, 3.0]), sizes=np.ones(2), scores=lambda: np.empty((2, 0)))
    array([0.5, 0.5])
    """

    method: Literal["equal"] = "equal"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(np.ones_like(given))


@final
class EqualOverIndicators(AbstractWeigher):
    """Shares in proportion to how many indicators a child stands for, so that every indicator counts alike.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> EqualOverIndicators()(np.ones(2), sizes=np.array([3.0, 1.0]), scores=lambda: np.empty((2, 0)))
    array([0.75, 0.25])
    """

    method: Literal["equal_over_indicators"] = "equal_over_indicators"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(sizes)


@final
class StandardDeviation(AbstractWeigher):
    r"""Shares in proportion to how much the children's scores vary: :math:`s_i / \sum s`.

    The standard deviation with :math:`n - 1` over the units that have the child. It depends on the scale: after
    z-scores all are equal. A child that is the same for all units has share 0.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Determining objective weights in multiple criteria problems: the
    CRITIC method (its SD weights). doi:10.1016/0305-0548(94)00059-H

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0], [0.0, 3.0, 6.0]])
    >>> StandardDeviation()(np.ones(2), sizes=np.ones(2), scores=lambda: x)
    array([0.25, 0.75])
    """

    method: Literal["standard_deviation"] = "standard_deviation"

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        return _proportional(_spreads(scores())[1], "varies")


@final
class Variation(AbstractWeigher):
    r"""Shares in proportion to the children's coefficients of variation, :math:`v_i = s_i / \bar x_i`.

    Over the units that have the child, the standard deviation with :math:`n - 1`; unlike it, unchanged when a child
    is multiplied. The mean of each child must be above 0. A child that is the same for all units has share 0.

    References
    ----------
    Betti and Verma (2008), Fuzzy measures of the incidence of relative poverty and deprivation: a
    multi-dimensional perspective (the first factor of its weights). doi:10.1007/s10260-007-0062-8

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0], [9.0, 12.0, 15.0]])
    >>> Variation()(np.ones(2), sizes=np.ones(2), scores=lambda: x).round(4)
    array([0.6667, 0.3333])
    """

    method: Literal["coefficient_of_variation"] = "coefficient_of_variation"

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        mean, spread = _spreads(scores())
        _refuse(
            mean <= 0,
            [f"the mean of its scores is {value:g}" for value in mean],
            rule="a coefficient of variation needs a mean above 0",
            remedy="normalise to a scale above 0 (such as min-max), or weigh by standard_deviation",
        )
        return _proportional(spread / mean, "varies")


@final
class Entropy(AbstractWeigher):
    r"""Shares in proportion to how unevenly the children's scores are spread over the units.

    With :math:`p_{ij} = x_{ij} / \sum_j x_{ij}` over the :math:`n_i` units that have child i,

    .. math:: e_i = -\frac{1}{\ln n_i} \sum_j p_{ij} \ln p_{ij}, \qquad w_i = \frac{1 - e_i}{\sum (1 - e)}

    where :math:`0 \ln 0` is 0, its limit: a score of 0 is a score, and makes the spread more uneven. Scores must
    not be below 0. A child that is the same for all units has share 0.

    References
    ----------
    Hwang and Yoon (1981), *Multiple Attribute Decision Making*, section 2.4. doi:10.1007/978-3-642-48318-9

    Examples
    --------
    >>> x = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])
    >>> Entropy()(np.ones(3), sizes=np.ones(3), scores=lambda: x).round(4)
    array([0.3333, 0.    , 0.6667])
    """

    method: Literal["entropy"] = "entropy"

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        x = scores()
        rows, columns = np.nonzero(x < 0)
        if rows.size:
            raise Undefined(
                [f"the score is {value:g}" for value in x[rows, columns]],
                rule="entropy weights need scores that are not negative",
                remedy="normalise to a scale from 0 or above (such as min-max), or weigh another way",
                rows=rows.tolist(),
                columns=columns.tolist(),
            )
        n = _measured(x, 2)
        total = np.nansum(x, axis=-1)
        _refuse(
            total == 0,
            ["all its scores are 0"] * len(x),
            rule="entropy weights need a score above 0",
            remedy="leave the child out, or weigh another way",
        )
        p = np.nan_to_num(x / total[:, None])
        entropy = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1) / np.log(n)
        constant = np.fmax.reduce(x, axis=-1) == np.fmin.reduce(x, axis=-1)
        return _proportional(np.where(constant, 0.0, np.maximum(1.0 - entropy, 0.0)), "varies")


@final
class Critic(AbstractWeigher):
    r"""Shares in proportion to how much a child varies, and how little of that its siblings tell.

    .. math:: C_i = s_i \sum_j (1 - r_{ij}), \qquad w_i = C_i / \sum C

    with standard deviations (:math:`n - 1`) over the units that have the child and correlations over the units that
    have both. The authors normalise by min-max first; here the scores are taken as they come.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Determining objective weights in multiple criteria problems: the
    CRITIC method. doi:10.1016/0305-0548(94)00059-H

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    >>> Critic()(np.ones(3), sizes=np.ones(3), scores=lambda: x)
    array([0.25, 0.25, 0.5 ])
    """

    method: Literal["critic"] = "critic"

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        x = scores()
        correlation = _correlations(x, codes)
        conflict = np.where(correlation > 1 - _ROUNDING, 0.0, 1.0 - correlation).sum(axis=-1)
        return _proportional(_spreads(x)[1] * conflict, "differs from its siblings")


@final
class PrincipalComponent(AbstractWeigher):
    r"""Shares in proportion to the children's loadings on the first principal component of their correlations.

    :math:`w_i = v_i / \sum v`, with :math:`v` the unit eigenvector of the largest eigenvalue of the matrix of
    correlations, each over the units that have both children. These are the weights that make the composite vary
    most, not the ones that make it matter most. When loadings have different signs, children pull against each
    other and there are no such weights: that is refused.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr (``get_PCA``, which returns weights
    of either sign). doi:10.21105/joss.04567

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [1.0, 2.0, 4.0, 3.0]])
    >>> PrincipalComponent()(np.ones(3), sizes=np.ones(3), scores=lambda: x).round(4)
    array([0.3238, 0.3238, 0.3523])
    """

    method: Literal["principal_component"] = "principal_component"
    squared: bool = False
    """Whether shares are in proportion to squared loadings, which sum to 1 by themselves."""

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        values, vectors = principal_components(_correlations(scores(), codes))
        _refuse_tie(values, 1)
        first = vectors[:, 0]
        _refuse_against(first < -_ROUNDING, first, "on the first principal component", codes)
        first = np.maximum(first, 0.0)
        return shares(first**2 if self.squared else first)


@final
class Factor(AbstractWeigher):
    r"""Shares by squared loadings on rotated factors, each child counted on the factor that it belongs to.

    The principal components of the correlations (each over the units that have both children) that pass ``keep``
    are scaled to loadings and rotated by varimax (Kaiser's normalisation). A child belongs to the factor on which
    its loading :math:`l_{if}` is largest. Within the factor it counts :math:`l_{if}^2 / \lambda_f`, and the factor
    counts in proportion to the variance that it explains, :math:`\lambda_f = \sum_i l_{if}^2`, so that

    .. math:: w_i = \frac{l_{if(i)}^2}{\sum_j l_{jf(j)}^2}

    Each factor is turned so that its squared loadings above 0 outweigh those below. A child whose largest loading
    is below 0 pulls against its factor, which squares would hide: that is refused unless ``negative`` says what to
    do.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6.1. doi:10.1787/9789264043466-en

    Nicoletti, Scarpetta and Boylaud (2000), Summary indicators of product market regulation. OECD Economics
    Department Working Paper 226. doi:10.1787/215182844604

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [5.0, 3.0, 3.0, 5.5]])
    >>> Factor()(np.ones(3), sizes=np.ones(3), scores=lambda: x).round(4)
    array([0.3358, 0.3081, 0.3561])
    """

    method: Literal["factor"] = "factor"
    keep: Literal["eigenvalue", "share", "cumulative", "number"] = "eigenvalue"
    """Which components are kept: with an eigenvalue above ``limit``, each with more than that share of the
    variance, as few as have that share together, or that many."""
    limit: Positive | None = None
    """What ``keep`` asks for; null for the Handbook's eigenvalue 1, share 0.1 and cumulative share 0.6."""
    negative: Literal["refuse", "next", "square"] = "refuse"
    """Of a child whose largest loading is below 0: refuse, take its largest above 0, or square it as it is."""

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.keep == "number" and (self.limit is None or self.limit != int(self.limit)):
            raise ValueError("keep: number needs how many as a whole limit; add limit: 2, or another number")
        if self.keep in {"share", "cumulative"} and self.limit is not None and self.limit > 1:
            raise ValueError(f"limit {self.limit:g} is above 1, and is a share of the variance; write 0.6 for 60 %")
        return self

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        values, vectors = principal_components(_correlations(scores(), codes))
        kept = self.kept(values)
        _refuse_tie(values, kept)
        try:
            rotated = varimax(vectors[:, :kept] * np.sqrt(values[:kept]))
        except ArithmeticError as error:
            raise _of_all(
                len(given),
                str(error),
                rule="factor weights need a rotation that settles",
                remedy="keep another number of factors, or weigh another way",
            ) from error
        rows = np.arange(len(given))
        strongest = rotated[rows, np.abs(rotated).argmax(axis=1)]
        highest = rotated.max(axis=1)
        # Two loadings of the same size: the one above 0 is as good.
        against = (strongest < 0) & (highest < -strongest - _ROUNDING)
        if self.negative == "refuse":
            _refuse_against(against, strongest, "on its own factor, the largest that it has", codes)
        if self.negative == "next":
            _refuse_against(highest < _ROUNDING, highest, "on every factor", codes)
        return shares(highest**2 if self.negative == "next" else strongest**2)

    def kept(self, values: Vector, /) -> int:
        """How many components are kept, of these eigenvalues in falling order."""
        part = np.maximum(values, 0.0) / values.sum()
        defaults = {"eigenvalue": 1.0, "share": 0.1, "cumulative": 0.6, "number": 1.0}
        limit = defaults[self.keep] if self.limit is None else self.limit
        if self.keep == "number":
            count, most = int(limit), int(np.count_nonzero(values > _ROUNDING))
            if count > most:
                raise _of_all(
                    len(values),
                    f"there are {most} components",
                    rule=f"{count} factors were asked for",
                    remedy="ask for fewer",
                )
            return count
        if self.keep == "cumulative":
            return min(int(np.searchsorted(np.cumsum(part), limit - _ROUNDING)) + 1, len(values))
        count = int(np.count_nonzero((values if self.keep == "eigenvalue" else part) > limit + _ROUNDING))
        if not count:
            raise _of_all(
                len(values),
                f"the largest eigenvalue is {values[0]:.4g}, {part[0]:.1%} of the variance",
                rule=f"no component passes the limit of {limit:g}",
                remedy="lower the limit, or weigh another way: the children have little in common",
            )
        return count


@final
class InverseCovariance(AbstractWeigher):
    r"""Shares that give siblings which tell the same less: the row sums of the inverse covariance matrix.

    .. math:: w = \frac{\Sigma^{-1} \mathbf 1}{\mathbf 1^\top \Sigma^{-1} \mathbf 1}

    The mean with the least variance among those whose weights sum to 1. Each covariance is over the units that have
    both children; the matrix must be positive definite, which with gaps it may not be.

    References
    ----------
    Anderson (2008), Multiple inference and gender differences in the effects of early intervention.
    doi:10.1198/016214508000000841

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [2.0, 3.0, 3.0, 2.0]])
    >>> InverseCovariance()(np.ones(3), sizes=np.ones(3), scores=lambda: x).round(4)
    array([0.2778, 0.2778, 0.4444])
    """

    method: Literal["inverse_covariance"] = "inverse_covariance"
    standardise: bool = True
    """Whether children are first put in standard deviations, as Anderson does: the correlations are inverted."""
    negative: Literal["refuse", "zero"] = "refuse"
    """Of a child whose weight would be below 0: refuse, or share 0 for it and the others scaled up."""

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        x = scores()
        matrix = _correlations(x, codes)
        values = np.linalg.eigvalsh(matrix)
        if values[0] <= 1e-10 * values[-1]:
            raise _of_all(
                len(given),
                f"the smallest eigenvalue of the correlations is {values[0]:.3g}",
                rule="the inverse needs a positive definite matrix: more units than children, none made of others",
                remedy="leave out a child that others already tell, fill gaps, or weigh another way",
            )
        if not self.standardise:
            matrix = pairwise(x).covariance
            if np.linalg.eigvalsh(matrix)[0] <= 0:
                raise _of_all(
                    len(given),
                    "the covariances over shared units are not positive definite",
                    rule="the inverse needs a positive definite matrix",
                    remedy="fill gaps, or weigh another way",
                )
        w = np.linalg.solve(matrix, np.ones(len(given)))
        w = np.where(np.abs(w) < _ROUNDING * np.abs(w).max(), 0.0, w / w.sum())
        if self.negative == "refuse":
            _refuse(
                w < 0,
                [f"its weight would be {value:.4g}" for value in w],
                rule="weights are not negative",
                remedy="leave the child out, declare negative: zero, or weigh another way",
            )
        return shares(np.maximum(w, 0.0))


@final
class PairwiseComparison(AbstractWeigher):
    r"""Shares by the analytic hierarchy process: the principal eigenvector of judgements made two by two.

    An entry :math:`a_{ij}` of the matrix says how many times more child i counts than child j, by Saaty's scale
    from 1 to 9. :math:`A w = \lambda_{\max} w`, and the judgements contradict each other by the consistency ratio

    .. math:: CR = \frac{\lambda_{\max} - k}{(k - 1)\, RI_k}

    with Saaty's random index :math:`RI`, known up to 15 children. :math:`a_{ji}` must be :math:`1 / a_{ij}`, up to
    the rounding of a decimal (5 %); the exact reciprocal nearest to both is used.

    References
    ----------
    Saaty (1987), The analytic hierarchy process: what it is and how it is used.
    doi:10.1016/0270-0255(87)90473-8

    Examples
    --------
    >>> ahp = PairwiseComparison(children=["a", "b", "c"], matrix=[[1, 2, 6], [0.5, 1, 3], [0.167, 0.333, 1]])
    >>> ahp(np.ones(3), sizes=np.ones(3), scores=lambda: np.empty((3, 0)), codes=["a", "b", "c"]).round(2)
    array([0.6, 0.3, 0.1])
    """

    method: Literal["ahp"] = "ahp"
    children: Many[Code]
    """The children by code, in the order of the matrix."""
    matrix: Many[Many[Positive]]
    """How many times more the child of the row counts than the child of the column."""
    consistency: Positive = 0.1
    """The highest consistency ratio that is not refused."""

    @model_validator(mode="after")
    def _reciprocal(self) -> Self:
        k = _distinct(self.children)
        if any(len(row) != k for row in self.matrix) or len(self.matrix) != k:
            raise ValueError(f"the matrix is not {k} by {k}; it has a row and a column for each of the children")
        if k > len(_RANDOM_INDEX):
            raise ValueError(
                f"{k} children are compared, and the random index is known up to {len(_RANDOM_INDEX)}; "
                "put them into groups, and compare the groups"
            )
        wrong = [
            f"{a!r} over {b!r} is {self.matrix[i][j]:g}, {b!r} over {a!r} is {self.matrix[j][i]:g}"
            for i, a in enumerate(self.children)
            for j, b in enumerate(self.children[: i + 1])
            if abs(self.matrix[i][j] * self.matrix[j][i] - 1) > (_RECIPROCAL if i != j else 0)
        ]
        if wrong:
            raise ValueError(f"{'; '.join(wrong)}; the two are 1 divided by each other, a child over itself is 1")
        return self

    @property
    def concerns(self) -> tuple[str, ...]:
        """The children that are compared."""
        return tuple(self.children)

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        order = _places(self.concerns, codes, len(given))
        weights, ratio = self.judged()
        if ratio > self.consistency:
            raise _of_all(
                len(given),
                f"the consistency ratio is {ratio:.3g}",
                rule=f"judgements with a ratio above {self.consistency:g} contradict each other too much",
                remedy="judge the pairs again, beginning with those that no third child bears out",
            )
        return weights[order]

    def judged(self) -> tuple[Vector, float]:
        """The weights in the order of ``children``, and the consistency ratio."""
        a = np.array(self.matrix, dtype=np.float64)
        a = np.sqrt(a / a.T)
        values, vectors = np.linalg.eig(a)
        first = int(values.real.argmax())
        k, index = len(a), _RANDOM_INDEX[len(a) - 1]
        ratio = max(0.0, (float(values[first].real) - k) / (k - 1) / index) if index else 0.0
        return shares(np.abs(vectors[:, first].real)), ratio


@final
class BudgetAllocation(AbstractWeigher):
    r"""Shares by a panel of experts, each of whom spreads the same number of points over the children.

    The mean over :math:`m` experts, :math:`w_i = \frac{1}{m} \sum_e p_{ei} / \sum_i p_{ei}`. How much they differ
    is kept, in ``spread``.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6.5. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> panel = BudgetAllocation(children=["a", "b"], points=[[60, 40], [80, 20]])
    >>> panel(np.ones(2), sizes=np.ones(2), scores=lambda: np.empty((2, 0)), codes=["b", "a"])
    array([0.3, 0.7])
    >>> panel.spread().round(4)
    array([0.1414, 0.1414])
    """

    method: Literal["budget_allocation"] = "budget_allocation"
    children: Many[Code]
    """The children by code, in the order of the points."""
    points: Many[Many[Weight]]
    """For each expert, the points given to each child; the same total for every expert."""

    @model_validator(mode="after")
    def _same_total(self) -> Self:
        k = _distinct(self.children)
        if not self.points:
            raise ValueError("there is no expert; add a row of points for each of them")
        totals = [sum(row) for row in self.points]
        for number, (row, total) in enumerate(zip(self.points, totals, strict=True), start=1):
            if len(row) != k:
                raise ValueError(f"expert {number} gives {len(row)} numbers for {k} children; one for each")
            if total <= 0 or abs(total - totals[0]) > 1e-9 * totals[0]:
                raise ValueError(
                    f"expert {number} gives {total:g} points, expert 1 gives {totals[0]:g}; "
                    "all give the same total, above 0"
                )
        return self

    @property
    def concerns(self) -> tuple[str, ...]:
        """The children that points are given to."""
        return tuple(self.children)

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        order = _places(self.concerns, codes, len(given))
        return shares(self.panel().mean(axis=0))[order]

    def panel(self) -> Matrix:
        """The shares that each expert gives, (experts, children), in the order of ``children``."""
        return shares(np.array(self.points, dtype=np.float64))

    def spread(self) -> Vector:
        """The standard deviation (n - 1) of the experts' shares of each child; 0 with one expert."""
        panel = self.panel()
        return panel.std(axis=0, ddof=1) if len(panel) > 1 else np.zeros(panel.shape[1])


@final
class Influence(AbstractWeigher):
    r"""Shares such that each child explains its part of the variance of the group's arithmetic mean.

    Weights are not importance: a child that varies more, or that its siblings follow, counts more than its weight.
    With :math:`S_i` the share of the variance of :math:`y = \sum w x / \sum w` that child i explains alone, the
    weights solve

    .. math:: \frac{S_i}{\sum_j S_j} = t_i, \qquad S_i = \frac{V[E(y \mid x_i)]}{V(y)}, \qquad w_i \ge 0

    The targets :math:`t` are equal, or in proportion to the scheme's weights. Where no weights reach them to within
    ``tolerance``, or only with a child that falls as the mean rises,
    that is refused. A group that is aggregated
    another way than by the arithmetic mean is weighed as if it were not.

    References
    ----------
    Paruolo, Saisana and Saltelli (2013), Ratings and rankings: voodoo or science?
    doi:10.1111/j.1467-985X.2012.01059.x

    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the
    gap. doi:10.1016/j.ecolind.2017.03.056

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [3.0, -3.0, -3.0, 3.0]])
    >>> Influence()(np.ones(2), sizes=np.ones(2), scores=lambda: x).round(4)
    array([0.7285, 0.2715])
    """

    method: Literal["influence"] = "influence"
    targets: Literal["equal", "given"] = "equal"
    """Whether children are to count alike, or in proportion to the scheme's weights, which must be above 0."""
    regression: Literal["linear", "spline"] = "linear"
    """What explains: a straight line, or a natural cubic spline."""
    knots: Annotated[int, Field(ge=3, le=10)] = 4
    """Knots of the spline, at equal quantiles."""
    tolerance: Positive = 1e-6
    """How far a child's share of influence may be from its target."""

    @property
    def needs(self) -> Needs:
        """Scores."""
        return "scores"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        if len(given) == 1:
            return np.ones(1)
        _refuse(
            (given == 0) & (self.targets == "given"),
            ["its weight in the scheme is 0"] * len(given),
            rule="a child without influence is none of the group",
            remedy="give it a weight, or leave it out",
        )
        x = scores()
        _measured(x, 3 if self.regression == "linear" else self.knots + 1)
        _correlations(x, codes)
        wanted = shares(given if self.targets == "given" else np.ones_like(given))
        weights, reached = influence_weights(x, wanted, regression=self.regression, knots=self.knots)
        _refuse(
            np.abs(reached - wanted) > self.tolerance,
            [
                f"its share of influence comes to {found:.4g} at best, not {target:.4g}"
                for found, target in zip(reached, wanted, strict=True)
            ],
            rule="no weights that are not negative give every child its share of influence",
            remedy="leave out what goes against the others, declare a greater tolerance, or weigh another way",
        )
        along = pairwise(np.vstack([x, weighted_mean(x, weights)])).correlation[-1, :-1]
        _refuse_against(along < 0, along, "as its correlation with the mean", codes)
        return weights


def _refuse(wrong: NDArray[np.bool_], found: Sequence[str], *, rule: str, remedy: str) -> None:
    """Refuse the children for which something is wrong."""
    rows = np.flatnonzero(wrong).tolist()
    if rows:
        raise Undefined([found[row] for row in rows], rule=rule, remedy=remedy, rows=rows)


def _of_all(k: int, found: str, *, rule: str, remedy: str) -> Undefined:
    """A refusal that is about no child more than another."""
    return Undefined([found] * k, rule=rule, remedy=remedy, rows=range(k))


def _names(rows: Sequence[int], codes: Sequence[str]) -> str:
    return ", ".join(repr(codes[row]) if codes else f"child {row + 1}" for row in rows)


def _measured(x: Matrix, least: int) -> Vector:
    """How many units have each child; refused where too few."""
    n = np.count_nonzero(~np.isnan(x), axis=-1)
    _refuse(
        n < least,
        [f"{count} units have a score" for count in n],
        rule=f"weights by the data need {least} units with a score",
        remedy="measure more, leave the child out, or weigh another way",
    )
    return np.asarray(n, dtype=np.float64)


def _spreads(x: Matrix) -> tuple[Vector, Vector]:
    """Mean and standard deviation (n - 1) of each child over the units that have it."""
    n = _measured(x, 2)
    missing = np.isnan(x)
    mean = np.where(missing, 0.0, x).sum(axis=-1) / n
    away = np.where(missing, 0.0, x - mean[:, None])
    # Less what the mean of scores that are large and differ little is off by.
    squares = np.maximum((away**2).sum(axis=-1) - away.sum(axis=-1) ** 2 / n, 0.0)
    spread = np.sqrt(squares / (n - 1))
    # Rounding of the mean is not a spread.
    return mean, np.where(np.fmax.reduce(x, axis=-1) == np.fmin.reduce(x, axis=-1), 0.0, spread)


def _proportional(amounts: Vector, what: str) -> Vector:
    if not amounts.any():
        raise _of_all(
            len(amounts),
            "its weight would be 0, as would every other child's",
            rule=f"weights by the data need a child that {what}",
            remedy="weigh equally",
        )
    return shares(amounts)


def _correlations(x: Matrix, codes: Sequence[str]) -> Matrix:
    """Correlations over the units that have both children; refused where there is none."""
    found = pairwise(x)
    few, flat = found.units < 3, np.isnan(found.correlation)
    alone = np.diag(flat)
    _refuse(
        np.diag(few) | alone,
        [
            f"{found.units[row, row]:.0f} units have a score" if few[row, row] else "all its scores are the same"
            for row in range(len(x))
        ],
        rule="a correlation needs three units, and scores that differ",
        remedy="leave the child out, or weigh another way",
    )
    rows = np.flatnonzero((few | flat).any(axis=-1)).tolist()
    if rows:
        raise Undefined(
            [f"no correlation with {_names(np.flatnonzero((few | flat)[row]).tolist(), codes)}" for row in rows],
            rule="a correlation needs three units that have both children, and scores that differ among them",
            remedy="fill gaps, leave one of them out, or weigh another way",
            rows=rows,
        )
    return found.correlation


def _refuse_tie(values: Vector, kept: int) -> None:
    """Refuse components that could as well be others, as uncorrelated children's could."""
    if kept < len(values) and values[kept - 1] - values[kept] <= _ROUNDING * values[0]:
        raise _of_all(
            len(values),
            f"components {kept} and {kept + 1} have the same eigenvalue, {values[kept]:.4g}",
            rule="components are only told apart by their eigenvalues",
            remedy="keep another number of components, or weigh another way",
        )


def _refuse_against(wrong: NDArray[np.bool_], loadings: Vector, where: str, codes: Sequence[str]) -> None:
    """Refuse children that pull against the others, and name them all."""
    named = _names(np.flatnonzero(wrong).tolist(), codes)
    _refuse(
        wrong,
        [f"its loading is {loading:.3g} {where}" for loading in loadings],
        rule="children that load below 0 pull against the others, and have no weight",
        remedy=f"check the direction of {named}; if it is right, move to another group or leave out, "
        "or weigh another way",
    )


def _distinct(children: Sequence[str]) -> int:
    if not children or len(set(children)) < len(children):
        raise ValueError("the children are none, or one is named twice; name every child of the group once")
    return len(children)


def _places(told: tuple[str, ...], codes: Sequence[str], k: int) -> NDArray[np.intp]:
    """Where each of the group's children stands among those that a method is told about."""
    children = tuple(codes) or tuple(f"child {row + 1}" for row in range(k))
    unknown = [row for row, code in enumerate(children) if code not in told]
    spare = [code for code in told if code not in children]
    if unknown or spare:
        rows = unknown or [0]
        left = f", and {', '.join(map(repr, spare))} is told of and is not in it" if spare else ""
        raise Undefined(
            [
                f"nothing is said of {children[row]!r}{left}" if unknown else left.removeprefix(", and ")
                for row in rows
            ],
            rule="the method is told about every child of its group, and about no other",
            remedy="put the codes right, or set the method on the one group that it is for",
            rows=rows,
        )
    return np.array([told.index(code) for code in children], dtype=np.intp)


Weigher = Annotated[
    Given
    | Equal
    | EqualOverIndicators
    | StandardDeviation
    | Variation
    | Entropy
    | Critic
    | PrincipalComponent
    | Factor
    | InverseCovariance
    | PairwiseComparison
    | BudgetAllocation
    | Influence,
    Field(discriminator="method"),
    Family(AbstractWeigher),
]
