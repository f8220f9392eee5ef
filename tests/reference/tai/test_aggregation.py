"""The Technology Achievement Index of 23 countries, as the OECD/JRC Handbook (2008) aggregates it.

The Handbook prints two of the eight indicators as logarithms of two decimals, which ties countries that its authors
could tell apart, and moves scores in the third decimal. The column NCMC of its table 38 is not compared: in the data as
printed 18 countries beat one another in a circle, more than are ranked exactly.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.aggregate import Arithmetic, BenefitOfTheDoubt, Geometric, Kemeny
from pii.methods.rank import Competition
from pii.numerics.kemeny import kemeny_score
from pii.numerics.outranking import outranking
from tests.shared import read_rows, reference, same

EQUAL = np.full(8, 1 / 8)
# Goalposts of the Human Development Report 2001, in the order of the indicators.
LOW = np.array([[0, 0, 0, 0, 0, np.log10(22), 0.8, 0.1]]).T
HIGH = np.array([[994, 272.6, 232.4, 80.8, np.log10(901), np.log10(6969), 12, 27.4]]).T


@cache
def published() -> dict[str, Any]:
    """The Handbook's tables."""
    found: dict[str, Any] = json.loads(reference("tai", "published.json").read_text(encoding="utf-8"))
    return found


def measured() -> tuple[list[str], Matrix]:
    """Countries and their values, (indicators, countries)."""
    rows = read_rows("tai", "tai23.csv")
    codes = [name for name in rows[0] if name != "country"]
    return [row["country"] for row in rows], np.array([[float(row[code]) for row in rows] for code in codes])


def between_goalposts(x: Matrix) -> Matrix:
    """Scores from 0 at the lower goalpost to 1 at the higher."""
    scores: Matrix = (x - LOW) / (HIGH - LOW)
    return scores


def table_38(method: str) -> Vector:
    """Published ranks by one way of aggregating, in the order of the data."""
    table = published()["table38_rank_by_aggregation_equal_weights"]
    ranks = dict(zip(table["order"], table[method], strict=True))
    return np.array([float(ranks[country]) for country in measured()[0]])


def test_ranks_by_the_arithmetic_mean() -> None:
    """Table 38, LIN: all 23, with telephones and electricity capped at their goalposts, as the report has it."""
    scores = between_goalposts(measured()[1])
    scores[4:6] = np.minimum(scores[4:6], 1.0)
    assert same(Competition()(Arithmetic()(scores, EQUAL)[None])[0], table_38("LIN"))


def test_ranks_by_the_geometric_mean() -> None:
    """Table 38, GME: 21 of 23 without caps; Canada and Austria, 12th and 13th, stand the other way round."""
    countries, x = measured()
    ranks = Competition()(Geometric()(between_goalposts(x), EQUAL)[None])[0]
    expected = table_38("GME")
    assert [countries[at] for at in np.flatnonzero(ranks != expected)] == ["Canada", "Austria"]
    assert np.abs(ranks - expected).max() == 1


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


def test_the_ranking_of_all_countries_is_refused() -> None:
    """It is one large circle."""
    with pytest.raises(Undefined, match="18 units beat one another in a circle"):
        Kemeny()(untied(), EQUAL)


def untied() -> Matrix:
    """All countries, Japan's telephones above those of the United States."""
    x = measured()[1].copy()
    x[4, 3] += 0.001
    return x


def test_the_benefit_of_the_doubt() -> None:
    """Table 19: min-max scores, weights between 10 and 15 % of their sum; 23 scores within 0.0071."""
    countries, x = measured()
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    found = BenefitOfTheDoubt(least=0.1, most=0.15)((x - low) / (high - low), EQUAL)
    expected = np.array([published()["table19_bod_ci"][country] for country in countries])
    assert np.abs(found - expected).max() < 0.0071
    assert np.count_nonzero(np.abs(found - expected) <= 0.005) >= 19
    assert [c for c, score in zip(countries, found, strict=True) if score > 0.9999] == countries[:3]
