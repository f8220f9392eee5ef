"""Peers: who is near, within which label, where a unit stands among them, what is refused."""

from __future__ import annotations

import pickle
from contextlib import suppress
from dataclasses import replace
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.compute import compute
from pii.errors import TableError
from pii.peers import Peers, peers
from pii.result import Result
from pii.table import Table, Units
from tests import slow_peers
from tests.shared import group, leaf, same, scheme
from tests.slow import present
from tests.strategies import labels, matrices, quick, shuffled

NAN = float("nan")
UNITS = Units(
    ("01", "02", "03", "04", "05", "06"),
    ("Hà Nội", "Huế", "Cà Mau", "Đắk Lắk", "Lào Cai", "Sơn La"),
    {"region": ("north", "south", "south", "", "north", "north")},
)
COLUMNS = {
    "a": [0.0, 5.0, 10.0, 10.0, 4.0, NAN],
    "b": [20.0, 30.0, 40.0, 40.0, NAN, NAN],
    "grdp": [1.0, 2.0, 8.0, 9.0, NAN, 2.5],
}
TREE = group("g", leaf("a", unit="%"), group("h", leaf("b", direction=-1, name="Cost")))


def built(columns: dict[str, list[float]] = COLUMNS, units: Units = UNITS, **fields: Any) -> Result:
    """Six units: the last is not measured on any indicator; two are equal; one has no region."""
    fields = {"screen": {"measured": 0, "empty": "exclude"}} | fields
    return compute(scheme(TREE, **fields), Table.of(columns, units=units, period="2025"))


RESULT = built()
INCOME = Table.of(COLUMNS, units=UNITS).select(["grdp"])


def cells(frame: pd.DataFrame, at: str, *columns: str) -> list[Any]:
    """One row of a frame, or some of its cells."""
    return list(frame[list(columns or frame.columns)].loc[at])


def codes(found: Peers) -> list[str]:
    """The peers, the nearest first."""
    return list(found.to_frame().index)


def test_the_nearest_profiles_come_first() -> None:
    """Scores of a are 0, 50, 100, 100, 40 and of b 100, 50, 0, 0, none: distances by hand."""
    frame = peers(RESULT, "Huế", n=2).to_frame()
    assert list(frame.index) == ["05", "01", "03", "04"]
    assert same(frame["distance"], [10.0, 50.0, 50.0, 50.0])
    assert frame["name"].tolist() == ["Lào Cai", "Hà Nội", "Cà Mau", "Đắk Lắk"]
    assert frame["region"].tolist() == ["north", "north", "south", ""]
    assert same(frame["score"], RESULT.composite.values[[4, 0, 2, 3], 0])
    assert same(frame["rank"], RESULT.ranking.values[[4, 0, 2, 3], 0])


def test_units_as_near_as_the_last_are_peers_too() -> None:
    """So that the order of the table decides nothing; without a tie there are n."""
    assert codes(peers(RESULT, "02", n=1)) == ["05"]
    assert codes(peers(RESULT, "03", n=1)) == ["04"]
    assert len(codes(peers(RESULT, "02", n=3))) == 4
    assert len(codes(peers(RESULT, "02", n=99))) == 4


def test_peers_may_be_alike_in_what_is_no_indicator() -> None:
    """Income of a whole table, in standard deviations of the ranked units; one without a value is no neighbour."""
    found = peers(RESULT, "02", by=INCOME, n=2)
    spread = np.std([1.0, 2.0, 8.0, 9.0], ddof=1)
    assert codes(found) == ["01", "03"]
    assert same(found.to_frame()["distance"], [1 / spread, 6 / spread])


def test_columns_that_the_scheme_reads_are_named_by_code() -> None:
    """One or several; the values count, and not their scores."""
    one, several = peers(RESULT, "05", by="a", n=1), peers(RESULT, "02", by=["a", "b"], n=1)
    assert codes(one) == ["02"]
    assert same(one.distances, [1 / np.std([0.0, 5, 10, 10, 4], ddof=1)])
    assert codes(several) == ["05"]


def test_peers_within_a_label_share_its_group() -> None:
    """All of them where no number is asked for: those that cannot be measured by come last."""
    found = peers(RESULT, "02", within="region", n=None)
    assert codes(found) == ["03"]
    everyone = peers(RESULT, "01", by=INCOME, n=None)
    assert codes(everyone) == ["02", "03", "04", "05"]
    assert everyone.distances[-1] == inf
    assert isnan(everyone.to_frame()["distance"].iloc[-1])


