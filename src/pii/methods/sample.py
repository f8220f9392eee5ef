"""Sample: points in the unit cube, one row a run of a study, any part of which can be drawn alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal, final

import numpy as np
from pydantic import Field

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.numerics import sobol
from pii.spec import Family, Method

__all__ = ["AbstractSampler", "LatinHypercube", "RandomPoints", "Sampler", "SobolSequence"]

_MOST_COLUMNS = 21_201  # direction numbers of Joe and Kuo
_WORDS = 4  # 64-bit numbers that Philox makes at a time


class AbstractSampler(Method, ABC):
    """Draws the points at which a study recomputes."""

    def points(self, n: int, d: int, *, seed: int, start: int = 0, stop: int | None = None) -> Matrix:
        """Some rows of one design of n points in d dimensions, the same numbers however the design is cut.

        The numbers depend on the method, n, d and the seed: not on where a part begins or ends, nor on which
        worker draws it. Another d is another design: a column added may change all the others.

        Parameters
        ----------
        n
            Points of the whole design, 1 or more.
        d
            Dimensions, 1 or more.
        seed
            What the random numbers begin from, 0 or more; 0 is a seed like any other.
        start, stop
            The first row wanted and the row after the last, counted from 0; all n if left out.

        Returns
        -------
        Matrix
            Numbers from 0 to below 1, (stop - start, d), stored column by column.

        Raises
        ------
        Undefined
            Where n, d, the seed or the rows are not of this kind.
        """
        stop = n if stop is None else stop
        if n < 1 or d < 1:
            raise _refused(
                f"{n} points in {d} dimensions are asked for",
                rule="a design has a point and a dimension at least",
                remedy="ask for more, or study something uncertain",
            )
        if not 0 <= start <= stop <= n:
            raise _refused(
                f"rows {start} to {stop} of {n} are asked for",
                rule="a part begins at 0 or later, and ends where the design does or before",
                remedy="count rows from 0, and give the row after the last as stop",
            )
        if not isinstance(seed, int | np.integer) or seed < 0:
            raise _refused(
                f"the seed is {seed!r}",
                rule="a seed is a whole number from 0",
                remedy="choose one and keep it beside the results",
            )
        return np.asfortranarray(self._rows(n, d, int(seed), start, stop))

    @abstractmethod
    def _rows(self, n: int, d: int, seed: int, start: int, stop: int) -> Matrix:
        """The same, of arguments that are in order."""


@final
class SobolSequence(AbstractSampler):
    """Scrambled Sobol' points: every box of the cube gets its part of them, more evenly than chance would.

    Any n will do, but the balance is best where it is a power of two: each column then has exactly one point in
    each of n equal strata. The first points of a longer design are those of a shorter one with the same seed and
    d. There are direction numbers for 21,201 dimensions, and up to 2**32 points. The scrambling is a random linear
    matrix and a digital shift (Matoušek 1998), so each point alone is uniform and each seed gives another design.
    Numbers have 32 bits, and lie in the middle of their cells: none is 0.

    References
    ----------
    Sobol' (1967), On the distribution of points in a cube and the approximate evaluation of integrals.
    doi:10.1016/0041-5553(67)90144-9

    Owen (1998), Scrambling Sobol' and Niederreiter-Xing points. doi:10.1006/jcom.1998.0487

    Matoušek (1998), On the L2-discrepancy for anchored boxes. doi:10.1006/jcom.1998.0489

    Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections.
    doi:10.1137/070709359

    Examples
    --------
    >>> x = SobolSequence().points(8, 2, seed=0)
    >>> np.sort((x * 8).astype(int), axis=0).T.tolist()
    [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]]
    """

    method: Literal["sobol"] = "sobol"

    def _rows(self, n: int, d: int, seed: int, start: int, stop: int) -> Matrix:
        if d > _MOST_COLUMNS:
            raise _refused(
                f"{d} dimensions are asked for",
                rule=f"a Sobol' sequence has at most {_MOST_COLUMNS}",
                remedy="take latin_hypercube or random",
            )
        if n > 1 << sobol.BITS:
            raise _refused(
                f"{n:,} points are asked for",
                rule=f"a Sobol' sequence has at most 2**{sobol.BITS}",
                remedy="take random",
            )
        if start == stop:
            return np.empty((0, d))
        # Spawned as scipy does, so that a seed's points are those of scipy's sequence.
        rng = np.random.default_rng(_root(seed)).spawn(1)[0]
        return sobol.scrambled(sobol.directions(d, (stop - 1).bit_length()), rng).points(start, stop).T


@final
class LatinHypercube(AbstractSampler):
    r"""Latin hypercube: of n equal strata of each column, each has exactly one point.

    .. math:: x_{ij} = \frac{\pi_j(i) + u_{ij}}{n}

    with :math:`\pi_j` a random order of :math:`0` to :math:`n - 1` for column :math:`j`, and :math:`u_{ij}` uniform
    on :math:`[0, 1)`. Another n is another design: one that is to grow wants another method. A part costs about as
    much as the whole, as the orders are drawn anew for each.

    References
    ----------
    McKay, Beckman and Conover (1979), A comparison of three methods for selecting values of input variables in the
    analysis of output from a computer code. doi:10.1080/00401706.1979.10489755

    Examples
    --------
    >>> x = LatinHypercube().points(5, 2, seed=0)
    >>> np.sort((x * 5).astype(int), axis=0).T.tolist()
    [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    """

    method: Literal["latin_hypercube"] = "latin_hypercube"

    def _rows(self, n: int, d: int, seed: int, start: int, stop: int) -> Matrix:
        if start == stop:
            return np.empty((0, d))
        ordering, within = _root(seed).spawn(2)
        x = np.asfortranarray(_uniform(within, start * d, (stop - start) * d).reshape(stop - start, d))
        for column, child in enumerate(ordering.spawn(d)):
            stratum = np.random.default_rng(child).permutation(n)[start:stop]
            # Rounding must not carry a point into the next stratum, nor the last to 1.
            below = np.nextafter((stratum + 1) / n, 0.0)
            x[:, column] = np.minimum((stratum + x[:, column]) / n, below)
        return x


@final
class RandomPoints(AbstractSampler):
    """Independent uniform points, from Philox, a generator that can begin anywhere at no cost.

    The first points of a longer design are those of a shorter one with the same seed and d.

    References
    ----------
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. doi:10.1145/2063384.2063405

    Examples
    --------
    >>> whole = RandomPoints().points(1000, 3, seed=0)
    >>> bool((RandomPoints().points(1000, 3, seed=0, start=998) == whole[998:]).all())
    True
    """

    method: Literal["random"] = "random"

    def _rows(self, n: int, d: int, seed: int, start: int, stop: int) -> Matrix:
        return _uniform(_root(seed), start * d, (stop - start) * d).reshape(stop - start, d)


def _root(seed: int) -> np.random.SeedSequence:
    """Where a sampler's numbers begin: apart from what others, such as a bootstrap, draw from the same seed."""
    return np.random.SeedSequence(seed, spawn_key=(0x5A,))


def _uniform(seed: np.random.SeedSequence, start: int, count: int) -> Vector:
    """A run of the numbers that a seed gives, from any place among them."""
    source = np.random.Philox(seed)
    source.advance(start // _WORDS)
    skipped = start % _WORDS
    return np.random.Generator(source).random(skipped + count)[skipped:]


def _refused(found: str, *, rule: str, remedy: str) -> Undefined:
    """A refusal that is about no row of values, as none are given."""
    return Undefined([found], rule=rule, remedy=remedy, rows=())


Sampler = Annotated[
    SobolSequence | LatinHypercube | RandomPoints, Field(discriminator="method"), Family(AbstractSampler)
]
"""How the points of a study are drawn."""
