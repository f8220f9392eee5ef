"""Every number held against another's: ``python -m tests.reference.compared`` prints how near they are, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import ceil, log10
from typing import NamedTuple, TypeAlias

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.shared import difference

Pairs: TypeAlias = Iterator[tuple[ArrayLike, ArrayLike]]
"""Ours and theirs, in the same places."""

_ROUNDING = 1e-12  # differences below are those of adding up in another order, and differ between machines


class Outcome(NamedTuple):
    """What a comparison came to."""

    numbers: int
    """Of theirs; gaps, which must be in the same places, are not counted."""
    difference: float
    """The largest, relative to the number where that is above 1."""


@dataclass(frozen=True)
class Comparison:
    """One file of other people's numbers, and where ours come from."""

    source: str
    family: str
    """What the numbers are of."""
    file: str
    """The file, in the folder of its source."""
    pairs: Callable[[str], Pairs]
    """Ours and theirs, for the file."""
    tolerance: float = 1e-10
    """0 for what is counted, ranked or marked."""

    def __str__(self) -> str:
        return f"{self.family}-{self.file}".replace(" ", "_")


@cache
def outcome(comparison: Comparison) -> Outcome:
    """How many numbers, and how near."""
    numbers, largest = 0, 0.0
    for ours, theirs in comparison.pairs(comparison.file):
        numbers += int(np.count_nonzero(~np.isnan(np.asarray(theirs, dtype=np.float64))))
        largest = max(largest, difference(ours, theirs))
    return Outcome(numbers, largest)


def totals(_: str) -> Pairs:
    """Of the Provincial Competitiveness Index, but for 2011, whose published totals are off."""
    from tests.reference.pci.test_pci import YEARS, computed, published

    for year in YEARS:
        if year != 2011:
            composite, theirs = computed(year).composite, published(year)
            yield composite.column("PCI"), [theirs[code] for code in composite.units.codes]


def technology_ranks(_: str) -> Pairs:
    """Of 23 countries by the arithmetic mean, telephones and electricity capped at their goalposts."""
    from pii.methods.aggregate import Arithmetic
    from pii.methods.rank import Competition
    from tests.reference.tai.handbook import EQUAL, between_goalposts, measured
    from tests.reference.tai.test_aggregation import table_38

    scores = between_goalposts(measured()[1])
    scores[4:6] = np.minimum(scores[4:6], 1.0)
    yield Competition()(Arithmetic()(scores, EQUAL)[None])[0], table_38("LIN")


def technology_outranking(_: str) -> Pairs:
    """Five countries two by two."""
    from pii.numerics.outranking import outranking
    from tests.reference.tai.handbook import EQUAL, published
    from tests.reference.tai.test_aggregation import five

    yield outranking(five()[1], EQUAL), published()["table36_outranking5"]["E"]


def everything() -> tuple[Comparison, ...]:
    """The comparisons of all sources."""
    # They are made of what stands above.
    from tests.reference.coinr.comparisons import COMPARISONS as COINR
    from tests.reference.sdr2019.published import COMPARISONS as SDG

    return (
        *COINR,
        *SDG,
        Comparison("PCI 2006-2010, 2012", "totals from components", "pci_2006_2012.csv", totals, 1e-4),
        Comparison("TAI", "ranks by the arithmetic mean", "published.json", technology_ranks, 0.0),
        Comparison("TAI", "outranking of five countries", "published.json", technology_outranking, 0.0),
    )


def table(comparisons: Iterable[Comparison]) -> str:
    """A row a source and family; the largest difference as the power of ten that it does not pass."""
    rows: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in comparisons:
        rows.setdefault((comparison.source, comparison.family), []).append(comparison)
    lines = ["| source | what | files | numbers | largest difference |", "|---|---|---|---|---|"]
    for (source, family), held in rows.items():
        found = [outcome(comparison) for comparison in held]
        files = len({comparison.file for comparison in held})
        numbers = sum(each.numbers for each in found)
        largest = bound(max(each.difference for each in found), exact=all(c.tolerance == 0 for c in held))
        lines.append(f"| {source} | {family} | {files} | {numbers:,} | {largest} |")
    return "\n".join(lines)


def bound(largest: float, *, exact: bool) -> str:
    """The power of ten above a difference, not below rounding; 0 for what is equal exactly."""
    if exact and largest == 0:
        return "0"
    return f"1e{ceil(log10(max(largest, _ROUNDING)))}"


if __name__ == "__main__":
    try:
        sys.stdout.write(table(everything()) + "\n")
    except pytest.skip.Exception as absent:
        sys.exit(str(absent))
