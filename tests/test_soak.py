"""A thousand builds in one process: memory, open files and temporary files do not grow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared import ROOT

BUILDS, WARM, EVERY = 1000, 200, 50
MEGABYTES = 16  # what a process may grow by in 800 builds: a leak of 20 kB a build would show

# In a process of its own: what other tests have loaded and kept does not blur the measure.
SCRIPT = """
import gc, json, os, sys, tempfile
from pathlib import Path

folder = Path(sys.argv[1])
builds, warm, every = map(int, sys.argv[2:5])
tempfile.tempdir = str(folder / "temporary")
os.mkdir(tempfile.tempdir)

from pii.compute import compute
from pii.io.builds import read_build, write_build
from pii.io.schemes import parse_scheme
from pii.io.tables import read_table

rules = "code: soak\\nindex: {code: total, children: [{code: a}, {code: b, direction: -1}, {code: c}]}\\n"
table = folder / "table.csv"
table.write_text("code,a,b,c\\nx,1,2.5,3\\ny,4,0.5,1\\nz,2,2,\\n")


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measured():
    gc.collect()
    there = os.path.isdir("/proc/self/fd")
    return {
        "memory": resident() if os.path.isfile("/proc/self/statm") else None,
        "open": len(os.listdir("/proc/self/fd")) if there else None,
        "temporary": sum(1 for _ in Path(tempfile.tempdir).rglob("*")),
        "beside": sorted(path.name for path in folder.iterdir()),
    }


found = []
for number in range(builds):
    scheme = parse_scheme(rules)
    result = compute(scheme, read_table(table, scheme))
    out = write_build(result, folder / "out", inputs=[table], force=True)
    if number % 100 == 0:
        read_build(out)
    if number >= warm and (number - warm) % every == 0 or number == builds - 1:
        found.append(measured())
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What was measured after a warm-up, and then now and again until the last build."""
    folder = tmp_path_factory.mktemp("soak")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(folder), *map(str, (BUILDS, WARM, EVERY))],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_memory_does_not_grow(soaked: list[dict[str, Any]]) -> None:
    """The least of the last third against the least of the first: what comes and goes is not growth."""
    sizes = [each["memory"] for each in soaked]
    if None in sizes:
        pytest.skip("the system does not tell how much memory a process has")
    third = len(sizes) // 3
    assert min(sizes[-third:]) - min(sizes[:third]) < MEGABYTES, sizes


def test_no_file_stays_open(soaked: list[dict[str, Any]]) -> None:
    """As many after the last build as after the warm-up."""
    if soaked[0]["open"] is None:
        pytest.skip("the system does not tell which files a process has open")
    assert len({each["open"] for each in soaked}) == 1, soaked


def test_nothing_is_left_lying_about(soaked: list[dict[str, Any]]) -> None:
    """Neither in the folder for temporary files nor beside the build."""
    assert {each["temporary"] for each in soaked} == {0}
    assert {Path(name) for each in soaked for name in each["beside"]} == {
        Path(name) for name in ("out", "table.csv", "temporary")
    }
