"""The cube that studies of several periods share: a column for each thing that is drawn, whoever draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.choices.alternatives import MultipleImputation
from pii.choices.data import DataError
from pii.choices.weights import AbstractWeights
from pii.errors import Problem, SchemeError, Undefined
from pii.robustness.plan import Plan

__all__ = ["paired"]


@dataclass(frozen=True, eq=False)
class _InPanel(Plan):
    """A period's plan whose points are columns of a cube that all periods share."""

    cube: int = 0
    """Columns of the shared cube."""
    mine: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    """Which of them are this plan's."""

    def points(self, start: int, stop: int) -> Matrix:
        """Its columns of the shared points."""
        drawn, sampler = self.uncertainty.draws, self.uncertainty.sampler
        whole = sampler.points(drawn, self.cube, seed=self.uncertainty.seed, start=start, stop=stop)
        u: Matrix = np.ascontiguousarray(whole[:, self.mine])
        return u[self.kept(u)] if self.excluded else u


def paired(plans: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """Plans of one panel, whose draws take the same numbers for the same thing.

    A column of the cube is of a choice, or of the weight that a choice gives a node; errors of data and draws of
    multiple imputation have columns for every period. Plans that have the same columns already stay as they are.

    Raises
    ------
    SchemeError
        Periods leave out different draws, or the sampler has not so many dimensions.
    """
    if any(plan.excluded for plan in plans.values()):
        one, *others = plans.values()
        if any((plan.choices, plan.excluded) != (one.choices, one.excluded) for plan in others):
            raise SchemeError(
                Problem(
                    path="uncertainty",
                    found="alternatives that do not go together are left out, and not the same in every period",
                    rule="all periods are computed in the same draws",
                    remedy="vary what goes together in all of them",
                )
            )
    columns = {period: [*_columns(plan, period)] for period, plan in plans.items()}
    cube = {key: at for at, key in enumerate(dict.fromkeys(key for keys in columns.values() for key in keys))}
    if all(list(cube) == keys for keys in columns.values()):
        return plans
    uncertainty = next(iter(plans.values())).uncertainty
    try:
        uncertainty.sampler.points(uncertainty.draws, len(cube), seed=0, stop=0)
    except Undefined as refusal:
        raise SchemeError(
            Problem(path="sampler", found=refusal.found[0], rule=refusal.rule, remedy=refusal.remedy)
        ) from None
    return {
        period: _InPanel(
            **{one.name: getattr(plan, one.name) for one in fields(plan) if one.init},
            cube=len(cube),
            mine=np.array([cube[key] for key in columns[period]], dtype=np.intp),
        )
        for period, plan in plans.items()
    }


def _columns(plan: Plan, period: str) -> Iterator[tuple[str, ...]]:
    """What every column of a plan's cube is of; what a period's values could have been is of that period."""
    for choice, columns in zip(plan.choices, plan.columns, strict=True):
        if isinstance(choice, AbstractWeights):
            for group in choice.among_groups(plan.scheme.index):
                width, codes = choice.width(group), [child.code for child in group.children]
                named = codes if width == len(codes) else [f"number {at}" for at in range(width)]
                yield from ((choice.title(), group.code, code) for code in named)
        elif isinstance(choice, DataError | MultipleImputation):
            yield from ((choice.title(), period, str(at)) for at in range(columns.stop - columns.start))
        else:
            yield (choice.title(),)
