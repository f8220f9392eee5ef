"""Rank: places by unrounded score, the best first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import prod
from typing import Annotated, Any, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix, blocks
from pii.spec import Family, Method

__all__ = ["AbstractRanker", "Average", "Competition", "Dense", "Modified", "Ranker"]


Floats: TypeAlias = NDArray[np.floating[Any]]


class AbstractRanker(Method, ABC):
    """Gives units their places by score."""

    @abstractmethod
    def __call__(self, x: Matrix, /) -> Matrix:
        """Rank.

        Parameters
        ----------
        x
            Scores, (..., units), not rounded; NaN where there is none.

        Returns
        -------
        Matrix
            Places from 1 for the highest score, of the same shape; NaN where there is no score.
        """


@final
class Competition(AbstractRanker):
    """Tied units share the best of their places, and the next place is left out: 1, 2, 2, 4.

    Examples
    --------
    >>> Competition()(np.array([90.0, 70.0, 70.0, np.nan, 50.0]))
    array([ 1.,  2.,  2., nan,  4.])
    """

    method: Literal["competition"] = "competition"

    def __call__(self, x: Matrix, /) -> Matrix:
        return _each(x, lambda new, _: _starts(new) + 1.0)


@final
class Dense(AbstractRanker):
    """Tied units share a place, and none is left out: 1, 2, 2, 3.

    Examples
    --------
    >>> Dense()(np.array([90.0, 70.0, 70.0, np.nan, 50.0]))
    array([ 1.,  2.,  2., nan,  3.])
    """

    method: Literal["dense"] = "dense"

    def __call__(self, x: Matrix, /) -> Matrix:
        return _each(x, lambda new, _: np.cumsum(new, axis=-1, dtype=np.float64))


@final
class Modified(AbstractRanker):
    """Tied units share the worst of their places, and those before are left out: 1, 3, 3, 4.

    A place then says how many units do as well or better, so a tie never flatters.

    Examples
    --------
    >>> Modified()(np.array([90.0, 70.0, 70.0, np.nan, 50.0]))
    array([ 1.,  3.,  3., nan,  4.])
    """

    method: Literal["modified_competition"] = "modified_competition"

    def __call__(self, x: Matrix, /) -> Matrix:
        return _each(x, lambda new, n: _ends(new, n) + 1.0)


@final
class Average(AbstractRanker):
    """Tied units share the mean of their places: 1, 2.5, 2.5, 4.

    Examples
    --------
    >>> Average()(np.array([90.0, 70.0, 70.0, np.nan, 50.0]))
    array([1. , 2.5, 2.5, nan, 4. ])
    """

    method: Literal["average"] = "average"

    def __call__(self, x: Matrix, /) -> Matrix:
        return _each(x, lambda new, n: (_starts(new) + _ends(new, n)) / 2 + 1.0)


def _each(x: Matrix, places: Callable[[NDArray[np.bool_], int], Floats]) -> Matrix:
    """Order each row from the best, find where a run of ties begins, and give every value its run's place."""
    rows = x.reshape(prod(x.shape[:-1]), x.shape[-1])
    ranks = np.empty_like(rows)
    for block in blocks(range(len(rows)), rows.shape[-1]):
        order = np.argsort(-rows[block], axis=-1)
        ordered = np.take_along_axis(rows[block], order, axis=-1)
        new = np.ones(ordered.shape, dtype=np.bool_)
        np.not_equal(ordered[:, 1:], ordered[:, :-1], out=new[:, 1:])
        found = np.empty_like(ordered)
        np.put_along_axis(found, order, places(new, x.shape[-1]), axis=-1)
        found[np.isnan(rows[block])] = np.nan
        ranks[block] = found
    return ranks.reshape(x.shape)


def _starts(new: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The position at which each value's run of ties begins."""
    return np.maximum.accumulate(np.where(new, np.arange(new.shape[-1]), 0), axis=-1)


def _ends(new: NDArray[np.bool_], n: int) -> NDArray[np.intp]:
    """The position at which each value's run of ties ends."""
    last = np.roll(new, -1, axis=-1)  # a run ends where the next one begins, and the last at the end
    return np.minimum.accumulate(np.where(last, np.arange(n), n)[:, ::-1], axis=-1)[:, ::-1]


Ranker = Annotated[Competition | Dense | Modified | Average, Field(discriminator="method"), Family(AbstractRanker)]
