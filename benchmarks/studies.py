"""Whole studies against plain NumPy: many ways and weights, effects, exact bounds, ten thousand units."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks import floor
from benchmarks.timing import scheme, seconds, table
from pii.choices.alternatives import VaryAggregation, VaryNormalisation, VaryTreatment
from pii.choices.design import Choice, Uncertainty
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.methods.aggregate import Arithmetic, Geometric
from pii.methods.normalise import MinMax
from pii.methods.treat import WinsoriseThenLog
from pii.robustness.bounds import bounds
from pii.robustness.region import Region
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import study
from pii.scheme import Scheme
from pii.table import Table

__all__ = ["main"]

Floats = NDArray[np.float64]


def coinr_choices() -> list[Choice]:
    """Five limits of winsorising, min-max from 1 and from 10, weights, two aggregations; scores stay above 0."""
    return [
        VaryTreatment(among=[WinsoriseThenLog(limit=limit) for limit in (1, 2, 3, 4, 5)]),
        VaryNormalisation(among=[MinMax(floor=1), MinMax(floor=10)]),
        WeightBox(spread=0.25),
        VaryAggregation(among=[Arithmetic(), Geometric()]),
    ]


def plain_study(x: Floats, direction: Floats, draws: int) -> Floats:
    """The same study in plain NumPy, of seven groups of seven in two halves: all ranks of twenty ways."""
    rng = np.random.default_rng(0)
    group, half, m = np.repeat(np.arange(7), 7), np.array([0, 0, 0, 1, 1, 1, 1]), draws // 20
    ranks = []
    for limit in (1, 2, 3, 4, 5):
        percent = floor.scores(x, direction, limit)
        for low in (1.0, 10.0):
            z = low + percent * (1 - low / 100)
            for is_geometric in (False, True):
                drawn = rng.uniform(0.75, 1.25, size=(m, 58))
                w = drawn[:, :49] / np.add.reduceat(drawn[:, :49], np.arange(0, 49, 7), axis=1)[:, group]
                pillar = drawn[:, 49:56] / np.add.reduceat(drawn[:, 49:56], [0, 3], axis=1)[:, half]
                top = drawn[:, 56:] / drawn[:, 56:].sum(axis=1, keepdims=True)
                w *= (pillar * top[:, half])[:, group]
                scores = np.exp(w @ np.log(z)) if is_geometric else w @ z
                found = np.empty_like(scores)
                places = np.arange(1.0, x.shape[1] + 1)[None, :]
                np.put_along_axis(found, np.argsort(-scores, axis=1), places, axis=1)
                ranks.append(found)
    return np.concatenate(ranks)


def example(n_units: int, n_indicators: int, n_groups: int) -> tuple[Scheme, Table]:
    """An index and its table."""
    plan = scheme(n_indicators, n_groups)
    return plan, table(n_units, plan.indicators)


def of_coinr() -> None:
    """A study as COINr's own: four choices, 51 x 49."""
    plan, data = example(51, 49, 7)
    x = np.ascontiguousarray(data.values.T)
    direction = np.array([float(indicator.direction) for indicator in plan.indicators])
    for draws, runs in ((1_000, 5), (10_000, 5)):
        made = Uncertainty(choices=coinr_choices(), draws=draws, seed=0)
        ours = seconds(partial(study, plan, data, made), runs)
        plain = seconds(partial(plain_study, x, direction, draws), runs)
        print(
            f"20 ways, 51 x 49, {draws:>6,} draws: {ours * 1e3:7.1f} ms, {ours / draws * 1e6:.1f} us each, "
            f"plain NumPy {plain * 1e3:7.1f} ms, ratio {ours / plain:.2f}"
        )
    ours = seconds(lambda: sensitivity(plan, data, coinr_choices(), n=4096, seed=0), 1)
    print(f"effects of 4 choices, n = 4,096 (24,576 runs), with intervals: {ours:.2f} s")


def exact() -> None:
    """Best and worst ranks over a box of 25 %: of the weights of pillars in halves, then of all weights."""
    for n_indicators, n_groups, levels, what in ((49, 7, [1], "7 pillars"), (52, 2, [0, 1, 2], "52 indicators")):
        plan, data = example(63, n_indicators, n_groups)
        result, region = compute(plan, data), Region(spread=0.25, levels=levels)
        taken = seconds(partial(bounds, result, region), 1)
        print(f"exact rank bounds, 63 units x {what}, box 25 %: {taken:.2f} s")


def large() -> None:
    """10,000 units x 50 indicators x 1,000 draws, in a process of its own."""
    code = """
import time
from benchmarks.studies import example
from benchmarks.timing import peak_bytes
from pii.choices.weights import WeightBox
from pii.robustness.study import study
plan, data = example(10_000, 50, 10)
start = time.perf_counter()
found = study(plan, data, [WeightBox()], draws=1_000, seed=0)
found.intervals()
taken = time.perf_counter() - start
print(taken, peak_bytes() / 2**30)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    print(f"10,000 units x 50 x 1,000 draws: {float(said[0]):.2f} s, peak {float(said[1]):.2f} GB, a whole process")


def main() -> None:
    """Print every measurement."""
    of_coinr()
    exact()
    if sys.platform != "win32":
        large()


if __name__ == "__main__":
    main()
