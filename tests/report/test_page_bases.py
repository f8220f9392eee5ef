"""What the explorer computes with: alternatives of a result, and what stands for each in the record."""

from __future__ import annotations

import json

import numpy as np

from pii.compute import compute
from pii.methods.normalise import ZScore
from pii.report.page_bases import alternatives, base_record, comparable, numbers
from pii.table import Table
from tests.report.results import negative, small, synthetic
from tests.shared import group, leaf, scheme


def test_alternatives_are_what_the_scheme_declares_and_two_scales() -> None:
    """Its own methods are no alternatives to themselves."""
    assert list(alternatives(synthetic())) == [
        "normalise: zscore (mean 50, sd 10)",
        "normalise: percentile_rank",
        "treat: none",
        "impute: nearest_units",
    ]


def test_alternatives_that_the_tree_does_not_allow_are_left_out() -> None:
    """A geometric mean takes no z-scores, nor percentile ranks from 0."""
    index = group("i", leaf("a"), leaf("b"), aggregate="geometric")
    table = Table.of({"a": [1.0, 2.0, 9.0], "b": [1.0, 3.0, 2.0]}, units=["x", "y", "z"])
    result = compute(scheme(index, normalise={"method": "minmax", "floor": 1}), table)
    assert "normalise: percentile_rank" not in alternatives(result)


def test_alternatives_keep_the_scale_that_was_fixed() -> None:
    """A base year's values stay the base."""
    base = negative()
    moved = compute(base.scheme, Table.of({"a": [1.0, 2.0, 5.0]}, units=["-1", "@x", "z"]), reference=base)
    other = alternatives(moved)["normalise: zscore (mean 50, sd 10)"]
    expected = compute(base.scheme.replace(normalise=ZScore(mean=50.0, sd=10.0)), moved.measured, reference=base)
    assert np.array_equal(other.scores.values, expected.scores.values)


def test_only_results_of_the_same_units_and_tree_compare() -> None:
    """Others cannot be switched to."""
    assert comparable(small(), small())
    assert not comparable(small(), negative())


def test_a_base_has_a_row_an_indicator_and_a_group() -> None:
    """Unrounded; gaps are None; what each group's mean is."""
    record = base_record(small(), "name")
    assert [len(record[part]) for part in ("scores", "groups", "shares", "methods")] == [3, 2, 5, 2]
    assert record["methods"] == [["power", 1.0, 0.0], ["power", 1.0, 0.0]]
    assert record["scores"][0] == small().scores.values[:, 0].tolist()
    assert json.loads(json.dumps(record)) == record


def test_methods_the_page_cannot_compute_are_none() -> None:
    """Those that compare units, and groups that are scaled or filled themselves."""
    index = group(
        "i", group("A", leaf("a"), normalise="rank"), group("B", leaf("b"), aggregate="minimum"), leaf("c")
    )
    table = Table.of({code: [1.0, 2.0, 4.0] for code in "abc"}, units=["x", "y", "z"])
    methods = base_record(compute(scheme(index, aggregate="copeland"), table))["methods"]
    assert methods == [None, None, ["minimum", 0, 0.0]]


def test_numbers_are_json() -> None:
    """NaN is None."""
    assert numbers(np.array([1.0, np.nan]), 2) == [1.0, None]
