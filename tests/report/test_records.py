"""Results as plain data: what JSON can hold, unrounded, nothing lost."""

import json
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from pii.compute import compute
from pii.report.records import frame_records, index_record, ranking_records
from pii.result import Result
from pii.table import Table
from tests.report.results import FORMULA, NAN, half, negative, small, synthetic
from tests.shared import group, leaf, scheme


def through_json(result: Result) -> dict[str, Any]:
    """The record as another program gets it; NaN is refused, which JSON has not."""
    record: dict[str, Any] = json.loads(json.dumps(index_record(result), allow_nan=False))
    return record


def test_a_record_is_the_same_after_json() -> None:
    """Every value is of a type that JSON has, gaps are null."""
    for result in (small(), half(), negative(), synthetic()):
        assert through_json(result) == index_record(result)


def test_scores_are_not_rounded() -> None:
    """They are the result's own numbers."""
    result = small()
    for record in ranking_records(result):
        if record["rank"] is not None:
            at = result.composite.units.codes.index(record["unit"])
            assert list(record["scores"].values()) == result.composite.values[at].tolist()


def test_ranks_are_whole_numbers_and_null_for_the_unranked() -> None:
    """The unranked close the list and bring their reasons instead of scores."""
    records = ranking_records(small())
    assert [record["rank"] for record in records] == [1, 1, 3, 4, 5, None]
    assert all(isinstance(record["rank"], int) for record in records[:-1])
    assert records[-1]["unit"] == "06"
    assert "scores" not in records[-1]
    assert "0 of 3 indicators" in records[-1]["reasons"][0]


def test_names_and_labels_are_kept_as_they_are() -> None:
    """JSON runs nothing, so nothing is changed."""
    record = next(record for record in ranking_records(small()) if record["unit"] == "02")
    assert (record["name"], record["labels"]) == (FORMULA, {"region": "+south"})


def test_a_missing_score_is_null() -> None:
    """Where a unit has a gap that nothing fills."""
    rules = scheme(group("total", leaf("a"), leaf("b"), group("P", leaf("c"))))
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0], "c": [NAN, 2.0, 3.0]}, units=["x", "y", "z"])
    record = through_json(compute(rules, table))
    assert record["indicator_scores"]["x"]["c"] is None
    assert record["ranking"][-1]["scores"]["P"] is None


def test_the_index_holds_scheme_weights_treatment_and_notes() -> None:
    """All that another program needs to say how the numbers came about."""
    record = index_record(small())
    assert (record["title"], record["synthetic"], record["period"]) == ("Trial index 2030", False, "2030")
    assert record["weights"]["1.1"] == {"parent": "P1", "share": 0.5, "effective": 0.25}
    assert record["treatment"] == {"2": "winsorise: 1 high"}
    assert record["scheme"]["index"]["code"] == "total"
    assert {"about": "Table note", "text": "A footnote"} in record["notes"]


def test_what_was_measured_is_all_there() -> None:
    """Of units that are not ranked too, and of what fixed the scale where that was something else."""
    result = small()
    record = through_json(result)
    assert record["measured"]["06"] == {"1.1": None, "1.2": None, "2": None}
    assert [list(row.values()) for row in record["measured"].values()] == [
        [None if isnan(value) else value for value in row] for row in result.measured.values.tolist()
    ]
    assert "reference" not in record
    again = through_json(compute(result.scheme, result.measured, reference=result))
    assert again["reference"]["04"] == dict(
        zip(result.completed.columns, result.treatment.table.values[3].tolist(), strict=True)
    )


def test_synthetic_data_says_so() -> None:
    """In its title and in a field of its own."""
    record = index_record(synthetic())
    assert record["synthetic"] is True
    assert record["title"].startswith("SYNTHETIC")


def test_rows_of_a_frame_are_plain_values() -> None:
    """Numbers of Python, None for what is missing or has no bound."""
    frame = pd.DataFrame(
        {"n": np.array([1, 2]), "x": [0.5, np.nan], "y": [-np.inf, np.inf], "s": ["a", None], "b": [True, False]}
    )
    found = frame_records(frame)
    assert found == [
        {"n": 1, "x": 0.5, "y": None, "s": "a", "b": True},
        {"n": 2, "x": None, "y": None, "s": None, "b": False},
    ]
    assert {type(value) for value in found[0].values()} == {int, float, type(None), str, bool}
