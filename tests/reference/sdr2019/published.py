"""The SDG Index 2019 (Sachs et al. 2019, CC BY 4.0) from its raw values, by a scheme file alone."""

from __future__ import annotations

import csv
import gzip
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pii.arrays import Matrix
from pii.compute import compute
from pii.io.schemes import read_scheme, write_scheme
from pii.io.tables import read_table
from pii.methods.impute import GroupMean
from pii.methods.normalise import FixedGoalposts
from pii.result import Result
from pii.scheme import Column, Scheme
from pii.screen import Screen
from pii.tree import Group, Indicator, Range
from tests.provincial import needs
from tests.reference.compared import Comparison, Pairs

__all__ = ["COMPARISONS", "GOALS", "result"]

GOALS = range(1, 18)


@cache
def published() -> dict[str, dict[str, str]]:
    """The published rows of all countries, by code."""
    with gzip.open(needs("reference/sdr2019/sdr2019.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def indicators() -> list[Indicator]:
    """The 85 indicators with the published bounds; less is better where the best value is the lower one."""
    columns = [code for code in next(iter(published().values())) if re.match(r"sdg\d", code)]
    with needs("reference/sdr2019/codebook.csv").open(encoding="utf-8", newline="") as file:
        book = {row["Code"]: row for row in csv.DictReader(file)}
    found = []
    for code in columns:
        best, worst = (float(book[code][end]) for end in ("Best value (= 100)", "Worst value (= 0)"))
        posts = Range(low=min(best, worst), high=max(best, worst))
        found.append(Indicator(code=code, direction=1 if best > worst else -1, goalposts=posts))
    return found


def sdg_scheme() -> Scheme:
    """Clipped goalposts, a goal wholly missing takes its region's mean, the index is the mean of the goals."""
    goals = tuple(
        Group(
            code=f"goal{goal}",
            children=tuple(i for i in indicators() if i.code.startswith(f"sdg{goal}_")),
            impute=GroupMean(by="indexreg"),
        )
        for goal in GOALS
    )
    left_out = tuple(code for code, row in published().items() if not row["sdgi_s"])
    return Scheme(
        code="sdg-2019",
        normalise=FixedGoalposts(),
        labels=(Column(code="indexreg"),),
        screen=Screen(measured=0.0, exclude=left_out),
        index=Group(code="sdgi", children=goals),
    )


@cache
def result() -> Result:
    """The index from a scheme file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sdg.yaml"
        write_scheme(sdg_scheme(), path)
        scheme = read_scheme(path)
    return compute(scheme, read_table(needs("reference/sdr2019/sdr2019.csv.gz"), scheme))


def numbers(*columns: str) -> Matrix:
    """Published columns for the ranked countries, (countries, columns)."""
    rows = [published()[code] for code in result().composite.units.codes]
    return np.array([[float(row[column] or "nan") for column in columns] for row in rows])


def normalised(_: str) -> Pairs:
    """All indicators, gaps included."""
    scores = result().scores
    yield scores.values, numbers(*(f"n_{code}" for code in scores.columns))


def goals(_: str) -> Pairs:
    """Where one was published."""
    codes = [f"goal{goal}" for goal in GOALS]
    ours, theirs = np.array([result().composite.column(code) for code in codes]).T, numbers(*codes)
    yield np.where(np.isnan(theirs), np.nan, ours), theirs


def index(_: str) -> Pairs:
    """The score."""
    yield result().composite.column("sdgi"), numbers("sdgi_s")[:, 0]


def ranks(_: str) -> Pairs:
    """The place."""
    yield result().ranking.column("sdgi"), numbers("sdgi_r")[:, 0]


COMPARISONS = tuple(
    Comparison("SDG Index 2019", family, "sdr2019.csv.gz", pairs, tolerance)
    for family, pairs, tolerance in (
        ("normalised values", normalised, 1e-10),
        ("goals", goals, 1e-10),
        ("index", index, 1e-10),
        ("ranks", ranks, 0.0),
    )
)
