"""What differs between two results besides what units did, and what of it their scores do not bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from pii.compare.hybrids import Hybrids, Ways
from pii.compare.mixing import (
    DATA_FIELDS,
    DEFINITION,
    METHODS_OF_GROUPS,
    METHODS_OF_INDICATORS,
    STAGES,
    Mixer,
    proportions,
)
from pii.forms import is_relative
from pii.result import Result
from pii.scheme import Scheme
from pii.spec import Spec
from pii.tree import Group, Indicator, Node

__all__ = ["Difference", "Kind", "differences", "merged"]

Kind: TypeAlias = Literal[
    "synthetic",
    "borders",
    "entered",
    "left",
    "own scales",
    "scale moved",
    "one scale",
    "fixed scale",
    "treated otherwise",
    "added",
    "dropped",
    "redefined",
    "moved",
    "weight",
    "weighing",
    "method",
    "screening",
    "source",
    "not told apart",
    "held to the scale",
]
"""What a difference is about."""


class Difference(NamedTuple):
    """Something that differs between two editions, or that they have in common and a reader should know."""

    kind: Kind
    place: str
    """The node by its code, or the field of the scheme, or the unit; empty for all."""
    before: str
    after: str
    breaks: bool
    """Whether scores of the two editions do not say the same because of it."""


def differences(hybrids: Hybrids) -> tuple[Difference, ...]:
    """What differs: units, scale, indicators, weights, methods, sources, in this order."""
    return (
        *_units(hybrids),
        *_scale(hybrids),
        *_indicators(hybrids.mixer),
        *_weights(hybrids.mixer),
        *_methods(hybrids.mixer),
        *_sources(hybrids.mixer),
        *_refused(hybrids),
    )


def merged(before: Result, after: Result) -> Difference:
    """Editions of two systems of provinces, the first of which is computed anew in the borders of the second."""
    systems = [result.measured.units.system or "" for result in (before, after)]
    return Difference("borders", "", systems[0], systems[1], True)


def _units(hybrids: Hybrids) -> Iterator[Difference]:
    old, new = hybrids.editions
    if old.is_synthetic != new.is_synthetic:
        kinds = [("real", "SYNTHETIC")[result.is_synthetic] for result in (old, new)]
        yield Difference("synthetic", "", kinds[0], kinds[1], True)
    places = [
        dict(zip(result.composite.units.codes, result.ranking.values[:, 0].tolist(), strict=True))
        for result in (old, new)
    ]
    for code, name in zip(hybrids.units.codes, hybrids.units.names, strict=True):
        ranked = [not np.isnan(place.get(code, np.nan)) for place in places]
        if ranked[0] != ranked[1]:
            kind: Kind = "left" if ranked[0] else "entered"
            said = ["not ranked" if not is_ranked else "ranked" for is_ranked in ranked]
            yield Difference(kind, name, said[0], said[1], False)


def _scale(hybrids: Hybrids) -> Iterator[Difference]:
    old, new = hybrids.editions
    given = [result.reference for result in (old, new)]
    said = [(table.period or table.title or "a reference") if table is not None else "own" for table in given]
    common = hybrids.mixer.common
    ways = [Ways(0, 0, 0, 0), Ways(1, 0, 0, 0)]
    scores = [hybrids.scores(0, each) for each in ways]
    moved = [code for code in common if not _same(scores[0].column(code), scores[1].column(code))]
    if moved:
        kind: Kind = "own scales" if said == ["own", "own"] else "scale moved"
        yield Difference(kind, ", ".join(moved), said[0], said[1], True)
    elif any(_is_relative(old.scheme, code) for code in common):
        yield Difference("one scale", "", said[0], said[1], False)
    else:
        yield Difference("fixed scale", "", "", "", False)
    for code in common:
        rules = [result.treatment.rules.get(code, "") for result in (old, new)]
        if rules[0].partition(":")[0] != rules[1].partition(":")[0]:
            yield Difference("treated otherwise", code, rules[0] or "none", rules[1] or "none", True)


def _same(first: Any, second: Any) -> bool:
    return bool(np.array_equal(first, second, equal_nan=True))


def _is_relative(scheme: Scheme, code: str) -> bool:
    """Whether the scale of an indicator depends on the values."""
    node = scheme.node(code)
    return isinstance(node, Indicator) and is_relative(scheme.normaliser_of(node))


def _indicators(mixer: Mixer) -> Iterator[Difference]:
    yield from (Difference("added", node.code, "", node.title(), True) for node in mixer.only(1))
    yield from (Difference("dropped", node.code, node.title(), "", True) for node in mixer.only(0))
    for code, was, is_now in mixer.both(Indicator):
        for field in (*DATA_FIELDS, *DEFINITION):
            if getattr(was, field) != getattr(is_now, field):
                yield Difference("redefined", f"{code}.{field}", _said(was, field), _said(is_now, field), True)
    lone = {node.code for node in mixer.only(1)}  # an indicator that became a group is another node
    old_groups, new_groups = (_parents(nodes) for nodes in mixer.nodes)
    for code, now in new_groups.items():
        if code in old_groups and old_groups[code] != now and code not in lone:
            yield Difference("moved", code, old_groups[code], now, True)


def _parents(nodes: Mapping[str, Node]) -> dict[str, str]:
    """The group of each node; the index is empty."""
    groups = [(code, node) for code, node in nodes.items() if isinstance(node, Group)]
    return {child.code: code for code, group in groups for child in group.children}


def _weights(mixer: Mixer) -> Iterator[Difference]:
    for code, old, new in mixer.both(Group):
        ways = [scheme.weigher_of(group) for scheme, group in zip(mixer.editions, (old, new), strict=True)]
        if ways[0] != ways[1]:
            yield Difference("weighing", code or new.code, _plain(ways[0]), _plain(ways[1]), True)
        shared = mixer.shared(old, new)
        for child, before, after in zip(shared, proportions(old, shared), proportions(new, shared), strict=True):
            if before != after:
                yield Difference("weight", child, f"{before:.4g}", f"{after:.4g}", True)


def _methods(mixer: Mixer) -> Iterator[Difference]:
    before, after = mixer.editions
    for field in STAGES:
        if getattr(before, field) != getattr(after, field):
            yield Difference("method", field, _said(before, field), _said(after, field), field != "rank")
    pairs: list[tuple[tuple[str, Node, Node], tuple[str, ...]]] = []
    pairs += [(pair, METHODS_OF_INDICATORS) for pair in mixer.both(Indicator)]
    pairs += [(pair, METHODS_OF_GROUPS) for pair in mixer.both(Group)]
    for (_, old, new), fields in pairs:
        for field in fields:
            if getattr(old, field) != getattr(new, field):
                yield Difference("method", f"{new.code}.{field}", _said(old, field), _said(new, field), True)
    # Whether rows without any value are refused or listed decides no rank, and new borders change it.
    if before.screen.replace(empty=after.screen.empty) != after.screen:
        yield Difference("screening", "screen", _said(before, "screen"), _said(after, "screen"), False)


def _sources(mixer: Mixer) -> Iterator[Difference]:
    for code, old, new in mixer.both(Indicator):
        if old.source != new.source:
            yield Difference("source", code, old.source, new.source, True)
    columns = [{column.code: column for column in scheme.denominators} for scheme in mixer.editions]
    for code, column in columns[1].items():
        if code in columns[0] and columns[0][code].source != column.source:
            yield Difference("source", code, columns[0][code].source, column.source, True)


def _refused(hybrids: Hybrids) -> Iterator[Difference]:
    if hybrids.refusal:
        yield Difference("not told apart", "", "", hybrids.refusal, False)
    if hybrids.held:
        yield Difference("held to the scale", "", "", "", False)


def _said(of: Any, field: str) -> str:
    return _plain(getattr(of, field))


def _plain(value: Any) -> str:
    """A value as a scheme file has it."""
    if value is None:
        return ""
    if hasattr(value, "declaration"):
        return str(value.declaration())
    if isinstance(value, Spec):
        return str(value.model_dump(mode="json", exclude_defaults=True))
    return f"{value:g}" if isinstance(value, float) else str(value)
