"""COINr's further normalisations, each of the data set that COINr made it from."""

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.errors import MethodError
from tests.reference.coinr import asem
from tests.shared import same

TREATED, RAW = "step_5_Treated.csv", "step_1_Raw.csv"


def directions() -> dict[str, int]:
    """1 where more is better, -1 where less is."""
    return {indicator.code: indicator.direction for indicator in asem.scheme().indicators}


def goalposts() -> dict[str, Any]:
    """The ends of COINr's linear scales, from its list of indicators."""
    meta = [row for row in asem.rows("variants/in_iMeta_goalposts_scaled.csv") if row["Type"] == "Indicator"]
    return {
        row["iCode"]: {
            "goalposts": {"low": asem.number(row["scaled_lower"]), "high": asem.number(row["scaled_upper"])}
        }
        for row in meta
    }


NORMALISED: dict[str, tuple[str, Any, Any]] = {
    "Treated_n_borda": (TREATED, "borda", dict),
    "RawWithNA_n_borda": (RAW, "borda", dict),
    # COINr's distance to the maximum, 1 - (max - x) / (max - min), is min-max.
    "Treated_n_dist2max": (TREATED, {"method": "minmax", "ceiling": 1.0}, dict),
    "RawWithNA_n_dist2max": (RAW, {"method": "minmax", "ceiling": 1.0}, dict),
    # COINr's linear scaling is goalposts that do not clip.
    "Raw_n_scaled_iMeta": (RAW, {"method": "goalposts", "clip": False}, goalposts),
}


@pytest.mark.parametrize("name", NORMALISED)
def test_normalised(name: str) -> None:
    """Scores equal COINr's."""
    source, method, declared = NORMALISED[name]
    scores = stages.normalise(asem.table(source), asem.scheme(declared(), normalise=method))
    assert same(scores.values, asem.values(f"variants/norm_{name}.csv", asem.codes()))


@pytest.mark.parametrize(
    ("name", "unit", "cap"),
    [("Treated_n_dist2ref_iref1", "AUS", False), ("Treated_n_dist2ref_iref10_cap", "CZE", True)],
)
def test_relative_to_one_economy(name: str, unit: str, cap: bool) -> None:
    """Scores equal COINr's; where the economy is the worst, COINr divides by 0 and we refuse the indicator."""
    table, expected = asem.table(TREATED), asem.values(f"variants/norm_{name}.csv", asem.codes())
    method = {"method": "distance_to_reference", "unit": unit, "origin": "worst", "ceiling": 1.0, "cap": cap}
    turned = table.values * np.array(list(directions().values()))
    worst = turned[table.units.locate(unit)] == np.nanmin(turned, axis=0)
    assert not np.isfinite(expected[:, worst]).all(axis=0).any()
    with pytest.raises(MethodError, match="the base is no better than the worst value") as refused:
        stages.normalise(table, asem.scheme(normalise=method))
    assert [problem.indicator for problem in refused.value.problems] == np.array(asem.codes())[worst].tolist()
    own = {code: {"normalise": "none"} for code in np.array(asem.codes())[worst].tolist()}
    scores = stages.normalise(table, asem.scheme(own, normalise=method))
    assert np.isfinite(expected[:, ~worst]).all()
    assert same(scores.values[:, ~worst], expected[:, ~worst])
