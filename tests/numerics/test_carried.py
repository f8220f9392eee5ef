"""What was done to some values is done to others alike."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from pii.arrays import Matrix
from pii.methods.treat import Log, Winsorise
from pii.numerics.carried import carried
from tests.shared import same
from tests.strategies import quick, skewed

NAN = float("nan")


@quick
@given(x=skewed())
def test_the_values_that_it_was_learnt_from_become_what_they_were_made(x: Matrix) -> None:
    """At the known points nothing else comes out."""
    for treat in (Winsorise(limit=2), Log()):
        assert same(carried(x, x, treat(x).values), treat(x).values)


@quick
@given(x=skewed())
def test_nothing_done_is_nothing_carried(x: Matrix) -> None:
    """Rows that were left alone leave others alone, to the bit."""
    other = x[:, ::-1] + 0.5
    assert np.array_equal(carried(other, x, x), other, equal_nan=True)


def test_values_beyond_those_pulled_in_go_no_further() -> None:
    """A winsorised row is flat at the end where it was, and as it was at the other."""
    before, after = np.array([[1.0, 2.0, 3.0, 4.0, 90.0]]), np.array([[1.0, 2.0, 3.0, 4.0, 4.0]])
    assert carried(np.array([[0.0, 4.0, 80.0, 900.0, NAN]]), before, after)[0, :4].tolist() == [0.0, 4.0, 4.0, 4.0]


def test_a_logarithm_goes_on_beyond_the_last_value() -> None:
    """The last line goes on, so that order is kept."""
    before = np.array([[1.0, 10.0, 100.0]])
    found = carried(np.array([[0.5, 5.5, 1000.0]]), before, np.log10(before))[0]
    assert same(found, [-0.5 / 9, 0.5, 2 + 900 / 90])


def test_one_known_point_is_the_image_of_everything() -> None:
    """There is no line to go on with."""
    before, after = np.array([[2.0, 2.0, NAN]]), np.array([[5.0, 5.0, NAN]])
    assert same(carried(np.array([[1.0, 2.0, 90.0, NAN]]), before, after), [[5.0, 5.0, 5.0, NAN]])


def test_a_gap_stays_a_gap() -> None:
    """NaN is carried nowhere."""
    before, after = np.array([[1.0, NAN, 3.0]]), np.array([[2.0, NAN, 5.0]])
    assert same(carried(np.array([[NAN, 2.0]]), before, after), [[NAN, 3.5]])
