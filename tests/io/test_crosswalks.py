"""Crosswalks from files: columns by name, provinces by any spelling, and each fault by its line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pii.errors import TableError
from pii.io.crosswalks import read_crosswalk
from pii.places.crosswalk import crosswalk
from pii.places.registry import provinces


def file(folder: Path, *lines: str) -> Path:
    """A file of some lines."""
    path = folder / "new.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refused(path: Path, **systems: str) -> list[str]:
    """What is said of a file, without its folder."""
    with pytest.raises(TableError) as error:
        read_crosswalk(path, **systems)  # type: ignore[arg-type]
    return [str(problem).split("new.csv:")[-1] for problem in error.value.problems]


def test_rows_of_shares(tmp_path: Path) -> None:
    """In any order of columns, other columns aside."""
    found = read_crosswalk(file(tmp_path, "note;Share;To;From", "x;1,0;ab;a", "x;0,25;ab;b", ";0,75;b;b"))
    assert (found.sources, found.targets) == (("a", "b"), ("ab", "b"))
    assert found.shares.tolist() == [[1.0, 0.25], [0.0, 0.75]]


def test_without_shares_every_unit_goes_whole(tmp_path: Path) -> None:
    """Two rows of one unit are then too much."""
    assert read_crosswalk(file(tmp_path, "from,to", "a,x", "b,x")).shares.tolist() == [[1.0, 1.0]]
    assert refused(file(tmp_path, "from,to", "a,x", "a,y")) == [
        "2: a: its shares sum to 2; every unit is given out whole, so its shares sum to 1; correct them, or add the "
        "rows that are missing"
    ]


def test_provinces_in_any_spelling(tmp_path: Path) -> None:
    """Codes, names without accents; the packaged crosswalk read from a file is the same one."""
    lines = [f"{p.name_en},{p.merged_into}" for p in provinces("VN63")]
    found = read_crosswalk(file(tmp_path, "from,to", *lines), source_system="VN63", system="VN34")
    assert (found.sources, found.targets) == (crosswalk("VN63", "VN34").sources, crosswalk("VN63", "VN34").targets)
    assert (found.shares == crosswalk("VN63", "VN34").shares).all()


def test_data_frames_are_read_too() -> None:
    """Numbers as numbers."""
    frame = pd.DataFrame({"from": ["a", "a"], "to": ["x", "y"], "share": [0.4, 0.6]})
    assert read_crosswalk(frame).shares.tolist() == [[0.4], [0.6]]


def test_every_fault_has_its_line(tmp_path: Path) -> None:
    """Names that are no provinces, empty cells, shares that are no numbers."""
    path = file(tmp_path, "from,to,share", "Ha Gjang,08,1", "Bac Ninh,,1", "Cao Bang,04,x", "Lai Chau,12,100 %")
    assert refused(path, source_system="VN63", system="VN34") == [
        "2: Ha Gjang: neither the 63 nor the 34 provinces have this name or code; a row is a province, not a region "
        "or a total; did you mean Hà Giang or Hậu Giang?",
        "3:2: the row has no to; fill it in",
        "4:3: 'x' is text; a share is a number; write the part of the old unit that goes there: 1, or 0.25",
        "5:3: '100 %' has a percent sign; a share is a number; write the part of the old unit that goes there: 1, "
        "or 0.25",
    ]


def test_an_empty_share_is_refused(tmp_path: Path) -> None:
    """It is not 0, and not 1."""
    assert refused(file(tmp_path, "from,to,share", "a,x,1", "b,x,")) == [
        "3:3: the row has no share; a share is a number; write the part of the old unit that goes there: 1, or 0.25"
    ]


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    """Both at once."""
    assert refused(file(tmp_path, "form,old,share", "a,x,1")) == [
        "1: there is no column from; a crosswalk has the columns from, to and share; call the column of old units "
        "from, that of new ones to",
        "1: there is no column to; a crosswalk has the columns from, to and share; call the column of old units "
        "from, that of new ones to",
    ]
