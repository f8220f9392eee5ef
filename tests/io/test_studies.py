"""Folders of studies: what is in them, that it is true, and that they are written whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import VaryNormalisation
from pii.choices.design import Choice, Uncertainty
from pii.choices.weights import WeightBox
from pii.errors import BuildError
from pii.io import studies
from pii.io.builds import write_build
from pii.io.streams import DRAWS, stream_study
from pii.io.studies import refuse_taken, write_study
from pii.methods.normalise import MinMax, ZScore
from pii.robustness.planning import planned
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import Study, computed
from tests.report.results import FORMULA, small, synthetic

FILES = ["acceptability.csv", "intervals.csv", "scores.csv", "study.json", "winning.csv"]


def studied(*, draws: int = 64, spread: float = 0.5, nodes: tuple[str, ...] = ("total", "P1")) -> Study:
    """The small result, with weights drawn."""
    uncertainty = Uncertainty(choices=[WeightBox(spread=spread)], draws=draws, seed=7)
    return computed(planned(small().scheme, small().measured, uncertainty, nodes=nodes))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file under its comment."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return list(csv.DictReader(io.StringIO("".join(line for line in lines if not line.startswith("#")))))


def said(folder: Path) -> dict[str, Any]:
    """What study.json says."""
    found: dict[str, Any] = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    return found


# --- What is in it


def test_a_study_has_its_files(tmp_path: Path) -> None:
    """And is where it was asked to be; nothing else is left beside it."""
    assert write_study(studied(), tmp_path / "out") == tmp_path / "out"
    assert list(contents(tmp_path / "out")) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_study_json_can_be_repeated_from(tmp_path: Path) -> None:
    """What was varied, how often, from which seed, with which versions, and the hash of every file."""
    study = studied()
    folder = write_study(study, tmp_path / "out", command=["pii", "study"], level=0.8)
    about = said(folder)
    assert Uncertainty.model_validate_json(json.dumps(about["uncertainty"])) == study.plan.uncertainty
    assert (about["draws"], about["left_out"], about["seed"], about["level"]) == (64, 0, 7, 0.8)
    assert (about["nodes"], about["command"]) == (["total", "P1"], ["pii", "study"])
    assert {"pii", "python", "packages", "created"} <= about.keys()
    assert (about["title"], about["synthetic"]) == ("Trial index 2030", False)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in contents(folder).items()}
    del hashes["study.json"]
    assert {output["file"]: output["sha256"] for output in about["outputs"]} == hashes


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_tables_hold_what_the_study_says(tmp_path: Path, level: float) -> None:
    """Of every wanted node, unrounded; what is missing is empty."""
    study = studied()
    folder = write_study(study, tmp_path / "out", level=level)
    for name, tell in (
        ("intervals", lambda node: study.intervals(node, level=level)),
        ("scores", lambda node: study.score_intervals(node, level=level)),
        ("acceptability", study.acceptability),
        ("winning", study.winning),
    ):
        rows = rows_of(folder / f"{name}.csv")
        assert [row["node"] for row in rows] == ["total"] * 5 + ["P1"] * 5
        assert [row["unit"] for row in rows] == list(study.units.codes) * 2
        for node, start in (("total", 0), ("P1", 5)):
            frame = tell(node)
            numbers = [str(column) for column in frame.columns if column != "name"]
            found = [[float(row[column] or "nan") for column in numbers] for row in rows[start : start + 5]]
            expected = frame[[column for column in frame.columns if column != "name"]].astype(float).to_numpy()
            assert np.array_equal(found, expected, equal_nan=True), name


def test_drivers_are_written_where_given(tmp_path: Path) -> None:
    """Each choice's effects on every output."""
    choices: list[Choice] = [WeightBox(spread=0.5), VaryNormalisation(among=[MinMax(), ZScore()])]
    driven = sensitivity(small().scheme, small().measured, choices, n=16, seed=1)
    rows = rows_of(write_study(studied(), tmp_path / "out", drivers=driven) / "drivers.csv")
    frame = driven.to_frame()
    assert [row["choice"] for row in rows] == frame["choice"].tolist()
    assert np.array_equal([float(row["total"] or "nan") for row in rows], frame["total"], equal_nan=True)


