"""COINr's variants of single steps, each of the data set that COINr made it from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from pii import stages
from pii.align import align
from pii.arrays import Matrix, Vector
from pii.errors import MethodError
from pii.methods.aggregate import Arithmetic, Copeland, Geometric, Harmonic, NetOutranking, Power
from pii.methods.treat import AbstractTreater, BoxCox, Log, LogPlus, LogShift, Winsorise
from pii.numerics import em
from pii.numerics.outranking import outranking
from pii.scheme import Scheme
from pii.scores import Treatment
from pii.table import Table
from pii.tree import Group
from tests.reference.coinr import asem
from tests.reference.compared import Comparison, Pairs

__all__ = [
    "COMPARISONS",
    "DENOMINATED",
    "PILLARS",
    "RAW",
    "REFERENCED",
    "TRANSFORMED",
    "TREATED",
    "chain",
    "pillar",
    "to_one",
]

RAW, DENOMINATED = "step_1_Raw.csv", "step_2_Denominated.csv"
SCREENED, TREATED = "step_4_Screened.csv", "step_5_Treated.csv"
COMPLETE, WITH_GAPS = "variants/agg_input_N1_minmax_1_100.csv", "variants/agg_input_NR_withNA.csv"

# Denominate


def denominated(denominators: Mapping[str, dict[str, Any]], table: Table) -> Matrix:
    """Ratios by these denominators and no others."""
    read = asem.scheme({code: {"denominator": None, **denominators.get(code, {})} for code in asem.codes()})
    return stages.denominate(align(table, read), read).values


def by_a_list_with_scales(file: str) -> Pairs:
    """Three indicators, each per its own number of its own denominator."""
    listed = {
        row["iCode"]: {
            "denominator": row["Denominator"],
            "denominate": {"method": "ratio", "scale": asem.number(row["ScaleFactor"]), "gap": "missing"},
        }
        for row in asem.rows("variants/in_denomby_custom.csv")
    }
    yield asem.against(denominated(listed, asem.raw()), file)


def by_the_worlds_sizes(file: str) -> Pairs:
    """Denominators from another table, matched by code."""
    world, units = asem.by_code("in_WorldDenoms.csv", "uCode"), asem.units()
    sizes = {
        name: [asem.number(world[code][name]) if code in world else float("nan") for code in units.codes]
        for name in ("GDP", "Population")
    }
    table = asem.table(RAW)
    merged = Table.of({**{code: table.column(code) for code in table.columns}, **sizes}, units=units)
    yield asem.against(
        denominated({"Goods": {"denominator": "GDP"}, "CO2": {"denominator": "Population"}}, merged), file
    )


# Impute

# COINr counts levels from the indicators (1) up, so that its 2 are the pillars, which are ours on level 2.
IMPUTED: dict[str, Any] = {
    "i_mean": "mean",
    "i_median": "median",
    "i_mean_grp_EurAsia": {"method": "group_mean", "by": "EurAsia_group"},
    "i_median_grp_GDP": {"method": "group_median", "by": "GDP_group"},
    "i_mean_byrow": {"method": "row_mean"},
    "i_mean_byrow_L2": {"method": "row_mean", "level": 2},
    "i_median_byrow_L3": {"method": "row_median", "level": 1},
    "i_mean_byrow_nonorm": {"method": "row_mean", "scale": "none"},
}
PILLARS = ("ConEcFin", "Environ", "Instit", "P2P", "Physical", "Social", "SusEcFin")


def imputed(file: str) -> Pairs:
    """Fills; gaps with nothing to go by stay."""
    name = file.removeprefix("variants/imp_").removesuffix(".csv")
    yield asem.against(stages.impute(asem.table(DENOMINATED), asem.scheme(impute=IMPUTED[name])).values, file)


def pillar(code: str) -> tuple[str, ...]:
    """A pillar's indicators, in alphabetical order as in the files."""
    parents = asem.scheme().parents
    return tuple(sorted(each for each in asem.codes() if parents[each] == code))


@cache
def normal(code: str) -> tuple[Matrix, em.Normal]:
    """A pillar's values, (indicators, units), and the normal that is fitted to them."""
    x = asem.values(f"em/in_{code}.csv", pillar(code)).T
    return x, em.fit(x)


