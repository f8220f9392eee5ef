"""Principal components and their varimax rotation."""

import numpy as np
import pytest

from pii.numerics import factor
from pii.numerics.factor import principal_components, varimax
from pii.numerics.pairwise import pairwise
from tests import slow_weigh
from tests.shared import same


def loadings() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Three components of seven correlated rows."""
    random = np.random.default_rng(5)
    x = random.normal(size=(7, 3)) @ random.normal(size=(3, 60)) + random.normal(size=(7, 60))
    values, vectors = principal_components(pairwise(x).correlation)
    return np.asarray(vectors[:, :3] * np.sqrt(values[:3]))


def test_components_make_the_matrix() -> None:
    """Eigenvalues fall, and the sum of their parts is the matrix; each column's greater side is above 0."""
    matrix = pairwise(np.random.default_rng(3).normal(size=(5, 12))).correlation
    values, vectors = principal_components(matrix)
    assert (np.diff(values) <= 0).all()
    assert same((vectors * values) @ vectors.T, matrix, 1e-12)
    assert ((vectors * np.abs(vectors)).sum(axis=0) >= 0).all()


def test_rotation_keeps_what_each_row_has_in_common() -> None:
    """Products of rows are unchanged, and the rotation equals that of the scalar formula."""
    before, after = loadings(), varimax(loadings())
    assert same(after @ after.T, before @ before.T, 1e-12)
    assert same(after, np.array(slow_weigh.rotated(before.T.tolist())).T, 1e-9)


def test_rotating_again_changes_nothing() -> None:
    """What is rotated is at its best; one factor cannot be rotated."""
    once = varimax(loadings())
    assert same(varimax(once), once, 1e-9)
    assert same(varimax(once[:, :1]), once[:, :1], 1e-12)


def test_where_every_angle_is_as_good_nothing_is_rotated() -> None:
    """One row alone, and factors that share nothing to be told apart by."""
    assert same(varimax(np.array([[0.6, 0.8]])), [[0.6, 0.8]], 1e-12)


def test_a_rotation_that_does_not_settle_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not returned half way."""
    monkeypatch.setattr(factor, "_MOST_ROUNDS", 1)
    with pytest.raises(ArithmeticError, match="the varimax rotation did not settle"):
        varimax(loadings())
