"""What it would take, 34 units x 52 indicators: one unit of each, against one computation of the index."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np

from benchmarks import floor
from benchmarks.timing import seconds
from pii.compute import compute
from pii.improve.improvement import improve
from pii.improve.marginal import marginal_gains
from pii.io.samples import read_sample
from pii.methods.normalise import MinMax
from pii.result import Result

__all__ = ["main"]

TARGETS: dict[str, dict[str, Any]] = {
    "three ranks up": {},
    "first": {"to_rank": 1},
    "5 of 7 pillars above the mean": {"pillars_above_mean": 5},
    "60 % of indicators above the mean": {"indicators_above_mean": 0.6},
}


def each_unit(result: Result, asked: dict[str, Any]) -> str:
    """Improve every unit once: median and longest time, and how many are exact."""
    ranks = dict(zip(result.ranking.units.codes, result.ranking.values[:, 0].tolist(), strict=True))
    times, exact, reached = [], 0, 0
    for unit, rank in ranks.items():
        start = time.perf_counter()
        found = improve(result, unit, **(asked or {"to_rank": max(1, int(rank) - 3)}))
        times.append(time.perf_counter() - start)
        exact += found.is_exact
        reached += found.reached
    taken = f"median {np.median(times):.2f} s, longest {max(times):.2f} s"
    return f"{taken}; {exact} exact, {reached} reached of {len(ranks)}"


def main() -> None:
    """Print every measurement."""
    scheme, table = read_sample()
    result = compute(scheme, table)
    once = seconds(partial(compute, scheme, table), 20)
    x = np.nan_to_num(np.ascontiguousarray(result.completed.values.T), nan=1.0)[:48]
    direction = np.array([float(indicator.direction) for indicator in scheme.indicators])[:48]
    plain = seconds(partial(floor.index, x, direction, 8), 20)
    print(
        f"one computation, 34 x 52: {once * 1e3:.1f} ms; plain NumPy, 34 x 48 without checks: {plain * 1e3:.1f} ms"
    )
    improve(result, "Huế", to_rank=1)  # loads the solver
    for name, asked in TARGETS.items():
        print(f"min-max, arithmetic, {name}: {each_unit(result, asked)}")
    others: dict[str, dict[str, Any]] = {
        "z-scores, arithmetic": {"normalise": "zscore"},
        "ranks, arithmetic": {"normalise": "rank"},
        "min-max from 1, geometric": {"normalise": MinMax(floor=1.0), "aggregate": "geometric"},
        "min-max, Copeland": {"aggregate": "copeland"},
    }
    for name, fields in others.items():
        print(f"{name}, three ranks up: {each_unit(compute(scheme.replace(**fields), table), {})}")
    gains = seconds(partial(marginal_gains, result, "Huế"), 5)
    print(f"marginal gains of one unit: {gains:.2f} s")


if __name__ == "__main__":
    main()
