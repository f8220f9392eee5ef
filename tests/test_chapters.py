"""The frames of an audit, against other people's numbers and sums by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from pii import chapters
from pii.chapters import Correction
from pii.methods.rank import Competition
from pii.numerics.chance import holm
from pii.numerics.correlation import pearson
from pii.table import Table
from tests.reference.coinr import asem
from tests.shared import group, leaf, read_rows, same, scheme

TREE = scheme(group("g", group("h", leaf("a"), leaf("b")), group("i", leaf("c"), leaf("d"))))


def no_correction(p: np.ndarray) -> np.ndarray:
    """P-values as they are."""
    return p


@pytest.mark.parametrize("name", ["Raw", "Denominated", "Imputed", "Treated"])
def test_statistics_equal_coinr(name: str) -> None:
    """Counts, shares, centre, spread and shape of 49 indicators, with gaps."""
    theirs = {row["iCode"]: row for row in read_rows("coinr", f"stats_{name}.csv")}
    table = (
        asem.raw()
        if name == "Raw"
        else asem.table(
            {
                "Denominated": "step_2_Denominated.csv",
                "Imputed": "step_3_Imputed.csv",
                "Treated": "step_5_Treated.csv",
            }[name]
        )
    )
    ours = chapters.statistics(table.select(asem.codes()).values.T, asem.codes())
    columns = {
        "count": "N.Avail", "nonzero": "N.NonZero", "unique": "N.Unique", "same": "N.Same", "measured": "Frc.Avail",
        "alike": "Frc.Same", "different": "Frc.Unique", "min": "Min", "max": "Max", "mean": "Mean",
        "median": "Median", "sd": "Std", "skewness": "Skew", "kurtosis": "Kurt",
    }  # fmt: skip
    for column, their in columns.items():
        assert same(ours[column], [float(theirs[code][their]) for code in asem.codes()], 1e-9), column
    assert same(1 - ours["zero"], [float(theirs[code]["Frc.NonZero"]) for code in asem.codes()], 1e-12)


def test_statistics_of_nothing_are_missing() -> None:
    """No value, one value, and one value over and over."""
    frame = chapters.statistics(np.array([[np.nan] * 4, [1.0, np.nan, np.nan, np.nan], [2.0] * 4]), ["a", "b", "c"])
    assert frame["count"].tolist() == [0, 1, 4]
    assert frame["sd"].isna().tolist() == [True, True, False]
    assert frame["skewness"].isna().all()
    assert frame.loc["c", "alike"] == 1


def test_size_is_of_the_values_as_measured() -> None:
    """An indicator that grows with people, one that is put per them already, and a gap."""
    rules = scheme(
        group("g", leaf("a"), leaf("b", denominator="people"), leaf("c")),
        denominators=[{"code": "people"}, {"code": "land"}],
    )
    columns = {
        "a": [1.0, 2.0, 3.0, 4.0],
        "b": [1.0, 2.0, 3.0, 5.0],
        "c": [5.0, 5.0, 5.0, 5.0],
        "people": [10.0, 20.0, 30.0, np.nan],
        "land": [1.0, 3.0, 2.0, 0.0],
    }
    frame = chapters.size(Table.of(columns, units=list("wxyz")), rules).set_index(["indicator", "denominator"])
    assert frame.loc[("a", "people"), "coefficient"] == pytest.approx(1.0)
    assert frame["units"].tolist() == [3, 4] * 3
    assert frame["coefficient"].isna().tolist() == [False] * 4 + [True] * 2
    assert frame["denominated"].tolist() == [False, False, True, True, False, False]


def test_without_such_columns_nothing_follows_size() -> None:
    """The frame is there and empty."""
    frame = chapters.size(Table.of({code: [1.0, 2.0] for code in "abcd"}, units=list("xy")), TREE)
    assert list(frame.columns) == ["indicator", "denominator", "coefficient", "units", "denominated"]
    assert len(frame) == 0


def test_p_values_are_corrected_among_pairs_of_one_relation() -> None:
    """What is asked of siblings is no matter of the other pairs."""
    x = np.random.default_rng(0).normal(size=(7, 30))
    found = chapters.correlations(pearson(x), TREE, holm)
    for _, pairs in found.groupby("relation"):
        assert pairs["p_corrected"].tolist() == pytest.approx(holm(pairs["p_value"].to_numpy()).tolist())
    assert found["relation"].value_counts().to_dict() == {"parent": 10, "": 8, "siblings": 3}


def test_loadings_name_the_best_other_group() -> None:
    """Of the level of the indicator's own; the index is none of them."""
    at = {node.code: row for row, node in enumerate(TREE.nodes)}
    r = np.eye(7)
    for first, second, value in [("a", "h", 0.4), ("a", "i", 0.6), ("a", "g", 0.9), ("c", "i", 0.5)]:
        r[at[first], at[second]] = r[at[second], at[first]] = value
    r[at["c"], at["h"]] = r[at["h"], at["c"]] = np.nan
    frame = chapters.loadings(r, TREE)
    assert next(frame.itertuples(index=False, name=None)) == ("h", 0.4, "i", 0.6)
    assert frame.loc["c", "other"] == ""
    assert np.isnan(frame["best"].to_numpy(dtype=float)[2])


