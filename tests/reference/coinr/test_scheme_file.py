"""COINr's ASEM example from a scheme file alone, through the command line as a user has it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from pii.cli.line import run
from pii.io.schemes import read_scheme, write_scheme
from tests.provincial import needs


def rows(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a CSV file by unit code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row.get("unit") or row["uCode"]: row for row in csv.DictReader(file)}


def test_asem_is_rebuilt_from_a_scheme_file(tmp_path: Path) -> None:
    """All 60 scores of 51 economies equal COINr's to 1e-9, and the ranks are the same."""
    scheme = read_scheme(needs("reference/coinr/in_ASEM_iMeta.csv")).replace(
        denominate={"method": "ratio", "gap": "missing"},
        impute={"method": "group_mean", "by": "EurAsia_group"},
        treat="winsorise_then_log",
        screen={"measured": 0.0},
    )
    write_scheme(scheme, tmp_path / "asem.yaml")
    table = needs("reference/coinr/in_ASEM_iData.csv")
    assert run(["build", str(tmp_path / "asem.yaml"), str(table), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    ours, theirs = rows(tmp_path / "out" / "scores.csv"), rows(needs("reference/coinr/step_7_Aggregated.csv"))
    assert ours.keys() == theirs.keys()
    nodes = [node.code for node in scheme.nodes]
    assert len(nodes) == 60
    a = np.array([[float(ours[unit][node]) for node in nodes] for unit in theirs])
    b = np.array([[float(theirs[unit][node]) for node in nodes] for unit in theirs])
    assert np.abs(a - b).max() < 1e-9
    ranks = rows(needs("reference/coinr/results_Full_ranks.csv"))
    published = rows(tmp_path / "out" / "ranking.csv")
    assert all(int(published[unit]["rank"]) == int(ranks[unit]["Index"]) for unit in ranks)
