"""COINr's principal components of groups, and the weights that it takes from the first."""

import numpy as np
import pytest

from pii import stages
from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.weigh import PrincipalComponent
from pii.numerics.factor import principal_components
from pii.numerics.pairwise import pairwise
from tests.reference.coinr import asem
from tests.shared import same

STEPS = {"Normalised_L1_groups": "step_6_Normalised.csv", "Aggregated_L2_groups": "step_7_Aggregated.csv"}


def groups(step: str) -> list[tuple[str, tuple[str, ...]]]:
    """The groups that COINr took components of, with their children."""
    found: dict[str, list[str]] = {}
    for row in asem.rows(f"pca_{step}_loadings.csv"):
        if row["PC"] == "PC1":
            found.setdefault(row["group"], []).append(row["iCode"])
    return [(group, tuple(codes)) for group, codes in found.items()]


def scores(step: str, codes: tuple[str, ...]) -> Matrix:
    """The children's scores, (children, units)."""
    return np.ascontiguousarray(asem.values(STEPS[step], codes).T)


def weights(x: Matrix, codes: tuple[str, ...]) -> Vector:
    """Shares by the first component."""
    return PrincipalComponent()(np.ones(len(x)), sizes=np.ones(len(x)), scores=lambda: x, codes=codes)


@pytest.mark.parametrize("step", STEPS)
def test_components_equal_coinr(step: str) -> None:
    """Standard deviations and loadings of every component of every group, up to the arbitrary sign."""
    deviations, loadings = asem.rows(f"pca_{step}_sdev.csv"), asem.rows(f"pca_{step}_loadings.csv")
    for group, codes in groups(step):
        values, vectors = principal_components(pairwise(scores(step, codes)).correlation)
        assert same(np.sqrt(values), [float(row["sdev"]) for row in deviations if row["group"] == group], 1e-8)
        of = {(row["PC"], row["iCode"]): float(row["loading"]) for row in loadings if row["group"] == group}
        theirs = np.array([[of[f"PC{at + 1}", code] for at in range(len(codes))] for code in codes])
        assert same(np.abs(vectors), np.abs(theirs), 1e-8)
        assert same(np.abs((vectors * theirs).sum(axis=0)), np.ones(len(codes)), 1e-8)


@pytest.mark.parametrize("step", STEPS)
def test_weights_equal_coinr_where_they_have_one_sign(step: str) -> None:
    """Ours are COINr's as shares; where COINr's have two signs, the children against the others are refused."""
    theirs = {row["iCode"]: float(row["Weight"]) for row in asem.rows(f"pca_{step}_weights.csv")}
    mixed = set()
    for group, codes in groups(step):
        w = np.array([theirs[code] for code in codes])
        w = -w if (w * np.abs(w)).sum() < 0 else w
        x = scores(step, codes)
        if (w > 0).all():
            ours = weights(x, codes)
            assert same(ours, w / w.sum(), 1e-8)
        else:
            mixed.add(group)
            with pytest.raises(Undefined) as caught:
                weights(x, codes)
            assert caught.value.rows == tuple(np.flatnonzero(w < 0).tolist())
            assert all(repr(codes[row]) in caught.value.remedy for row in caught.value.rows)
    assert mixed == ({"Instit", "Environ", "SusEcFin"} if step == "Normalised_L1_groups" else {"Sust"})


@pytest.mark.parametrize("method", ["standard_deviation", "coefficient_of_variation", "entropy", "critic"])
def test_every_group_of_an_index_can_be_weighed_by_the_data(method: str) -> None:
    """Shares of each group sum to 1, those of groups by the scores of their own children."""
    scheme = asem.scheme(weigh=method)
    found = stages.weigh(asem.scores(STEPS["Normalised_L1_groups"]), scheme)
    for group in scheme.groups:
        assert same(found.of([child.code for child in group.children]).sum(), 1.0, 1e-12)
