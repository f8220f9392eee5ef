"""Whether values and what they are held against are of one form: a logarithm is not held against what is none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pii.errors import MethodError, Problem
from pii.methods.normalise import AbstractNormaliser, NoNormalisation
from pii.methods.treat import form, is_fitted
from pii.scheme import Scheme
from pii.scores import Treatment
from pii.tree import Indicator

__all__ = ["is_relative", "refuse_other_forms"]


def refuse_other_forms(treatment: Treatment, scheme: Scheme, *, reference: Treatment | None = None) -> None:
    """Refuse values that a transform has put into another form than that of what they are held against.

    Parameters
    ----------
    treatment
        What was done to the values.
    reference
        What was done to those that fix the scale, where others do.

    Raises
    ------
    MethodError
        Every indicator whose goalposts, target or base are in its own units while its values no longer are, or that
        has another form in the reference, or one that was fitted to other data there.
    """
    others = reference or treatment
    formed = {code for side in (treatment, others) for code, rule in side.rules.items() if form(rule)}
    if formed and (
        problems := [
            problem
            for indicator in scheme.indicators
            if indicator.code in formed
            for problem in _other_form(indicator, treatment, others, scheme.normaliser_of(indicator))
        ]
    ):
        raise MethodError(problems)


def _other_form(
    indicator: Indicator, treatment: Treatment, reference: Treatment, method: AbstractNormaliser
) -> Iterator[Problem]:
    """Why the values of an indicator cannot be held against what fixes its scale."""
    code, sides = indicator.code, (treatment, reference)
    own, other = (form(each.rules.get(code, "")) for each in sides)
    if own and not (indicator.goalposts is indicator.target is indicator.base is None):
        yield Problem(
            indicator=code,
            found=f"its values are treated by {own!r}, and its goalposts, target or base are in its own units",
            rule="values and what they are held against have one form",
            remedy="declare treat: none for it, or one that only pulls values in; goalposts can be logarithmic",
        )
    if treatment is reference or not is_relative(method):
        return
    here, there = (each.before.column(code) for each in sides)
    if own != other or (is_fitted(own) and not np.array_equal(here, there, equal_nan=True)):
        yield Problem(
            indicator=code,
            found=f"its values are treated by {own or 'none'!r}, those that fix its scale by {other or 'none'!r}"
            + (", which is fitted to each by itself" if own == other else ""),
            rule="values and what they are held against have one form",
            remedy="declare treat for it as none, as ln, or as what only pulls values in; or fix the scale by all "
            "periods together",
        )


def is_relative(method: AbstractNormaliser) -> bool:
    """Whether a scale depends on values, and not on what is declared alone.

    Examples
    --------
    >>> from pii.methods.normalise import FixedGoalposts, MinMax
    >>> is_relative(MinMax()), is_relative(FixedGoalposts())
    (True, False)
    """
    declared = method.needs == "goalposts" or method.domain == "listed"
    return not declared and not isinstance(method, NoNormalisation)
