"""The page on the command line: what it is made from, where it is written, and what is said when it cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pii.choices.alternatives import VaryAggregation
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.cli.report import write_report
from pii.cli.shared import Asked
from pii.compute import compute
from pii.errors import BuildError, PiiError
from pii.io.builds import write_build
from pii.methods.aggregate import Arithmetic, Geometric
from tests.cli.conftest import Pii
from tests.report.results import alone, negative, small

UNCERTAIN = "uncertainty: {choices: [{vary: weights, spread: 0.5}, {vary: normalise, among: [minmax, zscore]}], draws: 64, seed: 1}\n"


@pytest.fixture
def build(command: Pii, files: tuple[str, str]) -> str:
    """A build in the folder of the test."""
    assert command("build", *files, "--out", "built", "-q").code == 0
    return "built"


def record(path: str) -> Any:
    """What a page was drawn from."""
    text = Path(path).read_text(encoding="utf-8")
    found = re.search(r'id="record">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_a_build_becomes_a_page(command: Pii, build: str) -> None:
    """With its manifest; what the page lacks is said."""
    said = command("report", build)
    assert said.code == 0
    assert said.out.startswith("wrote report.html (")
    assert "lacks: The page has no rank intervals" in said.err
    found = record("report.html")
    assert found["language"] == "vi"
    assert found["provenance"]["command"][:2] == ["pii", "build"]
    assert found["audit"]["count"] > 0
    assert found["bounds"] is None
    assert "possible ranks are left out" in said.err


def test_a_scheme_that_says_what_is_uncertain_has_intervals(command: Pii, files: tuple[str, str]) -> None:
    """From its own draws and seed, unless others are given, or none wanted."""
    Path(files[0]).write_text(Path(files[0]).read_text(encoding="utf-8") + UNCERTAIN, encoding="utf-8")
    command("build", *files, "--out", "built", "-q")
    command("report", "built", "--out", "a.html", "--lang", "en")
    found = record("a.html")["study"]
    assert (found["draws"], found["seed"]) == (64, 1)
    assert len(found["drivers"]) == 2
    command("report", "built", "--out", "b.html", "--draws", "32", "--seed", "7")
    found = record("b.html")["study"]
    assert (found["draws"], found["seed"]) == (32, 7)
    command("report", "built", "--out", "c.html", "--no-study")
    assert record("c.html")["study"] is None
    assert record("c.html")["bounds"] is None


def test_a_study_s_folder_gives_its_choices(command: Pii, build: str, files: tuple[str, str]) -> None:
    """And its level: the same numbers, computed again."""
    command(
        "study", *files, "--spread", "0.3", "--draws", "32", "--seed", "5", "--level", "0.8", "--out", "studied"
    )
    assert command("report", build, "--study", "studied").code == 0
    found = record("report.html")["study"]
    assert (found["draws"], found["seed"], found["level"]) == (32, 5, 0.8)


def test_what_is_there_is_replaced_only_when_told(command: Pii, build: str) -> None:
    """A folder never."""
    Path("report.html").write_text("mine", encoding="utf-8")
    said = command("report", build)
    assert said.code == 4
    assert "it is there already" in said.err
    assert Path("report.html").read_text(encoding="utf-8") == "mine"
    assert command("report", build, "--force", "--no-study").code == 0
    Path("folder.html").mkdir()
    assert "it is a folder" in command("report", build, "--out", "folder.html", "--force").err
    assert "a report is text" in command("report", build, "--out", "report.pdf").err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nothing"], 4, "there is no such folder"),
        (["."], 4, "manifest.json"),
        (["built", "--map", "absent.json"], 1, "boundaries are a GeoJSON file"),
        (["built", "--map", "scheme.yaml"], 1, "it is not JSON"),
        (["built", "--study", "built"], 4, "a study's folder says what was varied"),
        (["built", "--study", "x", "--no-study"], 2, "--no-study goes with neither"),
        (["built", "--earlier", "nothing"], 4, "there is no such folder"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    command: Pii, build: str, words: list[str], code: int, said: str
) -> None:
    """With the file, and what to do."""
    answer = command("report", *words)
    assert answer.code == code
    assert said in answer.err
    assert not Path("report.html").exists()
    assert Path(build).is_dir()


def test_boundaries_that_do_not_match_leave_a_page(command: Pii, build: str) -> None:
    """Which says so."""
    Path("map.json").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    said = command("report", build, "--map", "map.json", "--no-study")
    assert said.code == 0
    assert "lacks: The boundary file is not drawn" in said.err


def test_an_earlier_build_is_compared(command: Pii, build: str, files: tuple[str, str]) -> None:
    """By code."""
    command("build", *files, "--out", "before", "-q")
    command("report", build, "--earlier", "before", "--no-study")
    assert record("report.html")["earlier"]["compares"]


def test_editions_that_do_not_compare_leave_a_page(command: Pii, build: str, tmp_path: Path) -> None:
    """With the reason why it does not say what moved."""
    write_build(negative(), tmp_path / "before")
    said = command("report", build, "--earlier", "before", "--no-study")
    assert (said.code, "why units moved is left out: " in said.err) == (0, True)


def test_a_unit_that_stands_alone_has_a_page_without_peers(command: Pii, tmp_path: Path) -> None:
    """There is nobody to hold it against."""
    write_build(alone(), tmp_path / "built")
    assert command("report", "built", "--no-study").code == 0
    assert record("report.html")["peers"] == {}


def test_json_says_what_was_written(command: Pii, build: str) -> None:
    """And what is lacking, in both languages."""
    said = command("report", build, "--json", "--no-study")
    found = json.loads(said.out)
    assert found["file"] == "report.html"
    assert found["bytes"] == Path("report.html").stat().st_size
    assert {"study", "bounds", "earlier"} <= {one["what"] for one in found["lacks"]}


def test_possible_ranks_that_cannot_be_computed_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reason, on standard error."""
    scheme = small().scheme.replace(aggregate="copeland")
    _, lacks = write_report(compute(scheme, small().measured), tmp_path / "page.html")
    assert "possible ranks are left out" in capsys.readouterr().err
    assert "bounds" in {one["what"] for one in lacks}


def test_a_scale_that_was_fixed_stays_fixed_in_the_draws(tmp_path: Path) -> None:
    """The study's ranks as it stands are the page's."""
    declared = Uncertainty(choices=[WeightBox(spread=0.5)], seed=0)
    scheme = small().scheme.replace(uncertainty=declared, treat="none")
    base = compute(scheme, small().measured)
    doubled = small().measured.holding(2 * small().measured.values)
    write_report(compute(scheme, doubled, reference=base), tmp_path / "page.html", asked=Asked(draws=32))
    found = record(str(tmp_path / "page.html"))
    assert max(found["study"]["scores"]["high"]) > 100


def test_choices_that_cannot_be_computed_leave_a_page_unless_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reason, on standard error."""
    result = negative()
    declared = Uncertainty(choices=[VaryAggregation(among=[Arithmetic(), Geometric()])], seed=0)
    stuck = compute(result.scheme.replace(uncertainty=declared), result.measured)
    write_report(stuck, tmp_path / "page.html")
    assert "rank intervals are left out: " in capsys.readouterr().err
    with pytest.raises(PiiError):
        write_report(stuck, tmp_path / "other.html", asked=Asked(draws=8))


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Neither a half page nor a draft."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match="a report is written whole or not at all"):
        write_report(negative(), tmp_path / "file" / "page.html", asked=Asked(wanted=False))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
