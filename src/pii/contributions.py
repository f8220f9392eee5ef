"""What each node of the tree brings to the score of the index."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix, Vector, sealed
from pii.roll_up import has_too_few
from pii.scheme import Scheme
from pii.scores import Composite, Scores, Weights
from pii.tree import Indicator, Node

__all__ = ["contributions"]


def contributions(scores: Scores, composite: Composite, weights: Weights, scheme: Scheme) -> Matrix:
    """The parts of the index score, (units, nodes) in the order of ``scheme.nodes``.

    Slopes of the groups above a node multiplied down the tree, times its score; see ``Result.contributions``.

    Parameters
    ----------
    scores
        Of the indicators.
    composite
        Of the groups.
    weights
        Nominal, (nodes,).
    scheme
        The tree and its methods.
    """

    def score(node: Node) -> Vector:
        return (scores if isinstance(node, Indicator) else composite).column(node.code)

    slopes = {scheme.index.code: np.ones(len(composite.units))}
    unknown = {scheme.index.code: np.isnan(composite.values[:, 0])}
    for group in scheme.groups:
        x = np.array([score(child) for child in group.children])
        method, shares = scheme.aggregator_of(group), weights.of([child.code for child in group.children])
        apart = unknown[group.code] | (not method.adds_up or group.normalise is not None)
        if group.impute is not None:  # where the children made no score, one was filled in
            apart = apart | has_too_few(x, group, scheme) | np.isnan(method(x, shares))
        for child, slope in zip(group.children, method.slopes(x, shares), strict=True):
            slopes[child.code], unknown[child.code] = slopes[group.code] * slope, apart
    parts = np.array([slopes[node.code] * score(node) for node in scheme.nodes])
    parts[np.isnan(parts)] = 0.0
    parts[np.array([unknown[node.code] for node in scheme.nodes])] = np.nan
    return sealed(parts).T
