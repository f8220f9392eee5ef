"""COINr's transforms, chains and records of treatment that `test_variants` does not compare."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.arrays import Vector, skewness_and_kurtosis
from pii.methods.treat import AbstractTreater, BoxCox, LogPlus, LogShift, Winsorise
from pii.scores import Treatment
from tests.reference.coinr import asem
from tests.shared import same

RAW, SCREENED = "step_1_Raw.csv", "step_4_Screened.csv"

TRANSFORMED: dict[str, AbstractTreater] = {
    "log_CT_plus": LogPlus(),
    "log_CT_orig": LogShift(),
    **{f"boxcox_lambda{exponent:g}": BoxCox(exponent=exponent) for exponent in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)},
    # COINr's forced winsorising asks no test: here, one that no indicator passes.
    "winsorise_force_winmax1": Winsorise(limit=1, ties="pass_limit", skewness=1e-12, kurtosis=-1e9),
}
# COINr moves all 13 zeros of an indicator of zeros and ones, and leaves only ones; here an indicator stays.
FLATTENED = {"winsorise_force_winmax1": {"TIRcon"}}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_transformed(name: str) -> None:
    """One function applied to every raw indicator."""
    values = TRANSFORMED[name](asem.table(RAW).values.T).values.T
    expected = asem.values(f"variants/tf_{name}.csv", asem.codes())
    kept = [at for at, code in enumerate(asem.codes()) if code not in FLATTENED.get(name, ())]
    assert same(values[:, kept], expected[:, kept])


def test_an_indicator_that_coinr_flattens_is_left() -> None:
    """The one that the test above leaves out has one value after COINr, and its two here."""
    at = asem.codes().index("TIRcon")
    expected = asem.values("variants/tf_winsorise_force_winmax1.csv", asem.codes())[:, at]
    assert set(expected) == {1.0}
    x = asem.table(RAW).values.T[[at]]
    assert np.array_equal(TRANSFORMED["winsorise_force_winmax1"](x).values, x)


def chain(**settings: Any) -> dict[str, Any]:
    """Winsorise, else a transform, with COINr's way with ties."""
    return {"method": "winsorise_then_log", "ties": "pass_limit", **settings}


TREATED: dict[str, tuple[str, dict[str, Any]]] = {
    "treat_Raw_default": (RAW, chain()),
    "treat_Raw_winmax1": (RAW, chain(limit=1)),
    "treat_Raw_winmax2": (RAW, chain(limit=2)),
    "treat_Raw_winmax1_combine": (RAW, chain(limit=1, of="winsorised")),
    "treat_Raw_winmax1_f2_log_CT_plus": (RAW, chain(limit=1, then="log_plus")),
    "treat_Raw_winmax1_f2_log_CT_orig": (RAW, chain(limit=1, then="log_shift")),
    "treat_Screened_winmax5": (SCREENED, chain(limit=5)),
    "treat_Raw_indiv": (RAW, chain()),
}
OWN: dict[str, dict[str, dict[str, Any]]] = {
    "treat_Raw_indiv": {
        "Flights": {"treat": "none"},
        "Gas": {"treat": chain(limit=0)},
        "Services": {"treat": chain(limit=1)},
    }
}


def treatment(name: str) -> Treatment:
    """What the stage makes of COINr's data set."""
    source, method = TREATED[name]
    return stages.treat(asem.table(source), asem.scheme(OWN.get(name), treat=method))


def only_winsorised(name: str) -> Treatment:
    """The chain's first step alone."""
    source, method = TREATED[name]
    first = {"method": "winsorise", "ties": "pass_limit", "limit": method.get("limit", 5)}
    own = {code: {"treat": "none"} for code in ("Flights", "Gas") if name in OWN}
    return stages.treat(asem.table(source), asem.scheme(own, treat=first))


@pytest.mark.parametrize("name", TREATED)
def test_treated(name: str) -> None:
    """Treated values equal COINr's."""
    assert same(treatment(name).table.values, asem.values(f"variants/{name}.csv", asem.codes()))


def test_treated_by_the_quick_function() -> None:
    """With its defaults, which are those of the full one."""
    found = stages.treat(asem.table(SCREENED), asem.scheme(treat=chain()))
    assert same(found.table.values, asem.values("variants/qTreat_Screened_default.csv", asem.codes()))


@pytest.mark.parametrize("name", TREATED)
def test_every_moved_point_is_the_one_that_coinr_lists(name: str) -> None:
    """Winsorised high or low, and transformed, by unit and indicator; COINr marks gaps as transformed too."""
    found, first = treatment(name), only_winsorised(name)
    moved, pulled = found.moved(), first.moved()
    ends = {
        (unit, code): "winhi" if was > now else "winlo"
        for unit, code, was, now in zip(
            pulled["unit"], pulled["indicator"], pulled["from"], pulled["to"], strict=True
        )
    }
    listed = asem.rows(f"variants/{name}_points.csv")
    units = sorted(asem.units().codes)
    transformed = {code for code, rule in found.rules.items() if "winsorise" not in rule or "then" in rule}
    marks = {
        (unit, code): mark for unit, row in zip(units, listed, strict=True) for code, mark in row.items() if mark
    }
    assert {code for (_, code), mark in marks.items() if "log_CT" in mark} == transformed
    winsorised = {cell: mark.split("+")[0] for cell, mark in marks.items() if mark.startswith("win")}
    assert winsorised == ends
    cells = set(zip(moved["unit"], moved["indicator"], strict=True))
    assert cells == {cell for cell in marks if cell not in kept(found)}


