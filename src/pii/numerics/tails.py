"""Winsorising: an indicator's most extreme points pulled in, one value at a time, at O(1) a step."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix, Vector

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


@dataclass(eq=False)
class Tails:
    """A sorted indicator whose ends are pulled in: each step's shape costs O(1), not a pass.

    Power sums are cumulated outwards from the middle, so an extreme point's powers never enter, and never have to
    be cancelled from, the sums of the points within.
    """

    sorted: Vector
    """What is measured, (n,)."""
    away: Vector
    """How far from the middle, as parts of the farthest, (n,)."""
    sums: Matrix
    """Of the first four powers of these, from any point to the middle, (n + 1, 4)."""
    n_low: int = 0
    """How many points are pulled in at the low end."""
    n_high: int = 0
    """And at the high end."""

    @classmethod
    def of(cls, x: Matrix) -> list[Tails]:
        """Those of every row; rows with as many values are prepared at once.

        Parameters
        ----------
        x
            Values, (indicators, units); NaN where not measured. Each row has four values at least, and two that
            differ.

        Examples
        --------
        >>> tails = Tails.of(np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 90.0]]))[0]
        >>> pull_in(tails, Thresholds(2.0, 3.5), limit=5), tails.n_high, tails.high
        (True, 1, 5.0)
        """
        ordered = np.sort(x, axis=1)  # gaps come last
        measured = x.shape[1] - np.count_nonzero(np.isnan(ordered), axis=1)
        found: dict[int, Tails] = {}
        for n in set(measured.tolist()):
            rows = np.flatnonzero(measured == n).tolist()
            within = ordered[rows, :n]
            middle = n // 2
            away = within - within[:, middle : middle + 1]
            away /= np.abs(away).max(axis=1, keepdims=True)
            powers = np.empty((4, *away.shape))
            powers[0] = away
            for power in range(1, 4):
                np.multiply(powers[power - 1], away, out=powers[power])
            sums = np.zeros((4, len(rows), n + 1))
            powers[:, :, middle:].cumsum(axis=2, out=sums[:, :, middle + 1 :])
            np.negative(powers[:, :, :middle][:, :, ::-1].cumsum(axis=2)[:, :, ::-1], out=sums[:, :, :middle])
            by_row = np.ascontiguousarray(sums.transpose(1, 2, 0))
            found |= {row: cls(*own) for row, *own in zip(rows, within, away, by_row, strict=True)}
        return [found[row] for row in range(len(x))]

    @property
    def n(self) -> int:
        """How many points there are."""
        return self.sorted.size

    @property
    def low(self) -> float:
        """The value that the low end is pulled to."""
        return self.sorted.item(self.n_low)

    @property
    def high(self) -> float:
        """The value that the high end is pulled to."""
        return self.sorted.item(self.n - 1 - self.n_high)

    def next_step(self, *, top: bool) -> tuple[int, int]:
        """How many points will have moved at either end when every point at one end moves again."""
        if top:
            next_down = int(self.sorted.searchsorted(self.high, side="left")) - 1
            return self.n_low, self.n - 1 - next_down
        return int(self.sorted.searchsorted(self.low, side="right")), self.n_high

    def would_flatten(self, n_low: int, n_high: int) -> bool:
        """Whether a step would leave one value only."""
        last = self.n - 1 - n_high
        return n_low >= last or self.sorted.item(n_low) >= self.sorted.item(last)

    def shape(self) -> tuple[float, float]:
        """Type 2 skewness and excess kurtosis as they now stand."""
        n, n_low, n_high = self.n, self.n_low, self.n_high
        last = n - 1 - n_high
        up_to, from_low = self.sums[last + 1].tolist(), self.sums[n_low].tolist()
        a, b = self.away.item(n_low), self.away.item(last)
        s1, s2, s3, s4 = [
            (high - low + n_low * a**power + n_high * b**power) / n
            for power, (high, low) in enumerate(zip(up_to, from_low, strict=True), 1)
        ]
        m2 = s2 - s1**2
        m3 = s3 - 3 * s1 * s2 + 2 * s1**3
        m4 = s4 - 4 * s1 * s3 + 6 * s1**2 * s2 - 3 * s1**4
        skew = m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        return skew, kurtosis
