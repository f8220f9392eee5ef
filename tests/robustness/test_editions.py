"""Studies of panels: paired draws, scales that hold in every draw, and what cannot be paired refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import VaryAggregation, VaryNormalisation, VaryReference, VaryTreatment
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.editions.compute import compute_panel
from pii.errors import SchemeError, TableError
from pii.methods.sample import RandomPoints
from pii.robustness.editions import study_panel
from pii.robustness.study import study
from pii.table import Panel, Table
from tests.editions.panels import GAP, PERIODS, index, panel
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen

WEIGHTS = WeightBox(spread=0.5)
MIXED = [WEIGHTS, chosen(VaryAggregation, among=["arithmetic", "median"])]


def test_on_own_scales_each_period_has_the_draws_of_its_own_study() -> None:
    """Byte for byte."""
    found = study_panel(index(), panel(), MIXED, draws=64, seed=5, nodes=("i", "q"))
    for period, table in panel().items():
        alone = study(index(), table, MIXED, draws=64, seed=5, nodes=("i", "q"))
        assert found.scores[period].tobytes() == alone.scores.tobytes()
        assert found.places[period].tobytes() == alone.places.tobytes()


def test_on_a_base_period_each_has_the_draws_of_a_study_against_it() -> None:
    """The base period too, whose own scale stays as it is by the scheme."""
    rules = index(treat="winsorise")
    varied = [WEIGHTS, chosen(VaryTreatment, among=["none", "winsorise"])]
    found = study_panel(rules.replace(treat="none"), panel(), varied, scale="2023", draws=64, seed=5)
    base = compute_panel(rules.replace(treat="none"), panel())["2023"]
    for period, table in panel().items():
        alone = study(rules.replace(treat="none"), table, varied, draws=64, seed=5, reference=base)
        assert found.scores[period].tobytes() == alone.scores.tobytes()


@pytest.mark.parametrize("scale", ["own", "2023", "pooled"])
def test_without_uncertainty_to_speak_of_draws_are_the_editions(scale: str) -> None:
    """Scores and ranks of every period, on any scale, with treatment and weights made from data."""
    rules = index(treat={"method": "winsorise", "limit": 1, "skewness": 0.1, "kurtosis": -2}, weigh="critic")
    found = study_panel(
        rules, panel(), [WeightBox(spread=1e-12)], scale=scale, draws=4, seed=0, nodes=("i", "p", "q")
    )
    for period, result in compute_panel(rules, panel(), scale=scale).items():
        assert same(found.scores[period][:, 3].T, result.composite.values, 1e-9)
        assert same(found.places[period][:, 3].T, result.ranking.values, 0.0)


def test_a_pooled_scale_is_drawn_with_all_that_it_rests_on() -> None:
    """Draws of a scheme with each treatment and normalisation are that scheme's pooled editions."""
    choices = [
        chosen(VaryTreatment, among=["none", {"method": "winsorise", "limit": 1, "skewness": 0.1, "kurtosis": -2}]),
        chosen(VaryNormalisation, among=["minmax", "zscore"]),
    ]
    found = study_panel(index(), panel(), choices, scale="pooled", draws=32, seed=0)
    ways = [
        compute_panel(index(treat=treat, normalise=normalise), panel(), scale="pooled")
        for treat in choices[0].among
        for normalise in choices[1].among
    ]
    seen = set()
    for draw in range(32):
        close = [
            all(np.allclose(found.scores[p][0, draw], way[p].composite.values[:, 0]) for p in PERIODS)
            for way in ways
        ]
        assert sum(close) == 1
        seen.add(close.index(True))
    assert seen == {0, 1, 2, 3}


def test_schemes_of_their_own_are_drawn_together() -> None:
    """A node that two trees share has the same weights, so its scores differ by data alone."""
    other = scheme(group("i", group("p", leaf("b", direction=-1), leaf("a")), group("r", leaf("d"))))
    years = Panel(tuple(Table(t.units, t.columns, panel()["2021"].values, p) for t, p in (
        (panel()["2021"], "2021"), (panel()["2021"], "2023"))))  # fmt: skip
    rules = {"2021": index(), "2023": other}
    found = study_panel(rules, years, [WEIGHTS], draws=64, seed=0, nodes=("i", "p"))
    assert same(found.scores["2023"][1], found.scores["2021"][1], 1e-9)
    assert not np.allclose(found.scores["2023"][0], found.scores["2021"][0])
    assert found.changes("p")["rose"].tolist() == [0.0] * 8


def test_errors_of_data_are_not_the_same_in_every_period() -> None:
    """Two years of the same data change places by chance."""
    table = panel()["2021"]
    years = Panel(tuple(Table(table.units, table.columns, table.values, p) for p in ("2021", "2022")))
    found = study_panel(index(), years, [DataError(relative=0.3)], draws=64, seed=0)
    assert found.changes()["rose"].gt(0).any()
    weights = study_panel(index(), years, [WEIGHTS], draws=64, seed=0)
    assert (weights.changes()["draws"] == 64).all()
    assert not weights.changes()["rose"].any()


@pytest.mark.parametrize("own", [["own", "2021"], ["own", "2021", "pooled"]])
def test_what_fixes_the_scale_may_be_varied(own: list[str]) -> None:
    """Results that the choice names are computed: of any period, and of all together."""
    found = study_panel(index(), panel(), [VaryReference(among=tuple(own))], draws=64, seed=0)
    ways = [compute_panel(index(), panel(), scale=scale) for scale in own]
    close = [
        [np.allclose(found.scores["2024"][0, draw], way["2024"].composite.values[:, 0]) for way in ways]
        for draw in range(64)
    ]
    assert {tuple(one) for one in close} == {tuple(at == k for at in range(len(own))) for k in range(len(own))}


