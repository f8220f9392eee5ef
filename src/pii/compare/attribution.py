"""A change of scores and ranks in parts that add up: a game whose players are what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.compare.hybrids import Hybrids, Ways
from pii.compare.mixing import Which
from pii.compare.owned import Gathering
from pii.compare.placing import places_among
from pii.errors import MethodError, Problem
from pii.numerics.shapley import precedence, shapley
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group

__all__ = ["Attribution", "Measured", "attribute"]

_SAME = 1e-9


class Measured(NamedTuple):
    """A number for the score and one for the place, each with its standard error; 0 where it is exact."""

    score: Matrix
    rank: Matrix
    score_error: Matrix
    rank_error: Matrix


@dataclass(frozen=True, eq=False)
class Attribution:
    """Parts of the change of each unit that both editions rank; they add up to it, in score and in place.

    A place is a number from 1 for the best, so a part below 0 is a gain.
    """

    units: tuple[str, ...]
    """Codes."""
    steps: tuple[str, ...]
    """What parts are owed to: ``own``, ``others``, ``scale`` and what else differs."""
    coarse: Measured
    """(steps, units); no errors."""
    indicators: tuple[str, ...]
    """Those whose data both editions have."""
    own: Measured
    """What each of them brings of ``own``, (indicators, units)."""
    split: NDArray[np.bool_]
    """Which units have parts; a unit that would have no score at some step has none, and NaN."""
    is_exact: bool
    """Whether no part is sampled."""


def attribute(hybrids: Hybrids, *, samples: int, seed: int) -> Attribution:
    r"""Split every change exactly: Shapley values of the steps, and of the indicators inside the unit's own data.

    A step is ``own`` (the unit's own data), ``others`` (the data of all others, which move places only), ``scale``
    (what all data fix together: the ends of scales, the rules of treatment, weights by data) and, where schemes
    differ, ``indicators``, ``weights`` and ``methods``. What a step brings is its mean difference over all
    orders of the steps:

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|! \, (n - |S| - 1)!}{n!} \, [v(S \cup i) - v(S)]

    where :math:`v(S)` is the score, or the place, once the steps in S are taken. Indicators are players inside
    ``own``, in the nested unions of the tree: all orders in which those of one group follow one another are alike.

    Parameters
    ----------
    samples
        How many orders of the indicators are drawn where there are too many to weigh them all.
    seed
        Of those orders.

    Raises
    ------
    MethodError
        A score in between is not defined, or depends on the other units' scores beyond the scale.

    References
    ----------
    Shapley (1953), A value for n-person games. doi:10.1515/9781400881970-018; Owen (1977), Values of games with a
    priori unions; Winter (1989), A value for cooperative games with levels structure of cooperation.
    """
    return _Game(hybrids, max(2, samples // 2), seed).solved()


class _Stage(NamedTuple):
    """What own data meet once some steps are taken."""

    scheme: Scheme
    weights: Weights
    before: Mapping[str, Vector]
    """Scores of every node of the units that both editions rank, with none of their own data changed."""
    after: Mapping[str, Vector]
    """With all of them changed."""
    rivals: tuple[Vector, Vector]
    """The index of all units by the data of either edition."""
    chances: tuple[float, ...]
    """How often exactly these steps come first: for scores; for places, before others and after them."""


@dataclass(frozen=True, eq=False)
class _Game:
    """The steps as players."""

    hybrids: Hybrids
    pairs: int
    seed: int

    @cached_property
    def ways(self) -> list[tuple[tuple[Which, ...], Ways]]:
        """Every set of the steps besides the data, and which edition everything is then of."""
        sets = product((0, 1), repeat=len(self.hybrids.steps))
        return [(taken, self.hybrids.ways(taken)) for taken in sets]

    @cached_property
    def rows(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the units that both editions rank stand in each."""
        old, new = (
            np.argsort(places)[np.searchsorted(places, self.hybrids.common, sorter=np.argsort(places))]
            for places in self.hybrids.places
        )
        return old, new

    def solved(self) -> Attribution:
        """The parts, once they are known to add up."""
        hybrids = self.hybrids
        for _, ways in self.ways:
            _refuse_mixing(hybrids.scheme(ways))
        try:
            scores, places = self.tables()
        except MethodError as refusal:
            first, more = refusal.problems[0], len(refusal.problems) - 1
            raise MethodError(
                Problem(
                    path=first.where,
                    found=first.found + (f" (and {more} more)" if more else ""),
                    rule=f"a change is split by scores between the two editions, and {first.rule}",
                    remedy="compute both with one reference, so that the scale does not move, and compare again",
                )
            ) from refusal
        self.verify(scores, places)
        n = 2 + len(hybrids.steps)
        rank = shapley(places, n)
        score = np.insert(shapley(scores, n - 1), 1, 0.0, axis=0)  # others move no score
        split = ~np.isnan(np.concatenate([rank, score])).any(axis=0)
        none = np.zeros_like(rank)
        own, is_exact = self.inner()
        _check(own, score[0], rank[0], split)
        for values in (score, rank, own.score, own.rank):
            values[:, ~split] = np.nan
        for values in (score, rank, none, split, *own):
            values.flags.writeable = False
        return Attribution(
            tuple(hybrids.units.codes[at] for at in hybrids.common),
            ("own", "others", *hybrids.steps),
            Measured(score, rank, none, none),
            hybrids.mixer.common,
            own,
            split,
            is_exact,
        )

    def column(self, data: Which, ways: Ways) -> Vector:
        """The index of all units; NaN for those that the edition of the data does not rank."""
        column = np.full(len(self.hybrids.units), np.nan)
        index = self.hybrids.scheme(ways).index.code
        column[self.hybrids.places[data]] = self.hybrids.rolled(data, ways)[index]
        return column

    def tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores (own, steps, units) and places (own, others, steps, units) of every set of steps."""
        at = self.hybrids.common
        shape = (2,) * len(self.hybrids.steps)
        scores = np.empty((2, *shape, len(at)))
        places = np.empty((2, 2, *shape, len(at)))
        for taken, ways in self.ways:
            rank = self.hybrids.scheme(ways).rank
            columns = [self.column(data, ways) for data in (0, 1)]
            for own, others in product((0, 1), repeat=2):
                scores[(own, *taken)] = columns[own][at]
                places[(own, others, *taken)] = places_among(rank, columns[own][at], columns[others], at)
        return scores, places

    def verify(self, scores: NDArray[np.float64], places: NDArray[np.float64]) -> None:
        """Refuse to go on unless no step gives before, and all steps after: scores to 1e-12, places exactly."""
        for which, result in enumerate(self.hybrids.editions):
            rows = self.rows[which]
            score, place = result.composite.values[rows, 0], result.ranking.values[rows, 0]
            end = (which,) * (scores.ndim - 1)
            off = np.abs(scores[end] - score) > 1e-12 * np.maximum(1.0, np.abs(score))
            if off.any() or (places[(which, *end)] != place).any():
                raise _inconsistent(f"{('no step does', 'all steps do')[which]} not give the edition's own scores")

    def inner(self) -> tuple[Measured, bool]:
        """What each indicator brings of what the unit's own data bring, and whether no order had to be drawn."""
        hybrids = self.hybrids
        row = {code: at for at, code in enumerate(hybrids.mixer.common)}
        sums = np.zeros((4, len(row), len(hybrids.common)))  # scores, places, the squares of their errors
        is_exact = True
        for tree in sorted({ways.indicators for _, ways in self.ways}):
            stages = [self.stage(taken, ways) for taken, ways in self.ways if ways.indicators == tree]
            gathering = Gathering(hybrids.editions[tree].scheme.index, self.pairs, self.seed + tree)
            is_exact &= gathering.is_exact
            for group in gathering.last:
                mine = [at for at, child in enumerate(group.children) if child.code in row]
                rows = [row[group.children[at].code] for at in mine]
                for part in gathering.parts(group, len(hybrids.common)) if mine else ():
                    found = self.brought(gathering, group, part, stages)[..., mine, :]
                    if gathering.is_exact:
                        sums[:2, rows, part] += found
                    else:
                        sums[:2, rows, part] += found.mean(axis=1)
                        sums[2:, rows, part] += found.var(axis=1, ddof=1) / self.pairs
        score, rank, *squares = sums
        errors = np.sqrt(squares)
        return Measured(score, rank, errors[0], errors[1]), is_exact

    def stage(self, taken: tuple[Which, ...], ways: Ways) -> _Stage:
        """What own data meet once some steps are taken."""
        hybrids = self.hybrids
        before, after = (
            {code: values[self.rows[data]] for code, values in hybrids.rolled(data, ways).items()}
            for data in (0, 1)
        )
        rivals = self.column(0, ways), self.column(1, ways)
        steps = len(hybrids.steps)
        chances = float(precedence(steps)[taken]), *(float(precedence(1 + steps)[(o, *taken)]) for o in (0, 1))
        return _Stage(hybrids.scheme(ways), hybrids.weights(ways), before, after, rivals, chances)

    def brought(
        self, gathering: Gathering, group: Group, part: slice, stages: Sequence[_Stage]
    ) -> NDArray[np.float64]:
        """What the children of a group bring some units, on average over what comes before: to score, to place."""
        at = self.hybrids.common[part]
        score, place = [], []
        for stage in stages:
            ends = [{code: end[code][part] for code in gathering.codes} for end in (stage.before, stage.after)]
            index = gathering.index(group, stage.scheme, ends[0], ends[1], stage.weights)
            score.append(stage.chances[0] * gathering.brought(group, index))
            for rivals, chance in zip(stage.rivals, stage.chances[1:], strict=True):
                places = places_among(stage.scheme.rank, index, rivals, at)
                place.append(chance * gathering.brought(group, places))
        return np.array([sum(score), sum(place)])