def test_places_and_gaps_are_those_among_peers() -> None:
    """Of every node, by hand: the mean and the best are the peers' alone."""
    frame = peers(RESULT, "02", n=None).nodes()
    assert list(frame.index) == ["g", "a", "h", "b"]
    assert cells(frame, "a", "score", "rank", "of", "mean", "best", "to_mean", "to_best") == [
        50.0, 3.0, 5, 60.0, 100.0, -10.0, -50.0
    ]  # fmt: skip
    assert cells(frame, "b", "score", "rank", "of", "best", "leaders") == [50.0, 2.0, 4, 100.0, "Hà Nội"]
    assert frame.loc["a", "leaders"] == "Cà Mau, Đắk Lắk"
    assert frame["level"].tolist() == [0, 1, 1, 2]
    assert frame.loc["b", "title"] == "Cost"


def test_a_node_that_no_peer_has_gives_no_gap() -> None:
    """The unit is then the only one."""
    frame = peers(RESULT, "02", n=1).nodes()
    assert cells(frame, "b", "rank", "of", "leaders") == [1.0, 1, ""]
    assert all(map(isnan, cells(frame, "b", "mean", "best", "to_mean", "to_best")))
    best = peers(RESULT, "02", n=1).best_in_class()
    assert all(map(isnan, cells(best, "b", "best_score", "score_gap", "best_value", "value_gap")))


def test_the_best_in_class_has_its_value_in_own_units() -> None:
    """A cost leads by being low: the gap in values then has the other sign."""
    frame = peers(RESULT, "02", n=None).best_in_class()
    assert cells(frame, "a") == ["a", "Cà Mau, Đắk Lắk", 50.0, 100.0, -50.0, 5.0, 10.0, -5.0, "%"]
    assert cells(frame, "b") == ["Cost", "Hà Nội", 50.0, 100.0, -50.0, 30.0, 20.0, 10.0, ""]


def test_an_imputed_value_leads_nobody() -> None:
    """Its score counts on the nodes; it has no value to show, and no gap in values."""
    result = built({**COLUMNS, "a": [NAN, 5.0, 1.0, 1.0, 4.0, NAN]}, impute={"method": "constant", "value": 9.0})
    found = peers(result, "02", n=None)
    assert found.nodes().loc["a", "leaders"] == "Hà Nội, Sơn La"
    assert cells(found.best_in_class(), "a", "leaders", "best_value") == ["Lào Cai", 4.0]
    own = peers(result, "01", n=None).best_in_class()
    score, *in_units = cells(own, "a", "score", "value", "value_gap")
    assert score == 100
    assert all(map(isnan, in_units))


def test_leaders_with_one_score_show_the_best_of_their_values() -> None:
    """The goalpost makes 10 and 12 as good as each other; what was measured differs."""
    tree = group(
        "g", leaf("a", goalposts={"low": 0, "high": 8}), leaf("c", direction=-1, goalposts={"low": 3, "high": 9})
    )
    table = Table.of({"a": [1.0, 10.0, 12.0], "c": [4.0, 2.0, 1.0]}, units=["x", "y", "z"])
    frame = peers(compute(scheme(tree, normalise="goalposts"), table), "x").best_in_class()
    assert cells(frame, "a", "leaders", "best_value", "value_gap") == ["y, z", 12.0, -11.0]
    assert cells(frame, "c", "leaders", "best_value", "value_gap") == ["y, z", 1.0, 3.0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"unit": "Hue City"}, "no unit is called that"),
        ({"unit": "Sơn La"}, "the unit is not ranked"),
        ({"unit": "01", "within": "regoin"}, "the units have no label 'regoin'; did you mean region?"),
        ({"unit": "04", "within": "region"}, "Đắk Lắk: the unit has no region"),
        ({"unit": "01", "by": "grdp"}, "grdp: the table has no such column"),
        ({"unit": "01", "by": ["a", "c"]}, "c: the table has no such column"),
        ({"unit": "01", "by": "region"}, "region: it is a label; a distance is of numbers; say within='region'"),
        ({"unit": "01", "by": []}, "no column is named"),
        ({"unit": "05", "by": INCOME}, "Lào Cai: the unit has no peer"),
        ({"unit": "05", "by": ["b"], "n": None}, "Lào Cai: the unit has no peer"),
        ({"unit": "01", "n": 0}, "0 peers are asked for"),
        ({"unit": "01", "by": INCOME.take(np.array([0, 1]))}, "03: the table has no such unit"),
    ],
)
def test_what_cannot_be_answered_is_refused(asked: dict[str, Any], said: str) -> None:
    """By name, with what to do."""
    with pytest.raises(TableError) as refused:
        peers(RESULT, **asked)
    assert said in str(refused.value)


def test_a_unit_alone_in_its_group_has_no_peer() -> None:
    """Its region is said."""
    alone = replace(UNITS, labels={"region": ("west", "south", "south", "", "north", "north")})
    with pytest.raises(TableError, match="of the same region"):
        peers(built(units=alone), "01", within="region")


