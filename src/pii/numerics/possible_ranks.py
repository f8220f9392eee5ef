"""The best and the worst rank that admissible weights can give each unit, exactly."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.numerics.polytope import Polytope, Rows, minimise

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["TIE", "PossibleRanks", "least_leads", "possible_ranks", "silenced"]

TIE = 1e-9
"""Leads up to this share of the widest difference of two scores are rounding error: the units are tied."""


class PossibleRanks(NamedTuple):
    """Bounds of the ranks of each unit, and the ranks that weights were found for; equal where proven."""

    best: NDArray[np.int64]
    """No admissible weights give a better rank."""
    worst: NDArray[np.int64]
    """No admissible weights give a worse rank."""
    best_found: NDArray[np.int64]
    """The best rank that some weights give."""
    worst_found: NDArray[np.int64]
    """The worst rank that some weights give."""
    best_shares: Matrix
    """Those weights, as shares of the nodes' groups, (units, nodes)."""
    worst_shares: Matrix
    """Those weights, as shares of the nodes' groups, (units, nodes)."""


def least_leads(x: Matrix, polytope: Polytope) -> Matrix:
    """The least lead of each unit over each other, (units, units), over all admissible weights.

    Parameters
    ----------
    x
        Values of the leaves, (units, leaves).
    """
    found = np.empty((len(x), len(x)))
    for own, row in zip(found, x, strict=True):
        own[:] = polytope.least(row - x)  # a part of all nodes' sums, which would stay with it
    return found


def possible_ranks(x: Matrix, polytope: Polytope, leads: Matrix, *, seconds: float | None = None) -> PossibleRanks:
    r"""The best and worst rank of each unit over all admissible weights; tied units share the best place.

    .. math:: \max_{v, z} \sum_j z_j, \quad v \cdot (x_i - x_j) \ge -M_j (1 - z_j), \quad z_j \in \{0, 1\}

    counts the rivals that unit :math:`i` can leave behind at once; with the sign of the difference turned, those
    that can be ahead of it at once. :math:`M_j` is the largest lead of the rival, so nothing is lost. Rivals that
    are always or never ahead do not enter. Each answer is checked by a linear program to a tighter tolerance; a set
    of rivals that fails it is excluded by the few of them that contradict one another, and the search goes on.

    Parameters
    ----------
    x
        Values of the leaves, (units, leaves), on a scale on which the widest difference is about 1.
    polytope
        The admissible weights.
    leads
        Their least leads, (units, units).
    seconds
        Time after which what is not proven is bounded.
    """
    until = np.inf if seconds is None else monotonic() + seconds
    search = _Search(x, polytope, leads, until)
    best, worst = ([search.extreme(unit, best=end) for unit in range(len(x))] for end in (True, False))
    return PossibleRanks(
        np.array([one.bound for one in best], dtype=np.int64),
        np.array([one.bound for one in worst], dtype=np.int64),
        np.array([one.found for one in best], dtype=np.int64),
        np.array([one.found for one in worst], dtype=np.int64),
        sealed(np.array([one.shares for one in best])),
        sealed(np.array([one.shares for one in worst])),
    )


class _Extreme(NamedTuple):
    """One end of a unit's ranks: the bound, the rank found, the shares that give it."""

    bound: int
    found: int
    shares: Vector


