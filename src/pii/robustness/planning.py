"""Studies checked and laid out before any draw is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from pii.choices.alternatives import OWN, VaryReference
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.errors import Problem, SchemeError, TableError, Undefined
from pii.result import Result
from pii.robustness.editing import replaced
from pii.robustness.plan import Plan
from pii.robustness.variants import (
    conflicts,
    n_alternatives,
    refuse_alternatives,
    variants,
)
from pii.scheme import Scheme
from pii.scores import Weights
from pii.spelling import did_you_mean
from pii.table import Table

__all__ = ["planned"]


def planned(
    scheme: Scheme,
    table: Table,
    uncertainty: Uncertainty,
    *,
    nodes: Sequence[str] = (),
    reference: Result | None = None,
    references: Mapping[str, Result] | None = None,
) -> Plan:
    """Lay a study out, with everything checked and computed that can be before the draws.

    Raises
    ------
    SchemeError
        Choices that name what is not in the tree, vary nothing, or do not go together.
    TableError
        The table does not fit the scheme, or lacks a standard error.
    MethodError
        Alternatives that cannot be computed from these values.
    """
    declared = replaced(scheme, uncertainty=uncertainty)
    nominal = compute(declared, table, reference=reference)
    refuse_alternatives(declared, uncertainty.choices)
    if problems := [*_unknown(declared, nodes), *_below_0(uncertainty, declared, nominal.weights)]:
        raise SchemeError(problems)
    at_odds, rules = conflicts(declared, uncertainty.choices)
    if at_odds and uncertainty.conflicts == "refuse":
        raise SchemeError(at_odds.values())
    plan = Plan(
        nominal, uncertainty, tuple(nodes) or (scheme.index.code,), {}, tuple(at_odds), reference, references or {}
    )
    if problems := [*_undrawn(plan), *_unknown_references(plan)]:
        raise SchemeError(problems)
    if problems := [*_unknown_errors(plan)]:
        raise TableError(problems)
    numbers = [range(n_alternatives(uncertainty.choices[at], declared)) for at in plan.discrete]
    wanted = [
        combination
        for combination in product(*numbers)
        if not any(set(taken) <= set(zip(plan.discrete, combination, strict=True)) for taken in plan.excluded)
    ]
    ways = variants(
        declared,
        plan.measured,
        uncertainty.choices,
        wanted,
        seed=uncertainty.seed,
        reference=reference,
        references=plan.references,
        rules=rules,
        ready=plan.ready,
    )
    for way in {id(way.weights): way for way in ways.values()}.values():
        if problems := [*_below_0(uncertainty, way.scheme, way.weights)]:
            raise SchemeError(problems)
    return replace(plan, ways=ways)


def _unknown(scheme: Scheme, nodes: Sequence[str]) -> Iterator[Problem]:
    """Wanted nodes that are not groups."""
    groups = [group.code for group in scheme.groups]
    for code in nodes:
        if code not in groups:
            yield Problem(
                found=f"{code!r} is not a group of the scheme",
                rule="a study is of scores of groups",
                remedy=did_you_mean(code, groups) or "name a group",
            )


def _below_0(uncertainty: Uncertainty, scheme: Scheme, weights: Weights) -> Iterator[Problem]:
    """Boxes that reach below 0."""
    for choice in (choice for choice in uncertainty.choices if isinstance(choice, WeightBox)):
        for group in choice.among_groups(scheme.index):
            share = weights.of([child.code for child in group.children])
            reach = choice.reach(share) if choice.width(group) else share
            for at in np.flatnonzero(reach > share).tolist():
                code = group.children[at].code
                yield Problem(
                    path=choice.title(),
                    found=f"{code!r} has a share of {share[at]:.4g}, and may go {reach[at]:.4g} below it",
                    rule="no share is below 0",
                    remedy="make the box smaller, or give it as a spread",
                )


def _undrawn(plan: Plan) -> Iterator[Problem]:
    """Choices that take no number of the cube, and a cube that the sampler has not enough dimensions for."""
    for choice, columns in zip(plan.choices, plan.columns, strict=True):
        if columns.start == columns.stop:
            yield Problem(
                path=choice.title(),
                found="nothing varies",
                rule="a choice varies something",
                remedy="name groups of two and more, or with a panel of experts",
            )
    try:
        plan.uncertainty.sampler.points(plan.uncertainty.draws, max(1, plan.dimensions), seed=0, stop=0)
    except Undefined as refusal:
        yield Problem(path="sampler", found=refusal.found[0], rule=refusal.rule, remedy=refusal.remedy)


def _unknown_references(plan: Plan) -> Iterator[Problem]:
    """Names of results that were not given."""
    for choice in plan.choices:
        for name in choice.among if isinstance(choice, VaryReference) else ():
            if name != OWN and name not in plan.references:
                yield Problem(
                    path=choice.title(),
                    found=f"there is no result called {name!r}",
                    rule=f"{OWN!r} is the table's own scale, other names are of results",
                    remedy="give it to the study under references",
                )


def _unknown_errors(plan: Plan) -> Iterator[Problem]:
    """Values whose standard error is not known, or is below 0."""
    for choice in plan.choices:
        if not isinstance(choice, DataError) or choice.standard_errors is None:
            continue
        known = ~np.isnan(plan.measured.column(choice.indicators[0]))
        errors = plan.measured.column(choice.standard_errors)
        for at in np.flatnonzero(known & ~(errors >= 0)).tolist():
            yield Problem(
                indicator=choice.standard_errors,
                unit=plan.measured.units.names[at],
                found="it is not given" if np.isnan(errors[at]) else f"it is {errors[at]:g}",
                rule="every value measured with error has a standard error, 0 or more",
                remedy="give it; 0 where the value is exact",
            )
