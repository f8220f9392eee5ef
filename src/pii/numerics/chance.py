"""What chance alone would show: p-values corrected for their number, eigenvalues of random tables."""

from __future__ import annotations

from functools import cache

import numpy as np

from pii.arrays import Vector

__all__ = ["false_discovery", "holm", "parallel"]

_DRAWS = 200


def holm(p: Vector) -> Vector:
    """P-values corrected for their number, so that one false alarm among all is as rare as they say.

    Parameters
    ----------
    p
        P-values of one family of tests; NaN where there was none, which counts for nothing.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure. https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(12).tolist()
    [0.03, 0.06, 0.06]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    steps = p[order] * (len(order) - np.arange(len(order)))
    corrected = np.full_like(p, np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected


def false_discovery(p: Vector) -> Vector:
    """P-values corrected for their number, for the share of false alarms among all alarms.

    Parameters
    ----------
    p
        P-values of one family of tests; NaN where there was none, which counts for nothing.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate: a practical and powerful approach to
    multiple testing. doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, 0.03])).round(12).tolist()
    [0.03, 0.04, 0.04]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])][::-1]
    steps = p[order] * (len(order) / np.arange(len(order), 0, -1))
    corrected = np.full_like(p, np.nan)
    corrected[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return corrected


@cache
def parallel(k: int, n: int, seed: int) -> tuple[float, ...]:
    """The 95th percentile of each eigenvalue of correlations of k independent normal rows of n units.

    The largest comes first. The same seed gives the same numbers.

    References
    ----------
    Horn (1965), A rationale and test for the number of factors in factor analysis. doi:10.1007/BF02289447

    Examples
    --------
    >>> found = parallel(4, 60, seed=0)
    >>> found[0] > 1 > found[-1], sum(found) > 4
    (True, True)
    """
    x = np.random.default_rng(seed).normal(size=(_DRAWS, k, n))
    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt((x * x).sum(axis=-1, keepdims=True))
    values = np.linalg.eigvalsh(x @ np.swapaxes(x, -1, -2))[:, ::-1]
    return tuple(np.quantile(values, 0.95, axis=0).tolist())
