"""Whole studies against plain NumPy: many ways and weights, effects, exact bounds, ten thousand units."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

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
    """Five limits of winsorising, two normalisations (from 1 and from 10), weights, two aggregations; scores stay above 0."""
    return [
        VaryTreatment(among=[WinsoriseThenLog(limit=limit) for limit in (1, 2, 3, 4, 5)]),
        VaryNormalisation(among=[MinMax(floor=1), MinMax(floor=10)]),
        WeightBox(spread=0.25),
        VaryAggregation(among=[Arithmetic(), Geometric()]),
    ]


def plain_study(x: Floats, direction: Floats, draws: int) -> Floats:
    """The same kind of study in plain NumPy: twenty ways, each with its share of the draws of weights."""
    rng = np.random.default_rng(0)
    ranks = []
    for _, normal, way in product(range(5), range(2), range(2)):
        pillars, halves = floor.pillars(x, direction, 7), 2
        z = np.log(pillars + 1) if way else pillars + normal
        w = rng.uniform(0.75, 1.25, size=(draws // 20, 7))
        scores = (w / w.sum(axis=1, keepdims=True)) @ z / halves
        order = np.argsort(-scores, axis=1)
        found = np.empty_like(scores)
        np.put_along_axis(found, order, np.arange(1.0, x.shape[1] + 1)[None, :], axis=1)
        ranks.append(found)
    return np.concatenate(ranks)


def example(n_units: int, n_indicators: int, n_groups: int) -> tuple[Scheme, Table]:
    """An index and its table."""
    plan = scheme(n_indicators, n_groups)
    return plan, table(n_units, plan.indicators)


def of_coinr() -> None:
    """COINr's own study, 51 x 49: it takes 84 ms a replicate."""
    plan, data = example(51, 49, 7)
    x = np.ascontiguousarray(data.values.T)
    direction = np.array([float(indicator.direction) for indicator in plan.indicators])
    for draws, runs in ((1_000, 5), (10_000, 5)):
        made = Uncertainty(choices=coinr_choices(), draws=draws, seed=0)
        ours = seconds(lambda made=made: study(plan, data, made), runs)  # type: ignore[misc]
        plain = seconds(lambda draws=draws: plain_study(x, direction, draws), runs)  # type: ignore[misc]
        print(
            f"study of 20 ways, 51 x 49, {draws:>6,} draws: {ours * 1e3:8.1f} ms, {ours / draws * 1e6:5.1f} us a draw, "
            f"plain NumPy {plain * 1e3:8.1f} ms, ratio {ours / plain:.2f}"
        )
    ours = seconds(lambda: sensitivity(plan, data, coinr_choices(), n=4096, seed=0), 1)
    print(f"effects of 4 choices, n = 4,096 (24,576 runs), with intervals: {ours:.2f} s")


def exact() -> None:
    """Best and worst ranks over a box of 25 %."""
    for n_indicators, n_groups, levels, what in ((49, 7, [1], "7 pillars"), (52, 2, [2], "52 indicators")):
        plan, data = example(63, n_indicators, n_groups)
        if n_groups == 2:
            plan, levels = plan.replace(index=plan.index), [0, 1, 2]
        result = compute(plan, data)
        taken = seconds(lambda result=result, levels=levels: bounds(result, Region(spread=0.25, levels=levels)), 1)  # type: ignore[misc]
        print(f"exact rank bounds, 63 units x {what}, box 25 %: {taken:.2f} s")


def large() -> None:
    """10,000 units x 50 indicators x 1,000 draws, in a process of its own."""
    code = """
import resource, sys, time
from benchmarks.studies import example
from pii.choices.weights import WeightBox
from pii.robustness.study import study
plan, data = example(10_000, 50, 10)
start = time.perf_counter()
found = study(plan, data, [WeightBox()], draws=1_000, seed=0)
found.intervals()
taken = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30)
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
