"""A study laid out: which column of the cube is whose, which ways are computed, and the scores at given points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, compress, groupby, pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.choices.choice import AbstractAlternatives, AbstractChoice, AbstractPick
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import AbstractWeights
from pii.result import Result
from pii.robustness.trunk import Rows, Shape, Trunk, at_or_above, neighbours, shape, trunk
from pii.robustness.variants import (
    Combination,
    Taken,
    Variant,
    Ways,
    n_alternatives,
)
from pii.roll_up import roll_up
from pii.scheme import Scheme
from pii.scores import Weights
from pii.table import Table
from pii.tree import Group

__all__ = ["Plan"]

_NUMBERS = 1 << 20  # scores, or numbers of the cube, that a chunk of draws holds
_TOGETHER = 2048  # draws whose shares are laid out at a time: they stay in the cache, and calls are still few
_SLOW = 64  # draws of a chunk whose draws compute all stages anew


class _Drawn(NamedTuple):
    """A group whose shares are drawn."""

    choice: AbstractWeights
    group: Group
    columns: Rows
    """Of the cube, one a number that its shares take."""
    rows: Rows
    """Of its children, among all nodes."""


class _Tree(NamedTuple):
    """What is the same for all ways with the same nodes."""

    position: Mapping[str, int]
    """Of each node, by code."""
    above: frozenset[str]
    """The groups whose scores vary with the shares that are drawn."""
    drawn: tuple[_Drawn, ...]
    shapes: Mapping[str, Shape]
    """Of the trunks of the wanted nodes whose scores vary."""


@dataclass(frozen=True, eq=False)
class Plan:
    """All that a draw needs; the same for every draw, and sent to workers as it is."""

    nominal: Result
    uncertainty: Uncertainty
    nodes: tuple[str, ...]
    """The groups whose scores are wanted, by code."""
    ways: Mapping[Combination, Variant]
    """Every combination of alternatives, computed; without data errors only."""
    excluded: tuple[Taken, ...]
    """Alternatives that do not go together, mostly pairs."""
    reference: Result | None = None
    references: Mapping[str, Result] = field(default_factory=dict)
    """Results that may fix the scale, by name."""
    _trees: dict[tuple[str, ...], _Tree] = field(default_factory=dict, repr=False)

    @property
    def scheme(self) -> Scheme:
        """The scheme as it stands."""
        return self.nominal.scheme

    @property
    def choices(self) -> Sequence[AbstractChoice]:
        """What is varied."""
        return self.uncertainty.choices

    @cached_property
    def measured(self) -> Table:
        """Values of the units that are ranked: who they are is decided once, by the scheme as it stands."""
        return self.nominal.measured.take(self.nominal.screening.eligible)

    @cached_property
    def columns(self) -> tuple[slice, ...]:
        """Which columns of the cube are each choice's."""
        ends = accumulate((self._width(choice) for choice in self.choices), initial=0)
        return tuple(slice(start, stop) for start, stop in pairwise(ends))

    @property
    def dimensions(self) -> int:
        """Columns of the cube."""
        return sum(columns.stop - columns.start for columns in self.columns)

    def _width(self, choice: AbstractChoice) -> int:
        if isinstance(choice, AbstractWeights):
            return sum(choice.width(group) for group in choice.among_groups(self.scheme.index))
        if isinstance(choice, DataError):
            return len(self._erring(choice)) * len(self.measured.units)
        return 1

    def _erring(self, choice: DataError) -> list[int]:
        codes = [indicator.code for indicator in self.scheme.indicators]
        return [at for at, code in enumerate(codes) if not choice.indicators or code in choice.indicators]

    def combinations(self, u: Matrix) -> NDArray[np.intp]:
        """The number of the alternative of every choice that has some, (draws, choices with alternatives)."""
        picked = []
        for choice, columns in zip(self.choices, self.columns, strict=True):
            if isinstance(choice, AbstractPick):
                picked.append(choice.picked(u[:, columns.start], self.scheme.index))
        return np.array(picked, dtype=np.intp).reshape(len(picked), len(u)).T

    def kept(self, u: Matrix) -> NDArray[np.bool_]:
        """Which draws have no alternatives that do not go together."""
        numbers = self.combinations(u)
        column = {at: place for place, at in enumerate(self.discrete)}
        kept = np.ones(len(u), dtype=np.bool_)
        for taken in self.excluded:
            kept &= ~np.all([numbers[:, column[at]] == number for at, number in taken], axis=0)
        return kept

    @cached_property
    def discrete(self) -> tuple[int, ...]:
        """Positions of the choices that have alternatives."""
        return tuple(at for at, choice in enumerate(self.choices) if n_alternatives(choice, self.scheme))

    def drawing(self, n: int) -> Plan:
        """The same with another number of draws."""
        return replace(self, uncertainty=self.uncertainty.replace(draws=n))

    @property
    def chunk(self) -> int:
        """How many draws a worker computes at a time, whoever and how many the workers are."""
        data = any(isinstance(choice, DataError) for choice in self.choices)
        return max(1, min(_NUMBERS // max(len(self.measured.units), self.dimensions), _SLOW if data else _NUMBERS))

    def points(self, start: int, stop: int) -> Matrix:
        """Points of the study's design, those that are left out not among them: (draws, ``dimensions``)."""
        drawn, sampler = self.uncertainty.draws, self.uncertainty.sampler
        u = sampler.points(drawn, self.dimensions, seed=self.uncertainty.seed, start=start, stop=stop)
        return np.compress(self.kept(u), u.T, axis=1).T if self.excluded else u

    def scores(self, u: Matrix) -> NDArray[np.float64]:
        """Scores of the wanted nodes at points of the cube.

        Parameters
        ----------
        u
            Points in [0, 1), (draws, ``dimensions``).

        Returns
        -------
        ndarray
            (nodes, draws, ranked units).
        """
        found = np.empty((len(self.nodes), len(u), len(self.measured.units)))
        if any(isinstance(choice, DataError) for choice in self.choices):
            numbers = self.combinations(u)
            discrete = tuple(self.choices[at] for at in self.discrete)
            alternatives = [isinstance(choice, AbstractAlternatives) for choice in discrete]
            rules = {tuple(compress(numbers, alternatives)): way.scheme for numbers, way in self.ways.items()}
            seed, fixed, others = self.uncertainty.seed, self.reference, self.references
            for row in range(len(u)):
                one = u[row : row + 1]
                ways = Ways(self.scheme, self._disturbed(u[row]), discrete, seed, fixed, others, rules)
                way = ways.variant(tuple(numbers[row].tolist()))
                found[:, row] = self.scores_given(way, self.shares(way, one))[:, 0]
            return found
        cube = np.ascontiguousarray(u.T)
        for kin, rows in self._kin_of(u):
            drawn = self._drawn(kin[0][0], np.take(cube, rows, axis=1))
            position = self._tree(kin[0][0]).position
            counted: dict[str, Matrix] = {}
            for way, part in kin:
                left = []
                for at, node in enumerate(self.nodes):
                    mine = self._trunk(way, node)
                    if mine is None or not mine.is_complete:
                        left.append(at)
                        continue
                    if node not in counted:
                        at_node = [position[code] for code in mine.shape.codes]
                        counted[node] = mine.shape.effective(drawn[at_node])
                    found[at, rows[part]] = mine.linear(counted[node][:, part])
                if left:
                    shares = Weights(way.weights.nodes, way.weights.parents, drawn[:, part].T)
                    scores = self.scores_given(way, shares, [self.nodes[at] for at in left])
                    found[np.array(left)[:, None], rows[part]] = scores
        return found

    def ways_of(self, u: Matrix) -> Iterator[tuple[Variant, NDArray[np.intp]]]:
        """The ways that points of the cube pick, each with the rows that pick it."""
        sizes = [n_alternatives(self.choices[at], self.scheme) for at in self.discrete]
        if not sizes:
            yield self.ways[()], np.arange(len(u))
            return
        numbers = np.ravel_multi_index(tuple(self.combinations(u).T), sizes)
        short = numbers.astype(np.min_scalar_type(prod(sizes)))  # sorted in a tenth of the time
        order = np.argsort(short, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
            if rows.size:
                yield self.ways[tuple(int(at) for at in np.unravel_index(numbers[rows[0]], sizes))], rows

    def _kin_of(self, u: Matrix) -> Iterator[tuple[list[tuple[Variant, slice]], NDArray[np.intp]]]:
        """Ways with the same nodes and nominal shares, whose shares are drawn together, as many as fit the cache.

        Each way comes with its part of the rows.
        """
        kin: dict[tuple[tuple[str, ...], bytes], list[tuple[Variant, NDArray[np.intp]]]] = {}
        for way, rows in self.ways_of(u):
            pieces = kin.setdefault((way.weights.nodes, way.weights.shares.tobytes()), [])
            pieces += [(way, rows[start : start + _TOGETHER]) for start in range(0, len(rows), _TOGETHER)]
        for pieces in kin.values():
            starts = accumulate((len(rows) for _, rows in pieces), initial=0)
            for _, run in groupby(zip(starts, pieces, strict=False), lambda one: one[0] // _TOGETHER):
                some = list(run)
                first = some[0][0]
                yield (
                    [(way, slice(start - first, start - first + len(rows))) for start, (way, rows) in some],
                    np.concatenate([rows for _, (_, rows) in some]),
                )

    def _tree(self, way: Variant) -> _Tree:
        """Where a way's shares are drawn, worked out once for all ways that have the same nodes."""
        nodes = way.weights.nodes
        if nodes not in self._trees:
            position = {code: at for at, code in enumerate(nodes)}
            above = at_or_above(way.scheme, self.varied & {group.code for group in way.scheme.groups})
            shapes = {node: shape(way.scheme, node, above) for node in self.nodes if node in above}
            self._trees[nodes] = _Tree(position, frozenset(above), tuple(self._drawn_in(way, position)), shapes)
        return self._trees[nodes]

    def _drawn_in(self, way: Variant, position: Mapping[str, int]) -> Iterator[_Drawn]:
        """The groups of a way whose shares are drawn."""
        there = {group.code: group for group in way.scheme.groups}
        for choice, columns in zip(self.choices, self.columns, strict=True):
            if not isinstance(choice, AbstractWeights):
                continue
            start = columns.start
            for group in choice.among_groups(self.scheme.index):
                width = choice.width(group)
                if width and group.code in there and len(there[group.code].children) > 1:
                    left = [child.code for child in there[group.code].children]
                    numbers = list(range(width))
                    if width == len(group.children):
                        numbers = [at for at, child in enumerate(group.children) if child.code in left]
                    at = neighbours([position[code] for code in left])
                    yield _Drawn(choice, there[group.code], neighbours([start + one for one in numbers]), at)
                start += width

    def ready(self, way: Variant) -> None:
        """Work out of a way what no draw changes.

        Raises
        ------
        MethodError
            A score that a group's method is not defined for.
        """
        tree = self._tree(way)
        trunks = [self._trunk(way, node) for node in tree.shapes]
        if None in trunks or len(tree.above) < len(way.scheme.groups):
            _ = way.groups

    def _trunk(self, way: Variant, node: str) -> Trunk | None:
        """The trunk of a wanted node; None where it has none, or one that takes no single power mean."""
        if node not in way.trunks:
            one = self._tree(way).shapes.get(node)
            way.trunks[node] = None if one is None else trunk(way, one)
        found: Trunk | None = way.trunks[node]
        return found

    @cached_property
    def varied(self) -> frozenset[str]:
        """The groups in which shares are drawn."""
        return frozenset(
            group.code
            for choice in self.choices
            if isinstance(choice, AbstractWeights)
            for group in choice.among_groups(self.scheme.index)
            if choice.width(group)
        )

    def _disturbed(self, u: Vector) -> Table:
        """The table with errors."""
        x = np.array(self.measured.values.T)
        for choice, columns in zip(self.choices, self.columns, strict=True):
            if isinstance(choice, DataError):
                rows = self._erring(choice)
                errors = None
                if choice.standard_errors is not None:
                    errors = np.array(self.measured.column(choice.standard_errors))
                numbers = u[columns].reshape(len(rows), x.shape[1])
                x[rows] = choice.disturbed(np.array(self.measured.values.T[rows]), numbers, errors)
        return self.measured.holding(sealed(x).T)

    def scores_given(self, way: Variant, shares: Weights, nodes: Sequence[str] = ()) -> NDArray[np.float64]:
        """Scores of the wanted nodes by one way for draws of shares: (nodes, draws, units).

        Only the groups that have varied shares, or have such a group below, are computed anew.

        Parameters
        ----------
        way
            The index computed one way.
        shares
            (draws, nodes).
        nodes
            Some of the wanted nodes, by code; all when not given.
        """
        wanted = nodes or self.nodes
        above = self._tree(way).above
        whole = len(above) == len(way.scheme.groups)
        known = {} if whole else {code: score for code, score in way.groups.items() if code not in above}
        found = np.full((len(wanted), len(shares.shares), len(self.measured.units)), np.nan)
        trunks = {code: self._trunk(way, code) for code in wanted if code in above}
        rolled: Mapping[str, Vector] = known
        if None in trunks.values():
            rolled = roll_up(way.scores, shares, way.scheme, way.scheme.index, known=known)
        for at, code in enumerate(wanted):
            if code in rolled:
                found[at] = rolled[code]
            elif (one := trunks.get(code)) is not None:
                found[at] = one.scores(shares)
        return found

    def shares(self, way: Variant, u: Matrix) -> Weights:
        """Shares of siblings, (draws, nodes)."""
        return Weights(way.weights.nodes, way.weights.parents, self._drawn(way, np.ascontiguousarray(u.T)).T)

    def _drawn(self, way: Variant, cube: Matrix) -> Matrix:
        """The same, (nodes, draws), of points (``dimensions``, draws).

        A node's draws are neighbours, and what is done to them all is done at once.
        """
        nominal = way.weights.shares
        found = np.empty((len(nominal), cube.shape[1]))
        found[:] = nominal[:, None]
        for choice, group, columns, rows in self._tree(way).drawn:
            found[rows] = choice.shares(nominal[rows], cube[columns].T, group=group).T
        return found
