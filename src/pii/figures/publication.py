"""Every figure that a publication of a result shows, from its arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from pii.arrays import Matrix, Vector
from pii.chapters import pillars
from pii.expectation import expectation
from pii.figures.change import change_arrows
from pii.figures.correlations import correlation_map
from pii.figures.dominance import hasse
from pii.figures.framework import framework
from pii.figures.ranks import acceptability, effects, rank_intervals
from pii.figures.scatter import scatter
from pii.figures.scores import heat_map, profile, stacked
from pii.figures.words import Language, percent, said, title
from pii.methods.expect import AbstractCurve, Line
from pii.numerics.correlation import pearson
from pii.result import Result
from pii.robustness.bounds import Dominance
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study
from pii.tree import Indicator, Node

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figures"]

_LINE = Line()
_ROWS = 45  # nodes that a profile may have: its page is then filled


def figures(
    result: Result,
    *,
    study: Study | None = None,
    drivers: Sensitivity | None = None,
    level: float = 0.9,
    dominance: tuple[float, Dominance] | None = None,
    before: Result | None = None,
    covariate: tuple[str, Vector] | None = None,
    curve: AbstractCurve = _LINE,
    language: Language = "en",
) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The name of each figure that can be drawn, and what draws it.

    Parameters
    ----------
    result
        What was computed.
    study
        For rank intervals and acceptability, with this share of the draws between the ends.
    drivers
        For effects of the choices that the study varies.
    level
        From 0 to 1.
    dominance
        For the Hasse diagram: how far weights may be from the nominal ones, as a part of them, and who is then
        always above whom.
    before
        The edition before, for arrows from its ranks; units go by their codes.
    covariate
        For the scatter: what it is called, and its values for all units of the table, above 0.
    curve
        What is laid through the scores; a line unless another is given.
    language
        Of words, and of names that have several.
    """
    at = _Names(result, language)
    head: _Head = {"title": at.title, "language": language}
    decimals, indicators = result.scheme.decimals, result.scheme.indicators
    if study is not None:
        yield "ranks", lambda: _intervals(study, level, head)
        yield "acceptability", lambda: _acceptability(study, head)
    if drivers is not None:
        yield "effects", lambda: _effects(drivers, head)
    if dominance is not None:
        yield "dominance", lambda: _hasse(*dominance, head)
    brought = result.contributions[:, [result.scheme.nodes.index(node) for node in at.pillars]]
    if not np.isnan(brought).all():
        labels = at.labels(at.pillars)
        yield "contributions", lambda: stacked(at.units, brought, labels, decimals=decimals, **head)
    yield "scores", lambda: _scores(result, at, at.pillars, head)
    if indicators != at.pillars:
        yield "indicators", lambda: _scores(result, at, indicators, head)
    yield "correlations", lambda: _correlations(at, indicators, head)
    yield "framework", lambda: _framework(result, at, head)
    if before is not None:
        yield "changes", lambda: _changes(result, before, head)
    if covariate is not None:
        yield "covariate", lambda: _against(result, covariate, curve, head)
    for unit in result.best_first.tolist():
        yield f"profile-{result.composite.units.codes[unit]}", partial(_profile, result, at, unit, head)


class _Head(TypedDict):
    """What all figures of a publication have in common."""

    title: str
    language: Language


class _Names:
    """What nodes and units are called, and the scores of nodes."""

    def __init__(self, result: Result, language: Language) -> None:
        self.result, self.language = result, language
        self.title = title(result, language)
        self.units = result.composite.units.names
        self.pillars = pillars(result.scheme)

    def labels(self, nodes: tuple[Node, ...]) -> list[str]:
        """By code and name; the index by name."""
        index = self.result.scheme.index
        return [
            f"{node.code} {node.title(self.language)}"
            if node.name and node is not index
            else node.title(self.language)
            for node in nodes
        ]

    def short(self, nodes: tuple[Node, ...]) -> list[str]:
        """By name where they are few, else by code."""
        return self.labels(nodes) if len(nodes) <= 12 else [node.code for node in nodes]

    def scores(self, nodes: tuple[Node, ...]) -> Matrix:
        """(units, nodes)."""
        of = self.result.scores, self.result.composite
        return np.array([of[not isinstance(node, Indicator)].column(node.code) for node in nodes]).T

    def groups(self, nodes: tuple[Node, ...]) -> list[str]:
        """The pillar above each node, by code."""
        parents, known = self.result.scheme.parents, {node.code for node in self.pillars}
        found = []
        for node in nodes:
            code = node.code
            while code not in known and code in parents:
                code = parents[code]
            found.append(code)
        return found


