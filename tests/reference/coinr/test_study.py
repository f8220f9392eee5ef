"""COINr's studies of its example, through the engine that studies go through: the same draws, the same scores.

Its weights are one of 100 sets, which it drew once: each weight of the two upper levels within a quarter of the nominal
one. Here that is a box, and a set is a point in it. COINr cuts the range of the numbers drawn, not of 0 to 1, into as
many parts as there are alternatives; so a number from the middle of each alternative's part stands for COINr's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pii.arrays import Matrix
from pii.choices.alternatives import VaryAggregation, VaryNormalisation, VaryTreatment
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.methods.apportion import apportion
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from tests.reference.coinr import asem
from tests.reference.coinr.methods import chain
from tests.reference.coinr.sensitivity import CHOICES, MEANS, SCALES, drawn, weight_sets
from tests.shared import same
from tests.slow_study import chosen

STUDIES = ["UA_N100_seed456", "SA_N50_seed789"]


@cache
def plan() -> Plan:
    """COINr's study. Its scheme as it stands has no geometric mean, as the worst scores are 0; no draw has those."""
    choices = [
        chosen(VaryTreatment, among=[chain(limit=limit) for limit in range(1, 6)]),
        chosen(VaryNormalisation, among=SCALES),
        WeightBox(spread=0.25, levels=[0, 1]),
        chosen(VaryAggregation, among=MEANS),
    ]
    return planned(asem.scheme(), asem.raw(), chosen(Uncertainty, choices=choices))


def numbers(weights: int) -> list[float]:
    """Where a set of weights is in the box."""
    groups = [group for group in asem.scheme().groups if asem.scheme().levels[group.code] < 2]
    drawn = weight_sets()[weights]
    return [(drawn[child.code] / child.weight - 0.75) / 0.5 for group in groups for child in group.children]


@cache
def points(study: str) -> Matrix:
    """The points of the cube that COINr's draws are."""
    rows = asem.rows(f"sensitivity/{study}_alternative_index.csv")
    return np.array(
        [
            [
                (int(row["Winmax"]) - 0.5) / 5,
                (int(row["Normalisation"]) - 0.5) / 2,
                *numbers(int(row["Weights"])),
                (int(row["Aggregation"]) - 0.5) / 2,
            ]
            for row in rows
        ]
    )


@cache
def computed(study: str) -> tuple[Matrix, Matrix]:
    """Scores and ranks of every draw, (draws, units)."""
    scores = plan().scores(points(study))[0]
    return scores, plan().scheme.rank(scores)


@pytest.mark.parametrize("study", STUDIES)
def test_coinrs_weights_are_in_the_box(study: str) -> None:
    """Those of the upper two levels; the others are nominal."""
    assert ((points(study) >= 0) & (points(study) < 1)).all()
    upper = {child.code for group in asem.scheme().groups for child in group.children}
    upper &= {code for code, level in asem.scheme().levels.items() if level < 3}
    nominal = {node.code: node.weight for node in asem.scheme().nodes}
    assert all(
        w == nominal[code] for found in weight_sets().values() for code, w in found.items() if code not in upper
    )


@pytest.mark.parametrize("study", STUDIES)
def test_scores_and_ranks_of_every_draw_equal_coinrs(study: str) -> None:
    """Of 51 economies: scores to 1e-10, ranks exactly."""
    scores, ranks = computed(study)
    for ours, what, tolerance in ((scores, "Scores", 1e-10), (ranks, "Ranks", 0.0)):
        file = f"sensitivity/{study}_{what}.csv"
        assert same(ours.T, asem.values(file, drawn(file)), tolerance)


def test_effects_equal_coinrs() -> None:
    """On the mean absolute shift of ranks, over the 300 runs of 50 points; counted from 0, as COINr has it."""
    shift = np.abs(computed(STUDIES[1])[1] - plan().nominal.ranking.column("Index")).mean(axis=1)
    found = apportion(shift[:, None], len(CHOICES), centred=False)
    file = f"sensitivity/{STUDIES[1]}_Sensitivity.csv"
    assert same(found.first[:, 0], asem.column(file, "Si", CHOICES, "Variable"))
    assert same(found.total[:, 0], asem.column(file, "STi", CHOICES, "Variable"))
