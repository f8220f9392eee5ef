"""An index over several periods: each edition computed, on a scale of its own or on one for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pii import stages
from pii.compute import complete, compute
from pii.editions.agreement import OWN, POOLED, declared_by_period, each_period
from pii.editions.results import Editions
from pii.forms import refuse_other_forms
from pii.result import Result
from pii.scheme import Scheme
from pii.scores import Composite, Scores, Treatment, Weights
from pii.table import Panel, Table

__all__ = ["compute_panel"]


def compute_panel(schemes: Scheme | Mapping[str, Scheme], panel: Panel, *, scale: str = OWN) -> Editions:
    """Compute every period of a panel.

    Who is ranked, and how gaps of indicators are filled, is decided within each period, whatever the scale.

    Parameters
    ----------
    schemes
        One for all periods, or one a period.
    panel
        Tables of one system of units.
    scale
        What fixes the scale. ``own``: every period by itself, as ``compute`` would. A period: that base period's
        treated values fix it for all; outliers are treated, and weights made from data, in each period by itself.
        ``pooled``: all that is estimated from other units comes from all periods together, as if they were one
        table: limits of outliers, the scale, weights made from data, and scores of groups that are put on a scale
        of their own. Goalposts that the scheme declares are the same by any of them.

    Raises
    ------
    TableError
        Units of two systems, a base period that is not there, or a table that does not fit its scheme.
    SchemeError
        A period without a scheme; schemes that define indicators differently, where they are to share a scale.
    MethodError
        A method that cannot give a number. All that is wrong is said at once, with the period.

    Examples
    --------
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> values = {"2023": [0.0, 10.0], "2024": [5.0, 20.0]}
    >>> panel = Panel(tuple(Table.of({"a": a}, units=["x", "y"], period=year) for year, a in values.items()))
    >>> for scale in ("own", "2023", "pooled"):
    ...     print(compute_panel(scheme, panel, scale=scale).scores().to_numpy().tolist())
    [[0.0, 0.0], [100.0, 100.0]]
    [[0.0, 50.0], [100.0, 200.0]]
    [[0.0, 25.0], [50.0, 100.0]]
    """
    declared = declared_by_period(schemes, panel, scale=scale)
    if scale == POOLED:
        return Editions(_pooled(declared, panel), scale)

    def made(period: str, base: Result | None = None) -> Result:
        return compute(declared[period], panel[period], reference=base)

    if scale == OWN:
        return Editions(each_period(panel, made), scale)
    base = each_period([scale], made)[scale]
    return Editions(each_period(panel, lambda period: base if period == scale else made(period, base)), scale)


class _Together(NamedTuple):
    """All periods as one table, from where other periods come in."""

    treatment: Treatment
    scores: Scores
    weights: Weights
    composite: Composite


def _together(scheme: Scheme, completed: Table) -> _Together:
    treatment = stages.treat(completed, scheme)
    refuse_other_forms(treatment, scheme)
    scores = stages.normalise(treatment.table, scheme)
    weights = stages.weigh(scores, scheme)
    return _Together(treatment, scores, weights, stages.aggregate(scores, weights, scheme))


def _pooled(declared: Mapping[str, Scheme], panel: Panel) -> dict[str, Result]:
    """Every period's part of what all periods together give."""
    parts = each_period(panel, lambda period: complete(declared[period], panel[period]))
    whole = Panel(tuple(part.completed for part in parts.values())).pooled()
    together = {
        scheme: _together(scheme, whole.select([indicator.code for indicator in scheme.indicators]))
        for scheme in dict.fromkeys(declared.values())
    }
    found: dict[str, Result] = {}
    start = 0
    for period, part in parts.items():
        scheme, units = declared[period], part.completed.units
        rows = slice(start, start + len(units))
        start = rows.stop
        treatment, scores, weights, composite = together[scheme]
        treated = part.completed.holding(treatment.table.values[rows])
        own = Composite(units, composite.columns, composite.values[rows])
        found[period] = Result(
            scheme,
            *part,
            Treatment(treated, treatment.rules, part.completed),
            Scores(units, scores.columns, scores.values[rows]),
            weights,
            own,
            stages.rank(own, scheme),
            treatment.table,
        )
    return found
