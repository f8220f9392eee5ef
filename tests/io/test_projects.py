"""New project folders: complete, read back by the program itself, never over something else."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from pii.errors import BuildError, SchemeError
from pii.io.projects import new_project
from pii.io.schemes import built_in_scheme, built_in_schemes, read_scheme
from pii.io.tables import read_table
from pii.places.registry import provinces
from pii.report.markdown import escaped


@pytest.mark.parametrize("name", built_in_schemes())
def test_every_built_in_scheme_starts_a_project(tmp_path: Path, name: str) -> None:
    """Its scheme reads as the built-in one, and its table has every column that the scheme needs."""
    paths = new_project(tmp_path / "new", name)
    assert [path.name for path in paths] == ["scheme.yaml", "table.csv", "README.md", "pii.yaml"]
    scheme = read_scheme(paths[0])
    assert scheme == built_in_scheme(name)
    with paths[1].open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert header == ["code", "name", *(label.code for label in scheme.labels), *scheme.columns]


def test_the_table_has_a_row_for_every_province_and_no_values(tmp_path: Path) -> None:
    """In the scheme's system; it is read with every value missing."""
    _, path, *_ = new_project(tmp_path / "new", "pii-2025")
    scheme = built_in_scheme("pii-2025")
    table = read_table(path, scheme.replace(screen=scheme.screen.replace(empty="exclude")))
    assert table.units.codes == tuple(province.code for province in provinces("VN34"))
    assert table.units.codes[0] == "01"
    assert table.values.size == 34 * 55
    assert np.isnan(table.values).all()


def test_a_spreadsheet_reads_the_diacritics(tmp_path: Path) -> None:
    """The table begins with the mark by which it knows UTF-8."""
    _, path, *_ = new_project(tmp_path / "new", "papi")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcode,name")


def test_the_readme_names_every_column(tmp_path: Path) -> None:
    """With its unit and direction, in rows of four cells; groups are headings; denominators say what they are."""
    _, _, path, _ = new_project(tmp_path / "new", "pii-2025")
    text = path.read_text(encoding="utf-8")
    scheme = built_in_scheme("pii-2025")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") == 5 for line in rows)
    named = {line.split("|")[1].strip() for line in rows}
    assert set(scheme.columns) <= named
    assert all(f"**{escaped(group.title())}**" in text for group in scheme.groups)
    assert sum("(denominator)" in line for line in rows) == len(scheme.denominators)
    assert "pii check scheme.yaml table.csv" in text


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """Nothing in it changes."""
    (tmp_path / "table.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(BuildError, match="already there"):
        new_project(tmp_path, "papi")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """And parents that are not there are made."""
    assert all(path.is_file() for path in new_project(tmp_path, "papi"))
    assert all(path.is_file() for path in new_project(tmp_path / "deep" / "er", "papi"))


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """Neither as the folder nor above it."""
    (tmp_path / "file").write_bytes(b"x")
    for folder in (tmp_path / "file", tmp_path / "file" / "new"):
        with pytest.raises(BuildError):
            new_project(folder, "papi")


def test_an_unknown_scheme_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """The nearest is suggested."""
    with pytest.raises(SchemeError, match="did you mean pii-2025"):
        new_project(tmp_path / "new", "pii-20255")
    assert not (tmp_path / "new").exists()
