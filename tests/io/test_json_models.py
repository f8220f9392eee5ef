"""What other programs read as JSON: as the schemas say, every field of them, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pii.cli.line import run
from pii.compute import compute
from pii.io.json_models import Built, Index, built_schema, index_schema
from pii.report.records import FORMAT, index_record
from pii.result import Result
from pii.table import Table
from tests.report.results import NAN, based, half, negative, small, synthetic
from tests.shared import ROOT, group, leaf, scheme

jsonschema = pytest.importorskip("jsonschema")


def tied() -> Result:
    """Two units that share the mean of their places, and no label."""
    rules = scheme(group("total", leaf("a"), leaf("b")), rank="average", coverage=1.0)
    return compute(rules, Table.of({"a": [1.0, 2.0, 2.0, 3.0], "b": [NAN, 1.0, 1.0, 2.0]}, units=list("wxyz")))


def faults(schema: dict[str, Any], record: object) -> list[str]:
    """What a program that checks by the schema says."""
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    return [error.message for error in validator.iter_errors(record)]


@pytest.mark.parametrize("make", [small, half, negative, synthetic, based, tied])
def test_every_index_is_as_its_schema_says(make: Any) -> None:
    """And as the model: nothing is converted, nothing left out."""
    record = json.loads(json.dumps(index_record(make()), allow_nan=False))
    assert faults(index_schema(), record) == []
    read = Index.model_validate_json(json.dumps(record))
    assert read.model_dump(mode="json", exclude_unset=True) == record


@pytest.mark.parametrize(
    "wrong",
    [{"format": 2}, {"rankings": []}, {"ranking": [{"rank": "1", "unit": "x", "name": "x"}]}, {"synthetic": "no"}],
)
def test_another_record_is_refused(wrong: dict[str, Any]) -> None:
    """Of another format, with a field too many, or of another type."""
    assert faults(index_schema(), index_record(half()) | wrong)


def test_a_record_without_a_field_is_refused() -> None:
    """Each but the one that only some have."""
    record = index_record(based())
    for field in record:
        rest = {key: value for key, value in record.items() if key != field}
        assert bool(faults(index_schema(), rest)) == (field != "reference")


def test_the_models_are_of_the_format_that_is_written() -> None:
    """A new number asks for a new model."""
    for schema in (index_schema(), built_schema()):
        assert schema["properties"]["format"]["const"] == FORMAT


def test_every_field_with_a_rule_is_described() -> None:
    """In the schema itself, but for those whose name or type says all."""
    plain = {"title", "ranking", "notes", "name", "about", "text"}
    for schema in (index_schema(), built_schema()):
        for part in (schema, *schema["$defs"].values()):
            silent = {name for name, field in part["properties"].items() if "description" not in field}
            assert silent <= plain


def test_what_build_prints_is_as_its_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a sample with units that are not ranked."""
    monkeypatch.chdir(tmp_path)
    assert run(["build", "--sample", "papi-2024", "--json"]) == 0
    said = capsys.readouterr().out
    assert faults(built_schema(), json.loads(said)) == []
    read = Built.model_validate_json(said)
    assert sorted(path.name for path in Path(read.folder).iterdir()) == list(read.files)
    assert [placed.unit for placed in read.ranking if placed.rank is None] == [
        placed.unit for placed in read.ranking if placed.reasons
    ]


@pytest.mark.parametrize(("what", "schema"), [("index", index_schema), ("build", built_schema)])
def test_the_command_prints_the_schemas(what: str, schema: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Each by the name of what it is of."""
    assert run(["schema", what]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def test_the_page_lists_the_fields() -> None:
    """Every field of the file, and of what the command prints."""
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8").split("## JSON")[1].split("## Parquet")[0]
    rows = re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == list(Index.model_fields)
    printed = page.split("`pii build --json` prints `format`")[1].split(".")[0]
    assert ["format", *re.findall(r"`(\w+)`", printed)] == list(Built.model_fields)
