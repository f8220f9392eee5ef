"""The scale on which a power mean is a weighted sum, there and back."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix
from pii.errors import Undefined

__all__ = ["powered", "unpowered"]

_LARGEST, _SMALLEST = 1e250, 1e-250  # their sums and products with shares are no nearer infinity and 0


def powered(scores: Matrix, exponent: float) -> Matrix:
    """Put scores on the scale on which the mean of an exponent is a weighted sum, still with more being better.

    Parameters
    ----------
    scores
        Above 0 where the exponent is not; NaN where missing.
    exponent
        1 arithmetic, 0 geometric, -1 harmonic.

    Raises
    ------
    Undefined
        A power so large or so small that its digits are lost in a sum.

    Examples
    --------
    >>> powered(np.array([[2.0, 4.0]]), -1.0)
    array([[-0.5 , -0.25]])
    """
    if exponent == 1:
        return scores
    if exponent == 0:
        return np.asarray(np.log(scores), dtype=np.float64)
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        power = np.asarray(np.sign(exponent) * scores**exponent, dtype=np.float64)
    size = np.abs(power)
    rows, columns = np.nonzero((size > _LARGEST) | ((size < _SMALLEST) & (scores != 0)))
    if rows.size:
        at = zip(rows.tolist(), columns.tolist(), strict=True)
        raise Undefined(
            [f"the score is {scores[row, column]:g}" for row, column in at],
            rule=f"its power with exponent {exponent:g} is to keep its digits in a sum",
            remedy="take an exponent nearer 0, or minimum or maximum",
            rows=rows.tolist(),
            columns=columns.tolist(),
        )
    return power


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
