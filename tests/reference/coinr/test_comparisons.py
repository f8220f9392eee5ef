"""Everything held against COINr, and whether that is every file; the page of the documentation that says so."""

from __future__ import annotations

import pytest

from tests.reference.coinr.comparisons import COMPARISONS, NOT_COMPARED
from tests.reference.compared import Comparison, bound, everything, outcome, table
from tests.shared import ROOT, SHARED

FOLDER = SHARED / "reference" / "coinr"


def test_every_file_is_compared_or_listed_with_a_reason() -> None:
    """None is overlooked, none is both, and none is named that is not there."""
    if not FOLDER.is_dir():
        pytest.skip("no reference numbers at ../shared/reference/coinr")
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.csv")}
    compared = {comparison.file for comparison in COMPARISONS}
    assert not compared & NOT_COMPARED.keys()
    assert compared | NOT_COMPARED.keys() == files


@pytest.mark.parametrize("comparison", COMPARISONS, ids=str)
def test_equals_coinr(comparison: Comparison) -> None:
    """Numbers and gaps; counts, ranks and marks exactly."""
    found = outcome(comparison)
    assert found.numbers > 0
    assert found.difference <= comparison.tolerance


def test_the_documentation_shows_what_was_compared() -> None:
    """Its table is what the command prints."""
    assert table(everything()) in (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


def test_a_difference_is_shown_as_the_power_of_ten_that_it_does_not_pass() -> None:
    """What rounding may come to on another machine is not told apart."""
    assert bound(0.0, exact=True) == "0"
    assert bound(0.0, exact=False) == bound(3e-16, exact=False) == bound(1e-12, exact=False) == "1e-12"
    assert bound(3e-9, exact=False) == bound(1e-8, exact=False) == "1e-8"
