"""Units compared two by two: by which weight of siblings one stands above the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pii.arrays import Matrix, Vector, blocks

__all__ = ["copeland", "net_outranking", "outranking"]

# Sums of weights that are equal on paper may differ by their rounding; less than this share of them is a tie.
_TIE = 1e-12


def outranking(x: Matrix, w: Vector) -> Matrix:
    r"""By which share of the weights each unit stands above each other one.

    .. math:: o_{ij} = \frac{\sum_c w_c [x_{ci} > x_{cj}] + \frac12 \sum_c w_c [x_{ci} = x_{cj}]}{\sum_c w_c}

    The sums run over the children of which both have a score; two units that share none are even, at one half.

    Parameters
    ----------
    x
        Scores, (children, units); NaN where missing.
    w
        Weights of the children.

    Returns
    -------
    Matrix
        (units, units), 0 on the diagonal; :math:`o_{ij} + o_{ji} = 1` off it.

    References
    ----------
    Munda and Nardo (2009), Noncompensatory/nonlinear composite indicators for ranking countries.
    doi:10.1080/00036840601019364

    Examples
    --------
    >>> outranking(np.array([[3.0, 1.0], [2.0, 2.0]]), np.array([1.0, 1.0]))
    array([[0.  , 0.75],
           [0.25, 0.  ]])
    """
    found = np.empty((x.shape[-1], x.shape[-1]))
    for rows, margin in _margins(x, w, relative=True):
        found[rows] = (1.0 + margin) / 2
    np.fill_diagonal(found, 0.0)
    return found


def copeland(x: Matrix, w: Vector) -> Vector:
    """Wins less losses of each unit against all others; NaN for a unit that has no child with a weight.

    Work grows with the square of the units, memory does not: they are compared in blocks.

    Examples
    --------
    >>> copeland(np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 2.0]]), np.array([1.0, 1.0]))
    array([ 2., -2.,  0.])
    """
    score = np.empty(x.shape[-1])
    limit = _TIE * w.sum()
    for rows, margin in _margins(x, w, relative=False):
        score[rows] = np.count_nonzero(margin > limit, axis=1) - np.count_nonzero(margin < -limit, axis=1)
    return np.where(_compared(x, w), score, np.nan)


def net_outranking(x: Matrix, w: Vector) -> Vector:
    """The sum of a unit's shares of weight over all the other units that have a score; NaN where it has none.

    Examples
    --------
    >>> net_outranking(np.array([[3.0, 1.0], [2.0, 2.0]]), np.array([1.0, 1.0]))
    array([0.75, 0.25])
    """
    score = np.empty(x.shape[-1])
    compared = _compared(x, w)
    others = np.count_nonzero(compared) - 1
    for rows, margin in _margins(x, w, relative=True):
        score[rows] = (others + margin.sum(axis=1)) / 2  # against units without a score the margin is 0
    return np.where(compared, score, np.nan)


def _compared(x: Matrix, w: Vector) -> Vector:
    return np.asarray((~np.isnan(x[w > 0])).any(axis=0))


def _margins(x: Matrix, w: Vector, *, relative: bool) -> Iterator[tuple[list[int], Matrix]]:
    """Weight of winning children less that of losing ones, (rows, units), a block of units at a time.

    Relative margins are shares of the weight of the children that both units have; without any they are 0.
    """
    n = x.shape[-1]
    gaps = relative and bool(np.isnan(x).any())
    measured = ~np.isnan(x)
    for rows in blocks(range(n), n):
        block = slice(rows[0], rows[-1] + 1)
        margin = np.zeros((len(rows), n))
        common = np.zeros((len(rows), n)) if gaps else np.array(w.sum())
        for child, weight in enumerate(w.tolist()):
            one, other = x[child, block, None], x[child]
            margin += weight * np.subtract((one > other).view(np.int8), (one < other).view(np.int8))
            if gaps:
                common += weight * (measured[child, block, None] & measured[child])
        if relative:
            margin /= np.where(common > 0, common, 1.0)
        yield rows, margin
