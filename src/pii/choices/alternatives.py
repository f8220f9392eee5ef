"""Choices among methods, and of what is left out: a number picks one of several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, final

from pydantic import Field, model_validator

from pii.choices.choice import AbstractAlternatives, AbstractOnGroups, AbstractPick, Edit, Stage
from pii.methods.aggregate import Aggregator
from pii.methods.denominate import Denominator
from pii.methods.impute import Imputer
from pii.methods.normalise import Normaliser
from pii.methods.treat import Treater
from pii.methods.weigh import Weigher
from pii.spec import Code, Many
from pii.tree import Group

__all__ = [
    "OWN",
    "AbstractGroupMethod",
    "AbstractIndicatorMethod",
    "LeaveOut",
    "MultipleImputation",
    "VaryAggregation",
    "VaryDenomination",
    "VaryImputation",
    "VaryNormalisation",
    "VaryReference",
    "VaryTreatment",
    "VaryWeighing",
]


class AbstractIndicatorMethod(AbstractAlternatives):
    """The scheme's method of a stage, or that of some indicators, among several."""

    among: Many[Any]
    """The methods to choose from."""
    indicators: Many[Code] = ()
    """The indicators whose method varies; those without a method of their own when not given."""

    def concerns(self) -> Iterator[tuple[str, str]]:
        """Its indicators."""
        yield from (("indicator", code) for code in self.indicators)

    @model_validator(mode="after")
    def _as_many(self) -> AbstractIndicatorMethod:
        _same_number(self.probabilities, len(self.among))
        return self

    def edits(self, index: Group, /) -> tuple[Edit, ...]:
        if self.indicators:
            return tuple(
                Edit(nodes={code: {self.stage: method} for code in self.indicators}) for method in self.among
            )
        return tuple(Edit(fields={self.stage: method}) for method in self.among)


@final
class VaryDenomination(AbstractIndicatorMethod):
    """How indicators are put per their denominators.

    Examples
    --------
    >>> VaryDenomination(among=["ratio"]).labels(Group(code="i", children=[{"code": "a"}]))
    ('ratio',)
    """

    vary: Literal["denominate"] = "denominate"
    among: Many[Denominator] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Denominate."""
        return "denominate"


@final
class VaryImputation(AbstractIndicatorMethod):
    """How gaps are filled.

    Examples
    --------
    >>> VaryImputation(among=["none", "mean"]).labels(Group(code="i", children=[{"code": "a"}]))
    ('none', 'mean')
    """

    vary: Literal["impute"] = "impute"
    among: Many[Imputer] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Impute."""
        return "impute"


@final
class VaryTreatment(AbstractIndicatorMethod):
    """How outliers are tempered, and with which limits.

    Examples
    --------
    >>> among = [{"method": "winsorise", "limit": 1}, {"method": "winsorise", "limit": 2}, "none"]
    >>> VaryTreatment(among=among).labels(Group(code="i", children=[{"code": "a"}]))
    ('winsorise (limit 1)', 'winsorise (limit 2)', 'none')
    """

    vary: Literal["treat"] = "treat"
    among: Many[Treater] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Treat."""
        return "treat"


@final
class VaryNormalisation(AbstractIndicatorMethod):
    """How indicators are put on one scale.

    Examples
    --------
    >>> import numpy as np
    >>> choice = VaryNormalisation(among=["minmax", "zscore"], probabilities=[3, 1])
    >>> choice.picked(np.array([0.0, 0.74, 0.75]), Group(code="i", children=[{"code": "a"}])).tolist()
    [0, 0, 1]
    """

    vary: Literal["normalise"] = "normalise"
    among: Many[Normaliser] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Normalise."""
        return "normalise"


class AbstractGroupMethod(AbstractOnGroups, AbstractAlternatives):
    """A method of some groups, among several."""

    among: Many[Any]
    """The methods to choose from."""

    @model_validator(mode="after")
    def _as_many(self) -> AbstractGroupMethod:
        _same_number(self.probabilities, len(self.among))
        return self

    def edits(self, index: Group, /) -> tuple[Edit, ...]:
        if not self.groups and not self.levels:
            return tuple(Edit(fields={self.stage: method}) for method in self.among)
        codes = [group.code for group in self.among_groups(index)]
        return tuple(Edit(nodes={code: {self.stage: method} for code in codes}) for method in self.among)


