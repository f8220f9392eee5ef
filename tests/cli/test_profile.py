"""Sheets on the command line: one or all, HTML or PDF, and what is said when they cannot be made."""

from __future__ import annotations

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from pii.choices.alternatives import VaryAggregation
from pii.choices.design import Uncertainty
from pii.cli import profile as module
from pii.cli.profile import write_profiles
from pii.compute import compute
from pii.errors import BuildError
from pii.io.builds import write_build
from pii.io.printing import BROWSERS
from pii.methods.aggregate import Arithmetic, Geometric
from tests.cli.conftest import Pii
from tests.report.results import alone, negative, small, synthetic

UNCERTAIN = "uncertainty: {choices: [{vary: weights, spread: 0.5}], draws: 64, seed: 1}\n"


@pytest.fixture
def build(command: Pii, files: tuple[str, str]) -> str:
    """A build in the folder of the test."""
    assert command("build", *files, "--out", "built", "-q").code == 0
    return "built"


def test_a_unit_becomes_a_sheet(command: Pii, build: str) -> None:
    """By code or name; what it lacks is said."""
    said = command("profile", build, "hue")
    assert (said.code, said.out[:19]) == (0, "wrote profile.html ")
    assert "lacks rank intervals" in said.err
    assert "lacks what moved" in said.err
    text = Path("profile.html").read_text(encoding="utf-8")
    assert "<h1>Huế</h1>" in text
    assert "lược đồ trial (sha256 " in text
    assert command("profile", build, "02", "--out", "two.html", "--lang", "en", "--json").code == 0
    assert 'lang="en"' in Path("two.html").read_text(encoding="utf-8")


def test_rank_intervals_come_from_the_scheme_or_a_study(command: Pii, files: tuple[str, str]) -> None:
    """From its own draws and seed, unless others are given, or none wanted."""
    Path(files[0]).write_text(Path(files[0]).read_text(encoding="utf-8") + UNCERTAIN, encoding="utf-8")
    command("build", *files, "--out", "built", "-q")
    command(
        "study", *files, "--spread", "0.3", "--draws", "32", "--seed", "5", "--level", "0.8", "--out", "studied"
    )
    for words, said in (
        ([], "64 draws, seed 1"),
        (["--draws", "16", "--seed", "7"], "16 draws, seed 7"),
        (["--study", "studied"], "32 draws, seed 5"),
        (["--no-study"], "No rank intervals"),
    ):
        assert command("profile", "built", "01", "--lang", "en", "--force", *words).code == 0
        assert said in Path("profile.html").read_text(encoding="utf-8")


def test_every_ranked_unit_becomes_a_sheet(command: Pii, build: str) -> None:
    """The best first; a folder that an earlier run wrote is replaced only when told."""
    said = json.loads(command("profile", build, "--all", "--json", "--earlier", build).out)
    assert said["lacks"] == ["rank intervals: there is no study of what is uncertain"]
    assert [one["unit"] for one in said["files"]] == ["05", "03", "02", "04", "01"]
    for one in said["files"]:
        content = Path("profiles", one["file"]).read_bytes()
        assert sha256(content).hexdigest() == one["sha256"]
        assert f"<h1>{one['name']}</h1>" in content.decode()
    assert "Thay đổi so với kỳ trước" in Path("profiles/01.html").read_text(encoding="utf-8")
    assert "it is a folder of profiles" in command("profile", build, "--all").err
    assert command("profile", build, "--all", "--force").code == 0
    Path("profiles/mine.txt").write_text("mine", encoding="utf-8")
    said_again = command("profile", build, "--all", "--force")
    assert (said_again.code, "something was added: mine.txt" in said_again.err) == (4, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["built"], 2, "Name a unit, or say --all"),
        (["built", "01", "--all"], 2, "not both"),
        (["built", "01", "--format", "pdf"], 2, "--format goes with --all"),
        (["built", "01", "--no-study", "--seed", "0"], 2, "--no-study goes with neither"),
        (["built", "01", "--out", "a.docx"], 2, "a sheet is FILE.html or FILE.pdf"),
        (["built", "01", "--out", "a.htm"], 2, "a sheet is FILE.html or FILE.pdf"),
        (["built", "Atlantis"], 1, "no unit is called that"),
        (["nothing", "01"], 4, "there is no such folder"),
        (["built", "--all", "--out", "built"], 4, "something else is already there"),
        (["built", "01", "--out", "taken.html"], 4, "it is there already; a sheet never overwrites by itself"),
        (["built", "01", "--earlier", "nothing"], 4, "there is no such folder"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    command: Pii, build: str, words: list[str], code: int, said: str
) -> None:
    """With what to do."""
    Path("taken.html").write_text("mine", encoding="utf-8")
    before = sorted(path.name for path in Path(build).iterdir())
    answer = command("profile", *words)
    assert (answer.code, said in answer.err) == (code, True), answer.err
    assert Path("taken.html").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in Path(build).iterdir()) == before
    assert not Path("profile.html").exists()


