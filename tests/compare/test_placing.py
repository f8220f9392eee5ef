"""A score's place among rivals is the one that ranking the whole column gives."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.compare.placing import places_among
from pii.methods.rank import AbstractRanker, Average, Competition, Dense, Modified
from tests.shared import same
from tests.strategies import FEW, matrices, quick


class Reversed(AbstractRanker):
    """A ranker of a notebook's own: the lowest is first."""

    method: Literal["reversed"] = "reversed"

    def __call__(self, x: Matrix, /) -> Matrix:
        """Places from the lowest up."""
        return Competition()(-x)


@pytest.mark.parametrize(
    "rank", [Competition(), Dense(), Modified(), Average(), Reversed()], ids=lambda r: r.method
)
@quick
@given(x=matrices(FEW, rows=(2, 4), units=(1, 7)), data=st.data())
def test_places_are_those_of_the_whole_column(rank: AbstractRanker, x: Matrix, data: Any) -> None:
    """With ties and gaps: the unit's score put in its place, and all ranked anew."""
    rivals, own = x[0], x[1:]
    at = np.array(sorted(data.draw(st.sets(st.integers(0, len(rivals) - 1), min_size=1))))
    found = places_among(rank, own[:, at], rivals, at)
    for row, scores in enumerate(own):
        for column, unit in enumerate(at.tolist()):
            whole = np.array(rivals)
            whole[unit] = scores[unit]
            assert same(found[row, column], rank(whole)[unit])
