"""COINr's looks at data and structure: statistics, availability, screens, correlations, reliability, components."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import numpy as np

from pii import stages
from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.audit import audit
from pii.methods.weigh import PrincipalComponent
from pii.numerics.correlation import pearson
from pii.numerics.factor import principal_components
from pii.numerics.pairwise import pairwise
from pii.numerics.reliability import alpha
from pii.numerics.tails import Thresholds
from pii.table import Table, Units
from tests.reference.coinr import asem
from tests.reference.compared import Comparison, Pairs

__all__ = ["COMPARISONS", "NORMALISED", "first_component", "groups_of_components", "scores_of"]

RAW, IMPUTED, NORMALISED, AGGREGATED = (
    "step_1_Raw.csv",
    "step_3_Imputed.csv",
    "step_6_Normalised.csv",
    "step_7_Aggregated.csv",
)

# Statistics

STATISTICS = {
    "stats_Raw.csv": RAW,
    "stats_Denominated.csv": "step_2_Denominated.csv",
    "stats_Imputed.csv": IMPUTED,
    "stats_Screened.csv": "step_4_Screened.csv",
    "stats_Treated.csv": "step_5_Treated.csv",
    "stats_Normalised.csv": NORMALISED,
    "stats_Aggregated.csv": AGGREGATED,
}

IN_ITS_UNIT = {"min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "sd": "Std"}
SHAPES_AND_COUNTS = {
    "skewness": "Skew",
    "kurtosis": "Kurt",
    "count": "N.Avail",
    "nonzero": "N.NonZero",
    "unique": "N.Unique",
    "same": "N.Same",
    "measured": "Frc.Avail",
    "different": "Frc.Unique",
    "alike": "Frc.Same",
}


def statistics(file: str) -> Pairs:
    """Of every column of one data set; those in its own unit by the size of its values."""
    found = asem.audited(STATISTICS[file]).statistics
    codes = [str(code) for code in found.index]
    assert set(codes) == set(asem.by_code(file))
    size = found[["min", "max"]].abs().max(axis=1)
    for name, theirs in IN_ITS_UNIT.items():
        yield found[name] / size, asem.column(file, theirs, codes) / size
    for name, theirs in SHAPES_AND_COUNTS.items():
        yield found[name], asem.column(file, theirs, codes)
    yield 1 - found["zero"], asem.column(file, "Frc.NonZero", codes)


def flags(file: str) -> Pairs:
    """Where COINr sees too few values, zeros, too few different values, outliers."""
    found = asem.audited(STATISTICS[file]).statistics
    passes = Thresholds(2.0, 3.5).passes
    ours: dict[str, list[bool]] = {
        "Avail": (found["measured"] < 0.65).tolist(),
        "NonZero": (found["zero"] > 0.5).tolist(),
        "Unique": (found["different"] < 0.5).tolist(),
        "SkewKurt": [not passes(*shape) for shape in zip(found["skewness"], found["kurtosis"], strict=True)],
    }
    listed = asem.by_code(file)
    for name, marks in ours.items():
        yield marks, [listed[str(code)][f"Flag.{name}"] != "ok" for code in found.index]


def shapes(file: str) -> Pairs:
    """Skewness and kurtosis of type 2."""
    skew, kurtosis = skewness_and_kurtosis(asem.table(RAW).values.T)
    yield skew, asem.column(file, "skew", asem.codes())
    yield kurtosis, asem.column(file, "kurt", asem.codes())


# Availability and screens


def coverage(file: str) -> Pairs:
    """The share of every group's indicators that each economy has."""
    found = audit(asem.on_raw_data()).coverage
    yield found, asem.values(file, tuple(found.columns))


SCREENS: dict[str, tuple[str, dict[str, Any]]] = {
    "data_avail_Raw_Summary.csv": (RAW, {"measured": 0.0}),
    "screen_default_DataSummary.csv": (IMPUTED, {"measured": 0.0}),
    "variants/screen_byNA_0.9_summary.csv": (RAW, {"measured": 0.9}),
    "variants/screen_byzeros_0.9_summary.csv": (RAW, {"measured": 0.0, "nonzero": 0.9}),
    "variants/screen_byNAandzeros_0.9_0.9_summary.csv": (RAW, {"measured": 0.9, "nonzero": 0.9}),
    "variants/screen_byNA_0.9_force_summary.csv": (
        RAW,
        {"measured": 0.9, "include": ["BRN"], "exclude": ["GBR"]},
    ),
}
REMOVED = {
    "screen_default_RemovedUnits.csv": "screen_default_DataSummary.csv",
    **{name.replace("summary", "removed"): name for name in SCREENS if "summary" in name},
}


