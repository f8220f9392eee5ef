"""What is counted from the scores of many draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix, Vector
from pii.numerics.tallies import Estimate, order_statistics

__all__ = ["ScoreQuantile", "mean_score", "score_quantiles"]


class ScoreQuantile(NamedTuple):
    """A quantile of each unit's scores, (units,); NaN where a unit never has one."""

    score: Vector
    low: Vector
    high: Vector
    """The ends of its confidence interval; infinite where there are too few draws to bound it."""


def mean_score(scores: Matrix) -> Estimate:
    r"""The mean score over the draws in which a unit has one, with :math:`s / \sqrt{N}`; NaN where it never has.

    Parameters
    ----------
    scores
        (draws, units); NaN where there is none.

    Examples
    --------
    >>> mean_score(np.array([[1.0, np.nan], [3.0, np.nan]]))
    Estimate(value=array([ 2., nan]), error=array([ 1., nan]))
    """
    there = ~np.isnan(scores)
    n = there.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, scores, 0.0).sum(axis=0) / n
        squares = (np.where(there, scores - mean, 0.0) ** 2).sum(axis=0)
        return Estimate(mean, np.sqrt(squares / (n - 1) / n))


def score_quantiles(scores: Matrix, levels: tuple[float, ...], *, confidence: float = 0.95) -> list[ScoreQuantile]:
    """The least score that a share of the draws does not exceed, with an interval whatever the distribution.

    Parameters
    ----------
    scores
        (draws, units); NaN where there is none, which does not count.
    levels
        From 0 to 1: 0.5 is the median.
    confidence
        Of the interval, which runs between two of the ordered draws.

    References
    ----------
    David and Nagaraja (2003), *Order Statistics*, 7.1.

    Examples
    --------
    >>> scores = np.arange(100.0)[:, None]
    >>> score_quantiles(scores, (0.5,))
    [ScoreQuantile(score=array([49.]), low=array([39.]), high=array([60.]))]
    """
    ordered = np.sort(scores, axis=0)  # NaN come last
    n = np.count_nonzero(~np.isnan(scores), axis=0)
    padded = np.vstack([np.full(scores.shape[1], -np.inf), ordered, np.full(scores.shape[1], np.inf)])
    columns = np.arange(scores.shape[1])

    def drawn(at: Vector) -> Vector:
        """The score so far up, 1 for the lowest; beyond the last one infinite."""
        rows = np.where(at > n, len(padded) - 1, np.maximum(at, 0)).astype(np.intp)
        return np.where(n > 0, padded[rows, columns], np.nan)

    found = []
    for level in levels:
        low, high = order_statistics(n, level, (1 - confidence) / 2)
        at = np.clip(np.ceil(level * n * (1 - 1e-12)), 1, np.maximum(n, 1))
        found.append(ScoreQuantile(drawn(at), drawn(low), drawn(high)))
    return found
