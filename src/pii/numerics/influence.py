"""How much of an output's variance each input explains, and the weights that share it out as wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.numerics.spline import natural_terms

__all__ = ["Regression", "influence", "influence_weights", "weighted_mean"]

Regression: TypeAlias = Literal["linear", "spline"]
"""Which curve is laid through the output against an input."""
_REACHED = 1e-12  # half the squares of what shares of influence are off, where they are what was asked for
_EXACT = 1e-12  # what their roots may be off
Curve: TypeAlias = tuple[Matrix, NDArray[np.intp]]
"""The orthonormal terms of an input's curve but the constant, and the units that have the input."""


def influence(x: Matrix, y: Vector, /, *, regression: Regression = "linear", knots: int = 4) -> Vector:
    r"""The share of an output's variance that each input explains alone, its correlation ratio.

    .. math:: S_i = \frac{V[E(y \mid x_i)]}{V(y)}

    The conditional mean is a least-squares line (then :math:`S_i = r_{x_i y}^2`) or a natural cubic spline with
    ``knots`` knots at equal quantiles of the input. An input is regressed over the units that have both it and the
    output.

    Parameters
    ----------
    x
        Inputs, (inputs, units); NaN where missing.
    y
        The output, (units,); NaN where missing.
    regression, knots
        The curve.

    Returns
    -------
    Vector
        From 0 to 1, one an input; NaN where too few units have both (one more than the curve has terms), or
        either is constant.

    References
    ----------
    Paruolo, Saisana and Saltelli (2013), Ratings and rankings: voodoo or science?
    doi:10.1111/j.1467-985X.2012.01059.x

    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the
    gap. doi:10.1016/j.ecolind.2017.03.056

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, -1.0, -1.0, 1.0]])
    >>> influence(x, 2 * x[0]).round(12).tolist()
    [1.0, 0.0]
    """
    return _explained(_curves(x, np.isnan(y), regression, knots), y)


def influence_weights(
    x: Matrix, targets: Vector, /, *, regression: Regression = "linear", knots: int = 4
) -> tuple[Vector, Vector]:
    r"""The weights of an arithmetic mean that come nearest to giving each input its share of influence.

    Minimises :math:`\sum_i (S_i / \sum S - t_i)^2` over weights that are not negative, with :math:`S_i` the
    :func:`influence` of input i on :math:`\sum w x / \sum w` over the inputs that a unit has.

    Parameters
    ----------
    x
        Inputs, (inputs, units); NaN where missing.
    targets
        Shares of influence, summing to 1.
    regression, knots
        As in :func:`influence`.

    Returns
    -------
    tuple of Vector
        Weights summing to 1, and the shares of influence that they give.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0], [3.0, -3.0, -3.0, 3.0]])
    >>> weights, reached = influence_weights(x, np.array([0.5, 0.5]))
    >>> weights.round(6).tolist(), reached.round(6).tolist()
    ([0.728503, 0.271497], [0.5, 0.5])
    """
    from scipy.optimize import least_squares

    curves = _curves(x, np.zeros(x.shape[-1], dtype=np.bool_), regression, knots)

    def reached(w: Vector) -> Vector:
        found = _explained(curves, weighted_mean(x, w))
        return np.asarray(np.nan_to_num(found / max(float(np.nansum(found)), 1e-300)))

    def short(w: Vector) -> Vector:
        return np.append(reached(w) - targets, w.sum() - 1.0)

    best: Vector = np.full(len(x), 1.0 / len(x))
    least = np.inf
    for start in _starts(x, targets):
        found = least_squares(
            short, start, bounds=(0.0, np.inf), x_scale="jac", xtol=1e-13, ftol=1e-13, gtol=1e-13, max_nfev=60
        )
        if found.cost < least:
            best, least = np.asarray(found.x), float(found.cost)
        if least < 1e-20:
            break
    best = _refined(best, reached, targets) if least < _REACHED else best
    best = best / best.sum()
    return best, reached(best)


