"""Apportion: the shares of every output's variance that groups of inputs account for, alone and with others.

A study draws n points of two times d numbers, halves them into A and B, and computes every output at the rows of
``design``; ``apportion`` reads the outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, Vector, sealed
from pii.errors import Undefined
from pii.spec import Positive, Spec

__all__ = ["Bootstrap", "Effects", "apportion", "design", "n_runs"]

_NUMBERS = 1 << 21  # numbers that a work array holds: 16 MB
_COUNTS = 1 << 24  # counts of rows held at a time: 32 MB
_ROUNDING = 1e-14  # an output that varies so little beside its size does not vary
_FLAT = 1e-12  # nor does a resample whose variance is so small beside its mean square
_DRAWN_FROM = 0xB0  # sets a bootstrap's numbers apart from what a sampler draws from the same seed


class Bootstrap(Spec):
    """How intervals are found: by estimating again from points drawn with replacement.

    Examples
    --------
    >>> Bootstrap(seed=0).resamples
    200
    """

    resamples: int = Field(default=200, ge=2)
    """How many times."""
    level: Positive = Field(default=0.9, lt=1)
    """The share of estimates that an interval holds, the rest half below and half above."""
    seed: int = Field(ge=0)
    """The same seed gives the same intervals; 0 is a seed like any other."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effects:
    """Sensitivity indices of every output: shares of its variance, NaN where it does not vary.

    Estimates scatter about the truth, so a small one may be below 0. Arrays are read-only. Bounds are None without
    a bootstrap, and what is of pairs is None where their runs were not made.
    """

    first: Matrix
    """What each group accounts for alone, (groups, outputs)."""
    total: Matrix
    """What it accounts for with all that it has in common with others, (groups, outputs)."""
    second: NDArray[np.float64] | None = None
    """What each two groups account for together beyond either alone, (groups, groups, outputs): symmetric, and NaN
    where a group meets itself."""
    first_low: Matrix | None = None
    """Lower bounds of the bootstrap intervals of ``first``, of its shape; NaN where a resample does not vary."""
    first_high: Matrix | None = None
    """Upper bounds."""
    total_low: Matrix | None = None
    """Lower bounds of ``total``."""
    total_high: Matrix | None = None
    """Upper bounds."""
    second_low: NDArray[np.float64] | None = None
    """Lower bounds of ``second``."""
    second_high: NDArray[np.float64] | None = None
    """Upper bounds."""


def n_runs(n: int, n_groups: int, *, second_order: bool = False) -> int:
    """How many runs a design of n points takes: n times (groups + 2), or (2 groups + 2) for pairs too.

    Examples
    --------
    >>> n_runs(4096, 4), n_runs(4096, 4, second_order=True)
    (24576, 40960)
    """
    return n * _n_blocks(n_groups, second_order)


def design(a: Matrix, b: Matrix, groups: Sequence[Sequence[int]], *, second_order: bool = False) -> Matrix:
    """Stack the points of a Saltelli design: A, B, then A with each group's columns from B; for pairs, the reverse.

    Blocks of n rows follow one another: A, B, AB_1 to AB_k, and with ``second_order`` BA_1 to BA_k, where AB_i is
    A with the columns of group i from B, and BA_i is B with those of A. Row r of each block comes from row r of
    A and B.

    Parameters
    ----------
    a, b
        Two samples, (n, d), independent of one another: such as both halves of the columns of one sample, (n, 2 d).
    groups
        The columns of each group of inputs. A column in none varies with A and B, and is ascribed to none.
    second_order
        Whether effects of pairs are wanted.

    Returns
    -------
    Matrix
        Points, (runs, d), as many as ``n_runs`` says.

    Raises
    ------
    Undefined
        Where the samples differ in shape, or a group is empty, has a column that is not there, or one of another's.

    References
    ----------
    Saltelli (2002), Making best use of model evaluations to compute sensitivity indices.
    doi:10.1016/S0010-4655(02)00280-1

    Examples
    --------
    >>> design(np.array([[1.0, 2.0, 3.0]]), np.array([[0.1, 0.2, 0.3]]), [[0], [1, 2]]).tolist()
    [[1.0, 2.0, 3.0], [0.1, 0.2, 0.3], [0.1, 2.0, 3.0], [1.0, 0.2, 0.3]]
    """
    if a.ndim != 2 or a.shape != b.shape:
        raise _refused(
            f"the samples are of shapes {a.shape} and {b.shape}",
            rule="A and B have a row a point and a column an input, as many of each",
            remedy="draw one sample of twice the columns, and halve it",
        )
    n, d = a.shape
    _check_groups(groups, d)
    points = np.empty((_n_blocks(len(groups), second_order), n, d))
    points[0], points[1] = a, b
    for at, columns in enumerate(groups, start=2):
        points[at] = a
        points[at][:, list(columns)] = b[:, list(columns)]
    for at, columns in enumerate(groups if second_order else (), start=2 + len(groups)):
        points[at] = b
        points[at][:, list(columns)] = a[:, list(columns)]
    return points.reshape(-1, d)


