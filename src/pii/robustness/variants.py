"""The ways to compute an index that a study has in mind: each combination of alternatives computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations, product
from math import prod
from typing import Any, TypeAlias, TypeVar

import numpy as np

from pii import stages
from pii.arrays import Vector, sealed
from pii.choices.alternatives import OWN, MultipleImputation, VaryReference
from pii.choices.choice import AbstractAlternatives, AbstractChoice, AbstractOnGroups, AbstractPick
from pii.choices.data import DataError
from pii.choices.weights import AbstractWeights, WeightExperts
from pii.errors import MethodError, Problem, SchemeError, Undefined
from pii.forms import refuse_other_forms
from pii.naming import named
from pii.numerics import em
from pii.result import Result
from pii.robustness.editing import edited, is_free, with_free
from pii.roll_up import roll_up
from pii.scheme import Scheme
from pii.scores import Scores, Treatment, Weights
from pii.table import Table

__all__ = [
    "Combination",
    "Taken",
    "Variant",
    "Ways",
    "conflicts",
    "n_alternatives",
    "refuse_alternatives",
    "variants",
]

Combination: TypeAlias = tuple[int, ...]
"""The number of the alternative taken of every choice that has some, in the order of the choices."""
Taken: TypeAlias = tuple[tuple[int, int], ...]
"""Some alternatives: positions of choices, and numbers."""

T = TypeVar("T")

STAGES = ("data", "denominate", "impute", "treat", "normalise", "weigh", "aggregate")
_MOST = 5_000  # combinations that are computed and held


@dataclass(frozen=True, eq=False)
class Variant:
    """An index computed one way, before its weights are varied."""

    scheme: Scheme
    scores: Scores
    weights: Weights
    trunks: dict[str, Any] = field(default_factory=dict, repr=False)
    """What a plan works out for each wanted group when it first draws by this way."""

    @cached_property
    def groups(self) -> Mapping[str, Vector]:
        """Scores of every group by those weights, (units,).

        Raises
        ------
        MethodError
            A score that a group's method is not defined for.
        """
        return roll_up(self.scores, self.weights, self.scheme, self.scheme.index)


def n_alternatives(choice: AbstractChoice, scheme: Scheme) -> int:
    """How many ways there are; 0 for a choice along a line, such as a weight."""
    return choice.size(scheme.index) if isinstance(choice, AbstractPick) else 0


def refuse_alternatives(scheme: Scheme, choices: Sequence[AbstractChoice]) -> None:
    """Refuse choices that vary nothing, vary what another varies, or have more combinations than can be held.

    Raises
    ------
    SchemeError
        All such choices, by name.
    """
    problems = [problem for choice in choices if (problem := _idle(choice, scheme))]
    taken: dict[str, str] = {}
    for choice in choices:
        for what in _varied(choice, scheme):
            if what in taken:
                problems.append(
                    Problem(
                        path=choice.title(),
                        found=f"{taken[what]!r} varies {what} already",
                        rule="two choices do not vary the same",
                        remedy="name others under groups, levels or indicators, or leave one of both out",
                    )
                )
            taken.setdefault(what, choice.title())
    n = prod(n_alternatives(choice, scheme) or 1 for choice in choices)
    if n > _MOST:
        problems.append(
            Problem(
                found=f"the alternatives make {n:,} combinations",
                rule=f"up to {_MOST:,} are computed",
                remedy="vary less at a time",
            )
        )
    if problems:
        raise SchemeError(problems)


def _idle(choice: AbstractChoice, scheme: Scheme) -> Problem | None:
    """What is wrong with a choice on which nothing depends."""
    if not isinstance(choice, AbstractAlternatives):
        return None
    edits = choice.edits(scheme.index)
    nodes = scheme.groups if isinstance(choice, AbstractOnGroups) else scheme.indicators
    if all(edit == edits[0] for edit in edits):
        found, remedy = "its alternatives make the same scheme", "give two that differ, or leave it out"
    elif edits[0].fields and all(getattr(node, choice.stage) is not None for node in nodes):
        found = f"all have a method of their own under {choice.stage}"
        remedy = "name the groups or indicators that vary, or leave it out"
    else:
        return None
    return Problem(path=choice.title(), found=found, rule="a choice varies something", remedy=remedy)


def _varied(choice: AbstractChoice, scheme: Scheme) -> Iterator[str]:
    """All that only one choice may vary, in words."""
    if isinstance(choice, AbstractWeights):
        for group in choice.among_groups(scheme.index):
            if choice.width(group):
                yield f"the weights of {group.code!r}"
                if isinstance(choice, WeightExperts):
                    yield f"weigh of {group.code!r}"
    elif isinstance(choice, DataError):
        codes = choice.indicators or [indicator.code for indicator in scheme.indicators]
        yield from (f"the errors of {code!r}" for code in codes)
    elif isinstance(choice, MultipleImputation):
        yield "impute of the scheme"
        yield from (f"impute of {indicator.code!r}" for indicator in scheme.indicators)
    elif isinstance(choice, VaryReference):
        yield "what fixes the scale"
    elif isinstance(choice, AbstractAlternatives):  # pragma: no branch - there is no other kind
        edit = choice.edits(scheme.index)[-1]
        yield from (f"{field} of the scheme" for field in edit.fields)
        yield from (f"{field} of {code!r}" for code, fields in edit.nodes.items() for field in fields)


def conflicts(
    scheme: Scheme, choices: Sequence[AbstractChoice]
) -> tuple[Mapping[Taken, Problem], dict[Combination, Scheme]]:
    """Alternatives of which no scheme can be made, whatever the others are: as few at a time as tell why.

    Keys are positions of choices with the numbers of their alternatives, mostly of two. With them, the schemes of
    all combinations of which one can be made, by the numbers of the alternatives.

    Raises
    ------
    SchemeError
        An alternative that goes with none of the others.
    """
    edits = {
        at: choice.edits(scheme.index)
        for at, choice in enumerate(choices)
        if isinstance(choice, AbstractAlternatives)
    }
    # What goes with all others is put in later: a scheme takes longer to check than to copy.
    ways = {at: those for at, those in edits.items() if not all(map(is_free, those))}
    sound: dict[Combination, Scheme] = {}

    def faults(taken: Taken) -> tuple[Problem, ...]:
        try:
            made = edited(scheme, [ways[at][number] for at, number in taken])
        except SchemeError as error:
            return error.problems
        if len(taken) == len(ways):
            sound[tuple(number for _, number in taken)] = made
        return ()

    every = [tuple(zip(ways, numbers, strict=True)) for numbers in product(*(range(len(e)) for e in ways.values()))]
    unsound = {taken: problems for taken in every if (problems := faults(taken))}
    found: dict[Taken, tuple[Problem, ...]] = {}
    left = set(unsound)
    for size in range(1, len(ways) + 1):
        for part in sorted({part for taken in left for part in combinations(taken, size)}):
            having = [taken for taken in every if set(part) <= set(taken)]
            if all(taken in unsound for taken in having):
                found[part] = faults(part) or unsound[having[0]]
                left -= set(having)
    single = [
        replace(problem, path=_named(scheme, choices, taken))
        for taken, problems in found.items()
        if len(taken) == 1
        for problem in problems
    ]
    if single:
        raise SchemeError(single)
    said = {taken: _at_odds(_named(scheme, choices, taken), problems) for taken, problems in found.items()}
    schemes: dict[Combination, Scheme] = {}
    for numbers in product(*(range(len(those)) for those in edits.values())):
        taken = tuple(zip(edits, numbers, strict=True))
        made = sound.get(tuple(number for at, number in taken if at in ways))
        if made is not None:
            schemes[numbers] = with_free(made, [edits[at][number] for at, number in taken if at not in ways])
    return said, schemes


def _named(scheme: Scheme, choices: Sequence[AbstractChoice], taken: Taken) -> str:
    """Alternatives by the names of their choices."""
    named = ((choices[at], number) for at, number in taken)
    return "; ".join(
        f"{choice.title()}: {choice.labels(scheme.index)[number]}"
        for choice, number in named
        if isinstance(choice, AbstractPick)
    )


def _at_odds(named: str, problems: Sequence[Problem]) -> Problem:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Problem(
        path=named,
        found=f"{problems[0].found}{more}",
        rule=problems[0].rule,
        remedy="leave one of them out, or set conflicts: exclude to leave out the draws that have all of them",
    )


@dataclass(frozen=True, eq=False)
class Ways:
    """The stages of an index, each computed once for all combinations that are alike up to it."""

    scheme: Scheme
    measured: Table
    """Values of the units to be ranked."""
    discrete: tuple[AbstractChoice, ...]
    """The choices that have alternatives."""
    seed: int
    """Of multiple imputation."""
    reference: Result | None = None
    """The result that fixes the scale."""
    references: Mapping[str, Result] = field(default_factory=dict)
    """Results that may fix the scale, by the names that a choice knows them by."""
    rules: dict[Combination, Scheme] = field(default_factory=dict)
    """Schemes that are made already, by the numbers of alternatives."""
    _made: dict[tuple[str, Combination], Any] = field(default_factory=dict)

    def variant(self, combination: Combination) -> Variant:
        """The index computed in one way."""
        rules = self._rules(combination)
        scores = self._once("scores", "normalise", combination, self._scores)
        # Weights that are made from data look at scores of groups, which the aggregation makes.
        weights = self._once("weights", "aggregate" if _reads(rules) else "", combination, self._weights)
        return Variant(rules, scores, weights)

    def _once(self, what: str, stage: str, combination: Combination, make: Callable[[Combination], T]) -> T:
        """What a stage gives, by any combination of those alike up to it: it reads no later stage's method."""
        reads = STAGES[: STAGES.index(stage) + 1] if stage else ("denominate", "weigh")
        upto = tuple(
            number if choice.stage in reads else -1
            for choice, number in zip(self.discrete, combination, strict=True)
        )
        if (what, upto) not in self._made:
            self._made[what, upto] = make(combination)
        found: T = self._made[what, upto]
        return found

    def _rules(self, combination: Combination) -> Scheme:
        """The scheme with the alternatives in place."""
        taken = [
            (choice, number)
            for choice, number in zip(self.discrete, combination, strict=True)
            if isinstance(choice, AbstractAlternatives)
        ]
        numbers = tuple(number for _, number in taken)
        if numbers not in self.rules:
            self.rules[numbers] = edited(self.scheme, [c.edits(self.scheme.index)[number] for c, number in taken])
        return self.rules[numbers]

    def _ratios(self, combination: Combination) -> Table:
        rules = self._rules(combination)
        return stages.denominate(self.measured.select(rules.columns), rules)

    def _completed(self, combination: Combination) -> Table:
        ratios = self._once("ratios", "denominate", combination, self._ratios)
        for choice, number in zip(self.discrete, combination, strict=True):
            if isinstance(choice, MultipleImputation):
                draws = partial(self._drawn, ratios=ratios, n=choice.n)
                return self._once("draws", "denominate", combination, draws)[number]
        rules = self._rules(combination)
        return stages.impute(ratios, rules, beside=self.measured.select(rules.columns))

    def _drawn(self, _: Combination, *, ratios: Table, n: int) -> list[Table]:
        try:
            return [ratios.holding(sealed(x).T) for x in em.draws(np.array(ratios.values.T), n, self.seed)]
        except Undefined as refusal:
            raise MethodError(named(refusal, ratios.columns, ratios.units)) from None

    def _treated(self, combination: Combination) -> Treatment:
        completed = self._once("completed", "impute", combination, self._completed)
        return stages.treat(completed, self._rules(combination))

    def _scores(self, combination: Combination) -> Scores:
        treatment = self._once("treated", "treat", combination, self._treated)
        base = self.reference
        for choice, number in zip(self.discrete, combination, strict=True):
            if isinstance(choice, VaryReference):
                name = choice.among[number]
                base = None if name == OWN else self.references[name]
        fixed = None if base is None else base.treatment
        rules = self._rules(combination)
        refuse_other_forms(treatment, rules, reference=fixed)
        return stages.normalise(treatment.table, rules, reference=None if fixed is None else fixed.table)

    def _weights(self, combination: Combination) -> Weights:
        scores = self._once("scores", "normalise", combination, self._scores)
        return stages.weigh(scores, self._rules(combination))


