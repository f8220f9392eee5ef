"""COINr's variants of single steps, each on the data set that COINr made it from."""

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.align import align
from pii.arrays import skewness_and_kurtosis
from pii.methods.aggregate import Arithmetic, Geometric, Harmonic, Power
from pii.methods.treat import Log, Winsorise
from pii.scheme import Scheme
from pii.table import Table
from tests.reference.coinr import asem
from tests.shared import same

# Normalise

TREATED, RAW = "step_5_Treated.csv", "step_1_Raw.csv"


def alike(normalise: Any) -> dict[str, Any]:
    """The same method for all indicators."""
    return {"normalise": normalise}


def targets(*, cap: bool) -> dict[str, Any]:
    """Each indicator's target, from COINr's list of indicators."""
    meta = [row for row in asem.rows("in_ASEM_iMeta.csv") if row["Type"] == "Indicator"]
    return {
        "normalise": {"method": "distance_to_target", "ceiling": 1.0, "cap": cap},
        "indicators": {row["iCode"]: {"target": asem.number(row["Target"])} for row in meta},
    }


def goalposts() -> dict[str, Any]:
    """Each indicator's goalposts, from COINr's list of indicators."""
    meta = [row for row in asem.rows("variants/in_iMeta_goalposts_scaled.csv") if row["Type"] == "Indicator"]
    posts = {
        row["iCode"]: {"low": asem.number(row["goalpost_lower"]), "high": asem.number(row["goalpost_upper"])}
        for row in meta
    }
    return {"normalise": "goalposts", "indicators": {code: {"goalposts": post} for code, post in posts.items()}}


def all_up() -> dict[str, Any]:
    """Every indicator with direction 1."""
    return {"indicators": {code: {"direction": 1} for code in asem.codes()}}


def three_own() -> dict[str, Any]:
    """Three indicators with a method of their own."""
    return {
        "indicators": {
            "Flights": {"normalise": {"method": "zscore", "mean": 10.0, "sd": 2.0}},
            "Ship": {"normalise": "none"},
            "CO2": {"normalise": "rank"},
        }
    }


NORMALISED: dict[str, tuple[str, Any]] = {
    "Treated_n_minmax_0_100": (TREATED, lambda: alike("minmax")),
    "Treated_n_minmax_1_100": (TREATED, lambda: alike({"method": "minmax", "floor": 1.0})),
    "Treated_n_zscore_0_1": (TREATED, lambda: alike("zscore")),
    "Treated_n_zscore_10_2": (TREATED, lambda: alike({"method": "zscore", "mean": 10.0, "sd": 2.0})),
    "Treated_n_rank": (TREATED, lambda: alike("rank")),
    "Treated_n_rank_average": (TREATED, lambda: alike({"method": "rank", "ties": "average"})),
    "Treated_n_rank_max": (TREATED, lambda: alike({"method": "rank", "ties": "max"})),
    "Treated_n_prank": (TREATED, lambda: alike({"method": "percentile_rank", "ceiling": 1.0})),
    "Treated_none": (TREATED, lambda: alike("none")),
    "RawWithNA_n_minmax_0_100": (RAW, lambda: alike("minmax")),
    "RawWithNA_n_zscore_0_1": (RAW, lambda: alike("zscore")),
    "RawWithNA_n_rank": (RAW, lambda: alike("rank")),
    "RawWithNA_n_prank": (RAW, lambda: alike({"method": "percentile_rank", "ceiling": 1.0})),
    "Treated_n_minmax_alldir1": (TREATED, all_up),
    "Raw_n_dist2targ_iMeta_cap": (RAW, lambda: targets(cap=True)),
    "Raw_n_dist2targ_iMeta_nocap": (RAW, lambda: targets(cap=False)),
    "Raw_n_goalposts_iMeta_trunc": (RAW, goalposts),
    "Treated_indiv_Flights_z_Ship_none_CO2_rank": (TREATED, three_own),
}


@pytest.mark.parametrize("name", NORMALISED)
def test_normalised(name: str) -> None:
    """Scores equal COINr's."""
    source, fields = NORMALISED[name]
    scores = stages.normalise(asem.table(source), asem.scheme(**fields()))
    assert same(scores.values, asem.values(f"variants/norm_{name}.csv", asem.codes()))


# Aggregate


def by_level(*means: str) -> dict[str, Any]:
    """A mean for the pillars, one for the two halves, one for the index; from the bottom."""
    return {"means": means}


AGGREGATED: dict[str, dict[str, Any]] = {
    "agg_a_amean": {"aggregate": "arithmetic"},
    "agg_a_gmean": {"aggregate": "geometric"},
    "agg_a_hmean": {"aggregate": "harmonic"},
    "agg_a_genmean_p-1": {"aggregate": {"method": "power", "p": -1.0}},
    "agg_a_genmean_p0.5": {"aggregate": {"method": "power", "p": 0.5}},
    "agg_a_genmean_p2": {"aggregate": {"method": "power", "p": 2.0}},
    "agg_a_amean_equalweights": {"weigh": "equal"},
    "agg_mixed_amean_gmean_hmean": by_level("arithmetic", "geometric", "harmonic"),
    "aggNA_a_amean": {"aggregate": "arithmetic"},
    "aggNA_a_gmean": {"aggregate": "geometric"},
    "aggNA_a_hmean": {"aggregate": "harmonic"},
    "aggNA_a_amean_datthresh0.8": {"coverage": 0.8},
    "aggNA_a_amean_datthresh1": {"coverage": 1.0},
}