@cache
def of_economies(source: str) -> Mapping[str, Vector]:
    """Of each economy over its indicators: the share measured, and the share of those that are 0."""
    turned = Table(Units(asem.codes(), asem.codes(), {}), asem.units().codes, asem.table(source).values.T)
    found = asem.side_by_side(turned).statistics
    return {name: found[name].to_numpy() for name in ("measured", "zero")}


def screened(file: str) -> Pairs:
    """How much each economy has, and whether it stays."""
    source, rule = SCREENS[file]
    screening = stages.screen(asem.table(source), asem.scheme(screen=rule))
    found, n = of_economies(source), len(asem.codes())
    missing = n * (1 - screening.measured)
    zero = found["zero"] * found["measured"] * n
    ours = {
        "Dat_Avail": screening.measured,
        "Non_Zero": 1 - found["zero"],
        "N_missing": missing,
        "N_zero": zero,
        "N_miss_or_zero": missing + zero,
    }
    for name, numbers in ours.items():
        yield numbers, asem.column(file, name, asem.units().codes, "uCode")
    listed = asem.by_code(file, "uCode")
    if "Included" in asem.rows(file)[0]:
        stays = [code not in screening.reasons for code in asem.units().codes]
        yield stays, [listed[code]["Included"] == "TRUE" for code in asem.units().codes]


def removed(file: str) -> Pairs:
    """Which economies are left out."""
    source, rule = SCREENS[REMOVED[file]]
    reasons = stages.screen(asem.table(source), asem.scheme(screen=rule)).reasons
    theirs = {row["removed"] for row in asem.rows(file)}
    yield [code in reasons for code in asem.units().codes], [code in theirs for code in asem.units().codes]


# Correlations


@cache
def correlations(measure: Literal["pearson", "spearman", "kendall"]) -> dict[frozenset[str], float]:
    """Of every pair of nodes of the example."""
    found = audit(asem.result(), measure=measure).correlations
    pairs = zip(found["first"], found["second"], found["coefficient"], strict=True)
    return {frozenset((first, second)): coefficient for first, second, coefficient in pairs}


def correlated(file: str) -> Pairs:
    """Pairs of one or two levels; one with itself is not compared."""
    measure: Any = file.split("_")[1]
    rows = [row for row in asem.rows(file) if row["Var1"] != row["Var2"]]
    ours = correlations(measure)
    yield (
        [ours[frozenset((row["Var1"], row["Var2"]))] for row in rows],
        [asem.number(row["Correlation"]) for row in rows],
    )


def p_values(file: str) -> Pairs:
    """Of Pearson's correlations of raw indicators, over the economies that have both."""
    apart = ~np.eye(len(asem.codes()), dtype=bool)
    theirs = np.array([asem.column(file, code, asem.codes(), "row") for code in asem.codes()])
    yield pearson(asem.table(RAW).values.T).p_values[apart], theirs[apart]


def flagged(file: str) -> Pairs:
    """Pairs within a group whose correlation passes a limit: which they are, and by how much."""
    read, high = asem.scheme(), "high" in file
    level = 2 if high else 1
    inside = {i.code: g.code for g in read.groups if read.levels[g.code] == level for i in g.indicators()}
    pairs = [
        (first, second)
        for at, first in enumerate(asem.codes())
        for second in asem.codes()[:at]
        if inside[first] == inside[second]
    ]
    r = np.array([correlations("pearson")[frozenset(pair)] for pair in pairs])
    theirs = {
        frozenset((row["Ind1"], row["Ind2"])): asem.number(row["Corr"])
        for row in asem.rows(file)
        if inside[row["Ind1"]] == row["Group"]
    }
    assert len(theirs) == len(asem.rows(file))
    yield (
        np.where(r > 0.75 if high else r < -0.5, r, np.nan),
        [theirs.get(frozenset(pair), np.nan) for pair in pairs],
    )


def sizes(file: str) -> Pairs:
    """Correlations of raw indicators with denominators, where above 0.6 in size."""
    found = audit(asem.result()).size
    r = found["coefficient"].to_numpy()
    theirs = {(row["Ind"], row["Denom"]): asem.number(row["Corr"]) for row in asem.rows(file)}
    pairs = zip(found["indicator"], found["denominator"], strict=True)
    yield np.where(np.abs(r) > 0.6, r, np.nan), [theirs.get(pair, np.nan) for pair in pairs]


# Reliability and components


def reliability(file: str) -> Pairs:
    """Cronbach's alpha of every group, of raw data with their gaps too."""
    sources = {"Raw": RAW, "Normalised": NORMALISED, "Aggregated": AGGREGATED}
    children = {group.code: tuple(child.code for child in group.children) for group in asem.scheme().groups}
    rows = asem.rows(file)
    found = [asem.values(sources[row["dset"]], children[row["group"]]).T for row in rows]
    yield [alpha(pairwise(x).covariance) for x in found], [asem.number(row["alpha"]) for row in rows]
    named = {row["group"]: asem.number(row["alpha"]) for row in rows if row["dset"] != "Raw"}
    ours = audit(asem.result()).reliability.groupby("group")["alpha"].first()
    yield [ours[code] for code in named], list(named.values())


