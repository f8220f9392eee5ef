"""A multivariate normal fitted to values with gaps: its maximum of likelihood, its fills, its posterior draws."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.errors import Undefined

__all__ = ["Normal", "completed", "draws", "fit", "imputed", "log_likelihood"]

_RULE = "a joint normal is fitted to more units than indicators, none of them determined by the others"
_REMEDY = "fit fewer indicators together (a deeper level), or choose another method"
_SINGULAR = 1e-10  # a correlation matrix with a smaller eigenvalue has no inverse to trust


class Normal(NamedTuple):
    """A multivariate normal and how it was found."""

    mean: Vector
    """One an indicator."""
    covariance: Matrix
    """The estimate of maximum likelihood: sums are divided by the number of units, not one less."""
    log_likelihood: float
    """Of what was measured, in the indicators' own units."""
    steps: int
    """Steps until it settled."""


class _Patterns(NamedTuple):
    """Which indicators units were measured on."""

    known: NDArray[np.bool_]
    """One row a pattern, (patterns, indicators)."""
    which: NDArray[np.intp]
    """Every unit's pattern."""


def fit(x: Matrix, *, tolerance: float = 1e-10, most_steps: int = 10_000) -> Normal:
    r"""Fit a normal by expectation and maximisation.

    .. math::
        \mu \leftarrow \frac{1}{n} \sum_i E[x_i], \qquad
        \Sigma \leftarrow \frac{1}{n} \sum_i E[x_i x_i'] - \mu \mu'

    with the expectations given what was measured of unit i, until no element of the standardised mean and
    covariance moves by more than ``tolerance``.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured. Every indicator varies.
    tolerance
        The largest move that counts as settled, in standard deviations.
    most_steps
        Steps after which the fit is refused.

    Raises
    ------
    Undefined
        Too few units, two indicators never measured together, a singular covariance, or no settling.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm.
    doi:10.1111/j.2517-6161.1977.tb01600.x

    Examples
    --------
    >>> found = fit(np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 7.0, np.nan]]))
    >>> found.mean.round(6).tolist()
    [2.5, 5.25]
    """
    _refuse_same(x)
    centre, spread = _scale(x)
    z = (_in_order(x)[0] - centre[:, None]) / spread[:, None]
    z = z[:, ~np.isnan(z).all(axis=0)]
    _check(z)
    patterns = _patterns(z)
    mean, covariance = np.zeros(len(z)), np.eye(len(z))
    for step in range(1, most_steps + 1):
        filled, spare = _expected(z, patterns, mean, covariance)
        better = filled.mean(axis=1)
        away = filled - better[:, None]
        wider = (away @ away.T + spare) / z.shape[1]
        moved = max(np.abs(better - mean).max(), np.abs(wider - covariance).max())
        mean, covariance = better, wider
        if not _regular(covariance):
            raise _refusal("the covariance of the indicators is singular", len(z))
        if moved <= tolerance:
            own = Normal(centre + spread * mean, covariance * np.outer(spread, spread), 0.0, step)
            return own._replace(log_likelihood=log_likelihood(x, own))
    raise _refusal(f"the fit has not settled after {most_steps} steps", len(z))


def completed(x: Matrix, normal: Normal) -> Matrix:
    """Give each gap its expectation given what was measured of the unit; without any, the mean."""
    filled, _ = _expected(x, _patterns(x), normal.mean, normal.covariance)
    return filled


def imputed(x: Matrix, *, tolerance: float = 1e-10, most_steps: int = 10_000) -> Matrix:
    """Fit and complete; an indicator that does not vary has its value, one never measured stays missing.

    Raises
    ------
    Undefined
        What :func:`fit` refuses.
    """
    filled, varies = _plain(x)
    if np.isnan(filled[varies]).any():
        normal = _fit_of(x, varies, tolerance, most_steps)
        filled[varies] = completed(x[varies], normal)
    return filled


def _fit_of(x: Matrix, some: NDArray[np.bool_], tolerance: float, most_steps: int) -> Normal:
    """Fit some of the indicators; a refusal names them by their place among all."""
    try:
        return fit(x[some], tolerance=tolerance, most_steps=most_steps)
    except Undefined as refusal:
        place = np.flatnonzero(some)[list(refusal.rows)].tolist()
        raise Undefined(refusal.found, rule=refusal.rule, remedy=refusal.remedy, rows=place) from None


