"""What the stages find: who can be ranked, treated values, scores, weights, composites, ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, frozen, sealed, skewness_and_kurtosis
from pii.spelling import did_you_mean
from pii.table import Remade, Table, Units

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Composite", "Ranking", "Scores", "Screening", "Treatment", "Weights"]


@dataclass(frozen=True, eq=False)
class Screening(Remade):
    """Which units have data enough to be ranked, and why the others have not."""

    units: Units
    """Every unit of the table."""
    measured: Vector
    """The share of the indicators measured, by unit."""
    reasons: Mapping[str, tuple[str, ...]]
    """Why a unit is not ranked, by code; units that are ranked are not in it."""
    forced: tuple[str, ...] = ()
    """Codes of units that are ranked only because the scheme says so."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "measured", frozen(self.measured))
        object.__setattr__(self, "reasons", MappingProxyType(dict(self.reasons)))

    @cached_property
    def eligible(self) -> NDArray[np.intp]:
        """Positions of the units to be ranked."""
        if not self.reasons:
            return sealed(np.arange(len(self.units)))
        ranked = [at for at, code in enumerate(self.units.codes) if code not in self.reasons]
        return sealed(np.array(ranked, dtype=np.intp))


@dataclass(frozen=True, eq=False)
class Treatment(Remade):
    """Treated values, still in their own units, and what was done to each indicator."""

    table: Table
    rules: Mapping[str, str]
    """What was done, by indicator; those left as they are are not in it."""
    before: Table
    """The values that were treated."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", MappingProxyType(dict(self.rules)))

    def moved(self) -> pd.DataFrame:
        """Every cell that treatment changed: unit, indicator, from, to, rule; by indicator, then by unit."""
        import pandas as pd

        old, new = self.before.values.T, self.table.values.T
        at, unit = np.nonzero((old != new) & ~(np.isnan(old) & np.isnan(new)))
        indicators = [self.table.columns[row] for row in at]
        return pd.DataFrame(
            {
                "unit": [self.table.units.codes[column] for column in unit],
                "indicator": indicators,
                "from": old[at, unit],
                "to": new[at, unit],
                "rule": [self.rules.get(code, "") for code in indicators],
            }
        )

    def statistics(self) -> pd.DataFrame:
        """Each indicator's type 2 skewness and excess kurtosis, before and after, and how many units moved."""
        import pandas as pd

        old, new = self.before.values.T, self.table.values.T
        before, after = skewness_and_kurtosis(old), skewness_and_kurtosis(new)
        return pd.DataFrame(
            {
                "skewness_before": before[0],
                "kurtosis_before": before[1],
                "skewness_after": after[0],
                "kurtosis_after": after[1],
                "moved": np.count_nonzero((old != new) & ~(np.isnan(old) & np.isnan(new)), axis=-1),
                "rule": [self.rules.get(code, "") for code in self.table.columns],
            },
            index=pd.Index(self.table.columns, name="indicator"),
        )


@dataclass(frozen=True, eq=False)
class _Grid(Remade):
    """Numbers of units by column."""

    units: Units
    columns: tuple[str, ...]
    values: Matrix
    """(units, columns), read-only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(np.asarray(self.values).T).T)

    def column(self, code: str) -> Vector:
        """One column; a KeyError suggests the nearest code."""
        if code not in self.columns:
            hint = did_you_mean(code, self.columns) or "columns has all"
            raise KeyError(f"there is no column {code!r}; {hint}")
        return self.values[:, self.columns.index(code)]

    def to_frame(self) -> pd.DataFrame:
        """As a data frame with the units' codes in the index."""
        import pandas as pd

        return pd.DataFrame(
            self.values, index=pd.Index(self.units.codes, name="unit"), columns=list(self.columns), copy=True
        )


@dataclass(frozen=True, eq=False)
class Scores(_Grid):
    """Indicators on one scale on which more is better."""


@dataclass(frozen=True, eq=False)
class Composite(_Grid):
    """Scores of the groups, the index first; NaN where coverage is too low."""


@dataclass(frozen=True, eq=False)
class Ranking(_Grid):
    """Places of the units in each group's score, 1 for the best; NaN where there is no score."""


@dataclass(frozen=True, eq=False)
class Weights(Remade):
    """Each node's share of its group, and through the groups above, of the index."""

    nodes: tuple[str, ...]
    """Every node but the index, by code."""
    parents: tuple[str, ...]
    """The code of each node's group."""
    shares: Vector
    """Shares of the group, summing to 1 in each."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", frozen(self.shares))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.nodes)}

    def of(self, nodes: Sequence[str]) -> Vector:
        """Shares of some nodes, in their order."""
        return self.shares[..., [self._positions[code] for code in nodes]]

    @cached_property
    def effective(self) -> Vector:
        """Shares of the index: the product of the shares down the tree, as far as no value is missing."""
        effective = np.array(self.shares)
        for at, parent in enumerate(self.parents):  # parents come before their children
            if parent in self._positions:
                effective[..., at] *= effective[..., self._positions[parent]]
        return frozen(effective)

    def to_frame(self) -> pd.DataFrame:
        """One row a node: its group, its share of it, its share of the index."""
        import pandas as pd

        return pd.DataFrame(
            {"parent": self.parents, "share": self.shares, "effective": self.effective},
            index=pd.Index(self.nodes, name="node"),
        )
