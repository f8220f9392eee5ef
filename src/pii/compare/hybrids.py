"""Scores between two editions: the data of one, on the scale of one, by the scheme of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii import stages
from pii.arrays import Matrix, Vector, sealed
from pii.compare.mixing import Mixer, Which
from pii.errors import PiiError
from pii.numerics.carried import carried
from pii.result import Result
from pii.roll_up import roll_up
from pii.scheme import Scheme
from pii.scores import Scores, Treatment, Weights
from pii.table import Table, Units

__all__ = ["Hybrids", "Step", "Ways"]

Step: TypeAlias = Literal["scale", "indicators", "weights", "methods", "scheme"]
"""What can be of one edition or the other, besides the data; ``scheme`` is the three before it in one."""


class Ways(NamedTuple):
    """Which edition each thing is of: 0 before, 1 after."""

    scale: Which
    indicators: Which
    weights: Which
    methods: Which


@dataclass(frozen=True, eq=False)
class Hybrids:
    """Two results, and what would be scored if only some of what differs had changed.

    An edition's treatment is a rule that its own values fixed, so it goes with the scale: the data of one edition
    on the scale of the other are treated by that other's rule. An indicator that only one edition has takes that
    edition's data in both, so that all it brings is a matter of the indicators.

    Where a group takes a mean that is not defined for all numbers, such as the geometric one, data of one edition
    that lie off the scale of the other score as its ends do.
    """

    before: Result
    after: Result
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False, init=False)

    @property
    def editions(self) -> tuple[Result, Result]:
        """Both results."""
        return self.before, self.after

    @cached_property
    def mixer(self) -> Mixer:
        """What lies between the schemes."""
        return Mixer(self.before.scheme, self.after.scheme)

    @cached_property
    def units(self) -> Units:
        """Units that have a place in either: those of before in its order, then the others."""
        old, new = (result.composite.units for result in self.editions)
        known = set(old.codes)
        more = [at for at, code in enumerate(new.codes) if code not in known]
        return Units((*old.codes, *(new.codes[at] for at in more)), (*old.names, *(new.names[at] for at in more)))

    @cached_property
    def places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the units of each edition stand among all."""
        position = {code: at for at, code in enumerate(self.units.codes)}
        old, new = (
            np.array([position[code] for code in result.composite.units.codes], dtype=np.intp)
            for result in self.editions
        )
        return old, new

    @cached_property
    def common(self) -> NDArray[np.intp]:
        """Units that have a score in both, by where they stand among all."""
        known = np.zeros((2, len(self.units)), dtype=np.bool_)
        for which, result in enumerate(self.editions):
            known[which, self.places[which]] = ~np.isnan(result.composite.values[:, 0])
        return np.flatnonzero(known.all(axis=0))

    @cached_property
    def refusal(self) -> str:
        """Why indicators, weights and methods cannot be told apart; empty where they can."""
        if len(self._differing) < 3:
            return ""
        try:
            for taken in product((0, 1), repeat=len(self._differing)):
                ways = _filled(dict(zip(self._differing, taken, strict=True)))
                for which in (0, 1):
                    self.rolled(which, ways)
        except PiiError as error:
            problem = error.problems[0]
            return problem.rule if problem.found.startswith("the two schemes") else str(problem)
        return ""

    @cached_property
    def _differing(self) -> tuple[Step, ...]:
        found: list[Step] = ["scale"]
        if self.mixer.reshaped:
            found.append("indicators")
        if self.mixer.reweighed:
            found.append("weights")
        if self.mixer.remade:
            found.append("methods")
        return tuple(found)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What differs, and can change by itself; the scale always can."""
        return ("scale", "scheme") if self.refusal else self._differing

    def ways(self, taken: Sequence[Which]) -> Ways:
        """Which edition everything is of once some of the steps are taken."""
        return _filled(dict(zip(self.steps, taken, strict=True)))

    def scheme(self, ways: Ways) -> Scheme:
        """The indicators, weights and methods of the editions named."""
        key = ("scheme", ways.indicators, ways.weights, ways.methods)
        if key not in self._known:
            self._known[key] = self.mixer.scheme(ways.indicators, ways.weights, ways.methods)
        found: Scheme = self._known[key]
        return found

    def rolled(self, data: Which, ways: Ways) -> Mapping[str, Vector]:
        """The score of every node, of the units of the edition of the data.

        Raises
        ------
        MethodError
            A score that is not defined.
        """
        key = ("rolled", data, ways)
        if key not in self._known:
            scheme, scores = self.scheme(ways), self.scores(data, ways)
            leaves = dict(zip(scores.columns, scores.values.T, strict=True))
            self._known[key] = leaves | roll_up(scores, self.weights(ways), scheme, scheme.index)
        found: Mapping[str, Vector] = self._known[key]
        return found

    def weights(self, ways: Ways) -> Weights:
        """Shares of siblings; those weighed by data are weighed by the data that fix the scale."""
        if len(set(ways)) == 1:
            return self.editions[ways.scale].weights
        key = ("weights", ways)
        if key not in self._known:
            self._known[key] = stages.weigh(self.scores(ways.scale, ways), self.scheme(ways))
        found: Weights = self._known[key]
        return found

    def scores(self, data: Which, ways: Ways) -> Scores:
        """Scores of the indicators."""
        key = ("scores", data, ways.scale, ways.indicators, ways.methods)
        if key not in self._known:
            treated = self._treated(data, ways.scale, ways.indicators, ways.methods)
            reference = self._reference(ways.scale, ways.indicators, ways.methods)
            scores = stages.normalise(treated, self._plain(ways), reference=reference)
            if self.held and data != ways.scale:
                scores = _within(scores, self.scores(ways.scale, ways))
            self._known[key] = scores
        found: Scores = self._known[key]
        return found

    @cached_property
    def held(self) -> bool:
        """Whether scores between the editions are held to the ends of the scale."""
        return any(
            result.scheme.aggregator_of(group).domain != "any"
            for result in self.editions
            for group in result.scheme.groups
        )

    @cached_property
    def one_scale(self) -> bool:
        """Whether both editions were treated and scaled together, as periods of a panel on a pooled scale are."""
        old, new = (result.reference for result in self.editions)
        return (
            self.before.scheme == self.after.scheme
            and old is not None
            and new is not None
            and (old.units.codes, old.columns) == (new.units.codes, new.columns)
            and np.array_equal(old.values, new.values, equal_nan=True)
            and self.before.treatment.rules == self.after.treatment.rules
        )

    def _plain(self, ways: Ways) -> Scheme:
        """The scheme for what comes before weights."""
        return self.scheme(ways._replace(weights=ways.indicators))

    def _completed(self, data: Which, methods: Which) -> Table:
        """An edition's data without gaps, its own indicators; by its methods or by the other's."""
        result = self.editions[data]
        if data == methods or not self.mixer.recompleted:
            return result.completed
        key = ("completed", data, methods)
        if key not in self._known:
            scheme = self.mixer.scheme(data, data, methods)
            measured, ranked = result.measured.select(scheme.columns), result.screening.eligible
            ratios = stages.denominate(measured, scheme)
            self._known[key] = stages.impute(ratios.take(ranked), scheme, beside=measured.take(ranked))
        found: Table = self._known[key]
        return found

    def _fitted(self, scale: Which, indicators: Which, methods: Which) -> Treatment:
        """The data that fix a scale, treated; indicators that only the tree's edition has are that edition's."""
        if scale == indicators == methods:  # as it was made, perhaps together with other periods
            return self.editions[scale].treatment
        key = ("fitted", scale, indicators, methods)
        if key not in self._known:
            completed = self._completed(scale, methods)
            if scale != indicators:
                own = self._completed(indicators, methods)
                completed = _joined(completed, own, self._foreign(indicators), completed.units)
            self._known[key] = stages.treat(completed, self._plain(Ways(scale, indicators, indicators, methods)))
        found: Treatment = self._known[key]
        return found

    def _foreign(self, indicators: Which) -> tuple[str, ...]:
        """Indicators of an edition whose data the other has not."""
        common = set(self.mixer.common)
        return tuple(i.code for i in self.editions[indicators].scheme.indicators if i.code not in common)

    def _treated(self, data: Which, scale: Which, indicators: Which, methods: Which) -> Table:
        """An edition's data as the rule that goes with a scale treats them."""
        if self.one_scale:
            return self._fitted(data, data, data).table
        fitted = self._fitted(scale, indicators, methods)
        if data == scale == indicators:
            return fitted.table
        table, foreign = fitted.table, self._foreign(indicators)
        if data != scale:
            completed = self._completed(data, methods)
            own = fitted.before
            x = _joined(completed, own, foreign, completed.units, order=own.columns)
            values = carried(x.values.T, own.values.T, fitted.table.values.T)
            table = x.holding(sealed(np.array(values)).T)
        if not foreign:
            return table
        native = self._fitted(indicators, indicators, methods).table
        return _joined(table, native, foreign, table.units)

    def _reference(self, scale: Which, indicators: Which, methods: Which) -> Table:
        """The values that fix a scale; of an indicator that only one edition has, that edition's."""
        native = self._ruler(indicators, indicators, methods)
        if scale == indicators:
            return native
        ruler = self._ruler(scale, indicators, methods)
        foreign = self._foreign(indicators)
        if not foreign:
            return ruler
        known = set(ruler.units.codes)
        both = Units((*ruler.units.codes, *(code for code in native.units.codes if code not in known)))
        return _joined(ruler, native, foreign, both, order=native.columns)

    def _ruler(self, scale: Which, indicators: Which, methods: Which) -> Table:
        given = self.editions[scale].reference
        return self._fitted(scale, indicators, methods).table if given is None else given