def _intervals(study: Study, level: float, head: _Head) -> Figure:
    frame = study.intervals(level=level)
    return rank_intervals(list(frame["name"]), frame["rank"], frame["low"], frame["high"], **head)


def _acceptability(study: Study, head: _Head) -> Figure:
    frame = study.intervals()
    return acceptability(study.acceptability(), list(frame["name"]), frame["rank"], **head)


def _effects(drivers: Sensitivity, head: _Head) -> Figure:
    frame = drivers.overall()
    ends = [(frame[f"{which}_low"], frame[f"{which}_high"]) for which in ("first", "total")]
    return effects(list(frame.index), frame["first"], frame["total"], *ends, **head)


def _hasse(spread: float, dominance: Dominance, head: _Head) -> Figure:
    """With how far weights may be off in the title."""
    units, language = dominance.part.units, head["language"]
    within = said("weights within", language, value=percent(spread, language))
    about: _Head = {"title": f"{head['title']} - {within}", "language": language}
    return hasse(units.names, dominance.edges, dominance.tiers, units.codes, **about)


def _scores(result: Result, at: _Names, nodes: tuple[Node, ...], head: _Head) -> Figure:
    ranks = result.ranking.values[:, 0]
    return heat_map(at.units, at.scores(nodes), at.short(nodes), ranks, decimals=1, **head)


def _correlations(at: _Names, nodes: tuple[Node, ...], head: _Head) -> Figure:
    codes = [node.code for node in nodes]
    return correlation_map(codes, pearson(at.scores(nodes).T).coefficients, at.groups(nodes), **head)


def _framework(result: Result, at: _Names, head: _Head) -> Figure:
    nodes, scheme = result.scheme.nodes, result.scheme
    place = {node.code: position for position, node in enumerate(nodes)}
    worth = dict(zip(result.weights.nodes, result.weights.effective.tolist(), strict=True))
    parents = [place.get(scheme.parents.get(node.code, ""), -1) for node in nodes]
    return framework(at.labels(nodes), parents, [worth.get(node.code, 1.0) for node in nodes], **head)


def _changes(result: Result, before: Result, head: _Head) -> Figure:
    """Over the units that either edition ranks."""
    now, then = (
        dict(zip(one.composite.units.codes, one.ranking.values[:, 0].tolist(), strict=True))
        for one in (result, before)
    )
    called = dict(zip(before.composite.units.codes, before.composite.units.names, strict=True)) | dict(
        zip(result.composite.units.codes, result.composite.units.names, strict=True)
    )
    old, new = ([ranks.get(code, np.nan) for code in called] for ranks in (then, now))
    editions = [
        one.measured.period or one.scheme.edition or said(when, head["language"])
        for one, when in ((before, "before"), (result, "after"))
    ]
    return change_arrows(list(called.values()), old, new, editions, **head)


def _against(result: Result, covariate: tuple[str, Vector], curve: AbstractCurve, head: _Head) -> Figure:
    called, values = covariate
    frame = expectation(result, values, method=curve).to_frame()
    laid = frame.dropna(subset=["expected"]).sort_values("covariate", kind="stable")
    return scatter(
        list(frame["name"]),
        frame["covariate"],
        frame["score"],
        (laid["covariate"], laid["expected"], laid["low"], laid["high"]),
        axes_names=(called, result.scheme.index.title(head["language"])),
        is_log=True,
        **head,
    )


def _profile(result: Result, at: _Names, unit: int, head: _Head) -> Figure:
    """On the nodes down to the deepest level of which all have room."""
    nodes, levels, language = result.scheme.nodes, result.scheme.levels, at.language
    deepest = max(
        depth
        for depth in set(levels.values())
        if depth < 2 or sum(one <= depth for one in levels.values()) <= _ROWS
    )
    shown = tuple(node for node in nodes if levels[node.code] <= deepest)
    frame = result.profile(result.composite.units.codes[unit]).loc[[node.code for node in shown]]
    name = at.units[unit]
    places = zip(frame["rank"], frame["of"], strict=True)
    x = at.scores(shown)
    known = ~np.isnan(x)
    low, high = (
        np.where(known.any(axis=0), end(np.where(known, x, far), axis=0), np.nan)
        for end, far in ((np.min, np.inf), (np.max, -np.inf))
    )
    return profile(
        at.labels(shown),
        frame["score"],
        low,
        frame["mean"],
        high,
        unit=name,
        levels=[levels[node.code] for node in shown],
        leaders=[leader if some else "" for leader, some in zip(frame["leader"], frame["of"], strict=True)],
        ranks=["" if np.isnan(rank) else said("of", language, rank=f"{rank:g}", n=n) for rank, n in places],
        title=f"{name} - {head['title']}",
        language=at.language,
    )
