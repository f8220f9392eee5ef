"""Rank: places by unrounded score, the best first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pii.arrays import Matrix
from pii.spec import Family, Method

__all__ = ["AbstractRanker", "Average", "Competition", "Dense", "Ranker"]


Positions: TypeAlias = NDArray[np.signedinteger[Any]]


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
        return np.apply_along_axis(_competition, -1, x)


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
        return np.apply_along_axis(_dense, -1, x)


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
        return np.apply_along_axis(_average, -1, x)


def _competition(x: Matrix) -> Matrix:
    order, starts, _ = _runs(x)
    return _placed(x, order, starts + 1.0)


def _dense(x: Matrix) -> Matrix:
    order, starts, _ = _runs(x)
    return _placed(x, order, np.cumsum(starts == np.arange(starts.size), dtype=np.float64))


def _average(x: Matrix) -> Matrix:
    order, starts, ends = _runs(x)
    return _placed(x, order, (starts + ends) / 2 + 1.0)


def _runs(x: Matrix) -> tuple[Positions, Positions, Positions]:
    """Order the scores from the best, with the first and last position of each one's run of ties."""
    order = np.argsort(-x)[: np.count_nonzero(~np.isnan(x))]
    ordered = x[order]
    at = np.arange(order.size)
    new = np.empty(order.size, dtype=np.bool_)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    starts = np.maximum.accumulate(np.where(new, at, 0))
    last = np.append(new[1:], [True] * bool(order.size))
    ends = np.minimum.accumulate(np.where(last, at, order.size)[::-1])[::-1]
    return order, starts, ends


def _placed(x: Matrix, order: Positions, places: NDArray[np.floating[Any]]) -> Matrix:
    ranks = np.full(x.shape, np.nan)
    ranks[order] = places
    return ranks


Ranker = Annotated[Competition | Dense | Average, Field(discriminator="method"), Family(AbstractRanker)]
