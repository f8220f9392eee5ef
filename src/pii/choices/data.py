"""Errors of measurement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, final

import numpy as np
from pydantic import model_validator

from pii.arrays import Matrix, Vector
from pii.choices.choice import AbstractChoice, Stage
from pii.spec import Code, Many, Positive

__all__ = ["DataError"]


@final
class DataError(AbstractChoice):
    r"""Errors of measurement, of every cell by itself: :math:`x (1 + r z)`, or :math:`x + s z`.

    z is standard normal, or uniform with the same variance. What is not measured stays so.

    Examples
    --------
    >>> DataError(relative=0.05, indicators=["a"]).title()
    'data'
    """

    vary: Literal["data"] = "data"
    relative: Positive | None = None
    """The standard error as a part of the value."""
    standard_errors: Code | None = None
    """The column with the standard error of each unit's value; for one indicator."""
    indicators: Many[Code] = ()
    """The indicators measured with error; all when not given."""
    shape: Literal["normal", "uniform"] = "normal"
    """The distribution of errors."""

    @property
    def stage(self) -> Stage:
        """Data."""
        return "data"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of standard errors."""
        return () if self.standard_errors is None else (self.standard_errors,)

    def concerns(self) -> Iterator[tuple[str, str]]:
        """Its indicators."""
        yield from (("indicator", code) for code in self.indicators)

    @model_validator(mode="after")
    def _one_of_both(self) -> DataError:
        if (self.relative is None) == (self.standard_errors is None):
            raise ValueError("say how large errors are: either relative, or the column of the standard_errors")
        if self.standard_errors is not None and len(self.indicators) != 1:
            raise ValueError("a column of standard errors is of one indicator; name it under indicators")
        return self

    def disturbed(self, x: Matrix, u: Matrix, errors: Vector | None = None, /) -> Matrix:
        """Values with errors.

        Parameters
        ----------
        x
            Values, (indicators, units), NaN where not measured.
        u
            Numbers in [0, 1), of the same shape.
        errors
            The column of standard errors, by unit.
        """
        if self.shape == "uniform":
            z = np.sqrt(3.0) * (2 * u - 1)
        else:
            from scipy.special import ndtri

            # The ends of [0, 1) would be infinitely far.
            z = ndtri(np.clip(u, 2.0**-54, 1 - 2.0**-53))
        size = np.abs(x) * self.relative if errors is None or self.relative is not None else errors[None, :]
        return np.asarray(x + size * z, dtype=np.float64)
