"""Findings: each threshold is passed by a little, and not met by a little."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pii.findings import (
    Finding,
    about_compensability,
    about_correlation,
    about_coverage,
    about_data,
    about_dimensions,
    about_loadings,
    about_reliability,
    about_shifts,
    about_size,
    about_weights,
    concerns,
    gathered,
    listed,
)
from pii.thresholds import RULES
from tests.shared import group, leaf, scheme

SCHEME = scheme(group("g", leaf("a"), leaf("b")))
DEEP = scheme(
    group(
        "g",
        group("k", group("h", leaf("a"), leaf("b")), leaf("e")),
        group("l", group("i", leaf("c")), group("j", leaf("d"), leaf("f"))),
    )
)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("measured", 0.64, ["measured for 64% of the units"]),
        ("measured", 0.66, []),
        ("zero", 0.51, ["51% of its values are 0"]),
        ("zero", 0.5, []),
        ("alike", 0.51, ["51% of the units share one value"]),
        ("alike", 0.5, []),
        ("different", 0.49, ["7 distinct values among 15"]),
        ("different", 0.5, []),
        ("imputed", 0.11, ["11% of its values are imputed"]),
        ("imputed", 0.1, []),
        ("skewness_treated", -2.1, ["outliers after treatment: skewness -2.10, kurtosis 4.00"]),
        ("skewness_treated", 1.9, []),
    ],
)
def test_data_against_its_thresholds(field: str, value: float, said: list[str]) -> None:
    """Coverage, ties and shape of an indicator."""
    sound = {"measured": 1.0, "zero": 0.0, "alike": 0.1, "different": 1.0, "unique": 7, "count": 15}
    sound |= {"imputed": 0.0, "skewness_treated": 0.0, "kurtosis_treated": 4.0}
    frame = pd.DataFrame([sound | {field: value}], index=pd.Index(["a"], name="indicator"))
    assert [finding.said for finding in about_data(frame)] == said


@pytest.mark.parametrize(
    ("first", "second", "r", "p", "found"),
    [
        ("g", "a", -0.01, 0.9, [("serious", "a")]),
        ("g", "a", 0.29, 0.1, [("notable", "a")]),
        ("g", "a", 0.31, 0.1, []),
        ("g", "a", 0.92, 0.1, []),
        ("g", "a", 0.93, 0.1, [("notable", "a")]),
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
    row = {"first": first, "second": second, "relation": relation, "coefficient": r, "p_corrected": p}
    said = [(finding.severity, finding.place) for finding in about_correlation(pd.DataFrame([row]), SCHEME)]
    assert said == found


@pytest.mark.parametrize(
    ("first", "second", "relation", "r", "rules"),
    [
        ("a", "c", "", 0.93, ["elsewhere"]),
        ("a", "c", "", -0.93, ["elsewhere"]),
        ("a", "c", "", 0.91, []),
        ("h", "c", "", 0.99, []),
        ("h", "j", "", 0.99, ["elsewhere"]),
        ("h", "i", "", 0.99, []),
        ("g", "a", "parent", 0.93, ["dominant"]),
        ("g", "a", "parent", 0.1, []),
        ("i", "c", "parent", 1.0, []),
    ],
)
def test_nodes_far_apart_may_say_the_same(
    first: str, second: str, relation: str, r: float, rules: list[str]
) -> None:
    """Indicators of different groups, a node and the index; an only child is its group by right."""
    row = {"first": first, "second": second, "relation": relation, "coefficient": r, "p_corrected": 0.0}
    assert [finding.rule for finding in about_correlation(pd.DataFrame([row]), DEEP)] == rules


def test_a_node_against_many_siblings_is_found_once() -> None:
    """With all of them, the strongest first; a pair of others stands alone."""
    tree = scheme(group("g", *map(leaf, "abcde")))
    pairs = [("a", "b", -0.5), ("b", "c", -0.7), ("b", "d", 0.2), ("d", "e", -0.6)]
    rows = [
        {"first": one, "second": other, "relation": "siblings", "coefficient": r, "p_corrected": 0.01}
        for one, other, r in pairs
    ]
    found = list(about_correlation(pd.DataFrame(rows), tree))
    assert [(finding.place, finding.said) for finding in found] == [
        ("b", "goes against its siblings: c -0.70, a -0.50"),
        ("d, e", "siblings go against each other: -0.60"),
    ]


@pytest.mark.parametrize(
    ("own", "best", "found"), [(0.5, 0.51, ["a"]), (0.5, 0.49, []), (-0.6, 0.29, []), (0.1, 0.31, ["a"])]
)
def test_a_better_place_is_one_where_it_would_count(own: float, best: float, found: list[str]) -> None:
    """It goes better with another group, and not just less badly."""
    frame = pd.DataFrame(
        {"group": "h", "own": [own], "other": "i", "best": [best]}, index=pd.Index(["a"], name="indicator")
    )
    assert [finding.place for finding in about_loadings(frame)] == found


def test_gaps_of_ranked_units_are_found_by_group() -> None:
    """The emptiest first; units without a rank are left out."""
    frame = pd.DataFrame({"g": [1.0, 0.9, 0.0], "h": [0.64, 0.5, 0.0], "i": [0.65, 1.0, 0.0]}, index=list("xyz"))
    found = list(about_coverage(frame, ["g", "h", "i"], ["x", "y"]))
    assert [(finding.place, finding.said, finding.number) for finding in found] == [
        ("h", "measured for less than 65%: 2 of 2 units, y 50%, x 64%", 0.5)
    ]


def test_size_counts_where_nothing_is_put_per_it() -> None:
    """Either way; all sizes that an indicator follows are said, the strongest first."""
    rows = [
        ("a", "people", -0.6, False),
        ("a", "land", 0.9, False),
        ("b", "people", 0.59, False),
        ("c", "land", 0.9, True),
    ]
    frame = pd.DataFrame(rows, columns=["indicator", "denominator", "coefficient", "denominated"])
    assert [(finding.place, finding.said) for finding in about_size(frame)] == [
        ("a", "follows size: 0.90 with land, -0.60 with people")
    ]


def test_reliability_against_its_threshold() -> None:
    """Of the group, and of a child without which it rises; omega where alpha is high enough."""
    frame = pd.DataFrame(
        {
            "group": ["g", "g", "h", "i"],
            "alpha": [0.6, 0.6, 0.7, 0.7],
            "omega": [0.5, 0.5, 0.7, 0.69],
            "alpha_without": [0.66, 0.5, 0.7, 0.7],
            "item_rest": [0.2, 0.5, 0.5, 0.5],
        },
        index=pd.Index(["a", "b", "c", "d"], name="child"),
    )
    found = [(finding.rule, finding.place) for finding in about_reliability(frame)]
    assert found == [("alpha", "g"), ("alpha_without", "a"), ("omega", "i")]


def components(values: list[float], chance: float = 1.1, **about: float) -> pd.DataFrame:
    """Three components of one group that is sound but for what is said of it."""
    sound = {"share": 0.6, "kmo": 0.7, "bartlett_corrected": 0.01}
    rows = [{"group": "g", "eigenvalue": value, "parallel": chance} | sound | about for value in values]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("frame", "rules"),
    [
        (components([1.5, 1.2, 0.3]), ["several"]),
        (components([1.5, 1.05, 0.45]), []),
        (components([1.5, 1.0, 0.5], chance=0.9), []),
        (components([1.8, 0.7, 0.5], share=0.49), ["first"]),
        (components([1.8, 0.7, 0.5], kmo=0.59), ["kmo"]),
        (components([1.4, 0.6], kmo=0.5), []),
        (components([1.3, 0.9, 0.8], bartlett_corrected=0.06, kmo=0.5, share=0.4), ["bartlett"]),
        (components([1.3, 0.9, 0.8], bartlett_corrected=float("nan")), []),
    ],
)
def test_dimensions_against_chance_and_practice(frame: pd.DataFrame, rules: list[str]) -> None:
    """Where nothing tells correlations from none, measures made of them say no more."""
    assert [finding.rule for finding in about_dimensions(frame)] == rules


def test_influence_against_the_share_given() -> None:
    """Twice as much, or half, is far."""
    frame = pd.DataFrame(
        {"group": "g", "share": [0.25, 0.25, 0.5], "influence_share": [0.52, 0.12, 0.36]},
        index=pd.Index(["a", "b", "c"], name="node"),
    )
    assert [finding.place for finding in about_weights(frame)] == ["a", "b"]


def test_ranks_far_from_the_index_are_found() -> None:
    """For more than half of the units, of the groups that are asked about."""
    frame = pd.DataFrame({"moved": [0.51, 0.5, 0.9]}, index=pd.Index(["h", "i", "j"], name="group"))
    assert [finding.place for finding in about_shifts(frame, ["h", "i"])] == ["h"]


@pytest.mark.parametrize(
    ("n", "move", "said"),
    [
        (20, 3, ["weak pillars made up for by strong ones: 1 unit moves by 3 places and more by the geometric mean, Unit 0 (-3)"]),
        (20, 2, []),
        (51, 6, ["weak pillars made up for by strong ones: 1 unit moves by 6 places and more by the geometric mean, Unit 0 (-6)"]),
        (51, 5, []),
    ],
)  # fmt: skip
def test_places_that_hang_on_strong_pillars_are_found(n: int, move: float, said: list[str]) -> None:
    """From a tenth of the units on, and three places; units are named."""
    away = [float(move), *[0.0] * (n - 1)]
    frame = pd.DataFrame({"to_geometric": away}, index=[f"u{at}" for at in range(n)])
    names = {code: f"Unit {at}" for at, code in enumerate(frame.index)}
    assert [finding.said for finding in about_compensability(frame, "g", names)] == said


def noted(rule: str, place: str, number: float, threshold: float = 0.7, detail: str = "") -> Finding:
    """A finding of a rule."""
    held = RULES[rule]
    return Finding(held.severity, held.topic, place, "said", number, threshold, held.source, rule, detail)


def test_many_findings_of_a_rule_are_one_list() -> None:
    """The furthest past the threshold first; few stand alone, and serious ones always do."""
    many = [
        noted("alpha", code, number, detail=f"{number}")
        for code, number in zip("abcd", (0.6, 0.1, 0.5, 0.2), strict=True)
    ]
    few = [noted("kmo", code, 0.5, 0.6) for code in "ab"]
    serious = [noted("opposed", code, -0.2, 0.0) for code in "abcde"]
    found = gathered([*serious, *many, *few])
    assert [one for one in found if one.rule == "opposed"] == serious
    assert [one for one in found if one.rule == "kmo"] == few
    (alpha,) = (one for one in found if one.rule == "alpha")
    assert alpha.place == "4 places"
    assert alpha.said == "Cronbach's alpha below 0.7: b (0.1); d (0.2); c (0.5); a (0.6)"
    assert gathered(many, most=1)[0].said == "Cronbach's alpha below 0.7: b (0.1); and 3 more"


def test_a_list_says_how_many_it_leaves_out() -> None:
    """Or nothing of it, when it leaves out none."""
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert listed(["a", "b"], 2) == "a, b"


@pytest.mark.parametrize(
    ("findings", "order"),
    [
        ([noted("alpha", "a", 0.1), noted("opposed", "b", -0.1, 0.0)], ["b", "a"]),
        ([noted("alpha", "a", 0.1), noted("kmo", "b", 0.5, 0.6), noted("weak", "b", 0.2, 0.3)], ["b", "a"]),
        ([noted("alpha", "a", 0.6), noted("alpha", "b", 0.1)], ["b", "a"]),
        ([noted("siblings", "a, c", 0.95, 0.92), noted("kmo", "somewhere", 0.5, 0.6)], ["a", "c"]),
    ],
)
def test_what_to_look_at_first(findings: list[Any], order: list[str]) -> None:
    """Serious before many chapters before far past the threshold; a pair is said of both, other places of none."""
    assert [concern.place for concern in concerns(findings, "abc")] == order
