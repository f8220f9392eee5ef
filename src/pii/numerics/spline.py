"""Cubic splines that are straight beyond their outer knots."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix, Vector

__all__ = ["natural_terms"]


def natural_terms(x: Vector, knots: Vector, /) -> Matrix:
    r"""The terms of a natural cubic spline but the constant: one less than its knots.

    .. math::
        N_1(x) = x, \qquad N_{k+1}(x) = d_k(x) - d_{K-1}(x), \qquad
        d_k(x) = \frac{(x - \xi_k)_+^3 - (x - \xi_K)_+^3}{\xi_K - \xi_k}

    for :math:`k = 1` to :math:`K - 2`, with the knots :math:`\xi` and x both put on the scale on which the outer
    knots are 0 and 1, so that cubes stay small. What the terms and a constant span does not depend on that scale.

    Parameters
    ----------
    x
        Where the terms are wanted, (points,).
    knots
        Three and more, rising.

    Returns
    -------
    Matrix
        (points, knots - 1).

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning, second edition, equations 5.4
    and 5.5. doi:10.1007/978-0-387-84858-7

    Examples
    --------
    >>> natural_terms(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])).round(4).tolist()
    [[0.0, 0.0], [0.5, 0.125], [1.0, 0.75], [1.5, 1.5]]
    """
    reach = knots[-1] - knots[0]
    z, at = (x - knots[0]) / reach, (knots - knots[0]) / reach
    cubes = np.maximum(z[:, None] - at, 0.0) ** 3
    bends = (cubes[:, :-1] - cubes[:, -1:]) / (at[-1] - at[:-1])
    return np.column_stack([z, bends[:, :-1] - bends[:, -1:]])
