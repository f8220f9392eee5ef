"""Raw series of three years, in the 34 provinces, as a panel: breaks and gaps reported, every change in parts."""

from __future__ import annotations

from functools import cache

import numpy as np

from pii.borders import harmonise_panel, scheme_for
from pii.choices.weights import WeightBox
from pii.compare.comparison import compare
from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.io.tables import read_panel
from pii.robustness.editions import study_panel
from pii.scheme import Scheme
from pii.table import Panel
from tests.provincial import needs
from tests.reference.gso.test_borders_gso import rules
from tests.reference.gso.test_gso import gso_scheme

YEARS = ("2014", "2015", "2016")


@cache
def scheme() -> Scheme:
    """The core series of 2014, of the 34 provinces."""
    return scheme_for(gso_scheme("2014").replace(units="VN63"), "VN34")


@cache
def panel() -> Panel:
    """Three years in the new borders."""
    series = read_panel(needs("data/gso/gso_provinces_long.csv"), system="VN63")
    return harmonise_panel(Panel(tuple(series[year] for year in YEARS)), to="VN34", rules=rules())


@cache
def editions() -> Editions:
    """On one scale for all years."""
    return compute_panel(scheme(), panel(), scale="pooled")


def test_real_gaps_and_breaks_are_reported() -> None:
    """Series of every other year have none in 2015; the others have their gaps."""
    coverage = editions().coverage()
    assert coverage["units"].tolist() == [34, 34, 34]
    assert 0.8 < coverage["measured"].min() < coverage["measured"].max() < 1
    assert editions().breaks()["empty"].to_dict() == {
        "p3_electricity_hh": "2015",
        "p3_freight_carried": "2016",
        "p4_budget_revenue": "2015-2016",
        "p6_travel_turnover": "2016",
        "p7_income_pc": "2015",
        "p7_income_quintile_ratio": "2015",
    }


def test_changes_have_parts_that_add_up() -> None:
    """Of every province, from the first year to the last."""
    found = compare(editions()["2014"], editions()["2016"])
    frame = found.to_frame()
    parts = found.parts.groupby("unit")[["score", "rank"]].sum()
    for what in ("score", "rank"):
        np.testing.assert_allclose(parts.loc[frame.index, what], frame[f"{what}_change"], atol=1e-9)


def test_a_study_says_which_moves_are_sure() -> None:
    """Weights drawn once for both years."""
    study = study_panel(
        scheme(), panel(), [WeightBox(spread=0.25, name="weights")], scale="2014", draws=256, seed=0
    )
    changes = study.changes()
    assert changes["rose"].between(0, 1).all()
    assert (changes["rose"] > 0.95).any()
