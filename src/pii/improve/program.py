"""The least cost at which a unit reaches a target, as a linear or mixed-integer program over the paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector
from pii.improve.lines import Lines
from pii.improve.paths import Path, outward
from pii.improve.solver import Row, solved
from pii.numerics.power_means import powered, unpowered

__all__ = ["LEAD", "Aim", "Plan", "cheapest"]

LEAD = 1e-6
"""What is above is so by this part of the widest difference of two index scores, to begin with."""


class Aim(NamedTuple):
    """A target in numbers, for one unit of a result."""

    unit: int
    """Its place among the ranked units."""
    ahead: int | None
    """How many rivals may stay above the unit, or level with it."""
    score: float | None
    groups: int
    """How many of the groups after the first of the lines are to be above the mean."""
    indicators: int
    """How many indicators are to be above the mean."""
    above: int
    """How many indicators that do not move are."""
    width: float
    """The widest difference of two index scores, on the scale of the lines, to measure others by."""
    lead: float
    """What is above is so by this part of the width."""


class Plan(NamedTuple):
    """Where the indicators go, and at what cost."""

    values: tuple[float, ...]
    """One a path."""
    cost: float
    proven: bool
    """Whether no cheaper way is in the program."""
    is_integer: bool
    """Whether something was to be whole."""
    rounded: tuple[int, ...]
    """Paths on which a piece that is taken whole was taken in part, and then whole."""


class _Form(NamedTuple):
    """A sum over the pieces taken, of which something is asked."""

    constant: float
    pieces: Vector


def cheapest(paths: Sequence[Path], cuts: Sequence[Lines], aim: Aim, *, seconds: float) -> Plan | None:
    r"""The cheapest way along the paths to what is aimed at; None where there is none.

    Piece :math:`i` of path :math:`k` is taken by :math:`d_{ki}` from 0 to 1. The program is

    .. math:: \min \sum c_k \ell_{ki} d_{ki}, \quad
        f_u(0) - f_j(0) + \sum (S_{ku} \Delta s_{kiu} - S_{kj} \Delta s_{kij}) d_{ki} \ge h - M_j (1 - z_j)

    with slopes :math:`S` of the tree and score differences :math:`\Delta s` of the pieces, for as many rivals
    :math:`j` as are to be behind (:math:`z_j = 1`); where no rival's score moves, it is one condition. Where a
    later piece would bring more for its cost than an earlier one, a binary has the earlier one taken first.

    Parameters
    ----------
    paths
        How scores change with each indicator that moves.
    cuts
        Tangents of the tree; what is asked holds for each of them.
    aim
        What is asked.
    seconds
        Time after which the best way found is given, if there is one.
    """
    return _Program(paths, aim, cuts).solve(seconds)


class _Program:
    """Variables: the pieces of all paths, then binaries and whole numbers as they are needed."""

    def __init__(self, paths: Sequence[Path], aim: Aim, cuts: Sequence[Lines]) -> None:
        self.paths, self.aim, self.cuts = paths, aim, cuts
        counts = [len(path.jumps) for path in paths]
        self.starts = np.concatenate([[0], np.cumsum(counts, dtype=np.intp)])
        self.cost = np.concatenate([path.lever.cost * path.lengths for path in paths] or [np.empty(0)])
        self.scale = float(self.cost.max(initial=0.0)) or 1.0
        self.n = int(self.starts[-1])
        self.high = [1.0] * self.n
        jumps = [bool(jump) for path in paths for jump in path.jumps]
        self.is_rounded = sum(jumps) > _MOST_JUMPS
        self.whole = [jump and not self.is_rounded for jump in jumps]
        self.rows: list[Row] = []
        self.forms: list[_Form] = []
        self.is_possible = True
        self._ask_score()
        self._ask_rank()
        self._ask_groups()
        self._ask_indicators()
        self._ask_order()
        self._ask_steps()

    # --- What is asked

    def _ask_score(self) -> None:
        if self.aim.score is not None:
            for own, _ in self._scores(0):
                asked = float(powered(np.array([[self.aim.score]]), self.cuts[0].exponent)[0, 0]) / self._unit
                self._at_least(_Form(own.constant - asked, own.pieces), (self.aim.lead - LEAD) * _SCALE + _ROUNDING)

    def _ask_rank(self) -> None:
        if self.aim.ahead is None:
            return
        each = [list(self._leads(own, rivals)) for own, rivals in self._scores(0)]
        wanted = len(each[0]) - self.aim.ahead
        lead = self.aim.lead * _SCALE
        if all(
            np.ptp([leads[j].pieces for j in range(len(leads))], axis=0).max(initial=0.0) <= _STILL
            for leads in each
        ):
            # Rivals stand still: to be above so many is to be above the best of them.
            for leads in each:
                if wanted > 0:
                    ordered = sorted(leads, key=lambda form: -form.constant)
                    self._at_least(ordered[wanted - 1], lead)
            return
        easier = self._easier(each[0])
        undecided = []
        for j in range(len(each[0])):
            forms = [leads[j] for leads in each]
            least = min(self._extreme(form, -1.0) for form in forms)
            if least >= lead:
                wanted -= 1
            elif easier[j].sum() < len(each[0]) - self.aim.ahead and all(
                self._extreme(form, 1.0) >= lead for form in forms
            ):
                undecided.append((forms, least))
        self._ask_some(undecided, wanted)

    def _ask_groups(self) -> None:
        if self.aim.groups <= 0:
            return
        wanted, undecided = self.aim.groups, []
        for group in range(1, len(self.cuts[0].groups)):
            forms = [self._over_mean(own, rivals) for own, rivals in self._scores(group)]
            least = min(self._extreme(form, -1.0) for form in forms)
            lead = self.aim.lead * _SCALE
            if least >= lead:
                wanted -= 1
            elif all(self._extreme(form, 1.0) >= lead for form in forms):
                undecided.append((forms, least))
        self._ask_some(undecided, wanted)

    def _ask_some(self, undecided: Sequence[tuple[Sequence[_Form], float]], wanted: int) -> None:
        """So many of some sums are to be above 0."""
        if wanted > len(undecided):
            self.is_possible = False
        if wanted <= 0 or not self.is_possible:
            return
        lead = self.aim.lead * _SCALE
        binaries = []
        for forms, least in undecided:
            binary = self._variable(1.0)
            binaries.append(binary)
            for form in forms:
                self.forms.append(form)
                row = dict(enumerate(form.pieces.tolist()))
                row[binary] = min(least, 0.0) - lead
                self.rows.append((row, min(least, 0.0) - form.constant))
        self.rows.append((dict.fromkeys(binaries, 1.0), float(wanted)))

    def _ask_indicators(self) -> None:
        wanted, needs = self.aim.indicators - self.aim.above, []
        if self.aim.indicators <= 0:
            return
        for at, path in enumerate(self.paths):
            over = path.scores[:, self.aim.unit] - _mean(path.scores)
            lead = self.aim.lead * (float(np.nanmax(path.scores) - np.nanmin(path.scores)) or 1.0)
            if over[0] > 0:
                wanted -= 1
                continue
            reached = np.flatnonzero(over >= lead)
            if reached.size:
                needs.append((at, _crossing(path, over, int(reached[0]), lead)))
        if wanted > len(needs):
            self.is_possible = False
        if wanted <= 0 or not self.is_possible:
            return
        binaries = []
        for at, distance in needs:
            binary = self._variable(1.0)
            binaries.append(binary)
            row = self._travelled(at, 1.0 / distance)
            self.rows.append((row | {binary: -1.0}, 0.0))
        self.rows.append((dict.fromkeys(binaries, 1.0), float(wanted)))

    def _ask_order(self) -> None:
        """Pieces are taken in order: by themselves where each brings less than the one before, else by binaries."""
        for at, path in enumerate(self.paths):
            first, last = int(self.starts[at]), int(self.starts[at + 1])
            lengths = path.lengths
            if not self._needs_order(path, np.array([form.pieces[first:last] / lengths for form in self.forms])):
                continue
            for piece in range(first, last - 1):
                if path.jumps[piece - first]:
                    self.rows.append(({piece: 1.0, piece + 1: -1.0}, 0.0))
                else:
                    binary = self._variable(1.0)
                    self.rows.append(({piece: 1.0, binary: -1.0}, 0.0))
                    self.rows.append(({binary: 1.0, piece + 1: -1.0}, 0.0))

    def _needs_order(self, path: Path, rates: Matrix) -> bool:
        if len(path.jumps) == 1:
            return False
        if path.jumps.any() or not rates.size:
            return bool(path.jumps.any())
        rise = np.diff(rates, axis=1).max(initial=0.0)
        return bool(rise > (_STRAIGHT if path.is_exact else _BENT) * np.abs(rates).max(initial=0.0))

    def _ask_steps(self) -> None:
        for at, path in enumerate(self.paths):
            step = path.lever.step
            if step is None or path.jumps.all():
                continue
            most = np.floor(path.lengths.sum() / step + _STRAIGHT)
            steps = self._variable(float(most))
            row = self._travelled(at, 1.0 / step)
            self.rows.append((row | {steps: -1.0}, 0.0))
            self.rows.append(({key: -value for key, value in row.items()} | {steps: 1.0}, 0.0))

    # --- Sums over the pieces

    @property
    def _unit(self) -> float:
        """One of the program's score units: tolerances of the solver are a small part of it."""
        return self.aim.width / _SCALE

    def _scores(self, group: int) -> Iterable[tuple[_Form, list[_Form]]]:
        """The unit's score of a group and those of its rivals, by every tangent."""
        for cut in self.cuts:
            slopes = cut.slopes[group] / self._unit
            constants = cut.groups[group] / self._unit
            pieces = np.zeros((self.n, len(constants)))
            for at, path in enumerate(self.paths):
                slope = slopes[path.lever.row]
                scores = powered(path.scores, cut.exponent)
                pieces[self.starts[at] : self.starts[at + 1]] = _known(slope * np.diff(scores, axis=0))
                constants = constants - _known(slope * (cut.scores[path.lever.row] - scores[0]))
            forms = [_Form(float(constants[j]), pieces[:, j]) for j in range(len(constants))]
            own = forms.pop(self.aim.unit)
            yield own, [form for form in forms if not np.isnan(form.constant)]

    @staticmethod
    def _leads(own: _Form, rivals: Iterable[_Form]) -> Iterable[_Form]:
        for rival in rivals:
            yield _Form(own.constant - rival.constant, own.pieces - rival.pieces)

    def _over_mean(self, own: _Form, rivals: Sequence[_Form]) -> _Form:
        """How far a unit is above the mean of the others, and so above the mean of all."""
        exponent = self.cuts[0].exponent
        theirs = np.array([form.constant for form in rivals])
        scores = unpowered(theirs * self._unit, exponent)
        mean = scores.mean()
        share = (scores / mean) ** (1 - exponent) / len(rivals)  # how the mean rises with each
        return _Form(
            own.constant - float(powered(np.array([[mean]]), exponent)[0, 0]) / self._unit,
            own.pieces - share @ np.array([form.pieces for form in rivals]),
        )

    def _extreme(self, form: _Form, sign: float) -> float:
        """The least (-1) or largest (1) value of a sum over all ways along the paths."""
        total = form.constant
        for at in range(len(self.paths)):
            reached = np.cumsum(form.pieces[self.starts[at] : self.starts[at + 1]])
            total += sign * float((sign * reached).max(initial=0.0))
        return total

    def _easier(self, leads: Sequence[_Form]) -> NDArray[np.bool_]:
        """Which rivals, across, are passed before each, down, on every way along the paths; equals in order."""
        least = np.array([form.constant for form in leads])
        least = least - least[:, None]
        for at in range(len(self.paths)):
            first, last = self.starts[at], self.starts[at + 1]
            reached = np.cumsum([form.pieces[first:last] for form in leads], axis=1)
            least += np.minimum((reached - reached[:, None]).min(axis=2), 0.0)
        earlier = np.tri(len(leads), k=-1, dtype=np.bool_)
        return np.asarray((least > 0) | ((least == 0) & earlier), dtype=np.bool_)

    def _travelled(self, at: int, per: float) -> dict[int, float]:
        first = int(self.starts[at])
        return {first + piece: float(length) * per for piece, length in enumerate(self.paths[at].lengths)}

    def _variable(self, high: float) -> int:
        self.high.append(high)
        self.whole.append(True)
        return len(self.high) - 1

    def _at_least(self, form: _Form, least: float) -> None:
        self.forms.append(form)
        self.rows.append((dict(enumerate(form.pieces.tolist())), least - form.constant))

    # --- The answer

    def solve(self, seconds: float) -> Plan | None:
        """The cheapest way; None where there is none, or none was found in time."""
        if not self.is_possible:
            return None
        n = len(self.high)
        if n == 0:
            return Plan((), 0.0, True, False, ()) if all(least <= 0 for _, least in self.rows) else None
        cost = np.concatenate([self.cost / self.scale, np.zeros(n - self.n)])
        whole = np.array(self.whole, dtype=np.bool_)
        found = solved(cost, self.rows, np.array(self.high), whole, seconds=seconds)
        if found is None:
            return None
        taken, proven = found
        ends = [self._value(at, taken) for at in range(len(self.paths))]
        values = tuple(value for value, _ in ends)
        moved = zip(values, self.paths, strict=True)
        total = sum(abs(value - path.values[0]) * path.lever.cost for value, path in moved)
        rounded = tuple(at for at, (_, is_rounded) in enumerate(ends) if is_rounded)
        return Plan(values, float(total), proven and not rounded, bool(self.is_rounded or whole.any()), rounded)

    def _value(self, at: int, taken: Vector) -> tuple[float, bool]:
        """Where a path ends that is taken so far, and whether that was rounded up; close to a kink is the kink."""
        path = self.paths[at]
        reach = np.concatenate([[0.0], np.cumsum(path.lengths)])
        part = taken[self.starts[at] : self.starts[at + 1]]
        travelled = float(part @ path.lengths)
        near = int(np.abs(reach - travelled).argmin())
        is_mixed = self.is_rounded and path.jumps.all() and bool(((part > _SNAP) & (part < 1 - _SNAP)).any())
        if abs(reach[near] - travelled) <= _SNAP * reach[-1] and not is_mixed:
            return float(path.values[near]), False
        if is_mixed:
            # Pieces taken in part mix several ways; the furthest of them brings as much as the mix, or more.
            return float(path.values[1 + np.flatnonzero(part > _SNAP)[-1]]), True
        return outward(path, float(path.values[0] + path.side * travelled)), False


def _crossing(path: Path, over: Vector, at: int, lead: float) -> float:
    """How far along a path the unit is first above the mean."""
    reach = np.concatenate([[0.0], np.cumsum(path.lengths)])
    if path.jumps[at - 1]:
        return float(reach[at])
    part = (lead - over[at - 1]) / (over[at] - over[at - 1])
    return float(reach[at - 1] + part * (reach[at] - reach[at - 1]))


def _mean(scores: Matrix) -> Vector:
    present = ~np.isnan(scores)
    return np.asarray(np.where(present, scores, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1))


def _known(x: Matrix) -> Matrix:
    return np.where(np.isnan(x), 0.0, x)


_SCALE = 1000.0  # the width of the index in the program, in which the solver's tolerances count
_STILL = 1e-9  # a rival whose score moves by less, in the program's units, stands still
_STRAIGHT, _BENT = 1e-9, 1e-2  # how much more a later piece may bring and still count as less
_SNAP = 1e-8  # a value so near to a kink, as a part of the path, is the kink
_ROUNDING = 1e-6  # a score that is reached is so by this, in the program's units
_MOST_JUMPS = 400  # of more, pieces are taken in part, and what is taken in part is then taken whole
