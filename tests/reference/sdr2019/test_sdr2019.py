"""The SDG Index 2019 (Sachs et al. 2019, CC BY 4.0) from its raw values, by a scheme file alone."""

from __future__ import annotations

import csv
import gzip
import re
from functools import cache

import numpy as np
import pytest

from pii.compute import compute
from pii.io.schemes import read_scheme, write_scheme
from pii.io.tables import read_table
from pii.methods.impute import GroupMean
from pii.methods.normalise import FixedGoalposts
from pii.result import Result
from pii.scheme import Column, Scheme, Screen
from pii.tree import Group, Indicator, Range
from tests.provincial import needs

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


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The index from a scheme file."""
    path = tmp_path_factory.mktemp("sdg") / "sdg.yaml"
    write_scheme(sdg_scheme(), path)
    scheme = read_scheme(path)
    return compute(scheme, read_table(needs("reference/sdr2019/sdr2019.csv.gz"), scheme))


def numbers(result: Result, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A published column for the ranked countries."""
    return np.array([float(published()[code][column] or "nan") for code in result.composite.units.codes])


def test_every_normalised_value_is_the_published_one(result: Result) -> None:
    """85 indicators of 162 countries, gaps included."""
    assert result.scores.values.shape == (162, 85)
    theirs = np.array([numbers(result, f"n_{code}") for code in result.scores.columns]).T
    assert np.array_equal(np.isnan(result.scores.values), np.isnan(theirs))
    assert np.nanmax(np.abs(result.scores.values - theirs)) < 1e-10


def test_every_goal_is_the_published_one(result: Result) -> None:
    """Where one was published; a goal wholly missing has the mean of its region."""
    for goal in GOALS:
        theirs = numbers(result, f"goal{goal}")
        assert np.nanmax(np.abs(result.composite.column(f"goal{goal}") - theirs)) < 1e-10
        assert not np.isnan(result.composite.column(f"goal{goal}")).any()


def test_index_and_ranks_are_the_published_ones(result: Result) -> None:
    """All 162 scores to 1e-10 and all ranks exactly; the 31 others are listed as not ranked."""
    assert np.abs(result.composite.column("sdgi") - numbers(result, "sdgi_s")).max() < 1e-10
    assert np.array_equal(result.ranking.column("sdgi"), numbers(result, "sdgi_r"))
    assert len(result.unranked) == 31
