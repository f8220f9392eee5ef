"""How far a ranking can be trusted: the index computed again for every draw of what was uncertain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.choices.design import Choice, Uncertainty
from pii.errors import Problem, SchemeError
from pii.levels import plain, refuse_level
from pii.markup import grid, heading, small
from pii.methods.sample import AbstractSampler
from pii.numerics import tallies
from pii.numerics.draws import places
from pii.numerics.score_tallies import mean_score, score_quantiles
from pii.result import Result
from pii.robustness.asked import last_places, listed, node_at, quantiles, told, whole
from pii.robustness.chunks import chunks
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from pii.robustness.room import refuse_unfit, refuse_unfit_study, winning_bytes
from pii.scheme import Scheme
from pii.table import Table, Units

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Progress", "Study", "computed", "declared", "study"]

Progress = Callable[[int, int], None]
"""Told how many draws are done, of how many."""

_SHOWN = 20  # units that a notebook shows
_FIRST = 1024  # draws after which a study that runs until it is stable looks for the first time


def declared(
    scheme: Scheme,
    uncertain: Uncertainty | Sequence[Choice] | None,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: AbstractSampler | None = None,
) -> Uncertainty:
    """What is varied: what is given here, else what the scheme declares.

    Raises
    ------
    SchemeError
        Neither says anything; choices are given without a seed, or not as a list; or a field breaks a rule.
    """
    if uncertain is None:
        uncertain = scheme.uncertainty
    if uncertain is None:
        raise SchemeError(
            Problem(
                path="uncertainty",
                found="nothing is said to be uncertain",
                rule="a study varies something",
                remedy="add uncertainty: {choices: [...], seed: ...} to the scheme",
            )
        )
    changes: dict[str, object] = {"draws": draws, "seed": seed, "sampler": sampler}
    given = {name: plain(value) for name, value in changes.items() if value is not None}
    if isinstance(uncertain, Uncertainty):
        with told():
            return uncertain.replace(**given) if given else uncertain
    choices = listed(uncertain)
    if seed is None:
        raise SchemeError(
            Problem(
                path="seed",
                found="there is no seed",
                rule="a study can be repeated",
                remedy="give a seed; 0 is one",
            )
        )
    with told():
        return Uncertainty.model_validate({"choices": choices, **given})


def study(
    scheme: Scheme,
    table: Table,
    uncertain: Uncertainty | Sequence[Choice] | None = None,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: AbstractSampler | None = None,
    nodes: Sequence[str] = (),
    until_stable: bool = False,
    executor: Executor | None = None,
    reference: Result | None = None,
    references: Mapping[str, Result] | None = None,
    progress: Progress | None = None,
) -> Study:
    """Compute an index again and again, with what was uncertain drawn anew.

    Who is ranked is decided once, by the scheme as it stands. The same seed gives the same numbers, whatever the
    executor and the number of its workers.

    Parameters
    ----------
    scheme
        The index as it stands.
    table
        What was measured.
    uncertain
        What could have been chosen otherwise; the scheme's own ``uncertainty`` when not given.
    draws, seed, sampler
        In place of what ``uncertain`` says; a seed is needed where it is a list of choices.
    nodes
        The groups whose scores and ranks are wanted, by code; the index when not given.
    until_stable
        Double the draws, from 1,024 up to ``draws``, until both ends of every unit's 90 % rank interval are known
        to within one place.
    executor
        Where chunks of draws are computed; threads of this process when not given.
    reference
        The result that fixes the scale, as for ``compute``.
    references
        Results that may fix the scale, by name, for a choice that varies it.
    progress
        Called after every chunk.

    Raises
    ------
    SchemeError
        Choices that name what is not there, vary nothing, or do not go together; or draws that do not fit memory.
    MethodError
        Alternatives that cannot be computed from these values.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the
    quality assessment of composite indicators. doi:10.1111/j.1467-985X.2005.00350.x

    Examples
    --------
    >>> from pii.choices.weights import WeightBox
    >>> from pii.tree import Group, Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")])
    >>> table = Table.of({"a": [1.0, 5.0, 4.0], "b": [9.0, 1.0, 4.0]}, units=["x", "y", "z"])
    >>> scheme = Scheme(code="demo", index=index)
    >>> found = study(scheme, table, [WeightBox(spread=0.5)], draws=1000, seed=0)
    >>> found.intervals()[["rank", "low", "high"]].to_numpy().tolist()
    [[2, 1, 3], [2, 1, 3], [1, 1, 2]]
    """
    uncertainty = declared(scheme, uncertain, draws=draws, seed=seed, sampler=sampler)
    plan = planned(scheme, table, uncertainty, nodes=nodes, reference=reference, references=references)
    if not until_stable:
        return computed(plan, executor=executor, progress=progress)
    n = min(_FIRST, uncertainty.draws)
    while True:
        found = computed(plan.drawing(n), executor=executor, progress=progress)
        if n == uncertainty.draws or found.is_stable():
            return found
        n = min(2 * n, uncertainty.draws)


def computed(plan: Plan, *, executor: Executor | None = None, progress: Progress | None = None) -> Study:
    """Compute all draws of a plan and hold them; refused where memory does not."""
    refuse_unfit_study(plan)
    n, units = plan.uncertainty.draws, len(plan.measured.units)
    scores = np.empty((len(plan.nodes), n, units))
    ranks = np.empty(scores.shape, dtype=places(scores[0, :0]).dtype)
    filled = 0
    for chunk in chunks(plan, executor=executor):
        count = chunk.scores.shape[1]
        if count == n:  # all draws at once need no copy
            scores, ranks = chunk.scores, chunk.places
        else:
            scores[:, filled : filled + count] = chunk.scores
            ranks[:, filled : filled + count] = chunk.places
        filled += count
        if progress is not None:
            progress(chunk.stop, n)
    if not filled:
        raise SchemeError(
            Problem(found="every draw has alternatives that do not go together", rule="a study has draws to count")
        )
    scores.flags.writeable = ranks.flags.writeable = False
    return Study(plan, scores[:, :filled], ranks[:, :filled])


@dataclass(frozen=True, eq=False)
class Study:
    """Scores and ranks of every draw, and what they say of each unit."""

    plan: Plan
    """What was computed, the nominal result in it."""
    scores: NDArray[np.float64]
    """(nodes, draws, ranked units)."""
    places: NDArray[np.integer]
    """From 1 for the best, of the same shape; 0 for a unit without a score."""

    @property
    def result(self) -> Result:
        """The index as it stands."""
        return self.plan.nominal

    @property
    def units(self) -> Units:
        """The units that are ranked."""
        return self.plan.measured.units

    @property
    def draws(self) -> int:
        """How many draws are counted."""
        return int(self.scores.shape[1])

    @property
    def left_out(self) -> int:
        """Draws whose alternatives do not go together."""
        return self.plan.uncertainty.draws - self.draws

    def _at(self, node: str | None) -> int:
        return node_at(self.plan.nodes, node)

    @cached_property
    def _tallied(self) -> dict[int, tallies.Counts]:
        return {at: tallies.acceptability(one) for at, one in enumerate(self.places)}

    def _nominal(self, node: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        code = self.plan.nodes[self._at(node)]
        return self.result.composite.column(code), self.result.ranking.column(code)

    def intervals(self, node: str | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """One row a ranked unit: its rank as it stands, and the ranks that it has in the draws.

        Columns: name, rank, low and high (between them a share ``level`` of the draws, as much below as above),
        median, low_from to high_to (how far chance may have the ends off, at 95 %), mean and its standard error,
        shift (mean less rank), best and worst seen. A draw in which the unit has no score does not count; ends and
        median are 0 for a unit that never has one.
        """
        import pandas as pd

        counts = self._tallied[self._at(node)]
        low, median, high = (tallies.place_quantile(counts, p) for p in quantiles(level))
        mean = tallies.mean_place(counts)
        rank = self._nominal(node)[1]
        seen = counts[:, 1:] > 0
        whole = pd.array(np.where(np.isnan(rank), 0, rank), dtype="Float64")
        whole[np.isnan(rank)] = pd.NA
        return pd.DataFrame(
            {
                "name": self.units.names,
                "rank": whole.astype("Int64") if (rank[~np.isnan(rank)] % 1 == 0).all() else whole,
                "low": low.place,
                "high": high.place,
                "median": median.place,
                "low_from": low.low,
                "low_to": low.high,
                "high_from": high.low,
                "high_to": high.high,
                "mean": mean.value,
                "mean_error": mean.error,
                "shift": mean.value - rank,
                "best": np.where(seen.any(axis=1), seen.argmax(axis=1) + 1, 0),
                "worst": np.where(seen.any(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1), 0),
            },
            index=pd.Index(self.units.codes, name="unit"),
        )

    def score_intervals(self, node: str | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """One row a ranked unit: its score as it stands, and the scores that it has in the draws.

        Columns: name, score, low, median, high (as for ranks), low_from to high_to, mean and its standard error.
        """
        import pandas as pd

        scores = self.scores[self._at(node)]
        ends = score_quantiles(scores, quantiles(level))
        mean = mean_score(scores)
        return pd.DataFrame(
            {
                "name": self.units.names,
                "score": self._nominal(node)[0],
                "low": ends[0].score,
                "median": ends[1].score,
                "high": ends[2].score,
                "low_from": ends[0].low,
                "low_to": ends[0].high,
                "high_from": ends[2].low,
                "high_to": ends[2].high,
                "mean": mean.value,
                "mean_error": mean.error,
            },
            index=pd.Index(self.units.codes, name="unit"),
        )

    def acceptability(self, node: str | None = None) -> pd.DataFrame:
        """The share of the draws in which each unit, down, has each rank, across."""
        import pandas as pd

        share = tallies.acceptances(self._tallied[self._at(node)]).value
        return pd.DataFrame(
            share, index=pd.Index(self.units.codes, name="unit"), columns=range(1, share.shape[1] + 1)
        )

    def winning(self, node: str | None = None) -> pd.DataFrame:
        """How probable it is that the unit down stands above the unit across: wins and half the ties."""
        import pandas as pd

        n = len(self.units)
        refuse_unfit(winning_bytes(n), f"how often each of {n:,} units is above each other")
        share = tallies.winning(self.places[self._at(node)]).value
        codes = pd.Index(self.units.codes, name="unit")
        return pd.DataFrame(share, index=codes, columns=list(codes))

    def top(self, k: int, node: str | None = None) -> pd.DataFrame:
        """How probable a place among the best k is, of 1 to as many as there are units, and its standard error."""
        import pandas as pd

        found = tallies.top(self._tallied[self._at(node)], whole(k, "k", most=len(self.units)))
        return pd.DataFrame(
            {"name": self.units.names, "probability": found.value, "error": found.error},
            index=pd.Index(self.units.codes, name="unit"),
        )

    def tiers(self, last: Sequence[int], node: str | None = None) -> pd.DataFrame:
        """How probable each tier is, by the last place of each but the lowest: ``[10, 24]`` makes three.

        Last places ascend and are below the number of units, so that every tier has a place.
        """
        import pandas as pd

        last = last_places(last, len(self.units))
        found = tallies.tiers(self._tallied[self._at(node)], np.array(last, dtype=np.float64)).value
        ends = [0, *last]
        names = [f"{start + 1}-{stop}" for start, stop in zip(ends, last, strict=False)] + [f"{ends[-1] + 1}-"]
        return pd.DataFrame(found, index=pd.Index(self.units.codes, name="unit"), columns=names)

    def central_weights(self, node: str | None = None) -> pd.DataFrame:
        """SMAA-2: the mean weights that put each unit first, as shares of their group, and how confident they are.

        Columns: name, first (the share of draws in which the unit is first), confidence (how often it is first by
        its central weights, over the same draws of all else), then a column each node whose weight varies.
        """
        from pii.robustness.smaa import central_weights

        return central_weights(
            self.plan, self.places[self._at(node)], self._tallied[self._at(node)], self._at(node)
        )

    def cross_confidence(self, node: str | None = None) -> pd.DataFrame:
        """SMAA-2: how often the unit across is first by the central weights of the unit down.

        Over the same draws of all else, ties all first; the diagonal is the confidence of ``central_weights``. A
        row is missing where its unit never is first, and all are where errors of the data are drawn.
        """
        from pii.robustness.smaa import cross_confidence

        return cross_confidence(self.plan, self.places[self._at(node)], self._at(node))

    def holistic(self, node: str | None = None, worth: tallies.MetaWeights = "linear") -> pd.DataFrame:
        r"""SMAA-2: one number a unit of all its ranks, the mean worth of its rank over the draws.

        Columns: name, index (1 for a unit that is first in every draw), and its standard error. Of n ranks, rank r
        is worth :math:`(n - r) / (n - 1)` (linear), :math:`1 / r` (inverse), or :math:`\sum_{i=r}^n i^{-1}` over
        the same sum from 1 (centroid). A draw in which the unit has no score is worth nothing.
        """
        from pii.robustness.smaa import holistic

        return holistic(self.plan, self._tallied[self._at(node)], worth)

    def is_stable(self, *, level: float = 0.9) -> bool:
        """Whether both ends of every unit's rank interval are known to within one place, at 95 %."""
        refuse_level(level)
        return all(tallies.stable(counts, level=level) for counts in self._tallied.values())

    def to_frame(self) -> pd.DataFrame:
        """One row a unit and node: what ``intervals`` says."""
        import pandas as pd

        frames = [self.intervals(node).assign(node=node) for node in self.plan.nodes]
        return pd.concat(frames).set_index("node", append=True).reset_index()

    def __repr__(self) -> str:
        varied = ", ".join(choice.title() for choice in self.plan.choices)
        return f"<Study {self.result.title}: {self.draws} draws of {varied}>"

    def _repr_html_(self) -> str:
        frame = self.intervals().sort_values("rank", kind="stable").head(_SHOWN)
        columns = ["rank", "low", "median", "high"]
        cells = frame[columns].to_numpy(dtype="float64", na_value=np.nan).tolist()
        rows = (
            [name, *("n/a" if np.isnan(place) else f"{place:g}" for place in ranks)]
            for name, ranks in zip(frame["name"], cells, strict=True)
        )
        more = len(self.units) - len(frame)
        said = "Between low and high are 90 % of the draws." + f" {more} more units." * (more > 0)
        return heading(repr(self)[1:-1]) + grid(["unit", *columns], rows) + small(said)
