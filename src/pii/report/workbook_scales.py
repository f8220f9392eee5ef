"""The score of a value as a formula of a spreadsheet, by each method of normalisation that has one."""

from __future__ import annotations

from functools import singledispatch
from typing import NamedTuple

from pii.methods.normalise import (
    AbstractNormaliser,
    Borda,
    DistanceToTarget,
    EmpiricalCdf,
    FixedGoalposts,
    FractionOfMax,
    Logistic,
    MinMax,
    NoNormalisation,
    NormalCdf,
    PercentileRank,
    Rank,
    ZScore,
)
from pii.tree import Indicator

__all__ = ["Cells", "number", "score_formula"]


class Cells(NamedTuple):
    """The cells that an indicator's score is made of."""

    x: str
    worst: str
    best: str
    mean: str
    sd: str
    reference: str
    indicator: Indicator

    @property
    def z(self) -> str:
        """Standard deviations above the mean, turned so that more is better."""
        away = f"({self.x}-{self.mean})" if self.indicator.direction > 0 else f"({self.mean}-{self.x})"
        return f"{away}/{self.sd}"

    @property
    def way(self) -> str:
        """The share of the way from the worst to the best."""
        return f"({self.x}-{self.worst})/({self.best}-{self.worst})"

    def counted(self, than: str) -> str:
        """How many of the reference are worse (``<``), or not better (``<=``)."""
        turned = than if self.indicator.direction > 0 else than.replace("<", ">")
        # Not COUNTIF, which compares numbers by their first fifteen digits.
        return f"SUMPRODUCT(ISNUMBER({self.reference})*({self.reference}{turned}{self.x}))"

    def place(self, ties: str) -> str:
        """The place in the reference, from 1 at the worst."""
        first, last = f"({self.counted('<')}+1)", self.counted("<=")
        if ties == "min":
            return first
        return f"MAX({first},{last})" if ties == "max" else f"({first}+MAX({first},{last}))/2"

    def unless_flat(self, constant: float | None, text: str) -> str:
        """The constant score where the reference has no width, if one is declared."""
        return text if constant is None else f"IF({self.worst}={self.best},{number(constant)},{text})"


def number(value: float) -> str:
    """A number as a formula holds it, with all its digits.

    Examples
    --------
    >>> number(100.0), number(-0.1)
    ('100', '(-0.1)')
    """
    said = f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value).upper()
    return f"({said})" if value < 0 else said


def _line(way: str, floor: float, ceiling: float) -> str:
    rise = f"{way}*{number(ceiling - floor)}"
    return f"{number(floor)}+{rise}" if floor else rise


@singledispatch
def score_formula(method: AbstractNormaliser, at: Cells) -> str:  # noqa: ARG001 - the formulas share a signature
    """The score of a cell by a method, without an equals sign; empty where no formula says the method.

    Examples
    --------
    >>> score_formula(MinMax(), Cells("x", "worst", "best", "mean", "sd", "all", Indicator(code="a")))
    '(x-worst)/(best-worst)*100'
    """
    return ""


@score_formula.register
def _(method: MinMax, at: Cells) -> str:
    return at.unless_flat(method.constant, _line(at.way, method.floor, method.ceiling))


@score_formula.register
def _(method: ZScore, at: Cells) -> str:
    return at.unless_flat(method.constant, f"{number(method.mean)}+{number(method.sd)}*{at.z}")


@score_formula.register
def _(method: Logistic, at: Cells) -> str:
    text = f"{number(method.ceiling)}/(1+EXP({number(-method.steepness)}*{at.z}))"
    return at.unless_flat(method.constant, text)


@score_formula.register
def _(method: NormalCdf, at: Cells) -> str:
    return at.unless_flat(method.constant, f"NORMSDIST({at.z})*{number(method.ceiling)}")


@score_formula.register
def _(method: FixedGoalposts, at: Cells) -> str:
    if method.logarithmic:
        at = at._replace(x=f"LN({at.x})", worst=f"LN({at.worst})", best=f"LN({at.best})")
    score = _line(at.way, method.floor, method.ceiling)
    return f"MAX({number(method.floor)},MIN({number(method.ceiling)},{score}))" if method.clip else score


@score_formula.register
def _(method: DistanceToTarget, at: Cells) -> str:
    target = at.indicator.target
    if not isinstance(target, float):  # a band
        return ""
    score = f"{at._replace(best=number(target)).way}*{number(method.ceiling)}"
    return f"MIN({number(method.ceiling)},{score})" if method.cap else score


@score_formula.register
def _(method: FractionOfMax, at: Cells) -> str:
    share = f"{at.x}/{at.best}" if at.indicator.direction > 0 else f"{at.best}/{at.x}"
    return f"{share}*{number(method.ceiling)}"


@score_formula.register
def _(method: Rank, at: Cells) -> str:
    return at.place(method.ties)


@score_formula.register
def _(method: Borda, at: Cells) -> str:
    return f"{at.place(method.ties)}-1"


@score_formula.register
def _(method: PercentileRank, at: Cells) -> str:
    return f"MIN(1,({at.place(method.ties)}-1)/(COUNT({at.reference})-1))*{number(method.ceiling)}"


@score_formula.register
def _(method: EmpiricalCdf, at: Cells) -> str:
    return f"{at.counted('<=')}/COUNT({at.reference})*{number(method.ceiling)}"


@score_formula.register
def _(method: NoNormalisation, at: Cells) -> str:  # noqa: ARG001 - the formulas share a signature
    return at.x if at.indicator.direction > 0 else f"-{at.x}"
