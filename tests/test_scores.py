"""What stages find: read-only numbers of units by column, shares of nodes, who is ranked."""

import numpy as np
import pytest

from pii.arrays import skewness_and_kurtosis
from pii.scores import Composite, Scores, Screening, Treatment, Weights
from pii.table import Table, Units

UNITS = Units(("x", "y"))


def test_numbers_do_not_change() -> None:
    """Neither through the object nor through the array that it was made of."""
    mine = np.array([[1.0, 2.0], [3.0, 4.0]])
    scores = Scores(UNITS, ("a", "b"), mine)
    mine[0, 0] = 99.0
    assert scores.column("a").tolist() == [1.0, 3.0]
    with pytest.raises(ValueError, match="read-only"):
        scores.values[0, 0] = 5.0
    assert scores.values.T.flags.c_contiguous


def test_a_column_is_found_by_its_code() -> None:
    """Else the nearest is suggested."""
    with pytest.raises(KeyError, match="there is no column 'inptu'; did you mean input"):
        Composite(UNITS, ("input", "output"), np.zeros((2, 2))).column("inptu")


def test_a_frame_is_a_copy() -> None:
    """Writing into it changes nothing."""
    scores = Scores(UNITS, ("a",), np.array([[1.0], [2.0]]))
    frame = scores.to_frame()
    frame.loc["x", "a"] = 99.0
    assert (frame.index.name, frame.index.tolist()) == ("unit", ["x", "y"])
    assert scores.values[0, 0] == 1.0


def test_eligible_units_are_those_without_a_reason() -> None:
    """In the order of the table."""
    units = Units(("a", "b", "c"))
    assert Screening(units, np.ones(3), {}).eligible.tolist() == [0, 1, 2]
    assert Screening(units, np.ones(3), {"b": ("too few",)}).eligible.tolist() == [0, 2]


def test_reasons_and_rules_do_not_change() -> None:
    """Nor with the mappings that they came in."""
    mine = {"b": ("too few",)}
    screening = Screening(Units(("a", "b")), np.ones(2), mine)
    mine["a"] = ("none",)
    assert dict(screening.reasons) == {"b": ("too few",)}
    rules = {"a": "log"}
    table = Table.of({"a": [1.0]}, units=["x"])
    treatment = Treatment(table, rules, table)
    rules["a"] = "none"
    assert dict(treatment.rules) == {"a": "log"}


NAN = float("nan")
BEFORE = Table.of(
    {"a": [1.0, 2.0, 3.0, 4.0, 90.0], "b": [1.0, 2.0, 3.0, 4.0, NAN], "c": [NAN, 7.0, 8.0, NAN, 9.0]},
    units=["u", "v", "w", "x", "y"],
)
AFTER = Table.of(
    {"a": [1.0, 2.0, 3.0, 4.0, 4.0], "b": [1.0, 2.0, 3.0, 4.0, NAN], "c": [NAN, 7.0, 7.5, NAN, 7.5]},
    units=["u", "v", "w", "x", "y"],
)
TREATED = Treatment(AFTER, {"a": "winsorise: 1 high", "c": "clip: 2 high"}, BEFORE)


def test_every_cell_that_treatment_moved_is_listed() -> None:
    """From what, to what, by which rule; gaps have not moved."""
    moved = TREATED.moved()
    assert moved.columns.tolist() == ["unit", "indicator", "from", "to", "rule"]
    assert moved.to_numpy().tolist() == [
        ["y", "a", 90.0, 4.0, "winsorise: 1 high"],
        ["w", "c", 8.0, 7.5, "clip: 2 high"],
        ["y", "c", 9.0, 7.5, "clip: 2 high"],
    ]
    none = Treatment(BEFORE, {}, BEFORE).moved()
    assert (len(none), none.columns.tolist()) == (0, moved.columns.tolist())


def test_shapes_before_and_after_treatment_are_listed_by_indicator() -> None:
    """With how many units moved; a shape needs four values that are not all equal."""
    shapes = TREATED.statistics()
    assert shapes.index.tolist() == ["a", "b", "c"]
    assert shapes["moved"].tolist() == [1, 0, 2]
    assert shapes["rule"].tolist() == ["winsorise: 1 high", "", "clip: 2 high"]
    skew, kurtosis = skewness_and_kurtosis(BEFORE.values.T)
    assert np.array_equal(shapes["skewness_before"], skew, equal_nan=True)
    assert np.array_equal(shapes["kurtosis_before"], kurtosis, equal_nan=True)
    skew, kurtosis = skewness_and_kurtosis(AFTER.values.T)
    assert np.array_equal(shapes["skewness_after"], skew, equal_nan=True)
    assert np.array_equal(shapes["kurtosis_after"], kurtosis, equal_nan=True)
    assert shapes.isna().to_numpy()[2].tolist() == [True] * 4 + [False] * 2


def test_effective_weights_are_products_down_the_tree() -> None:
    """For one set of weights, or for many draws of them at once."""
    shares = np.array([0.5, 0.5, 0.25, 0.75])
    one = Weights(("h", "c", "a", "b"), ("g", "g", "h", "h"), shares)
    assert one.effective.tolist() == [0.5, 0.5, 0.125, 0.375]
    many = Weights(one.nodes, one.parents, np.array([shares, [0.2, 0.8, 0.5, 0.5]]))
    assert many.effective.tolist() == [[0.5, 0.5, 0.125, 0.375], [0.2, 0.8, 0.1, 0.1]]
    assert many.of(["b", "h"]).tolist() == [[0.75, 0.5], [0.5, 0.2]]
