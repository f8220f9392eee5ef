"""Scores against expectation and output over input: who is counted, where each stands, what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pii.compute import compute
from pii.errors import MethodError, SchemeError, TableError
from pii.expectation import Expectation, efficiency, expectation
from pii.methods.expect import Line, NaturalSpline
from pii.result import Result
from pii.table import Table, Units
from tests.provincial import needs
from tests.reference.gso.test_gso import computed
from tests.shared import group, leaf, same, scheme

NAN = float("nan")
CODES = tuple(f"{at:02d}" for at in range(1, 13))
UNITS = Units(CODES, tuple(f"Province {code}" for code in CODES))
GRDP = [40.0, 45.0, 50.0, 55.0, 60.0, 70.0, 80.0, 90.0, 120.0, 150.0, NAN, 20.0]


def built(**fields: Any) -> Result:
    """Twelve units: the eleventh without a covariate, the twelfth not ranked."""
    random = np.random.default_rng(2)
    columns = {code: 50 + 10 * random.normal(size=12) for code in "abcd"}
    columns = {code: np.append(column[:-1], NAN if code != "c" else 3.0) for code, column in columns.items()}
    columns["d"][10] = NAN  # no denominator
    tree = group("g", group("in", leaf("a"), leaf("b")), group("out", leaf("c"), leaf("d", denominator="grdp")))
    declared = {"normalise": {"method": "minmax", "floor": 1.0}, "denominators": [{"code": "grdp"}]} | fields
    return compute(scheme(tree, **declared), Table.of({**columns, "grdp": GRDP}, units=UNITS, period="2025"))


RESULT = built()


def test_every_unit_has_a_row_and_none_is_dropped_silently() -> None:
    """Those left out say why, and have no standing."""
    found = expectation(RESULT, "grdp")
    frame = found.to_frame()
    assert tuple(frame.index) == CODES
    assert dict(found.left_out) == {
        "11": "the covariate is not measured",
        "12": "; ".join(RESULT.unranked["12"]),
    }
    assert frame["reason"].tolist() == [""] * 10 + list(found.left_out.values())
    assert set(frame["standing"][:10]) <= {"above", "in line", "below"}
    assert frame["standing"].tolist()[10:] == ["", ""]
    assert frame["expected"].isna().tolist() == [False] * 10 + [True] * 2
    assert frame["score"].isna().tolist() == [False] * 11 + [True]
    assert same(frame["covariate"], GRDP)


def test_the_line_is_laid_against_the_logarithm() -> None:
    """As numpy lays it, through the ten units that have both; without, against the number itself."""
    score = RESULT.composite.column("g")[:10]
    for log, x in ((True, np.log(GRDP[:10])), (False, np.array(GRDP[:10]))):
        frame = expectation(RESULT, "grdp", log=log).to_frame()[:10]
        slope, start = np.polyfit(x, score, 1)
        assert same(frame["expected"], start + slope * x, 1e-9)
        assert same(frame["residual"], score - (start + slope * x), 1e-9)


def test_the_standing_is_where_the_score_lies_to_the_band() -> None:
    """Wider bands have fewer units outside: a higher level, and the band of single units."""
    outside = []
    for level, band in ((0.5, "mean"), (0.9, "mean"), (0.9, "unit")):
        frame = expectation(RESULT, "grdp", level=level, band=band).to_frame()[:10]  # type: ignore[arg-type]
        above, below = frame["score"] > frame["high"], frame["score"] < frame["low"]
        assert (frame["standing"] == "above").tolist() == above.tolist()
        assert (frame["standing"] == "below").tolist() == below.tolist()
        assert same(frame["high"] + frame["low"], 2 * frame["expected"], 1e-9)
        outside.append(int((above | below).sum()))
    assert outside[0] > outside[1] > outside[2] == 0


def test_any_node_can_be_held_against_expectation() -> None:
    """An indicator, a group; the index where none is named."""
    for node, score in (("a", RESULT.scores.column("a")), ("out", RESULT.composite.column("out"))):
        assert same(expectation(RESULT, "grdp", node=node).to_frame()["score"][:11], score)
    assert expectation(RESULT, "grdp").node == "g"
    with pytest.raises(SchemeError, match="outt: the scheme has no such node; did you mean out"):
        expectation(RESULT, "grdp", node="outt")


def test_a_unit_without_the_nodes_score_is_left_out() -> None:
    """With its reason, though it is ranked and has the covariate."""
    columns = {"a": [1.0, 2.0, 4.0, 3.0], "b": [1.0, 2.0, 3.0, 5.0], "c": [2.0, 1.0, 5.0, NAN]}
    tree = group("g", leaf("a"), leaf("b"), group("h", leaf("c")))
    result = compute(scheme(tree, screen={"measured": 0.5}), Table.of(columns, units=list("wxyz")))
    found = expectation(result, [1, 2, 3, 4], node="h")
    assert dict(found.left_out) == {"z": "no score of h"}


def test_a_covariate_comes_as_a_column_a_mapping_a_series_or_an_array() -> None:
    """Codes that are absent from a mapping are not measured; order is by code, not by place."""
    column = expectation(RESULT, "grdp").to_frame()
    by_code = {code: value for code, value in zip(CODES, GRDP, strict=True) if not np.isnan(value)}
    series = pd.Series(by_code).iloc[::-1]
    for given in (by_code, series, GRDP, np.array(GRDP)):
        assert expectation(RESULT, given).to_frame().equals(column)


@pytest.mark.parametrize(
    ("covariate", "said"),
    [
        ({"01": 1.0, "1": 2.0}, "1: the covariate is of a unit that is not in the table; did you mean"),
        ([1.0, 2.0], r"12 units have a covariate of shape \(2,\)"),
        ([*GRDP[:11], float("inf")], "Province 12: the covariate is inf; values are finite"),
        (
            [0.0, -2.0, *GRDP[2:]],
            "2 problems\n  covariate: Province 01: the value is 0; only .*\n .*02: the value is -2",
        ),
        ("grpd", "grpd: the table has no such column; did you mean grdp"),
    ],
)
def test_a_covariate_that_does_not_fit_is_refused(covariate: Any, said: str) -> None:
    """The units are named, all at once."""
    with pytest.raises(TableError, match=said):
        expectation(RESULT, covariate)


def test_only_units_that_are_counted_need_a_logarithm() -> None:
    """One that is not ranked may have no product; and without logarithms anybody may."""
    assert "12" in expectation(RESULT, [*GRDP[:11], 0.0]).left_out
    assert not expectation(RESULT, [-1.0, *GRDP[1:10], 3.0, NAN], log=False).left_out.keys() - {"12"}


def test_too_few_units_and_strange_levels_are_refused() -> None:
    """In the words of the method, with the covariate's name."""
    with pytest.raises(
        MethodError, match="covariate: 2 units with 2 different values of the covariate; a curve of 2"
    ):
        expectation(RESULT, {"01": 1.0, "02": 2.0})
    for level in (0.0, 1.0, 90.0, NAN):
        with pytest.raises(MethodError, match="it lies above 0 and below 1"):
            expectation(RESULT, "grdp", level=level)


