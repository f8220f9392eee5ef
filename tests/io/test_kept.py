"""What a build keeps of its inputs comes back as it was: texts that could run, digits, lengths, gaps."""

from __future__ import annotations

import csv
import io
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pii.arrays import Vector
from pii.compute import compute
from pii.errors import BuildError, MethodError, PiiError, Problem
from pii.io import kept
from pii.io.builds import read_build, write_build
from pii.io.kept import kept_table, table_bytes
from pii.io.manifests import Said
from pii.io.samples import read_sample, samples
from pii.io.tables import read_table
from pii.methods.weigh import AbstractWeigher
from pii.scheme import Scheme
from pii.table import Table, Units
from tests.report.results import half, negative, small, synthetic
from tests.shared import group, leaf, scheme
from tests.strategies import indices, quick

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["=1+1", "'=1", "''", "\r=x", "a\rb", 'a"b', "#", "# x", "\n", " a ", ",", "title: x", "\ufeff", "\u2028"]
)


def told(value: Any) -> Any:
    """A value as parts that compare by ==, numbers by their bits."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if is_dataclass(value):
        return [told(getattr(value, field.name)) for field in fields(value)]
    return dict(value) if hasattr(value, "keys") else value


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with texts of any kind, headers too, and any finite numbers and gaps."""
    codes = draw(st.lists(TEXT, max_size=4, unique=True))
    n = len(codes)
    column = st.lists(TEXT, min_size=n, max_size=n).map(tuple)
    columns = draw(st.lists(TEXT | st.sampled_from(["code", "name", "period"]), max_size=3, unique=True))
    numbers = st.floats(allow_nan=True, allow_infinity=False)
    return Table(
        Units(tuple(codes), draw(column), draw(st.dictionaries(TEXT, column, max_size=2)), draw(st.none() | TEXT)),
        tuple(columns),
        draw(arrays.arrays(np.float64, (n, len(columns)), elements=numbers)),
        draw(TEXT),
        draw(TEXT),
        tuple(draw(st.lists(TEXT, max_size=2))),
        tuple(draw(st.lists(TEXT, max_size=2))),
    )


@given(tables())
@quick
def test_a_table_comes_back_as_it_was(table: Table) -> None:
    """In every text, and every number to the bit; what is not a number is just that."""
    said = Said.model_validate_json(Said.of(table).model_dump_json())
    found = kept_table(table_bytes(table), said, "table.csv", table.columns)
    assert told(found.units) == told(table.units)
    assert found.columns == table.columns
    np.testing.assert_array_equal(found.values, table.values)
    np.testing.assert_array_equal(
        np.signbit(found.values), np.signbit(np.where(found.values == 0, table.values, found.values))
    )
    for field in ("period", "title", "notes", "remarks"):
        assert getattr(found, field) == getattr(table, field)


@given(tables())
@quick
def test_no_cell_of_a_kept_table_runs(table: Table) -> None:
    """Nor a second line of it: what begins a cell or a row is no sign of a formula, but for numbers."""
    text = table_bytes(table).decode("utf-8-sig")
    body = text.split("\n", sum(1 for line in text.split("\n") if line.startswith("# ")))[-1]
    texts = 2 + bool(table.period) + len(table.units.labels)
    for row in csv.reader(io.StringIO(body, newline=""), strict=True):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row[:texts])


@pytest.mark.parametrize("make", [small, half, negative, synthetic])
def test_a_build_gives_its_result_back(tmp_path: Path, make: Any) -> None:
    """Every number and text of every stage, to the bit."""
    result = make()
    assert told(read_build(write_build(result, tmp_path / "out"))) == told(result)


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_sample_comes_back(tmp_path: Path, name: str) -> None:
    """And the house's reader reads the table as well."""
    result = compute(*read_sample(name))
    folder = write_build(result, tmp_path / "out")
    assert told(read_build(folder)) == told(result)
    found = read_table(folder / "table.csv", result.scheme)
    assert told(found.units) == told(result.measured.units)
    assert (found.columns, found.period) == (result.measured.columns, result.measured.period)
    assert (found.title, found.notes) == (result.measured.title, result.measured.notes)
    np.testing.assert_array_equal(found.values, result.measured.values)


@given(indices())
@settings(quick, max_examples=10)
def test_any_index_comes_back(drawn: tuple[Scheme, Table]) -> None:
    """Whatever its methods, gaps and tree, and whether or not another table fixed its scale."""
    rules, table = drawn
    try:
        base = compute(rules, table.holding(table.values * 3.7))
        moved = compute(rules, table, reference=base.treatment.table)
    except PiiError:  # such as a score below 0 on that scale, where a mean needs it above
        reject()
    for result in (base, moved):
        with TemporaryDirectory() as home:
            assert told(read_build(write_build(result, f"{home}/out"))) == told(result)


