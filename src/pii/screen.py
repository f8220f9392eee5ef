"""The rules by which units have data enough to be ranked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pii.spec import Code, Many, Share, Spec

__all__ = ["Screen", "Within"]


class Within(Spec):
    """What a unit needs inside each of some groups."""

    groups: Many[Code] = Field(min_length=1)
    """The groups, by code; the rule holds in each of them."""
    measured: Share = 0.0
    """The least share of the group's indicators measured."""
    scorable: Annotated[int, Field(ge=0)] = 0
    """The least number of the group's children with any indicator measured."""


class Screen(Spec):
    """Which units have data enough to be ranked; the others are listed with the reason.

    References
    ----------
    WIPO (2023), *Global Innovation Index 2023*, appendix I; Becker et al. (2022), COINr, doi:10.21105/joss.04567

    Examples
    --------
    >>> Screen(measured=0.66, within=[Within(groups=["input", "output"], measured=0.66)]).measured
    0.66
    """

    measured: Share = 2 / 3
    """The least share of all indicators measured."""
    nonzero: Share = 0.0
    """The least share of the measured indicators that are not 0."""
    within: Many[Within] = ()
    """What is needed inside groups."""
    include: Many[Code] = ()
    """Units, by code, ranked whatever their data."""
    exclude: Many[Code] = ()
    """Units, by code, never ranked."""
    empty: Literal["refuse", "exclude"] = "refuse"
    """Whether a unit without any value is a mistake in the table, or is known and listed as not ranked."""
