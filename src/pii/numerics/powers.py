"""Power transforms of Box and Cox and of Yeo and Johnson, and the lambda that makes a normal shape likeliest."""

from __future__ import annotations

from math import factorial

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["boxcox", "likeliest_boxcox", "likeliest_yeojohnson", "yeojohnson"]

_BOX_COX = -5.0, 5.0
_YEO_JOHNSON = -3.0, 5.0  # as far on either side of 1, so that mirrored values have the mirrored lambda
_LARGEST = 150.0  # squares of e to this power, times what is multiplied with them, are still finite
_STEPS = 60  # halvings of the interval above until it holds one float64
_SERIES = [1 / (factorial(j) * (j + 2)) for j in range(12)]


def boxcox(x: Matrix, lambdas: Vector) -> Matrix:
    r"""Give :math:`(x^\lambda - 1) / \lambda` of values above 0; :math:`\ln x` where :math:`\lambda = 0`.

    Parameters
    ----------
    x
        Values above 0, (indicators, units); NaN where not measured.
    lambdas
        One an indicator.

    Examples
    --------
    >>> boxcox(np.array([[1.0, 4.0]]), np.array([0.5]))
    array([[0., 2.]])
    """
    return _bent(np.log(x), lambdas[:, None])


def yeojohnson(x: Matrix, lambdas: Vector) -> Matrix:
    r"""Give the Box-Cox transform of :math:`1 + x`, mirrored with :math:`2 - \lambda` below 0.

    Parameters
    ----------
    x
        Any values, (indicators, units); NaN where not measured.
    lambdas
        One an indicator.

    Examples
    --------
    >>> yeojohnson(np.array([[-3.0, 0.0, 3.0]]), np.array([1.0]))
    array([[-3.,  0.,  3.]])
    """
    above, below = _logarithms(x)
    p = lambdas[:, None]
    return np.where(x < 0, -_bent(below, 2 - p), _bent(above, p))


def likeliest_boxcox(x: Matrix) -> Vector:
    r"""Find the lambda of each row under which its transformed values are likeliest normal, from -5 to 5.

    The logarithm of the likelihood, without what is constant, is
    :math:`-\frac n2 \ln \operatorname{Var} x^{(\lambda)} + (\lambda - 1) \sum \ln x`. It is concave, so the sign of
    its slope tells on which side of :math:`\lambda` the maximum is, and halving finds it to the last digit.

    Parameters
    ----------
    x
        Values above 0, (indicators, units), of which two differ in every row; NaN where not measured.

    References
    ----------
    Kouider and Chen (1995), Concavity of Box-Cox log-likelihood function. doi:10.1016/0167-7152(94)00219-X

    Examples
    --------
    >>> likeliest_boxcox(np.exp([[0.0, 1.0, 2.0, 3.0, 4.0]])).round(12) + 0.0
    array([0.])
    """
    logs = np.log(x)
    logs -= np.nanmean(logs, axis=-1, keepdims=True)
    reach = np.minimum(1.0, _LARGEST / (_BOX_COX[1] * np.nanmax(np.abs(logs), axis=-1)))
    return _likeliest(logs, np.where(np.isnan(x), np.nan, 0.0), _BOX_COX[0] * reach, _BOX_COX[1] * reach)


def likeliest_yeojohnson(x: Matrix) -> Vector:
    r"""Find the lambda of each row under which its transformed values are likeliest normal, from -3 to 5.

    As for Box-Cox; the term of the density is :math:`(\lambda - 1) \sum \operatorname{sgn}(x) \ln(1 + |x|)`.

    Parameters
    ----------
    x
        Any values, (indicators, units), of which two differ in every row; NaN where not measured.

    References
    ----------
    Marchand, Muzellec, Béguier, Ogier du Terrail and Andreux (2022), SecureFedYJ: a safe feature Gaussianization
    protocol for federated learning, which proves that this is concave too. doi:10.48550/arXiv.2210.01639

    Examples
    --------
    >>> likeliest_yeojohnson(np.array([[-3.0, -1.0, 0.0, 1.0, 3.0]])).round(12)
    array([1.])
    """
    above, below = _logarithms(x)
    # Values on one side of 0 may be scaled freely: around 1, their powers do not drown in rounding.
    one_sided = ~((x < 0).any(axis=-1) & (x >= 0).any(axis=-1))
    upper = one_sided & (x >= 0).any(axis=-1)
    lower = one_sided & (x < 0).any(axis=-1)
    above[upper] -= np.nanmean(above[upper], axis=-1, keepdims=True)
    below[lower] -= np.nanmean(below[lower], axis=-1, keepdims=True)
    farthest = np.nanmax(np.abs([above, below]), axis=(0, -1))
    with np.errstate(divide="ignore"):
        reach = np.clip(2 * _LARGEST / farthest - 1.0, 0.0, _YEO_JOHNSON[1] - 1.0)
    return _likeliest(above, below, 1.0 - reach, 1.0 + reach)


def _logarithms(x: Matrix) -> tuple[Matrix, Matrix]:
    """Of 1 + x above 0, and of 1 - x below; 0 on the other side."""
    return np.log1p(np.maximum(x, 0.0)), np.log1p(np.maximum(-x, 0.0))


def _bent(t: Matrix, p: Matrix) -> Matrix:
    """Give (e^(pt) - 1) / p, and its limit t where p is 0."""
    zero = p == 0
    bent: Matrix = np.where(zero, t, np.expm1(p * t) / np.where(zero, 1.0, p))
    return bent


def _bending(t: Matrix, p: Matrix) -> Matrix:
    """How fast ``_bent`` grows with p: t^2 (s e^s - e^s + 1) / s^2 for s = pt, by its series where s is small."""
    s = p * t
    near = np.abs(s) < 0.3
    small, large = np.where(near, s, 0.0), np.where(near, 1.0, s)
    series = np.zeros_like(s)
    for coefficient in reversed(_SERIES):
        series = series * small + coefficient
    growth: Matrix = t * t * np.where(near, series, (large * np.exp(large) - np.expm1(large)) / large**2)
    return growth


def _likeliest(above: Matrix, below: Matrix, low: Vector, high: Vector) -> Vector:
    """Halve the interval of each row, on the side where the likelihood rises."""
    tilt = np.nanmean(above - below, axis=-1)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        p = middle[:, None]
        bent = _bent(above, p) - _bent(below, 2 - p)
        bent -= np.nanmean(bent, axis=-1, keepdims=True)
        bending = _bending(above, p) + _bending(below, 2 - p)
        rises = np.nanmean(bent * bending, axis=-1) < tilt * np.nanmean(bent * bent, axis=-1)
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return (low + high) / 2