def relative(found: Matrix, expected: Matrix) -> tuple[Matrix, Matrix]:
    """Ours by theirs, for their numbers may be small."""
    return found / expected, np.ones_like(expected)


def fitted(file: str) -> Pairs:
    """Means, covariances, fills or likelihood of one pillar, as R's `norm` has them."""
    what, code = file.removeprefix("em/").removesuffix(".csv").split("_")
    codes, (x, found) = pillar(code), normal(code)
    gaps = np.isnan(x)
    if what == "mu":
        yield relative(found.mean, np.array(asem.column(file, "mu", codes)))
    elif what == "sigma":
        theirs = np.array([asem.column(file, each, codes, "row") for each in codes])
        yield relative(found.covariance, theirs)
    elif what == "filled":
        theirs = asem.values(file, codes).T
        in_scheme = stages.impute(asem.table(DENOMINATED), by_pillar()).select(codes).values.T
        yield relative(em.completed(x, found)[gaps], theirs[gaps])
        yield relative(in_scheme[gaps], theirs[gaps])
    else:
        # That of `norm` is of standardised values, and without the constant.
        count = np.count_nonzero(~gaps, axis=1)
        less = (count * (np.log(2 * np.pi) / 2 + np.log(np.nanstd(x, axis=1)))).sum()
        yield found.log_likelihood + less, asem.number(asem.rows(file)[0]["loglik"])


def by_pillar() -> Scheme:
    """The example, its gaps filled by the normal of every pillar."""
    return asem.scheme(impute={"method": "em", "level": 2})


# Treat

TRANSFORMED: dict[str, AbstractTreater] = {
    "log_CT": Log(),
    "log_CT_plus": LogPlus(),
    "log_CT_orig": LogShift(),
    **{f"boxcox_lambda{exponent:g}": BoxCox(exponent=exponent) for exponent in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)},
    **{f"winsorise_winmax{limit}": Winsorise(limit=limit, ties="pass_limit") for limit in (1, 2, 3, 5, 10)},
    # COINr's forced winsorising asks no test: here, one that no indicator passes.
    "winsorise_force_winmax1": Winsorise(limit=1, ties="pass_limit", skewness=1e-12, kurtosis=-1e9),
}
# COINr moves all 13 zeros of an indicator of zeros and ones, and leaves only ones; here an indicator stays.
FLATTENED = {"winsorise_force_winmax1": {"TIRcon"}}


def transformed(file: str) -> Pairs:
    """One function applied to every raw indicator."""
    name = file.removeprefix("variants/tf_").removesuffix(".csv")
    kept = tuple(code for code in asem.codes() if code not in FLATTENED.get(name, ()))
    yield asem.against(TRANSFORMED[name](asem.table(RAW).select(kept).values.T).values.T, file, kept)


def chain(**settings: Any) -> dict[str, Any]:
    """Winsorise, else a transform, with COINr's way with ties."""
    return {"method": "winsorise_then_log", "ties": "pass_limit", **settings}


CHAINS: dict[str, tuple[str, dict[str, Any]]] = {
    "treat_Raw_default": (RAW, chain()),
    "treat_Raw_winmax1": (RAW, chain(limit=1)),
    "treat_Raw_winmax2": (RAW, chain(limit=2)),
    "treat_Raw_winmax1_combine": (RAW, chain(limit=1, of="winsorised")),
    "treat_Raw_winmax1_f2_log_CT_plus": (RAW, chain(limit=1, then="log_plus")),
    "treat_Raw_winmax1_f2_log_CT_orig": (RAW, chain(limit=1, then="log_shift")),
    "treat_Screened_winmax5": (SCREENED, chain(limit=5)),
    "treat_Raw_indiv": (RAW, chain()),
}
OWN: dict[str, dict[str, dict[str, Any]]] = {
    "treat_Raw_indiv": {
        "Flights": {"treat": "none"},
        "Gas": {"treat": chain(limit=0)},
        "Services": {"treat": chain(limit=1)},
    }
}
# The files of the worked example have names of their own.
VALUES = {f"variants/{name}.csv": name for name in CHAINS}
VALUES |= dict.fromkeys((TREATED, "variants/qTreat_Screened_default.csv"), "treat_Screened_winmax5")
POINTS = {f"variants/{name}_points.csv": name for name in CHAINS}
POINTS |= {"treat_default_Treated_Points.csv": "treat_Screened_winmax5"}
DETAILS = {f"variants/{name}_dets.csv": name for name in CHAINS}
DETAILS |= {"treat_default_Dets_Table.csv": "treat_Screened_winmax5"}


