"""What the draws of a panel say: ranks of every period, and how surely a unit rose from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.editions.agreement import POOLED
from pii.editions.results import Editions
from pii.errors import Problem, TableError
from pii.numerics import tallies
from pii.robustness.asked import node_at, one_of, quantiles
from pii.robustness.study import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PanelStudy"]

_ROUNDING = 1e-12  # a share of the draws passes a whole number by more than the product's rounding error


@dataclass(frozen=True, eq=False)
class PanelStudy:
    """Scores and ranks of every draw and period, and what they say of changes."""

    editions: Editions
    """The panel as it stands."""
    studies: Mapping[str, Study]
    """Of every period; under a pooled scale one, called ``pooled``, of all as one table."""
    scores: Mapping[str, NDArray[np.float64]]
    """By period, (nodes, draws, ranked units)."""
    places: Mapping[str, NDArray[np.integer]]
    """From 1 for the best, of the same shape; 0 for a unit without a score."""

    def __post_init__(self) -> None:
        for name in ("studies", "scores", "places"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def draws(self) -> int:
        """How many draws are counted."""
        return next(iter(self.studies.values())).draws

    @property
    def nodes(self) -> tuple[str, ...]:
        """The groups that draws are of."""
        return next(iter(self.studies.values())).plan.nodes

    def _at(self, node: str | None) -> int:
        return node_at(self.nodes, node)

    def _nominal(self, period: str, at: int) -> tuple[Vector, Vector]:
        """Scores and ranks as they stand."""
        result = self.editions[period]
        code = self.studies[period if period in self.studies else POOLED].plan.nodes[at]
        return result.composite.column(code), result.ranking.column(code)

    def intervals(self, node: str | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """One row a period and ranked unit: its rank as it stands, and those that it has in the draws.

        Columns: name, rank; low and high, between them a share ``level`` of the draws; median.
        """
        import pandas as pd

        at, shares = self._at(node), quantiles(level)
        frames = []
        for period, drawn in self.places.items():
            units = self.editions[period].composite.units
            counts = tallies.acceptability(drawn[at])
            low, median, high = (tallies.place_quantile(counts, p) for p in shares)
            frames.append(
                pd.DataFrame(
                    {
                        "period": period,
                        "unit": units.codes,
                        "name": units.names,
                        "rank": self._nominal(period, at)[1],
                        "low": low.place,
                        "high": high.place,
                        "median": median.place,
                    }
                )
            )
        return pd.concat(frames).set_index(["period", "unit"])

    def changes(
        self,
        node: str | None = None,
        *,
        pairs: Sequence[tuple[str, str]] | None = None,
        of: Literal["rank", "score"] = "rank",
        level: float = 0.9,
    ) -> pd.DataFrame:
        """One row a pair of periods and unit ranked in both: how far it rose, as it stands and in the draws.

        Columns: name; rank_from and rank_to (or score_from and score_to); change as it stands, above 0 where it
        rose; low, median and high of the change, between the ends a share ``level`` of the draws; rose and fell,
        how often it did, and the standard error of the former; draws in which it is ranked in both.

        Parameters
        ----------
        node
            The group, by code; the index when not given.
        pairs
            Earlier and later period; each with the next when not given.
        of
            Places risen, or points gained. Points on scales of their own do not compare from period to period.
        level
            The share of the draws between low and high.

        Raises
        ------
        TableError
            There is no pair.
        SchemeError
            The study has no draws of the group, or what is wanted is neither places nor points.
        MethodError
            The level is not above 0 and below 1.
        """
        import pandas as pd

        at, shares = self._at(node), quantiles(level)
        one_of(of, ("rank", "score"), "of")
        frames = []
        asked = [*pairwise(self.editions)] if pairs is None else pairs
        if not asked:
            raise TableError(Problem(found="there is no pair of periods", rule="a change is from one to another"))
        for earlier, later in asked:
            before, after = (self.editions[period].composite.units for period in (earlier, later))
            both = [code for code in before.codes if code in after.codes]
            rows = [[units.codes.index(code) for code in both] for units in (before, after)]
            drawn = [
                self._drawn(period, at, of)[:, row] for period, row in zip((earlier, later), rows, strict=True)
            ]
            stands = [
                self._nominal(period, at)[of == "rank"][row]
                for period, row in zip((earlier, later), rows, strict=True)
            ]
            # Rank 1 is the best: it rose by as much as the number fell.
            less, more = (1, 0) if of == "rank" else (0, 1)
            moved = drawn[more] - drawn[less]
            count = np.count_nonzero(~np.isnan(moved), axis=0)
            rose, fell = (np.count_nonzero(side, axis=0) / np.maximum(count, 1) for side in (moved > 0, moved < 0))
            low, median, high = _quantiles(moved, shares)
            frames.append(
                pd.DataFrame(
                    {
                        "from": earlier,
                        "to": later,
                        "unit": both,
                        "name": [after.names[row] for row in rows[1]],
                        f"{of}_from": stands[0],
                        f"{of}_to": stands[1],
                        "change": stands[more] - stands[less],
                        "low": low,
                        "median": median,
                        "high": high,
                        "rose": np.where(count > 0, rose, np.nan),
                        "error": np.where(count > 0, np.sqrt(rose * (1 - rose) / np.maximum(count, 1)), np.nan),
                        "fell": np.where(count > 0, fell, np.nan),
                        "draws": count,
                    }
                )
            )
        return pd.concat(frames).set_index(["from", "to", "unit"])

    def _drawn(self, period: str, at: int, of: str) -> Matrix:
        """Scores or places of a node, (draws, units); NaN where there is none."""
        scores, ranks = self.scores[period][at], self.places[period][at]
        found: Matrix = scores if of == "score" else np.where(ranks > 0, ranks, np.nan)
        return found

    def __repr__(self) -> str:
        varied = ", ".join(choice.title() for choice in next(iter(self.studies.values())).plan.choices)
        return (
            f"<PanelStudy {', '.join(self.editions)}: {self.draws} draws of {varied}, scale {self.editions.scale}>"
        )


def _quantiles(x: Matrix, shares: Sequence[float]) -> list[Vector]:
    """For each share the least value that so many of the draws are not above, (units,); NaN is not counted."""
    ordered = np.sort(np.ascontiguousarray(x.T))
    count = np.count_nonzero(~np.isnan(x), axis=0)
    found = []
    for share in shares:
        at = np.clip(np.ceil(count * share - _ROUNDING).astype(np.intp) - 1, 0, None)
        found.append(np.asarray(np.take_along_axis(ordered, at[:, None], axis=1)[:, 0], dtype=np.float64))
    return found
