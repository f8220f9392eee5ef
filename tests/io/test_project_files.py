"""Project files: read with every mistake in its place, whole in their folder, built as their parts are."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest

from pii.compute import compute
from pii.errors import SchemeError
from pii.io.project_files import find_project, project_schema, read_project
from pii.io.samples import read_sample
from pii.io.schemes import built_in_path, built_in_scheme, read_scheme
from pii.io.tables import read_table
from pii.provenance import Origin
from tests.cli.conftest import SCHEME, TABLE

UNCERTAIN = SCHEME + "uncertainty: {draws: 100, choices: [{vary: weights, spread: 0.2}]}\n"


def project(folder: Path, text: str, scheme: str = SCHEME) -> Path:
    """A project file beside a scheme and a table."""
    folder.mkdir(exist_ok=True)
    (folder / "scheme.yaml").write_text(scheme, encoding="utf-8")
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    path = folder / "pii.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_project_is_its_scheme_and_its_table(tmp_path: Path) -> None:
    """Whatever folder the command runs in."""
    opened = read_project(project(tmp_path, "scheme: scheme.yaml\ntable: table.csv\n"))
    result, inputs, base = opened.compute()
    rules = read_scheme(tmp_path / "scheme.yaml")
    expected = compute(rules, read_table(tmp_path / "table.csv", rules))
    assert np.array_equal(result.composite.values, expected.composite.values, equal_nan=True)
    assert base is None
    assert [path.name for path in inputs] == ["pii.yaml", "scheme.yaml", "table.csv"]
    assert (opened.out, opened.study_out) == (tmp_path / "build", None)


def test_reading_options_are_those_of_the_command(tmp_path: Path) -> None:
    """A bare year will do as a period."""
    text = "scheme: scheme.yaml\ntable: many.csv\nperiod: 2030\nstrict: true\ndecimal: '.'\nout: done/here\n"
    opened = read_project(project(tmp_path, text))
    rows = TABLE.replace("code,", "year,code,").replace("\n0", "\n2029,0").replace("code,name", "code,name", 1)
    later = rows.split("\n", 1)[1].replace("2029,", "2030,").replace("1.5", "7.5")
    (tmp_path / "many.csv").write_text(rows + later, encoding="utf-8")
    result, _, _ = opened.compute()
    assert result.measured.period == "2030"
    assert result.measured.column("a")[0] == 7.5
    assert opened.out == tmp_path / "done" / "here"


def test_a_base_fixes_the_scale(tmp_path: Path) -> None:
    """Its files are inputs too."""
    path = project(tmp_path, "scheme: scheme.yaml\ntable: table.csv\nbase: {table: base.csv}\n")
    (tmp_path / "base.csv").write_text(TABLE.replace("4.5,90", "40.5,90"), encoding="utf-8")
    result, inputs, base = read_project(path).compute()
    assert base is not None
    assert result.reference is base.treatment.table
    assert [path.name for path in inputs] == ["pii.yaml", "scheme.yaml", "table.csv", "base.csv"]


def test_a_study_has_the_draws_and_the_seed_of_the_project(tmp_path: Path) -> None:
    """They are put in the scheme, which the build keeps."""
    text = "scheme: scheme.yaml\ntable: table.csv\nstudy: {seed: 5, out: how-sure}\n"
    opened = read_project(project(tmp_path, text, UNCERTAIN))
    result, _, _ = opened.compute()
    assert result.scheme.uncertainty is not None
    assert (result.scheme.uncertainty.seed, result.scheme.uncertainty.draws) == (5, 100)
    assert opened.study_out == tmp_path / "how-sure"
    with pytest.raises(
        SchemeError, match=r"pii\.yaml:3:1: study: a study is asked for, and the scheme does not say"
    ):
        read_project(project(tmp_path, text)).compute()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("scheme: 3\ntable: t.csv\n", "1:9: scheme: scheme is 3; it is text"),
        ("scheme: s\n", "1:1: table: table is missing"),
        ("scheme: s\ntabel: t\n", "2:1: tabel: the key 'tabel' is not known here; did you mean table?"),
        ("scheme: s\ntable: t\nbase: {tabel: t}\n", r"3:8: base\.tabel: the key 'tabel' is not known here; did you mean table?"),
        ("scheme: s\ntable: t\nstudy: {draws: 0}\n", r"3:16: study\.draws: draws is 0; it is at least 1"),
        ("scheme: s\ntable: t\nstrict: yes\n", "3:9: strict: strict is 'yes'; it is true or false"),
        ("scheme: s\nscheme: s\n", "the key 'scheme' is already given on line 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """Line, column and key; a remedy where there is one."""
    with pytest.raises(SchemeError, match=said.replace("?", r"\?")):
        read_project(project(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("scheme: ../s.yaml\ntable: table.csv\n", "1:9: scheme"),
        ("scheme: scheme.yaml\ntable: ../t.csv\n", "2:8: table"),
        ("scheme: scheme.yaml\ntable: /etc/hostname\n", "2:8: table"),
        ("scheme: scheme.yaml\ntable: inner/../../t.csv\n", "2:8: table"),
        ("scheme: scheme.yaml\ntable: table.csv\nout: ../out\n", "3:6: out"),
        ("scheme: scheme.yaml\ntable: table.csv\nbase: {table: ../t.csv}\n", r"3:15: base\.table"),
        ("scheme: scheme.yaml\ntable: table.csv\nbase: {table: table.csv, scheme: ../s.yaml}\n", r"base\.scheme"),
        ("scheme: scheme.yaml\ntable: table.csv\nstudy: {out: ../out}\n", r"study\.out"),
        ("scheme: scheme.yaml\ntable: link.csv\n", "2:8: table: 'link.csv' is, or is behind, a link"),
        ("scheme: scheme.yaml\ntable: folder/t.csv\n", "2:8: table: 'folder/t.csv' is, or is behind, a link"),
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, text: str, at: str) -> None:
    """By dots, from the root, or over a link; unless the file says that it may."""
    home = tmp_path / "home"
    path = project(home, text)
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    (home / "link.csv").symlink_to(tmp_path / "t.csv")
    (home / "folder").symlink_to(tmp_path)
    with pytest.raises(SchemeError, match=rf"pii\.yaml:.*{at}.*a project is whole in its folder"):
        read_project(path)
    path.write_text(text + "allow_outside: true\n", encoding="utf-8")
    assert read_project(path).said.allow_outside


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    """It leads nowhere else; and so may the folder itself be reached by a link."""
    home = tmp_path / "home"
    project(home, "scheme: scheme.yaml\ntable: link.csv\n")
    (home / "link.csv").symlink_to(home / "table.csv")
    (tmp_path / "way").symlink_to(home, target_is_directory=True)
    assert len(read_project(tmp_path / "way" / "pii.yaml").compute()[0].measured.units) == 5


def test_a_project_is_found_by_its_name_or_its_folder(tmp_path: Path) -> None:
    """A scheme is no project."""
    path = project(tmp_path, "")
    assert find_project(path) == path
    assert find_project(tmp_path) == path
    assert find_project(tmp_path / "scheme.yaml") is None


def test_the_schema_takes_what_is_read() -> None:
    """And nothing else."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(project_schema())
    whole = {"scheme": "s", "table": "t", "period": 2025, "base": {"table": "b"}, "study": {"seed": 1}, "out": "o"}
    assert validator.is_valid(whole)
    assert not validator.is_valid(whole | {"tabel": "t"})


