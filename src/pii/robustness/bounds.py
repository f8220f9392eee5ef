"""What the ranking owes to the weights, exactly: possible ranks, dominance, limits of pairs, the least change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.errors import Problem, TableError
from pii.numerics.dominance import direct, largest_spread, mixture_limits, tiers
from pii.numerics.polytope import Polytope, Rows, minimise
from pii.numerics.possible_ranks import TIE, PossibleRanks, least_leads, possible_ranks
from pii.result import Result
from pii.robustness.asked import one_of, told
from pii.robustness.region import FreePart, Region, free_part
from pii.robustness.room import leads_bytes, refuse_unfit
from pii.scores import Weights
from pii.spec import Code, Many

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bounds", "Change", "Dominance", "bounds", "dominance", "pair_robustness", "smallest_change"]


def bounds(result: Result, region: Region, *, seconds: float | None = None) -> Bounds:
    r"""The best and the worst rank that admissible weights can give each unit: exact, not sampled.

    The lead of one unit over another is linear in the weights that the nodes have in the index, and a region is a
    polytope of them. Whoever can never, or must always, be ahead of a unit is found in closed form; how many of the
    others can be ahead or behind at once is a mixed-integer program with one binary a rival.

    Parameters
    ----------
    result
        What was computed.
    region
        The admissible weights.
    seconds
        Time after which ranks that are not proven are bounded; they are marked. Without it all are proven.

    Raises
    ------
    SchemeError
        The region names what the scheme has not, frees no weight, or cannot be met; or all pairs of units do not
        fit memory.
    MethodError
        A group whose weights vary does not take a mean that is linear in them, or a unit lacks a score there.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=(Indicator(code="a"), Indicator(code="b"))))
    >>> table = Table.of({"a": [9.0, 5.0, 4.0, 0.0], "b": [0.0, 5.0, 4.0, 8.0]}, units=["v", "x", "y", "z"])
    >>> found = bounds(compute(scheme, table), Region(spread=0.5))
    >>> found.to_frame()[["rank", "best", "worst", "can_be_first"]].values.tolist()
    [[2, 1, 4, True], [1, 1, 2, True], [4, 3, 4, False], [2, 1, 4, True]]
    """
    part = free_part(result, region)
    leads = _leads(part)
    ranks = possible_ranks(part.scaled, part.polytope, leads, seconds=seconds)
    for values in ranks:
        sealed(values)
    return Bounds(part, region, ranks, sealed(leads))


@dataclass(frozen=True, eq=False)
class Bounds:
    """The ranks and scores that each ranked unit can have over a region of weights."""

    part: FreePart
    """What varies, and the scores that it weighs."""
    region: Region
    """The admissible weights."""
    ranks: PossibleRanks
    """Bounds of the ranks, and the ranks found; equal where proven."""
    leads: Matrix
    """The least lead of each unit over each other, (units, units), as a part of the widest difference of leaves."""

    @property
    def proven(self) -> NDArray[np.bool_]:
        """Whether weights that give both ranks were found; where not, the true ones lie between found and bound."""
        found = self.ranks
        return np.asarray((found.best == found.best_found) & (found.worst == found.worst_found), dtype=np.bool_)

    @cached_property
    def _extent(self) -> tuple[Vector, Vector]:
        part = self.part
        low, high = part.scores(part.polytope.least(part.x)), part.scores(-part.polytope.least(-part.x))
        return low, high

    def weights(self, unit: str, end: Literal["best", "worst"] = "best") -> Weights:
        """Weights that give a unit its best or worst rank found, for ``stages.aggregate``.

        Where the rank is reached by a tie only, the rounding of the sums may part the tied units.

        Raises
        ------
        TableError
            No unit that is ranked is called that.
        SchemeError
            The end is neither best nor worst.
        """
        one_of(end, ("best", "worst"), "end")
        shares = self.ranks.best_shares if end == "best" else self.ranks.worst_shares
        return self.part.weights(shares[_position(self.part, unit)])

    @cached_property
    def dominance(self) -> Dominance:
        """Which units are above which for all weights of the region."""
        return Dominance(self.part, sealed(self.leads > TIE))

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: its name, nominal rank, possible ranks and possible scores.

        Columns: name, rank, best, worst, can_be_first, proven, best_found, worst_found, lowest, score, highest. The
        rank is of unrounded scores, tied units sharing the best place. Where ranks are not proven, best and worst
        are bounds that no weights exceed, and best_found and worst_found ranks that some weights give; whether the
        unit can be first is missing where that is open.
        """
        import pandas as pd

        units, found = self.part.units, self.ranks
        index = self.part.result.composite.values[:, 0]
        score = index[~np.isnan(index)]
        low, high = self._extent
        first = np.where(found.best_found == 1, 1, np.where(found.best > 1, 0, -1))
        return pd.DataFrame(
            {
                "name": units.names,
                "rank": 1 + np.count_nonzero(score > score[:, None], axis=1),
                "best": found.best,
                "worst": found.worst,
                "can_be_first": pd.array([None if one < 0 else bool(one) for one in first], dtype="boolean"),
                "proven": self.proven,
                "best_found": found.best_found,
                "worst_found": found.worst_found,
                "lowest": low,
                "score": score,
                "highest": high,
            },
            index=pd.Index(units.codes, name="unit"),
        )

    def __repr__(self) -> str:
        n, proven = len(self.part.units), int(np.count_nonzero(self.proven))
        first = int(np.count_nonzero(self.ranks.best_found == 1))
        said = "all ranks proven" if proven == n else f"ranks of {n - proven} units bounded, not proven"
        return f"<Bounds {self.part.result.title}: {n} units, {first} can be first, {said}>"


