"""What is measured, and how."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pii.methods.treat import WinsoriseThenLog
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group, Indicator

__all__ = ["peak_bytes", "scheme", "seconds", "table"]


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


def peak_bytes() -> int:
    """The most memory that this process has held; where the system tells, without that of the one it began in."""
    status = Path("/proc/self/status")
    if status.exists():
        held = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(held["VmHWM"].split()[0]) * 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