def _filled(of: Mapping[Step, Which]) -> Ways:
    """All things, from those that differ: what does not goes with the indicators, and these with what differs."""
    order: tuple[Step, ...] = ("scheme", "indicators", "weights", "methods", "scale")
    tree = next(of[step] for step in order if step in of)
    return Ways(of["scale"], tree, of.get("weights", tree), of.get("methods", tree))


def _within(scores: Scores, own: Scores) -> Scores:
    """Scores no lower and no higher than those of the data that fix the scale."""
    low, high = np.fmin.reduce(own.values, axis=0), np.fmax.reduce(own.values, axis=0)
    return Scores(scores.units, scores.columns, np.clip(scores.values, low, high))


def _joined(
    first: Table, second: Table, columns: Sequence[str], units: Units, *, order: Sequence[str] | None = None
) -> Table:
    """Some columns of the second table, all others of the first, matched by units; NaN where there are none.

    The order is that of the second table's columns unless another is given.
    """
    codes = tuple(order or second.columns)
    theirs = set(columns)
    values: Matrix = np.full((len(codes), len(units)), np.nan)
    for table, wanted in (
        (first, [c for c in codes if c not in theirs]),
        (second, [c for c in codes if c in theirs]),
    ):
        column = {code: at for at, code in enumerate(table.columns)}
        row = {code: at for at, code in enumerate(table.units.codes)}
        here = np.array([at for at, code in enumerate(units.codes) if code in row], dtype=np.intp)
        there = np.array([row[units.codes[at]] for at in here], dtype=np.intp)
        for code in wanted:
            values[codes.index(code), here] = table.values[there, column[code]]
    return Table(units, codes, sealed(values).T, first.period, first.title)
