"""A study the obvious way: for every point of the cube a scheme edited as its file would be, and computed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.stats import gamma, norm

from pii.arrays import Matrix, Vector
from pii.choices.alternatives import AbstractIndicatorMethod, LeaveOut, MultipleImputation
from pii.choices.choice import AbstractOnGroups
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet, WeightExperts
from pii.compute import compute
from pii.numerics import em
from pii.result import Result
from pii.scheme import Scheme
from pii.spec import Spec
from pii.table import Table
from pii.tree import Group

__all__ = ["chosen", "composites", "ranks", "scores"]


def chosen(kind: type[Spec], **fields: Any) -> Any:
    """A choice, or several, read as a scheme file is: lists and bare names of methods will do."""
    return kind.model_validate(fields)


def scores(
    scheme: Scheme,
    table: Table,
    uncertainty: Uncertainty,
    points: Matrix,
    nodes: Sequence[str],
    *,
    reference: Result | None = None,
) -> Matrix:
    """Scores of the nodes at points of the cube, (nodes, points, ranked units); NaN for a node that is left out."""
    found = [composites(scheme, table, uncertainty, u, nodes, reference=reference) for u in points]
    return np.array(found).swapaxes(0, 1)


def ranks(x: Matrix) -> list[list[int]]:
    """1 and the number of units above, 0 for a unit without a score."""
    return [[0 if np.isnan(v) else 1 + sum(bool(w > v) for w in row) for v in row] for row in x]


def composites(
    scheme: Scheme,
    table: Table,
    uncertainty: Uncertainty,
    u: Vector,
    nodes: Sequence[str],
    *,
    reference: Result | None = None,
) -> list[Vector]:
    """Scores of the nodes at one point."""
    scheme = scheme.replace(uncertainty=None)
    kept = table.take(compute(scheme, table).screening.eligible)
    columns = [indicator.code for indicator in scheme.indicators]
    data = scheme.model_dump(mode="json") | {"screen": {"measured": 0, "empty": "exclude"}}
    numbers = iter(u.tolist())
    drawn: list[tuple[WeightBox | WeightDirichlet | WeightExperts, Group, list[float]]] = []
    completed: int | None = None
    values = {code: np.array(kept.column(code)) for code in kept.columns}
    for choice in uncertainty.choices:
        if isinstance(choice, WeightBox | WeightDirichlet | WeightExperts):
            drawn += [
                (choice, group, [next(numbers) for _ in range(width(choice, group))])
                for group in groups_of(choice, scheme)
            ]
        elif isinstance(choice, DataError):
            for code in [c for c in columns if not choice.indicators or c in choice.indicators]:
                some = [next(numbers) for _ in kept.units.codes]
                values[code] = disturbed(choice, values[code], values, some)
        elif isinstance(choice, MultipleImputation):
            completed = int(next(numbers) * choice.n)
        else:
            edit(data, scheme, choice, next(numbers))
    measured = Table.of(values, units=kept.units)
    if completed is not None:
        measured = imputed(data, measured, completed, uncertainty)
    edited = Scheme.model_validate(data)
    nominal = compute(edited, measured, reference=reference).weights
    share = dict(zip(nominal.nodes, nominal.shares.tolist(), strict=True))
    for choice, group, some in drawn:
        share |= shares(choice, group, share, some)
    weigh(data["index"], share)
    composite = compute(Scheme.model_validate(data), measured, reference=reference).composite
    return [
        composite.column(code) if code in composite.columns else np.full(len(kept.units), np.nan) for code in nodes
    ]


def disturbed(choice: DataError, x: Vector, values: dict[str, Vector], u: list[float]) -> Vector:
    """One column with errors."""
    z = norm.ppf(u) if choice.shape == "normal" else np.sqrt(12) * (np.array(u) - 0.5)
    if choice.relative is not None:
        return np.asarray(x + choice.relative * np.abs(x) * z)
    assert choice.standard_errors is not None
    return np.asarray(x + values[choice.standard_errors] * z)


def imputed(data: dict[str, Any], measured: Table, number: int, uncertainty: Uncertainty) -> Table:
    """The table of ratios with one draw in its gaps; there is nothing more to put per anything, nor to fill."""
    edited = Scheme.model_validate(data)
    ratios = compute(edited, measured).ratios
    choice = next(choice for choice in uncertainty.choices if isinstance(choice, MultipleImputation))
    x = list(em.draws(np.array(ratios.values.T), choice.n, uncertainty.seed))[number]
    for node in walk(data["index"]):
        node.pop("denominator", None)
    columns = dict(zip(ratios.columns, x, strict=True))
    return Table.of(columns | {c.code: np.ones(len(x.T)) for c in edited.denominators}, units=measured.units)


# The scheme as a file has it


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it."""
    yield node
    for child in node.get("children", ()):
        yield from walk(child)


