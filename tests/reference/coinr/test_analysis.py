"""What our weights by principal components make of COINr's, and weights by data in every group of its example."""

from __future__ import annotations

import numpy as np
import pytest

from pii import stages
from pii.errors import Undefined
from tests.reference.coinr import asem
from tests.reference.coinr.analysis import NORMALISED, first_component, groups_of_components, scores_of
from tests.shared import same


@pytest.mark.parametrize(
    ("step", "mixed"),
    [("Normalised_L1_groups", {"Instit", "Environ", "SusEcFin"}), ("Aggregated_L2_groups", {"Sust"})],
)
def test_a_component_of_two_signs_is_refused(step: str, mixed: set[str]) -> None:
    """COINr returns its negative weights; we name the children that go against the others."""
    theirs = asem.by_code(f"pca_{step}_weights.csv")
    found = set()
    for group, codes in groups_of_components(step).items():
        w = np.array([asem.number(theirs[code]["Weight"]) for code in codes])
        w = -w if (w * np.abs(w)).sum() < 0 else w
        if (w > 0).all():
            continue
        found.add(group)
        with pytest.raises(Undefined) as caught:
            first_component(scores_of(step, codes), codes)
        assert caught.value.rows == tuple(np.flatnonzero(w < 0).tolist())
        assert all(repr(codes[row]) in caught.value.remedy for row in caught.value.rows)
    assert found == mixed


@pytest.mark.parametrize("method", ["standard_deviation", "coefficient_of_variation", "entropy", "critic"])
def test_every_group_of_an_index_can_be_weighed_by_the_data(method: str) -> None:
    """Shares of each group sum to 1, those of groups by the scores of their own children."""
    scheme = asem.scheme(weigh=method)
    found = stages.weigh(asem.scores(NORMALISED), scheme)
    for group in scheme.groups:
        assert same(found.of([child.code for child in group.children]).sum(), 1.0, 1e-12)
