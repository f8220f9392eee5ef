"""Fourteen years of PAPI (CECODES and UNDP) as one panel: structural breaks, whole provinces missing, all reported."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.errors import MethodError, SchemeError
from pii.io.schemes import built_in_scheme
from pii.io.tables import read_panel
from pii.robustness.editions import study_panel
from pii.scheme import Scheme
from pii.table import Panel
from pii.tree import Group
from tests.provincial import needs
from tests.shared import same

YEARS = [str(year) for year in range(2011, 2025)]
BREAKS = {  # sub-dimensions that were not measured in all years
    "SC24": "2018-2024",
    "SC52": "2011-2020",
    "SC71": "2018-2024",
    "SC72": "2018-2024",
    "SC73": "2018-2024",
    "SC81": "2018-2024",
    "SC82": "2018-2024",
    "SC83": "2019-2024",
}
WITHOUT_DATA = {"2014": "24, 87", "2021": "22, 24, 27", "2023": "22, 74", "2024": "26, 82"}
RANKED = dict.fromkeys(YEARS, 63) | {"2014": 61, "2018": 61, "2021": 60, "2022": 61, "2023": 61, "2024": 61}


@cache
def panel() -> Panel:
    """All years."""
    return read_panel(needs("data/papi_subdimensions_2011_2024.csv"), built_in_scheme("papi"))


def edition_of(year: str) -> str:
    """The built-in scheme that a year was published by."""
    return next(
        code
        for code, last in (("papi-2011", "2017"), ("papi-2018", "2018"), ("papi-2019", "2020"), ("papi", "2024"))
        if year <= last
    )


@cache
def editions(several: bool) -> Editions:
    """The panel by today's scheme, or by the scheme of each edition."""
    if not several:
        return compute_panel(built_in_scheme("papi"), panel())
    return compute_panel({year: built_in_scheme(edition_of(year)) for year in YEARS}, panel())


def relative() -> Scheme:
    """The same tree by min-max in place of goalposts, for what is measured of it."""

    def bare(node: Group) -> dict[str, Any]:
        return {
            "code": node.code,
            "children": [
                bare(child) if isinstance(child, Group) else {"code": child.code} for child in node.children
            ],
        }

    return Scheme.model_validate(
        {
            "code": "relative",
            "units": "VN63",
            "screen": {"measured": 0.5, "empty": "exclude"},
            "index": bare(built_in_scheme("papi").index),
        }
    )


@pytest.mark.parametrize("several", [False, True])
def test_fourteen_years_build_and_say_what_lacks(several: bool) -> None:
    """By one scheme for all, and by a scheme an edition: the same breaks and provinces, by name."""
    found = editions(several)
    assert list(found) == YEARS
    coverage: Any = found.coverage()
    assert coverage["units"].tolist() == [63] * 14
    assert coverage["ranked"].to_dict() == RANKED
    assert {year: codes for year, codes in coverage["empty_units"].items() if codes} == WITHOUT_DATA
    assert found.breaks()["measured"].to_dict() == BREAKS
    for year, result in found.items():
        measured = np.count_nonzero(~np.isnan(panel()[year].select(result.ratios.columns).values))
        assert same(coverage.loc[year, "measured"], measured / result.ratios.values.size)
    assert found.scores().shape == (63, 14)
    assert found.ranks().notna().sum().to_dict() == RANKED


def test_breaks_tell_what_is_not_measured_from_what_an_edition_has_not() -> None:
    """By one scheme they are empty columns; by the editions' own most are not asked for."""
    one: Any = editions(False).breaks()
    own: Any = editions(True).breaks()
    assert one.loc["SC71", ["empty", "absent"]].tolist() == ["2011-2017", ""]
    assert own.loc["SC71", ["empty", "absent"]].tolist() == ["", "2011-2017"]
    assert own.loc["SC52", ["empty", "absent"]].tolist() == ["2021-2024", ""]


@pytest.mark.parametrize("year", ["2011", "2018", "2024"])
def test_every_edition_is_what_it_is_alone(year: str) -> None:
    """Goalposts are declared, so the scale is the same by all three."""
    alone = compute(built_in_scheme("papi"), panel()[year])
    for scale in ("own", "2019", "pooled"):
        there = compute_panel(built_in_scheme("papi"), panel(), scale=scale)[year]
        assert same(there.composite.values, alone.composite.values, 0.0)


def test_editions_with_other_sub_dimensions_do_not_share_a_scale() -> None:
    """By name, once for all years of an edition."""
    with pytest.raises(SchemeError) as refused:
        compute_panel({year: built_in_scheme(edition_of(year)) for year in YEARS}, panel(), scale="pooled")
    said = {(one.path, one.indicator): one.found for one in refused.value.problems}
    assert said["2019, 2020", "SC83"] == "there is no such indicator in 2011"
    assert said["2018", "SC21"] == "another goalposts than in 2011"
    assert not any(indicator == "SC11" for _, indicator in said)


def test_a_scale_of_the_data_needs_all_years_where_some_lack_an_indicator() -> None:
    """Min-max of a year without a value is refused by year and name; pooled, all fourteen build."""
    with pytest.raises(MethodError) as refused:
        compute_panel(relative(), panel())
    gaps = {(one.path, one.indicator) for one in refused.value.problems}
    assert gaps == {(year, code) for year in YEARS for code in BREAKS if np.isnan(panel()[year].column(code)).all()}
    found = compute_panel(relative(), panel(), scale="pooled")
    scores = np.vstack([result.scores.values for result in found.values()])
    assert same(np.nanmin(scores, axis=0), np.zeros(29), 0.0)
    assert same(np.nanmax(scores, axis=0), np.full(29, 100.0), 0.0)
    assert found.ranks().notna().sum().min() >= 60


def test_trends_and_convergence_of_a_dimension() -> None:
    """Over the years that a province has; participation was measured alike in all of them."""
    found = editions(True)
    trends = found.trends("D1")
    years_without = {code: 14 - n for code, n in trends["count"].items() if n < 14}
    assert years_without == {"22": 3, "24": 3, "26": 1, "27": 2, "74": 1, "82": 1, "87": 2}
    assert (trends["sen_low"] <= trends["sen"]).all()
    assert (trends["sen"] <= trends["sen_high"]).all()
    convergence = found.convergence("D1")
    assert (convergence["beta"].iloc[1:] < 0).all()
    assert convergence["pairs"].tolist()[1:] == [*[63] * 2, 61, *[63] * 3, *convergence["units"].tolist()[7:]]


@pytest.mark.parametrize("several", [False, True])
def test_a_study_runs_on_the_whole_panel(several: bool) -> None:
    """The same draws for every year, with the gaps as they are."""
    rules = {year: built_in_scheme(edition_of(year)) for year in YEARS} if several else built_in_scheme("papi")
    found = study_panel(rules, panel(), [WeightBox(spread=0.25)], draws=128, seed=0)
    changes = found.changes()
    assert len(changes.index.unique("from")) == 13
    assert changes["draws"].eq(128).all()
    assert (changes["low"] <= changes["median"]).all()
    assert (changes["median"] <= changes["high"]).all()
    assert same(changes["rose"] + changes["fell"] <= 1 + 1e-12, np.ones(len(changes)))