@cache
def treatment(name: str) -> Treatment:
    """What the stage makes of COINr's data set."""
    source, method = CHAINS[name]
    return stages.treat(asem.table(source), asem.scheme(OWN.get(name), treat=method))


@cache
def only_winsorised(name: str) -> Treatment:
    """The chain's first step alone."""
    source, method = CHAINS[name]
    first = {"method": "winsorise", "ties": "pass_limit", "limit": method.get("limit", 5)}
    own = {code: {"treat": "none"} for code in ("Flights", "Gas") if name in OWN}
    return stages.treat(asem.table(source), asem.scheme(own, treat=first))


def treated(file: str) -> Pairs:
    """Treated values."""
    yield asem.against(treatment(VALUES[file]).table.values, file)


def points(file: str) -> Pairs:
    """Which cells COINr winsorised high and low, which indicators it transformed, and whether it lists all we moved.

    It marks gaps and values that a transform keeps, such as 0 by ln(x + 1), as transformed too.
    """
    found, first = treatment(POINTS[file]), only_winsorised(POINTS[file])
    listed = asem.rows(file)
    assert [row.get("uCode", code) for row, code in zip(listed, asem.units().codes, strict=True)] == [
        *asem.units().codes
    ]
    marks = np.array([[row.get(code, "") for code in asem.codes()] for row in listed])
    ends = np.sign(np.nan_to_num(first.before.values - first.table.values))
    yield ends, np.char.startswith(marks, "winhi") * 1.0 - np.char.startswith(marks, "winlo")
    changed = {code for code, rule in found.rules.items() if "winsorise" not in rule or "then" in rule}
    yield [code in changed for code in asem.codes()], (np.char.find(marks, "log_CT") >= 0).any(axis=0)
    moved = np.nan_to_num(found.before.values != found.table.values) & ~np.isnan(found.before.values)
    yield moved[moved], marks[moved] != ""


def details(file: str) -> Pairs:
    """Points moved; shape before, after winsorising and after the transform, and whether each passes."""
    name = DETAILS[file]
    before, after = by_indicator(treatment(name)), by_indicator(only_winsorised(name))
    listed = asem.by_code(file)
    assert set(asem.codes()) - set(listed) <= {"Flights"}
    for code, row in listed.items():
        shapes = [
            (before[code]["skewness_before"], before[code]["kurtosis_before"]),
            (after[code]["skewness_after"], after[code]["kurtosis_after"]),
            (before[code]["skewness_after"], before[code]["kurtosis_after"]),
        ]
        if code == "Gas" and name in OWN:
            del shapes[1]  # transformed before anything else
        else:
            yield after[code]["moved"], 0 if row["winsorise.nwin"] == "NA" else int(row["winsorise.nwin"])
        for step, (skew, kurtosis) in enumerate(shapes):
            check = f"check_SkewKurt{step}"
            if row.get(f"{check}.Pass", "NA") != "NA":
                yield [skew, kurtosis], [asem.number(row[f"{check}.{what}"]) for what in ("Skew", "Kurt")]
                yield abs(skew) < 2 or kurtosis < 3.5, row[f"{check}.Pass"] == "TRUE"


def by_indicator(found: Treatment) -> dict[str, dict[str, Any]]:
    """The statistics of a treatment, a mapping an indicator."""
    rows = found.statistics().to_dict("index").items()
    return {str(code): {str(name): value for name, value in row.items()} for code, row in rows}


LOGARITHM = "variants/treat_Raw_logCT_only"


@cache
def logarithm_alone() -> Treatment:
    """A chain whose winsorising may move nothing."""
    return stages.treat(asem.table(RAW), asem.scheme(treat=chain(limit=0)))


def left_by_the_logarithm(file: str) -> Pairs:
    """COINr returns its input: the indicators that pass are as ours, and for the others it is the raw data."""
    kept = tuple(code for code in asem.codes() if code not in logarithm_alone().rules)
    yield asem.against(logarithm_alone().table.select(kept).values, file, kept)
    yield asem.against(asem.table(RAW).values, file)


