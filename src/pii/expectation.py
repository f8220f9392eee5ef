"""A score beside what a unit had to make it with: against expectation, and output over input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Vector, frozen
from pii.errors import MethodError, Problem, SchemeError, TableError, Undefined
from pii.levels import refuse_level
from pii.methods.expect import AbstractCurve, Band, Expected, Line
from pii.result import Result
from pii.spelling import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Covariate", "Expectation", "efficiency", "expectation"]

Covariate: TypeAlias = "str | Mapping[str, float] | pd.Series[float] | Sequence[float] | NDArray[np.float64]"
"""A column of the table; values by unit code; or values of all units in the order of the table."""

_LINE = Line()


def expectation(
    result: Result,
    covariate: Covariate,
    *,
    method: AbstractCurve = _LINE,
    node: str | None = None,
    log: bool = True,
    level: float = 0.9,
    band: Band = "mean",
) -> Expectation:
    """Hold every ranked unit's score against what units with its covariate score.

    A unit is *above* expectation when its score is above the band about the curve, *below* when it is below that
    band, and *in line* else. That describes the units at hand: it says neither that income makes scores nor what a
    unit could reach.

    Parameters
    ----------
    result
        What was computed.
    covariate
        Such as GRDP per person: the code of a column of ``result.measured``, which holds what the scheme reads;
        values by unit code (a mapping or a data series); or values of all units of the table in its order. NaN and
        absent codes are not measured.
    method
        The curve: a :class:`~pii.methods.expect.Line` or a :class:`~pii.methods.expect.NaturalSpline`.
    node
        Whose score; the index where not given.
    log
        Whether the curve is laid against the natural logarithm of the covariate.
    level
        How often the band holds, above 0 and below 1.
    band
        ``mean``: the score that such units have on average. ``unit``: the scores that single units have, far wider;
        what is outside is unusual, and not only different from the average.

    Raises
    ------
    TableError
        The covariate is not positive though its logarithm is wanted, not finite, or of units that are not in the
        table; the units are named.
    SchemeError
        There is no such node.
    MethodError
        Too few units have both, or too few different values.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=(Indicator(code="a"),)))
    >>> table = Table.of({"a": [1.0, 3.0, 2.0, 7.0, 5.0]}, units=list("vwxyz"))
    >>> found = expectation(compute(scheme, table), {"v": 10, "w": 20, "x": 40, "y": 80, "z": 160}, level=0.5)
    >>> found.to_frame()["standing"].tolist()
    ['in line', 'in line', 'below', 'above', 'in line']
    """
    refuse_level(level)
    node = result.scheme.index.code if node is None else node
    values, score = _values(result, covariate), _scores(result, node)
    left_out = _left_out(result, values, score, node)
    fitted = np.array([code not in left_out for code in result.measured.units.codes], dtype=np.bool_)
    name = covariate if isinstance(covariate, str) else "covariate"
    if log:
        _refuse_not_positive(result, values, fitted, name)
    try:
        curve = method(np.log(values[fitted]) if log else values[fitted], score[fitted])
    except Undefined as refusal:
        raise MethodError(
            Problem(indicator=name, found=refusal.found[0], rule=refusal.rule, remedy=refusal.remedy)
        ) from refusal
    return Expectation(result, node, name, values, method, log, level, band, curve, left_out)


@dataclass(frozen=True, eq=False)
class Expectation:
    """Scores against what is expected of units with their covariate."""

    result: Result
    node: str
    """Whose score."""
    covariate: str
    """The column's code, or ``covariate``."""
    values: Vector
    """The covariate of all units of the table, in its own units; NaN where not measured."""
    method: AbstractCurve
    log: bool
    """Whether the curve is laid against the natural logarithm of the covariate."""
    level: float
    """How often the band holds."""
    band: Band
    """Of the mean, or of a single unit."""
    curve: Expected
    """What is expected of the units that are not left out, in the order of the table."""
    left_out: Mapping[str, str]
    """Why nothing is expected of a unit, by code; the curve is laid through all others."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))

    @cached_property
    def _fitted(self) -> NDArray[np.bool_]:
        return np.array([code not in self.left_out for code in self.result.measured.units.codes], dtype=np.bool_)

    @cached_property
    def explained(self) -> float:
        """The share of the scores' variance that the curve explains; NaN where they are all equal."""
        score = _scores(self.result, self.node)[self._fitted]
        whole = float(((score - score.mean()) ** 2).sum())
        return 1 - float(((score - self.curve.mean) ** 2).sum()) / whole if np.ptp(score) > 0 else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """One row a unit of the table, in its order.

        Columns: name, covariate (in its own units), score, expected, residual (score less expected), low and high
        (the band), standing, and the reason of those left out, who have no standing.
        """
        import pandas as pd

        units, score = self.result.measured.units, _scores(self.result, self.node)
        margin = self.curve.margin(self.level, band=self.band)
        expected, low, high = (np.full(len(units), np.nan) for _ in range(3))
        expected[self._fitted] = self.curve.mean
        low[self._fitted], high[self._fitted] = self.curve.mean - margin, self.curve.mean + margin
        return pd.DataFrame(
            {
                "name": units.names,
                "covariate": self.values,
                "score": score,
                "expected": expected,
                "residual": score - expected,
                "low": low,
                "high": high,
                "standing": np.select(
                    [score > high, score < low, self._fitted], ["above", "below", "in line"], default=""
                ),
                "reason": [self.left_out.get(code, "") for code in units.codes],
            },
            index=pd.Index(units.codes, name="unit"),
        )

    def __repr__(self) -> str:
        count = self.to_frame()["standing"].value_counts()
        said = ", ".join(f"{count.get(standing, 0)} {standing}" for standing in ("above", "in line", "below"))
        against = f"ln {self.covariate}" if self.log else self.covariate
        return f"<Expectation {self.result.title}: {self.node} on {against}: {said}, {len(self.left_out)} left out>"


