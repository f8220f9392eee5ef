"""Whole indices through files and back: the same scheme, the same table, the same result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.compute import compute
from pii.errors import PiiError
from pii.io.builds import read_build, write_build
from pii.io.schemes import read_scheme, write_scheme
from pii.io.tables import read_table, write_table
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests import strategies
from tests.properties.wholes import Index, indices

few = settings(strategies.quick, max_examples=25)


def numbers(result: Result) -> tuple[bytes, ...]:
    """Every number of every stage, to the bit."""
    tables = (result.measured, result.ratios, result.completed, result.treatment.table)
    return tuple(
        np.ascontiguousarray(values).tobytes()
        for values in (
            *(table.values for table in tables),
            result.scores.values,
            result.weights.shares,
            result.composite.values,
            result.ranking.values,
        )
    )


def answer(rules: Scheme, table: Table) -> tuple[bytes, ...] | str:
    """What comes of a scheme and a table: numbers, or words."""
    try:
        return numbers(compute(rules, table))
    except PiiError as refusal:
        return str(refusal)


@pytest.mark.parametrize("ending", [".yaml", ".json"])
@given(drawn=indices())
@few
def test_a_scheme_comes_back(ending: str, drawn: Index) -> None:
    """It is equal, and gives the same numbers."""
    rules, table = drawn
    with TemporaryDirectory() as folder:
        path = Path(folder, f"scheme{ending}")
        write_scheme(rules, path)
        again = read_scheme(path)
    assert again == rules
    assert hash(again) == hash(rules)
    assert answer(again, table) == answer(rules, table)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".tsv", ".xlsx", ".parquet", ".arrow", ".feather"])
@given(drawn=indices())
@settings(few, max_examples=12)
def test_a_table_comes_back(ending: str, drawn: Index) -> None:
    """With all digits of huge and tiny numbers, whatever it can be computed to."""
    rules, table = drawn
    with TemporaryDirectory() as folder:
        path = Path(folder, f"table{ending}")
        write_table(table, path)
        again = read_table(path, rules)
    assert again.units.codes == table.units.codes
    assert dict(again.units.labels) == dict(table.units.labels)
    read = again.select(rules.columns)
    assert read.values.tobytes() == table.select(rules.columns).values.tobytes()
    assert answer(rules, again) == answer(rules, table)


def by_unit(result: Result, codes: Sequence[str]) -> Matrix:
    """The rows of a result's scores in an order of units."""
    return result.composite.values[[result.composite.units.codes.index(code) for code in codes]]


@given(drawn=indices(), data=st.data())
@few
def test_the_order_of_rows_of_a_file(drawn: Index, data: st.DataObject) -> None:
    """Another order gives the same scores by unit; what is refused is refused."""
    rules, table = drawn
    with TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        write_table(table, path)
        head, *rows = path.read_text("utf-8").splitlines(keepends=True)
        comments = [line for line in (head, *rows) if line.startswith("#")]
        head, *rows = [line for line in (head, *rows) if not line.startswith("#")]
        order = data.draw(strategies.shuffled(len(rows)))
        path.write_text("".join([*comments, head, *(rows[at] for at in order)]), "utf-8")
        moved = read_table(path, rules)
    try:
        here = compute(rules, table)
    except PiiError:
        with pytest.raises(PiiError):
            compute(rules, moved)
        return
    there = compute(rules, moved)
    codes = here.composite.units.codes
    np.testing.assert_allclose(by_unit(there, codes), by_unit(here, codes), rtol=1e-7, atol=1e-7)


@given(drawn=indices())
@settings(few, max_examples=15)
def test_a_build_comes_back(drawn: Index) -> None:
    """Every number of every stage, and of a result on another's scale."""
    rules, table = drawn
    try:
        base = compute(rules, table)
        result = compute(rules, table, reference=base)
    except PiiError:
        return
    with TemporaryDirectory() as folder:
        for name, each in (("base", base), ("result", result)):
            assert numbers(read_build(write_build(each, Path(folder, name)))) == numbers(each)
