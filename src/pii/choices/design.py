"""What a study varies: uncertain choices, draws, a seed; and designs that others have published."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from pii.choices.alternatives import (
    LeaveOut,
    MultipleImputation,
    VaryAggregation,
    VaryDenomination,
    VaryImputation,
    VaryNormalisation,
    VaryReference,
    VaryTreatment,
    VaryWeighing,
)
from pii.choices.choice import AbstractChoice
from pii.choices.data import DataError
from pii.choices.weights import WeightBox, WeightDirichlet, WeightExperts
from pii.methods.aggregate import Arithmetic, Geometric
from pii.methods.impute import ExpectationMaximisation, NoImputation
from pii.methods.sample import Sampler, SobolSequence
from pii.spec import Many, Spec
from pii.tree import Group

__all__ = ["CHOICES", "Choice", "Uncertainty", "jrc"]

Choice: TypeAlias = Annotated[
    WeightBox
    | WeightDirichlet
    | WeightExperts
    | VaryDenomination
    | VaryImputation
    | MultipleImputation
    | VaryTreatment
    | VaryNormalisation
    | VaryReference
    | VaryWeighing
    | VaryAggregation
    | LeaveOut
    | DataError,
    Field(discriminator="vary"),
]
"""Every kind of uncertain choice."""
CHOICES: tuple[type[AbstractChoice], ...] = get_args(get_args(Choice)[0])
"""The same, as classes."""


class Uncertainty(Spec):
    """What a study varies, how often, and from which seed.

    Examples
    --------
    >>> Uncertainty(choices=[WeightBox(spread=0.2)], seed=1).draws
    10000
    """

    choices: Many[Choice] = Field(min_length=1)
    """What could have been chosen otherwise."""
    draws: int = Field(default=10_000, ge=1)
    """How many times the index is computed."""
    seed: int = Field(default=0, ge=0)
    """The same seed gives the same draws; 0 is a seed like any other."""
    sampler: Sampler = SobolSequence()
    """How points are laid in the cube of all choices."""
    conflicts: Literal["refuse", "exclude"] = "refuse"
    """Whether alternatives that cannot go together are a mistake, or the draws that have both are left out."""

    @model_validator(mode="after")
    def _called_apart(self) -> Self:
        titles = [choice.title() for choice in self.choices]
        twice = sorted({title for title in titles if titles.count(title) > 1})
        if twice:
            raise ValueError(f"several choices are called {', '.join(twice)}; give each a name of its own")
        return self


def jrc(index: Group, /, *, seed: int = 0) -> Uncertainty:
    """Vary what the JRC's audits of the Global Innovation Index vary: gaps, aggregation and weights of pillars.

    Gaps are left or filled by EM, pillar by pillar (our choice, since few units cannot tell all indicators' joint
    distribution); pillars are averaged arithmetically or geometrically; their shares of the sub-index are nominal
    plus or minus 0.1. Four combinations, 1,000 draws of weights each. Pillars are the children of the index's
    children, or of the index where these are indicators.

    References
    ----------
    JRC statistical audit, appendix of WIPO, *Global Innovation Index*, each edition.

    Examples
    --------
    >>> inputs = Group(code="inputs", children=[{"code": "a1"}, {"code": "a2"}])
    >>> index = Group(code="i", children=[inputs, {"code": "b"}])
    >>> [choice.vary for choice in jrc(index).choices], jrc(index).draws
    (['weights', 'aggregate', 'impute'], 4000)
    """
    below = [child for child in index.children if isinstance(child, Group)]
    groups = [child.code for child in below] or [index.code]
    # As deep as the pillars, or as there are groups.
    level = 2 if any(isinstance(node, Group) for child in below for node in child.children) else int(bool(below))
    choices: list[Choice] = [
        WeightBox(groups=groups, margin=0.1, name="pillar weights"),
        VaryAggregation(among=[Arithmetic(), Geometric()], groups=groups, name="aggregation of pillars"),
        VaryImputation(among=[NoImputation(), ExpectationMaximisation(level=level)], name="gaps"),
    ]
    return Uncertainty(choices=choices, draws=4_000, seed=seed)