def test_it_says_what_it_found() -> None:
    """In a line; and how much of the variance the curve explains."""
    found = expectation(RESULT, "grdp", level=0.5)
    count = found.to_frame()["standing"].value_counts()
    assert repr(found) == (
        f"<Expectation g 2025: g on ln grdp: {count['above']} above, {count['in line']} in line, "
        f"{count['below']} below, 2 left out>"
    )
    assert "g on covariate: " in repr(expectation(RESULT, GRDP, log=False))
    score = RESULT.composite.column("g")[:10]
    assert found.explained == pytest.approx(np.corrcoef(score, np.log(GRDP[:10]))[0, 1] ** 2)
    assert expectation(RESULT, "grdp", method=NaturalSpline(knots=3)).explained > found.explained
    flat = compute(scheme(group("g", leaf("a")), normalise="rank"), Table.of({"a": [1.0] * 5}, units=list("vwxyz")))
    assert np.isnan(expectation(flat, [1, 2, 3, 4, 5]).explained)


def test_a_finding_does_not_change() -> None:
    """Its values are read-only, and it leaves what it was given alone."""
    given = np.array(GRDP)
    found = expectation(RESULT, given)
    assert isinstance(found, Expectation)
    assert not found.values.flags.writeable
    assert given.flags.writeable


