"""The Parquet file of a build as another program finds it: its columns, what they hold, its format."""

from __future__ import annotations

import io
import re
from typing import Any

import pyarrow.parquet as pq
import pytest

from pii.io.long_form import COLUMNS, long_parquet
from pii.report.records import FORMAT
from tests.report.results import half, negative, small, synthetic
from tests.shared import ROOT

_TEXTS = {"unit", "name", "period", "node", "parent", "kind", "treatment"}


@pytest.mark.parametrize("make", [small, half, negative, synthetic])
def test_columns_are_those_that_are_documented(make: Any) -> None:
    """In their order, each with what it holds; the rows are the result's."""
    table = pq.read_table(io.BytesIO(long_parquet(make())))
    assert table.column_names == list(COLUMNS)
    described = {field.name: (field.metadata or {})[b"description"].decode() for field in table.schema}
    assert described == dict(COLUMNS)
    assert table.to_pandas().equals(make().to_long())


def test_types_do_not_depend_on_the_data() -> None:
    """A column without values is of the same type as one with them."""
    for make in (small, half, negative):
        schema = pq.read_schema(io.BytesIO(long_parquet(make())))
        kinds = {field.name: str(field.type) for field in schema}
        assert {name for name, kind in kinds.items() if kind in {"string", "large_string"}} == _TEXTS
        assert {name for name, kind in kinds.items() if kind == "bool"} == {"imputed"}
        assert {name for name, kind in kinds.items() if kind == "int64"} == {"level"}
        assert {name for name, kind in kinds.items() if kind == "double"} == set(COLUMNS) - _TEXTS - {
            "imputed",
            "level",
        }


def test_the_metadata_says_the_format() -> None:
    """With title and scheme, and what pandas needs."""
    metadata = pq.read_schema(io.BytesIO(long_parquet(small()))).metadata or {}
    assert (metadata[b"format"], metadata[b"title"], metadata[b"scheme"]) == (
        str(FORMAT).encode(),
        b"Trial index 2030",
        b"test",
    )
    assert b"pandas" in metadata


def test_the_page_lists_the_columns() -> None:
    """As the file describes them, in its order."""
    page = (
        (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8").split("## Parquet and Arrow")[1].split("```")[0]
    )
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)) == dict(COLUMNS)
