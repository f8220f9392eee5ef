"""What drives the uncertainty: the share of the variance of ranks and scores that each choice accounts for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.choices.design import Choice, Uncertainty
from pii.errors import Problem, SchemeError, Undefined
from pii.levels import plain
from pii.methods.apportion import Bootstrap, Effects, apportion, design, n_runs
from pii.methods.sample import AbstractSampler
from pii.result import Result
from pii.robustness.asked import one_of, told, whole
from pii.robustness.chunks import Sent
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from pii.robustness.room import effects_bytes, refuse_unfit
from pii.robustness.study import declared
from pii.scheme import Scheme
from pii.table import Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sensitivity", "sensitivity"]

_BLOCK = 1 << 12  # points that a worker computes at a time


def sensitivity(
    scheme: Scheme,
    table: Table,
    uncertain: Uncertainty | Sequence[Choice] | None = None,
    *,
    n: int = 4096,
    seed: int | None = None,
    sampler: AbstractSampler | None = None,
    node: str | None = None,
    second_order: bool = False,
    resamples: int = 200,
    executor: Executor | None = None,
    reference: Result | None = None,
    references: Mapping[str, Result] | None = None,
) -> Sensitivity:
    """Apportion the variance of ranks and scores among the choices.

    Parameters
    ----------
    scheme, table, uncertain, seed, sampler, executor, reference, references
        As for a study. ``draws`` do not count.
    n
        Points of the design; the index is computed n (choices + 2) times, or n (2 choices + 2) for pairs too. A
        power of two suits Sobol' points best.
    node
        The group whose ranks and scores are looked at; the index when not given.
    second_order
        Whether pairs are wanted.
    resamples
        Of the bootstrap that intervals are from; 0 for none.

    Raises
    ------
    SchemeError
        As for a study; no points, or a single resample; alternatives that do not go together cannot be left out,
        for every run is needed; or runs that do not fit memory.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of model
    output. doi:10.1016/j.cpc.2009.09.018

    Examples
    --------
    >>> from pii.choices.weights import WeightBox
    >>> from pii.choices.alternatives import VaryNormalisation
    >>> from pii.tree import Group, Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")])
    >>> table = Table.of({"a": [1.0, 5.0, 4.0, 2.0], "b": [9.0, 1.0, 4.0, 7.0]}, units=list("wxyz"))
    >>> choices = [WeightBox(spread=0.5), VaryNormalisation(among=["minmax", "rank"])]
    >>> found = sensitivity(Scheme(code="demo", index=index), table, choices, n=512, seed=0)
    >>> found.overall()[["first", "total"]].round(1).to_numpy().tolist()
    [[0.3, 0.7], [0.3, 0.6]]
    """
    uncertainty, n = declared(scheme, uncertain, seed=seed, sampler=sampler), whole(n, "n")
    with told():
        bootstrap = Bootstrap(resamples=plain(resamples), seed=uncertainty.seed) if resamples else None
    plan = planned(
        scheme, table, uncertainty, nodes=[node] if node else (), reference=reference, references=references
    )
    if plan.excluded:
        raise SchemeError(
            Problem(
                path="conflicts",
                found="some alternatives do not go together",
                rule="effects need every combination",
                remedy="leave one of each such pair out",
            )
        )
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            y = _outputs(plan, n, threads, second_order=second_order)
    else:
        y = _outputs(plan, n, executor, second_order=second_order)
    return Sensitivity(plan, apportion(y, len(plan.choices), second_order=second_order, bootstrap=bootstrap), n)


def _outputs(plan: Plan, n: int, executor: Executor, *, second_order: bool) -> Matrix:
    """Mean absolute rank shift, then every unit's rank, then every unit's score: (runs, 1 + 2 units)."""
    d, groups = plan.dimensions, [range(columns.start, columns.stop) for columns in plan.columns]
    runs = n_runs(n, len(groups), second_order=second_order)
    needed = effects_bytes(n, runs, d, len(plan.measured.units))
    refuse_unfit(needed, f"{runs:,} runs of {len(plan.measured.units):,} units", remedy="take a smaller n")
    try:
        cube = plan.uncertainty.sampler.points(n, 2 * d, seed=plan.uncertainty.seed)
    except Undefined as refusal:
        raise SchemeError(
            Problem(path="sampler", found=refusal.found[0], rule=refusal.rule, remedy=refusal.remedy)
        ) from None
    points = design(cube[:, :d], cube[:, d:], groups, second_order=second_order)
    blocks = [points[at : at + _BLOCK] for at in range(0, runs, _BLOCK)]
    return np.concatenate(list(executor.map(_computed, [Sent(plan)] * len(blocks), blocks)))


def _computed(sent: Sent, points: Matrix) -> Matrix:
    """The outputs at some points of the cube."""
    plan = sent.plan
    scores = plan.scores(points)[0]
    ranks = plan.scheme.rank(scores)
    nominal = plan.nominal.ranking.column(plan.nodes[0])
    shift = np.abs(ranks - nominal)
    known = ~np.isnan(shift)
    mean = np.where(known, shift, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.column_stack([mean, ranks, scores])


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What each choice accounts for, alone (first) and with all that it has in common with others (total)."""

    plan: Plan
    """What was computed, the nominal result in it."""
    effects: Effects
    """Of the mean absolute rank shift, each unit's rank and each unit's score, in this order."""
    n: int
    """Points of the design."""

    def overall(self) -> pd.DataFrame:
        """One row a choice: its effects on the mean absolute rank shift, with bootstrap intervals."""
        return self.to_frame().query("output == 'rank shift'").drop(columns=["output", "unit"]).set_index("choice")

    def of(self, unit: str, output: Literal["rank", "score"] = "rank") -> pd.DataFrame:
        """One row a choice: its effects on a unit's rank or score; missing where that never changes."""
        one_of(output, ("rank", "score"), "output")
        code = self.plan.measured.units.codes[self.plan.measured.units.locate(unit)]
        frame = self.to_frame()
        mine = frame[(frame["output"] == output) & (frame["unit"] == code)]
        return mine.drop(columns=["output", "unit"]).set_index("choice")

    def to_frame(self) -> pd.DataFrame:
        """One row a choice and output: output, unit, choice, first, total and the ends of their 90 % intervals."""
        import pandas as pd

        codes = list(self.plan.measured.units.codes)
        k, outputs = self.effects.first.shape
        columns: dict[str, NDArray[np.float64] | None] = {
            "first": self.effects.first,
            "first_low": self.effects.first_low,
            "first_high": self.effects.first_high,
            "total": self.effects.total,
            "total_low": self.effects.total_low,
            "total_high": self.effects.total_high,
        }
        return pd.DataFrame(
            {
                "output": np.tile(["rank shift"] + ["rank"] * len(codes) + ["score"] * len(codes), k),
                "unit": np.tile(np.array(["", *codes, *codes], dtype=object), k),
                "choice": np.repeat(self._titles, outputs),
                **{name: values.ravel() for name, values in columns.items() if values is not None},
            }
        )

    def pairs(self) -> pd.DataFrame:
        """One row a pair of choices: what they account for together, beyond either alone, of the mean rank shift.

        Raises
        ------
        SchemeError
            The study was made without pairs.
        """
        import pandas as pd

        second = self.effects.second
        if second is None:
            raise SchemeError(
                Problem(
                    found="pairs were not computed", rule="they need runs of their own", remedy="set second_order"
                )
            )
        one, other = np.triu_indices(len(self._titles), 1)
        return pd.DataFrame(
            {
                "first": [self._titles[i] for i in one],
                "second": [self._titles[i] for i in other],
                "effect": second[one, other, 0],
            }
        )

    @property
    def _titles(self) -> list[str]:
        return [choice.title() for choice in self.plan.choices]

    def __repr__(self) -> str:
        overall = self.overall()["total"].sort_values(ascending=False)
        said = ", ".join(f"{choice} {total:.2f}" for choice, total in overall.items())
        return f"<Sensitivity {self.plan.nominal.title}: total effects on the mean rank shift: {said}>"
