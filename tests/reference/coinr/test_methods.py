"""Where COINr's variants of single steps and ours part, and its random imputation."""

from __future__ import annotations

import numpy as np
import pytest

from pii import stages
from pii.errors import MethodError
from pii.numerics import em
from tests.reference.coinr import asem
from tests.reference.coinr.methods import (
    DENOMINATED,
    PILLARS,
    RAW,
    REFERENCED,
    TRANSFORMED,
    TREATED,
    pillar,
    to_one,
)
from tests.shared import same


@pytest.mark.parametrize("file", REFERENCED)
def test_an_economy_that_is_the_worst_is_no_reference(file: str) -> None:
    """COINr divides by 0; we refuse those indicators, and no others."""
    unit, cap = REFERENCED[file]
    table, expected = asem.table(TREATED), asem.values(file, asem.codes())
    turned = table.values * np.array([indicator.direction for indicator in asem.scheme().indicators])
    worst = turned[table.units.locate(unit)] == np.nanmin(turned, axis=0)
    assert not np.isfinite(expected[:, worst]).all(axis=0).any()
    assert np.isfinite(expected[:, ~worst]).all()
    with pytest.raises(MethodError, match="the base is no better than the worst value") as refused:
        stages.normalise(table, asem.scheme(normalise=to_one(unit, cap)))
    assert [problem.indicator for problem in refused.value.problems] == np.array(asem.codes())[worst].tolist()


def test_an_indicator_that_coinr_flattens_is_left() -> None:
    """The one that is not compared has one value after COINr's forced winsorising, and its two here."""
    at = asem.codes().index("TIRcon")
    expected = asem.values("variants/tf_winsorise_force_winmax1.csv", asem.codes())[:, at]
    assert set(expected) == {1.0}
    x = asem.table(RAW).values.T[[at]]
    assert np.array_equal(TRANSFORMED["winsorise_force_winmax1"](x).values, x)


def test_the_logarithm_alone_transforms_what_coinr_leaves() -> None:
    """18 indicators; COINr returns its input."""
    found = stages.treat(asem.table(RAW), asem.scheme(treat={"method": "winsorise_then_log", "limit": 0}))
    assert len(found.rules) == 18
    assert len(asem.rows("variants/treat_Raw_logCT_only_dets.csv")) == len(asem.codes()) - 18


def test_amelias_fills_scatter_round_ours() -> None:
    """COINr's `i_EM` returns one random draw of Amelia's, so it can only be told whether it may be one of ours.

    Each is the expectation plus noise of the conditional covariance. The standardised noise of all gaps of a unit
    is a sum of squares, chi-squared by the number of gaps.
    """
    theirs = asem.values("variants/imp_i_EM_amelia_df_L2_noboot_seed1.csv", asem.codes())
    measured = asem.table(DENOMINATED)
    known = ~np.isnan(measured.values)
    assert same(theirs[known], measured.values[known], 1e-12)
    squares, count = 0.0, 0
    for code in PILLARS:
        codes = pillar(code)
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
