"""Imputers: what every one keeps, then the rules of each."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.methods.impute import AbstractImputer, GroupMean, GroupMedian, Imputer, Mean, Median
from pii.table import Units
from tests import slow, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Imputer))


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Matrix, tuple[str, ...]]:
    """Values with gaps, and a label of the units."""
    x = draw(strategies.matrices())
    return x, draw(strategies.labels(x.shape[1]))


def numbered(labels: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Labels as a stage hands them to a method."""
    codes = tuple(map(str, range(len(labels))))
    return {"region": Units(codes, labels={"region": tuple(labels)}).numbered("region")}


@every
@given(labelled())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractImputer, drawn: tuple[Matrix, tuple[str, ...]]) -> None:
    """Every row is what the scalar formula gives."""
    x, labels = drawn
    assert same(method(x, labels=numbered(labels)), [slow.impute(method, row.tolist(), labels) for row in x], 1e-13)


@every
@given(labelled())
@strategies.quick
def test_what_was_measured_is_unchanged(method: AbstractImputer, drawn: tuple[Matrix, tuple[str, ...]]) -> None:
    """Only gaps are filled, with numbers between the lowest and highest measured."""
    x, labels = drawn
    filled = method(x, labels=numbered(labels))
    measured = ~np.isnan(x)
    assert np.array_equal(filled[measured], x[measured])
    for row, was in zip(filled, x, strict=True):
        new = row[np.isnan(was) & ~np.isnan(row)]
        assert not new.size or (new >= np.nanmin(was) - 1e-12).all()
        assert not new.size or (new <= np.nanmax(was) + 1e-12).all()


@every
@given(labelled(), st.data())
@strategies.quick
def test_permuting_units_permutes_fills(
    method: AbstractImputer, drawn: tuple[Matrix, tuple[str, ...]], data: st.DataObject
) -> None:
    """A unit's fill does not depend on where it stands."""
    x, labels = drawn
    order = data.draw(strategies.shuffled(len(labels)))
    there = method(x[:, order], labels=numbered([labels[at] for at in order]))
    assert same(there, method(x, labels=numbered(labels))[:, order], 1e-13)


@every
@given(labelled())
@strategies.quick
def test_rows_do_not_mix(method: AbstractImputer, drawn: tuple[Matrix, tuple[str, ...]]) -> None:
    """An indicator alone is filled as among others."""
    x, labels = drawn
    together = method(x, labels=numbered(labels))
    for at in range(len(x)):
        assert same(method(x[[at]], labels=numbered(labels)), together[[at]], 1e-13)


@every
def test_the_input_is_not_written_into(method: AbstractImputer) -> None:
    """A writable input comes out of the call as it went in."""
    x = np.array([[1.0, np.nan, 3.0, 4.0]])
    method(x, labels=numbered(["a", "a", "b", ""]))
    assert same(x, [[1.0, np.nan, 3.0, 4.0]])


@every
def test_a_row_with_nothing_to_go_by_stays_missing(method: AbstractImputer) -> None:
    """No warning, no invented number."""
    assert np.isnan(method(np.full((1, 3), np.nan), labels=numbered(["a", "a", "b"]))).all()


def test_mean_and_median_fill_with_their_statistic() -> None:
    """Of 1, 3 and 8: 4 and 3."""
    x = np.array([[1.0, 3.0, 8.0, np.nan]])
    assert Mean()(x, labels={})[0, 3] == 4.0
    assert Median()(x, labels={})[0, 3] == 3.0


@pytest.mark.parametrize("method", [Mean(), GroupMean(by="region")], ids=repr)
def test_the_mean_of_equal_values_is_that_value(method: AbstractImputer) -> None:
    """To the last bit: else rounding gives a constant indicator a width, and min-max makes 0 and 100 of it."""
    x = np.array([[0.1, 0.1, 0.1, np.nan]])
    assert np.unique(method(x, labels=numbered(["a"] * 4))).tolist() == [0.1]


@pytest.mark.parametrize(("method", "fill"), [(GroupMean(by="region"), 5.0), (GroupMedian(by="region"), 3.0)])
def test_groups_fill_from_their_own(method: AbstractImputer, fill: float) -> None:
    """Units without a label, and groups with nothing measured, keep their gaps."""
    x = np.array([[2.0, 3.0, 10.0, np.nan, np.nan, 7.0, np.nan]])
    filled = method(x, labels=numbered(["n", "n", "n", "n", "s", "", ""]))
    assert same(filled, [[2.0, 3.0, 10.0, fill, np.nan, 7.0, np.nan]])


def test_only_methods_by_a_label_ask_for_one() -> None:
    """The stage reads from groups_by which label to hand over."""
    assert (Mean().groups_by, GroupMean(by="zone").groups_by) == (None, "zone")
