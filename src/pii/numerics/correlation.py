"""Correlations of every pair of rows over the units that both have: Pearson, Spearman, Kendall, with p-values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix
from pii.numerics.pairwise import pairwise

__all__ = ["Correlations", "kendall", "pearson", "spearman"]

_PAIRS = 1 << 22  # signs of pairs of units held at a time: 32 MB a row is never passed


class Correlations(NamedTuple):
    """Coefficients of all pairs of rows, (rows, rows); NaN where a pair has too few units or no variation."""

    coefficients: Matrix
    """From -1 to 1."""
    p_values: Matrix
    """Two-sided, of the hypothesis that there is no association; not corrected for the number of tests."""
    counts: Matrix
    """How many units both rows have."""


def pearson(x: Matrix) -> Correlations:
    r"""Linear correlation over pairwise-complete units, with the p-value of Student's t with :math:`n - 2`.

    Parameters
    ----------
    x
        Values, (rows, units); NaN where missing.

    References
    ----------
    Pearson (1895), Notes on regression and inheritance. doi:10.1098/rspl.1895.0041

    Examples
    --------
    >>> pearson(np.array([[1.0, 2.0, 3.0, np.nan], [2.0, 4.0, 7.0, 1.0]])).coefficients.round(6)
    array([[1.      , 0.993399],
           [0.993399, 1.      ]])
    """
    found = pairwise(x)
    return Correlations(found.correlation, _student(found.correlation, found.units), found.units)


def spearman(x: Matrix) -> Correlations:
    """Rank correlation over pairwise-complete units: values are ranked anew among the units of each pair.

    References
    ----------
    Spearman (1904), The proof and measurement of association between two things. doi:10.2307/1412159

    Examples
    --------
    >>> spearman(np.array([[1.0, 2.0, 9.0], [1.0, 4.0, 5.0]])).coefficients.tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    if not np.isnan(x).any():
        return pearson(_average_ranks(x))
    r, p, n = (np.full((len(x), len(x)), np.nan) for _ in range(3))
    for row in range(len(x)):
        # What the row lacks is taken from all, and what each has is put beside the row's values there.
        others = np.where(np.isnan(x[row]), np.nan, x)
        own = np.where(np.isnan(others), np.nan, x[row])
        found = _pairwise(_average_ranks(own), _average_ranks(others))
        r[row], n[row] = found
    p = _student(r, n)
    return Correlations(r, p, n)


def kendall(x: Matrix) -> Correlations:
    r"""Kendall's :math:`\tau_b` over pairwise-complete units, with the normal approximation corrected for ties.

    .. math:: \tau_b = \frac{\sum_{a < b} s_{ab} t_{ab}}{\sqrt{\sum s_{ab}^2 \sum t_{ab}^2}}

    with the signs :math:`s, t` of the differences of two units on either row.

    References
    ----------
    Kendall (1945), The treatment of ties in ranking problems. doi:10.1093/biomet/33.3.239

    Examples
    --------
    >>> kendall(np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]])).coefficients[0, 1].round(6)
    np.float64(0.666667)
    """
    k, n_units = x.shape
    concordance, untied = np.zeros((k, k)), np.zeros((k, k))
    step = max(1, _PAIRS // max(1, k * n_units))
    for start in range(0, n_units, step):
        block = x[:, start : start + step, None] - x[:, None, :]
        later = np.arange(n_units)[None, :] > np.arange(start, min(start + step, n_units))[:, None]
        signs = np.sign(block[:, later])
        known = ~np.isnan(signs)
        signs[~known] = 0.0
        concordance += signs @ signs.T
        untied += (signs * signs) @ known.astype(np.float64).T
    both = (~np.isnan(x)).astype(np.float64)
    n = both @ both.T
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = np.clip(concordance / np.sqrt(untied * untied.T), -1.0, 1.0)
        z = concordance / np.sqrt(_kendall_variance(x, n))
    from scipy.special import ndtr

    return Correlations(tau, np.minimum(2 * ndtr(-np.abs(z)), 1.0), n)


def _student(r: Matrix, n: Matrix) -> Matrix:
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / ((1 - r) * (1 + r)))
        return np.asarray(np.where(n > 2, 2 * stdtr(n - 2, -t), np.nan), dtype=np.float64)


def _pairwise(x: Matrix, y: Matrix) -> tuple[Matrix, Matrix]:
    """Correlate row with row, where both have their gaps in the same places."""
    n = np.count_nonzero(~np.isnan(x), axis=1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (np.where(np.isnan(v), 0.0, v - (np.nansum(v, axis=1) / n)[:, None]) for v in (x, y))
        r = (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.clip(r, -1.0, 1.0), n


def _average_ranks(x: Matrix) -> Matrix:
    """Places from 1 among the measured values of each row; ties share the mean of theirs."""
    order = np.argsort(x, axis=1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=1)
    first, last = _runs(ordered)
    ranks = np.empty_like(x)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1.0, axis=1)
    ranks[np.isnan(x)] = np.nan
    return ranks


def _runs(ordered: Matrix) -> tuple[Matrix, Matrix]:
    """The first and last position of the run of equal values that each value is in."""
    n = ordered.shape[1]
    new = np.ones(ordered.shape, dtype=np.bool_)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=new[:, 1:])
    at = np.arange(n)
    first = np.maximum.accumulate(np.where(new, at, 0), axis=1)
    ends = np.roll(new, -1, axis=1)
    last = np.minimum.accumulate(np.where(ends, at, n)[:, ::-1], axis=1)[:, ::-1]
    return first.astype(np.float64), last.astype(np.float64)


def _kendall_variance(x: Matrix, n: Matrix) -> Matrix:
    """The variance of the concordance of every pair of rows, given the ties among the units that both have."""
    sums = [np.empty_like(n) for _ in range(3)]
    for row in range(len(x)):
        # The ties of every row among the units that this one has.
        ties = _tie_sums(np.where(np.isnan(x[row]), np.nan, x))
        for total, tie in zip(sums, ties, strict=True):
            total[:, row] = tie
    a, b, c = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        free = n * (n - 1) * (2 * n + 5)
        v0 = (free - a - a.T) / 18
        v1 = b * b.T / (2 * n * (n - 1))
        v2 = c * c.T / (9 * n * (n - 1) * (n - 2))
        return np.asarray(v0 + v1 + np.where(n > 2, v2, 0.0), dtype=np.float64)


def _tie_sums(x: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Sums over runs of t equal values: t (t-1) (2t+5), t (t-1), t (t-1) (t-2)."""
    ordered = np.sort(x, axis=1)
    first, last = _runs(ordered)
    length = np.where(np.isnan(ordered), 1.0, last - first + 1.0)
    # Each of a run's t values carries 1/t of the run's sum.
    a = ((length - 1) * (2 * length + 5)).sum(axis=1)
    b = (length - 1).sum(axis=1)
    c = ((length - 1) * (length - 2)).sum(axis=1)
    return a, b, c
