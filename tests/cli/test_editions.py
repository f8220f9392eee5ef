"""The command panel: what it reads, what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pii.editions.compute import compute_panel
from pii.io.samples import read_sample, sample_path
from pii.table import Panel, Table
from tests.cli.conftest import Pii

SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: a, name: First}
    - {code: b, name: Second, goalposts: {low: 0, high: 10}, normalise: goalposts}
screen: {measured: 0.5, empty: exclude}
"""
TABLE = """\
year,code,name,a,b
2023,x,Alpha,1,2
2023,y,Beta,3,4
2023,z,Gamma,2,3
2024,x,Alpha,9,
2024,y,Beta,3,
2024,z,Gamma,,
"""


@pytest.fixture
def trial(tmp_path: Path) -> list[str]:
    """A scheme and a table of two periods, in the folder."""
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return ["panel", "scheme.yaml", "table.csv"]


def test_ranks_coverage_and_breaks_are_printed(command: Pii, trial: list[str]) -> None:
    """The best of the last period first."""
    said = command(*trial)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Trial index 2023-2024: ranks by the index, scale own",
        "",
        "unit   2023  2024",
        "Alpha     3     1",
        "Beta      1     2",
        "Gamma     2     -",
        "",
        "period  units  ranked  indicators  measured",
        "2023        3       3           2    100.0%",
        "2024        3       2           2     33.3%",
        "",
        "2024: indicators without any value: b",
        "2024: units without any value: z",
        "",
        "breaks of the series",
        "  b Second: measured 2023",
    ]


@pytest.mark.parametrize("scale", ["own", "pooled", "2023"])
def test_the_same_in_json_with_scores(command: Pii, trial: list[str], scale: str) -> None:
    """Of any node."""
    record = json.loads(command(*trial, "--scale", scale, "--node", "a", "--json").out)
    assert (record["scale"], record["node"], record["synthetic"]) == (scale, "a", False)
    assert record["title"] == "Trial index 2023-2024"
    scores = {unit["name"]: unit["scores"] for unit in record["units"]}
    expected = {"own": [0.0, 100.0], "pooled": [0.0, 100.0], "2023": [0.0, 400.0]}[scale]
    assert [scores["Alpha"]["2023"], scores["Alpha"]["2024"]] == expected
    assert scores["Gamma"]["2024"] is None
    assert [row["period"] for row in record["coverage"]] == ["2023", "2024"]
    assert [row["indicator"] for row in record["breaks"]] == ["b"]


def test_files_of_one_period_are_named_with_it(command: Pii) -> None:
    """As many as there are; synthetic data says so."""
    files = [f"{year}={sample_path(f'synthetic-pii-{year}')}" for year in (2024, 2023)]
    said = command("panel", "pii-2024", *files, "--json", "--scale", "pooled")
    assert said.code == 0
    assert "SYNTHETIC" in said.err
    scheme, later = read_sample("synthetic-pii-2024")
    earlier = read_sample("synthetic-pii-2023")[1]
    tables = [Table(t.units, t.columns, t.values, p) for t, p in ((earlier, "2023"), (later, "2024"))]
    expected = compute_panel(scheme, Panel(tuple(tables)), scale="pooled").ranks()
    record = json.loads(said.out)
    assert record["synthetic"]
    assert {unit["unit"]: list(unit["ranks"].values()) for unit in record["units"]} == {
        code: row.tolist() for code, row in expected.iterrows()
    }


def test_what_is_wrong_is_said_of_all_files_at_once(command: Pii, trial: list[str]) -> None:
    """With the file."""
    Path("bad.csv").write_text("code,a,b\nx,1,one\n", encoding="utf-8")
    Path("none.csv").write_text("code,a,b\nx,1,2\n", encoding="utf-8")
    said = command(*trial, "2022=bad.csv", "none.csv")
    assert said.code == 1
    assert "bad.csv:2:3: b: x: " in said.err
    assert "none.csv:1: no column holds the period" in said.err


def test_a_base_period_that_is_not_there_is_refused(command: Pii, trial: list[str]) -> None:
    """And so is a scheme in the place of a table."""
    said = command(*trial, "--scale", "2019")
    assert said.code == 1
    assert "the base period '2019' is not in the panel" in said.err
    assert command("panel", "table.csv", "scheme.yaml").code == 2