def _refuse_mixing(scheme: Scheme) -> None:
    """Refuse schemes in which a unit's score depends on the others' beyond the scale."""
    for group in scheme.groups:
        aggregator = scheme.aggregator_of(group)
        said = [
            f"takes the {aggregator.method_name()} score" if aggregator.compares_units else "",
            "puts its scores on a scale of their own" if group.normalise is not None else "",
            "fills its own gaps" if group.impute is not None else "",
        ]
        if any(said):
            raise MethodError(
                Problem(
                    path=group.code,
                    found=f"the group {next(filter(None, said))}",
                    rule="parts need a score that depends on the unit's own data and on scales that all share",
                    remedy="compare scores and ranks only, or nodes below the group",
                )
            )


def _check(own: Measured, score: Vector, rank: Vector, split: NDArray[np.bool_]) -> None:
    for found, whole in ((own.score, score), (own.rank, rank)):
        if (np.abs(found.sum(axis=0) - whole)[split] > _SAME * np.maximum(1.0, np.abs(whole[split]))).any():
            raise _inconsistent("the parts of the indicators do not add up to the part of the unit's own data")


def _inconsistent(found: str) -> MethodError:
    return MethodError(
        Problem(
            found=found,
            rule="parts add up to the change",
            remedy="this is a mistake of the library; please report it, and do not publish the parts",
        )
    )
