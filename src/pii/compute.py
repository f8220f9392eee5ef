"""How an index is made: every stage once, in order."""

from __future__ import annotations

from typing import NamedTuple

from pii import stages
from pii.align import align
from pii.forms import refuse_other_forms
from pii.result import Result
from pii.scheme import Scheme
from pii.scores import Screening
from pii.table import Table

__all__ = ["Completed", "complete", "compute"]


def compute(scheme: Scheme, table: Table, *, reference: Result | Table | None = None) -> Result:
    """Compute an index, keeping every step.

    Parameters
    ----------
    scheme
        What is computed and how.
    table
        What was measured.
    reference
        What fixes the scale, such as a base year, so that scores of two editions compare: a result, whose treated
        values do, or those values.

    Raises
    ------
    TableError
        The table does not fit the scheme.
    MethodError
        A method cannot give a number for these values, or a transform makes them another thing than what they
        are held against.

    Examples
    --------
    >>> from pii.tree import Group, Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b", direction=-1, weight=3)])
    >>> table = Table.of({"a": [1.0, 5.0, 3.0], "b": [10.0, 30.0, 20.0]}, units=["x", "y", "z"])
    >>> result = compute(Scheme(code="demo", index=index), table)
    >>> result.composite.column("demo").tolist(), result.ranking.column("demo").tolist()
    ([75.0, 25.0, 50.0], [1.0, 3.0, 2.0])
    """
    measured, ratios, screening, completed = complete(scheme, table)
    treatment = stages.treat(completed, scheme)
    fixed = reference.treatment if isinstance(reference, Result) else None
    refuse_other_forms(treatment, scheme, reference=fixed)
    scale = reference.treatment.table if isinstance(reference, Result) else reference
    scores = stages.normalise(treatment.table, scheme, reference=scale)
    weights = stages.weigh(scores, scheme)
    composite = stages.aggregate(scores, weights, scheme)
    ranking = stages.rank(composite, scheme)
    return Result(
        scheme, measured, ratios, screening, completed, treatment, scores, weights, composite, ranking, scale
    )


class Completed(NamedTuple):
    """The first stages of an index: those for which no other edition counts."""

    measured: Table
    """What was measured, as the scheme names it."""
    ratios: Table
    """Size-dependent quantities put per something."""
    screening: Screening
    """Who has data enough to be ranked."""
    completed: Table
    """Of those, every value, gaps filled."""


def complete(scheme: Scheme, table: Table) -> Completed:
    """Compute an index as far as every gap is filled.

    Parameters
    ----------
    scheme
        What is computed and how.
    table
        What was measured.

    Raises
    ------
    TableError, MethodError
        As for :func:`compute`.

    Examples
    --------
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> complete(scheme, Table.of({"a": [1.0, 5.0]}, units=["x", "y"])).completed.column("a").tolist()
    [1.0, 5.0]
    """
    measured = align(table, scheme)
    ratios = stages.denominate(measured, scheme)
    screening = stages.screen(ratios, scheme)
    ranked = screening.eligible
    completed = stages.impute(ratios.take(ranked), scheme, beside=measured.take(ranked))
    return Completed(measured, ratios, screening, completed)