def log_likelihood(x: Matrix, normal: Normal) -> float:
    """Of what was measured, under a normal."""
    total = 0.0
    patterns = _patterns(x)
    for at, measured in enumerate(patterns.known):
        if measured.any():
            units = patterns.which == at
            part = normal.covariance[np.ix_(measured, measured)]
            away = x[np.ix_(measured, units)] - normal.mean[measured, None]
            log_determinant = np.linalg.slogdet(part)[1] + measured.sum() * np.log(2 * np.pi)
            total -= 0.5 * float((away * np.linalg.solve(part, away)).sum() + units.sum() * log_determinant)
    return total


def draws(x: Matrix, n: int, seed: int, *, tolerance: float = 1e-10, most_steps: int = 10_000) -> Iterator[Matrix]:
    r"""Yield completed matrices, whose fills are draws from the posterior predictive distribution.

    Data augmentation under the prior :math:`|\Sigma|^{-(k + 1)/2}`: gaps given :math:`\mu, \Sigma` and what was
    measured, then

    .. math::
        \Sigma \sim W^{-1}(S, n - 1), \qquad \mu \mid \Sigma \sim N(\bar{x}, \Sigma / n)

    from one chain. It begins at the maximum of likelihood and forgets as fast as EM settles: it runs as many steps
    as EM took before the first draw, and a fifth of them between draws, so that draws are as good as independent.
    What was measured is in every matrix unchanged. An indicator that does not vary is filled with its value, one
    never measured stays missing.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.
    n
        How many matrices.
    seed
        The same seed gives the same matrices; 0 is a seed.
    tolerance, most_steps
        Of the fit that the chain begins with.

    Raises
    ------
    Undefined
        What :func:`fit` refuses.

    References
    ----------
    Schafer (1997), *Analysis of Incomplete Multivariate Data*, chapter 5. doi:10.1201/9780367803025

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0, 6.0], [2.0, 3.0, 7.0, np.nan, 9.0]])
    >>> [matrix.shape for matrix in draws(x, 2, seed=0)]
    [(2, 5), (2, 5)]
    """
    random = np.random.default_rng(seed)
    filled, varies = _plain(x)
    if not np.isnan(filled[varies]).any():
        for _ in range(n):
            yield filled.copy()
        return
    start = _fit_of(x, varies, tolerance, most_steps)
    centre, spread = _scale(x[varies])
    ordered, order = _in_order(x[varies])
    z = (ordered - centre[:, None]) / spread[:, None]
    patterns = _patterns(z)
    mean = (start.mean - centre) / spread
    covariance = start.covariance / np.outer(spread, spread)
    missing = np.isnan(x[varies])
    for drawn in range(n):
        for _ in range(max(10, ceil(start.steps / (5 if drawn else 1)))):
            guess = _drawn(z, patterns, mean, covariance, random)
            mean, covariance = _posterior(guess, random)
        own = np.empty_like(ordered)
        own[:, order] = _drawn(z, patterns, mean, covariance, random) * spread[:, None] + centre[:, None]
        matrix = filled.copy()
        matrix[varies] = np.where(missing, own, x[varies])
        yield matrix


def _plain(x: Matrix) -> tuple[Matrix, NDArray[np.bool_]]:
    """Fill indicators that do not vary with their value; say which do."""
    missing = np.isnan(x)
    low, high = np.where(missing, np.inf, x).min(axis=1), np.where(missing, -np.inf, x).max(axis=1)
    same = low == high
    filled = np.where(missing & same[:, None], low[:, None], x)
    return filled, low < high


def _refuse_same(x: Matrix) -> None:
    if still := np.flatnonzero(~_plain(x)[1]).tolist():
        raise Undefined(
            ["no two of its values differ" for _ in still],
            rule="a normal needs a variance",
            remedy=_REMEDY,
            rows=still,
        )


def _in_order(x: Matrix) -> tuple[Matrix, NDArray[np.intp]]:
    """Units in an order of their own values, so that sums do not depend on how they were listed."""
    order = np.lexsort(np.where(np.isnan(x), np.inf, x))
    return x[:, order], order


