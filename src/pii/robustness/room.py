"""How much memory a study takes, and its refusal before any draw is made where there is not so much."""

from __future__ import annotations

import os

import numpy as np

from pii.errors import SchemeError
from pii.methods.sample import LatinHypercube
from pii.numerics.draws import places
from pii.numerics.memory import unfit
from pii.robustness.plan import Plan

__all__ = [
    "cross_bytes",
    "effects_bytes",
    "leads_bytes",
    "refuse_unfit",
    "refuse_unfit_study",
    "study_bytes",
    "winning_bytes",
]

_NUMBER = 8  # bytes of a float64, or of a count
_FEWER = "study fewer units, or fewer groups at a time"


def study_bytes(nodes: int, draws: int, units: int) -> int:
    r"""What a study takes that is held in memory, and says the intervals of its ranks and scores.

    .. math:: k d n (8 + b) + 8 k n (n + 1) + \max(8 n (n + 1), 16 d n)

    for k nodes, d draws and n units, whose places take b bytes each: scores and places; how often each unit has
    each place; and the larger of what counts these and what sorts the scores of a node.

    Examples
    --------
    >>> study_bytes(1, 1_000, 10_000), study_bytes(1, 1_000_000_000, 63)
    (1700160000, 1575000032256)
    """
    place = places(np.empty((0, units))).dtype.itemsize
    held = nodes * draws * units * (_NUMBER + place)
    return held + nodes * _table(units) + max(_table(units), 2 * _NUMBER * draws * units)


def counted_bytes(nodes: int, units: int) -> int:
    """What a study takes whose draws are kept in a folder: how often each unit has each place.

    Examples
    --------
    >>> counted_bytes(1, 10_000)
    1600160000
    """
    return (nodes + 1) * _table(units)


def winning_bytes(units: int) -> int:
    """What it takes to say how often each unit stands above each other: seven numbers a pair, and ranks beside.

    Examples
    --------
    >>> winning_bytes(10_000)
    5600000000
    """
    return 7 * _NUMBER * units * units


def cross_bytes(units: int, first: int) -> int:
    """What cross confidence takes, of units of which so many are first in some draw.

    Examples
    --------
    >>> cross_bytes(10_000, 20)
    1603200000
    """
    return 2 * _NUMBER * units * (units + first)


def effects_bytes(n: int, runs: int, dimensions: int, units: int) -> int:
    """What a design of n points takes, the runs that it is made into, and their ranks and scores twice over.

    Examples
    --------
    >>> effects_bytes(4096, 6 * 4096, 20, 63)
    55181312
    """
    return _NUMBER * (2 * n * dimensions + runs * (dimensions + 2 * (1 + 2 * units)))


def leads_bytes(units: int) -> int:
    """What the least lead of each unit over each other takes, and whether it is above 0.

    Examples
    --------
    >>> leads_bytes(10_000)
    900000000
    """
    return (_NUMBER + 1) * units * units


def refuse_unfit_study(plan: Plan, *, kept: bool = False) -> None:
    """Refuse a study that does not fit memory.

    Parameters
    ----------
    plan
        What is to be computed.
    kept
        Whether its draws go to a folder, and only places are counted.

    Raises
    ------
    SchemeError
        It needs more memory than there is; with both figures.
    """
    nodes, draws, units = len(plan.nodes), plan.uncertainty.draws, len(plan.measured.units)
    counted = counted_bytes(nodes, units)
    needed = counted if kept else study_bytes(nodes, draws, units)
    if isinstance(plan.uncertainty.sampler, LatinHypercube):  # orders all draws anew for every chunk
        needed += _NUMBER * draws * (os.cpu_count() or 1)
    if needed <= 2 * counted:
        remedy = _FEWER
    elif kept:
        remedy = "make fewer draws, or take the sampler sobol"
    else:
        remedy = "make fewer draws, or keep them in a folder: pii study --out DIR --keep-draws"
    refuse_unfit(needed, f"a study of {units:,} units in {draws:,} draws", remedy=remedy)


def refuse_unfit(needed: int, what: str, *, remedy: str = _FEWER) -> None:
    """Refuse what needs more memory than there is.

    Raises
    ------
    SchemeError
        With both figures.
    """
    if problem := unfit(needed, what, remedy=remedy):
        raise SchemeError(problem)


def _table(units: int) -> int:
    return _NUMBER * units * (units + 1)