def test_too_many_pairs_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of all pairs of many units is more than anyone reads."""
    monkeypatch.setattr(studies, "_PAIRS", 4)
    folder = write_study(studied(), tmp_path / "out")
    assert list(contents(folder)) == [name for name in FILES if name != "winning.csv"]
    monkeypatch.setattr(studies, "_PAIRS", 5)
    assert list(contents(write_study(studied(), folder, force=True))) == FILES


def test_no_cell_runs(tmp_path: Path) -> None:
    """Names that a spreadsheet would run have an apostrophe before them."""
    rows = rows_of(write_study(studied(), tmp_path / "out") / "intervals.csv")
    assert f"'{FORMULA}" in [row["name"] for row in rows]


def test_synthetic_data_is_said_in_every_file(tmp_path: Path) -> None:
    """In the first line of tables, in the title of the rest."""
    uncertainty = Uncertainty(choices=[WeightBox()], draws=8)
    found = computed(planned(synthetic().scheme, synthetic().measured, uncertainty))
    folder = write_study(found, tmp_path / "out")
    assert said(folder)["synthetic"] is True
    assert said(folder)["title"].startswith("SYNTHETIC")
    for path in folder.glob("*.csv"):
        assert path.read_text(encoding="utf-8-sig").startswith("# SYNTHETIC")


def test_the_same_study_is_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory or from kept draws, with the time set."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    study = studied()
    kept = stream_study(study.plan, tmp_path / "draws")
    assert contents(write_study(study, tmp_path / "a")) == contents(write_study(kept, tmp_path / "b"))


# --- Where it may go


def test_an_earlier_study_is_replaced_only_by_force(tmp_path: Path) -> None:
    """Whole: nothing of the old one is left, nor beside it."""
    folder = write_study(studied(), tmp_path / "out")
    before = contents(folder)
    with pytest.raises(BuildError, match=r"earlier study; a study never .*--force"):
        write_study(studied(draws=32), folder)
    assert contents(folder) == before
    write_study(studied(draws=32), folder, force=True)
    assert said(folder)["draws"] == 32
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("what", ["notes", "another study.json", "build", "file"])
def test_what_is_no_study_is_never_replaced(tmp_path: Path, what: str, force: bool) -> None:
    """Not even a build: that is another command's."""
    folder = tmp_path / "out"
    if what == "build":
        write_build(small(), folder)
    elif what == "file":
        folder.write_bytes(b"text")
    else:
        folder.mkdir()
        (folder / ("notes.txt" if what == "notes" else "study.json")).write_text("[]", encoding="utf-8")
    before = contents(tmp_path)
    for attempt in (lambda: refuse_taken(folder, force=force), lambda: write_study(studied(), folder, force=force)):
        with pytest.raises(BuildError) as refusal:
            attempt()
        assert "--force" not in str(refusal.value) or not force
    assert contents(tmp_path) == before


def test_what_was_added_is_not_deleted(tmp_path: Path) -> None:
    """Force refuses, and names the file."""
    folder = write_study(studied(), tmp_path / "out")
    (folder / "my-notes.docx").write_bytes(b"weeks of work")
    with pytest.raises(BuildError, match=r"my-notes\.docx"):
        write_study(studied(), folder, force=True)
    assert (folder / "my-notes.docx").read_bytes() == b"weeks of work"


def test_the_working_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one above it, though an earlier study is there."""
    folder = write_study(studied(), tmp_path / "out")
    monkeypatch.chdir(folder)
    with pytest.raises(BuildError, match="the folder that you are in"):
        write_study(studied(), ".", force=True)


# --- Beside kept draws


def test_kept_draws_stay(tmp_path: Path) -> None:
    """They are in the folder before the study is, and outlive its being replaced."""
    found = stream_study(studied().plan, tmp_path / "out" / DRAWS)
    before = contents(tmp_path / "out")
    refuse_taken(tmp_path / "out", force=False)
    write_study(found, tmp_path / "out")
    write_study(found, tmp_path / "out", force=True)
    after = contents(tmp_path / "out")
    assert sorted(after) == sorted([*FILES, *before])
    assert {name: after[name] for name in before} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_kept_draws_of_another_study_are_no_company(tmp_path: Path) -> None:
    """Tables beside them would not be of them."""
    stream_study(studied().plan, tmp_path / "out" / DRAWS)
    before = contents(tmp_path)
    with pytest.raises(BuildError, match="of another study"):
        write_study(studied(spread=0.25), tmp_path / "out")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_study_that_fails_leaves_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, kept: bool
) -> None:
    """The earlier one stands as it was, kept draws too, and no draft lies beside it."""
    study, folder = studied(), tmp_path / "out"
    if kept:
        stream_study(study.plan, folder / DRAWS)
    write_study(study, folder)
    before = contents(tmp_path)

    def refuse(_: int) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr("pii.io.builds.os.fsync", refuse)
        with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else BuildError):
            write_study(study, folder, force=True)
    assert contents(tmp_path) == before
