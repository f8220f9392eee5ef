"""The SDG Index 2019 against its published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.compared import Comparison, outcome
from tests.reference.sdr2019.published import COMPARISONS, GOALS, result


@pytest.mark.parametrize("comparison", COMPARISONS, ids=str)
def test_equals_the_published_one(comparison: Comparison) -> None:
    """Values and gaps of 162 countries; ranks exactly."""
    found = outcome(comparison)
    assert found.numbers > 0
    assert found.difference <= comparison.tolerance


def test_every_country_and_indicator_is_compared() -> None:
    """85 indicators of 162 countries; the 31 others are listed as not ranked."""
    assert result().scores.values.shape == (162, 85)
    assert len(result().unranked) == 31


def test_a_goal_wholly_missing_is_filled() -> None:
    """It has the mean of its region, so that none is left empty."""
    for goal in GOALS:
        assert not np.isnan(result().composite.column(f"goal{goal}")).any()