@pytest.fixture(scope="module")
def gso(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, dict[str, float]]:
    """The index of real series of 2016, and GRDP per person in million VND; skipped without the data."""
    result = computed("2016", tmp_path_factory.mktemp("gso"))
    frame = pd.read_csv(needs("data/gso/wide_2016.csv"), dtype={"code": str}).set_index("code")
    return result, {str(code): float(value) for code, value in (frame["d_grdp"] / frame["d_pop_rev"]).items()}


@pytest.mark.parametrize(
    ("method", "explained", "outside_mean", "outside_unit"),
    [(Line(), 0.50, (21, 27), (5, 1)), (NaturalSpline(), 0.54, (18, 23), (4, 0))],
    ids=["line", "spline"],
)
def test_real_provinces_are_as_the_documentation_says(
    gso: tuple[Result, dict[str, float]],
    method: Any,
    explained: float,
    outside_mean: tuple[int, int],
    outside_unit: tuple[int, int],
) -> None:
    """How many of 63 are above and below, by the band of the mean and by that of single units."""
    result, grdp = gso
    found = expectation(result, grdp, method=method)
    assert not found.left_out
    assert round(found.explained, 2) == explained
    units = expectation(result, grdp, method=method, band="unit")
    for one, counts in ((found, outside_mean), (units, outside_unit)):
        standing = one.to_frame()["standing"].tolist()
        assert (standing.count("above"), standing.count("below")) == counts
    residual = found.to_frame()["residual"]
    assert residual.idxmax() == "48", "Đà Nẵng is furthest above"


# Output over input


def test_efficiency_is_output_over_input() -> None:
    """With places and distances to the best; who is not ranked has a reason."""
    frame = efficiency(RESULT, output="out", input="in")
    ratio = RESULT.composite.column("out") / RESULT.composite.column("in")
    assert same(frame["ratio"], [*ratio, NAN])
    assert same(frame["to_leader"], [*(ratio - ratio.max()), NAN])
    assert same(frame["rank"], [*((ratio > one).sum() + 1 for one in ratio), NAN])
    assert frame["reason"].tolist() == [""] * 11 + ["; ".join(RESULT.unranked["12"])]


def test_a_node_without_a_score_has_no_efficiency() -> None:
    """The reason names the node."""
    columns = {"a": [1.0, 2.0, 4.0], "b": [1.0, 2.0, 3.0], "c": [2.0, NAN, 5.0]}
    tree = group("g", leaf("a"), leaf("b"), leaf("c"))
    floor = {"method": "minmax", "floor": 1.0}
    result = compute(scheme(tree, screen={"measured": 0.5}, normalise=floor), Table.of(columns, units=list("xyz")))
    assert efficiency(result, output="c", input="a")["reason"].tolist() == ["", "no score of c", ""]
    assert efficiency(result, output="a", input="c")["reason"].tolist() == ["", "no score of c", ""]


def test_ratios_of_scores_not_above_0_are_refused() -> None:
    """The units are named: an input of 0, and a negative output."""
    result = built(normalise="minmax")
    lowest = UNITS.names[int(np.argmin(result.scores.column("a")))]
    with pytest.raises(TableError, match=f"a: {lowest}: the score is 0; an output is put over an input above 0"):
        efficiency(result, output="out", input="a")
    standard = built(normalise="zscore")
    with pytest.raises(TableError, match=r"problems\n(  a: .*\n)+(  c: .* is not negative; .*\n?)+$"):
        efficiency(standard, output="c", input="a")


def test_the_ratio_depends_on_the_floor() -> None:
    """The same data on another floor have another order: the trap that the docstring tells of."""
    low, high = (
        efficiency(built(normalise={"method": "minmax", "floor": floor}), output="out", input="in")["rank"]
        for floor in (1.0, 50.0)
    )
    assert low.tolist() != high.tolist()