def edit(data: dict[str, Any], scheme: Scheme, choice: Any, u: float) -> None:
    """Put the alternative in place that a number picks."""
    if isinstance(choice, LeaveOut):
        at = pick(u, choice.probabilities, len(choice.nodes) + 1)
        if at > 0:
            leave_out(data, choice.nodes[at - 1])
        return
    method = choice.among[pick(u, choice.probabilities, len(choice.among))].declaration()
    if isinstance(choice, AbstractIndicatorMethod):
        codes = set(choice.indicators)
    else:
        codes = {group.code for group in groups_of(choice, scheme)} if choice.groups or choice.levels else set()
    if not codes:
        data[choice.vary] = method
    for node in walk(data["index"]):
        if node["code"] in codes:
            node[choice.vary] = method


def pick(u: float, probabilities: Sequence[float], n: int) -> int:
    """The number of the alternative."""
    odds = list(probabilities) or [1.0] * n
    total = 0.0
    for at, odd in enumerate(odds):
        total += odd / sum(odds)
        if u < total:
            return at
    return n - 1


def leave_out(data: dict[str, Any], code: str) -> None:
    """Take a node out, and the groups that have nothing else; a denominator stays as a column."""
    before = {node["code"] for node in walk(data["index"]) if "children" not in node}

    def without(node: dict[str, Any]) -> dict[str, Any] | None:
        if node["code"] == code:
            return None
        if "children" in node:
            node["children"] = [left for child in node["children"] if (left := without(child))]
            if node.get("at_least"):
                node["at_least"] = min(node["at_least"], max(1, len(node["children"])))
            return node if node["children"] else None
        return node

    data["index"] = without(data["index"])
    left = list(walk(data["index"]))
    gone = before - {node["code"] for node in left}
    for needed in sorted({str(node.get("denominator")) for node in left} & gone):
        data["denominators"] = [*data["denominators"], {"code": needed}]


def weigh(node: dict[str, Any], share: dict[str, float]) -> None:
    """Give every child its share as its weight."""
    if "children" in node:
        node["weigh"] = "given"
        for child in node["children"]:
            child["weight"] = share[child["code"]]
            weigh(child, share)


# Weights


def groups_of(choice: AbstractOnGroups, scheme: Scheme) -> list[Group]:
    """The groups that a choice is about."""
    if not choice.groups and not choice.levels:
        return list(scheme.groups)
    return [g for g in scheme.groups if g.code in choice.groups or scheme.levels[g.code] in choice.levels]


def width(choice: WeightBox | WeightDirichlet | WeightExperts, group: Group) -> int:
    """How many numbers a group takes."""
    if isinstance(choice, WeightExperts):
        return 1 if hasattr(group.weigh, "points") else 0
    return len(group.children) if len(group.children) > 1 else 0


def shares(
    choice: WeightBox | WeightDirichlet | WeightExperts, group: Group, share: dict[str, float], u: list[float]
) -> dict[str, float]:
    """The shares drawn of the group's children that are left."""
    left = [child.code for child in group.children if child.code in share]
    if not u or len(left) < 2:
        return {}
    if isinstance(choice, WeightExperts):
        panel: Any = group.weigh
        given = panel.points[int(u[0] * len(panel.points))]
        drawn = [float(given[list(panel.children).index(code)]) for code in left]
    else:
        own = [n for n, child in zip(u, group.children, strict=True) if child.code in left]
        draw = in_box if isinstance(choice, WeightBox) else from_dirichlet
        drawn = [draw(choice, share[code], n) for code, n in zip(left, own, strict=True)]
        if sum(drawn) == 0:
            drawn = [share[code] for code in left]
    return {code: value / sum(drawn) for code, value in zip(left, drawn, strict=True)}


def in_box(choice: Any, w: float, u: float) -> float:
    """A weight in its box."""
    if w == 0:
        return 0.0
    reach = choice.margin if choice.margin is not None else w * (0.25 if choice.spread is None else choice.spread)
    if choice.shape == "triangular":  # the inverse distribution function on either side of the middle
        return float(w - reach + reach * np.sqrt(2 * u) if u < 0.5 else w + reach - reach * np.sqrt(2 * (1 - u)))
    return float(w - reach + 2 * reach * u)


def from_dirichlet(choice: Any, w: float, u: float) -> float:
    """A gamma variable, before it is scaled."""
    if w == 0:
        return 0.0
    return float(gamma.ppf(u, 1.0 if choice.concentration is None else choice.concentration * w))
