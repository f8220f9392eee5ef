"""One change at a time: a node or a unit left out, a method swapped; and what each does to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from pii.arrays import Matrix, sealed, shares
from pii.choices.choice import AbstractAlternatives, Edit
from pii.choices.design import Choice, Uncertainty
from pii.compute import compute
from pii.errors import MethodError, SchemeError, TableError
from pii.methods.weigh import Equal, Given
from pii.result import Result
from pii.robustness.editing import edited
from pii.robustness.study import declared
from pii.robustness.variants import Ways
from pii.roll_up import roll_up
from pii.scheme import Scheme
from pii.scores import Weights
from pii.tree import Group, Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Swaps", "leave_out", "swap"]


@dataclass(frozen=True, eq=False)
class Swaps:
    """The index computed with one change at a time."""

    result: Result
    """The index as it stands."""
    changes: tuple[str, ...]
    """What was changed."""
    scores: Matrix
    """Of the index, (changes, ranked units); NaN for a unit that is left out."""

    @property
    def ranks(self) -> Matrix:
        """Places by those scores, of the same shape."""
        return self.result.scheme.rank(self.scores)

    def to_frame(self) -> pd.DataFrame:
        """One row a change and unit: change, unit, name, rank (as it stands), new_rank, shift (up is < 0), score.

        Where a unit is left out those behind it move up by one for that alone.
        """
        import pandas as pd

        units = self.result.composite.units
        k, n = self.scores.shape
        nominal, ranks = self.result.ranking.values[:, 0], self.ranks
        return pd.DataFrame(
            {
                "change": np.repeat(np.array(self.changes, dtype=object), n),
                "unit": np.tile(np.array(units.codes, dtype=object), k),
                "name": np.tile(np.array(units.names, dtype=object), k),
                "rank": np.tile(nominal, k),
                "new_rank": ranks.ravel(),
                "shift": (ranks - nominal).ravel(),
                "score": self.scores.ravel(),
            }
        )

    def summary(self) -> pd.DataFrame:
        """One row a change: the mean absolute shift of ranks, the largest, whose it is, and how many units move."""
        import pandas as pd

        shift = self.ranks - self.result.ranking.values[:, 0]
        away = np.where(np.isnan(shift), 0.0, np.abs(shift))
        counted = np.maximum(np.count_nonzero(~np.isnan(shift), axis=1), 1)
        whose = away.argmax(axis=1)
        names = np.array(self.result.composite.units.names, dtype=object)
        return pd.DataFrame(
            {
                "mean_shift": away.sum(axis=1) / counted,
                "largest": shift[np.arange(len(shift)), whose],
                "whose": np.where(away.max(axis=1, initial=0.0) > 0, names[whose], ""),
                "moved": np.count_nonzero(away, axis=1),
            },
            index=pd.Index(self.changes, name="change"),
        )

    def __repr__(self) -> str:
        return f"<Swaps of {self.result.title}: {len(self.changes)} changes>"


def leave_out(result: Result, what: Literal["indicators", "groups", "units"] = "indicators") -> Swaps:
    """Compute the index without each indicator, each group, or each unit.

    Weights of the others keep their ratios, or are made anew where they are made from data. A group of which
    nothing that counts is left goes with the node; a node without which nothing is left of the index stays, and has
    no row. Without a unit the scale may move. Who is ranked is decided once, by the scheme as it stands.

    Parameters
    ----------
    result
        The index as it stands.
    what
        What is left out, one at a time.

    Raises
    ------
    MethodError, TableError
        An index that cannot be computed without one of them, by its name.

    Examples
    --------
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b"), Indicator(code="c")])
    >>> table = Table.of({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 1.0], "c": [3.0, 1.0, 2.0]}, units=list("xyz"))
    >>> leave_out(compute(Scheme(code="demo", index=index), table)).ranks.tolist()
    [[1.0, 2.0, 2.0], [2.0, 3.0, 1.0], [1.0, 1.0, 1.0]]
    """
    if what == "units":
        return _without_units(result)
    scheme = result.scheme
    nodes: tuple[Node, ...] = scheme.indicators if what == "indicators" else scheme.groups[1:]
    gone = {node.code: _gone_with(scheme, node.code) for node in nodes}
    codes = [code for code in gone if gone[code] != scheme.index.code]
    if codes and _shares_alone(result):
        scores = _reweighted(result, [gone[code] for code in codes])
    else:
        scores = _computed(result, {f"without {code}": Edit(dropped=gone[code]) for code in codes})
    return Swaps(result, tuple(f"without {code}" for code in codes), sealed(scores))


def swap(result: Result, uncertain: Uncertainty | Sequence[Choice] | None = None) -> Swaps:
    """Compute the index with each alternative of each choice in turn, all else as it stands.

    Parameters
    ----------
    result
        The index as it stands.
    uncertain
        The choices; those without alternatives, such as weights, are passed over. The scheme's own when not given.

    Raises
    ------
    SchemeError, MethodError
        An alternative that does not go with the scheme, or cannot be computed, by its name.

    Examples
    --------
    >>> from pii.choices.alternatives import VaryNormalisation
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")])
    >>> table = Table.of({"a": [1.0, 5.0, 4.0], "b": [9.0, 1.0, 2.0]}, units=list("xyz"))
    >>> result = compute(Scheme(code="demo", index=index), table)
    >>> found = swap(result, [VaryNormalisation(among=["minmax", "rank"])])
    >>> found.changes, found.ranks.tolist()
    (('normalise: minmax', 'normalise: rank'), [[1.0, 1.0, 3.0], [1.0, 1.0, 1.0]])
    """
    choices = declared(result.scheme, uncertain, seed=0).choices
    edits: dict[str, Edit] = {}
    for choice in choices:
        if isinstance(choice, AbstractAlternatives):
            ways = zip(choice.labels(result.scheme.index), choice.edits(result.scheme.index), strict=True)
            edits |= {f"{choice.title()}: {label}": edit for label, edit in ways}
    return Swaps(result, tuple(edits), sealed(_computed(result, edits)))


def _computed(result: Result, edits: Mapping[str, Edit]) -> Matrix:
    """Scores of the index by schemes with one edit each, (edits, units)."""
    measured = result.measured.take(result.screening.eligible)
    found = np.empty((len(edits), len(measured.units)))
    for row, (change, edit) in enumerate(edits.items()):
        with _about(change):
            rules = edited(result.scheme, [edit])
            found[row] = Ways(rules, measured, (), seed=0).variant(()).groups[rules.index.code]
    return found


@contextmanager
def _about(change: str) -> Iterator[None]:
    """Say of every refusal which change it is about."""
    try:
        yield
    except (SchemeError, TableError, MethodError) as error:
        raise type(error)(replace(problem, path=change) for problem in error.problems) from None


def _gone_with(scheme: Scheme, code: str) -> str:
    """The node itself, or the highest group of which nothing that counts is left without it."""
    while code in scheme.parents:
        group = scheme.node(scheme.parents[code])
        assert isinstance(group, Group)  # noqa: S101 - parents are
        given = isinstance(scheme.weigher_of(group), Given)
        if any(child.weight > 0 or not given for child in group.children if child.code != code):
            return code
        code = group.code
    return code


def _shares_alone(result: Result) -> bool:
    """Whether leaving a node out changes the shares of its siblings, and nothing else."""
    scheme = result.scheme
    gaps = bool(np.isnan(result.ratios.values[result.screening.eligible]).any())
    return (
        not (gaps and any(scheme.imputer_of(indicator).looks_across for indicator in scheme.indicators))
        and all(isinstance(scheme.weigher_of(group), Given | Equal) for group in scheme.groups)
        and all(scheme.coverage_of(group) == 0 for group in scheme.groups)
        and all(group.impute is None and group.normalise is None for group in scheme.groups)
    )


def _reweighted(result: Result, codes: Sequence[str]) -> Matrix:
    """Scores of the index with the share of one node after the other set to 0."""
    scheme, nominal = result.scheme, result.weights
    parents = np.array(nominal.parents)
    drawn = np.repeat(nominal.shares[None], len(codes), axis=0)
    for row, code in enumerate(codes):
        drawn[row, nominal.nodes.index(code)] = 0.0
        siblings = parents == scheme.parents[code]
        drawn[row, siblings] = shares(drawn[row, siblings])
    weights = Weights(nominal.nodes, nominal.parents, sealed(drawn))
    return np.array(roll_up(result.scores, weights, scheme, scheme.index)[scheme.index.code])


def _without_units(result: Result) -> Swaps:
    scheme = result.scheme
    units = result.composite.units
    measured = result.measured.take(result.screening.eligible)
    rules = edited(scheme, [])
    scores = np.full((len(units), len(units)), np.nan)
    for at in range(len(units)):
        others = np.delete(np.arange(len(units)), at)
        with _about(f"without {units.names[at]}"):
            scores[at, others] = compute(rules, measured.take(others)).composite.values[:, 0]
    return Swaps(result, tuple(f"without {name}" for name in units.names), sealed(scores))