def details_of_the_logarithm(file: str) -> Pairs:
    """COINr lists only the indicators that pass."""
    listed, found = asem.by_code(file), by_indicator(logarithm_alone())
    yield [code not in logarithm_alone().rules for code in asem.codes()], [code in listed for code in asem.codes()]
    for code, row in listed.items():
        shape = [found[code]["skewness_before"], found[code]["kurtosis_before"]]
        yield shape, [asem.number(row[f"check_SkewKurt0.{what}"]) for what in ("Skew", "Kurt")]
        yield found[code]["moved"] == 0, row["check_SkewKurt0.Pass"] == "TRUE"


def points_of_the_logarithm(file: str) -> Pairs:
    """None is marked in an indicator that passes; the columns have lost their names."""
    moved = by_indicator(logarithm_alone())
    marks = np.array([list(row.values()) for row in asem.rows(file)])
    passing = [moved[code]["moved"] for code in asem.codes() if code not in logarithm_alone().rules]
    yield passing, (marks != "").sum(axis=0)


# Normalise


def nodes_with(column: str, file: str) -> dict[str, float]:
    """A column of a list of indicators, by code."""
    return {row["iCode"]: asem.number(row[column]) for row in asem.rows(file) if row["Type"] == "Indicator"}


def targets(*, cap: bool) -> dict[str, Any]:
    """Each indicator's target, from COINr's list of indicators."""
    return {
        "normalise": {"method": "distance_to_target", "ceiling": 1.0, "cap": cap},
        "indicators": {code: {"target": aim} for code, aim in nodes_with("Target", "in_ASEM_iMeta.csv").items()},
    }


def goalposts(ends: str, method: Any) -> dict[str, Any]:
    """Each indicator's goalposts, from COINr's list of indicators."""
    low, high = (
        nodes_with(f"{ends}_{end}", "variants/in_iMeta_goalposts_scaled.csv") for end in ("lower", "upper")
    )
    posts = {code: {"goalposts": {"low": low[code], "high": high[code]}} for code in low}
    return {"normalise": method, "indicators": posts}


def alike(normalise: Any) -> Any:
    """The same method for all indicators."""
    return lambda: {"normalise": normalise}


NORMALISED: dict[str, tuple[str, Any]] = {
    "Treated_n_minmax_0_100": (TREATED, alike("minmax")),
    "Treated_n_minmax_1_100": (TREATED, alike({"method": "minmax", "floor": 1.0})),
    "Treated_n_zscore_0_1": (TREATED, alike("zscore")),
    "Treated_n_zscore_10_2": (TREATED, alike({"method": "zscore", "mean": 10.0, "sd": 2.0})),
    "Treated_n_rank": (TREATED, alike("rank")),
    "Treated_n_rank_average": (TREATED, alike({"method": "rank", "ties": "average"})),
    "Treated_n_rank_max": (TREATED, alike({"method": "rank", "ties": "max"})),
    "Treated_n_borda": (TREATED, alike("borda")),
    "Treated_n_prank": (TREATED, alike({"method": "percentile_rank", "ceiling": 1.0})),
    # COINr's distance to the maximum, 1 - (max - x) / (max - min), is min-max.
    "Treated_n_dist2max": (TREATED, alike({"method": "minmax", "ceiling": 1.0})),
    "Treated_none": (TREATED, alike("none")),
    "RawWithNA_n_minmax_0_100": (RAW, alike("minmax")),
    "RawWithNA_n_zscore_0_1": (RAW, alike("zscore")),
    "RawWithNA_n_rank": (RAW, alike("rank")),
    "RawWithNA_n_borda": (RAW, alike("borda")),
    "RawWithNA_n_prank": (RAW, alike({"method": "percentile_rank", "ceiling": 1.0})),
    "RawWithNA_n_dist2max": (RAW, alike({"method": "minmax", "ceiling": 1.0})),
    "Treated_n_minmax_alldir1": (TREATED, lambda: {"indicators": {c: {"direction": 1} for c in asem.codes()}}),
    "Raw_n_dist2targ_iMeta_cap": (RAW, lambda: targets(cap=True)),
    "Raw_n_dist2targ_iMeta_nocap": (RAW, lambda: targets(cap=False)),
    "Raw_n_goalposts_iMeta_trunc": (RAW, lambda: goalposts("goalpost", "goalposts")),
    # COINr's linear scaling is goalposts that do not clip.
    "Raw_n_scaled_iMeta": (RAW, lambda: goalposts("scaled", {"method": "goalposts", "clip": False})),
    "Treated_indiv_Flights_z_Ship_none_CO2_rank": (
        TREATED,
        lambda: {
            "indicators": {
                "Flights": {"normalise": {"method": "zscore", "mean": 10.0, "sd": 2.0}},
                "Ship": {"normalise": "none"},
                "CO2": {"normalise": "rank"},
            }
        },
    ),
}

