"""Findings: each threshold is passed by a little, and not met by a little."""

from __future__ import annotations

import pandas as pd
import pytest

from pii.findings import about_correlation, about_data, about_dimensions, about_reliability, about_weights
from tests.shared import group, leaf, scheme

SCHEME = scheme(group("g", leaf("a"), leaf("b")))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("measured", 0.64, ["measured for 64% of the units"]),
        ("measured", 0.66, []),
        ("alike", 0.51, ["51% of the units share one value"]),
        ("alike", 0.5, []),
        ("skewness_treated", -2.1, ["outliers after treatment: skewness -2.10, kurtosis 4.00"]),
        ("skewness_treated", 1.9, []),
    ],
)
def test_data_against_its_thresholds(field: str, value: float, said: list[str]) -> None:
    """Coverage, ties and shape of an indicator."""
    sound = {"measured": 1.0, "alike": 0.1, "skewness_treated": 0.0, "kurtosis_treated": 4.0}
    frame = pd.DataFrame([sound | {field: value}], index=pd.Index(["a"], name="indicator"))
    assert [finding.said for finding in about_data(frame)] == said


@pytest.mark.parametrize(
    ("first", "second", "r", "p", "found"),
    [
        ("g", "a", -0.01, 0.9, [("serious", "a")]),
        ("g", "a", 0.29, 0.1, [("notable", "a")]),
        ("g", "a", 0.31, 0.1, []),
        ("a", "b", -0.4, 0.04, [("serious", "a, b")]),
        ("a", "b", -0.4, 0.06, []),
        ("a", "b", 0.93, 0.0, [("notable", "a, b")]),
        ("a", "b", 0.91, 0.0, []),
    ],
)
def test_correlations_against_their_thresholds(
    first: str, second: str, r: float, p: float, found: list[tuple[str, str]]
) -> None:
    """With the parent, and among siblings."""
    relation = "parent" if first == "g" else "siblings"
    row = {"first": first, "second": second, "relation": relation, "coefficient": r, "p_value": p}
    said = [(finding.severity, finding.place) for finding in about_correlation(pd.DataFrame([row]), SCHEME)]
    assert said == found


def test_reliability_against_its_threshold() -> None:
    """Of the group, and of a child without which it rises."""
    frame = pd.DataFrame(
        {
            "group": ["g", "g", "h"],
            "alpha": [0.6, 0.6, 0.7],
            "alpha_without": [0.66, 0.5, 0.7],
            "item_rest": [0.2, 0.5, 0.5],
        },
        index=pd.Index(["a", "b", "c"], name="child"),
    )
    assert [finding.place for finding in about_reliability(frame)] == ["g", "a"]


def test_dimensions_against_chance() -> None:
    """An eigenvalue counts when it is above 1 and above those of random tables."""
    columns = ["group", "eigenvalue", "parallel", "kmo"]
    rows = [
        ("g", 1.5, 1.4, 0.7),
        ("g", 1.2, 1.1, 0.7),
        ("g", 0.3, 0.5, 0.7),
        ("h", 1.5, 1.4, 0.5),
        ("h", 1.05, 1.1, 0.5),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    assert [(finding.place, finding.number) for finding in about_dimensions(frame)] == [("g", 2)]


def test_influence_against_the_share_given() -> None:
    """Twice as much, or half, is far."""
    frame = pd.DataFrame(
        {"group": "g", "share": [0.25, 0.25, 0.5], "influence_share": [0.52, 0.12, 0.36]},
        index=pd.Index(["a", "b", "c"], name="node"),
    )
    assert [finding.place for finding in about_weights(frame)] == ["a", "b"]
