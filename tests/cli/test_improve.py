"""What a better rank would take, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Pii

SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: P, children: [{code: a, name: First, unit: "%"}, {code: b, direction: -1}]}
    - {code: Q, children: [{code: c}]}
uncertainty:
  choices: [{vary: weights, spread: 0.5}]
  draws: 64
  seed: 1
"""
TABLE = """\
code,name,a,b,c
01,Hà Nội,1.5,4,1
02,Huế,2.6,3,7
03,Cà Mau,3.5,2,2
04,Đắk Lắk,4.5,9,9
05,Sơn La,0.5,1,4
"""


@pytest.fixture
def build(command: Pii) -> Pii:
    """A build folder, and the command."""
    Path("scheme.yaml").write_text(SCHEME, encoding="utf-8")
    Path("table.csv").write_text(TABLE, encoding="utf-8")
    assert command("build", "scheme.yaml", "table.csv", "--out", "made").code == 0
    return command


def test_the_changes_that_reach_a_rank(build: Pii) -> None:
    """With what each indicator brings by itself."""
    said = build("improve", "made", "Hà Nội", "--to-rank", "2")
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[:2] == ["Trial index", "Hà Nội: rank 2"]
    assert lines[3].startswith("then: rank 2 of 5")
    assert "by itself, each brings" in said.out
    assert build("improve", "made", "Hà Nội", "--to-rank", "2") == said


def test_what_is_said_of_indicators(build: Pii) -> None:
    """Fixed ones, costs, bounds and steps, each by code."""
    words = ["--to-rank", "2", "--fix", "a", "--cost", "c=2", "--bound", "c=0:8", "--step", "c=0.5", "--json"]
    record = json.loads(build("improve", "made", "01", *words).out)
    assert record["held"]["a"] == "fixed"
    changes = {change["indicator"]: change for change in record["changes"]}
    assert "a" not in changes
    assert changes["c"]["to"] % 0.5 == 0
    assert changes["c"]["cost"] == pytest.approx(2 * changes["c"]["change"])


def test_targets_as_provinces_write_them(build: Pii) -> None:
    """Pillars and indicators above the mean, a score."""
    words = ["--pillars-above-mean", "2", "--indicators-above-mean", "0.6", "--to-score", "60", "--json"]
    record = json.loads(build("improve", "made", "Hà Nội", *words).out)
    assert record["reached"]
    assert (record["after"]["groups"], record["after"]["indicators"] >= 2) == (2, True)
    assert record["after"]["score"] >= 60


def test_how_safe_it_is(build: Pii) -> None:
    """By the uncertainty that the scheme declares."""
    said = build("improve", "made", "Hà Nội", "--to-rank", "2", "--seed", "1", "--draws", "32")
    assert "how safe it is: rank 2 or better in" in said.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["made", "Hanoi City", "--to-rank", "2"], 1, "no unit is called that"),
        (["made", "Hà Nội", "--to-rank", "0"], 1, "rank 0 is better than the first"),
        (["made", "Hà Nội"], 1, "no target is named"),
        (["made", "Hà Nội", "--to-rank", "2", "--fix", "aa"], 1, "'aa' is not an indicator"),
        (["made", "Hà Nội", "--to-rank", "2", "--cost", "a"], 2, "--cost wants CODE=NUMBER"),
        (["made", "Hà Nội", "--to-rank", "2", "--cost", "a=much"], 2, "'much' of --cost is no number"),
        (["made", "Hà Nội", "--to-rank", "2", "--bound", "a=3"], 2, "'3' of --bound is no range"),
        (["made", "Hà Nội", "--to-rank", "2", "--draws", "9"], 2, "--draws needs a seed"),
    ],
)
def test_what_cannot_be_asked_is_refused(build: Pii, words: list[str], code: int, said: str) -> None:
    """With the exit code of its kind."""
    answer = build("improve", *words)
    assert (answer.code, said in answer.err) == (code, True), answer.err


def test_a_folder_that_is_no_build_is_refused(command: Pii) -> None:
    """As it is where builds are read."""
    assert command("improve", "nothing", "Hà Nội", "--to-rank", "2").code == 4