def kept(found: Treatment) -> set[tuple[str, str]]:
    """Gaps, and values that a transform happens to keep, such as 0 by ln(x + 1)."""
    x = found.before.values
    units, columns = found.table.units.codes, found.table.columns
    return {(units[at], columns[column]) for at, column in np.argwhere(np.isnan(x) | (x == found.table.values))}


@pytest.mark.parametrize("name", TREATED)
def test_details_of_treatment(name: str) -> None:
    """Shape before, after winsorising, after the transform; points moved; whether each passes."""
    found, first = treatment(name), only_winsorised(name)
    before, after = by_indicator(found), by_indicator(first)
    listed = {row["iCode"]: row for row in asem.rows(f"variants/{name}_dets.csv")}
    assert set(asem.codes()) - set(listed) <= {"Flights"}
    for code, row in listed.items():
        if "Gas" in OWN.get(name, {}) and code == "Gas":
            continue  # transformed first, so that its columns are other steps
        steps = [
            (before[code]["skewness_before"], before[code]["kurtosis_before"]),
            (after[code]["skewness_after"], after[code]["kurtosis_after"]),
            (before[code]["skewness_after"], before[code]["kurtosis_after"]),
        ]
        assert after[code]["moved"] == (0 if row["winsorise.nwin"] == "NA" else int(row["winsorise.nwin"]))
        for step, (skew, kurtosis) in enumerate(steps):
            if row.get(f"check_SkewKurt{step}.Pass", "NA") == "NA":
                continue
            assert same(
                [skew, kurtosis], [asem.number(row[f"check_SkewKurt{step}.{what}"]) for what in ("Skew", "Kurt")]
            )
            assert row[f"check_SkewKurt{step}.Pass"] == str(bool(abs(skew) < 2 or kurtosis < 3.5)).upper()


def by_indicator(found: Treatment) -> dict[str, dict[str, Any]]:
    """The statistics of a treatment, a mapping an indicator."""
    rows = found.statistics().to_dict("index").items()
    return {str(code): {str(name): value for name, value in row.items()} for code, row in rows}


def shape(x: Vector) -> list[float]:
    """Skewness and kurtosis of one indicator."""
    skew, kurtosis = skewness_and_kurtosis(x[None])
    return [float(skew[0]), float(kurtosis[0])]


def test_an_indicator_transformed_first() -> None:
    """Gas, of which COINr takes the logarithm before anything else: its shape before and after."""
    row = next(row for row in asem.rows("variants/treat_Raw_indiv_dets.csv") if row["iCode"] == "Gas")
    found = treatment("treat_Raw_indiv")
    assert same(
        shape(found.before.column("Gas")), [asem.number(row[f"check_SkewKurt0.{w}"]) for w in ("Skew", "Kurt")]
    )
    assert same(
        shape(found.table.column("Gas")), [asem.number(row[f"check_SkewKurt1.{w}"]) for w in ("Skew", "Kurt")]
    )


def test_what_passes_is_left_by_a_chain_of_the_logarithm_alone() -> None:
    """The 31 indicators that COINr lists; it then leaves the other 18 as they are, and here they are transformed."""
    listed = {row["iCode"]: row for row in asem.rows("variants/treat_Raw_logCT_only_dets.csv")}
    found = stages.treat(asem.table(RAW), asem.scheme(treat=chain(limit=0)))
    assert set(asem.codes()) - set(found.rules) == set(listed)
    assert len(found.rules) == 18
    for code, row in listed.items():
        assert same(
            shape(found.table.column(code)),
            [asem.number(row[f"check_SkewKurt0.{what}"]) for what in ("Skew", "Kurt")],
        )
    assert same(asem.table(RAW).values, asem.values("variants/treat_Raw_logCT_only.csv", asem.codes()))


def test_points_of_the_worked_example() -> None:
    """COINr's own example lists units too."""
    found = stages.treat(asem.table(SCREENED), asem.scheme(treat=chain()))
    moved = found.moved()
    listed = {
        (row["uCode"], code): mark
        for row in asem.rows("treat_default_Treated_Points.csv")
        for code, mark in row.items()
        if code != "uCode" and mark
    }
    assert set(zip(moved["unit"], moved["indicator"], strict=True)) == set(listed)
    shapes = found.statistics()
    expected = {row["iCode"]: row for row in asem.rows("treat_default_Dets_Table.csv")}
    counts = [
        0 if expected[code]["winsorise.nwin"] == "NA" else int(expected[code]["winsorise.nwin"])
        for code in shapes.index
    ]
    assert shapes["moved"].tolist() == counts