def efficiency(result: Result, *, output: str, input: str) -> pd.DataFrame:  # noqa: A002 - the literature's word
    """The score of one node over that of another, with places and distances to the best ratio.

    Earlier reports of the Global Innovation Index printed such a ratio, the innovation efficiency ratio.

    **A trap.** Scores of most normalisations lie on a scale whose 0 is a choice: with min-max it is the worst unit,
    or wherever the floor was put. The ratio depends on that choice, and so do the places. Outputs of 20 and 50 over
    inputs of 10 and 30 give 2 and 1.67; were all scores 10 higher, they would give 1.5 and 1.5. And a unit with a
    small input stands high on little. Read it beside both scores, and judge rather by :func:`expectation`.

    Parameters
    ----------
    result
        What was computed.
    output, input
        Codes of nodes.

    Returns
    -------
    pandas.DataFrame
        One row a unit of the table: name, output, input, ratio, rank (by the scheme's rule for ties), to_leader
        (the ratio less the best), and the reason of those without a ratio.

    Raises
    ------
    TableError
        A ranked unit's input is not positive, or its output is negative; all such units are named.
    SchemeError
        There is no such node.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.methods.normalise import MinMax
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> pair = (Indicator(code="in"), Indicator(code="out"))
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=pair), normalise=MinMax(floor=1))
    >>> table = Table.of({"in": [1.0, 3.0, 2.0], "out": [1.0, 2.0, 3.0]}, units=list("xyz"))
    >>> efficiency(compute(scheme, table), output="out", input="in")["rank"].tolist()
    [2.0, 3.0, 1.0]
    """
    import pandas as pd

    units = result.measured.units
    over, under = _scores(result, output), _scores(result, input)
    problems = [
        Problem(
            unit=units.names[at],
            indicator=code,
            found=f"the score is {column[at]:.6g}",
            rule=rule,
            remedy="normalise to a scale whose floor is above 0",
        )
        for code, column, wrong, rule in (
            (input, under, under <= 0, "an output is put over an input above 0"),
            (output, over, over < 0, "an output that is put over an input is not negative"),
        )
        for at in np.flatnonzero(wrong).tolist()
    ]
    if problems:
        raise TableError(problems)
    ratio = over / under
    reasons = {
        code: "; ".join(result.unranked.get(code, ())) or f"no score of {output if np.isnan(over[at]) else input}"
        for at, code in enumerate(units.codes)
        if np.isnan(ratio[at])
    }
    return pd.DataFrame(
        {
            "name": units.names,
            "output": over,
            "input": under,
            "ratio": ratio,
            "rank": result.scheme.rank(ratio),
            "to_leader": ratio - np.max(ratio, where=~np.isnan(ratio), initial=0.0),
            "reason": [reasons.get(code, "") for code in units.codes],
        },
        index=pd.Index(units.codes, name="unit"),
    )


def _scores(result: Result, node: str) -> Vector:
    """A node's score of every unit of the table; NaN for those not ranked."""
    grid = result.composite if node in result.composite.columns else result.scores
    if node not in grid.columns:
        codes = [known.code for known in result.scheme.nodes]
        raise SchemeError(Problem(path=node, found="the scheme has no such node", remedy=did_you_mean(node, codes)))
    found = np.full(len(result.measured.units), np.nan)
    found[result.screening.eligible] = grid.column(node)
    found[[code in result.unranked for code in result.measured.units.codes]] = np.nan
    return found


def _values(result: Result, covariate: Covariate) -> Vector:
    """The covariate of every unit of the table."""
    units = result.measured.units
    if isinstance(covariate, str):
        return result.measured.column(covariate)
    if hasattr(covariate, "keys"):  # a mapping or a data series
        given = dict(covariate)
        if strange := [str(code) for code in given if code not in units.codes]:
            raise TableError(
                Problem(
                    unit=code,
                    found="the covariate is of a unit that is not in the table",
                    remedy=did_you_mean(code, units.codes),
                )
                for code in strange
            )
        values = np.array([given.get(code, np.nan) for code in units.codes], dtype=np.float64)
    else:
        values = np.array(covariate, dtype=np.float64)
    if values.shape != (len(units),):
        raise TableError(f"{len(units)} units have a covariate of shape {values.shape}; give one value each")
    if np.isinf(values).any():
        raise TableError(
            Problem(unit=units.names[at], found=f"the covariate is {values[at]}", rule="values are finite")
            for at in np.flatnonzero(np.isinf(values)).tolist()
        )
    return values


def _left_out(result: Result, values: Vector, score: Vector, node: str) -> dict[str, str]:
    """Why a unit has no part in the curve."""
    reasons = {}
    for at, code in enumerate(result.measured.units.codes):
        if code in result.unranked:
            reasons[code] = "; ".join(result.unranked[code])
        elif np.isnan(values[at]):
            reasons[code] = "the covariate is not measured"
        elif np.isnan(score[at]):
            reasons[code] = f"no score of {node}"
    return reasons


def _refuse_not_positive(result: Result, values: Vector, fitted: NDArray[np.bool_], name: str) -> None:
    wrong = np.flatnonzero(fitted & (np.where(fitted, values, 1.0) <= 0)).tolist()
    if wrong:
        raise TableError(
            Problem(
                unit=result.measured.units.names[at],
                indicator=name,
                found=f"the value is {values[at]:g}",
                rule="only a number above 0 has a logarithm",
                remedy="correct it, leave it empty, or do not take logarithms",
            )
            for at in wrong
        )