def _scale(x: Matrix) -> tuple[Vector, Vector]:
    ordered, _ = _in_order(x)
    return np.nanmean(ordered, axis=1), np.nanstd(ordered, axis=1)


def _check(z: Matrix) -> None:
    measured = (~np.isnan(z)).astype(np.float64)
    k, n = z.shape
    if n <= k:
        raise _refusal(f"{n} units were measured on any of {k} indicators", k)
    together = measured @ measured.T
    if together.min() < 3:
        alone = np.flatnonzero((together < 3).any(axis=1))
        raise Undefined(
            [f"it and another were measured together for {together[row].min():.0f} units" for row in alone],
            rule="every two indicators of a joint normal are measured together for 3 units",
            remedy=_REMEDY,
            rows=alone.tolist(),
        )


def _refusal(found: str, k: int) -> Undefined:
    return Undefined([found] * k, rule=_RULE, remedy=_REMEDY, rows=range(k))


def _regular(covariance: Matrix) -> bool:
    scale = np.sqrt(np.diag(covariance))
    if not (scale > 0).all():
        return False
    return bool(np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] > _SINGULAR)


def _patterns(x: Matrix) -> _Patterns:
    known, which = np.unique(~np.isnan(x), axis=1, return_inverse=True)
    return _Patterns(known.T, which.reshape(-1))


def _conditional(
    x: Matrix, patterns: _Patterns, mean: Vector, covariance: Matrix
) -> tuple[Matrix, NDArray[np.float64]]:
    """Fill gaps with expectations; also each pattern's covariance of what it misses, (patterns, k, k), 0 elsewhere.

    All patterns are solved at once: the covariance of what is known is bordered by ones, so that each is k by k.
    """
    known = patterns.known.astype(np.float64)
    gaps = 1 - known
    bordered = covariance * known[:, :, None] * known[:, None, :] + np.eye(len(x)) * gaps[:, None, :]
    shared = covariance * known[:, :, None] * gaps[:, None, :]
    slopes = np.linalg.solve(bordered, shared)
    left = covariance * gaps[:, :, None] * gaps[:, None, :] - slopes.transpose(0, 2, 1) @ shared
    missing = np.isnan(x)
    away = np.where(missing, 0.0, x - mean[:, None])
    expected = mean[:, None] + (away.T[:, None, :] @ slopes[patterns.which])[:, 0, :].T
    return np.where(missing, expected, x), left


def _expected(x: Matrix, patterns: _Patterns, mean: Vector, covariance: Matrix) -> tuple[Matrix, Matrix]:
    """Fill gaps with expectations; also the sum over units of the covariance that they lack."""
    filled, left = _conditional(x, patterns, mean, covariance)
    count = np.bincount(patterns.which, minlength=len(left))
    return filled, (left * count[:, None, None]).sum(axis=0)


def _drawn(x: Matrix, patterns: _Patterns, mean: Vector, covariance: Matrix, random: np.random.Generator) -> Matrix:
    """Fill gaps with draws."""
    filled, left = _conditional(x, patterns, mean, covariance)
    bordered = (left + left.transpose(0, 2, 1)) / 2 + np.eye(len(x)) * patterns.known[:, None, :]
    roots = np.linalg.cholesky(bordered)[patterns.which]
    noise = (roots @ random.standard_normal((x.shape[1], len(x), 1)))[:, :, 0].T
    return np.where(np.isnan(x), filled + noise, x)


def _posterior(z: Matrix, random: np.random.Generator) -> tuple[Vector, Matrix]:
    """Draw a mean and a covariance, given complete values."""
    k, n = z.shape
    centre = z.mean(axis=1)
    away = z - centre[:, None]
    # Bartlett: a lower triangle of chi and normal numbers makes a Wishart of degrees n - 1.
    triangle = np.tril(random.standard_normal((k, k)), -1)
    triangle[np.diag_indices(k)] = np.sqrt(random.chisquare(n - 1 - np.arange(k)))
    root = np.linalg.solve(triangle, np.linalg.cholesky(away @ away.T).T).T
    return centre + root @ random.standard_normal(k) / np.sqrt(n), root @ root.T
