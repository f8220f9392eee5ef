"""The cube that periods share: the same numbers for the same thing, others for what is each period's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import LeaveOut, MultipleImputation, VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet
from pii.errors import SchemeError
from pii.methods.sample import LatinHypercube
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from pii.robustness.shared_points import paired
from pii.robustness.study import computed
from pii.scheme import Scheme
from tests.editions.panels import PERIODS, index, panel
from tests.shared import group, leaf, scheme
from tests.slow_study import chosen

WEIGHTS = WeightBox(spread=0.5)


def plans(choices: list[Any], rules: dict[str, Scheme] | None = None, **fields: Any) -> dict[str, Plan]:
    """A plan a period."""
    uncertain = Uncertainty(choices=tuple(choices), draws=40, seed=3, **fields)
    return {
        period: planned(rules[period] if rules else index(), table, uncertain) for period, table in panel().items()
    }


def test_plans_with_the_same_columns_stay_as_they_are() -> None:
    """Their points are the same as of each alone."""
    alone = plans([WEIGHTS, chosen(VaryAggregation, among=["arithmetic", "median"])])
    together = paired(alone)
    assert together is alone
    first, *others = (plan.points(0, 40) for plan in together.values())
    assert all(np.array_equal(u, first) for u in others)


def test_errors_of_data_are_drawn_for_every_period_by_itself() -> None:
    """And weights once for all."""
    together = paired(plans([DataError(relative=0.1), WEIGHTS], sampler=LatinHypercube()))
    points = {period: plan.points(0, 40) for period, plan in together.items()}
    widths = [4 * n for n in (8, 7, 9)]
    assert [u.shape for u in points.values()] == [(40, width + 6) for width in widths]
    first, second = points["2021"], points["2023"]
    assert np.array_equal(first[:, -6:], second[:, -6:])
    assert not np.isclose(first[:, :28, None], second[:, None, :28]).all(axis=0).any()


def test_fills_are_drawn_for_every_period_by_itself() -> None:
    """Which of several draws of multiple imputation a period takes."""
    together = paired(plans([MultipleImputation(n=20), WEIGHTS]))
    first, second = together["2021"].points(0, 40), together["2023"].points(0, 40)
    assert not np.isclose(first[:, 0], second[:, 0]).any()
    assert np.array_equal(first[:, 1:], second[:, 1:])


def test_the_weight_of_the_same_node_is_the_same_draw_in_another_tree() -> None:
    """Wherever it stands among its siblings; a node that the other tree has not has a column of its own."""
    more = scheme(
        group("i", group("p", leaf("c"), leaf("b", direction=-1), leaf("a")), group("q", leaf("d"))),
    )
    rules = {"2021": index(), "2023": more, "2024": index()}
    together = paired(plans([WEIGHTS], rules))
    ours, theirs = together["2021"].points(0, 40), together["2023"].points(0, 40)
    # Ours: p and q in i, a and b in p, c and d in q; theirs: p and q in i, c, b and a in p.
    assert np.array_equal(theirs[:, [0, 1, 4, 3]], ours[:, [0, 1, 2, 3]])
    assert not any(np.array_equal(theirs[:, 2], column) for column in ours.T)
    assert np.array_equal(together["2024"].points(0, 40), ours)


@pytest.mark.parametrize("workers", [1, 3])
def test_points_do_not_depend_on_how_they_are_cut(workers: int) -> None:
    """Nor on who draws them."""
    plan = paired(plans([DataError(relative=0.1), WEIGHTS]))["2023"]
    whole = plan.points(0, 40)
    assert np.array_equal(np.vstack([plan.points(0, 7), plan.points(7, 40)]), whole)
    with ThreadPoolExecutor(workers) as executor:
        assert np.array_equal(computed(plan, executor=executor).scores, plan.scores(whole))


def test_draws_that_are_left_out_are_left_out_in_all_periods() -> None:
    """Where they are not the same, the study is refused."""
    choices = [
        chosen(VaryAggregation, among=["arithmetic", "geometric"]),
        chosen(VaryNormalisation, among=["zscore", {"method": "minmax", "floor": 1}]),
        WEIGHTS,
    ]
    together = paired(plans(choices, conflicts="exclude"))
    assert {len(plan.points(0, 40)) for plan in together.values()} == {len(together["2021"].points(0, 40))}
    kept = len(together["2021"].points(0, 40))
    assert kept < 40
    apart = paired(plans([*choices, DataError(relative=0.1)], conflicts="exclude"))
    assert apart["2021"].points(0, 40).shape[1] > together["2021"].points(0, 40).shape[1]
    assert all(len(plan.points(0, 40)) < 40 for plan in apart.values())
    floored = {"normalise": {"method": "minmax", "floor": 1}}
    other = scheme(
        group(
            "i",
            group("p", leaf("a"), leaf("b", direction=-1), aggregate="median"),
            group("q", leaf("c", **floored), leaf("d", **floored)),
            aggregate="median",
        )
    )
    mixed = plans(choices, {"2021": index(), "2023": other, "2024": index()}, conflicts="exclude")
    assert not mixed["2023"].excluded
    with pytest.raises(SchemeError) as refused:
        paired(mixed)
    assert str(refused.value) == (
        "uncertainty: alternatives that do not go together are left out, and not the same in every period; all "
        "periods are computed in the same draws; vary what goes together in all of them"
    )


def test_a_cube_that_the_sampler_cannot_fill_is_refused() -> None:
    """The shared one is wider than each period's."""
    wide = plans([DataError(relative=0.1), WeightDirichlet(), LeaveOut(nodes=("a",))])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pii.methods.sample._MOST_COLUMNS", 60)
        with pytest.raises(SchemeError) as refused:
            paired(wide)
    assert str(refused.value) == (
        "sampler: 103 dimensions are asked for; a Sobol' sequence has at most 60; take latin_hypercube or random"
    )


def test_periods_are_all_there() -> None:
    """In order."""
    assert tuple(paired(plans([DataError(relative=0.1)]))) == PERIODS
