"""The stages of an index: each lifts a family of methods from arrays to tables and trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from pii.arrays import Matrix, Vector, blocks, sealed
from pii.errors import MethodError, Problem, TableError, Undefined
from pii.methods.denominate import AbstractDenominator
from pii.methods.impute import AbstractImputer, Around
from pii.methods.normalise import AbstractNormaliser, Marks
from pii.methods.treat import AbstractTreater
from pii.naming import named, unwieldy
from pii.roll_up import children_scores, imputation_labels, roll_up
from pii.scheme import Scheme
from pii.scores import Composite, Ranking, Scores, Screening, Treatment, Weights
from pii.screen import Within
from pii.spec import Method
from pii.spelling import did_you_mean
from pii.table import Table
from pii.tree import Group, Indicator, Range

__all__ = ["NOBODY", "aggregate", "denominate", "impute", "normalise", "rank", "screen", "treat", "weigh"]

M = TypeVar("M", bound=Method)

NOBODY = "no unit has data enough to be ranked"
"""What is said where screening leaves nobody."""

_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error


def denominate(measured: Table, scheme: Scheme) -> Table:
    """Every indicator put per its denominator; those without one as they are.

    Raises
    ------
    MethodError
        A measured quantity whose denominator is missing, zero or negative.
    """
    codes = [indicator.code for indicator in scheme.indicators]
    per = [at for at, indicator in enumerate(scheme.indicators) if indicator.denominator]
    if not per:
        return measured.select(codes)
    x = measured.values.T
    position = {code: at for at, code in enumerate(measured.columns)}
    divisor = [position[indicator.denominator or indicator.code] for indicator in scheme.indicators]
    ratios = np.array(x[: len(codes)])

    def put_per(method: AbstractDenominator, rows: list[int]) -> None:
        try:
            ratios[rows] = method(x[rows], denominator=x[[divisor[row] for row in rows]])
        except Undefined as refusal:
            per = [measured.columns[divisor[rows[row]]] for row in refusal.rows]
            found = [f"{said} ({code})" for said, code in zip(refusal.found, per, strict=True)]
            rule, remedy, units = refusal.rule, refusal.remedy, refusal.columns
            raise Undefined(found, rule=rule, remedy=remedy, rows=refusal.rows, columns=units) from None

    _each_block(put_per, _by_method(scheme, per, scheme.denominator_of), measured)
    _refuse_unwieldy(ratios, per, measured)
    return measured.holding(sealed(ratios).T, codes)


def screen(ratios: Table, scheme: Scheme) -> Screening:
    """Which units have data enough, by the rules of the scheme's ``screen``.

    Raises
    ------
    TableError
        None has.
    """
    rule, units = scheme.screen, ratios.units
    present = ~np.isnan(ratios.values.T)
    measured: Vector = np.count_nonzero(present, axis=0) / len(present)
    reasons: dict[int, list[str]] = {}
    if rule.measured > 0:
        for at in np.flatnonzero(measured < rule.measured - _ROUNDING).tolist():
            found = f"{np.count_nonzero(present[:, at])} of {len(present)} indicators measured"
            reasons.setdefault(at, []).append(f"{found}, {rule.measured:.4g} of them needed")
    if rule.nonzero > 0:
        count = np.maximum(np.count_nonzero(present, axis=0), 1)
        nonzero = (count - np.count_nonzero(ratios.values.T == 0, axis=0)) / count
        for at in np.flatnonzero(nonzero < rule.nonzero - _ROUNDING).tolist():
            reasons.setdefault(at, []).append(
                f"{nonzero[at]:.4g} of its values are not 0, {rule.nonzero:.4g} needed"
            )
    for within in rule.within:
        for at, reason in _short_within(within, present, scheme):
            reasons.setdefault(at, []).append(reason)
    forced = tuple(code for code in rule.include if code in units.codes and units.codes.index(code) in reasons)
    excluded = {
        units.codes[at]: tuple(said) for at, said in sorted(reasons.items()) if units.codes[at] not in forced
    }
    excluded |= {code: ("excluded by the scheme",) for code in rule.exclude if code in units.codes}
    if len(excluded) == len(units):
        names = dict(zip(units.codes, units.names, strict=True))
        raise TableError(
            Problem(
                unit=names[code],
                found="; ".join(said),
                rule=NOBODY,
                remedy="measure more, or lower what screen asks for",
            )
            for code, said in excluded.items()
        )
    return Screening(units, measured, excluded, forced)


def impute(eligible: Table, scheme: Scheme, *, beside: Table | None = None) -> Table:
    """Gaps filled by each indicator's method; what was measured is unchanged.

    Parameters
    ----------
    eligible
        Values of the units to be ranked.
    beside
        The same units with the columns that methods read besides the indicators.

    Raises
    ------
    MethodError
        Values that a method has no answer for.
    """
    x = eligible.values.T
    gaps = np.flatnonzero(np.isnan(x).any(axis=-1))
    if not gaps.size:
        return eligible
    completed = x
    problems: list[Problem] = []
    for method, rows in _by_method(scheme, range(len(x)), scheme.imputer_of):
        if not np.isin(rows, gaps).any():
            continue
        around = _around(method, rows, beside or eligible, scheme)
        own = x if len(rows) == len(x) else x[rows]
        try:
            filled = method(own, labels=imputation_labels(method, eligible.units), around=around)
        except Undefined as refusal:
            problems += named(refusal, [eligible.columns[row] for row in rows], eligible.units)
            continue
        if filled is not own:  # a method that leaves gaps gives back what it was given, and nothing is copied
            completed = np.array(x) if completed is x else completed
            completed[rows] = filled
    if problems:
        raise MethodError(problems)
    return eligible if completed is x else eligible.holding(sealed(completed).T)


def treat(completed: Table, scheme: Scheme) -> Treatment:
    """Outliers and skew tempered by each indicator's method, with what was done."""
    x = completed.values.T
    direction = scheme.directions
    changed: dict[int, Vector] = {}
    rules: dict[str, str] = {}

    def temper(method: AbstractTreater, rows: list[int]) -> None:
        values, said = method(x[rows], direction=direction[rows])
        for row, value, rule in zip(rows, values, said, strict=True):
            if rule:
                changed[row], rules[completed.columns[row]] = value, rule

    _each_block(temper, _by_method(scheme, range(len(x)), scheme.treater_of), completed)
    if not changed:
        return Treatment(completed, {}, completed)
    treated = np.array(x)
    for row, value in changed.items():
        treated[row] = value
    _refuse_unwieldy(treated, list(changed), completed)
    return Treatment(completed.holding(sealed(treated).T), rules, completed)


