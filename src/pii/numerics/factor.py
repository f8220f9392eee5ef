"""Principal components of a correlation matrix, and their varimax rotation."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["principal_components", "varimax"]

_EVEN = 1e-14  # a criterion that changes less with the angle has no best one
_STILL = 1e-12  # radians
_MOST_ROUNDS = 500


def principal_components(correlation: Matrix, /) -> tuple[Vector, Matrix]:
    r"""Eigenvalues in falling order, and unit eigenvectors as columns.

    :math:`R = V \Lambda V^\top`. A column's sign is such that its squares above 0 outweigh those below.

    Parameters
    ----------
    correlation
        Symmetric, without gaps.

    Examples
    --------
    >>> values, vectors = principal_components(np.array([[1.0, 0.5], [0.5, 1.0]]))
    >>> values.round(12).tolist(), (vectors[:, 0] ** 2).round(12).tolist()
    ([1.5, 0.5], [0.5, 0.5])
    """
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(values[::-1]), turned(vectors[:, ::-1])


def turned(columns: Matrix) -> Matrix:
    """Columns with the sign that gives their squares above 0 the greater sum."""
    return np.asarray(columns * np.where((columns * np.abs(columns)).sum(axis=0) < 0, -1.0, 1.0))


def varimax(loadings: Matrix, /) -> Matrix:
    r"""Loadings rotated so that each factor's squared loadings differ as much as they can.

    With :math:`h_i^2` the sum of squares of row :math:`i` (Kaiser's normalisation), the rotation maximises

    .. math:: \sum_f \left[ \frac{1}{k} \sum_i \left(\frac{l_{if}}{h_i}\right)^4
        - \left(\frac{1}{k} \sum_i \left(\frac{l_{if}}{h_i}\right)^2\right)^2 \right]

    by planar rotations, pair after pair, each by its best angle, until no pair turns. Columns are then turned so
    that their squares above 0 outweigh those below.

    Parameters
    ----------
    loadings
        (children, factors).

    Raises
    ------
    ArithmeticError
        The rotation did not settle.

    References
    ----------
    Kaiser (1958), The varimax criterion for analytic rotation in factor analysis. doi:10.1007/BF02289233

    Examples
    --------
    >>> c, s = np.cos(0.3), np.sin(0.3)
    >>> np.abs(varimax(np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.7]]) @ np.array([[c, s], [-s, c]]))).round(6)
    array([[0.9, 0. ],
           [0.8, 0. ],
           [0. , 0.7]])
    """
    k, n_factors = loadings.shape
    height = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    height[height == 0] = 1.0
    rotated = loadings / height
    for _ in range(_MOST_ROUNDS):
        most = 0.0
        for f in range(n_factors - 1):
            for g in range(f + 1, n_factors):
                a, b = rotated[:, f].copy(), rotated[:, g].copy()
                u, v = a * a - b * b, 2 * a * b
                across = 2 * (u @ v - u.sum() * v.sum() / k)
                along = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / k
                if np.hypot(across, along) <= _EVEN:  # every angle is as good
                    continue
                angle = float(np.arctan2(across, along)) / 4
                c, s = np.cos(angle), np.sin(angle)
                rotated[:, f], rotated[:, g] = c * a + s * b, c * b - s * a
                most = max(most, abs(angle))
        if most <= _STILL:
            return turned(rotated * height)
    raise ArithmeticError("the varimax rotation did not settle")
