"""The results of a panel: scores and ranks over time, coverage and breaks, trends, convergence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.errors import Problem, SchemeError, TableError
from pii.levels import refuse_level
from pii.numerics.convergence import beta, sigma
from pii.numerics.trend import growth, least_squares, sen_slope
from pii.panels import years
from pii.result import Result
from pii.spelling import did_you_mean
from pii.table import Remade

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Editions"]

_LONG = ("unit", "name", "period", "node", "level", "kind", "score", "rank")


@dataclass(frozen=True, eq=False)
class Editions(Remade, Mapping[str, Result]):
    """The results of a panel by period, in order of time; made by ``compute_panel``.

    Where a node is asked for, the index is meant when none is named. A unit that is not ranked in a period, or a
    node that an edition has not, has no value there.
    """

    results: Mapping[str, Result]
    scale: str
    """``own``, ``pooled``, or the base period."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "results", MappingProxyType(dict(self.results)))

    def __getitem__(self, period: str) -> Result:
        if str(period) not in self.results:
            raise KeyError(f"no edition for {period!r}; there are {', '.join(self)}")
        return self.results[str(period)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def title(self) -> str:
        """The index's name in the last edition, and from when to when; synthetic data says so."""
        name = f"{self[list(self)[-1]].scheme.index.title()} {self.span}"
        return f"SYNTHETIC - {name}" if self.is_synthetic else name

    @property
    def span(self) -> str:
        """From when to when: the first and the last period, or the only one."""
        periods = list(self)
        return "-".join(dict.fromkeys((periods[0], periods[-1])))

    @property
    def is_synthetic(self) -> bool:
        """Whether a table says that its numbers are invented."""
        return any(result.is_synthetic for result in self.values())

    @property
    def names(self) -> dict[str, str]:
        """What units are called, by code: all that any period has, by the latest one's name."""
        return {
            code: name
            for result in self.values()
            for code, name in zip(result.measured.units.codes, result.measured.units.names, strict=True)
        }

    def scores(self, node: str | None = None) -> pd.DataFrame:
        """A node's scores, units down and periods across; not rounded."""
        return self._frame(node, ranks=False)

    def ranks(self, node: str | None = None) -> pd.DataFrame:
        """The units' places by a node's scores, units down and periods across."""
        return self._frame(node, ranks=True)

    def _frame(self, node: str | None, *, ranks: bool) -> pd.DataFrame:
        import pandas as pd

        values = self._values(node, ranks=ranks).T
        return pd.DataFrame(values, index=pd.Index(list(self.names), name="unit"), columns=list(self))

    def _values(self, node: str | None, *, ranks: bool = False) -> Matrix:
        """(periods, units)."""
        known = dict.fromkeys(one.code for result in self.values() for one in result.scheme.nodes)
        if node is not None and node not in known:
            hint = did_you_mean(node, known)
            raise SchemeError(Problem(found=f"{node!r} is not a node of any edition", remedy=hint))
        position = {code: at for at, code in enumerate(self.names)}
        found = np.full((len(self), len(position)), np.nan)
        for row, result in zip(found, self.values(), strict=True):
            code = node or result.scheme.index.code
            grid = next((one for one in (result.composite, result.scores) if code in one.columns), None)
            if grid is not None:
                values = grid.column(code)
                if ranks:
                    values = result.scheme.rank(values[None])[0]
                row[[position[unit] for unit in grid.units.codes]] = values
        return found

    def to_long(self) -> pd.DataFrame:
        """One row a ranked unit, period and node: unit, name, period, node, level, kind, score, rank."""
        import pandas as pd

        return pd.concat([result.to_long()[list(_LONG)] for result in self.values()], ignore_index=True)

    def changes(self, unit: str, node: str | None = None) -> pd.DataFrame:
        """One row a period: a unit's score and rank, of how many, and how both moved since the period before.

        Columns: score, rank, of, change (of the score) and places (how many it rose; below 0, fell), both missing
        where it was not ranked in the period before.
        """
        import pandas as pd

        names = self.names
        at = next((at for at, pair in enumerate(names.items()) if unit in pair), None)
        if at is None:
            hint = did_you_mean(unit, [*names.values(), *names])
            raise TableError(Problem(unit=unit, found="no unit is called that in any period", remedy=hint))
        scores, ranks = self._values(node), self._values(node, ranks=True)
        frame = pd.DataFrame({"score": scores[:, at], "rank": ranks[:, at]}, index=pd.Index(self, name="period"))
        frame["of"] = np.count_nonzero(~np.isnan(ranks), axis=1)
        return frame.assign(change=frame["score"].diff(), places=frame["rank"].shift() - frame["rank"])

    def coverage(self) -> pd.DataFrame:
        """One row a period: how many units it has and ranks, what share of the values is measured, and what lacks.

        Columns: units, ranked, indicators, measured; empty_units and empty_indicators, by code, have no value.
        """
        import pandas as pd

        rows = []
        for result in self.values():
            measured, units = ~np.isnan(result.ratios.values), result.measured.units.codes
            empty = np.flatnonzero(~measured.any(axis=1)), np.flatnonzero(~measured.any(axis=0))
            rows.append(
                {
                    "units": len(units),
                    "ranked": len(result.best_first),
                    "indicators": measured.shape[1],
                    "measured": measured.mean(),
                    "empty_units": ", ".join(units[at] for at in empty[0]),
                    "empty_indicators": ", ".join(result.ratios.columns[at] for at in empty[1]),
                }
            )
        return pd.DataFrame(rows, index=pd.Index(self, name="period"))

    def breaks(self) -> pd.DataFrame:
        """One row an indicator that some periods have a value of, and others have none: breaks of the series.

        Columns: title; the periods in which it is measured, those whose scheme has it without any value, and those
        whose scheme has it not.
        """
        import pandas as pd

        titles = {one.code: one.title() for result in self.values() for one in result.scheme.indicators}
        state = {code: dict.fromkeys(self, "absent") for code in titles}
        for period, result in self.items():
            empty = np.atleast_1d(np.isnan(result.ratios.values).all(axis=0))
            for at, code in enumerate(result.ratios.columns):
                state[code][period] = "empty" if empty[at] else "measured"
        broken = [code for code, said in state.items() if len(set(said.values())) > 1]
        kinds = ("measured", "empty", "absent")
        columns = {kind: [_spans(state[code], kind) for code in broken] for kind in kinds}
        return pd.DataFrame(
            {"title": [titles[code] for code in broken], **columns}, index=pd.Index(broken, name="indicator")
        )

    def trends(self, node: str | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """One row a unit: how its score went over the years.

        Columns: name; first, last and count of the years with a score; growth, compound a year, and why there is
        none; slope of the least-squares line a year and its standard error; sen, the median slope between two
        years, with the ends of its confidence interval (see ``pii.numerics.trend``).

        Raises
        ------
        TableError
            A period is no year.
        MethodError
            The level is not above 0 and below 1.
        """
        import pandas as pd

        refuse_level(level)
        x, when = self._values(node), years(self)
        grown, line, sen = growth(x, when), least_squares(x, when), sen_slope(x, when, level=level)
        return pd.DataFrame(
            {
                "name": list(self.names.values()),
                "first": pd.Series(grown.first).astype("Int64").array,
                "last": pd.Series(grown.last).astype("Int64").array,
                "count": line.measured,
                "growth": grown.rate,
                "no_growth": grown.reason,
                "slope": line.slope,
                "error": line.error,
                "sen": sen.slope,
                "sen_low": sen.low,
                "sen_high": sen.high,
            },
            index=pd.Index(list(self.names), name="unit"),
        )

    def convergence(self, node: str | None = None) -> pd.DataFrame:
        """One row a period: the spread among units, and whether those behind in the first period grew faster since.

        Columns: units, mean, sd, variation (sigma convergence: they fall); and since the first period the pairs
        with scores above 0 in both, beta with its standard error, r_squared, speed and half_life in years (see
        ``pii.numerics.convergence``).

        Raises
        ------
        TableError
            A period is no year.
        """
        import pandas as pd

        x, when = self._values(node), years(self)
        spread, fit = sigma(x), beta(x[0], x[1:], when[1:] - when[0])

        def later(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.append(np.nan, values)

        return pd.DataFrame(
            {
                "units": spread.units,
                "mean": spread.mean,
                "sd": spread.sd,
                "variation": spread.variation,
                "pairs": np.append(0, fit.pairs),
                "beta": later(fit.slope),
                "error": later(fit.error),
                "r_squared": later(fit.r_squared),
                "speed": later(fit.speed),
                "half_life": later(fit.half_life),
            },
            index=pd.Index(self, name="period"),
        )

    def __repr__(self) -> str:
        return f"<Editions {', '.join(self)}: scale {self.scale}>"


def _spans(state: Mapping[str, str], kind: str) -> str:
    """The periods of a kind, runs of neighbours from first to last."""
    runs: list[list[str]] = []
    before = ""
    for period, said in state.items():
        if said == kind:
            if before != kind:
                runs.append([])
            runs[-1].append(period)
        before = said
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