def dominance(result: Result, region: Region) -> Dominance:
    """Which units are above which for all admissible weights, and what tiers that makes.

    Parameters
    ----------
    result
        What was computed.
    region
        The admissible weights.

    Raises
    ------
    SchemeError, MethodError
        As for :func:`bounds`.
    """
    part = free_part(result, region)
    return Dominance(part, sealed(_leads(part) > TIE))


def _leads(part: FreePart) -> Matrix:
    """The least lead of each unit over each other, (units, units); refused where memory does not hold it."""
    n = len(part.units)
    refuse_unfit(leads_bytes(n), f"the lead of each of {n:,} units over each other", remedy="take fewer units")
    return least_leads(part.scaled, part.polytope)


@dataclass(frozen=True, eq=False)
class Dominance:
    """The partial order of units that every admissible weighting agrees on."""

    part: FreePart
    """What varies."""
    above: NDArray[np.bool_]
    """Whether each unit is above each other for all weights, (units, units)."""

    @property
    def tiers(self) -> NDArray[np.int64]:
        """The tier of each unit, from 1: the length of the longest chain of dominance from the top down to it.

        No two units of a tier are in an order that all weights agree on. A unit is dominated by some unit of the
        tier above its own, but not by all of them.
        """
        return tiers(self.above)

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """The pairs, by code, that all others follow from: the lines of the Hasse diagram, upper unit first."""
        codes = self.part.units.codes
        return tuple((codes[upper], codes[lower]) for upper, lower in np.argwhere(direct(self.above)).tolist())

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: name, tier, and how many units are always below and always above it."""
        import pandas as pd

        units = self.part.units
        return pd.DataFrame(
            {
                "name": units.names,
                "tier": self.tiers,
                "below": np.count_nonzero(self.above, axis=1),
                "above": np.count_nonzero(self.above, axis=0),
            },
            index=pd.Index(units.codes, name="unit"),
        )

    def __repr__(self) -> str:
        n, kept = len(self.above), int(np.count_nonzero(self.above))
        return (
            f"<Dominance {self.part.result.title}: {kept} of {n * (n - 1) // 2} pairs in the same order for all "
            f"weights, {int(self.tiers.max(initial=0))} tiers>"
        )


def pair_robustness(
    result: Result,
    *,
    by: Literal["mixture", "weights", "shares"] = "mixture",
    groups: Many[Code] = (),
    levels: Sequence[int] | Literal["all"] | None = None,
) -> pd.DataFrame:
    r"""How far weights may move before two units change places, for every pair.

    Parameters
    ----------
    result
        What was computed.
    by
        ``mixture``: the part :math:`e` of the weights that may be replaced by any others, :math:`(1 - e) w + e v`,
        over the nodes whose scores are fixed. ``weights``, ``shares``: the spread of a :class:`Region` with that
        box.
    groups, levels
        Whose weights move, as in :class:`Region`.

    Returns
    -------
    DataFrame
        From 0 to 1, the higher unit of a pair in the row; 1 where nothing parts them; NaN where the row's unit is
        the lower one.

    Raises
    ------
    SchemeError, MethodError
        As for :func:`bounds`; or ``by`` is none of these.

    References
    ----------
    Foster, McGillivray and Seth (2013), Composite indices: rank robustness, statistical association, and
    redundancy. doi:10.1080/07474938.2012.690647
    """
    import pandas as pd

    one_of(by, ("mixture", "weights", "shares"), "by")
    box: Literal["weights", "shares"] = "shares" if by == "shares" else "weights"
    with told():
        region = Region(spread=1.0, box=box, groups=groups, levels=levels)
    part = free_part(result, region)
    limits = mixture_limits(part.x, part.nominal) if by == "mixture" else _spread_limits(part, box)
    codes = part.units.codes
    return pd.DataFrame(limits, index=pd.Index(codes, name="above"), columns=pd.Index(codes, name="below"))


def _spread_limits(part: FreePart, box: Literal["weights", "shares"]) -> Matrix:
    """The largest spread that keeps each pair in order; all groups that vary have the same."""
    scaled = part.scaled
    lead = scaled @ part.nominal
    upper, lower = np.nonzero(lead[:, None] - lead >= -_ROUNDING)
    d = scaled[upper] - scaled[lower]
    limits = np.full((len(scaled), len(scaled)), np.nan)
    given = [one if one.is_fixed else None for one in part.polytope.siblings]
    nominal = [part.result.weights.of([part.nodes[c] for c in one.children]) for one in part.polytope.siblings]

    def least(spread: Vector) -> Vector:
        siblings = []
        for one, fixed, w in zip(part.polytope.siblings, given, nominal, strict=True):
            low, high = w * (1 - spread[:, None]), w * (1 + spread[:, None])
            if fixed is not None:
                siblings.append(fixed)
            elif box == "weights":
                siblings.append(one._replace(low=np.zeros(len(w)), high=np.ones(len(w)), weights=(low, high)))
            else:
                siblings.append(one._replace(low=low, high=np.minimum(high, 1.0)))
        found = Polytope(tuple(siblings)).least(d)
        return np.where(np.abs(found) <= _ROUNDING, 0.0, found)

    limits[upper, lower] = largest_spread(least, len(d))
    return limits


@dataclass(frozen=True, eq=False)
class Change:
    """The smallest change of weights that brings a unit level with a rival; beyond it the unit is above."""

    unit: str
    """The unit's code."""
    rival: str
    """The code of the unit that it is to be above."""
    moved: float
    """The part of the index's weight that has to move from some nodes to others; NaN where none is enough."""
    weights: Weights | None
    """The weights at which both are level, nearest to the nominal ones; nothing where none is enough."""

    @property
    def is_possible(self) -> bool:
        """Whether some admissible weights put the unit above its rival, or level with it."""
        return self.weights is not None

    def __repr__(self) -> str:
        if not self.is_possible:
            return f"<Change: no admissible weights put {self.unit} above {self.rival}>"
        return f"<Change: {self.unit} is level with {self.rival} once {self.moved:.4g} of the weight has moved>"