def normalise(treated: Table, scheme: Scheme, *, reference: Table | None = None) -> Scores:
    """Every indicator on one scale on which more is better.

    Parameters
    ----------
    treated
        Values in their own units.
    reference
        The treated values that fix the scale, with the same columns; the values themselves when not given.

    Raises
    ------
    MethodError
        An indicator without width, or a value off its declared scale.
    """
    x = treated.values.T
    fixed = x if reference is None else reference.select(treated.columns).values.T
    scores = np.empty_like(x, order="C")
    direction = scheme.directions
    marks = _marks(scheme, direction, treated if reference is None else reference)

    def score(method: AbstractNormaliser, rows: list[int]) -> None:
        turned = x[rows] * direction[rows]
        against = turned if reference is None else fixed[rows] * direction[rows]
        scores[rows] = method(turned, reference=against, marks=Marks(*(mark[rows] for mark in marks)))

    _each_block(score, _by_method(scheme, range(len(x)), scheme.normaliser_of), treated)
    return Scores(treated.units, treated.columns, sealed(scores).T)


def weigh(scores: Scores, scheme: Scheme) -> Weights:
    """Each node's share of its group, by the group's method.

    Raises
    ------
    MethodError
        Scores that a method has no weights for.
    """
    shares: dict[str, float] = {}
    problems: list[Problem] = []
    for group in reversed(scheme.groups):

        def children(group: Group = group) -> Matrix:
            below = Weights(tuple(shares), tuple(scheme.parents[code] for code in shares), _vector(shares.values()))
            found: dict[str, Vector] = {}
            for child in group.children:
                if isinstance(child, Group):
                    found |= roll_up(scores, below, scheme, child)
            return children_scores(group, found, scores)

        codes = [child.code for child in group.children]
        given = _vector(child.weight for child in group.children)
        sizes = _vector(len(child.indicators()) if isinstance(child, Group) else 1 for child in group.children)
        try:
            found = scheme.weigher_of(group)(given, sizes=sizes, scores=children, codes=codes)
        except Undefined as refusal:
            problems += named(refusal, codes, scores.units)
            found = np.full(len(codes), 1 / len(codes))
        shares.update(zip(codes, found.tolist(), strict=True))
    if problems:
        raise MethodError(problems)
    return _weights(shares, scheme)


def aggregate(scores: Scores, weights: Weights, scheme: Scheme) -> Composite:
    """The score of every group, from the leaves up.

    Raises
    ------
    MethodError
        A score that the group's method is not defined for.
    """
    composite = roll_up(scores, weights, scheme, scheme.index)
    codes = tuple(group.code for group in scheme.groups)
    return Composite(scores.units, codes, sealed(np.array([composite[code] for code in codes])).T)


def rank(composite: Composite, scheme: Scheme, *, within: str | None = None) -> Ranking:
    """The places of the units in every group's score.

    Parameters
    ----------
    within
        A label of the units: places are then among those with the same label, and units without one have none.
    """
    x = composite.values.T
    if within is None:
        return Ranking(composite.units, composite.columns, scheme.rank(x).T)
    if within not in composite.units.labels:
        hint = did_you_mean(within, composite.units.labels)
        raise TableError(f"the units have no label {within!r}; {hint or 'they have none'}")
    groups = composite.units.numbered(within)
    ranks = np.full_like(x, np.nan)
    for group in range(int(groups.max(initial=-1)) + 1):
        among = groups == group
        ranks[:, among] = scheme.rank(x[:, among])
    return Ranking(composite.units, composite.columns, ranks.T)