def test_the_scheme_says_what_is_uncertain_where_nothing_is_given() -> None:
    """As in any study; standard errors are read from each table."""
    choice = DataError(standard_errors="a_error", indicators=("a",))
    rules = index(uncertainty={"choices": [choice], "draws": 16, "seed": 2}, denominators=[{"code": "a_error"}])
    years = Panel(
        tuple(
            Table.of(dict(zip(t.columns, t.values.T, strict=True)) | {"a_error": np.ones(len(t.units))},
                     units=t.units, period=p)
            for p, t in panel().items()
        )
    )  # fmt: skip
    for scale in ("own", "pooled"):
        found = study_panel(rules, years, scale=scale)
        assert found.draws == 16
        assert found.studies[next(iter(found.studies))].plan.uncertainty.seed == 2


# --- Refusals


def test_gaps_that_are_filled_are_not_drawn_on_a_pooled_scale() -> None:
    """By indicator and period; gaps that stay are, and so is any scale of a period."""
    rules = index(impute="mean")
    values = np.array(panel()["2023"].values)
    values[2, 1] = GAP
    years = Panel((panel()["2021"], panel()["2023"].holding(values)))
    with pytest.raises(SchemeError) as refused:
        study_panel(rules, years, [WEIGHTS], scale="pooled", draws=16, seed=0)
    assert [(one.path, one.indicator) for one in refused.value.problems] == [("2023", "b")]
    assert study_panel(rules, years, [WEIGHTS], scale="2021", draws=16, seed=0).draws == 16
    assert study_panel(index(), years, [WEIGHTS], scale="pooled", draws=16, seed=0).draws == 16
    varied = Uncertainty.model_validate({"choices": [{"vary": "impute", "among": ["none", "mean"]}]})
    with pytest.raises(SchemeError) as refused:
        study_panel(index(), years, varied, scale="pooled", draws=16, seed=0)
    assert str(refused.value) == (
        "2023: b: its gaps are filled; gaps are filled within a period, and draws of a pooled scale are of all "
        "periods as one table; leave gaps, fill them first (pii.panels), or take a base period as the scale"
    )


def test_a_pooled_scale_is_of_one_scheme_and_is_not_varied() -> None:
    """Both are said."""
    rules = {"2021": index(), "2023": index(weigh="equal"), "2024": index()}
    with pytest.raises(SchemeError) as refused:
        study_panel(rules, panel(), [WEIGHTS], scale="pooled", draws=16, seed=0)
    assert str(refused.value) == (
        "2023: the edition has a scheme of its own; draws of a pooled scale are of one scheme; give one for all "
        "periods, or take a base period as the scale"
    )
    with pytest.raises(SchemeError) as refused:
        study_panel(index(), panel(), [VaryReference(among=("own", "2021"))], scale="pooled", draws=16, seed=0)
    assert str(refused.value) == (
        "reference: what fixes the scale is varied, and the scale is to be pooled; a scale is varied or fixed; "
        "take the scale own; the choice may name pooled"
    )


def test_periods_are_computed_in_the_same_draws() -> None:
    """Schemes that declare others are refused, unless the study is told."""

    def declares(seed: int, draws: int) -> dict[str, Any]:
        return {"uncertainty": {"choices": [WEIGHTS], "seed": seed, "draws": draws}}

    rules = {"2021": index(**declares(1, 16)), "2023": index(**declares(2, 16)), "2024": index(**declares(1, 8))}
    with pytest.raises(SchemeError) as refused:
        study_panel(rules, panel())
    rule = "all periods are computed in the same draws"
    assert [str(one) for one in refused.value.problems] == [
        f"uncertainty.draws: 16 in 2021, 16 in 2023, 8 in 2024; {rule}; give draws to the study",
        f"uncertainty.seed: 1 in 2021, 2 in 2023, 1 in 2024; {rule}; give seed to the study",
    ]
    assert study_panel(rules, panel(), seed=3, draws=4, sampler=RandomPoints()).draws == 4


def test_a_period_that_cannot_be_studied_is_named() -> None:
    """As when it is computed."""
    lacking = Panel((panel()["2021"], panel()["2023"].select(("a", "b", "c"))))
    with pytest.raises(TableError) as refused:
        study_panel(index(), lacking, [WEIGHTS], draws=16, seed=0)
    assert str(refused.value) == (
        "2023: d: the table has no such column; the scheme test needs it; add the column; cells may be empty"
    )
    with pytest.raises(SchemeError, match="2024: 'z' is not a group of the scheme"):
        study_panel(index(), panel(), [WEIGHTS], draws=16, seed=0, nodes=("z",))


def test_units_that_a_scheme_includes_by_code_are_included_on_a_pooled_scale() -> None:
    """In every period that has them."""
    rules = index(screen={"measured": 1.0, "include": ["u3"], "exclude": ["u5"]})
    values = np.array(panel()["2024"].values)
    values[[3, 5], 0] = GAP  # units stand the other way round: u5 and u3
    years = Panel((panel()["2021"], panel()["2024"].holding(values)))
    found = study_panel(rules, years, [WEIGHTS], scale="pooled", draws=16, seed=0)
    for period in ("2021", "2024"):
        assert "u3" in found.editions[period].composite.units.codes
        assert "u5" not in found.editions[period].composite.units.codes
        assert found.scores[period].shape[2] == len(found.editions[period].composite.units)
