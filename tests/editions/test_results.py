"""What editions say over time: scores and ranks by code, coverage, breaks, trends, convergence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pii.compute import compute
from pii.editions.compute import compute_panel
from pii.editions.results import Editions
from pii.errors import SchemeError, TableError
from pii.numerics.convergence import sigma
from pii.numerics.trend import growth, sen_slope
from pii.table import Panel, Table
from tests.editions.panels import GAP, PERIODS, index, panel
from tests.shared import group, leaf, same, scheme


def editions(scale: str = "pooled", **fields: Any) -> Editions:
    """Three periods of up to nine units."""
    return compute_panel(index(**fields), panel(), scale=scale)


def broken() -> Editions:
    """Two indicators that are measured at times only, one that only the last scheme has, and a unit without data."""
    x: dict[str, dict[str, list[float]]] = {
        "2021": {"a": [1, 2, GAP], "b": [GAP, GAP, GAP]},
        "2022": {"a": [1, 2, GAP], "b": [1, GAP, GAP]},
        "2023": {"a": [1, 2, 3], "b": [1, 2, GAP]},
        "2024": {"a": [1, 2, 3], "b": [GAP, GAP, GAP], "c": [1, 2, 3]},
    }
    two, three = (
        scheme(
            group("i", *(leaf(code, name=code.upper()) for code in codes)),
            screen={"measured": 0.5, "empty": "exclude"},
            normalise={"method": "minmax", "constant": 50},
        )
        for codes in ("ab", "abc")
    )
    panel = Panel(tuple(Table.of(columns, units=list("xyz"), period=period) for period, columns in x.items()))
    return compute_panel({"2021": two, "2022": two, "2023": two, "2024": three}, panel)


def test_editions_are_a_mapping_by_period() -> None:
    """In order of time; a period may be a number."""
    found = editions()
    assert list(found) == list(PERIODS)
    assert found["2023"] is found[2023]  # type: ignore[index]
    assert repr(found) == "<Editions 2021, 2023, 2024: scale pooled>"
    with pytest.raises(KeyError, match="no edition for '2022'; there are 2021, 2023, 2024"):
        found["2022"]


def test_a_title_says_from_when_to_when() -> None:
    """And that data are synthetic, where one table is."""
    assert editions().title == "i 2021-2024"
    first, *others = panel().tables
    years = Panel((Table(first.units, first.columns, first.values, "2021", "Synthetic sample"), *others))
    assert compute_panel(index(), years).title == "SYNTHETIC - i 2021-2024"
    assert compute_panel(index(), Panel((first,))).title == "i 2021"


@pytest.mark.parametrize("node", [None, "i", "p", "a"])
def test_scores_and_ranks_go_by_code(node: str | None) -> None:
    """Whatever order a period lists its units in; a unit that it has not has none."""
    found = editions()
    scores, ranks = found.scores(node), found.ranks(node)
    assert list(scores.columns) == list(PERIODS)
    assert list(scores.index) == [f"u{at}" for at in range(9)]
    assert scores.isna().sum().tolist() == ranks.isna().sum().tolist() == [1, 2, 0]
    for period, result in found.items():
        long = result.to_long().set_index(["node", "unit"]).loc[node or "i"]
        there = list(long.index)
        assert same(scores.loc[there, period], long["score"], 0.0)
        assert same(ranks.loc[there, period], long["rank"], 0.0)


def test_a_node_of_some_editions_has_values_there() -> None:
    """One of none is refused, with the nearest."""
    found = broken()
    assert found.scores("c").notna().sum().tolist() == [0, 0, 0, 3]
    with pytest.raises(SchemeError, match=r"'pp' is not a node of any edition; did you mean p\?"):
        editions().scores("pp")


def test_the_long_frame_holds_every_unit_period_and_node() -> None:
    """That is ranked."""
    frame = editions().to_long()
    assert list(frame.columns) == ["unit", "name", "period", "node", "level", "kind", "score", "rank"]
    assert len(frame) == (8 + 7 + 9) * 7
    wide = frame[frame["node"] == "q"].pivot_table(index="unit", columns="period", values="score")
    assert same(wide, editions().scores("q").loc[wide.index])


def test_coverage_says_what_lacks_by_name() -> None:
    """By period: units, ranked, measured share, units and indicators without any value."""
    frame: Any = broken().coverage()
    assert frame["units"].tolist() == [3, 3, 3, 3]
    assert frame["ranked"].tolist() == [2, 2, 3, 3]
    assert frame["indicators"].tolist() == [2, 2, 2, 3]
    assert same(frame["measured"], [2 / 6, 3 / 6, 5 / 6, 6 / 9])
    assert frame["empty_units"].tolist() == ["z", "z", "", ""]
    assert frame["empty_indicators"].tolist() == ["b", "", "", "b"]


def test_breaks_say_which_periods_have_an_indicator() -> None:
    """Measured, without any value, or not in the scheme at all; one that is always measured is no break."""
    frame: Any = broken().breaks()
    assert list(frame.index) == ["b", "c"]
    assert frame.loc["b"].tolist() == ["B", "2022-2023", "2021, 2024", ""]
    assert frame.loc["c"].tolist() == ["C", "2024", "", "2021-2023"]
    assert editions().breaks().empty


def test_changes_of_a_unit() -> None:
    """Against the period before; by name or code, and none where it was not there."""
    found = editions()
    frame = found.changes("Unit u3")
    assert list(frame.index) == list(PERIODS)
    assert frame["of"].tolist() == [8, 7, 9]
    assert same(frame["score"], found.scores().loc["u3"], 0.0)
    assert same(frame["change"], found.scores().loc["u3"].diff(), 0.0)
    assert same(frame["places"], -found.ranks().loc["u3"].diff(), 0.0)
    assert found.changes("u0")["change"].isna().all()
    with pytest.raises(TableError, match=r"Unit u33: no unit is called that in any period; did you mean Unit u3\b"):
        found.changes("Unit u33")


def test_trends_are_those_of_the_series() -> None:
    """Of every unit, of any node, over the years that it has."""
    found = editions()
    x, years = found.scores("p").to_numpy().T, [2021, 2023, 2024]
    frame: Any = found.trends("p", level=0.5)
    assert frame["name"].tolist() == [f"Unit u{at}" for at in range(9)]
    assert same(frame["growth"], growth(x, years).rate, 0.0)
    assert frame["count"].tolist() == np.count_nonzero(~np.isnan(x), axis=0).tolist()
    sen = sen_slope(x, years, level=0.5)
    for column, values in zip(("sen", "sen_low", "sen_high"), sen, strict=True):
        assert frame[column].tolist()[1:8] == values.tolist()[1:8]
    theirs = stats.linregress(years, x[:, 4])
    assert same(frame.loc["u4", ["slope", "error"]].astype(float), [theirs.slope, theirs.stderr])
    assert frame.loc["u8", ["first", "last", "count", "no_growth"]].tolist() == [
        2024,
        2024,
        1,
        "fewer than two values",
    ]


def test_convergence_is_that_of_the_scores() -> None:
    """The spread of every period; growth since the first on where units began, with those of both."""
    found = editions(normalise={"method": "minmax", "floor": 1})
    x = found.scores().to_numpy().T
    frame = found.convergence()
    spread = sigma(x)
    assert same(frame[["mean", "sd", "variation"]].to_numpy().T, [spread.mean, spread.sd, spread.variation], 0.0)
    assert frame["units"].tolist() == [8, 7, 9]
    assert frame["pairs"].tolist() == [0, 7, 8]
    assert frame.loc["2021", ["beta", "error", "r_squared", "speed", "half_life"]].isna().all()
    both = ~np.isnan(x[0] * x[2])
    theirs = stats.linregress(np.log(x[0, both]), np.log(x[2, both] / x[0, both]) / 3)
    last: Any = frame.loc["2024"]
    assert same(last[["beta", "error"]].astype(float), [theirs.slope, theirs.stderr])


def test_trends_need_years() -> None:
    """Scores and coverage do not."""
    units = ["x", "y"]
    spring = Panel(tuple(Table.of({"a": [1, 2]}, units=units, period=f"{at} spring") for at in (2023, 2024)))
    found = compute_panel(scheme(group("i", leaf("a"))), spring)
    assert list(found.scores()) == ["2023 spring", "2024 spring"]
    for ask in (found.trends, found.convergence):
        with pytest.raises(TableError, match="the period is '2023 spring'; periods are years"):
            ask()


def test_one_edition_has_no_trend() -> None:
    """But says so without complaint."""
    found = compute_panel(index(), Panel((panel()["2021"],)))
    assert found.trends()["growth"].isna().all()
    assert found.convergence()["pairs"].tolist() == [0]
    pd.testing.assert_series_equal(
        found.scores()["2021"], compute(index(), panel()["2021"]).composite.to_frame()["i"], check_names=False
    )
