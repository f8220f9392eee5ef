"""Covariances and correlations of rows with gaps, each pair over the units that both have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix

__all__ = ["Pairwise", "pairwise"]

_FLAT = 1e-12  # a spread below this share of its row's is rounding error


class Pairwise(NamedTuple):
    """What each pair of rows has in common, (rows, rows) each."""

    covariance: Matrix
    """With n - 1; NaN where fewer than two units have both."""
    correlation: Matrix
    """Pearson's; NaN where a row does not vary over the units that both have."""
    units: Matrix
    """How many units have both."""


def pairwise(x: Matrix, /) -> Pairwise:
    r"""Covariances and correlations, each over the units that have both rows.

    With sums over the :math:`n_{ij}` units that have both,

    .. math::
        s_{ij} = \sum (x_i - \bar x_i)(x_j - \bar x_j), \qquad c_{ij} = \frac{s_{ij}}{n_{ij} - 1}, \qquad
        r_{ij} = \frac{s_{ij}}{\sqrt{\sum (x_i - \bar x_i)^2 \sum (x_j - \bar x_j)^2}}

    With gaps neither matrix need be positive semi-definite.

    Parameters
    ----------
    x
        Scores, (rows, units); NaN where missing.

    Examples
    --------
    >>> found = pairwise(np.array([[1.0, 2.0, 3.0, np.nan], [2.0, 4.0, 6.0, 7.0]]))
    >>> found.correlation.round(12).tolist(), found.units.tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[3.0, 3.0], [3.0, 4.0]])
    """
    present = ~np.isnan(x)
    both = present.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(present, x, 0.0)
        # By a power of two, which changes no digit: squares of squares of large and small scores stay numbers.
        exponent = np.frexp(np.abs(away).max(axis=-1, initial=0.0))[1]
        away = np.ldexp(away, -exponent[:, None])
        reach = np.abs(away).max(axis=-1, initial=0.0)
        away = np.where(present, away - (away.sum(axis=-1) / both.sum(axis=-1))[:, None], 0.0)
        units: Matrix = both @ both.T
        sums = away @ both.T  # of a row, over the units that another has too
        together = away @ away.T - sums * sums.T / units
        whole = (away * away) @ both.T
        alone = whole - sums * sums / units
        noise = np.maximum(_FLAT * whole, (_FLAT * reach[:, None]) ** 2 * units)
        alone = np.where(alone > noise, alone, np.nan)
        scaled = np.where(units > 1, together / (units - 1), np.nan)
        covariance = np.ldexp(scaled, exponent[:, None] + exponent)
        correlation = np.clip(together / np.sqrt(alone * alone.T), -1.0, 1.0)
    return Pairwise(covariance, correlation, units)
