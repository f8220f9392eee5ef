"""The hierarchy: indicators at its leaves, groups above them, one group at the top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from pii.errors import Problem
from pii.methods.aggregate import Aggregator
from pii.methods.combine import Combiner
from pii.methods.denominate import Denominator
from pii.methods.impute import Imputer
from pii.methods.normalise import AbstractNormaliser, Normaliser
from pii.methods.treat import Treater
from pii.methods.weigh import Weigher
from pii.spec import Code, Many, Names, Share, Spec, Weight

__all__ = ["Column", "Direction", "Group", "Indicator", "Node", "Range", "Standing", "scale_faults"]


def _whole(value: Any) -> Any:
    """Refuse what Python takes for 1 and is not: true, 1.0."""
    if isinstance(value, bool | float):
        raise PydanticCustomError("literal_error", "Input should be 1 or -1", {"expected": "1 or -1"})
    return value


Direction: TypeAlias = Annotated[Literal[1, -1], BeforeValidator(_whole)]
"""1 where more is better, -1 where less is."""

Standing: TypeAlias = Literal["official", "follows", "ours", ""]
"""Where a fact of the scheme comes from: published; after a published model; our own choice; not said."""


class Range(Spec):
    """Two numbers in an indicator's own units, the lower one first."""

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(
                f"low {self.low:g} is not below high {self.high:g}; both are in the indicator's own units, "
                "the lower first whatever its direction; swap them"
            )
        return self


class _Node(Spec):
    """What indicators and groups share."""

    code: Code
    """What programs call it; unique in the scheme."""
    name: Names = ()
    """What people call it, in one language or several."""
    weight: Weight = 1.0
    """What it counts among its siblings, in any unit: only ratios matter."""
    note: str = ""
    """A remark carried to every output."""
    standing: Standing = ""
    """Whether name and place are official, follow a published model, or are our choice."""

    def title(self, language: str = "en") -> str:
        """Its name in a language, else in any, else its code.

        Examples
        --------
        >>> Indicator(code="P1", name={"vi": "Thể chế", "en": "Institutions"}).title("vi")
        'Thể chế'
        """
        names = dict(self.name)
        return names.get(language) or next(iter(names.values()), "") or self.code


def _combined_by_others(owner: Indicator | Column) -> None:
    """Refuse a rule that reads the column that it is for."""
    if owner.combine is not None and owner.code in owner.combine.reads:
        raise ValueError(
            f"{owner.code!r} is combined by itself; a rule reads other columns, such as a denominator; "
            "name one, or use sum"
        )


class Indicator(_Node):
    """Something measured of every unit: a leaf of the tree.

    Examples
    --------
    >>> Indicator(code="poverty", name="Poverty rate", unit="%", direction=-1).title()
    'Poverty rate'
    """

    unit: str = ""
    """The unit of measurement."""
    direction: Direction = 1
    """1 where more is better, -1 where less is."""
    source: str = ""
    """Who publishes it."""
    denominator: Code | None = None
    """The column that it is put per, if any."""
    goalposts: Range | None = None
    """The fixed ends of its scale, for the method ``goalposts``."""
    target: float | Range | None = None
    """The value aimed at, or a band of values that are all as good as each other."""
    base: float | None = None
    """The value that scores are relative to, such as the national one."""
    valid: Range | None = None
    """Values outside this range are refused as mistakes."""
    denominate: Denominator | None = None
    """Its own method, in place of the scheme's."""
    impute: Imputer | None = None
    """Its own method, in place of the scheme's."""
    treat: Treater | None = None
    """Its own method, in place of the scheme's."""
    normalise: Normaliser | None = None
    """Its own method, in place of the scheme's."""
    combine: Combiner | None = None
    """What a unit made of several others has of it, in place of the scheme's rule."""

    @model_validator(mode="after")
    def _others(self) -> Self:
        _combined_by_others(self)
        return self


