"""Make the pictures of the documentation, from what its pages compute.

Sphinx calls ``write_all`` before it reads the pages (see ``conf.py``), which show what it writes into
``docs/generated/pictures/``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pii
from pii import plot
from pii.compare.comparison import compare
from pii.figures import publication
from pii.methods.aggregate import Arithmetic, Geometric

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["write_all"]


def write_all(folder: Path) -> None:
    """Write every picture: those of the page on uncertainty, and those of the gallery."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in {**_uncertainty(), **_gallery()}.items():
        plot.save(figure, folder / f"{name}.svg")


def _uncertainty() -> dict[str, Figure]:
    """With the choices of its page."""
    scheme, table = pii.read_sample("papi-2024")
    weights = pii.WeightBox(spread=0.25, groups=["PAPI"], name="weights")
    mean = pii.VaryAggregation(among=[Arithmetic(), Geometric()], levels=[0], name="mean")
    less = pii.LeaveOut(nodes=[f"D{k}" for k in range(1, 9)], name="a dimension less")
    found = pii.study(scheme, table, [weights], seed=0)
    exact = pii.bounds(found.result, pii.Region(spread=0.25))
    driven = pii.sensitivity(scheme, table, [weights, mean, less], n=1024, seed=0).overall()
    drawn, possible = found.intervals(), exact.to_frame()
    names = list(found.units.names)
    return {
        "ranks": plot.rank_intervals(
            names, drawn["rank"], drawn["low"], drawn["high"], (possible["best"], possible["worst"])
        ),
        "acceptability": plot.acceptability(found.acceptability(), names, drawn["rank"]),
        "effects": plot.effects(
            list(driven.index),
            driven["first"],
            driven["total"],
            (driven["first_low"], driven["first_high"]),
            (driven["total_low"], driven["total_high"]),
        ),
        "hasse": plot.hasse(names, exact.dominance.edges, exact.dominance.tiers, found.units.codes),
    }


def _gallery() -> dict[str, Figure]:
    """Of the synthetic sample of 2025, after that of 2024; profiles of one unit only."""
    before, after = (pii.compute(*pii.read_sample(f"synthetic-pii-{year}")) for year in (2024, 2025))
    income = after.measured.column("grdp") / after.measured.column("population") * 1000
    every = publication.figures(
        after,
        before=compare(before, after).start,
        covariate=("GRDP per person (million VND)", income),
    )
    wanted = (
        "contributions",
        "scores",
        "indicators",
        "correlations",
        "framework",
        "changes",
        "covariate",
        "profile-01",
    )
    return {f"gallery-{name}": make() for name, make in every if name in wanted}
