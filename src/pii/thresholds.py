"""The thresholds of practice that an audit holds an index against, each with where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["FAR", "KURTOSIS", "RULES", "SIGNIFICANT", "Rule", "Severity"]

Severity: TypeAlias = Literal["serious", "notable"]
"""``serious`` where a score may mean the opposite of what it says."""

_COINR = "Becker et al. (2022), COINr, doi:10.21105/joss.04567"
_HORN = "Horn (1965), doi:10.1007/BF02289447"
_JRC = "JRC audits of composite indicators"
_KAISER = "Kaiser (1974), doi:10.1007/BF02291575"
_BARTLETT = "the usual 5%; Bartlett (1951), doi:10.1093/biomet/38.3-4.337"
_MCDONALD = "our choice, as for alpha; McDonald (1999), Test Theory, doi:10.4324/9781410601087"
_NUNNALLY = "Nunnally (1978), Psychometric Theory"
_PARUOLO = (
    "our choice, on the measure of Paruolo, Saisana and Saltelli (2013), doi:10.1111/j.1467-985X.2012.01059.x"
)
_OURS = "our choice"


class Rule(NamedTuple):
    """What is held against a threshold of practice."""

    topic: str
    """The chapter of the audit."""
    says: str
    """What breaks the rule, for a list of all places that do."""
    said: str
    """What is said of one place, with {} for the detail."""
    threshold: float
    source: str
    """Where the threshold is from."""
    severity: Severity = "notable"


RULES: Mapping[str, Rule] = {
    "measured": Rule(
        "data", "measured for less than 65% of the ranked units", "measured for {} of the units", 0.65, _COINR
    ),
    "zero": Rule("data", "more than half of the measured values are 0", "{} of its values are 0", 0.5, _COINR),
    "alike": Rule(
        "data", "more than half of the units share one value", "{} of the units share one value", 0.5, _OURS
    ),
    "different": Rule("data", "fewer than half of the measured values differ", "{}", 0.5, _COINR),
    "unit_gaps": Rule(
        "coverage",
        "ranked units measured for less than 65% of a group",
        "measured for less than 65%: {}",
        0.65,
        _JRC,
    ),
    "imputed": Rule(
        "coverage", "more than 10% of the values are imputed", "{} of its values are imputed", 0.1, _OURS
    ),
    "outliers": Rule(
        "outliers",
        "absolute skewness above 2 and kurtosis above 3.5 after treatment",
        "outliers after treatment: {}",
        2.0,
        _COINR,
    ),
    "size": Rule(
        "size", "follows the size of the unit and is not put per anything", "follows size: {}", 0.6, _COINR
    ),
    "opposed": Rule("correlation", "goes against its group", "goes against its group {}", 0.0, _JRC, "serious"),
    "against": Rule("correlation", "siblings go against each other", "{}", 0.0, _JRC, "serious"),
    "weak": Rule(
        "correlation",
        "hardly counts in its group: correlation below 0.3",
        "hardly counts in its group {}",
        0.3,
        _JRC,
    ),
    "dominant": Rule(
        "redundancy", "almost the same as its group: correlation above 0.92", "almost the same as {}", 0.92, _JRC
    ),
    "siblings": Rule(
        "redundancy", "siblings say the same: correlation above 0.92", "siblings say the same: {}", 0.92, _JRC
    ),
    "elsewhere": Rule(
        "redundancy",
        "say the same in different groups: correlation above 0.92, either way",
        "say the same in different groups: {}",
        0.92,
        _JRC,
    ),
    "misplaced": Rule(
        "structure",
        "goes better with another group than with its own",
        "goes better with another group: {}",
        0.3,
        _JRC,
    ),
    "alpha": Rule("reliability", "Cronbach's alpha below 0.7", "Cronbach's alpha is {}", 0.7, _NUNNALLY),
    "alpha_without": Rule(
        "reliability",
        "Cronbach's alpha rises by more than 0.05 without it",
        "without it, Cronbach's alpha rises: {}",
        0.05,
        _OURS,
    ),
    "omega": Rule("reliability", "McDonald's omega below 0.7", "McDonald's omega is {}", 0.7, _MCDONALD),
    "bartlett": Rule(
        "dimensions",
        "correlations are not told from none: Bartlett's test, p above 0.05",
        "its correlations are not told from none: Bartlett's test, p {}",
        0.05,
        _BARTLETT,
    ),
    "several": Rule(
        "dimensions",
        "several eigenvalues above 1 and above those of chance",
        "{} dimensions: eigenvalues above 1 and above those of chance",
        1,
        _HORN,
    ),
    "first": Rule(
        "dimensions",
        "the first component explains less than half of the variance",
        "the first component explains {} of the variance",
        0.5,
        _OURS,
    ),
    "kmo": Rule(
        "dimensions", "Kaiser-Meyer-Olkin measure below 0.6", "the Kaiser-Meyer-Olkin measure is {}", 0.6, _KAISER
    ),
    "influence": Rule("weights", "twice its share of the influence, or half", "has {}", 2.0, _PARUOLO),
    "moved": Rule(
        "ranks",
        "ranks ten places and more from the index's for more than half of the units",
        "ten places and more from the index for {} of the units",
        0.5,
        f"ten places: {_JRC}; half of the units: our choice",
    ),
    "compensation": Rule(
        "compensability",
        "units move by a tenth of the ranked units, and three places, by the geometric mean of the pillars",
        "weak pillars made up for by strong ones: {}",
        0.1,
        _OURS,
    ),
}
"""Every threshold, in one place, with where it is from."""

FAR = 10
"""Places between two ranks that audits of the JRC call far."""

KURTOSIS = 3.5
"""Excess kurtosis above which skewness past its threshold is a matter of outliers. COINr, as for skewness."""

SIGNIFICANT = 0.05
"""P-values, corrected for their number, below which siblings are said to go against each other."""
