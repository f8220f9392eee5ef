"""What the Handbook prints: its tables, the eight indicators of 23 countries, and how far their digits reach."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np

from pii.arrays import Matrix, Vector
from tests.shared import read_rows, reference

__all__ = ["EQUAL", "HALF_A_DIGIT", "between_goalposts", "in_order", "measured", "published"]

EQUAL = np.full(8, 1 / 8)
# Goalposts of the Human Development Report 2001, in the order of the indicators.
LOW = np.array([[0, 0, 0, 0, 0, np.log10(22), 0.8, 0.1]]).T
HIGH = np.array([[994, 272.6, 232.4, 80.8, np.log10(901), np.log10(6969), 12, 27.4]]).T
# Patents are whole numbers, telephones and electricity logarithms of two decimals, the others have one.
HALF_A_DIGIT = np.array([[0.5, 0.05, 0.05, 0.05, 0.005, 0.005, 0.05, 0.05]]).T


@cache
def published() -> dict[str, Any]:
    """The Handbook's tables."""
    found: dict[str, Any] = json.loads(reference("tai", "published.json").read_text(encoding="utf-8"))
    return found


def measured() -> tuple[list[str], Matrix]:
    """Countries and their values, (indicators, countries)."""
    rows = read_rows("tai", "tai23.csv")
    codes = [name for name in rows[0] if name != "country"]
    assert codes == published()["table22_weights"]["indicators"]
    return [row["country"] for row in rows], np.array([[float(row[code]) for row in rows] for code in codes])


def between_goalposts(x: Matrix) -> Matrix:
    """Scores from 0 at the lower goalpost to 1 at the higher."""
    scores: Matrix = (x - LOW) / (HIGH - LOW)
    return scores


def in_order(table: str, column: str) -> Vector:
    """A column of table 23 or 38, in the order of the data; both list countries as table 38 does."""
    countries = published()["table38_rank_by_aggregation_equal_weights"]["order"]
    ranks = dict(zip(countries, published()[table][column], strict=True))
    return np.array([float(ranks[country]) for country in measured()[0]])