def apportion(
    y: Matrix,
    n_groups: int,
    *,
    second_order: bool = False,
    centred: bool = True,
    bootstrap: Bootstrap | None = None,
) -> Effects:
    r"""Estimate what groups of inputs account for, alone and in all, of the variance of every output.

    .. math::
        S_i = \frac{1}{n V} \sum_r (f_B - c) (f_{AB_i} - f_A), \qquad
        T_i = \frac{1}{2 n V} \sum_r (f_A - f_{AB_i})^2

    .. math::
        S_{ij} = \frac{1}{n V} \sum_r
        \bigl[ (f_{BA_i} - c) (f_{AB_j} - c) - (f_A - c) (f_B - c) \bigr] - S_i - S_j, \quad i < j

    over the n rows :math:`r` of the blocks of a ``design``, with :math:`V` the variance of :math:`f_A` and
    :math:`f_B` together (divisor :math:`2 n - 1`) and :math:`c` their mean. S is Saltelli's estimator of 2010, T
    Jansen's, the pairs Saltelli's of 2002. Whatever :math:`c`, the estimates come to the same in the end; but their
    errors grow with its distance from the mean, so that from 0, scores about 50 with a deviation of 2 give noise.
    COINr takes :math:`c = 0` (``centred`` false); SciPy centres, and SALib from the mean of all runs; both
    divide by :math:`2 n`.

    Resamples take whole rows of the design, the same for all outputs, and are centred anew. They treat rows as
    independent: with Sobol' points or a Latin hypercube the intervals are wider than the errors are.

    Parameters
    ----------
    y
        Outputs at the rows of a design, (runs, outputs), in the order of ``design``. An output that has a gap (NaN)
        or is infinite in any run has no indices.
    n_groups
        Groups of the design.
    second_order
        Whether the design has the runs for pairs.
    centred
        Whether outputs are counted from their mean; else from 0, as COINr has it.
    bootstrap
        How intervals are found; none if left out. An output that does not vary in some resample has no interval.

    Returns
    -------
    Effects
        The indices and their intervals.

    Raises
    ------
    Undefined
        Where the runs are not those of a design with so many groups.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of model
    output. doi:10.1016/j.cpc.2009.09.018

    Jansen (1999), Analysis of variance designs for model output. doi:10.1016/S0010-4655(98)00154-4

    Saltelli (2002), Making best use of model evaluations to compute sensitivity indices.
    doi:10.1016/S0010-4655(02)00280-1

    Sobol' (2001), Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates.
    doi:10.1016/S0378-4754(00)00270-6

    Examples
    --------
    Of x1 + 2 x2 the inputs account for a fifth and four fifths:

    >>> from pii.methods.sample import SobolSequence
    >>> x = SobolSequence().points(1024, 4, seed=0)
    >>> runs = design(x[:, :2], x[:, 2:], [[0], [1]])
    >>> found = apportion(runs @ np.array([[1.0], [2.0]]), 2, bootstrap=Bootstrap(seed=0))
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([[0.2], [0.8]], [[0.2], [0.8]])
    """
    blocks = _n_blocks(n_groups, second_order)
    if n_groups < 1 or y.ndim != 2 or len(y) == 0 or len(y) % blocks:
        raise _refused(
            f"the outputs are of shape {y.shape}, for {n_groups} groups",
            rule=f"outputs have a row a run, as many runs for each of {blocks} blocks, and a column an output",
            remedy="compute every output at every row of the design",
        )
    n_outputs = y.shape[1]
    runs = y.reshape(blocks, len(y) // blocks, n_outputs)
    n_indices = 2 * n_groups + (n_groups * (n_groups - 1) // 2 if second_order else 0)
    found = np.empty((3 if bootstrap else 1, n_indices, n_outputs))
    step = max(1, _NUMBERS // (n_indices * (bootstrap.resamples if bootstrap else 1)))
    for start in range(0, n_outputs, step):
        outputs = slice(start, start + step)
        found[..., outputs] = _estimates(runs[..., outputs], n_groups, centred, bootstrap)
    return _effects(found, n_groups, second_order)


def _effects(found: NDArray[np.float64], k: int, second_order: bool) -> Effects:
    """Give indices and their bounds, if any, (1 or 3, indices, outputs), their names."""
    named = {"first": found[:, :k], "total": found[:, k : 2 * k]}
    if second_order:
        named["second"] = _square(found[:, 2 * k :], k)
    ends = ("", "_low", "_high")[: len(found)]
    return Effects(**{name + end: sealed(x[at].copy()) for name, x in named.items() for at, end in enumerate(ends)})


def _square(pairs: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Put what is of pairs on both sides of an empty diagonal, (..., groups, groups, outputs)."""
    i, j = np.triu_indices(k, 1)
    square = np.full((len(pairs), k, k, pairs.shape[-1]), np.nan)
    square[:, i, j] = square[:, j, i] = pairs
    return square


def _estimates(
    runs: NDArray[np.float64], k: int, centred: bool, bootstrap: Bootstrap | None
) -> NDArray[np.float64]:
    """The indices of some outputs and their bounds, (1 or 3, indices, outputs): first, total, then pairs."""
    n = runs.shape[1]
    centre = _centre(runs)
    origin = None if centred else -centre
    point = _indices(_means(runs, centre, np.ones((1, n), dtype=np.uint16), k), n, k, origin)
    if bootstrap is None:
        return point
    again = [_indices(_means(runs, centre, counts, k), n, k, origin) for counts in _counts(n, bootstrap)]
    tail = (1 - bootstrap.level) / 2
    return np.concatenate([point, np.quantile(np.concatenate(again), [tail, 1 - tail], axis=0)])


def _centre(runs: NDArray[np.float64]) -> Vector:
    """The mean of A and B of each output; NaN where it has a gap, or varies no more than rounding would make it."""
    base = runs[:2].reshape(-1, runs.shape[2])
    with np.errstate(invalid="ignore"):
        centre: Vector = base.mean(axis=0)
        spread = base.max(axis=0) - base.min(axis=0)
    centre[spread <= _ROUNDING * np.abs(base).max(axis=0)] = np.nan
    centre[~np.isfinite(runs).all(axis=(0, 1))] = np.nan
    return centre


def _means(runs: NDArray[np.float64], centre: Vector, counts: NDArray[np.uint16], k: int) -> NDArray[np.float64]:
    """The means, each row so often counted, of all that the indices are made of: (products, countings, outputs)."""
    blocks, n, n_outputs = runs.shape
    step = max(1, _NUMBERS // (5 * blocks * max(1, n_outputs)))
    parts = [slice(start, start + step) for start in range(0, n, step)]
    sums = sum(counts[:, rows].astype(np.float64) @ _products(runs[:, rows] - centre, k) for rows in parts)
    return np.asarray(sums / n)


def _products(runs: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """What the indices are made of, at each row: (products, rows, outputs)."""
    a, b = runs[0], runs[1]
    moved = runs[2 : 2 + k] - a
    products = [((a + b) / 2)[None], ((a * a + b * b) / 2)[None], moved, b * moved, moved * moved]
    if len(runs) > 2 + k:
        i, j = np.triu_indices(k, 1)
        back = runs[2 + k :]
        products += [back - b, back[i] * runs[2 : 2 + k][j] - a * b]
    return np.concatenate(products)


def _indices(means: NDArray[np.float64], n: int, k: int, origin: Vector | None) -> NDArray[np.float64]:
    """The indices of each counting, (countings, indices, outputs), by the formulas of ``apportion``."""
    mean, square = means[:2]
    moved, with_b, squared = np.split(means[2 : 2 + 3 * k], 3)
    level = mean if origin is None else origin
    variance = (square - mean * mean) * (2 * n / (2 * n - 1))
    variance[variance <= _FLAT * square] = np.nan
    first = (with_b - level * moved) / variance
    indices = [first, squared / (2 * variance)]
    if len(means) > 2 + 3 * k:
        i, j = np.triu_indices(k, 1)
        back, both = np.split(means[2 + 3 * k :], [k])
        indices.append((both - level * (back[i] + moved[j])) / variance - first[i] - first[j])
    return np.concatenate(indices).swapaxes(0, 1)


def _counts(n: int, bootstrap: Bootstrap) -> Iterator[NDArray[np.uint16]]:
    """How often each of n rows is drawn in each resample, some resamples at a time."""
    random = np.random.default_rng(np.random.SeedSequence(bootstrap.seed, spawn_key=(_DRAWN_FROM,)))
    step = max(1, _COUNTS // n)
    for start in range(0, bootstrap.resamples, step):
        counts = np.empty((min(step, bootstrap.resamples - start), n), dtype=np.uint16)
        for row in counts:
            row[:] = np.bincount(random.integers(n, size=n), minlength=n)
        yield counts


def _n_blocks(n_groups: int, second_order: bool) -> int:
    """Runs for each point."""
    return 2 + n_groups * (2 if second_order else 1)


def _check_groups(groups: Sequence[Sequence[int]], d: int) -> None:
    """Refuse groups that are none, empty, out of range, or overlap."""
    columns = list(chain.from_iterable(groups))
    if not groups or not all(len(group) for group in groups):
        raise _refused(
            f"the groups are {[list(group) for group in groups]}",
            rule="there is a group, and a group has a column at least",
            remedy="leave out groups in which nothing is uncertain",
        )
    outside = [column for column in columns if not 0 <= column < d]
    if outside:
        raise _refused(
            f"a group has column {outside[0]}",
            rule=f"the samples have columns 0 to {d - 1}",
            remedy="count columns of one sample, from 0",
        )
    twice = [column for column in columns if columns.count(column) > 1]
    if twice:
        raise _refused(
            f"column {twice[0]} is named twice",
            rule="an input is in one group",
            remedy="join the groups, or take it out of one",
        )


def _refused(found: str, *, rule: str, remedy: str) -> Undefined:
    """A refusal that is about no row more than another."""
    return Undefined([found], rule=rule, remedy=remedy, rows=())
