"""One study of a panel: the same draws for every period, so that changes between periods are paired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from itertools import pairwise

import numpy as np

from pii.align import align
from pii.arrays import sealed
from pii.choices.alternatives import OWN as OWN_SCALE
from pii.choices.alternatives import VaryReference
from pii.choices.choice import AbstractChoice
from pii.choices.design import Choice, Uncertainty
from pii.compute import compute
from pii.editions.agreement import OWN, POOLED, declared_by_period, each_period, refuse_other_definitions
from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.errors import Problem, SchemeError
from pii.methods.impute import Constant, NoImputation
from pii.methods.sample import AbstractSampler
from pii.result import Result
from pii.robustness.chunks import places_of
from pii.robustness.editing import replaced
from pii.robustness.panel_study import PanelStudy
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from pii.robustness.shared_points import paired
from pii.robustness.study import computed, declared
from pii.scheme import Scheme
from pii.table import Panel, Table

__all__ = ["study_panel"]


def study_panel(
    schemes: Scheme | Mapping[str, Scheme],
    panel: Panel,
    uncertain: Uncertainty | Sequence[Choice] | None = None,
    *,
    scale: str = OWN,
    draws: int | None = None,
    seed: int | None = None,
    sampler: AbstractSampler | None = None,
    nodes: Sequence[str] = (),
    executor: Executor | None = None,
) -> PanelStudy:
    """Compute every period of a panel again and again, with what was uncertain drawn anew, once for all periods.

    A draw takes the same weights and alternatives in every period, so that a change from one to the next is not
    their difference. Errors of data, and draws of multiple imputation, are every period's own. Weights of the same
    node are the same draws even where periods have schemes of their own.

    Parameters
    ----------
    schemes, panel, scale
        As for ``compute_panel``. A base period's treated values are those of its nominal result in every draw; a
        pooled scale is drawn anew with all that it rests on.
    uncertain, draws, seed, sampler, nodes, executor
        As for ``study``. Results of a choice that varies the scale need not be given: it may name any period, and
        ``pooled``.

    Raises
    ------
    TableError, SchemeError, MethodError
        As for ``compute_panel`` and ``study``; with the period, where only one is concerned.

    Examples
    --------
    >>> from pii.choices.weights import WeightBox
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="i", index=Group(code="i", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> years = {"2023": [[0, 6, 10], [10, 3, 0]], "2024": [[0, 6, 10], [10, 9, 0]]}
    >>> tables = [Table.of({"a": a, "b": b}, units=["x", "y", "z"], period=p) for p, (a, b) in years.items()]
    >>> found = study_panel(scheme, Panel(tuple(tables)), [WeightBox(spread=0.5)], draws=256, seed=0)
    >>> found.changes().loc[("2023", "2024", "y"), ["rank_from", "rank_to", "low", "high", "rose"]].tolist()
    [3.0, 1.0, 1.0, 2.0, 0.96875]
    """
    known = declared_by_period(schemes, panel, scale=scale)
    uncertainty = {
        period: declared(one, uncertain, draws=draws, seed=seed, sampler=sampler) for period, one in known.items()
    }
    _refuse_other_designs(uncertainty)
    rules = {period: replaced(scheme, uncertainty=uncertainty[period]) for period, scheme in known.items()}
    editions = compute_panel(rules, panel, scale=scale)
    if scale == POOLED:
        return _of_all(editions, panel, uncertainty, nodes, executor)
    references = _references(editions, panel)

    def laid_out(period: str) -> Plan:
        return planned(
            editions[period].scheme,
            panel[period],
            uncertainty[period],
            nodes=nodes,
            reference=None if scale == OWN else editions[scale],
            references=references,
        )

    studies = {
        period: computed(plan, executor=executor) for period, plan in paired(each_period(panel, laid_out)).items()
    }
    return PanelStudy(
        editions,
        studies,
        {period: found.scores for period, found in studies.items()},
        {period: found.places for period, found in studies.items()},
    )


def _refuse_other_designs(uncertainty: Mapping[str, Uncertainty]) -> None:
    """Refuse schemes that declare draws of different number, seed or sampler."""
    problems = []
    for name in ("draws", "seed", "sampler"):
        said = {period: getattr(one, name) for period, one in uncertainty.items()}
        if len(set(said.values())) > 1:
            problems.append(
                Problem(
                    path=f"uncertainty.{name}",
                    found=", ".join(f"{value} in {period}" for period, value in said.items()),
                    rule="all periods are computed in the same draws",
                    remedy=f"give {name} to the study",
                )
            )
    if problems:
        raise SchemeError(problems)


def _references(editions: Editions, panel: Panel) -> dict[str, Result]:
    """The results that choices of what fixes the scale name: of periods by themselves, and of all together."""
    choices = [one for result in editions.values() for one in _choices(result) if isinstance(one, VaryReference)]
    names = dict.fromkeys(name for choice in choices for name in choice.among if name != OWN_SCALE)
    rules = {period: result.scheme for period, result in editions.items()}
    if names:
        refuse_other_definitions(rules)
    found = {name: compute(rules[name], panel[name]) for name in names if name in editions}
    if POOLED in names:
        scheme, together = _as_one(editions, panel)
        found[POOLED] = compute(scheme, together)
    return found


def _choices(result: Result) -> Sequence[AbstractChoice]:
    return result.scheme.uncertainty.choices if result.scheme.uncertainty else ()


def _as_one(editions: Editions, panel: Panel) -> tuple[Scheme, Table]:
    """The scheme and the table of all periods as one.

    Raises
    ------
    SchemeError
        Periods have schemes of their own, or gaps are filled, which would take values of other periods.
    """
    problems = []
    scheme = next(iter(editions.values())).scheme
    for period, result in editions.items():
        if result.scheme is not scheme:  # equal ones are the same object in editions
            problems.append(
                Problem(
                    path=period,
                    found="the edition has a scheme of its own",
                    rule="draws of a pooled scale are of one scheme",
                    remedy="give one for all periods, or take a base period as the scale",
                )
            )
        problems += _filled(period, result)
    if problems:
        raise SchemeError(problems)
    together = Panel(tuple(align(table, scheme) for table in panel.values())).pooled()
    there = set(together.units.codes)

    def everywhere(codes: Sequence[str]) -> list[str]:
        return [one for code in codes for period in panel if (one := f"{code}@{period}") in there]

    screen = scheme.screen
    if screen.include or screen.exclude:
        screen = screen.replace(include=everywhere(screen.include), exclude=everywhere(screen.exclude))
    return replaced(scheme, screen=screen), together


def _filled(period: str, result: Result) -> Iterator[Problem]:
    """Gaps that are filled from other units, or may be in a draw."""
    eligible = result.ratios.values[result.screening.eligible]
    varied = [choice.title() for choice in _choices(result) if choice.stage == "impute"]
    for indicator, column in zip(result.scheme.indicators, eligible.T, strict=True):
        fills = not isinstance(result.scheme.imputer_of(indicator), NoImputation | Constant)
        if (fills or varied) and np.isnan(column).any():
            yield Problem(
                path=period,
                indicator=indicator.code,
                found="its gaps are filled",
                rule="gaps are filled within a period, and draws of a pooled scale are of all periods as one table",
                remedy="leave gaps, fill them first (pii.panels), or take a base period as the scale",
            )


def _of_all(
    editions: Editions,
    panel: Panel,
    uncertainty: Mapping[str, Uncertainty],
    nodes: Sequence[str],
    executor: Executor | None,
) -> PanelStudy:
    """A study of all periods as one table, taken apart by period."""
    one = next(iter(uncertainty.values()))
    if varied := [choice.title() for choice in one.choices if isinstance(choice, VaryReference)]:
        raise SchemeError(
            Problem(
                path=varied[0],
                found="what fixes the scale is varied, and the scale is to be pooled",
                rule="a scale is varied or fixed",
                remedy=f"take the scale {OWN}; the choice may name {POOLED}",
            )
        )
    scheme, together = _as_one(editions, panel)
    found = computed(planned(scheme, together, one, nodes=nodes), executor=executor)
    ends = np.cumsum([0, *(len(result.composite.units) for result in editions.values())]).tolist()
    scores = {
        period: found.scores[:, :, start:stop]
        for period, (start, stop) in zip(editions, pairwise(ends), strict=True)
    }
    ranks = {period: sealed(np.array([places_of(node, scheme) for node in x])) for period, x in scores.items()}
    return PanelStudy(editions, {POOLED: found}, scores, ranks)