class Column(Spec):
    """A column of the table that is not an indicator: a denominator, or a label that groups units."""

    code: Code
    """The column's header."""
    name: Names = ()
    """What people call it."""
    unit: str = ""
    """The unit of measurement."""
    source: str = ""
    """Who publishes it."""
    combine: Combiner | None = None
    """What a unit made of several others has of it; the scheme's rule is for indicators only."""

    @model_validator(mode="after")
    def _others(self) -> Self:
        _combined_by_others(self)
        return self


def _kind(value: Any) -> str:
    """Tell a group from an indicator: a group has children."""
    if isinstance(value, Indicator | Group):
        return "group" if isinstance(value, Group) else "indicator"
    return "group" if isinstance(value, dict) and "children" in value else "indicator"


class Group(_Node):
    """Several nodes made one score: the index itself, a sub-index, a pillar, any level between.

    Examples
    --------
    >>> pillar = Group(code="P1", children=[Indicator(code="a"), Indicator(code="b")])
    >>> [node.code for node in pillar.walk()]
    ['P1', 'a', 'b']
    """

    children: Many[
        Annotated[Annotated[Group, Tag("group")] | Annotated[Indicator, Tag("indicator")], Discriminator(_kind)]
    ] = Field(json_schema_extra={"minItems": 1})
    """The nodes that it is made of."""
    weigh: Weigher | None = None
    """How its children are weighed, in place of the scheme's method."""
    aggregate: Aggregator | None = None
    """How its children are aggregated, in place of the scheme's method."""
    impute: Imputer | None = None
    """How its own gaps are filled, once it is aggregated; they stay gaps by default."""
    normalise: Normaliser | None = None
    """How its own scores are put on a scale, once it is aggregated; they stay as they are by default."""
    coverage: Share | None = None
    """The least share of its children that a unit needs for a score, in place of the scheme's."""
    at_least: Annotated[int, Field(ge=1)] | None = None
    """The least number of its children that a unit needs for a score, besides the share."""

    @field_validator("children")
    @classmethod
    def _not_empty(cls, children: tuple[Node, ...]) -> tuple[Node, ...]:
        # Not min_length, which also counts children that are there and were refused.
        if not children:
            raise PydanticCustomError("too_short", "a group has at least one child")
        return children

    def walk(self) -> Iterator[Node]:
        """Visit this group and everything below it, parents first, in the order declared."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.walk()
            else:
                yield child

    def indicators(self) -> tuple[Indicator, ...]:
        """The leaves below this group, in the order declared."""
        return tuple(node for node in self.walk() if isinstance(node, Indicator))


Node: TypeAlias = Group | Indicator
"""A group or an indicator."""


def scale_faults(indicator: Indicator, normaliser: AbstractNormaliser, path: str) -> Iterator[Problem]:
    """Where an indicator does not have what the method of its scale needs, or has what it does not use.

    Examples
    --------
    >>> from pii.methods.normalise import FixedGoalposts
    >>> [problem.found for problem in scale_faults(Indicator(code="a"), FixedGoalposts(), "index")]
    ["'a' has no goalposts"]
    """
    if normaliser.needs == "goalposts" and indicator.goalposts is None:
        yield Problem(
            path=path,
            found=f"{indicator.code!r} has no goalposts",
            rule="the method goalposts needs them",
            remedy="add goalposts: {low: ..., high: ...} in the indicator's own units",
        )
    elif normaliser.domain == "above 0" and indicator.goalposts is not None and indicator.goalposts.low <= 0:
        yield Problem(
            path=f"{path}.goalposts",
            found=f"the lower goalpost of {indicator.code!r} is {indicator.goalposts.low:g}",
            rule="a logarithmic scale is of numbers above 0",
            remedy="raise it, or leave logarithmic out",
        )
    if normaliser.needs == "target" and indicator.target is None:
        yield Problem(
            path=path,
            found=f"{indicator.code!r} has no target",
            rule="the method distance_to_target needs one",
            remedy="add target: ... in the indicator's own units",
        )
    if normaliser.needs != "goalposts" and indicator.goalposts is not None:
        yield Problem(
            path=f"{path}.goalposts",
            found=f"{indicator.code!r} has goalposts, and its method is {normaliser.method_name()}",
            rule="only the method goalposts uses them",
            remedy="set normalise: goalposts, or leave them out",
        )
