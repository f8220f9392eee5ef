"""What a machine gives must not decide: how many threads its linear algebra has, and how much is asked of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.shared import ROOT, same

SAMPLE = """
import sys
import numpy as np
from pii.compute import compute
from pii.io.samples import read_sample

scheme, table = read_sample()
arrays = {}
methods = [
    ("arithmetic", "given"), ("geometric", "critic"), ("copeland", "standard_deviation"), ("bod", "entropy"),
    ("wroclaw", "coefficient_of_variation"),
]
for aggregate, weigh in methods:
    rules = scheme.replace(aggregate=aggregate, weigh=weigh, normalise={"method": "minmax", "floor": 1.0})
    result = compute(rules, table)
    for name in ("scores", "composite", "ranking"):
        arrays[f"{aggregate} {name}"] = getattr(result, name).values
    arrays[f"{aggregate} weights"] = result.weights.shares
np.savez(sys.argv[1], **arrays)
"""

MILLION = """
import numpy as np
from benchmarks.timing import peak_bytes
from pii.compute import compute
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Indicator

n = 1_000_000
random = np.random.default_rng(1)
x = random.gamma(2.0, size=(4, n)).round(3)
x[0, ::7] = np.nan
pillars = [Group(code="P", children=[Indicator(code="a"), Indicator(code="b", direction=-1)]),
           Group(code="Q", children=[Indicator(code="c"), Indicator(code="d")], weight=3.0)]
scheme = Scheme(code="million", index=Group(code="total", children=pillars), treat="winsorise", normalise="zscore")
table = Table.of(dict(zip("abcd", x)), units=[f"u{at}" for at in range(n)])
result = compute(scheme, table)
z = result.treatment.table.values.T * np.array([1.0, -1.0, 1.0, 1.0])[:, None]
z = (z - np.nanmean(z, axis=1)[:, None]) / np.nanstd(z, axis=1, ddof=1)[:, None]
total = np.nanmean(z[:2], axis=0) / 4 + z[2:].mean(axis=0) * 3 / 4
found = result.composite.column("total")
assert abs(found - total).max() < 1e-12, abs(found - total).max()
ordered = np.sort(found)
places = n - np.searchsorted(ordered, found, side="right") + 1.0
assert np.array_equal(result.ranking.column("total"), places)
print(peak_bytes() / 1e9)
"""


def run(script: str, *arguments: str, **environment: str) -> str:
    """What a script says that runs in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT)))} | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_number_of_threads_changes_nothing(tmp_path: Path) -> None:
    """All scores, weights and places of the synthetic sample, by methods with products of matrices and without."""
    found = []
    for threads in ("1", "2", "5"):
        path = tmp_path / f"{threads}.npz"
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
        run(SAMPLE, str(path), **dict.fromkeys(names, threads))
        with np.load(path) as arrays:
            found.append(dict(arrays))
    for other in found[1:]:
        assert other.keys() == found[0].keys()
        for name, values in found[0].items():
            assert same(other[name], values, 1e-12), name


def test_a_million_units() -> None:
    """With gaps, ties and outliers: the plain formula's scores, and the places of a sorted list, in 4 GB."""
    if sys.platform == "win32":
        pytest.skip("the system does not tell how much memory a process had")
    assert float(run(MILLION)) < 4.0
