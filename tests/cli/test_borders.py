"""The command harmonise: the table that it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path

import pytest

from pii.borders import harmonise
from pii.io.samples import read_sample
from pii.io.schemes import built_in_scheme
from pii.io.tables import read_table
from tests.cli.conftest import Pii
from tests.shared import same

SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: students, combine: sum}
    - {code: literacy, combine: {method: weighted_mean, by: people}}
    - {code: rating, combine: {method: max, at_least: 0.5}, goalposts: {low: 0, high: 10}, normalise: goalposts}
denominators:
  - {code: people, combine: sum}
screen: {measured: 0.5}
"""
TABLE = """\
code,name,people,students,literacy,rating
a,Alpha,100,10,90,3
b,Beta,300,30,80,
c,Gamma,50,5,70,9
d,Delta,70,,60,1
"""
WALK = "from,to,share\na,ab,1\nb,ab,1\nc,c,1\nd,cd,0.5\nd,d,0.5\n"


@pytest.fixture
def trial(tmp_path: Path) -> list[str]:
    """A scheme, a table and a crosswalk, in the folder."""
    for name, text in (("scheme.yaml", SCHEME), ("table.csv", TABLE), ("walk.csv", WALK)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return ["harmonise", "scheme.yaml", "table.csv", "--crosswalk", "walk.csv", "--out", "new.csv"]


def test_the_sample_goes_to_the_34_provinces(command: Pii) -> None:
    """The table is read back as it was written, by the scheme for the 34."""
    said = command("harmonise", "--to", "VN34", "--out", "new.csv")
    assert said.code == 0
    assert said.out.startswith("Harmonised: 34 units x 55: 582 unchanged, ")
    assert "remark: 63 units of VN63 made 34 of VN34\n" in said.err
    assert said.err.endswith("table in new.csv; the scheme for it says units: VN34\n")
    scheme, table = read_sample("synthetic-pii-2024")
    back = read_table("new.csv", scheme.replace(units="VN34"))
    expected = harmonise(table, to="VN34", rules=scheme).table
    assert back.units.codes == expected.units.codes
    assert same(back.values, expected.values, 0)
    assert "synthetic" in back.title.casefold()


def test_columns_that_only_rules_read_are_read_too(command: Pii, trial: list[str]) -> None:
    """People weigh literacy, and are written beside it; the scheme itself does not compute with them."""
    assert command(*trial).code == 0
    back = read_table("new.csv")
    assert back.units.codes == ("ab", "c", "cd", "d")
    assert back.column("people").tolist() == [400, 50, 35, 35]
    assert same(back.column("literacy"), [82.5, 70, 60, 60])
    assert same(back.column("rating"), [3, 9, 1, 1])


def test_json_lists_what_is_incomplete(command: Pii, trial: list[str]) -> None:
    """Each value with its coverage and what became of it."""
    record = json.loads(command(*trial, "--json").out)
    assert record["values"]["partial"] == 1
    assert record["incomplete"] == [
        {
            "unit": "ab",
            "name": "ab",
            "parts": "a + b",
            "column": "rating",
            "rule": "max",
            "value": 3.0,
            "coverage": 0.5,
            "status": "partial",
        }
    ]
    assert record["file"] == "new.csv"
    assert "1 merged value partial, with the share measured: rating of ab (50%)" in record["remarks"]


def test_the_report_says_what_the_merger_alone_does(command: Pii) -> None:
    """In lines, and as records."""
    said = command("harmonise", "--sample", "synthetic-pii-2023", "--to", "VN34", "--out", "a.csv", "--report")
    assert said.code == 0
    assert "same scheme, same values" in said.out
    assert "Spread of each indicator:" in said.out
    assert "Rank of each old unit, and of what it became:" in said.out
    assert len(said.out.splitlines()) == 4 + 2 + 2 + 52 + 2 + 2 + 63
    said = command("harmonise", "--to", "VN34", "--out", "b.csv", "--report", "--json")
    record = json.loads(said.out)
    assert [len(record["spreads"]), len(record["ranks"]), len(record["effect"])] == [52, 63, 4]
    assert record["ranks"][1]["into_name"] == "Tuyên Quang"


def test_survey_scores_need_the_weights_that_the_scheme_names(command: Pii, tmp_path: Path) -> None:
    """PAPI has no population; with it the scores are averaged."""
    said = command("harmonise", "--sample", "papi-2024", "--to", "VN34", "--out", "new.csv")
    assert said.code == 1
    assert "population: the table has no such column" in said.err
    table = read_sample("papi-2024")[1]
    rows = zip(table.units.codes, table.values[:, table.columns.index("SC11")].tolist(), strict=True)
    lines = ["code,population," + ",".join(table.columns)]
    lines += [f"{code},1000,{score}" + ",5" * (len(table.columns) - 1) for code, score in rows if not isnan(score)]
    (tmp_path / "papi.csv").write_text("\n".join(lines), encoding="utf-8")
    assert table.columns[0] == "SC11"
    said = command("harmonise", "papi", "papi.csv", "--to", "VN34", "--out", "new.csv", "--report")
    assert said.code == 0
    assert "61 units of VN63 made 34 units of VN34" in said.out
    back = read_table("new.csv", built_in_scheme("papi").replace(units="VN34", screen={"empty": "exclude"}))
    parts = [table.column("SC11")[table.units.codes.index(code)] for code in ("02", "08")]
    assert back.column("SC11")[back.units.codes.index("08")] == pytest.approx(sum(parts) / 2)


def test_an_earlier_file_stands_unless_forced(command: Pii, trial: list[str], tmp_path: Path) -> None:
    """Nor is a folder replaced."""
    (tmp_path / "new.csv").write_text("mine", encoding="utf-8")
    said = command(*trial)
    assert said.code == 4
    assert "new.csv: it is there already; a table never overwrites by itself" in said.err
    assert (tmp_path / "new.csv").read_text(encoding="utf-8") == "mine"
    assert command(*trial, "--force").code == 0
    (tmp_path / "folder").mkdir()
    assert command(*trial[:-1], "folder", "--force").code == 4


def test_what_is_wrong_is_said_by_line(command: Pii, trial: list[str], tmp_path: Path) -> None:
    """Of the crosswalk; of a way back without shares; of a scheme without rules."""
    (tmp_path / "walk.csv").write_text("from,to,share\na,ab,1\nb,ab,0.9\nc,c,1\nd,d,1\n", encoding="utf-8")
    said = command(*trial)
    assert said.code == 1
    assert said.err.startswith("walk.csv:3: b: its shares sum to 0.9; ")
    said = command("harmonise", "--sample", "synthetic-pii-2025", "--to", "VN63", "--out", "new.csv")
    assert said.code == 1
    assert "the 34 provinces cannot be parted into the 63" in said.err
    (tmp_path / "walk.csv").write_text(WALK, encoding="utf-8")
    (tmp_path / "scheme.yaml").write_text(SCHEME.replace("combine: sum", "note: ''"), encoding="utf-8")
    assert command(*trial).code == 3  # a denominator takes no note
    (tmp_path / "scheme.yaml").write_text(SCHEME.replace("students, combine: sum", "students"), encoding="utf-8")
    said = command(*trial)
    assert said.code == 1
    assert said.err.startswith("students: no rule says what a merged unit has of it; ")
    assert not (tmp_path / "new.csv").exists()


def test_where_to_is_asked_for(command: Pii) -> None:
    """A system, or a crosswalk."""
    said = command("harmonise", "--out", "new.csv")
    assert said.code == 2
    assert "Say where to: --to VN34, or --crosswalk FILE." in said.err