def test_it_does_not_change() -> None:
    """Nor in another process."""
    found = pickle.loads(pickle.dumps(peers(RESULT, "02", n=1)))  # noqa: S301 - its own
    for column in (found.positions, found.distances):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0
    assert codes(found) == ["05"]


def test_it_prints_who_they_are() -> None:
    """The unit first."""
    assert repr(peers(RESULT, "02", n=1)) == "<Peers of Huế: Lào Cai>"


# What holds of any data


def varies(x: Matrix) -> bool:
    """Whether every indicator has two values that differ."""
    return all(len(np.unique(row[~np.isnan(row)])) > 1 for row in x)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Table, int | None]:
    """A table of three indicators with gaps, and how many peers are asked for."""
    x = draw(matrices(rows=(3, 3), units=(3, 8)).filter(varies))
    n = x.shape[1]
    units = Units(tuple(f"u{at}" for at in range(n)), labels={"region": draw(labels(n))})
    return Table(units, ("a", "b", "c"), x.T), draw(st.none() | st.integers(1, 4))


RULES = scheme(
    group("g", leaf("a"), group("h", leaf("b", direction=-1), leaf("c"))),
    screen={"measured": 0, "empty": "exclude"},
)


def all_found(result: Result, n: int | None, **asked: Any) -> dict[str, Peers]:
    """Everybody's peers, of those that have any."""
    found = {}
    for code in result.composite.units.codes:
        with suppress(TableError):  # it has no region, is not ranked, or has nobody to be held against
            found[code] = peers(result, code, n=n, **asked)
    return found


@quick
@given(drawn())
def test_they_are_those_of_the_definition(case: tuple[Table, int | None]) -> None:
    """By scores, by columns and within a label, with places and gaps, as one unit at a time gives them."""
    table, n = case
    result = compute(RULES, table)
    units = result.composite.units
    ranked = {units.codes[at] for at in result.best_first}
    scores = dict(zip(units.codes, result.scores.values.tolist(), strict=True))
    columns = [slow_peers.standardised(column) for column in result.completed.values.T.tolist()]
    values = dict(zip(units.codes, map(list, zip(*columns, strict=True)), strict=True))
    region = dict(zip(units.codes, units.labels["region"], strict=True))
    for asked, profiles in (({}, scores), ({"by": ["a", "b", "c"]}, values), ({"within": "region"}, scores)):
        for code, found in all_found(result, n, **asked).items():
            among = {other for other in ranked if "within" not in asked or region[other] == region[code]}
            expected = slow_peers.nearest(result, code, profiles, among, n)
            assert set(codes(found)) == set(expected)
            apart = [expected[peer] for peer in codes(found)]
            assert same(found.to_frame()["distance"], [NAN if d == inf else d for d in apart], 1e-9)
            assert list(found.distances) == sorted(found.distances)
            frame = found.nodes()
            for at, node in enumerate("abc"):
                others = [scores[peer][at] for peer in codes(found)]
                known, mine = present(others), scores[code][at]
                gaps = [mine - sum(known) / len(known), mine - max(known)] if known else [NAN, NAN]
                place = slow_peers.place(mine, others)
                assert same(cells(frame, node, "rank", "to_mean", "to_best"), [place, *gaps], 1e-9)


@quick
@given(drawn())
def test_distances_are_symmetric_and_nobody_is_its_own_peer(case: tuple[Table, int | None]) -> None:
    """How far A is from B is how far B is from A."""
    result = compute(RULES, case[0])
    for asked in ({}, {"by": ["a", "c"]}):
        found = all_found(result, None, **asked)
        apart = {
            (one, other): d for one, f in found.items() for other, d in zip(codes(f), f.distances, strict=True)
        }
        assert not any(one == other for one, other in apart)
        for (one, other), d in apart.items():
            assert apart.get((other, one), inf) == pytest.approx(d)


@quick
@given(drawn().flatmap(lambda case: st.tuples(st.just(case), shuffled(len(case[0].units)))))
def test_the_order_of_units_decides_nothing(case: tuple[tuple[Table, int | None], Any]) -> None:
    """The same peers in the same order, with the same gaps and leaders."""
    (table, n), order = case
    here, there = (all_found(compute(RULES, t), n) for t in (table, table.take(order)))
    assert set(here) == set(there)
    for code, found in here.items():
        assert codes(found) == codes(there[code])
        for frame, other in (
            (found.nodes(), there[code].nodes()),
            (found.best_in_class(), there[code].best_in_class()),
        ):
            numbers = frame.select_dtypes("number").columns
            assert same(frame[numbers], other[numbers])
            assert frame["leaders"].tolist() == other["leaders"].tolist()