def smallest_change(result: Result, unit: str, rival: str, region: Region | None = None) -> Change:
    r"""The smallest change of weights that puts one unit above another.

    It is the least :math:`\tfrac12 \sum_k |v_k - w_k|` over the weights in the index of the nodes whose scores are
    fixed: the part of all weight that moves. A unit that is above to begin with needs a change of 0.

    Parameters
    ----------
    result
        What was computed.
    unit, rival
        Who is to be above whom, by code or name.
    region
        The admissible weights; any weights of the index's own children when not given.

    Raises
    ------
    SchemeError, MethodError
        As for :func:`bounds`.
    TableError
        No unit that is ranked is called that.
    """
    from scipy.sparse import block_array, csr_array, eye_array

    part = free_part(result, region or Region(spread=1.0))
    first, second = _position(part, unit), _position(part, rival)
    conditions, leaves = part.polytope.conditions, part.polytope.leaves
    n, k = conditions.matrix.shape[1], len(leaves)
    d = np.zeros((1, n))
    d[0, leaves] = part.scaled[first] - part.scaled[second]
    chosen = csr_array((np.ones(k), (np.arange(k), leaves)), shape=(k, n))
    # What the weights have more than the nominal ones, and what they have less.
    matrix = block_array(
        [[conditions.matrix, None, None], [csr_array(d), None, None], [chosen, -eye_array(k), eye_array(k)]],
        format="csr",
    )
    rows = Rows(
        matrix,
        np.concatenate([conditions.low, [0.0], part.nominal]),
        np.concatenate([conditions.high, [np.inf], part.nominal]),
    )
    found = minimise(np.concatenate([np.zeros(n), np.full(2 * k, 0.5)]), rows)
    codes = part.units.codes
    if found is None:
        return Change(codes[first], codes[second], float("nan"), None)
    weights = part.weights(part.polytope.shares(found.values[:n]))
    return Change(codes[first], codes[second], float(found.values[n:].sum() / 2), weights)


def _position(part: FreePart, unit: str) -> int:
    """Where a unit stands among those that are ranked."""
    code = part.result.measured.units.codes[part.result.measured.units.locate(unit)]
    if code not in part.units.codes:
        raise TableError(
            Problem(unit=unit, found="the unit is not ranked", rule="; ".join(part.result.unranked[code]))
        )
    return part.units.codes.index(code)


_ROUNDING = 1e-12