def test_a_project_is_in_english_unless_it_says_another_language(tmp_path: Path) -> None:
    """Of those that there are; the schema knows them."""
    text = "scheme: scheme.yaml\ntable: table.csv\n"
    assert read_project(project(tmp_path, text)).said.lang == "en"
    assert read_project(project(tmp_path, text + "lang: vi\n")).said.lang == "vi"
    with pytest.raises(SchemeError, match="lang is 'fr'"):
        read_project(project(tmp_path, text + "lang: fr\n"))
    assert project_schema()["properties"]["lang"]["enum"] == ["en", "vi"]


def test_a_scheme_that_comes_with_the_package_goes_by_its_name(tmp_path: Path) -> None:
    """Its file is an input all the same; one of that name in the folder comes first."""
    path = project(tmp_path, "scheme: papi\ntable: table.csv\n")
    scheme, table = read_sample("papi-2024")
    header = ",".join(["code", "name", *scheme.columns])
    rows = [
        ",".join([code, name, *("" if isnan(value) else repr(value) for value in row)])
        for code, name, row in zip(table.units.codes, table.units.names, table.values.tolist(), strict=True)
    ]
    (tmp_path / "table.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    result, inputs, _ = read_project(path).compute()
    assert result.scheme == built_in_scheme("papi")
    assert inputs[1] == built_in_path("papi")


def test_a_project_s_provenance_is_an_input(tmp_path: Path) -> None:
    """Which may lie outside the folder no more than the table."""
    text = "scheme: scheme.yaml\ntable: table.csv\nprovenance: notes.csv\n"
    path = project(tmp_path, text)
    (tmp_path / "notes.csv").write_text("unit,column,status\n01,a,provisional\n", encoding="utf-8")
    result, inputs, _ = read_project(path).compute()
    assert dict(result.measured.noted) == {("01", "a"): Origin("provisional")}
    assert [one.name for one in inputs] == ["pii.yaml", "scheme.yaml", "table.csv", "notes.csv"]
    path.write_text(text.replace("notes.csv", "../notes.csv"), encoding="utf-8")
    with pytest.raises(SchemeError, match=r"pii\.yaml:3:13: provenance: .*a project is whole in its folder"):
        read_project(path)
