"""The Technology Achievement Index of 23 countries, as the OECD/JRC Handbook (2008) aggregates it.

The Handbook prints two of the eight indicators as logarithms of two decimals, which ties countries that its authors
could tell apart, and moves scores in the third decimal.
"""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix, Vector
from pii.methods.aggregate import Arithmetic, BenefitOfTheDoubt, Geometric, Kemeny
from pii.methods.rank import Competition
from pii.numerics.kemeny import kemeny_score, largest_circle
from pii.numerics.outranking import outranking
from tests.reference.tai.handbook import EQUAL, HALF_A_DIGIT, between_goalposts, in_order, measured, published
from tests.shared import same


def table_38(method: str) -> Vector:
    """Published ranks by one way of aggregating, in the order of the data."""
    return in_order("table38_rank_by_aggregation_equal_weights", method)


def ranks(scores: Vector) -> Vector:
    """From 1 for the highest; what differs in the last bits is even."""
    found: Vector = Competition()(scores.round(9)[None])[0]
    return found


def test_ranks_by_the_arithmetic_mean() -> None:
    """Table 38, LIN: all 23, with telephones and electricity capped at their goalposts, as the report has it."""
    scores = between_goalposts(measured()[1])
    scores[4:6] = np.minimum(scores[4:6], 1.0)
    assert same(ranks(Arithmetic()(scores, EQUAL)), table_38("LIN"))


def test_ranks_by_the_geometric_mean() -> None:
    """Table 38, GME: 21 of 23 as printed; by data that round to the same, all 23.

    Canada and Austria, 13th and 12th, are 0.0015 apart, less than their printed digits leave open. Telephones and
    electricity above their goalposts are not capped.
    """
    countries, x = measured()
    score, expected = Geometric()(between_goalposts(x), EQUAL), table_38("GME")
    assert [countries[at] for at in np.flatnonzero(ranks(score) != expected)] == ["Canada", "Austria"]
    two = [countries.index("Canada"), countries.index("Austria")]
    finer = x.copy()
    finer[:, two] += 0.8 * HALF_A_DIGIT * [-1, 1]
    assert (np.abs(finer - x) < HALF_A_DIGIT).all()
    assert same(ranks(Geometric()(between_goalposts(finer), EQUAL)), expected)


def five() -> tuple[list[str], Matrix]:
    """The first five countries; of the two whose telephones print as 3.00, Japan has the more in table 36."""
    countries, x = measured()
    countries, x = countries[:5], x[:, :5].copy()
    assert countries == published()["table36_outranking5"]["order"]
    x[4, 3] += 0.001
    return countries, x


def test_the_outranking_matrix_of_five_countries() -> None:
    """Table 36, exactly."""
    assert same(outranking(five()[1], EQUAL), published()["table36_outranking5"]["E"], 0.0)


def test_the_kemeny_ranking_of_five_countries() -> None:
    """Table 37: the best ranking agrees with pairs by 6.375; three are as good, and Sweden is first by the mean."""
    countries, x = five()
    places = Kemeny()(x, EQUAL)
    assert kemeny_score(outranking(x, EQUAL), places) == published()["table37_max_score_5"] == 6.375
    assert [countries[at] for at in np.argsort(-places)] == ["Sweden", "United States", "Finland", "Japan", "Korea"]
    assert same(places, [10 / 3, 4, 14 / 3, 2, 1], 1e-12)


def test_the_kemeny_ranking_of_all_countries() -> None:
    """18 of them are one circle; first and last are those of table 38, NCMC, and all places near it."""
    countries, x = measured()
    o, places = outranking(x, EQUAL), Kemeny()(x, EQUAL)
    assert largest_circle(o) == 18
    order = [countries[at] for at in np.argsort(-places, kind="stable")]
    assert set(order[:3]) == {"Finland", "United States", "Sweden"}
    assert set(order[-5:]) == {"Spain", "Italy", "Czech Republic", "Hungary", "Slovenia"}
    published_ranks = table_38("NCMC")
    assert np.abs(24 - places - published_ranks).max() == 5
    assert np.corrcoef(24 - places, published_ranks)[0, 1] > 0.96


def test_no_digits_make_the_column_ncmc_a_best_ranking() -> None:
    """However the ties of printed values fall, our ranking agrees with pairs by 1.75 more, at least.

    More digits change only comparisons that print as ties. The column ranks two pairs of countries alike, which
    are left out: no ranking of countries is it, and either order of them is a ranking that this bounds.
    """
    x, expected = measured()[1], table_38("NCMC")
    o = outranking(x, EQUAL)
    places = Kemeny()(x, EQUAL)
    ours = np.empty(23)
    ours[np.lexsort((expected, -places))] = np.arange(23)  # one of the best rankings, the nearest to the column
    best = sum(o[i, j] for i in range(23) for j in range(23) if ours[i] < ours[j])
    assert best == 184.5
    apart = (expected[:, None] < expected) & (ours[:, None] > ours)
    lost = (o.T - o)[apart].sum()
    tied = (x[:, :, None] == x[:, None, :]).sum(axis=0)
    assert (lost, tied[apart].sum() / 8) == (2.375, 0.625)


def test_the_benefit_of_the_doubt() -> None:
    """Tables 19 and 23: min-max scores, weights between 10 and 15 % of their sum; 23 scores within 0.0071.

    All 23 ranks are those of table 23.
    """
    countries, x = measured()
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    found = BenefitOfTheDoubt(least=0.1, most=0.15)((x - low) / (high - low), EQUAL)
    expected = np.array([published()["table19_bod_ci"][country] for country in countries])
    assert np.abs(found - expected).max() < 0.0071
    assert np.count_nonzero(np.abs(found - expected) <= 0.005) >= 19
    assert [c for c, score in zip(countries, found, strict=True) if score > 0.9999] == countries[:3]
    assert same(ranks(found), in_order("table23_rank_by_weighting", "BOD"))
