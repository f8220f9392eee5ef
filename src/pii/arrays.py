"""Arrays that do not change, and the few sums that know what is not measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Matrix", "Vector", "blocks", "frozen", "sealed", "shares", "skewness_and_kurtosis"]

Vector: TypeAlias = NDArray[np.float64]
"""Float64 along units (or along siblings, where said)."""
Matrix: TypeAlias = NDArray[np.float64]
"""Float64, indicators (or siblings) down and units across, last axis contiguous."""

S = TypeVar("S", bound=np.generic)

_BLOCK = 1 << 17  # numbers a block holds: 1 MB of float64, which stays in a second-level cache


def sealed(values: NDArray[S]) -> NDArray[S]:
    """Clear the write flag of an array that its maker hands over, without a copy."""
    values.flags.writeable = False
    return values


def frozen(values: ArrayLike) -> NDArray[np.float64]:
    """Copy to read-only, row-contiguous float64; an array that is already so is returned as it is.

    Examples
    --------
    >>> frozen([1, 2]).flags.writeable
    False
    """
    if (
        isinstance(values, np.ndarray)
        and values.dtype == np.float64
        and values.flags.c_contiguous
        and _is_sealed(values)
    ):
        return values
    copy = np.array(values, dtype=np.float64, order="C")
    copy.flags.writeable = False
    return copy


def _is_sealed(values: NDArray[Any]) -> bool:
    """Whether neither the array nor what it is a view of can be written."""
    base: object = values
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None


def shares(weights: Vector) -> Vector:
    """Scale weights along the last axis to sum to 1.

    Examples
    --------
    >>> shares(np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    total: Vector = weights.sum(axis=-1, keepdims=True)
    return np.asarray(weights / total, dtype=np.float64)


def blocks(rows: Sequence[int], width: int) -> Iterator[list[int]]:
    """Cut rows of so many numbers into runs that fit the cache, so that work arrays stay small.

    Examples
    --------
    >>> list(blocks(range(3), 100_000))
    [[0], [1], [2]]
    """
    step = _rows_at_once(width)
    for start in range(0, len(rows), step):
        yield list(rows[start : start + step])


def _rows_at_once(width: int) -> int:
    return max(1, _BLOCK // max(1, width))


def skewness_and_kurtosis(x: Matrix) -> tuple[Vector, Vector]:
    r"""Measure the shape of each row: bias-adjusted (type 2) skewness and excess kurtosis.

    .. math::
        G_1 = g_1 \frac{\sqrt{n (n - 1)}}{n - 2}, \qquad
        G_2 = \frac{(n + 1) g_2 + 6}{(n - 2)(n - 3)} (n - 1)

    with the moment ratios :math:`g_1 = m_3 / m_2^{3/2}` and :math:`g_2 = m_4 / m_2^2 - 3`. These are what SAS and
    Excel print; types 1 and 3 are smaller and would change which points are treated.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.

    Returns
    -------
    tuple of Vector
        Skewness and kurtosis of each row; NaN with fewer than four values, or all equal.

    References
    ----------
    Joanes and Gill (1998), Comparing measures of sample skewness and kurtosis. doi:10.1111/1467-9884.00122

    Examples
    --------
    >>> skew, kurtosis = skewness_and_kurtosis(np.array([[1.0, 2.0, 3.0, 4.0, 10.0]]))
    >>> round(float(skew[0]), 6), round(float(kurtosis[0]), 6)
    (1.697056, 3.152)
    """
    skew = np.full(x.shape[0], np.nan)
    kurtosis = skew.copy()
    step = _rows_at_once(x.shape[-1])
    for start in range(0, len(x), step):
        rows = slice(start, start + step)
        skew[rows], kurtosis[rows] = _shape(x[rows])
    return skew, kurtosis


def _shape(x: Matrix) -> tuple[Vector, Vector]:
    missing = np.isnan(x)
    n: Vector = (x.shape[-1] - np.count_nonzero(missing, axis=-1)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(missing, 0.0, x)
        away = filled - (filled.sum(axis=-1) / n)[:, None]
        away[missing] = 0.0
        away -= (away.sum(axis=-1) / n)[:, None]  # the digits that the mean of large values lacks
        away[missing] = 0.0
        # Powers of numbers up to 1 cannot overflow; a constant row's rounding error is not a shape.
        reach = np.abs(away).max(axis=-1, initial=0.0)
        reach[reach <= 1e-14 * np.abs(filled).max(axis=-1, initial=0.0)] = np.nan
        away /= reach[:, None]
        squares = away * away
        m2 = squares.sum(axis=-1) / n
        m3 = np.einsum("ij,ij->i", squares, away) / n
        m4 = np.einsum("ij,ij->i", squares, squares) / n
        return adjusted_shape(n, m2, m3, m4)


def adjusted_shape(n: Vector, m2: Vector, m3: Vector, m4: Vector) -> tuple[Vector, Vector]:
    """Turn central moments into type 2 skewness and excess kurtosis; NaN below four values."""
    skew = m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    few = n < 4
    return np.where(few, np.nan, skew), np.where(few, np.nan, kurtosis)
