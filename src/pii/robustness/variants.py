"""The ways to compute an index that a study has in mind: each combination of alternatives computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, product
from math import prod
from typing import Any, TypeAlias, TypeVar

import numpy as np
from pydantic import ValidationError

from pii import stages
from pii.arrays import Vector, sealed
from pii.choices.alternatives import MultipleImputation
from pii.choices.choice import AbstractAlternatives, AbstractChoice, AbstractOnGroups, Edit
from pii.choices.data import DataError
from pii.choices.weights import AbstractWeights, WeightExperts
from pii.errors import MethodError, Problem, SchemeError, Undefined
from pii.naming import named
from pii.numerics import em
from pii.result import Result
from pii.roll_up import roll_up
from pii.scheme import Column, Faults, Scheme
from pii.scores import Scores, Weights
from pii.screen import Screen
from pii.table import Table
from pii.tree import Group, Node

__all__ = [
    "Combination",
    "Taken",
    "Variant",
    "Ways",
    "conflicts",
    "edited",
    "n_alternatives",
    "refuse_alternatives",
    "replaced",
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
    groups: Mapping[str, Vector]
    """Scores of every group by those weights, (units,)."""


def n_alternatives(choice: AbstractChoice, scheme: Scheme) -> int:
    """How many ways there are; 0 for a choice along a line, such as a weight."""
    if isinstance(choice, AbstractAlternatives):
        return len(choice.edits(scheme.index))
    return choice.n if isinstance(choice, MultipleImputation) else 0


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
    elif isinstance(choice, AbstractAlternatives):
        edit = choice.edits(scheme.index)[-1]
        yield from (f"{field} of the scheme" for field in edit.fields)
        yield from (f"{field} of {code!r}" for code, fields in edit.nodes.items() for field in fields)


def conflicts(scheme: Scheme, choices: Sequence[AbstractChoice]) -> Mapping[tuple[tuple[int, int], ...], Problem]:
    """Alternatives of which no scheme can be made, whatever the others are: as few at a time as tell why.

    Keys are positions of choices with the numbers of their alternatives, mostly of two.

    Raises
    ------
    SchemeError
        An alternative that goes with none of the others.
    """
    ways = {
        at: choice.edits(scheme.index)
        for at, choice in enumerate(choices)
        if isinstance(choice, AbstractAlternatives)
    }

    def faults(taken: Taken) -> tuple[Problem, ...]:
        return _faults(scheme, [ways[at][number] for at, number in taken])

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
    return {taken: _at_odds(_named(scheme, choices, taken), problems) for taken, problems in found.items()}


def _named(scheme: Scheme, choices: Sequence[AbstractChoice], taken: Taken) -> str:
    """Alternatives by the names of their choices."""
    said = []
    for at, number in taken:
        choice = choices[at]
        if isinstance(choice, AbstractAlternatives):
            said.append(f"{choice.title()}: {choice.labels(scheme.index)[number]}")
    return "; ".join(said)


def _at_odds(named: str, problems: Sequence[Problem]) -> Problem:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Problem(
        path=named,
        found=f"{problems[0].found}{more}",
        rule=problems[0].rule,
        remedy="leave one of them out, or set conflicts: exclude to leave out the draws that have all of them",
    )


def _faults(scheme: Scheme, edits: Sequence[Edit]) -> tuple[Problem, ...]:
    try:
        edited(scheme, edits)
    except SchemeError as error:
        return error.problems
    return ()


def edited(scheme: Scheme, edits: Sequence[Edit]) -> Scheme:
    """The scheme with alternatives in place, without its rules of screening, which are applied once.

    Where a node is left out, its group needs no more children for a score than it has left.

    Raises
    ------
    SchemeError
        The alternatives do not go together.
    """
    dropped = {edit.dropped for edit in edits if edit.dropped}
    nodes: dict[str, dict[str, object]] = {}
    fields: dict[str, object] = {"uncertainty": None, "screen": Screen(measured=0)}
    for edit in edits:
        fields |= edit.fields
        for code, changes in edit.nodes.items():
            nodes[code] = {**nodes.get(code, {}), **changes}
    if dropped or nodes:
        index = _rebuilt(scheme.index, nodes, dropped)
        if not isinstance(index, Group):
            found = "all that the index is made of is left out"
            raise SchemeError(Problem(found=found, rule="something stays in it", remedy="leave less out at a time"))
        fields |= {"index": index, "denominators": _columns(scheme, index)}
    return replaced(scheme, **fields)


def replaced(scheme: Scheme, **fields: object) -> Scheme:
    """The scheme with other fields.

    Raises
    ------
    SchemeError
        It breaks a rule.
    """
    try:
        return scheme.replace(**fields)
    except ValidationError as error:
        raised = error.errors()[0].get("ctx", {}).get("error")
        raise SchemeError(raised.problems if isinstance(raised, Faults) else Problem(found=str(error))) from None


def _rebuilt(node: Node, nodes: Mapping[str, Mapping[str, object]], dropped: set[str]) -> Node | None:
    if node.code in dropped:
        return None
    changes = dict(nodes.get(node.code, {}))
    if isinstance(node, Group):
        children = [_rebuilt(child, nodes, dropped) for child in node.children]
        left = tuple(child for child in children if child is not None)
        if not left:
            return None
        if any(old is not new for old, new in zip(node.children, children, strict=True)):
            changes["children"] = left
            changes["at_least"] = node.at_least and min(node.at_least, len(left))
    return node.replace(**changes) if changes else node


def _columns(scheme: Scheme, index: Group) -> tuple[Column, ...]:
    """The declared ones, and indicators left out, which others may be put per or filled by."""
    there = {indicator.code for indicator in index.indicators()}
    gone = (indicator.code for indicator in scheme.indicators if indicator.code not in there)
    return (*scheme.denominators, *(Column(code=code) for code in gone))


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
    _made: dict[tuple[str, Combination], Any] = field(default_factory=dict)

    def variant(self, combination: Combination) -> Variant:
        """The index computed in one way."""
        rules = self._rules("aggregate", combination)
        scores = self._once("scores", "normalise", combination, self._scores)
        # Weights that are made from data look at scores of groups, which the aggregation makes.
        weights = self._once("weights", "aggregate", combination, self._weights)
        return Variant(rules, scores, weights, roll_up(scores, weights, rules, rules.index))

    def _once(self, what: str, stage: str, combination: Combination, make: Callable[[Combination], T]) -> T:
        upto = tuple(
            -1 if STAGES.index(choice.stage) > STAGES.index(stage) else number
            for choice, number in zip(self.discrete, combination, strict=True)
        )
        if (what, upto) not in self._made:
            self._made[what, upto] = make(upto)
        found: T = self._made[what, upto]
        return found

    def _rules(self, stage: str, combination: Combination) -> Scheme:
        """The scheme with the alternatives of a stage and those before in place."""
        return self._once(f"rules of {stage}", stage, combination, self._edited)

    def _edited(self, combination: Combination) -> Scheme:
        edits = [
            choice.edits(self.scheme.index)[number]
            for choice, number in zip(self.discrete, combination, strict=True)
            if number >= 0 and isinstance(choice, AbstractAlternatives)
        ]
        return edited(self.scheme, edits)

    def _ratios(self, combination: Combination) -> Table:
        rules = self._rules("denominate", combination)
        return stages.denominate(self.measured.select(rules.columns), rules)

    def _completed(self, combination: Combination) -> Table:
        ratios = self._once("ratios", "denominate", combination, self._ratios)
        for choice, number in zip(self.discrete, combination, strict=True):
            if isinstance(choice, MultipleImputation):
                draws = partial(self._drawn, ratios=ratios, n=choice.n)
                return self._once("draws", "denominate", combination, draws)[number]
        rules = self._rules("impute", combination)
        return stages.impute(ratios, rules, beside=self.measured.select(rules.columns))

    def _drawn(self, _: Combination, *, ratios: Table, n: int) -> list[Table]:
        try:
            return [ratios.holding(sealed(x).T) for x in em.draws(np.array(ratios.values.T), n, self.seed)]
        except Undefined as refusal:
            raise MethodError(named(refusal, ratios.columns, ratios.units)) from None

    def _treated(self, combination: Combination) -> Table:
        completed = self._once("completed", "impute", combination, self._completed)
        return stages.treat(completed, self._rules("treat", combination)).table

    def _scores(self, combination: Combination) -> Scores:
        treated = self._once("treated", "treat", combination, self._treated)
        fixed = None if self.reference is None else self.reference.treatment.table
        return stages.normalise(treated, self._rules("normalise", combination), reference=fixed)

    def _weights(self, combination: Combination) -> Weights:
        scores = self._once("scores", "normalise", combination, self._scores)
        return stages.weigh(scores, self._rules("aggregate", combination))


def variants(
    scheme: Scheme,
    measured: Table,
    choices: Sequence[AbstractChoice],
    wanted: Sequence[Combination],
    *,
    seed: int,
    reference: Result | None = None,
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

    Raises
    ------
    SchemeError, MethodError
        A way that cannot be computed, by the names of its alternatives.
    """
    positions = [at for at, choice in enumerate(choices) if n_alternatives(choice, scheme)]
    ways = Ways(scheme, measured, tuple(choices[at] for at in positions), seed, reference)
    found: dict[Combination, Variant] = {}
    problems: list[Problem] = []
    for combination in wanted:
        try:
            found[combination] = ways.variant(combination)
        except (MethodError, SchemeError) as error:
            said = _named(scheme, choices, tuple(zip(positions, combination, strict=True)))
            problems += [replace(problem, path=said) for problem in error.problems]
    if problems:
        raise MethodError(problems)
    return found
