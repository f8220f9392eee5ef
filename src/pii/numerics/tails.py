"""Winsorising: an indicator's most extreme points pulled in, one value at a time, at O(1) a step."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from pii.arrays import Vector

__all__ = ["Tails", "Thresholds", "pull_in"]


class Thresholds(NamedTuple):
    """What a shape must stay below, in either number, to pass."""

    skewness: float
    """Of the absolute type 2 skewness."""
    kurtosis: float
    """Of the type 2 excess kurtosis."""

    def passes(self, skewness: float, kurtosis: float) -> bool:
        """Whether a shape needs nothing more."""
        return abs(skewness) < self.skewness or kurtosis < self.kurtosis


def pull_in(tails: Tails, test: Thresholds, limit: int | None, *, pass_limit: bool = False) -> bool:
    """Move points until the shape passes or another step is not allowed; whether it passes.

    Parameters
    ----------
    tails
        The indicator; what moves is written into it.
    limit
        How many points may move; None for as many as it takes.
    pass_limit
        Whether tied points all move once one of them may.
    """
    while True:
        skewness, kurtosis = tails.shape()
        if test.passes(skewness, kurtosis):
            return True
        n_low, n_high = tails.next_step(top=skewness >= 0)
        if limit is not None:
            reached = tails.n_low + tails.n_high + 1 if pass_limit else n_low + n_high
            if reached > limit:
                return False
        if tails.would_flatten(n_low, n_high):
            return False
        tails.n_low, tails.n_high = n_low, n_high


class Tails:
    """A sorted indicator whose ends are pulled in: each step's shape costs O(1), not a pass.

    Power sums are cumulated outwards from the middle, so an extreme point's powers never enter, and never have to
    be cancelled from, the sums of the points within.

    Parameters
    ----------
    x
        Values of one indicator, of which at least four are measured and two differ; NaN where not measured.

    Examples
    --------
    >>> tails = Tails(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 90.0]))
    >>> pull_in(tails, Thresholds(2.0, 3.5), limit=5), tails.n_high, tails.high
    (True, 1, 5.0)
    """

    def __init__(self, x: Vector) -> None:
        self.sorted = np.sort(x[~np.isnan(x)])
        self.n = self.sorted.size
        self.n_low = self.n_high = 0
        middle = self.n // 2
        away = self.sorted - self.sorted[middle]
        self.away = away / np.abs(away).max()
        powers = np.empty((4, self.n))
        powers[0] = self.away
        for power in range(1, 4):
            np.multiply(powers[power - 1], self.away, out=powers[power])
        self.sums = np.zeros((4, self.n + 1))
        powers[:, middle:].cumsum(axis=1, out=self.sums[:, middle + 1 :])
        np.negative(powers[:, :middle][:, ::-1].cumsum(axis=1)[:, ::-1], out=self.sums[:, :middle])

    @property
    def low(self) -> float:
        """The value that the low end is pulled to."""
        return float(self.sorted[self.n_low])

    @property
    def high(self) -> float:
        """The value that the high end is pulled to."""
        return float(self.sorted[self.n - 1 - self.n_high])

    def next_step(self, *, top: bool) -> tuple[int, int]:
        """How many points will have moved at either end when every point at one end moves again."""
        if top:
            next_down = int(self.sorted.searchsorted(self.high, side="left")) - 1
            return self.n_low, self.n - 1 - next_down
        return int(self.sorted.searchsorted(self.low, side="right")), self.n_high

    def would_flatten(self, n_low: int, n_high: int) -> bool:
        """Whether a step would leave one value only."""
        last = self.n - 1 - n_high
        return n_low >= last or bool(self.sorted[n_low] >= self.sorted[last])

    def shape(self) -> tuple[float, float]:
        """Type 2 skewness and excess kurtosis as they now stand."""
        n, first, last = self.n, self.n_low, self.n - 1 - self.n_high
        within = (self.sums[:, last + 1] - self.sums[:, first]).tolist()
        a, b = float(self.away[first]), float(self.away[last])
        s1, s2, s3, s4 = [(within[p - 1] + self.n_low * a**p + self.n_high * b**p) / n for p in range(1, 5)]
        m2 = s2 - s1**2
        m3 = s3 - 3 * s1 * s2 + 2 * s1**3
        m4 = s4 - 4 * s1 * s3 + 6 * s1**2 * s2 - 3 * s1**4
        skew = m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        return skew, kurtosis
