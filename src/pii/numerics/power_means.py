"""The scale on which a power mean is a weighted sum, there and back."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix

__all__ = ["powered", "unpowered"]


def powered(scores: Matrix, exponent: float) -> Matrix:
    """Put scores on the scale on which the mean of an exponent is a weighted sum, still with more being better.

    Parameters
    ----------
    scores
        Above 0 where the exponent is not; NaN where missing.
    exponent
        1 arithmetic, 0 geometric, -1 harmonic.

    Examples
    --------
    >>> powered(np.array([[2.0, 4.0]]), -1.0)
    array([[-0.5 , -0.25]])
    """
    if exponent == 1:
        return scores
    if exponent == 0:
        return np.asarray(np.log(scores), dtype=np.float64)
    return np.asarray(np.sign(exponent) * scores**exponent, dtype=np.float64)


def unpowered(sums: Matrix, exponent: float) -> Matrix:
    """Give the means that weighted sums stand for.

    Examples
    --------
    >>> unpowered(powered(np.array([[2.0, 4.0]]), 0.0), 0.0)
    array([[2., 4.]])
    """
    if exponent == 1:
        return sums
    if exponent == 0:
        return np.asarray(np.exp(sums), dtype=np.float64)
    return np.asarray((np.sign(exponent) * sums) ** (1 / exponent), dtype=np.float64)