def declared(means: tuple[str, ...] = (), **fields: Any) -> Scheme:
    """A scheme whose scores are above 0, with one mean for every level where they are given."""
    read = asem.scheme(**{"normalise": {"method": "minmax", "floor": 1.0}, **fields})
    if not means:
        return read
    pillars, halves, top = means
    return read.replace(
        index=read.index.replace(
            aggregate=top,
            children=[
                half.replace(
                    aggregate=halves, children=[pillar.replace(aggregate=pillars) for pillar in half.children]
                )
                for half in read.index.children
                if half in read.groups
            ],
        )
    )


@pytest.mark.parametrize("name", AGGREGATED)
def test_aggregated(name: str) -> None:
    """Scores of all groups equal COINr's."""
    read = declared(**AGGREGATED[name])
    source = "agg_input_NR_withNA" if name.startswith("aggNA") else "agg_input_N1_minmax_1_100"
    scores = asem.scores(f"variants/{source}.csv")
    composite = stages.aggregate(scores, stages.weigh(scores, read), read)
    assert same(composite.values, asem.values(f"variants/{name}.csv", composite.columns))


def test_means_of_five_numbers_with_a_gap() -> None:
    """2, 3, missing, 8 and 1.5, with weights 1 to 5."""
    expected = {
        row["fn"]: float(row["value"]) for row in asem.rows("variants/agg_scalar_x_2_3_NA_8_1.5_w_1to5.csv")
    }
    x, w = np.array([[2.0, 3.0, np.nan, 8.0, 1.5]]).T, np.arange(1.0, 6.0)
    found = {
        "a_amean": Arithmetic()(x, w)[0],
        "a_gmean": Geometric()(x, w)[0],
        "a_hmean": Harmonic()(x, w)[0],
        "a_genmean p=2 no NA": Power(p=2)(x, w)[0],
    }
    assert set(found) == set(expected)
    assert same(list(found.values()), [expected[name] for name in found])


# Impute

IMPUTED: dict[str, Any] = {
    "i_mean": "mean",
    "i_median": "median",
    "i_mean_grp_EurAsia": {"method": "group_mean", "by": "EurAsia_group"},
    "i_median_grp_GDP": {"method": "group_median", "by": "GDP_group"},
}


@pytest.mark.parametrize("name", IMPUTED)
def test_imputed(name: str) -> None:
    """Fills equal COINr's, and gaps with nothing to go by stay."""
    completed = stages.impute(asem.table("step_2_Denominated.csv"), asem.scheme(impute=IMPUTED[name]))
    assert same(completed.values, asem.values(f"variants/imp_{name}.csv", asem.codes()))


# Treat


def test_skewness_and_kurtosis() -> None:
    """Type 2, of the raw indicators with their gaps."""
    expected = {row["iCode"]: row for row in asem.rows("variants/skew_kurt_Raw.csv")}
    skew, kurtosis = skewness_and_kurtosis(asem.table(RAW).values.T)
    assert same(skew, [asem.number(expected[code]["skew"]) for code in asem.codes()])
    assert same(kurtosis, [asem.number(expected[code]["kurt"]) for code in asem.codes()])