def _reads(scheme: Scheme) -> bool:
    """Whether any weights are made from data; else they depend on the tree and on how it is weighed."""
    return any(scheme.weigher_of(group).needs != "nothing" for group in scheme.groups)


def variants(
    scheme: Scheme,
    measured: Table,
    choices: Sequence[AbstractChoice],
    wanted: Sequence[Combination],
    *,
    seed: int,
    reference: Result | None = None,
    references: Mapping[str, Result] | None = None,
    rules: dict[Combination, Scheme] | None = None,
    ready: Callable[[Variant], object] = lambda way: way.groups,
) -> dict[Combination, Variant]:
    """Compute the index in every way wanted, each stage once for the ways that share all up to it.

    Parameters
    ----------
    scheme, measured
        The scheme, and the values of the units to be ranked.
    choices
        All choices; those without alternatives stay nominal.
    wanted
        One number for each choice that has alternatives.
    seed
        Of multiple imputation.
    reference
        The result that fixes the scale.
    references
        Results that may fix the scale, by name.
    rules
        Schemes that are made already, as `conflicts` makes them.
    ready
        Works out of each way what no draw changes; the scores of all groups when not given.

    Raises
    ------
    SchemeError, MethodError
        A way that cannot be computed, by the names of its alternatives.
    """
    positions = [at for at, choice in enumerate(choices) if n_alternatives(choice, scheme)]
    ways = Ways(
        scheme, measured, tuple(choices[at] for at in positions), seed, reference, references or {}, rules or {}
    )
    found: dict[Combination, Variant] = {}
    problems: list[Problem] = []
    for combination in wanted:
        try:
            found[combination] = way = ways.variant(combination)
            ready(way)
        except (MethodError, SchemeError) as error:
            said = _named(scheme, choices, tuple(zip(positions, combination, strict=True)))
            problems += [replace(problem, path=said) for problem in error.problems]
    if problems:
        raise MethodError(problems)
    return found
