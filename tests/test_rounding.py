"""Published digits: half-up as on paper, on the numbers that the ministry published."""

from decimal import ROUND_HALF_UP, Decimal
from math import copysign, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compute import compute
from pii.rounding import half_up, published
from pii.table import Table
from tests.shared import group, leaf, scheme
from tests.strategies import quick

PILLARS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
SEVEN_PILLARS = scheme(
    group(
        "pii",
        group("input", *(leaf(code) for code in PILLARS[:5])),
        group("output", *(leaf(code) for code in PILLARS[5:])),
    ),
    normalise={"method": "none", "low": 0.0, "high": 100.0},
)


def test_bac_ninh_2025_is_published_as_48_76() -> None:
    """The seven published pillars give the published sub-indices and index."""
    pillars = [59.17, 39.99, 62.30, 47.43, 56.40, 28.74, 60.20]
    table = Table.of({code: [score] for code, score in zip(PILLARS, pillars, strict=True)}, units=["Bắc Ninh"])
    composite = compute(SEVEN_PILLARS, table).composite
    assert published(float(composite.column("pii")[0]), 3) == "48.764"
    assert half_up(float(composite.column("pii")[0]), 2) == 48.76


def test_hue_2025_is_published_as_49_37() -> None:
    """Half of 51.50 and 47.23 is 49.365, which goes up, though the nearest binary number lies below."""
    index = scheme(group("pii", leaf("input"), leaf("output")), normalise="none")
    table = Table.of({"input": [51.50], "output": [47.23]}, units=["Huế"])
    score = float(compute(index, table).composite.column("pii")[0])
    assert published(score, 2) == "49.37"
    assert round(score, 2) == 49.36


@given(st.integers(-(10**9), 10**9), st.integers(0, 5), st.integers(0, 4))
@quick
def test_equals_decimal_arithmetic_on_numbers_of_few_digits(digits: int, scale: int, decimals: int) -> None:
    """The decimal that a person typed decides, not its neighbour in binary."""
    typed = Decimal(digits).scaleb(-scale)
    exact = typed.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert half_up(float(typed), decimals) == float(exact)
    assert Decimal(published(float(typed), decimals)) == exact


@given(st.integers(0, 10_000), st.integers(0, 10_000))
@quick
def test_the_mean_of_two_published_scores_rounds_as_on_paper(a: int, b: int) -> None:
    """The noise of adding in binary does not reach the digit that decides."""
    exact = ((Decimal(a) + Decimal(b)) / 200).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert published((a / 100 + b / 100) / 2, 2) == str(exact)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (7.0, 2, "7.00"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "-0.13"),
        (2.5, 0, "3"),
        (99.995, 2, "100.00"),
        (1e-9, 2, "0.00"),
        (123456789.125, 2, "123456789.13"),
    ],
)
def test_all_decimals_are_shown(value: float, decimals: int, text: str) -> None:
    """Half goes away from 0."""
    assert published(value, decimals) == text


def test_what_is_missing_stays_missing() -> None:
    """NaN as a number, nothing as text."""
    assert isnan(half_up(nan, 2))
    assert published(nan, 2) == ""


def test_nothing_is_published_as_minus_zero() -> None:
    """A score a hair below 0 rounds to 0."""
    assert published(-0.001, 2) == "0.00"
    assert copysign(1.0, half_up(-0.001, 2)) == 1.0
