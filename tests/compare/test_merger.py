"""What a change of borders alone does: spreads before and after, ranks of old units and of what they became."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.borders import harmonised_result
from pii.compare.merger import MergerEffect, merger_effect
from pii.compute import compute
from pii.methods.combine import Sum
from pii.places.crosswalk import Crosswalk
from pii.result import Result
from pii.table import Table, Units
from tests.shared import group, leaf, same, scheme

WALK = Crosswalk.of([("a", "ab", 1.0), ("b", "ab", 1.0), ("c", "c", 1.0), ("d", "d1", 0.5), ("d", "d2", 0.5)])


def index(count: list[float | None]) -> Result:
    """Four units, a count put per people, and a rate."""
    plan = scheme(
        group("index", leaf("count", denominator="people", combine="sum"), leaf("rate")),
        combine={"method": "weighted_mean", "by": "people"},
        denominators=[{"code": "people", "combine": "sum"}],
        screen={"measured": 0.0},
        normalise={"method": "minmax", "constant": 50.0},
    )
    columns: dict[str, list[float | None]] = {"count": count, "rate": [1, 5, 4, 2], "people": [10, 30, 20, 10]}
    return compute(plan, Table.of(columns, units=Units(("a", "b", "c", "d"), ("A", "B", "C", "D")), period="2024"))


@pytest.fixture
def effect() -> MergerEffect:
    """Two units merged, one whole, one split."""
    return merger_effect(index([1, 3, 6, 4]), to=WALK)


def test_spreads_are_of_ratios_before_and_after(effect: MergerEffect) -> None:
    """As numpy has them; what is left of range and deviation; whatever is missing left out."""
    frame: Any = effect.spreads()
    assert list(frame.index) == ["count", "rate"]
    assert frame["rule"].tolist() == ["sum", "weighted_mean"]
    old, new = np.array([0.1, 0.1, 0.3, 0.4]), np.array([0.1, 0.3, 0.4, 0.4])
    row = frame.loc["count"]
    for when, x in (("before", old), ("after", new)):
        sd = x.std(ddof=1)
        found = [row[f"{name}_{when}"] for name in ("lowest", "highest", "mean", "sd", "cv", "units")]
        assert same(found, [x.min(), x.max(), x.mean(), sd, sd / x.mean(), 4], 1e-12)
    rates = np.array([1.0, 5.0, 4.0, 2.0]), np.array([4.0, 4.0, 2.0, 2.0])
    assert same(frame.loc["rate", ["range_ratio", "sd_ratio"]].tolist(), [0.5, rates[1].std() / rates[0].std()])


def test_a_column_without_spread_has_none_left() -> None:
    """Neither a ratio nor a warning."""
    frame: Any = merger_effect(index([None, 3, 2, None]), to=WALK).spreads()
    assert frame.loc["count", ["units_before", "units_after"]].tolist() == [2, 1]
    assert np.isnan(frame.loc["count", ["range_ratio", "sd_ratio", "sd_after"]].astype(float)).all()


def test_every_old_unit_has_its_rank_and_that_of_what_it_became(effect: MergerEffect) -> None:
    """A unit that is split has a row for each part; standings count those below."""
    frame = effect.ranks()
    assert frame.index.tolist() == ["a", "b", "c", "d", "d"]
    assert frame["into"].tolist() == ["ab", "ab", "c", "d1", "d2"]
    assert frame["share"].tolist() == [1, 1, 1, 0.5, 0.5]
    assert frame["whole"].tolist() == [False, False, True, False, False]
    before = effect.before.composite.values[:, 0]
    assert frame["score_before"].tolist() == [*before, before[3]]
    assert same(effect.after.composite.values[:, 0], [50, 250 / 3, 50, 50])
    assert frame["rank_after"].tolist() == [2, 2, 1, 2, 2]
    assert frame["standing_after"].tolist() == [0, 0, 1, 0, 0]


def test_nothing_but_the_borders_changes(effect: MergerEffect) -> None:
    """The index after is the one of the harmonised table."""
    other = harmonised_result(effect.before, to=WALK)
    assert np.array_equal(effect.after.composite.values, other.composite.values)
    assert effect.after.scheme.replace(screen=effect.before.scheme.screen) == effect.before.scheme


def test_borders_that_stay_change_nothing() -> None:
    """With every unit whole, spreads and ranks are what they were."""
    found = merger_effect(index([1, 3, 6, 4]), to=Crosswalk.of([(code, code, 1.0) for code in "abcd"]))
    assert (found.spreads()[["range_ratio", "sd_ratio"]] == 1).all(axis=None)
    ranks = found.ranks()
    assert ranks["whole"].all()
    assert (ranks["rank_before"] == ranks["rank_after"]).all()
    assert (ranks["score_before"] == ranks["score_after"]).all()


def test_units_that_the_table_has_not_are_in_no_row() -> None:
    """Nor new units without any part of it."""
    result = index([1, 3, 6, 4])
    fewer = compute(result.scheme, result.measured.take(np.array([1, 2])))
    assert merger_effect(fewer, to=WALK).ranks()["into"].to_dict() == {"b": "ab", "c": "c"}


def test_rules_may_be_given() -> None:
    """In place of the scheme's."""
    found = merger_effect(index([1, 3, 6, 4]), to=WALK, rules={code: Sum() for code in ("count", "people", "rate")})
    assert found.after.measured.column("rate").tolist() == [6, 4, 1, 1]


def test_where_no_unit_stays_whole_nobody_moves_furthest() -> None:
    """The line of the ranking is left out."""
    pairs = Crosswalk.of([("a", "ab", 1.0), ("b", "ab", 1.0), ("c", "cd", 1.0), ("d", "cd", 1.0)])
    lines = str(merger_effect(index([1, 3, 6, 4]), to=pairs)).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["index 2024", "values", "spread"]


def test_a_few_lines_say_it(effect: MergerEffect) -> None:
    """Units, values, spread, and who moves furthest of those that stay whole."""
    assert str(effect).splitlines() == [
        "index 2024: 4 units made 4 units; same scheme, same values",
        "values: 3 unchanged, 9 complete",
        "spread: the range is narrower for 1 of 2 indicators; in the middle 0.75 of it is left, and 0.79 of the "
        "standard deviation",
        "ranking: of 1 units that stay whole, C moves furthest: from 1 of 4 to 1 of 4",
    ]
    assert repr(effect) == "<MergerEffect index 2024: 4 units to 4 units>"
