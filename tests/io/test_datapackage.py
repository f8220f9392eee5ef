"""The data package of a build: as the specification asks, and true of every file that it describes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pii.compute import compute
from pii.io.builds import outputs, write_build
from pii.io.datapackage import PACKAGE, data_package
from pii.io.differences import differences
from pii.io.verifying import verify
from pii.provenance import Origin, Provenance
from pii.result import Result
from pii.table import Table, Units
from tests.report.results import FORMULA, NAN, based, half, negative, small, synthetic
from tests.shared import group, leaf, scheme

_TYPES = {"string": str, "integer": int, "number": float}


def awkward() -> Result:
    """Codes, names and labels that a format could trip over, shared places, a period."""
    rules = scheme(
        group("=total", leaf("-a", unit="%", direction=-1, source="Office"), leaf("b", denominator="people")),
        code="Chỉ số / Đổi mới!",
        rank="average",
        denominators=[{"code": "people", "name": {"vi": "Dân số", "en": "People"}, "unit": "persons"}],
        labels=[{"code": "@region", "name": "Region"}],
    )
    units = Units(
        ("#1", "x,y", "z", "0"), ("a\r=1+1", 'b\n"# no comment"', "Huế", ""), {"@region": ("", "+n", "N/A", "s")}
    )
    columns = {"-a": [1.0, 2.0, 2.0, 3.0], "b": [NAN, 1.0, 1.0, 0.5], "people": [1e-300, 3.0, 3.0, 4.0]}
    return compute(
        rules, Table.of(columns, units=units, period="2030", title='Awkward, "really"', notes=['a, "b', "c"])
    )


MAKERS = [small, half, negative, synthetic, based, awkward]


def package(result: Result) -> dict[str, Any]:
    """The file read."""
    found: dict[str, Any] = json.loads(outputs(result)[PACKAGE])
    return found


def read(result: Result, resource: dict[str, Any]) -> pd.DataFrame:
    """A file read by its description alone."""
    dialect, schema = resource["dialect"], resource["schema"]
    kinds = {field["name"]: {"string": "string", "integer": "Int64", "number": "float64"}[field["type"]] for field in schema["fields"]}  # fmt: skip
    frame = pd.read_csv(
        io.BytesIO(outputs(result)[resource["path"]]),
        encoding=resource["encoding"],
        sep=dialect["delimiter"],
        skiprows=dialect["headerRows"][0] - 1,
        keep_default_na=False,
        na_values=schema["missingValues"],
        dtype=kinds,
    )
    assert [*frame.columns] == [*kinds]
    return frame


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_as_the_specification_asks(make: Any) -> None:
    """Names, required properties, types that there are, keys that are fields (Data Package and Table Schema, 1)."""
    found = package(make())
    assert found["profile"] == "tabular-data-package"
    assert re.fullmatch(r"[-a-z0-9._/]+", found["name"])
    assert all(source["title"] for source in found.get("sources", [{"title": "none"}]))
    names = [resource["name"] for resource in found["resources"]]
    assert names == ["ranking", "scores", "table", *(["reference"] if make is based else [])]
    for resource in found["resources"]:
        assert resource["profile"] == "tabular-data-resource"
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        assert "/" not in resource["path"]
        assert resource["encoding"] == "utf-8"
        fields = resource["schema"]["fields"]
        assert len({field["name"] for field in fields}) == len(fields)
        assert {field["type"] for field in fields} <= _TYPES.keys()
        assert all(isinstance(field[key], str) for field in fields for key in field if key != "constraints")
        assert resource["schema"]["primaryKey"] in {field["name"] for field in fields}
        assert {key for field in fields for key in field.get("constraints", {})} <= {
            "required",
            "unique",
            "minimum",
        }


@pytest.mark.parametrize("make", MAKERS)
def test_it_has_the_hash_of_every_file(make: Any) -> None:
    """And its size; the lines above the header are comments, and no row under it is."""
    files = outputs(make())
    for resource in package(make())["resources"]:
        content = files[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        above = resource["dialect"]["headerRows"][0] - 1
        lines = content.decode("utf-8-sig").split("\n")
        assert all(line.startswith(resource["dialect"]["commentChar"]) for line in lines[:above])
        rows = csv.reader(io.StringIO("\n".join(lines[above:]), newline=""))
        assert not [row for row in rows if row and row[0].startswith("#")]


@pytest.mark.parametrize("make", MAKERS)
def test_every_file_reads_by_its_description(make: Any) -> None:
    """Every number and text; keys are there and unique, and places begin with 1."""
    result = make()
    frames = {resource["name"]: (read(result, resource), resource) for resource in package(result)["resources"]}
    for frame, resource in frames.values():
        key = frame[resource["schema"]["primaryKey"]]
        assert key.notna().all()
        assert key.is_unique
    table = frames["table"][0].set_index("code").to_numpy()[:, -result.measured.values.shape[1] :]
    assert table.astype(float) == pytest.approx(result.measured.values, rel=1e-12, abs=0, nan_ok=True)
    ranking = frames["ranking"][0]
    assert ranking["rank"].min() >= 1
    assert ranking["rank"].notna().sum() == len(result.best_first)
    scores = frames["scores"][0].to_numpy()[:, 2:].astype(float)
    width = len(result.composite.columns)
    assert scores[:, :width] == pytest.approx(result.composite.values, rel=1e-12, abs=0, nan_ok=True)


def test_ranks_are_whole_numbers_unless_places_are_shared() -> None:
    """A tie may have the mean of its places."""
    kinds = [package(make())["resources"][0]["schema"]["fields"][0]["type"] for make in (small, awkward)]
    assert kinds == ["integer", "number"]


def fields(result: Result, name: str) -> dict[str, dict[str, Any]]:
    """The fields of a file by name."""
    resource = next(one for one in package(result)["resources"] if one["name"] == name)
    return {field["name"]: field for field in resource["schema"]["fields"]}


def test_a_field_says_its_unit_and_what_it_is() -> None:
    """In English where there is a name in English; headers are as the file has them."""
    table = fields(awkward(), "table")
    assert [*table] == ["code", "name", "period", "'@region", "'-a", "b", "people"]
    assert table["'-a"] == {
        "name": "'-a",
        "type": "number",
        "title": "-a",
        "unit": "%",
        "direction": "less is better",
    }
    assert table["people"] == {"name": "people", "type": "number", "title": "People", "unit": "persons"}
    assert table["'@region"]["title"] == "Region"
    assert fields(small(), "table")["1.1"]["title"] == "Rate"
    score = fields(small(), "scores")["2"]
    assert (score["description"], score["unit"]) == (
        "Score of the indicator (our choice, not official). Chosen | by us",
        "score",
    )


def test_what_fixed_the_scale_is_no_longer_in_its_own_unit() -> None:
    """An indicator that was put per another says of which."""
    found = fields(based(), "reference")
    assert "unit" not in found["a"]
    assert found["a"]["description"] == "Put per people."
    assert found["b"]["unit"] == ""


@pytest.mark.parametrize("period", ["2030", ""])
def test_periods_and_labels_have_a_field_in_the_files_that_have_them(period: str) -> None:
    """In the values that fix the scale, and in the origins of cells, as in the table."""
    rules = scheme(group("total", leaf("a")), labels=[{"code": "region"}])
    units = Units(("x", "y"), ("X", "Y"), {"region": ("n", "s")})
    table = Table.of({"a": [1.0, 2.0]}, units=units, period=period)
    noted = table.noting(Provenance.of({("x", "a"): Origin("final")}))
    result = compute(rules, noted, reference=compute(rules, table))
    own = ["period"] if period else []
    assert [*fields(result, "reference")] == ["code", "name", *own, "region", "a"]
    assert [*fields(result, "provenance")][: 3 + len(own)] == ["unit", "column", *own, "status"]
    for name in ("reference", "provenance"):
        resource = next(one for one in package(result)["resources"] if one["name"] == name)
        assert len(read(result, resource)) == {"reference": 2, "provenance": 1}[name]


def test_the_package_says_what_it_is_of() -> None:
    """A name of plain letters, the title, the sources, and whether the numbers are invented."""
    found = package(awkward())
    assert (found["name"], found["sources"]) == ("chi-so-doi-moi", [{"title": "Office"}])
    assert data_package(compute(scheme(group("t", leaf("a")), code="???"), Table.of({"a": [1.0, 2.0]}, units=["x", "y"])), {})["name"] == "index"  # fmt: skip
    assert (package(synthetic())["synthetic"], package(small())["synthetic"]) == (True, False)
    assert package(synthetic())["title"].startswith("SYNTHETIC")
    assert package(small())["description"].startswith("First paragraph.")
    assert "description" not in package(half())


def test_a_name_that_runs_is_only_a_text() -> None:
    """The file shows it with its apostrophe."""
    found = read(small(), package(small())["resources"][0])
    assert f"'{FORMULA}" in found["name"].tolist()


# --- Verified as every other file


def test_a_package_that_was_changed_is_found(tmp_path: Path) -> None:
    """To the field."""
    folder = write_build(small(), tmp_path / "out")
    path = folder / PACKAGE
    path.write_bytes(path.read_bytes().replace(b'"unit": "%"', b'"unit": "$"'))
    cells = [cell for cell in verify(folder).cells if cell.place]
    assert [(cell.file, cell.column, cell.recorded, cell.expected) for cell in cells] == [
        (PACKAGE, "unit", '"$"', '"%"')
    ]


def test_a_table_with_other_last_digits_keeps_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another platform would compute it: hashes are of what was written."""
    from pii.io import builds

    real = builds._scores_csv

    def nudged(result: Result) -> bytes:
        return real(result).replace(b"49.364999999999995", b"49.365000000000002")

    with monkeypatch.context() as patched:
        patched.setattr(builds, "_scores_csv", nudged)
        folder = write_build(half(), tmp_path / "out")
    assert (folder / "scores.csv").read_bytes() != real(half())
    assert verify(folder).cells == ()


def test_differences_of_a_package_name_the_field() -> None:
    """No unit is at fault, as no row is."""
    content = outputs(half())[PACKAGE]
    cells = differences(PACKAGE, content.replace(b"Ranking", b"Order"), content, exact=True)
    assert [(cell.place, cell.unit) for cell in cells] == [("resources.0.title", "")]
