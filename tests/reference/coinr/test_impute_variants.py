"""COINr's imputations that look across indicators, and the normal that R's `norm` fits to each of its pillars."""

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.arrays import Matrix
from pii.numerics import em
from pii.scheme import Scheme
from tests.reference.coinr import asem
from tests.shared import same

DENOMINATED = "step_2_Denominated.csv"
PILLARS = ("ConEcFin", "Environ", "Instit", "P2P", "Physical", "Social", "SusEcFin")

# COINr counts levels from the indicators (1) up, so that its 2 are the pillars, which are ours on level 2.
ROWWISE: dict[str, dict[str, Any]] = {
    "i_mean_byrow": {"method": "row_mean"},
    "i_mean_byrow_L2": {"method": "row_mean", "level": 2},
    "i_median_byrow_L3": {"method": "row_median", "level": 1},
    "i_mean_byrow_nonorm": {"method": "row_mean", "scale": "none"},
}


@pytest.mark.parametrize("name", ROWWISE)
def test_imputed_by_row(name: str) -> None:
    """Fills equal COINr's."""
    completed = stages.impute(asem.table(DENOMINATED), asem.scheme(impute=ROWWISE[name]))
    assert same(completed.values, asem.values(f"variants/imp_{name}.csv", asem.codes()), 1e-13)


def pillar(read: Scheme, code: str) -> tuple[str, ...]:
    """A pillar's indicators, in alphabetical order as in the files."""
    return tuple(sorted(indicator.code for indicator in read.indicators if read.parents[indicator.code] == code))


def relative(found: Matrix, expected: Matrix) -> float:
    """The largest difference, relative to the number."""
    return float(np.max(np.abs(np.asarray(found) - expected) / np.abs(expected), initial=0.0))


@pytest.mark.parametrize("code", PILLARS)
def test_the_normal_of_a_pillar(code: str) -> None:
    """Means, covariances, fills and likelihood equal those of `norm`."""
    codes = pillar(asem.scheme(), code)
    x = asem.values(f"em/in_{code}.csv", codes).T
    found = em.fit(x)
    assert relative(found.mean, _column(f"em/mu_{code}.csv", "mu", codes)) < 1e-10
    assert relative(found.covariance, _square(f"em/sigma_{code}.csv", codes)) < 1e-10
    gaps = np.isnan(x)
    filled = asem.values(f"em/filled_{code}.csv", codes).T
    assert relative(em.completed(x, found)[gaps], filled[gaps]) < 1e-10
    # That of `norm` is of standardised values, and without the constant.
    count = np.count_nonzero(~gaps, axis=1)
    theirs = found.log_likelihood + (count * (np.log(2 * np.pi) / 2 + np.log(np.nanstd(x, axis=1)))).sum()
    assert same(theirs, float(asem.rows(f"em/loglik_{code}.csv")[0]["loglik"]), 1e-10)


def test_em_by_pillar_in_a_scheme() -> None:
    """Through the stage, every pillar's fills."""
    read = asem.scheme(impute={"method": "em", "level": 2})
    measured = asem.table(DENOMINATED)
    completed = stages.impute(measured, read)
    for code in PILLARS:
        codes = pillar(read, code)
        gaps = np.isnan(measured.select(codes).values)
        filled = asem.values(f"em/filled_{code}.csv", codes)
        assert relative(completed.select(codes).values[gaps], filled[gaps]) < 1e-10


def test_amelias_fills_scatter_round_ours() -> None:
    """COINr's `i_EM` returns one random draw of Amelia's, so it can only be told whether it may be one of ours.

    Each is the expectation plus noise of the conditional covariance. The standardised noise of all gaps of a unit
    is a sum of squares, chi-squared by the number of gaps.
    """
    read = asem.scheme()
    theirs = asem.values("variants/imp_i_EM_amelia_df_L2_noboot_seed1.csv", asem.codes())
    measured = asem.table(DENOMINATED)
    known = ~np.isnan(measured.values)
    assert same(theirs[known], measured.values[known], 1e-12)
    squares, count = 0.0, 0
    for code in PILLARS:
        codes = pillar(read, code)
        x = measured.select(codes).values.T
        normal = em.fit(x)
        ours = em.completed(x, normal)
        drawn = theirs[:, [asem.codes().index(c) for c in codes]].T
        for unit in np.flatnonzero(np.isnan(x).any(axis=0)):
            gaps = np.isnan(x[:, unit])
            # The inverse's block of the gaps is the inverse of their conditional covariance.
            precision = np.linalg.inv(normal.covariance)[np.ix_(gaps, gaps)]
            away = drawn[gaps, unit] - ours[gaps, unit]
            squares += float(away @ precision @ away)
            count += int(gaps.sum())
    assert count == 65
    assert abs(squares - count) < 4 * np.sqrt(2 * count), squares


def _column(name: str, column: str, codes: tuple[str, ...]) -> Matrix:
    by_code = {row["iCode"]: asem.number(row[column]) for row in asem.rows(name)}
    return np.array([by_code[code] for code in codes])


def _square(name: str, codes: tuple[str, ...]) -> Matrix:
    by_code = {row["row"]: row for row in asem.rows(name)}
    return np.array([[asem.number(by_code[one][other]) for other in codes] for one in codes])
