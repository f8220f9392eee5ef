"""COINr's Copeland scores and outranking matrix.

Its scores of data with gaps are not compared: they depend on the order of the rows, which ours do not.
"""

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.arrays import Matrix, Vector
from pii.methods.aggregate import Copeland, Geometric, NetOutranking
from pii.numerics.outranking import outranking
from tests.reference.coinr import asem
from tests.reference.coinr.test_variants import declared
from tests.shared import same

INPUT = "variants/agg_input_N1_minmax_1_100.csv"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("agg_a_copeland_viawrapper", {"aggregate": "copeland"}),
        ("agg_mixed_gmean_gmean_copeland", {"means": (Geometric(), Geometric(), Copeland())}),
    ],
)
def test_copeland_at_every_level_and_above_geometric_means(name: str, fields: dict[str, Any]) -> None:
    """Scores of all groups equal COINr's."""
    read, scores = declared(**fields), asem.scores(INPUT)
    composite = stages.aggregate(scores, stages.weigh(scores, read), read)
    assert same(composite.values, asem.values(f"variants/{name}.csv", composite.columns))


def physical() -> tuple[Matrix, Vector]:
    """Scores of one pillar's eight indicators, and their shares."""
    read, scores = declared(), asem.scores(INPUT)
    pillar = next(group for group in read.groups if group.code == "Physical")
    codes = [child.code for child in pillar.children]
    return np.array([scores.column(code) for code in codes]), stages.weigh(scores, read).of(codes)


def test_the_outranking_matrix_of_one_pillar() -> None:
    """51 economies two by two; its rows sum to the net outranking score."""
    expected = asem.values("variants/outrank_matrix_Physical.csv", asem.units().codes)
    x, w = physical()
    assert same(outranking(x, w), expected)
    assert same(NetOutranking()(x, w), expected.sum(axis=1))


def test_copeland_of_one_pillar() -> None:
    """As COINr's function gives it alone."""
    x, w = physical()
    assert same(Copeland()(x, w), asem.values("variants/copeland_Physical.csv", ("score",))[:, 0])
