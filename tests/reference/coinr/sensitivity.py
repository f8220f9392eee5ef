"""COINr's studies of uncertainty and sensitivity: every draw computed again from the choices that made it.

The choices are how many points may be winsorised (1 to 5), min-max from 1 to 100 or z-scores of mean 10 and standard
deviation 2, one of 100 sets of weights, and the arithmetic or the geometric mean.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from pii import stages
from pii.arrays import Matrix, Vector
from pii.methods.apportion import apportion
from pii.scores import Scores
from pii.tree import Group, Node
from tests.reference.coinr import asem
from tests.reference.coinr.methods import chain
from tests.reference.compared import Comparison, Pairs

__all__ = ["COMPARISONS"]

STUDIES = ("UA_N100_seed456", "SA_N50_seed789")
CHOICES = ("Winmax", "Normalisation", "Weights", "Aggregation")
SCALES: tuple[dict[str, Any], ...] = (
    {"method": "minmax", "floor": 1.0},
    {"method": "zscore", "mean": 10.0, "sd": 2.0},
)
MEANS = ("arithmetic", "geometric")


def study_of(file: str) -> str:
    """The study that a file is of."""
    return next(study for study in STUDIES if study in file)


# Draws


@cache
def weight_sets() -> dict[int, dict[str, float]]:
    """Weights of every node, by set."""
    found: dict[int, dict[str, float]] = {}
    for row in asem.rows("sensitivity/noisy_weights_100sets.csv"):
        found.setdefault(int(row["set"]), {})[row["iCode"]] = asem.number(row["Weight"])
    return found


def weighted(node: Node, weights: dict[str, float]) -> Node:
    """A tree with other weights."""
    if isinstance(node, Group):
        children = [weighted(child, weights) for child in node.children]
        return node.replace(weight=weights[node.code], children=children)
    return node.replace(weight=weights[node.code])


@cache
def scores(limit: int, scale: int) -> Scores:
    """Scores of the indicators by two of the choices."""
    read = asem.scheme(treat=chain(limit=limit), normalise=SCALES[scale - 1])
    return stages.normalise(stages.treat(asem.result().completed, read).table, read)


def index(limit: int, scale: int, weights: int, mean: int) -> Vector:
    """Scores in the index by all four."""
    read = asem.scheme(normalise=SCALES[scale - 1], aggregate=MEANS[mean - 1])
    read = read.replace(index=weighted(read.index, weight_sets()[weights]))
    given = scores(limit, scale)
    return stages.aggregate(given, stages.weigh(given, read), read).column("Index")


@cache
def draws(study: str) -> Matrix:
    """Scores in the index by every draw of a study, (draws, units)."""
    rows = asem.rows(f"sensitivity/{study}_alternative_index.csv")
    return np.array([index(*(int(row[name]) for name in CHOICES)) for row in rows])


def places(x: Matrix) -> Matrix:
    """Ranks by each row of scores."""
    return asem.scheme().rank(x)


@cache
def nominal() -> Vector:
    """Ranks by the example itself."""
    return asem.result().ranking.column("Index")


# Comparisons


def drawn(file: str) -> tuple[str, ...]:
    """The columns of draws."""
    return tuple(name for name in asem.rows(file)[0] if name.startswith("r_"))


def drawn_scores(file: str) -> Pairs:
    """Scores in the index by the scheme, and by every draw."""
    yield asem.result().composite.column("Index"), asem.values(file, ("Nominal",))[:, 0]
    yield draws(study_of(file)).T, asem.values(file, drawn(file))


def drawn_ranks(file: str) -> Pairs:
    """Ranks by the scheme, and by every draw."""
    yield nominal(), asem.values(file, ("Nominal",))[:, 0]
    yield places(draws(study_of(file))).T, asem.values(file, drawn(file))


def nominals(file: str) -> Pairs:
    """Score and rank by the scheme."""
    found = np.column_stack([asem.result().composite.column("Index"), nominal()])
    yield found, asem.values(file, ("Score", "Rank"))


def spread_of_ranks(file: str) -> Pairs:
    """The mean, median, 5th and 95th percentile of the ranks by the draws; of effects, by those that start a study."""
    ranks = places(draws(study_of(file)))
    ranks = ranks[:100]  # all of the one, and both blocks of 50 points of the other
    ours = [nominal(), ranks.mean(axis=0), *np.quantile(ranks, [0.5, 0.05, 0.95], axis=0)]
    yield np.array(ours).T, asem.values(file, ("Nominal", "Mean", "Median", "Q5", "Q95"))


def shifts(study: str) -> Vector:
    """The mean absolute change of rank by every draw."""
    return np.asarray(np.abs(places(draws(study)) - nominal()).mean(axis=1))


def drawn_shifts(file: str) -> Pairs:
    """The output that COINr decomposes."""
    yield shifts(study_of(file)), [asem.number(row["y"]) for row in asem.rows(file)]


def effects(file: str) -> Pairs:
    """First and total effects of the four choices; the intervals are of COINr's own random resamples."""
    found = apportion(shifts(study_of(file))[:, None], len(CHOICES), centred=False)
    yield found.first[:, 0], asem.column(file, "Si", CHOICES, "Variable")
    yield found.total[:, 0], asem.column(file, "STi", CHOICES, "Variable")


COMPARISONS = tuple(
    Comparison("COINr", family, f"sensitivity/{study}_{what}.csv", pairs, tolerance)
    for family, what, pairs, tolerance, studies in (
        ("draws of uncertain choices, scores", "Nominal", nominals, 1e-10, STUDIES),
        ("draws of uncertain choices, scores", "Scores", drawn_scores, 1e-10, STUDIES),
        ("draws of uncertain choices, ranks", "Ranks", drawn_ranks, 0.0, STUDIES),
        ("spread of ranks", "RankStats", spread_of_ranks, 1e-10, STUDIES),
        ("spread of ranks", "y_mean_abs_rank_change", drawn_shifts, 1e-10, STUDIES[1:]),
        ("first and total effects", "Sensitivity", effects, 1e-10, STUDIES[1:]),
    )
    for study in studies
)