@pytest.mark.parametrize("flat", [np.nan, 5.0])
def test_a_child_that_does_not_vary_leaves_its_group_the_others(flat: float) -> None:
    """Reliability and dimensions are those without it."""
    three, two = scheme(group("g", *map(leaf, "abc"))), scheme(group("g", *map(leaf, "ab")))
    x = np.random.default_rng(0).normal(size=(2, 30))
    nodes = np.vstack([x.sum(axis=0), x])
    with_it = np.vstack([nodes, np.full((1, 30), flat)])
    found = chapters.reliability(with_it, three)
    assert found["alpha"].tolist()[:2] == chapters.reliability(nodes, two)["alpha"].tolist()
    assert found["item_rest"].isna().tolist() == [False, False, True]
    components = partial(chapters.dimensions, seed=0, correct=no_correction)
    assert components(with_it, three).equals(components(nodes, two))


@pytest.mark.parametrize(("correct", "times"), [(no_correction, 1), (holm, 2)])
def test_bartletts_test_is_corrected_for_the_number_of_groups(correct: Correction, times: int) -> None:
    """The smallest of two p-values counts twice."""
    tree = scheme(group("g", group("h", leaf("a"), leaf("b")), leaf("c")))
    x = np.random.default_rng(0).normal(size=(5, 30))
    x[3] = x[2] + 0.1 * x[3]
    found = chapters.dimensions(x, tree, 0, correct).drop_duplicates("group").set_index("group")
    assert found.loc["h", "bartlett_corrected"] == pytest.approx(times * found["bartlett"].min())


def test_pillars_are_of_the_highest_level_with_three() -> None:
    """With what hangs higher; indicators where no level has three."""
    halves = group("g", group("h", group("p", leaf("a")), group("q", leaf("b"))), group("i", group("r", leaf("c"))))
    ragged = group("g", group("h", group("p", leaf("a")), group("q", leaf("b"))), leaf("c"))
    for tree, expected in [(halves, "pqr"), (ragged, "pqc"), (group("g", leaf("a")), "a")]:
        assert "".join(node.code for node in chapters.pillars(scheme(tree))) == expected


@pytest.mark.parametrize("k", range(1, 20))
def test_favourable_bounds_can_be_kept(k: int) -> None:
    """Parts between them can sum to 1, for any number of pillars."""
    least, most = chapters.favourable_bounds(k)
    assert k * least <= 1 <= k * most


def test_weak_pillars_cost_places_by_the_geometric_mean() -> None:
    """One unit is even, the other has a higher mean by far and a pillar near 0."""
    x = np.array([[50.0, 99.0, 10.0], [50.0, 2.0, 10.0]])
    frame = chapters.compensability(x, np.array([0.5, 0.5]), list("xyz"), Competition())
    assert frame["arithmetic"].tolist() == [2, 1, 3]
    assert frame["geometric"].tolist() == [1, 2, 3]
    assert frame["minimum"].tolist() == [1, 3, 2]
    assert frame["to_geometric"].tolist() == [-1, 1, 0]
    assert frame["spread"].tolist() == [0, 97, 0]


def test_a_pillar_of_0_and_a_missing_one_have_their_geometric_mean() -> None:
    """0 leaves nothing; a gap leaves the mean of the others; a pillar without weight counts for nothing."""
    x = np.array([[0.0, 4.0, np.nan], [9.0, 1.0, 3.0], [1.0, 1.0, 0.0]])
    frame = chapters.compensability(x, np.array([0.5, 0.5, 0.0]), list("xyz"), Competition())
    assert frame["geometric"].tolist() == [3, 2, 1]
    assert frame["arithmetic"].tolist() == [1, 3, 2]


def test_below_0_there_is_neither_geometric_mean_nor_frontier() -> None:
    """Both are missing for all units."""
    x = np.array([[-1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    compared = chapters.compensability(x, np.array([0.5, 0.5]), list("xyz"), Competition())
    assert compared["geometric"].isna().all()
    assert compared["minimum"].tolist() == [3, 2, 1]
    assert chapters.frontier(x, list("xyz"), ["p", "q"]).isna().all(axis=None)


def test_the_frontier_says_what_each_pillar_brings() -> None:
    """Its parts sum to 1 within bounds; freely weighed a unit reaches no less."""
    x = np.random.default_rng(0).uniform(10, 90, size=(7, 20))
    codes = list("pqrstuv")
    frame = chapters.frontier(x, [f"u{at}" for at in range(20)], codes)
    parts = frame[[f"part {code}" for code in codes]]
    assert parts.sum(axis=1).tolist() == pytest.approx([1.0] * 20)
    assert parts.to_numpy().min() > 0.05 - 1e-9
    assert parts.to_numpy().max() < 0.2 + 1e-9
    assert (frame["free"] >= frame["bounded"] - 1e-9).all()
    assert frame["bounded"].max() == pytest.approx(1.0)
