"""The normalisers of `pii`, one number at a time; what `tests.slow` says of its formulas holds here."""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from fractions import Fraction
from math import erfc, exp, isnan, log, nan, sqrt
from statistics import median

from pii.methods import normalise as no
from tests import slow
from tests.slow import Row, mean, percentile, present, sd


def _z(x: Row, reference: Row) -> Row:
    known = present(reference)
    return [(v - mean(known)) / sd(known) for v in x]


@slow.normalise.register
def _(method: no.Robust, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    known = present(reference)
    middle = median(known)
    if method.spread == "mad":
        spread = median(abs(v - middle) for v in known)
    else:
        spread = percentile(known, 75) - percentile(known, 25)
    return [method.median + (v - middle) / spread * method.width for v in x]


@slow.normalise.register
def _(method: no.Logistic, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return [method.ceiling / (1 + exp(-method.steepness * z)) for z in _z(x, reference)]


@slow.normalise.register
def _(method: no.NormalCdf, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return [method.ceiling * erfc(-z / sqrt(2)) / 2 for z in _z(x, reference)]


@slow.normalise.register
def _(method: no.EmpiricalCdf, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    known = present(reference)
    return [nan if isnan(v) else method.ceiling * sum(r <= v for r in known) / len(known) for v in x]


def banded(ceiling: float, x: Row, reference: Row, low: float, high: float) -> Row:
    """Distance to a target that is a band."""
    worst, most = min(present(reference)), max(present(reference))
    scores = []
    for v in x:
        if v < low:
            scores.append(ceiling * (v - worst) / (low - worst))
        elif v > high:
            scores.append(ceiling * (most - v) / (most - high))
        else:
            scores.append(nan if isnan(v) else ceiling)
    return scores


def logarithmic(x: Row, low: float, high: float, direction: int) -> Row:
    """The share of the way between the logarithms of two goalposts, all in the indicator's own units."""
    worst, best = (low, high) if direction == 1 else (high, low)
    return [100 * (log(v) - log(worst)) / (log(best) - log(worst)) for v in x]


@slow.normalise.register
def _(method: no.DistanceToReference, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return relative(method, x, reference, mean(present(reference)))


def relative(method: no.DistanceToReference, x: Row, reference: Row, base: float) -> Row:
    """Distance to a base that is given."""
    known = present(reference)
    scores = []
    for v in x:
        if method.origin == "worst":
            share = (v - min(known)) / (base - min(known))
        else:  # in own units: v / base where more is better, 2 - v / base where less is
            share = v / base if base > 0 else 2 - v / base
        scores.append(method.ceiling * (min(share, 1) if method.cap and not isnan(v) else share))
    return scores


@slow.normalise.register
def _(method: no.FractionOfMax, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    known = present(reference)
    if max(known) > 0:
        return [method.ceiling * v / max(known) for v in x]
    own = [-v for v in known]
    return [method.ceiling * min(own) / -v for v in x]


@slow.normalise.register
def _(method: no.Balance, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    """The ends of the band are found without rounding, of the numbers as they are written."""
    known = [Fraction(str(v)) for v in present(reference)]
    middle, width = sum(known) / len(known), Fraction(str(method.width))
    if method.of == "mean":
        squared = (width * middle) ** 2
    else:
        squared = width**2 * sum((v - middle) ** 2 for v in known) / (len(known) - 1)
    scores = []
    for v in x:
        away = nan if isnan(v) else Fraction(str(v)) - middle
        scores.append(nan if isnan(v) else 0.0 if away**2 <= squared else 1.0 if away > 0 else -1.0)
    return scores


@slow.normalise.register
def _(method: no.Borda, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return [place - 1 for place in slow.normalise(no.Rank(ties=method.ties), x, reference, worst, best, target)]


@slow.normalise.register
def _(method: no.Categorical, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return [nan if isnan(v) else dict(method.scores.pairs)[v] for v in x]
