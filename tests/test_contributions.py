"""Contributions: parts add up to the score at every level, and where none is one node's it is not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from pii.compute import compute
from pii.methods.aggregate import Aggregator
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table
from tests import strategies
from tests.shared import group, instances, leaf, same, scheme
from tests.test_result import RESULT, TABLE, TREE


def levels_add_up(result: Result) -> None:
    """Each group's children add up to it, so the nodes of every level do to the index, where leaves are counted."""
    read = result.scheme
    position = {node.code: at for at, node in enumerate(read.nodes)}
    for node in read.groups:
        parts = result.contributions[:, [position[child.code] for child in node.children]].sum(axis=1)
        assert same(parts, result.contributions[:, position[node.code]], 1e-11)
    leaves = result.contributions[:, [position[indicator.code] for indicator in read.indicators]].sum(axis=1)
    assert same(leaves, result.composite.values[:, 0], 1e-11)
    assert same(result.contributions[:, 0], result.composite.values[:, 0], 1e-13)


@pytest.mark.parametrize("method", [one for one in instances(Aggregator) if one.values[0].adds_up])
def test_contributions_add_up_to_the_score_at_every_level(method: Any) -> None:
    """For every method that adds up, with gaps."""
    read = scheme(TREE, aggregate=method, normalise={"method": "minmax", "floor": 1.0})
    levels_add_up(compute(read, TABLE))


@given(strategies.indices())
@strategies.quick
def test_contributions_of_any_index_add_up(drawn: tuple[Scheme, Table]) -> None:
    """Whatever its tree, methods and coverage; a unit without a score has none."""
    levels_add_up(compute(*drawn))


def test_a_missing_node_brings_nothing() -> None:
    """Its siblings bring the more."""
    at = RESULT.composite.units.codes.index("08")
    parts = dict(zip((node.code for node in RESULT.scheme.nodes), RESULT.contributions[at], strict=True))
    assert parts["a"] == 0.0
    assert parts["b"] == pytest.approx(parts["in"]) == pytest.approx(40.0)


@pytest.mark.parametrize("method", [one for one in instances(Aggregator) if not one.values[0].adds_up])
def test_below_a_method_that_does_not_add_up_no_contribution_is_known(method: Any) -> None:
    """Not the children's, nor theirs; the rest of the tree adds up, and the explanation says n/a."""
    normalise = {"method": "minmax", "floor": 1.0}
    top = compute(scheme(TREE, aggregate=method, normalise=normalise), TABLE)
    assert same(top.contributions[:, 0], top.composite.values[:, 0])
    assert np.isnan(top.contributions[:, 1:]).all()
    one, other = TREE.children
    tree = TREE.replace(children=[one.replace(aggregate=method), other])
    result = compute(scheme(tree, normalise=normalise), TABLE)
    parts = dict(zip((node.code for node in result.scheme.nodes), result.contributions.T, strict=True))
    assert np.isnan([parts["a"], parts["b"]]).all()
    assert same(parts["in"] + parts["out"], parts["pii"], 1e-11)
    assert same(parts["c"] + parts["d"], parts["out"], 1e-11)
    said = {line.split()[0]: line.split()[-1] for line in str(result.explain("ha noi")).splitlines()[2:]}
    assert (said["a"], said["b"]) == ("n/a", "n/a")
    assert "n/a" not in (said["in"], said["c"])


def test_contributions_do_not_change() -> None:
    """They are read-only."""
    with pytest.raises(ValueError, match="read-only"):
        RESULT.contributions[0, 0] = 1.0


@pytest.mark.parametrize(("coverage", "gap"), [(1.0, [None]), (0.0, [None, None])])
def test_below_a_gap_that_was_filled_no_contribution_is_known(coverage: float, gap: list[None]) -> None:
    """Of that unit only; the group's own is, and the unit's other parts."""
    filled = group("g", leaf("a"), group("deep", leaf("b"), leaf("c")), coverage=coverage, impute="mean")
    columns = {"a": [9.0, 5, 0, 9], "b": [9.0, 1, 0, 9], "c": [9.0, 1, 0, 9], "d": [1.0, 2, 3, 4]}
    for code in ("b", "c", "a")[: 2 if len(gap) == 1 else 3]:
        columns[code][3] = np.nan
    result = compute(
        scheme(group("i", filled, leaf("d")), screen={"measured": 0}),
        Table.of(columns, units=list("xyzw")),
    )
    parts = dict(zip((node.code for node in result.scheme.nodes), result.contributions.T, strict=True))
    assert not np.isnan(result.composite.values[:, 0]).any()
    assert [np.isnan(parts[code]).tolist() for code in ("a", "deep", "b", "c")] == [[False, False, False, True]] * 4
    assert same(parts["g"] + parts["d"], parts["i"], 1e-12)
    assert same((parts["a"] + parts["b"] + parts["c"])[:3], parts["g"][:3], 1e-12)
    assert "n/a" in str(result.explain("w"))
