"""Whether rows measure one thing: Cronbach's alpha, McDonald's omega, sampling adequacy, Bartlett's test."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["Sphericity", "adequacy", "alpha", "alpha_without", "item_rest_correlation", "omega", "sphericity"]

_ROUNDING = 1e-12  # of a sum, as part of what is summed


def alpha(covariance: Matrix) -> float:
    r"""Cronbach's alpha, :math:`\frac{k}{k - 1} \left(1 - \frac{\sum_i c_{ii}}{\sum_{ij} c_{ij}}\right)`.

    Of a correlation matrix it is the standardised alpha. NaN with fewer than two rows, and where their sum does not
    vary, as that of two opposite ones.

    References
    ----------
    Cronbach (1951), Coefficient alpha and the internal structure of tests. doi:10.1007/BF02310555

    Examples
    --------
    >>> alpha(np.array([[1.0, 0.5], [0.5, 1.0]])).__round__(6)
    0.666667
    """
    k, trace = len(covariance), np.trace(covariance)
    if k < 2:
        return float("nan")
    return float(k / (k - 1) * (1 - trace / _varying(covariance.sum(), trace)))


def alpha_without(covariance: Matrix) -> Vector:
    """Cronbach's alpha of the other rows, when each row in turn is left out.

    Examples
    --------
    >>> alpha_without(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]])).round(6)
    array([0.      , 0.      , 0.666667])
    """
    k = len(covariance)
    if k < 3:
        return np.full(k, np.nan)
    trace = np.trace(covariance) - np.diagonal(covariance)
    total = covariance.sum() - 2 * covariance.sum(axis=1) + np.diagonal(covariance)
    return np.asarray((k - 1) / (k - 2) * (1 - trace / _varying(total, trace)), dtype=np.float64)


def _varying(total: Vector, trace: Vector) -> Vector:
    """The variance of a sum; NaN where it is 0 but for rounding."""
    return np.where(np.abs(total) > _ROUNDING * np.abs(trace), total, np.nan)


def item_rest_correlation(covariance: Matrix) -> Vector:
    """The correlation of each row with the sum of the others.

    Examples
    --------
    >>> item_rest_correlation(np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [0.5, 0.5]
    """
    own = np.diagonal(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(with_rest / np.sqrt(own * rest), dtype=np.float64)


def omega(correlation: Matrix) -> float:
    r"""McDonald's omega of one factor, :math:`(\sum \lambda)^2 / ((\sum \lambda)^2 + \sum (1 - \lambda^2))`.

    The loadings :math:`\lambda` make :math:`\sum_{i<j} (r_{ij} - \lambda_i \lambda_j)^2` least (minimum residuals).
    NaN with fewer than three rows, or where a loading passes 1, for then there is no such factor.

    References
    ----------
    McDonald (1999), *Test Theory: A Unified Treatment*. doi:10.4324/9781410601087

    Harman and Jones (1966), Factor analysis by minimizing residuals. doi:10.1007/BF02289468

    Examples
    --------
    >>> loadings = np.array([0.9, 0.8, 0.7])
    >>> omega(np.outer(loadings, loadings) + np.diag(1 - loadings**2)).__round__(6)
    0.844575
    """
    from scipy.optimize import least_squares

    k = len(correlation)
    if k < 3 or not np.isfinite(correlation).all():
        return float("nan")
    i, j = np.triu_indices(k, 1)
    pairs = np.arange(len(i))

    def residuals(x: Vector) -> Vector:
        return np.asarray(x[i] * x[j] - correlation[i, j])

    def slopes(x: Vector) -> Matrix:
        jacobian = np.zeros((len(i), k))
        jacobian[pairs, i], jacobian[pairs, j] = x[j], x[i]
        return jacobian

    values, vectors = np.linalg.eigh(correlation)
    start = vectors[:, -1] * np.sqrt(values[-1])
    loadings: Vector = least_squares(residuals, start, jac=slopes, xtol=1e-12, ftol=1e-12, gtol=1e-12).x
    if (np.abs(loadings) > 1).any():
        return float("nan")
    common = float(loadings.sum() ** 2)
    return common / (common + float((1 - loadings**2).sum()))


def adequacy(correlation: Matrix) -> tuple[float, Vector]:
    r"""The Kaiser-Meyer-Olkin measure of sampling adequacy, over all and by row.

    .. math:: \frac{\sum r_{ij}^2}{\sum r_{ij}^2 + \sum p_{ij}^2}

    over :math:`i \ne j`, with the partial correlations :math:`p`. NaN where the matrix cannot be inverted.

    References
    ----------
    Kaiser (1974), An index of factorial simplicity. doi:10.1007/BF02291575

    Examples
    --------
    >>> overall, by_row = adequacy(np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]]))
    >>> round(overall, 6), by_row.round(6).tolist()
    (0.692308, [0.692308, 0.692308, 0.692308])
    """
    k = len(correlation)
    if k < 2 or not np.isfinite(correlation).all() or np.linalg.cond(correlation) > 1e12:
        return float("nan"), np.full(k, np.nan)
    inverse = np.linalg.inv(correlation)
    scale = np.sqrt(np.abs(np.diagonal(inverse)))
    partial = inverse / np.outer(scale, scale)
    off = 1.0 - np.eye(k)
    r2, p2 = (correlation**2 * off).sum(axis=1), (partial**2 * off).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return float(r2.sum() / (r2.sum() + p2.sum())), np.asarray(r2 / (r2 + p2), dtype=np.float64)


class Sphericity(NamedTuple):
    """Bartlett's test that no row is correlated with another."""

    statistic: float
    """Chi squared."""
    freedom: int
    """Degrees of freedom."""
    p_value: float


def sphericity(correlation: Matrix, n: int) -> Sphericity:
    r"""Bartlett's test, :math:`\chi^2 = -\left(n - 1 - \frac{2k + 5}{6}\right) \ln |R|`.

    Parameters
    ----------
    correlation
        Correlations of the rows.
    n
        How many units they are of.

    References
    ----------
    Bartlett (1951), The effect of standardization on a chi-squared approximation in factor analysis.
    doi:10.1093/biomet/38.3-4.337

    Examples
    --------
    >>> sphericity(np.eye(3), 50).p_value
    1.0
    """
    from scipy.special import chdtrc

    k = len(correlation)
    freedom = k * (k - 1) // 2
    sign, log_determinant = np.linalg.slogdet(correlation)
    if sign <= 0:
        return Sphericity(float("nan"), freedom, float("nan"))
    statistic = max(-(n - 1 - (2 * k + 5) / 6) * float(log_determinant), 0.0)
    return Sphericity(statistic, freedom, float(chdtrc(freedom, statistic)))
