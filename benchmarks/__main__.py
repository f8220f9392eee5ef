"""Run every measurement: ``python -m benchmarks``."""

from __future__ import annotations

import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import borders, change, draws, floor, improve, methods, studies
from benchmarks.timing import scheme, seconds, table
from pii.compute import compute


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
from benchmarks.timing import peak_bytes, scheme, table
from pii.compute import compute
from pii.methods.treat import WinsoriseThenLog
plan = scheme(50, 10)
data = table({n_units}, plan.indicators)
result = compute(plan, data)
print(peak_bytes() / data.values.nbytes)
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
    methods.main()
    draws.main()
    studies.main()
    borders.main()
    change.main()
    improve.main()


if __name__ == "__main__":
    main()
