"""Sobol' points by doubling: each half of a run is the half before it, moved as a whole."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix

__all__ = ["BITS", "Net", "directions", "scrambled"]

BITS = 32
"""Of a number, and so the power of two of the points that a sequence has."""
_AT_ONCE = 1 << 16  # numbers that are made at a time, in the cache

Bits: TypeAlias = NDArray[np.uint32]


class Net(NamedTuple):
    """A sequence: its points are sums, without carrying, of its direction numbers."""

    directions: Bits
    """What each bit of a point's number, in Gray code, adds to each column: (columns, bits)."""
    shift: Bits
    """What is added to every point, (columns,)."""

    def points(self, start: int, stop: int) -> Matrix:
        r"""Points of the sequence from any place in it, in the middle of their cells.

        .. math:: x_n = 2^{-32} \Bigl(\tfrac12 + s \oplus \bigoplus_{b \in n \oplus \lfloor n/2 \rfloor} v_b\Bigr)

        The sum is linear in the bits of n. So the points of a block of :math:`2^k` are those of the first block,
        and one more number added to all of them.

        Parameters
        ----------
        start, stop
            The first wanted and the one after the last, counted from 0; as many bits as ``stop - 1`` has must
            have directions.

        Returns
        -------
        Matrix
            In (0, 1), (columns, stop - start).

        References
        ----------
        Antonov and Saleev (1979), An economic method of computing LP-tau sequences.
        doi:10.1016/0041-5553(79)90085-5

        Examples
        --------
        >>> Net(directions(2, 2), np.zeros(2, dtype=np.uint32)).points(0, 4).round(3).tolist()
        [[0.0, 0.5, 0.75, 0.25], [0.0, 0.5, 0.25, 0.75]]
        """
        columns = len(self.shift)
        found = np.empty((columns, stop - start))
        size = 1 << (stop - start).bit_length() - 1
        step = max(1, _AT_ONCE // size)
        for first in range(0, columns, step):
            some = Net(self.directions[first : first + step], self.shift[first : first + step])
            block = some._block(size)
            for at in range(start - start % size, stop, size):
                low, high = max(at, start), min(at + size, stop)
                part = found[first : first + step, low - start : high - start]
                part[:] = block[:, low - at : high - at] ^ some._at(at)[:, None]
                part += 0.5
                part *= 0.5**BITS
        return found

    def _block(self, size: int) -> Bits:
        """The first points, a power of two of them."""
        block = np.empty((len(self.shift), size), dtype=np.uint32)
        block[:, 0] = self.shift
        halves = self.directions.copy()  # the point in the middle of a block has two bits in Gray code
        halves[:, 1:] ^= self.directions[:, :-1]
        for bit in range(size.bit_length() - 1):
            half = 1 << bit
            np.bitwise_xor(block[:, :half], halves[:, bit : bit + 1], out=block[:, half : 2 * half])
        return block

    def _at(self, n: int) -> Bits:
        """The point of a number, before the shift."""
        gray = n ^ (n >> 1)
        bits = [bit for bit in range(gray.bit_length()) if gray >> bit & 1]
        found: Bits = np.bitwise_xor.reduce(self.directions[:, bits], axis=1)
        return found


@lru_cache(maxsize=16)
def directions(columns: int, bits: int) -> Bits:
    """The direction numbers of Joe and Kuo, read from the points of scipy's sequence of one bit in Gray code.

    Parameters
    ----------
    columns
        Dimensions, up to 21,201.
    bits
        How many a column, up to 32: enough for ``2**bits`` points. Reading takes as many steps.

    Returns
    -------
    ndarray
        (columns, bits), of 32 bits, read-only.

    References
    ----------
    Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections.
    doi:10.1137/070709359

    Examples
    --------
    >>> [hex(number) for number in directions(2, 3)[1].tolist()]
    ['0x80000000', '0xc0000000', '0xa0000000']
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(columns, bits=BITS, scramble=False)
    found = np.empty((columns, bits), dtype=np.uint32)
    for bit in range(bits):
        engine.fast_forward((2 << bit) - 1 - engine.num_generated)
        found[:, bit] = engine.random(1)[0] * 2.0**BITS
    found.flags.writeable = False
    return found


def scrambled(plain: Bits, rng: np.random.Generator) -> Net:
    """A sequence with its digits mixed by a random linear matrix and shifted, so that each point is uniform.

    The random bits are asked for in the order of scipy, so of the generator that its sequence spawns the points are
    the same.

    Parameters
    ----------
    plain
        Direction numbers, (columns, bits).
    rng
        Where the random bits come from.

    References
    ----------
    Matoušek (1998), On the L2-discrepancy for anchored boxes. doi:10.1006/jcom.1998.0489

    Examples
    --------
    >>> x = scrambled(directions(1, 3), np.random.default_rng(0)).points(0, 8)
    >>> np.sort((x * 8).astype(int)).tolist()
    [[0, 1, 2, 3, 4, 5, 6, 7]]
    """
    place = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    columns = len(plain)
    shift = rng.integers(2, size=(columns, BITS), dtype=np.uint32) @ place
    below = np.tril(rng.integers(2, size=(columns, BITS, BITS), dtype=np.uint32), -1) @ place[::-1]
    # Row r of a matrix gives bit r, from the highest down: the parity of what it and the number have in common.
    rows = below | place[::-1]
    digits = np.bitwise_count(rows[:, :, None] & plain[:, None, :]) & np.uint8(1)
    return Net(np.einsum("crb,r->cb", digits.astype(np.uint32), place[::-1]), shift)
