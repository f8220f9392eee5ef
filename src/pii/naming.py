"""What a method refuses by position, in the names of indicators and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pii.errors import Problem, Undefined
from pii.table import Units

__all__ = ["named"]


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
