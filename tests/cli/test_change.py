"""Builds compared on the command line: what is said, what is written, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pii
from pii.io.builds import write_build
from tests.cli.conftest import Pii


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The synthetic editions of 2024 and 2025, built."""
    home = tmp_path_factory.mktemp("builds")
    for year in ("2024", "2025"):
        write_build(pii.compute(*pii.read_sample(f"synthetic-pii-{year}")), home / year)
    return [str(home / year) for year in ("2024", "2025")]


def test_all_units_are_told_in_sentences(command: Pii, builds: list[str]) -> None:
    """What compares first, then a line a province; synthetic numbers are warned of."""
    said = command("compare", *builds)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[2].startswith("Scores of the two editions do not plainly compare.")
    assert len([line for line in lines if "(score " in line]) == 34
    assert "SYNTHETIC data" in said.err


def test_one_unit_is_told_in_vietnamese(command: Pii, builds: list[str]) -> None:
    """By its name in any spelling, with its tree."""
    said = command("compare", *builds, "--unit", "gia lai", "--lang", "vi")
    assert said.code == 0
    assert "Gia Lai: giảm 5 bậc, xuống hạng 23" in said.out
    assert "Thang điểm dịch chuyển" in said.out
    assert "Hà Nội" not in said.out


def test_json_has_every_part(command: Pii, builds: list[str]) -> None:
    """And nothing else on standard output."""
    said = command("compare", *builds, "--json")
    record = json.loads(said.out)
    assert len(record["units"]) == 34
    assert record["synthetic"]


def test_a_report_is_written_once(command: Pii, builds: list[str]) -> None:
    """A second time only when forced."""
    assert command("compare", *builds, "--out", "change.md").code == 0
    assert Path("change.md").read_text(encoding="utf-8").startswith("# SYNTHETIC")
    assert command("compare", *builds, "--out", "change.md").code != 0
    assert command("compare", *builds, "--out", "change.md", "--force").code == 0


def test_force_without_a_report_is_refused(command: Pii, builds: list[str]) -> None:
    """It has nothing to replace."""
    said = command("compare", *builds, "--force")
    assert said.code == 2
    assert "name it with --out" in said.err


def test_an_unknown_unit_is_refused_by_name(command: Pii, builds: list[str]) -> None:
    """With the nearest names."""
    said = command("compare", *builds, "--unit", "Gia Lia")
    assert said.code == 1
    assert "did you mean Gia Lai" in said.err


def test_real_numbers_are_not_warned_of(command: Pii, files: tuple[str, str]) -> None:
    """The changes of a table of one's own mean what they say."""
    for folder in ("one", "two"):
        assert command("build", *files, "--out", folder, "-q").code == 0
    said = command("compare", "one", "two")
    assert (said.code, "SYNTHETIC" in said.out + said.err) == (0, False)


def test_a_folder_without_a_build_is_refused(command: Pii, builds: list[str]) -> None:
    """Before anything is computed."""
    said = command("compare", builds[0], "nowhere")
    assert said.code != 0
    assert "nowhere" in said.err
