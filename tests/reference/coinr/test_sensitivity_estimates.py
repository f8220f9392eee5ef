"""COINr's sensitivity indices of its example, from the outputs of its own study of 300 runs."""

from __future__ import annotations

import numpy as np

from pii.arrays import Matrix
from pii.methods.apportion import Bootstrap, apportion, design
from tests.reference.coinr import asem
from tests.shared import same

CHOICES = ("Winmax", "Normalisation", "Weights", "Aggregation")
N = 50


def outputs() -> Matrix:
    """The mean absolute change of ranks in each run, (runs, 1)."""
    return np.array(
        [[float(row["y"])] for row in asem.rows("sensitivity/SA_N50_seed789_y_mean_abs_rank_change.csv")]
    )


def printed(column: str) -> Matrix:
    """One column of COINr's table, (choices, 1)."""
    by_choice = {row["Variable"]: row for row in asem.rows("sensitivity/SA_N50_seed789_Sensitivity.csv")}
    return np.array([[float(by_choice[choice][column])] for choice in CHOICES])


def test_the_design_equals_coinrs() -> None:
    """Made again from its first two blocks, A and B."""
    rows = asem.rows("sensitivity/SA_N50_seed789_sample_U01.csv")
    sample = np.array([[float(row[choice]) for choice in CHOICES] for row in rows])
    assert same(design(sample[:N], sample[N : 2 * N], [[0], [1], [2], [3]]), sample, 0.0)


def test_first_and_total_effects_equal_coinrs() -> None:
    """Which counts outputs from 0, not from their mean."""
    found = apportion(outputs(), len(CHOICES), centred=False)
    assert same(found.first, printed("Si"))
    assert same(found.total, printed("STi"))


def test_total_effects_do_not_depend_on_centring_and_first_effects_do() -> None:
    """From the mean, the fourth choice has 0.62 where COINr prints 0.48."""
    found = apportion(outputs(), len(CHOICES))
    assert same(found.total, printed("STi"))
    assert same(found.first, [[0.0071], [0.0423], [0.1253], [0.6190]], 5e-5)


def test_intervals_come_near_coinrs() -> None:
    """Which drew 100 resamples with R's generator."""
    found = apportion(outputs(), len(CHOICES), centred=False, bootstrap=Bootstrap(resamples=2000, seed=0))
    for name, column in (("first", "Si"), ("total", "STi")):
        low, high = printed(f"{column}_q5"), printed(f"{column}_q95")
        error = 0.26 * (high - low)  # four standard errors of a 5 % quantile of 100 normal numbers
        assert (np.abs(getattr(found, f"{name}_low") - low) < error).all()
        assert (np.abs(getattr(found, f"{name}_high") - high) < error).all()