SCORED = {f"variants/norm_{name}.csv": made for name, made in NORMALISED.items()}
SCORED |= {
    COMPLETE: (TREATED, alike({"method": "minmax", "floor": 1.0})),
    WITH_GAPS: (RAW, alike({"method": "minmax", "floor": 1.0})),
}


def normalised(file: str) -> Pairs:
    """Scores."""
    source, fields = SCORED[file]
    yield asem.against(stages.normalise(asem.table(source), asem.scheme(**fields())).values, file)


REFERENCED = {
    "variants/norm_Treated_n_dist2ref_iref1.csv": ("AUS", False),
    "variants/norm_Treated_n_dist2ref_iref10_cap.csv": ("CZE", True),
}


def refused(file: str) -> tuple[str, ...]:
    """The indicators in which the economy of reference is the worst: COINr divides by 0, and we refuse them."""
    unit, cap = REFERENCED[file]
    try:
        stages.normalise(asem.table(TREATED), asem.scheme(normalise=to_one(unit, cap)))
    except MethodError as error:
        return tuple(problem.indicator for problem in error.problems)
    return ()


def to_one(unit: str, cap: bool) -> dict[str, Any]:
    """Relative to one economy."""
    return {"method": "distance_to_reference", "unit": unit, "origin": "worst", "ceiling": 1.0, "cap": cap}


def relative_to_one(file: str) -> Pairs:
    """Scores of the indicators that have any."""
    without = refused(file)
    read = asem.scheme({c: {"normalise": "none"} for c in without}, normalise=to_one(*REFERENCED[file]))
    kept = [code for code in asem.codes() if code not in without]
    scores = stages.normalise(asem.table(TREATED), read)
    yield np.array([scores.column(code) for code in kept]).T, asem.values(file, tuple(kept))


# Aggregate

AGGREGATED: dict[str, dict[str, Any]] = {
    "agg_a_amean": {"aggregate": "arithmetic"},
    "agg_a_gmean": {"aggregate": "geometric"},
    "agg_a_hmean": {"aggregate": "harmonic"},
    "agg_a_genmean_p-1": {"aggregate": {"method": "power", "p": -1.0}},
    "agg_a_genmean_p0.5": {"aggregate": {"method": "power", "p": 0.5}},
    "agg_a_genmean_p2": {"aggregate": {"method": "power", "p": 2.0}},
    "agg_a_amean_equalweights": {"weigh": "equal"},
    # COINr's scores of data with gaps depend on the order of the rows, which ours do not; there are none here.
    "agg_a_copeland_viawrapper": {"aggregate": "copeland"},
    "agg_mixed_amean_gmean_hmean": {"means": ("arithmetic", "geometric", "harmonic")},
    "agg_mixed_gmean_gmean_copeland": {"means": ("geometric", "geometric", "copeland")},
    "aggNA_a_amean": {"aggregate": "arithmetic"},
    "aggNA_a_gmean": {"aggregate": "geometric"},
    "aggNA_a_hmean": {"aggregate": "harmonic"},
    "aggNA_a_amean_datthresh0.8": {"coverage": 0.8},
    "aggNA_a_amean_datthresh1": {"coverage": 1.0},
}


def declared(means: tuple[str, ...] = (), **fields: Any) -> Scheme:
    """A scheme whose scores are above 0, with a mean for the pillars, the halves, the index where they are given."""
    read = asem.scheme(**{"normalise": {"method": "minmax", "floor": 1.0}, **fields})
    if not means:
        return read
    pillars, halves, top = means
    children = [
        half.replace(aggregate=halves, children=[pillar.replace(aggregate=pillars) for pillar in half.children])
        for half in read.index.children
        if isinstance(half, Group)
    ]
    return read.replace(index=read.index.replace(aggregate=top, children=children))


