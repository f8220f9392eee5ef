"""Scores between two editions are those that a whole computation gives."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compare.hybrids import Hybrids, Ways
from pii.compute import compute
from pii.table import Table
from tests.compare.editions import CODES, Numbers, pairs, plan, results, table
from tests.compare.test_attribution import METHODS, YEARS
from tests.shared import group, leaf, same, scheme
from tests.strategies import indices, quick


@quick
@given(first=indices(), data=st.data())
def test_the_ends_are_the_editions(first: Any, data: Any) -> None:
    """Everything of one edition gives its own scores, to the bit, of any scheme."""
    declared, values = first
    other = values.holding(values.values[data.draw(st.permutations(range(len(values.units))))])
    try:
        before, after = compute(declared, values), compute(declared, other)
        hybrids = Hybrids(before, after)
        found = [hybrids.rolled(which, Ways(which, which, which, which)) for which in (0, 1)]
    except ValueError:
        return  # a table that the scheme refuses
    for result, nodes in zip((before, after), found, strict=True):
        for grid in (result.scores, result.composite):
            for code in grid.columns:
                assert np.array_equal(nodes[code], grid.column(code), equal_nan=True)


@quick
@given(years=pairs(gaps=True), changed=st.sampled_from(sorted(METHODS)))
def test_data_on_the_other_scale_are_computed_with_that_reference(
    years: tuple[Numbers, Numbers], changed: str
) -> None:
    """Each scheme as it stands, its data on either scale."""
    before, after = (plan(**fields) for fields in METHODS[changed])
    hybrids = Hybrids(*results(years, before, before))
    for data, scale in product((0, 1), repeat=2):
        reference = compute(before, table(years[scale]))
        whole = compute(before, table(years[data]), reference=reference)
        found = hybrids.rolled(data, Ways(scale, scale, scale, scale))
        assert same(found["i"], whole.composite.column("i"))
    assert Hybrids(*results(years, before, after)).steps[0] == "scale"


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("nothing", ("scale",)),
        ("methods", ("scale", "methods")),
        ("weights", ("scale", "weights")),
        ("indicators", ("scale", "indicators")),
        ("turned", ("scale", "indicators")),
        ("all", ("scale", "indicators", "weights", "methods")),
    ],
)
def test_only_what_differs_is_a_step(changed: str, steps: tuple[str, ...]) -> None:
    """The scale always may."""
    before, after = METHODS[changed]
    assert Hybrids(*results(YEARS, plan(**before), plan(**after))).steps == steps


def test_what_cannot_be_mixed_is_one_step_and_why_is_said() -> None:
    """A method that asks for more children than the other tree has."""
    before = scheme(group("i", leaf("a"), leaf("b")))
    after = scheme(group("i", leaf("a"), leaf("b"), leaf("c"), at_least=3))
    hybrids = Hybrids(*results(YEARS, before, after))
    assert hybrids.steps == ("scale", "scheme")
    assert "as many scores as there are children" in hybrids.refusal


def test_other_imputation_is_done_anew_on_the_other_edition() -> None:
    """Gaps of the earlier edition by the method of the later one."""
    years = [np.array(x) for x in YEARS]
    years[0][2, 0] = np.nan
    hybrids = Hybrids(*results((years[0], years[1]), plan(), plan(impute="mean")))
    whole = compute(plan(impute="mean"), table(years[0]))
    assert same(hybrids.rolled(0, Ways(0, 1, 1, 1))["i"], whole.composite.column("i"))
    later = compute(plan(impute="mean"), table(years[0]), reference=hybrids.after)
    assert same(hybrids.rolled(0, Ways(1, 1, 1, 1))["i"], later.composite.column("i"))
    assert hybrids.steps == ("scale", "methods")


def test_units_are_those_of_both_and_matched_by_code() -> None:
    """In the order before, then those that entered."""
    old = Table.of({c: YEARS[0][:3, at] for at, c in enumerate(CODES)}, units=["x", "y", "z"])
    new = Table.of({c: YEARS[1][:3, at] for at, c in enumerate(CODES)}, units=["z", "w", "x"])
    hybrids = Hybrids(compute(plan(), old), compute(plan(), new))
    assert hybrids.units.codes == ("x", "y", "z", "w")
    assert [hybrids.units.codes[at] for at in hybrids.common] == ["x", "z"]


def test_weights_by_data_go_with_the_scale() -> None:
    """They are estimated from all data, as the ends of a scale are."""
    declared = plan(weigh="standard_deviation")
    hybrids = Hybrids(*results(YEARS, declared, declared))
    for scale, result in enumerate(hybrids.editions):
        assert same(hybrids.weights(Ways(scale, scale, scale, scale)).shares, result.weights.shares)
    assert hybrids.steps == ("scale",)