def _by_method(
    scheme: Scheme, rows: Iterable[int], method_of: Callable[[Indicator], M]
) -> Iterator[tuple[M, list[int]]]:
    """The indicators that share a method, to go through it in one call."""
    sharing: dict[M, list[int]] = {}
    same: dict[int, list[int]] = {}  # most share one and the same method, and to compare methods takes longer
    indicators = scheme.indicators
    for row in rows:
        method = method_of(indicators[row])
        found = same.get(id(method))
        if found is None:
            found = same[id(method)] = sharing.setdefault(method, [])
        found.append(row)
    yield from sharing.items()


def _each_block(call: Callable[[M, list[int]], None], methods: Iterable[tuple[M, list[int]]], table: Table) -> None:
    """Send rows to their method in blocks that fit the cache; say all refusals at once, by name."""
    problems: list[Problem] = []
    for method, rows in methods:
        for block in blocks(rows, len(table.units)):
            try:
                call(method, block)
            except Undefined as refusal:
                problems += named(refusal, [table.columns[row] for row in block], table.units)
    if problems:
        raise MethodError(problems)


def _refuse_unwieldy(x: Matrix, rows: list[int], table: Table) -> None:
    """Refuse rows that a method has made too large or too small to compute with."""
    if problems := list(unwieldy(x[rows], [table.columns[row] for row in rows], table.units)):
        raise MethodError(problems)


def _short_within(within: Within, present: Matrix, scheme: Scheme) -> Iterator[tuple[int, str]]:
    """Units short of data inside a group, with the reason."""
    position = {indicator.code: at for at, indicator in enumerate(scheme.indicators)}
    for group in scheme.groups:
        if group.code not in within.groups:
            continue
        rows = [position[indicator.code] for indicator in group.indicators()]
        count = np.count_nonzero(present[rows], axis=0)
        for at in np.flatnonzero(count / len(rows) < within.measured - _ROUNDING).tolist():
            yield at, f"{group.code}: {count[at]} of {len(rows)} indicators measured, {within.measured:.4g} needed"
        if within.scorable:
            below = (child.indicators() if isinstance(child, Group) else (child,) for child in group.children)
            some = [present[[position[i.code] for i in indicators]].any(axis=0) for indicators in below]
            scorable = np.count_nonzero(some, axis=0)
            for at in np.flatnonzero(scorable < within.scorable).tolist():
                yield at, f"{group.code}: {scorable[at]} of its children have data, {within.scorable} needed"


def _around(method: AbstractImputer, rows: list[int], table: Table, scheme: Scheme) -> Around:
    return Around(
        scheme.lineage[:, rows], scheme.directions[rows], {code: table.column(code) for code in method.reads}
    )


def _marks(scheme: Scheme, direction: Matrix, reference: Table) -> Marks:
    """Goalposts, targets and bases, turned so that more is better."""
    marks = np.full((5, len(scheme.indicators), 1), np.nan)
    low, high, target, band, base = marks
    for row, indicator in enumerate(scheme.indicators):
        if not (indicator.goalposts is indicator.target is indicator.base is None):
            marks[:, row, 0] = np.array(_marked(indicator)) * direction[row]
    for method, rows in _by_method(scheme, range(len(scheme.indicators)), scheme.normaliser_of):
        if (unit := method.base_unit) is not None:
            for row in rows:
                value = reference.column(scheme.indicators[row].code)[reference.units.locate(unit)]
                base[row] = value * direction[row]
    aims = np.minimum(target, band), np.maximum(target, band)
    single = np.isnan(band)
    return Marks(
        np.minimum(low, high),
        np.maximum(low, high),
        np.where(single, target, aims[0]),
        np.where(single, np.nan, aims[1]),
        base,
        direction,
    )


def _marked(indicator: Indicator) -> list[float]:
    """Low and high goalpost, target or the ends of its band, base; in the indicator's own units, NaN where none."""
    posts, target = indicator.goalposts, indicator.target
    aims = (target.low, target.high) if isinstance(target, Range) else (target, None)
    marks = (posts and posts.low, posts and posts.high, *aims, indicator.base)
    return [np.nan if mark is None else mark for mark in marks]


def _weights(shares: Mapping[str, float], scheme: Scheme) -> Weights:
    codes = tuple(node.code for node in scheme.nodes[1:])
    return Weights(codes, tuple(scheme.parents[code] for code in codes), _vector(shares[code] for code in codes))


def _vector(values: Iterable[float]) -> Vector:
    return np.fromiter(values, dtype=np.float64)