class _Search:
    """Answers of one region: weights found for one unit are tried on the next."""

    def __init__(self, x: Matrix, polytope: Polytope, leads: Matrix, until: float) -> None:
        self.x, self.polytope, self.leads, self.until = x, polytope, leads, until
        some = polytope.shares(np.zeros(polytope.n_nodes))
        self.shares = [some]
        self.scores = [self._scores(some)]
        self.always = leads > TIE

    def _scores(self, shares: Vector) -> Vector:
        scores: Vector = self.x @ self.polytope.effective(shares)[self.polytope.leaves]
        return scores

    def extreme(self, unit: int, *, best: bool) -> _Extreme:
        """The best or the worst rank of a unit."""
        rivals = np.flatnonzero((self.leads[unit] < -TIE) & ~self.always[:, unit])
        surely = 1 + int(np.count_nonzero(self.always[:, unit]))
        most, found, at = self._most(unit, rivals, best=best)
        if best:
            return _Extreme(surely + len(rivals) - most, surely + len(rivals) - found, self.shares[at])
        return _Extreme(surely + most, surely + found, self.shares[at])

    def _most(self, unit: int, rivals: NDArray[np.intp], *, best: bool) -> tuple[int, int, int]:
        """How many rivals can be behind (or ahead) at once: a bound, the most found, and where it was found."""
        sign = 1.0 if best else -1.0
        a = sign * (self.x[unit] - self.x[rivals])
        reach = -(self.leads[unit, rivals] if best else self.leads[rivals, unit])
        found, at, margin = self._tried(unit, rivals, sign)
        bound = len(rivals)
        if (found == bound and margin > TIE) or monotonic() >= self.until:
            return bound, found, at
        model = _Model(a, np.maximum(reach, TIE), self.polytope, self._implied(rivals, best=best))
        cuts = self._contradictions(a, unit, rivals, sign)
        # All at once is often possible, and then cheap to find.
        chosen = np.arange(len(rivals))
        while True:
            weights, conflict = model.check(chosen)
            self._keep(weights)
            found, at, _ = self._tried(unit, rivals, sign)
            left = self.until - monotonic()
            if found >= bound or left <= 0:
                return max(found, bound), found, at
            if found < len(chosen):
                cuts.append(conflict)
            most, chosen, better = model.search(found + 1, cuts, left)
            bound = max(min(bound, most), found)
            if better is None:
                return bound, found, at

    def _keep(self, weights: Vector) -> None:
        shares = self.polytope.shares(weights)
        self.shares.append(shares)
        self.scores.append(self._scores(shares))

    def _tried(self, unit: int, rivals: NDArray[np.intp], sign: float) -> tuple[int, int, float]:
        """The most rivals that count at weights found so far, which weights, and the least lead over those."""
        if not len(rivals):
            return 0, 0, np.inf
        scores = np.array(self.scores)
        leads = sign * (scores[:, [unit]] - scores[:, rivals])
        counted = leads >= -TIE if sign > 0 else leads > TIE
        counts = np.count_nonzero(counted, axis=1)
        margins = np.where(counted, leads, np.inf).min(axis=1)
        at = int(np.lexsort((margins, counts))[-1])
        return int(counts[at]), at, float(margins[at])

    def _contradictions(
        self, a: Matrix, unit: int, rivals: NDArray[np.intp], sign: float
    ) -> list[NDArray[np.intp]]:
        """Pairs of rivals that never count together: the sum of their leads, made even, is below 0 for all weights.

        The answer needs none of them; the search is several times faster with those that this finds.
        """
        scores = np.array(self.scores)
        counted = (sign * (scores[:, [unit]] - scores[:, rivals]) >= -TIE).astype(np.float64)
        first, second = np.nonzero(np.triu(counted.T @ counted == 0, 1))
        even = a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), TIE)
        never = self.polytope.least(-even[first] - even[second]) > TIE
        return list(np.column_stack([first[never], second[never]]))

    def _implied(self, rivals: NDArray[np.intp], *, best: bool) -> list[tuple[int, int]]:
        """Pairs of rivals of which the first cannot count without the second."""
        above = self.always[np.ix_(rivals, rivals)]
        direct = above & ~(above.astype(np.int64) @ above.astype(np.int64) > 0)
        pairs = np.argwhere(direct if best else direct.T)
        return [(int(first), int(second)) for first, second in pairs]


