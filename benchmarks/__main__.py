"""Run every measurement: ``python -m benchmarks``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

from benchmarks import floor
from pii.compute import compute
from pii.methods.treat import WinsoriseThenLog
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group, Indicator


def scheme(n_indicators: int, n_groups: int) -> Scheme:
    """Two sub-indices of equal groups of indicators, one in each group with less being better."""
    per = n_indicators // n_groups
    groups = [
        Group(
            code=f"G{g}",
            children=tuple(Indicator(code=f"i{g}.{j}", direction=-1 if j == 0 else 1) for j in range(per)),
        )
        for g in range(n_groups)
    ]
    half = n_groups // 2
    index = Group(
        code="index",
        children=(Group(code="A", children=tuple(groups[:half])), Group(code="B", children=tuple(groups[half:]))),
    )
    return Scheme(code="benchmark", index=index, treat=WinsoriseThenLog())


def table(n_units: int, indicators: tuple[Indicator, ...]) -> Table:
    """Correlated normal columns, every fifth log-normal so that treatment has work."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(len(indicators), n_units))
    x += 0.3 * rng.normal(size=n_units)
    x[::5] = np.exp(1.2 * x[::5])
    units = Units(tuple(f"u{i}" for i in range(n_units)))
    return Table(units, tuple(indicator.code for indicator in indicators), x.T)


def seconds(call: Callable[[], object], runs: int) -> float:
    """The median time of a call after a warm-up."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def against_floor(n_units: int, n_indicators: int, n_groups: int, runs: int) -> float:
    """Time a full build and the floor on the same numbers, and hold their ranks equal."""
    plan = scheme(n_indicators, n_groups)
    data = table(n_units, plan.indicators)
    x = np.ascontiguousarray(data.values.T)
    direction = np.array([float(indicator.direction) for indicator in plan.indicators])
    result = compute(plan, data)
    order = ["index", "A", "B", *(f"G{g}" for g in range(n_groups))]
    ours_ranks = np.array([result.ranking.column(code) for code in order])
    if not np.array_equal(ours_ranks, floor.index(x, direction, n_groups)):
        sys.exit("the floor and the library disagree")
    ours = seconds(lambda: compute(plan, data), runs)
    plain = seconds(lambda: floor.index(x, direction, n_groups), runs)
    print(
        f"full build {n_units:>9,} x {n_indicators}: {ours * 1e3:9.2f} ms, plain NumPy {plain * 1e3:9.2f} ms, "
        f"ratio {ours / plain:5.2f}"
    )
    return ours


def memory(n_units: int) -> None:
    """The peak of a process that makes a table and builds it, as a multiple of the table."""
    code = f"""
import resource, sys
import numpy as np
from benchmarks.__main__ import scheme, table
from pii.compute import compute
from pii.methods.treat import WinsoriseThenLog
plan = scheme(50, 10)
data = table({n_units}, plan.indicators)
unit = 1 if sys.platform == "darwin" else 1024
result = compute(plan, data)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / data.values.nbytes)
"""
    ratio = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    print(f"peak memory {n_units:>9,} x 50: {ratio:.2f} x the input, interpreter and unit names included")


def command(*words: str, runs: int = 5) -> float:
    """The median time of a whole process."""
    return seconds(lambda: subprocess.run(words, capture_output=True, check=True), runs)


def main() -> None:
    """Print every measurement."""
    if sys.platform != "win32":
        memory(1_000_000)  # first: on Linux a child process starts from its parent's peak
    against_floor(51, 50, 10, 200)
    against_floor(10_000, 50, 10, 10)
    small = against_floor(100_000, 50, 10, 3)
    large = against_floor(1_000_000, 50, 10, 1)
    print(f"1,000,000 against 100,000 units: {large / small:.1f} x the time for 10 x the units")
    bare = command(sys.executable, "-c", "pass")
    pandas = command(sys.executable, "-c", "import pandas") - bare
    ours = command(sys.executable, "-c", "import pii") - bare
    core = command(sys.executable, "-c", "import pii.compute") - bare
    print(f"import pandas {pandas * 1e3:.0f} ms; import pii {ours * 1e3:.0f} ms, ratio {ours / pandas:.3f}")
    print(f"import pii.compute {core * 1e3:.0f} ms, ratio {core / pandas:.3f}")
    print(f"pii --help over bare Python: {(command(sys.executable, '-m', 'pii', '--help') - bare):.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        build = command(sys.executable, "-m", "pii", "build", "--force", "--out", f"{folder}/build")
    print(f"pii build on the sample: {build:.2f} s, a whole process")


if __name__ == "__main__":
    main()
