"""Scores and places of many draws of weights, against plain NumPy: ``python -m benchmarks.draws``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import peak_bytes
from pii.numerics.draws import Siblings, linear_scores, places, tree_scores
from pii.numerics.tallies import acceptability, winning

Floats = NDArray[np.float64]

N_DRAWS, N_UNITS, EDGES = 100_000, 63, (0, 8, 16, 24, 31, 38, 45, 52)
"""An index of seven pillars, five in one half and two in the other."""


def tree() -> list[Siblings]:
    """The index as the kernel numbers it."""
    k = EDGES[-1]
    pillars = [Siblings(np.arange(a, b)) for a, b in pairwise(EDGES)]
    halves = [Siblings(np.arange(k, k + 5)), Siblings(np.arange(k + 5, k + 7))]
    return [*pillars, *halves, Siblings(np.array([k + 7, k + 8]))]


def numbers(gaps: float) -> tuple[Floats, Floats]:
    """Shares of every group, drawn evenly over the simplex, and scores with gaps."""
    rng = np.random.default_rng(0)
    shares = np.empty((N_DRAWS, EDGES[-1] + 9))
    for group in tree():
        shares[:, group.children] = rng.dirichlet(np.ones(len(group.children)), size=N_DRAWS)
    x = rng.uniform(0, 100, size=(EDGES[-1], N_UNITS))
    x[rng.random(x.shape) < gaps] = np.nan
    return shares, x


def floor(weights: Floats, x: Floats) -> NDArray[np.intp]:
    """One matrix product, one sort, one scatter; no ties, no gaps."""
    scores = weights @ x
    ranks = np.empty(scores.shape, dtype=np.intp)
    np.put_along_axis(ranks, np.argsort(-scores, axis=1), np.arange(1, x.shape[1] + 1)[None, :], axis=1)
    return ranks


def side_by_side(calls: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median times of several calls, taken in turn so that a busy machine slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs + 1):  # the first round warms up
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken[1:]) for name, taken in times.items()}


def ratios(runs: int) -> None:
    """Print every time, and its ratio to the floor of the same run."""
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(EDGES[-1]), size=N_DRAWS)
    shares, full = numbers(0.0)
    _, gappy = numbers(0.05)
    groups = tree()
    ranks = places(linear_scores(weights, full))
    if not np.array_equal(ranks, floor(weights, full)):
        sys.exit("the floor and the library disagree")
    found = side_by_side(
        {
            "plain NumPy": lambda: floor(weights, full),
            "scores and places, one thread": lambda: places(linear_scores(weights, full)),
            "scores and places, two threads": lambda: places(linear_scores(weights, full, threads=2), threads=2),
            "a tree without gaps, one thread": lambda: places(tree_scores(groups, shares, full)),
            "a tree with 5 % gaps, one thread": lambda: places(tree_scores(groups, shares, gappy)),
            "a tree with 5 % gaps, two threads": lambda: places(
                tree_scores(groups, shares, gappy, threads=2), threads=2
            ),
            "acceptability": lambda: acceptability(ranks),
            "winners of pairs": lambda: winning(ranks),
        },
        runs,
    )
    for name, seconds in found.items():
        print(f"{name:34} {seconds * 1e3:8.1f} ms, ratio {seconds / found['plain NumPy']:5.2f}")


def peak() -> None:
    """Print the peak memory of a process that draws shares, scores, ranks and counts."""
    shares, x = numbers(0.05)
    ranks = places(tree_scores(tree(), shares, x, threads=2), threads=2)
    acceptability(ranks)
    winning(ranks)
    print(f"peak memory {peak_bytes() / 1e6:.0f} MB")


def main() -> None:
    """Print every measurement, of 100,000 draws of 63 units by 52 indicators."""
    if sys.platform != "win32":
        code = "from benchmarks.draws import peak; peak()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        print(done.stdout, end="")
    ratios(9)


if __name__ == "__main__":
    main()
