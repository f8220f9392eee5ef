"""Figures on the command line: which are drawn, where they are written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click import UsageError

from pii.choices.alternatives import VaryAggregation
from pii.choices.design import Uncertainty
from pii.cli import figures as module
from pii.cli.figures import always_above, refuse_taken, write_figures
from pii.compute import compute
from pii.errors import BuildError, PiiError
from pii.io.builds import write_build
from pii.methods.aggregate import Arithmetic, Geometric
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Indicator
from tests.cli.conftest import Pii
from tests.report.results import negative

UNCERTAIN = """\
uncertainty:
  choices: [{vary: weights, spread: 0.5}, {vary: aggregate, among: [arithmetic, minimum]}]
  draws: 64
  seed: 1
"""
EXTRA = "denominators: [{code: grdp, unit: VND}, {code: population}]\n"


@pytest.fixture
def build(command: Pii, files: tuple[str, str]) -> str:
    """A build in the folder of the test."""
    assert command("build", *files, "--out", "built", "-q").code == 0
    return "built"


def written(folder: str) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_all_figures_of_a_build_are_written(command: Pii, build: str, kind: str) -> None:
    """In the format asked for, with what each shows; the same bytes again."""
    said = command("figures", build, "--out", "drawn", "--format", kind, "--lang", "en")
    assert said.code == 0, said.err
    found = written("drawn")
    listed = json.loads(found.pop("figures.json"))
    assert sorted(figure["file"] for figure in listed["figures"]) == sorted(found)
    assert {f"contributions.{kind}", f"scores.{kind}", f"framework.{kind}", f"profile-01.{kind}"} <= set(found)
    assert all("Trial index" in figure["shows"] for figure in listed["figures"])
    assert f"wrote {len(found)} figures into drawn" in said.out
    assert command("figures", build, "--out", "again", "--format", kind, "--lang", "en").code == 0
    assert written("drawn") == written("again")


def test_what_is_not_drawn_is_said(command: Pii, build: str) -> None:
    """With what it would take, in JSON too."""
    said = command("figures", build, "--out", "drawn", "--json")
    lacks = json.loads(said.out)["lacks"]
    assert [one.split(":")[0] for one in lacks] == [
        "rank intervals",
        "changes",
        "scores against something else",
        "who is always above whom",
    ]
    assert all(f"lacks {one}" in said.err for one in lacks)


def test_a_full_set_has_intervals_changes_and_a_covariate(command: Pii, files: tuple[str, str]) -> None:
    """Where the scheme says what is uncertain, and an earlier build is named."""
    scheme, table = (Path(name) for name in files)
    text = scheme.read_text(encoding="utf-8").replace("name: First", "name: First, denominator: grdp")
    text = text.replace("direction: -1", "direction: -1, denominator: population")
    scheme.write_text(text + UNCERTAIN + EXTRA, encoding="utf-8")
    rows = f"{table.read_text(encoding='utf-8').strip()}7".splitlines()  # no gap
    wider = [
        f"{rows[0]},grdp,population",
        *(f"{row},{10 + 7 * at},{5 + at % 2}" for at, row in enumerate(rows[1:])),
    ]
    table.write_text("\n".join(wider) + "\n", encoding="utf-8")
    assert command("build", *files, "--out", "built", "-q").code == 0
    said = command("figures", "built", "--out", "drawn", "--earlier", "built", "--seed", "3", "--draws", "32")
    assert said.code == 0, said.err
    assert "lacks" not in said.err
    found = written("drawn")
    drawn = ("ranks", "acceptability", "effects", "dominance", "changes", "covariate")
    assert {f"{name}.svg" for name in drawn} <= set(found)
    assert "grdp (VND) / population" in found["covariate.svg"].decode()
    assert "hạng" in found["ranks.svg"].decode()
    assert command("figures", "built", "--out", "one", "--against", "a", "--no-study").code == 0
    assert "covariate.svg" in written("one")
    assert not {"ranks.svg", "effects.svg"} & set(written("one"))


def test_choices_are_taken_from_the_folder_of_a_study(command: Pii, files: tuple[str, str], build: str) -> None:
    """With its draws, seed and level; effects are of two choices or more."""
    words = ("--spread", "0.5", "--draws", "32", "--seed", "4", "--level", "0.5")
    assert command("study", *files, *words, "--out", "studied").code == 0
    said = command("figures", build, "--out", "drawn", "--study", "studied", "--lang", "en")
    assert said.code == 0, said.err
    assert "lacks effects: they want two or more choices that all go together" in said.err
    assert "lacks rank intervals" not in said.err
    found = written("drawn")
    assert {"ranks.svg", "acceptability.svg"} <= set(found)
    assert (
        command("figures", build, "--out", "other", "--study", "studied", "--seed", "5", "--lang", "en").code == 0
    )
    assert written("other")["acceptability.svg"] != found["acceptability.svg"]
    refused = command("figures", build, "--out", "no", "--study", build)
    assert (refused.code, "a study's folder says what was varied" in refused.err) == (4, True)


def test_choices_that_cannot_be_computed_leave_the_other_figures(command: Pii, tmp_path: Path) -> None:
    """Unless they were asked for."""
    declared = Uncertainty(choices=[VaryAggregation(among=[Arithmetic(), Geometric()])], seed=0)
    result = negative()
    write_build(compute(result.scheme.replace(uncertainty=declared), result.measured), tmp_path / "built")
    said = command("figures", "built", "--out", "drawn")
    assert said.code == 0, said.err
    assert "rank intervals are left out: " in said.err
    assert "lacks rank intervals: its choices cannot be computed" in said.err
    assert command("figures", "built", "--out", "other", "--draws", "8").code != 0
    assert not Path("other").exists()


def test_a_hasse_diagram_that_nobody_could_read_is_not_drawn() -> None:
    """Of very many units."""
    scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    values = [float(at) for at in range(101)]
    table = Table.of({"a": values, "b": values}, units=[f"u{at}" for at in range(101)])
    with pytest.raises(PiiError, match="101 units are ranked; a Hasse diagram has 100 units at the most"):
        always_above(compute(scheme, table))
    assert always_above(compute(scheme, table.take(np.arange(100)))).tiers.max() == 100


def test_the_first_of_many_columns_are_named() -> None:
    """Where none is near what was asked for."""
    codes = [f"a{at}" for at in range(30)]
    scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code=code) for code in codes]))
    result = compute(scheme, Table.of({code: [1.0, 2.0] for code in codes}, units=["x", "y"]))
    with pytest.raises(UsageError, match=f"no column 'zzz'; it has {', '.join(codes[:12])} and 18 more$"):
        module._covariate(result, "zzz")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--against", "grpd"), "the table has no column 'grpd'"),
        (("--against", "zzzzzzzz"), "no column 'zzzzzzzz'; use one of a, b"),
        (("--against", "a/b/a"), "--against wants COLUMN or COLUMN/COLUMN"),
        (("--no-study", "--seed", "1"), "--no-study goes with neither"),
        (("--format", "jpg"), "'jpg' is not one of"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(command: Pii, build: str, words: tuple[str, ...], said: str) -> None:
    """As usage, and nothing is written."""
    found = command("figures", build, "--out", "drawn", *words)
    assert found.code == 2
    assert said in found.err
    assert not Path("drawn").exists()


def test_figures_are_replaced_only_when_forced(command: Pii, build: str) -> None:
    """And never what somebody put beside them."""
    assert command("figures", build, "--out", "drawn", "--format", "png").code == 0
    again = command("figures", build, "--out", "drawn")
    assert again.code == 4
    assert "it is a folder of figures" in again.err
    assert command("figures", build, "--out", "drawn", "--force").code == 0
    assert all(name.endswith((".svg", "figures.json")) for name in written("drawn"))
    Path("drawn", "mine.txt").write_text("mine", encoding="utf-8")
    assert "something was added: mine.txt" in command("figures", build, "--out", "drawn", "--force").err
    assert Path("drawn", "mine.txt").exists()


@pytest.mark.parametrize("where", ["file", "full", "."])
def test_other_places_are_refused(command: Pii, build: str, where: str) -> None:
    """A file, a folder of other things, the folder one is in."""
    Path("file").write_text("x", encoding="utf-8")
    Path("full").mkdir()
    Path("full", "x").write_text("x", encoding="utf-8")
    assert command("figures", build, "--out", where, "--force").code == 4
    with pytest.raises(BuildError):
        refuse_taken(where, force=True)


def test_nothing_is_left_where_nothing_can_be_written(command: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is whole or not there."""
    assert command("--help").code == 0
    scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    result = compute(scheme, Table.of({"a": [1.0, 2.0], "b": [2.0, 1.5]}, units=["x", "y"]))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BuildError, match="No space left on device"):
        write_figures(result, "drawn")
    assert not Path("drawn").exists()
