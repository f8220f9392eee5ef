"""Make the pictures of the documentation, from what its pages compute.

Sphinx calls ``write_all`` before it reads the pages (see ``conf.py``), which show what it writes into
``docs/generated/pictures/``.
"""

from __future__ import annotations

from pathlib import Path

import pii
from pii import plot
from pii.methods.aggregate import Arithmetic, Geometric

__all__ = ["write_all"]


def write_all(folder: Path) -> None:
    """Write every picture: those of the page on uncertainty, with its choices."""
    scheme, table = pii.read_sample("papi-2024")
    weights = pii.WeightBox(spread=0.25, groups=["PAPI"], name="weights")
    mean = pii.VaryAggregation(among=[Arithmetic(), Geometric()], levels=[0], name="mean")
    less = pii.LeaveOut(nodes=[f"D{k}" for k in range(1, 9)], name="a dimension less")
    found = pii.study(scheme, table, [weights], seed=0)
    exact = pii.bounds(found.result, pii.Region(spread=0.25))
    driven = pii.sensitivity(scheme, table, [weights, mean, less], n=1024, seed=0).overall()
    drawn, possible = found.intervals(), exact.to_frame()
    names = list(found.units.names)
    figures = {
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
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        plot.save(figure, folder / f"{name}.svg")