COMPONENTS = {
    "Normalised_L1_groups": NORMALISED,
    "Aggregated_L2_groups": AGGREGATED,
    "Aggregated_L2_all": AGGREGATED,
}


def groups_of_components(step: str) -> dict[str, tuple[str, ...]]:
    """The groups that COINr took components of, with their children."""
    found: dict[str, list[str]] = {}
    for row in asem.rows(f"pca_{step}_loadings.csv"):
        if row["PC"] == "PC1":
            found.setdefault(row["group"], []).append(row["iCode"])
    return {group: tuple(codes) for group, codes in found.items()}


def scores_of(step: str, codes: tuple[str, ...]) -> Matrix:
    """The children's scores, (children, units)."""
    return np.ascontiguousarray(asem.values(COMPONENTS[step], codes).T)


def first_component(x: Matrix, codes: tuple[str, ...]) -> Vector:
    """Shares by the first component."""
    return PrincipalComponent()(np.ones(len(x)), sizes=np.ones(len(x)), scores=lambda: x, codes=codes)


def components(file: str) -> dict[str, tuple[tuple[str, ...], Vector, Matrix]]:
    """The children, eigenvalues and vectors of every group of one of COINr's files."""
    step = file.removeprefix("pca_").rsplit("_", 1)[0]
    return {
        group: (codes, *principal_components(pairwise(scores_of(step, codes)).correlation))
        for group, codes in groups_of_components(step).items()
    }


def deviations(file: str) -> Pairs:
    """The standard deviation of every component, and its share of the variance."""
    for group, (_, values, _) in components(file).items():
        rows = [row for row in asem.rows(file) if row["group"] == group]
        yield np.sqrt(values), [asem.number(row["sdev"]) for row in rows]
        yield values / len(values), [asem.number(row["var_frac"]) for row in rows]


def loadings(file: str) -> Pairs:
    """The loadings of every component, up to its sign, which is arbitrary."""
    for group, (codes, _, vectors) in components(file).items():
        of = {
            (row["PC"], row["iCode"]): asem.number(row["loading"])
            for row in asem.rows(file)
            if row["group"] == group
        }
        theirs = np.array([[of[f"PC{at + 1}", code] for at in range(len(codes))] for code in codes])
        yield vectors * np.sign((vectors * theirs).sum(axis=0)), theirs


def component_weights(file: str) -> Pairs:
    """The first component, up to its sign; where it has one sign, the shares that our method makes of it."""
    step = file.removeprefix("pca_").rsplit("_", 1)[0]
    for codes, _, vectors in components(file).values():
        theirs = np.array(asem.column(file, "Weight", codes))
        yield vectors[:, 0] * np.sign(vectors[:, 0] @ theirs), theirs
        if (theirs > 0).all() or (theirs < 0).all():
            yield first_component(scores_of(step, codes), codes), theirs / theirs.sum()


COMPARISONS = (
    *(Comparison("COINr", "statistics", file, statistics) for file in STATISTICS),
    Comparison("COINr", "statistics", "variants/skew_kurt_Raw.csv", shapes),
    *(Comparison("COINr", "flags of statistics", file, flags, 0.0) for file in STATISTICS),
    Comparison("COINr", "availability", "data_avail_Raw_ByGroup.csv", coverage),
    *(Comparison("COINr", "availability", file, screened) for file in SCREENS),
    *(Comparison("COINr", "units left out", file, removed, 0.0) for file in REMOVED),
    *(
        Comparison("COINr", "correlations", file, correlated)
        for file in (
            "corr_pearson_L1_L1.csv",
            "corr_pearson_L1_L2.csv",
            "corr_spearman_L1_L1.csv",
            "corr_kendall_L1_L1.csv",
        )
    ),
    Comparison("COINr", "correlations", "corr_flags_high075_L2.csv", flagged),
    Comparison("COINr", "correlations", "corr_flags_low-05_L3.csv", flagged),
    Comparison("COINr", "correlations", "denom_corr_Raw_06.csv", sizes),
    Comparison("COINr", "correlations, p-values", "pvals_pearson_Raw.csv", p_values),
    Comparison("COINr", "reliability", "cronbach.csv", reliability),
    *(Comparison("COINr", "principal components", f"pca_{step}_sdev.csv", deviations) for step in COMPONENTS),
    *(Comparison("COINr", "principal components", f"pca_{step}_loadings.csv", loadings) for step in COMPONENTS),
    *(
        Comparison("COINr", "principal components", f"pca_{step}_weights.csv", component_weights)
        for step in COMPONENTS
    ),
)
