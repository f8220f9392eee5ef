"""What is refused by position, in the names of indicators and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pii.arrays import Matrix
from pii.errors import Problem, Undefined
from pii.table import Units

__all__ = ["named", "unwieldy"]

_LARGEST, _SMALLEST = 1e100, 1e-100


def named(error: Undefined, codes: Sequence[str], units: Units) -> Iterator[Problem]:
    """A method's refusal in the names of indicators and units."""
    columns: Iterable[int | None] = error.columns or [None] * len(error.rows)
    for found, row, column in zip(error.found, error.rows, columns, strict=True):
        yield Problem(
            indicator=codes[row],
            unit="" if column is None else units.names[column],
            found=found,
            rule=error.rule,
            remedy=error.remedy,
        )


def unwieldy(x: Matrix, codes: Sequence[str], units: Units) -> Iterator[Problem]:
    """Values too large, and indicators too small, for their squares to be told from infinity and from 0.

    A value is too large above 1e100 in size; an indicator is too small when its largest is below 1e-100 and not 0.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.
    codes
        What the indicators are called.
    units
        Whose values they are.

    Examples
    --------
    >>> x = np.array([[1.0, 1e300], [0.0, -1e-300]])
    >>> [str(problem).partition(";")[0] for problem in unwieldy(x, ["a", "b"], Units(("X", "Y")))]
    ['a: Y: the value is 1e+300', 'b: no value is above 1e-300 in size']
    """
    reach = np.maximum(np.fmax.reduce(x, axis=-1, initial=0.0), -np.fmin.reduce(x, axis=-1, initial=0.0))
    rule = f"computing squares values, so they are from {_SMALLEST:g} to {_LARGEST:g} in size, or 0"
    for row in np.flatnonzero(reach > _LARGEST).tolist():
        for at in np.flatnonzero(np.abs(x[row]) > _LARGEST).tolist():
            remedy = "correct it, or measure the indicator in a larger unit"
            yield Problem(
                indicator=codes[row],
                unit=units.names[at],
                found=f"the value is {x[row, at]:g}",
                rule=rule,
                remedy=remedy,
            )
    for row in np.flatnonzero((reach > 0) & (reach < _SMALLEST)).tolist():
        found = f"no value is above {reach[row]:g} in size"
        yield Problem(
            indicator=codes[row], found=found, rule=rule, remedy="measure the indicator in a smaller unit"
        )
