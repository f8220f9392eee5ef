"""Scores of groups from those of their children, up the tree: once, or for many draws of weights and scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.errors import MethodError, Problem, Undefined
from pii.methods.impute import AbstractImputer, Labels
from pii.methods.normalise import Marks
from pii.naming import named
from pii.scheme import Scheme
from pii.scores import Scores, Weights
from pii.table import Units
from pii.tree import Group, Indicator

__all__ = ["children_scores", "has_too_few", "imputation_labels", "roll_up"]

_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error


def roll_up(
    scores: Scores, weights: Weights, scheme: Scheme, top: Group, *, known: Mapping[str, Vector] | None = None
) -> dict[str, Vector]:
    """Score a group and all groups below it.

    Parameters
    ----------
    scores
        Scores of the indicators.
    weights
        Shares of siblings, (nodes,) or, for many draws, (draws, nodes).
    scheme
        Methods of aggregation and coverage limits.
    top
        The group.
    known
        Scores of groups, (..., units), that need no aggregating again.

    Returns
    -------
    dict
        By code, (units,), or (draws, units) where weights have draws.

    Raises
    ------
    MethodError
        A score that the group's method is not defined for.
    """
    found: dict[str, Vector] = dict(known or {})
    problems: list[Problem] = []
    for group in reversed([node for node in top.walk() if isinstance(node, Group)]):
        if group.code in found:
            continue
        x = children_scores(group, found, scores)
        codes = [child.code for child in group.children]
        try:
            score = scheme.aggregator_of(group)(x, weights.of(codes))
        except Undefined as refusal:
            problems += named(refusal, codes, scores.units)
            score = np.full(x.shape[:-2] + x.shape[-1:], np.nan)
        if scheme.coverage_of(group) > 0:
            score[np.broadcast_to(has_too_few(x, group, scheme), score.shape)] = np.nan
        try:
            found[group.code] = _scaled(_filled(score, group, scores), group)
        except Undefined as refusal:
            problems += named(refusal, [group.code], scores.units)
            found[group.code] = score
    if problems:
        raise MethodError(problems)
    return found


def children_scores(group: Group, groups: Mapping[str, Vector], scores: Scores) -> Matrix:
    """Scores of a group's children, (..., children, units); a view when they are neighbouring indicators."""
    x = scores.values.T
    if all(isinstance(child, Indicator) for child in group.children):
        first = scores.columns.index(group.children[0].code)
        return x[first : first + len(group.children)]
    position = {code: at for at, code in enumerate(scores.columns)}
    rows = [groups[c.code] if isinstance(c, Group) else x[position[c.code]] for c in group.children]
    return np.stack(np.broadcast_arrays(*rows), axis=-2)


def has_too_few(x: Matrix, group: Group, scheme: Scheme) -> NDArray[np.bool_]:
    """Whether a unit has scores of fewer of a group's children than a score of it needs, (..., units).

    Parameters
    ----------
    x
        Scores of the children, (..., children, units).
    """
    present = np.count_nonzero(~np.isnan(x), axis=-2) / len(group.children)
    return np.asarray(present < scheme.coverage_of(group) - _ROUNDING)


def imputation_labels(method: AbstractImputer, units: Units) -> Labels:
    """The label that a method of imputation groups units by, as numbers of their groups."""
    return {method.groups_by: units.numbered(method.groups_by)} if method.groups_by else {}


def _scaled(score: Vector, group: Group) -> Vector:
    """The group's own scores on its scale, each draw's by itself, if it has a method for that."""
    if group.normalise is None:
        return score
    rows = np.atleast_2d(score)
    none = np.full((len(rows), 1), np.nan)
    marks = Marks(none, none, none, none, none, np.ones_like(none))
    scaled: Vector = group.normalise(rows, reference=rows, marks=marks).reshape(score.shape)
    return scaled


def _filled(score: Vector, group: Group, scores: Scores) -> Vector:
    """The group's own gaps filled, draw by draw, if it has a method for them."""
    if group.impute is None:
        return score
    labels = imputation_labels(group.impute, scores.units)
    if score.ndim == 1:
        filled: Vector = group.impute(score[None], labels=labels)[0]
        return filled
    return np.array([group.impute(one[None], labels=labels)[0] for one in score], dtype=np.float64)