def _refined(w: Vector, reached: Callable[[Vector], Vector], targets: Vector) -> Vector:
    """Weights that reach their targets, exact for small ones too.

    Near 0 a share of influence goes with the square of its weight: as near as 1e-10 to a target of 1e-9, the weight
    may be off by a twentieth. The roots of the shares go with the weights themselves.
    """
    from scipy.optimize import least_squares

    roots = np.sqrt(targets)

    def short(w: Vector) -> Vector:
        return np.append(np.sqrt(reached(w)) - roots, w.sum() - 1.0)

    before = short(w)
    if np.abs(before).max() < _EXACT:
        return w
    found = least_squares(
        short, w, bounds=(0.0, np.inf), x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=60
    )
    return np.asarray(found.x) if 2 * found.cost < before @ before else w


def weighted_mean(x: Matrix, w: Vector, /) -> Vector:
    """The arithmetic mean of the inputs that each unit has; NaN where it has none with a weight."""
    present = (~np.isnan(x)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((w @ np.where(present > 0, x, 0.0)) / (w @ present))


def _starts(x: Matrix, targets: Vector) -> list[Vector]:
    """Where to search from: the exact weights for lines and no gaps, then weights by spread."""
    known = ~np.isnan(x)
    n = known.sum(axis=-1, keepdims=True)
    mean = np.where(known, x, 0.0).sum(axis=-1, keepdims=True) / n
    away = np.where(known, x - mean, 0.0)
    spread = np.sqrt((away**2).sum(axis=-1) / n[:, 0])
    correlation = (away / spread[:, None]) @ (away / spread[:, None]).T / np.sqrt(n @ n.T)
    # S_i is the square of (R z)_i for standardised inputs with weights z: solve R z = sqrt(t).
    exact = np.linalg.lstsq(correlation, np.sqrt(targets), rcond=1e-10)[0]
    starts = [np.maximum(z, 1e-3 * np.abs(z).max()) / spread for z in (exact, np.sqrt(targets))]
    return [start / start.sum() for start in starts]


def _curves(x: Matrix, missing: NDArray[np.bool_], regression: Regression, knots: int) -> list[Curve]:
    terms = _line if regression == "linear" else partial(_spline, knots=knots)
    found = []
    for row in x:
        at = np.flatnonzero(~np.isnan(row) & ~missing)
        basis = np.empty((at.size, 0))
        if at.size:
            z = row[at] - row[at].mean()
            reach = float(np.abs(z).max())
            if reach > 1e-13 * float(np.abs(row[at]).max()):
                basis = terms(z / reach)
        found.append((_orthonormal(basis), at))
    return found


def _line(z: Vector) -> Matrix:
    return z[:, None]


def _spline(z: Vector, *, knots: int) -> Matrix:
    """Terms of a natural cubic spline but the constant: one less than its knots."""
    at = np.unique(np.quantile(z, np.linspace(0.0, 1.0, knots)))
    if at.size < 3:
        return z[:, None]
    return natural_terms(z, at)


def _orthonormal(basis: Matrix) -> Matrix:
    """An orthonormal basis of what the columns span beside the constant; nothing if no unit is left over."""
    if basis.shape[0] < basis.shape[1] + 2 or basis.shape[1] == 0:
        return np.empty((basis.shape[0], 0))
    u, s, _ = np.linalg.svd(basis - basis.mean(axis=0), full_matrices=False)
    return np.asarray(u[:, s > 1e-10 * s[0]])


def _explained(curves: list[Curve], y: Vector) -> Vector:
    found = np.full(len(curves), np.nan)
    for row, (basis, at) in enumerate(curves):
        if not basis.shape[1]:
            continue
        away = y[at] - y[at].mean()  # NaN, when a weight of 0 leaves a unit without a mean
        whole = float(away @ away)
        if whole > (1e-13 * float(np.abs(y[at]).max())) ** 2 * at.size:
            part = basis.T @ away
            found[row] = min(1.0, float(part @ part) / whole)
    return found