def test_the_values_that_fixed_the_scale_come_back(tmp_path: Path) -> None:
    """A result on the scale of another is on it again; and a table does as the result that had it."""
    rules = scheme(group("total", leaf("a"), leaf("b", direction=-1)), treat={"method": "winsorise", "limit": 1})
    years = [
        Table.of({"a": [1.0, 2.5, 9.0], "b": [3.0, 0.1, 0.2]}, units=["x", "y", "z"], period="2029"),
        Table.of({"a": [2.0, 3.5, 4.0], "b": [1.0, 1.1, 0.7]}, units=["x", "y", "w"], period="2030"),
    ]
    base = compute(rules, years[0])
    result = compute(rules, years[1], reference=base)
    assert told(compute(rules, years[1], reference=base.treatment.table)) == told(result)
    folder = write_build(result, tmp_path / "out")
    assert told(read_build(folder)) == told(result)
    assert told(result.scores) != told(compute(rules, years[1]).scores)
    (folder / "reference.csv").unlink()
    with pytest.raises(BuildError, match=r"reference\.csv: the file is missing"):
        read_build(folder)


def test_columns_may_be_called_as_those_of_the_unit(tmp_path: Path) -> None:
    """Where they stand tells them apart."""
    rules = scheme(group("total", leaf("code"), leaf("name"), leaf("period")))
    table = Table.of(
        {"code": [1.0, 2.0], "name": [3.0, 4.0], "period": [5.0, 6.5]}, units=["x", "y"], period="2030"
    )
    result = compute(rules, table)
    assert told(read_build(write_build(result, tmp_path / "out"))) == told(result)


# --- What is refused


def test_a_scheme_with_a_method_of_its_own_is_built_and_not_read(tmp_path: Path) -> None:
    """No file can hold what a notebook brings."""

    class Firsts(AbstractWeigher):
        """The first child has it all."""

        method: str = "firsts"

        def __call__(self, given: Vector, /, **_: Any) -> Vector:
            return np.append(1.0, np.zeros(len(given) - 1))

    rules = scheme(group("total", leaf("a"), leaf("b")), weigh=Firsts())
    result = compute(rules, Table.of({"a": [1.0, 2.0], "b": [2.0, 1.0]}, units=["x", "y"]))
    folder = write_build(result, tmp_path / "out")
    assert not (folder / "scheme.json").exists()
    with pytest.raises(BuildError, match=r"written without scheme\.json.*methods that pii declares"):
        read_build(folder)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", None, r"there is no manifest\.json"),
        ("manifest.json", b"{", "is not that of a build"),
        ("manifest.json", b"[1]", "is not that of a build"),
        ("manifest.json", b'{"format": 2, "outputs": [1]}', "is not that of a build"),
        (
            "manifest.json",
            b'{"format": 1, "outputs": []}',
            "of format 1; builds of format 2 are read; build it again",
        ),
        ("manifest.json", b'{"format": 9, "outputs": []}', "of format 9"),
        ("manifest.json", b'{"format": 2, "outputs": []}', "is not that of a build: title: Field required"),
        ("scheme.json", None, r"scheme\.json: the file is missing"),
        ("table.csv", None, r"table\.csv: the file is missing"),
        ("scheme.json", b"{}", r"scheme\.json: the file is not as it was written.*pii verify"),
        ("table.csv", b"code,name,a\n", r"table\.csv: the file is not as it was written.*pii verify"),
    ],
)
def test_what_is_no_build_is_said(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    """Which file, and what is wrong with it."""
    folder = write_build(small(), tmp_path / "out")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(BuildError, match=said):
        read_build(folder)


def test_no_folder_is_no_build(tmp_path: Path) -> None:
    """Nor is a file."""
    with pytest.raises(BuildError, match="there is no such folder"):
        read_build(tmp_path / "none")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BuildError, match="it is a file"):
        read_build(tmp_path / "file")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"code,name", b"code,nome", r"table\.csv:2: the header is not that of the scheme's columns"),
        (b"y,y,2.0", b"y,y,2.O", r"table\.csv:4: could not convert string to float"),
        (b"y,y,2.0", b"y,y,2.0,1", r"table\.csv:4: the row has 4 cells, the header 3"),
        (b"y,y,2.0", b'y,"y,2.0', r"table\.csv:4: "),
    ],
)
def test_a_table_that_was_changed_is_refused_with_its_line(before: bytes, after: bytes, said: str) -> None:
    """For who reads it all the same."""
    table = Table.of({"a": [1.0, 2.0]}, units=["x", "y"])
    content = table_bytes(table).replace(before, after)
    assert content != table_bytes(table)
    with pytest.raises(BuildError, match=said):
        kept_table(content, Said.of(table), "table.csv", ["a"])


def test_a_row_of_another_period_is_refused_with_its_line() -> None:
    """A table is of one."""
    table = Table.of({"a": [1.0, 2.0]}, units=["x", "y"], period="2029")
    content = table_bytes(table).replace(b"y,y,2029,", b"y,y,2030,")
    with pytest.raises(BuildError, match=r"table\.csv:4: the row is of '2030', and the table of '2029'"):
        kept_table(content, Said.of(table), "table.csv", ["a"])


def test_what_can_no_longer_be_computed_is_refused_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a build: who reads one expects no other refusal."""

    def refuse(*_: Any, **__: Any) -> None:
        raise MethodError(Problem(indicator="1.1", found="every value is 3"))

    folder = write_build(small(), tmp_path / "out")
    monkeypatch.setattr(kept, "compute", refuse)
    with pytest.raises(BuildError, match=r"^1\.1: every value is 3$"):
        read_build(folder)
