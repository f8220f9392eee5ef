"""Pictures of an index: arrays and labels in, a matplotlib Figure out (extra ``plot``).

A figure shows nothing by itself, and pyplot does not know it. What it shows, in a sentence or two, is its label,
``figure.get_label()``; :func:`save` writes that into the file, for those who do not see the picture. Marks differ
in lightness and shape, so that they are told apart in print and by the colour-blind. What is missing is seen to be
missing: a name without a mark, or a cell with a cross. Names may be in any language; ``language`` is of the
picture's own words.

Where matplotlib is not installed all raise MissingExtra; where there is not one number, or one row, for each name,
PiiError.
"""

from __future__ import annotations

from pii.figures.change import change_arrows
from pii.figures.correlations import correlation_map
from pii.figures.dominance import hasse
from pii.figures.framework import framework
from pii.figures.ranks import acceptability, effects, pair_robustness, rank_intervals
from pii.figures.scatter import scatter
from pii.figures.scores import heat_map, profile, stacked
from pii.figures.style import save
from pii.figures.waterfall import waterfall

__all__ = [
    "acceptability",
    "change_arrows",
    "correlation_map",
    "effects",
    "framework",
    "hasse",
    "heat_map",
    "pair_robustness",
    "profile",
    "rank_intervals",
    "save",
    "scatter",
    "stacked",
    "waterfall",
]