class _Model:
    """The program of one unit: weights of nodes, scales, then whether each rival counts."""

    def __init__(self, a: Matrix, reach: Vector, polytope: Polytope, implied: list[tuple[int, int]]) -> None:
        from scipy.sparse import csr_array

        self.a, self.reach, self.polytope = a, reach, polytope
        self.rows = polytope.conditions
        self.n = self.rows.matrix.shape[1]
        spread = np.zeros((len(a), self.n))
        spread[:, polytope.leaves] = a
        self.spread: csr_array[Any] = csr_array(spread)
        self.implied = implied

    def search(
        self, least: int, cuts: list[NDArray[np.intp]], seconds: float
    ) -> tuple[int, NDArray[np.intp], Vector | None]:
        """A bound of how many can count, those that do in the best answer, and its weights."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import block_array, csr_array, diags_array

        k = len(self.a)
        logic = np.zeros((1 + len(cuts) + len(self.implied), k))
        limits = np.zeros(len(logic))
        logic[0], limits[0] = -1.0, -least
        for row, cut in enumerate(cuts, 1):
            logic[row, cut], limits[row] = 1.0, len(cut) - 1
        for row, (first, second) in enumerate(self.implied, 1 + len(cuts)):
            logic[row, first], logic[row, second] = 1.0, -1.0
        matrix: Any = block_array(
            [
                [self.rows.matrix, None],
                [self.spread, -diags_array(self.reach)],
                [None, csr_array(logic)],
            ],
            format="csr",
        )
        low = np.concatenate([self.rows.low, -self.reach, np.full(len(logic), -np.inf)])
        high = np.concatenate([self.rows.high, np.full(k, np.inf), limits])
        upper = np.concatenate([np.ones(self.polytope.n_nodes), np.full(self.n - self.polytope.n_nodes, np.inf)])
        with silenced():
            found = milp(
                np.concatenate([np.zeros(self.n), -np.ones(k)]),
                integrality=np.concatenate([np.zeros(self.n), np.ones(k)]),
                bounds=Bounds(0.0, np.concatenate([upper, np.ones(k)])),
                constraints=LinearConstraint(matrix, low, high),
                options={"time_limit": min(seconds, 1e6), "mip_rel_gap": 0.0},
            )
        nothing = np.empty(0, dtype=np.intp)
        if found.status == _INFEASIBLE:
            return least - 1, nothing, None
        dual = found.mip_dual_bound
        bound = k if dual is None or not np.isfinite(dual) else int(np.floor(-dual + _WHOLE))
        if found.x is None:
            return bound, nothing, None
        return bound, np.flatnonzero(found.x[self.n :] > 0.5), found.x[: self.n]

    def check(self, chosen: NDArray[np.intp]) -> tuple[Vector, NDArray[np.intp]]:
        """The weights at which all the chosen count by the widest margin, and those against a wider one."""
        from scipy.sparse import block_array, csr_array

        margin = csr_array(-np.ones((len(chosen), 1)))
        matrix = block_array([[self.spread[chosen], margin], [self.rows.matrix, None]], format="csr")
        rows = Rows(
            matrix,
            np.concatenate([np.zeros(len(chosen)), self.rows.low]),
            np.concatenate([np.full(len(chosen), np.inf), self.rows.high]),
        )
        found = minimise(np.append(np.zeros(self.n), -1.0), rows, free=[self.n])
        assert found is not None  # noqa: S101 - some weights are admissible, and a margin may be negative
        against = chosen[found.pressure[: len(chosen)] > TIE]
        return found.values[:-1], against


@contextmanager
def silenced() -> Iterator[None]:
    """Keep the process's standard output to ourselves: the solver writes notes there that no option turns off."""
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    try:
        library.fflush(None)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        yield
    finally:
        library.fflush(None)  # what C holds back would appear later
        os.dup2(kept, 1)
        os.close(kept)


_INFEASIBLE = 2  # the status of milp
_WHOLE = 1e-6  # how far the solver may be from a whole number
