"""Methods that other tools are slow at, each against the same numbers by plain NumPy in the same run."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import scheme, seconds, table
from pii.compute import compute
from pii.methods.aggregate import Copeland
from pii.methods.weigh import Influence
from pii.numerics.correlation import kendall
from pii.robustness.one_at_a_time import leave_out

__all__ = ["main"]

Floats = NDArray[np.float64]


def plain_kendall(x: Floats) -> Floats:
    """Tau-b of complete rows by signs of all differences, without p-values."""
    signs = np.sign(x[:, :, None] - x[:, None, :]).reshape(len(x), -1)
    product = signs @ signs.T
    norm = np.sqrt(np.diag(product))
    return np.asarray(product / norm[:, None] / norm, dtype=np.float64)


def plain_copeland(x: Floats, w: Floats) -> Floats:
    """Every pair compared on every child."""
    above = np.zeros((x.shape[1], x.shape[1]))
    for row, weight in zip(x, w, strict=True):
        above += weight * np.sign(row[:, None] - row[None, :])
    return np.asarray(np.sign(above).sum(axis=1), dtype=np.float64)


def plain_influence(x: Floats, target: Floats, steps: int = 2000) -> Floats:
    """Weights moved towards their targets until they are met, influences being squared correlations."""
    w = target.copy()
    z = x - x.mean(axis=1, keepdims=True)
    for _ in range(steps):
        index = w @ z
        s = (z @ index) ** 2 / ((z * z).sum(axis=1) * (index @ index))
        share = s / s.sum()
        if np.abs(share - target).max() < 1e-10:
            break
        w = w * np.sqrt(target / share)
        w /= w.sum()
    return w


def line(what: str, ours: float, plain: float) -> None:
    """Print one comparison."""
    print(f"{what:<44} {ours * 1e3:9.2f} ms, plain NumPy {plain * 1e3:9.2f} ms, ratio {ours / plain:6.2f}")


def main() -> None:
    """Print every measurement."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(49, 51)) + 0.5 * rng.normal(size=51)
    if np.abs(kendall(x).coefficients - plain_kendall(x)).max() > 1e-12:
        sys.exit("Kendall's tau disagrees with the floor")
    line(
        "Kendall 49 x 49 of 51 units, with p-values",
        seconds(lambda: kendall(x), 20),
        seconds(lambda: plain_kendall(x), 20),
    )

    scores, weights = rng.normal(size=(5, 1000)), np.full(5, 0.2)
    copeland = Copeland()
    if not np.array_equal(copeland(scores, weights), plain_copeland(scores, weights)):
        sys.exit("Copeland's score disagrees with the floor")
    ours, plain = (
        seconds(call, 20) for call in (lambda: copeland(scores, weights), lambda: plain_copeland(scores, weights))
    )
    line("Copeland 1,000 x 5", ours, plain)

    pillars = x[:8] + 0.3 * x[8:16]
    aim = np.full(8, 1 / 8)
    influence = Influence()

    def solved() -> Floats:
        return influence(aim, sizes=np.ones(8), scores=lambda: pillars)

    if np.abs(solved() - plain_influence(pillars, aim)).max() > 1e-6:
        sys.exit("weights by influence disagree with the floor")
    line(
        "weights of 8 by equal influence, 51 units",
        seconds(solved, 20),
        seconds(lambda: plain_influence(pillars, aim), 20),
    )

    plan = scheme(49, 7)
    result = compute(plan, table(51, plan.indicators))
    z = np.array(result.scores.values.T)
    group = np.repeat(np.arange(7), 7)
    half = np.array([0, 0, 0, 1, 1, 1, 1])

    def plain_leave_out() -> Floats:
        found = np.empty((49, 51))
        for gone in range(49):
            w = np.ones(49)
            w[gone] = 0
            pillar = np.array([w[group == g] @ z[group == g] / w[group == g].sum() for g in range(7)])
            found[gone] = (pillar[half == 0].mean(axis=0) + pillar[half == 1].mean(axis=0)) / 2
        return found

    if np.abs(leave_out(result).scores - plain_leave_out()).max() > 1e-9:
        sys.exit("leaving out disagrees with the floor")
    line(
        "each of 49 indicators left out, 51 units",
        seconds(lambda: leave_out(result), 20),
        seconds(plain_leave_out, 20),
    )


if __name__ == "__main__":
    main()