TRANSFORMED = {
    "log_CT": Log(),
    **{f"winsorise_winmax{limit}": Winsorise(limit=limit, ties="pass_limit") for limit in (1, 2, 3, 5, 10)},
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_transformed(name: str) -> None:
    """One function applied to every raw indicator."""
    values = TRANSFORMED[name](asem.table(RAW).values.T).values.T
    assert same(values, asem.values(f"variants/tf_{name}.csv", asem.codes()))


SCREENED = "step_4_Screened.csv"


def chain(**settings: Any) -> dict[str, Any]:
    """Winsorise, else the logarithm, with COINr's way with ties."""
    return {"treat": {"method": "winsorise_then_log", "ties": "pass_limit", **settings}}


OWN = {
    "Flights": {"treat": "none"},
    "Gas": {"treat": "log"},
    "Services": chain(limit=1),
}
TREATED_BY: dict[str, tuple[str, str, Any]] = {
    "step_5": (SCREENED, "step_5_Treated.csv", chain),
    "Screened_winmax5": (SCREENED, "variants/treat_Screened_winmax5.csv", lambda: chain(limit=5)),
    "Raw_default": (RAW, "variants/treat_Raw_default.csv", chain),
    "Raw_winmax1": (RAW, "variants/treat_Raw_winmax1.csv", lambda: chain(limit=1)),
    "Raw_winmax2": (RAW, "variants/treat_Raw_winmax2.csv", lambda: chain(limit=2)),
    "Raw_indiv": (RAW, "variants/treat_Raw_indiv.csv", lambda: {**chain(), "indicators": OWN}),
}


@pytest.mark.parametrize("name", TREATED_BY)
def test_treated(name: str) -> None:
    """Treated values equal COINr's."""
    source, result, fields = TREATED_BY[name]
    treatment = stages.treat(asem.table(source), asem.scheme(**fields()))
    assert same(treatment.table.values, asem.values(result, asem.codes()))


DETAILS = {
    "treat_default_Dets_Table.csv": (SCREENED, 5),
    "variants/treat_Screened_winmax5_dets.csv": (SCREENED, 5),
    "variants/treat_Raw_default_dets.csv": (RAW, 5),
    "variants/treat_Raw_winmax1_dets.csv": (RAW, 1),
    "variants/treat_Raw_winmax2_dets.csv": (RAW, 2),
}


@pytest.mark.parametrize("name", DETAILS)
def test_details_of_treatment(name: str) -> None:
    """Shape before, points moved, shape after winsorising, shape after the logarithm: as COINr lists them."""
    source, limit = DETAILS[name]
    x = asem.table(source).values.T
    winsorised, moves = Winsorise(limit=limit, ties="pass_limit")(x)
    states = [skewness_and_kurtosis(state) for state in (x, winsorised, Log()(x).values)]
    expected = {row["iCode"]: row for row in asem.rows(name)}
    for at, code in enumerate(asem.codes()):
        row = expected[code]
        for step, (skew, kurtosis) in enumerate(states):
            if row.get(f"check_SkewKurt{step}.Pass", "NA") == "NA":
                continue
            listed = [asem.number(row[f"check_SkewKurt{step}.{what}"]) for what in ("Skew", "Kurt")]
            assert same([skew[at], kurtosis[at]], listed)
            passes = abs(skew[at]) < 2 or kurtosis[at] < 3.5
            assert row[f"check_SkewKurt{step}.Pass"] == str(bool(passes)).upper()
        moved = sum(int(word) for word in moves[at].split() if word.isdigit())
        assert moved == (0 if row["winsorise.nwin"] == "NA" else int(row["winsorise.nwin"]))


# Denominate


def denominated(read: Scheme, table: Table) -> Any:
    """Ratios of a table that fits the scheme."""
    return stages.denominate(align(table, read), read).values


def per(denominators: dict[str, dict[str, Any]]) -> Scheme:
    """The scheme with these denominators and no others."""
    return asem.scheme({code: {"denominator": None, **denominators.get(code, {})} for code in asem.codes()})


def test_denominated_by_a_list_with_scales() -> None:
    """Three indicators, each per its own number of its own denominator."""
    listed = {
        row["iCode"]: {
            "denominator": row["Denominator"],
            "denominate": {"method": "ratio", "scale": asem.number(row["ScaleFactor"]), "gap": "missing"},
        }
        for row in asem.rows("variants/in_denomby_custom.csv")
    }
    expected = asem.values("variants/denom_custom_scalefactor.csv", asem.codes())
    assert same(denominated(per(listed), asem.raw()), expected)


def test_denominated_by_the_worlds_sizes() -> None:
    """Denominators from another table, matched by code."""
    read = per({"Goods": {"denominator": "GDP"}, "CO2": {"denominator": "Population"}})
    world = {row["uCode"]: row for row in asem.rows("in_WorldDenoms.csv")}
    sizes = {
        name: [asem.number(world[code][name]) if code in world else float("nan") for code in asem.units().codes]
        for name in ("GDP", "Population")
    }
    table = asem.table(RAW)
    columns = {code: table.column(code) for code in table.columns}
    merged = Table.of({**columns, **sizes}, units=asem.units())
    expected = asem.values("variants/denom_WorldDenoms_Goods_GDP_CO2_Population.csv", asem.codes())
    assert same(denominated(read, merged), expected)


# Screen

SCREENS: dict[str, dict[str, Any]] = {
    "screen_byNA_0.9": {"measured": 0.9},
    "screen_byzeros_0.9": {"measured": 0.0, "nonzero": 0.9},
    "screen_byNAandzeros_0.9_0.9": {"measured": 0.9, "nonzero": 0.9},
    "screen_byNA_0.9_force": {"measured": 0.9, "include": ["BRN"], "exclude": ["GBR"]},
}


@pytest.mark.parametrize("name", SCREENS)
def test_screened(name: str) -> None:
    """The same units are left out, for the same shares."""
    screening = stages.screen(asem.table(RAW), asem.scheme(screen=SCREENS[name]))
    assert set(screening.reasons) == {row["removed"] for row in asem.rows(f"variants/{name}_removed.csv")}
    expected = {row["uCode"]: row for row in asem.rows(f"variants/{name}_summary.csv")}
    assert same(screening.measured, [asem.number(expected[code]["Dat_Avail"]) for code in screening.units.codes])
    for code in screening.units.codes:
        assert expected[code]["Included"] == str(code not in screening.reasons).upper()
