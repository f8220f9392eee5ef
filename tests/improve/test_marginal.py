"""What one indicator brings is what ``compute`` says that it brings."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from pii.compute import compute
from pii.errors import TableError
from pii.improve.marginal import marginal_gains
from pii.io.samples import read_sample
from pii.result import Result
from pii.table import Table
from tests.shared import group, leaf, same, scheme


@cache
def sample(mean: str = "arithmetic") -> Result:
    """34 units, 52 indicators."""
    rules, table = read_sample()
    floor: Any = {"method": "minmax", "floor": 1.0}
    return compute(rules.replace(aggregate=mean, normalise=floor), table)


def moved(result: Result, unit: str, code: str, value: float) -> tuple[float, float]:
    """The index score and the rank of a unit with another value."""
    values = np.array(result.measured.values)
    values[result.measured.units.codes.index(unit), result.measured.columns.index(code)] = value
    found = compute(result.scheme, result.measured.holding(values))
    at = found.composite.units.codes.index(unit)
    return float(found.composite.values[at, 0]), float(found.ranking.values[at, 0])


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "median"])
def test_gains_and_ranks_are_those_of_compute(mean: str) -> None:
    """At the next kink, at the mean and at the best; of indicators put per something as well."""
    result = sample(mean)
    unit = result.measured.units.codes[7]
    frame = marginal_gains(result, unit)
    score = result.composite.values[result.composite.units.codes.index(unit), 0]
    for code, row in frame.iloc[::5].iterrows():
        if row["held"]:
            continue
        for point in ("kink", "mean", "best"):
            if np.isnan(row[point]):
                assert np.isnan(row[f"gain_to_{point}"])
                continue
            found, rank = moved(result, unit, str(code), row[point])
            assert same(row[f"gain_to_{point}"], found - score, 1e-9)
            assert row[f"rank_at_{point}"] == rank
        assert row["per_unit"] == pytest.approx(row["gain_to_kink"] / abs(row["kink"] - row["value"]))


def test_every_indicator_has_its_row() -> None:
    """What does not move says why; a mean that is passed is missing."""
    frame = marginal_gains(sample(), "Huế")
    assert list(frame.index) == [indicator.code for indicator in sample().scheme.indicators]
    held = frame[frame["held"] != ""]
    assert held[["kink", "gain_to_best"]].isna().all(axis=None)
    free = frame.loc[frame["held"] == ""]
    assert (free["gain_to_best"] >= 0).all()
    assert free["mean"].isna().any()


def test_the_kink_is_where_the_scale_has_one() -> None:
    """A goalpost beyond which nothing is gained, before the best value."""
    one = leaf("a", goalposts={"low": 0, "high": 10}, normalise="goalposts")
    result = compute(
        scheme(group("t", one, leaf("b"))),
        Table.of({"a": [-5.0, 20, 5], "b": [1.0, 2, 3]}, units=["u", "v", "w"]),
    )
    frame = marginal_gains(result, "u")[["kink", "gain_to_kink", "best", "gain_to_best"]]
    assert frame.loc[["a"]].to_numpy().tolist() == [[0, 0, 10, 50]]


def test_an_unknown_unit_is_refused() -> None:
    """With the nearest names."""
    with pytest.raises(TableError, match="no unit is called that"):
        marginal_gains(sample(), "Hue City")


def test_an_unranked_unit_is_refused_with_its_reasons() -> None:
    """It has no score that could rise."""
    plan = scheme(group("t", leaf("a"), leaf("b")), screen={"measured": 0.6})
    columns = {"a": [0.0, 40, 100, 3], "b": [100.0, 50, 0, np.nan]}
    result = compute(plan, Table.of(columns, units=["x", "y", "z", "w"]))
    with pytest.raises(TableError, match="the unit is not ranked; 1 of 2 indicators"):
        marginal_gains(result, "w")
