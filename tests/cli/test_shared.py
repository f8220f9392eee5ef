"""What commands have in common: options of reading, and how a ranking is printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.cli.shared import Asked, Studied, near_weights, studied
from pii.compute import compute
from pii.io.studies import write_study
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Indicator
from tests.cli.conftest import SCHEME, TABLE, Pii


def test_ranks_are_shown_with_their_scores(command: Pii, files: tuple[str, str]) -> None:
    """Whole rows, the best first, numbers aligned."""
    assert command("build", *files).out.splitlines() == [
        "Trial index",
        "",
        "rank  unit      total",
        "   1  Sơn La   100.00",
        "   2  Cà Mau    75.00",
        "   3  Huế       37.50",
        "   3  Đắk Lắk   37.50",
        "   5  Hà Nội     0.00",
    ]


def test_control_characters_in_names_do_not_reach_the_terminal(command: Pii, files: tuple[str, str]) -> None:
    """A name cannot clear the screen or forge a line."""
    Path(files[1]).write_text(TABLE.replace("Huế", "\u202eHuế"), encoding="utf-8")
    Path(files[0]).write_text(SCHEME.replace("Trial index", '"Trial\\e[2J\\a"'), encoding="utf-8")
    said = command("build", *files)
    assert said.code == 0
    assert said.out.startswith("Trial\ufffd[2J\ufffd\n")
    assert "\ufffdHuế" in said.out
    assert not {"\x1b", "\x07", "\u202e"} & set(said.out + said.err)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (200, ["PII", "input", "P1", "P2", "P3", "P4", "P5", "output", "P6", "P7"]),
        (80, ["PII", "input", "P1", "P2", "P3", "P4", "P5", "output", "P6", "P7"]),
        (60, ["PII", "input", "output"]),
        (30, ["PII"]),
        (5, ["PII"]),
    ],
)
def test_a_narrow_terminal_shows_fewer_levels_and_never_part_of_a_number(
    command: Pii, monkeypatch: pytest.MonkeyPatch, columns: int, shown: list[str]
) -> None:
    """Rank, unit and index always; the rest as far as there is room."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    _, _, header, *rows = command("build").out.splitlines()
    assert header.split() == ["rank", "unit", *shown]
    assert len(rows) == 34
    assert all(row.split()[-1].replace(".", "").isdigit() for row in rows)
    assert columns < 30 or max(map(len, [header, *rows])) <= columns


def test_strict_refuses_what_the_scheme_does_not_know(command: Pii, files: tuple[str, str]) -> None:
    """Which else is left out with a note."""
    Path(files[1]).write_text(TABLE.replace("name,a", "name,extra,a").replace(",1.5", ",1,1.5"), encoding="utf-8")
    lines = Path(files[1]).read_text(encoding="utf-8").splitlines()
    wider = [lines[0], lines[1], *(line.replace(",", ",,", 2).replace(",,", ",", 1) for line in lines[2:])]
    Path(files[1]).write_text("\n".join(wider) + "\n", encoding="utf-8")
    said = command("check", *files)
    assert said.code == 0
    assert "extra" in said.err
    assert command("check", *files, "--strict").code == 1


def test_weights_near_the_nominal_ones_are_of_groups_of_groups() -> None:
    """And of the index; those of indicators stay."""
    inner = Group(code="g", children=[Indicator(code="a"), Indicator(code="b")])
    outer = Group(code="h", children=[inner, Indicator(code="c")])
    scheme = Scheme(code="demo", index=Group(code="demo", children=[outer, Indicator(code="d")]))
    table = Table.of({code: [1.0, 2.0, 4.0] for code in "abcd"}, units=list("xyz"))
    region = near_weights(compute(scheme, table))
    assert (region.spread, region.groups) == (0.25, ("demo", "h"))


def test_a_study_is_of_what_the_scheme_says_unless_more_is_asked_for(tmp_path: Path) -> None:
    """Nothing where it is not wanted; effects only where two choices or more go together."""
    declared = Uncertainty(choices=[WeightBox(spread=0.5)], draws=16, seed=0)
    index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")])
    table = Table.of({"a": [1.0, 2.0, 4.0], "b": [5.0, 2.0, 1.0]}, units=list("xyz"))
    silent, result = (compute(Scheme(code="demo", index=index, uncertainty=one), table) for one in (None, declared))
    assert studied(silent, Asked(), driven=True) == Studied(None, None, 0.9)
    assert studied(result, Asked(wanted=False), driven=True) == Studied(None, None, 0.9)
    found = studied(result, Asked(draws=8), driven=True)
    assert found.study is not None
    assert (found.study.draws, found.drivers) == (8, None)
    write_study(found.study, tmp_path / "studied", level=0.5)
    again = studied(silent, Asked(folder=str(tmp_path / "studied")))
    assert again.study is not None
    assert (again.study.draws, again.level) == (8, 0.5)
