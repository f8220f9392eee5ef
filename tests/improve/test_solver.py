"""Programs with an answer, without one, and with whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pii.improve.solver import Row, solved

COST, HIGH = np.array([3.0, 1.0]), np.array([9.0, 1.5])
AT_LEAST: list[Row] = [({0: 2.0, 1: 1.0}, 4.0)]


@pytest.mark.parametrize(("whole", "taken"), [(False, [1.25, 1.5]), (True, [2.0, 0.0])])
def test_the_least_cost(whole: bool, taken: list[float]) -> None:
    """By hand; in whole numbers of the first where that is asked."""
    found = solved(COST, AT_LEAST, HIGH, np.array([whole, False]), seconds=5)
    assert found is not None
    assert found[0].tolist() == pytest.approx(taken)
    assert found[1]


@pytest.mark.parametrize("whole", [False, True])
def test_where_nothing_meets_the_rows_there_is_none(whole: bool) -> None:
    """Both kinds of program say so."""
    assert solved(COST, [({0: 1.0}, 10.0)], HIGH, np.array([whole, False]), seconds=5) is None


def test_without_rows_nothing_is_taken() -> None:
    """It costs nothing."""
    found = solved(COST, [], HIGH, np.array([False, False]), seconds=5)
    assert found is not None
    assert found[0].tolist() == [0, 0]