def test_a_pdf_needs_a_browser_and_its_place(command: Pii, build: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before any work."""
    monkeypatch.setenv("PATH", "nowhere")
    for words in (["01", "--out", "a.pdf"], ["--all", "--format", "pdf"]):
        said = command("profile", build, *words)
        assert (said.code, "no browser was found" in said.err) == (4, True)
    Path("a.pdf").write_bytes(b"mine")
    assert "it is there already" in command("profile", build, "01", "--out", "a.pdf").err


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser that prints a PDF is here")
def test_fifty_indicators_print_on_two_pages(command: Pii, tmp_path: Path) -> None:
    """With everything beside them."""
    write_build(synthetic(), tmp_path / "built")
    write_build(compute(synthetic().scheme, synthetic().measured), tmp_path / "before")
    said = command("profile", "built", "Huế", "--out", "hue.pdf", "--draws", "16", "--earlier", "before")
    assert said.code == 0, said.err
    pages = re.findall(rb"/Type\s*/Page\b", Path("hue.pdf").read_bytes())
    assert len(pages) == 2


def test_codes_that_no_file_could_have_are_written_otherwise(tmp_path: Path) -> None:
    """None leads out of the folder."""
    files = write_profiles(negative(), lambda code: code, tmp_path / "out")
    assert {one["unit"]: one["file"] for one in files}["@x"] == "%40x.html"
    assert (tmp_path / "out" / "%40x.html").read_text(encoding="utf-8") == "@x"


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Neither a half sheet nor a draft."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match="whole or not at all"):
        write_profiles(small(), str, tmp_path / "file" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_choices_that_cannot_be_computed_leave_a_sheet_unless_asked_for(command: Pii, tmp_path: Path) -> None:
    """With the reason, on standard error."""
    declared = Uncertainty(choices=[VaryAggregation(among=[Arithmetic(), Geometric()])], seed=0)
    write_build(compute(negative().scheme.replace(uncertainty=declared), negative().measured), tmp_path / "built")
    said = command("profile", "built", "z")
    assert (said.code, "rank intervals are left out: " in said.err) == (0, True)
    assert command("profile", "built", "z", "--force", "--draws", "8").code != 0


def test_a_unit_that_stands_alone_has_a_sheet_without_peers(command: Pii, tmp_path: Path) -> None:
    """There is nobody to hold it against."""
    write_build(alone(), tmp_path / "built")
    said = command("profile", "built", "x", "--lang", "en", "--no-study")
    assert said.code == 0, said.err
    assert "7.00" in Path("profile.html").read_text(encoding="utf-8")


def test_editions_that_do_not_compare_leave_a_sheet(command: Pii, build: str, tmp_path: Path) -> None:
    """Without what moved."""
    write_build(negative(), tmp_path / "before")
    said = command("profile", build, "01", "--earlier", "before")
    assert (said.code, "why units moved is left out" in said.err) == (0, True)
    assert module.__all__ == ["profile", "write_profiles"]