@final
class VaryWeighing(AbstractGroupMethod):
    """By which method weights are made.

    Examples
    --------
    >>> VaryWeighing(among=["given", "equal"]).labels(Group(code="i", children=[{"code": "a"}]))
    ('given', 'equal')
    """

    vary: Literal["weigh"] = "weigh"
    among: Many[Weigher] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Weigh."""
        return "weigh"


@final
class VaryAggregation(AbstractGroupMethod):
    """How children are made one score, in groups without a method of their own or in those named.

    Examples
    --------
    >>> index = Group(code="i", children=[{"code": "a"}])
    >>> VaryAggregation(among=["arithmetic", "geometric"], levels=[0]).edits(index)[1].nodes
    {'i': {'aggregate': Geometric(method='geometric')}}
    """

    vary: Literal["aggregate"] = "aggregate"
    among: Many[Aggregator] = Field(min_length=1)

    @property
    def stage(self) -> Stage:
        """Aggregate."""
        return "aggregate"


@final
class LeaveOut(AbstractAlternatives):
    """One of some nodes is left out, or none.

    Examples
    --------
    >>> LeaveOut(nodes=["a", "b"]).labels(Group(code="i", children=[{"code": "a"}, {"code": "b"}]))
    ('as it is', 'without a', 'without b')
    """

    vary: Literal["leave_out"] = "leave_out"
    nodes: Many[Code] = Field(min_length=1)
    """Indicators or groups."""

    @property
    def stage(self) -> Stage:
        """Denominate: all that follows has fewer columns."""
        return "denominate"

    def concerns(self) -> Iterator[tuple[str, str]]:
        """Its nodes."""
        yield from (("node", code) for code in self.nodes)

    @model_validator(mode="after")
    def _as_many(self) -> LeaveOut:
        _same_number(self.probabilities, len(self.nodes) + 1)
        return self

    def edits(self, index: Group, /) -> tuple[Edit, ...]:
        return (Edit(), *(Edit(dropped=code) for code in self.nodes))


@final
class MultipleImputation(AbstractPick):
    """Gaps take one of several draws from what a multivariate normal predicts, as ``em`` fits it.

    References
    ----------
    Schafer (1997), *Analysis of Incomplete Multivariate Data*, chapter 5. doi:10.1201/9780367803025

    Examples
    --------
    >>> MultipleImputation(n=20).title()
    'multiple_imputation'
    """

    vary: Literal["multiple_imputation"] = "multiple_imputation"
    n: int = Field(default=20, ge=2)
    """How many completed tables there are to pick from."""

    @property
    def stage(self) -> Stage:
        """Impute."""
        return "impute"

    @model_validator(mode="after")
    def _as_many(self) -> MultipleImputation:
        _same_number(self.probabilities, self.n)
        return self

    def labels(self, index: Group, /) -> tuple[str, ...]:
        return tuple(f"draw {number}" for number in range(1, self.n + 1))


OWN = "own"
"""What a table's own values are called among references."""


@final
class VaryReference(AbstractPick):
    """Which values fix the scale: the table's own, or those of a base year, or of all years together.

    Examples
    --------
    >>> VaryReference(among=["own", "2019", "pooled"]).title()
    'reference'
    """

    vary: Literal["reference"] = "reference"
    among: Many[str] = Field(min_length=2)
    """``own``, and names of results that are given to the study as its ``references``."""

    @property
    def stage(self) -> Stage:
        """Normalise."""
        return "normalise"

    @model_validator(mode="after")
    def _as_many(self) -> VaryReference:
        _same_number(self.probabilities, len(self.among))
        return self

    def labels(self, index: Group, /) -> tuple[str, ...]:
        return tuple(self.among)


def _same_number(probabilities: Many[float], n: int) -> None:
    if probabilities and len(probabilities) != n:
        raise ValueError(f"{len(probabilities)} probabilities for {n} alternatives; give one each, or none")