def aggregated(file: str) -> Pairs:
    """Scores of all groups."""
    name = file.removeprefix("variants/").removesuffix(".csv")
    read = declared(**AGGREGATED[name])
    scores = asem.scores(WITH_GAPS if name.startswith("aggNA") else COMPLETE)
    composite = stages.aggregate(scores, stages.weigh(scores, read), read)
    yield composite.values, asem.values(file, composite.columns)


def of_five_numbers(file: str) -> Pairs:
    """2, 3, missing, 8 and 1.5, with weights 1 to 5."""
    theirs = {row["fn"]: asem.number(row["value"]) for row in asem.rows(file)}
    x, w = np.array([[2.0, 3.0, np.nan, 8.0, 1.5]]).T, np.arange(1.0, 6.0)
    ours = {
        "a_amean": Arithmetic()(x, w)[0],
        "a_gmean": Geometric()(x, w)[0],
        "a_hmean": Harmonic()(x, w)[0],
        "a_genmean p=2 no NA": Power(p=2)(x, w)[0],
    }
    assert ours.keys() == theirs.keys()
    yield list(ours.values()), [theirs[name] for name in ours]


@cache
def physical() -> tuple[Matrix, Vector]:
    """Scores of one pillar's eight indicators, and their shares."""
    read, scores = declared(), asem.scores(COMPLETE)
    group = next(group for group in read.groups if group.code == "Physical")
    codes = [child.code for child in group.children]
    return np.array([scores.column(code) for code in codes]), stages.weigh(scores, read).of(codes)


def outranked(file: str) -> Pairs:
    """51 economies two by two; the rows of the matrix sum to the net outranking score."""
    theirs = asem.values(file, asem.units().codes)
    yield outranking(*physical()), theirs
    yield NetOutranking()(*physical()), theirs.sum(axis=1)


def dominant(file: str) -> Pairs:
    """How many pairs there are in which one is better in everything, and their share."""
    found = np.count_nonzero(outranking(*physical()) > 1 - 1e-12)
    n = len(asem.units())
    row = asem.rows(file)[0]
    yield [found, found / (n * (n - 1) / 2)], [asem.number(row["nDominant"]), asem.number(row["fracDominant"])]


def copeland(file: str) -> Pairs:
    """Of one pillar, as COINr's function gives it alone."""
    yield Copeland()(*physical()), asem.values(file, ("score",))[:, 0]


def _of(family: str, pairs: Any, *files: str, tolerance: float = 1e-10) -> tuple[Comparison, ...]:
    return tuple(Comparison("COINr", family, file, pairs, tolerance) for file in files)


COMPARISONS = (
    *_of("denomination", by_a_list_with_scales, "variants/denom_custom_scalefactor.csv"),
    *_of("denomination", by_the_worlds_sizes, "variants/denom_WorldDenoms_Goods_GDP_CO2_Population.csv"),
    *_of("imputation", imputed, *(f"variants/imp_{name}.csv" for name in IMPUTED)),
    *_of(
        "expectation and maximisation",
        fitted,
        *(f"em/{what}_{code}.csv" for what in ("mu", "sigma", "filled", "loglik") for code in PILLARS),
    ),
    *_of("transforms", transformed, *(f"variants/tf_{name}.csv" for name in TRANSFORMED)),
    *_of("treatment", treated, *VALUES),
    *_of("treatment", left_by_the_logarithm, f"{LOGARITHM}.csv"),
    *_of("points treated", points, *POINTS, tolerance=0.0),
    *_of("points treated", points_of_the_logarithm, f"{LOGARITHM}_points.csv", tolerance=0.0),
    *_of("details of treatment", details, *DETAILS),
    *_of("details of treatment", details_of_the_logarithm, f"{LOGARITHM}_dets.csv"),
    *_of("normalisation", normalised, *SCORED),
    *_of("normalisation", relative_to_one, *REFERENCED),
    *_of("aggregation", aggregated, *(f"variants/{name}.csv" for name in AGGREGATED)),
    *_of("aggregation", of_five_numbers, "variants/agg_scalar_x_2_3_NA_8_1.5_w_1to5.csv"),
    *_of("aggregation", copeland, "variants/copeland_Physical.csv"),
    *_of("outranking", outranked, "variants/outrank_matrix_Physical.csv"),
    *_of("outranking", dominant, "variants/outrank_matrix_Physical_dominance.csv"),
)
