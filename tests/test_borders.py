"""Tables and results in other borders: sums kept, gaps said, and all that is wrong said at once."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.borders import STATUS, harmonise, harmonise_panel, harmonised_result, scheme_for
from pii.compute import compute
from pii.errors import SchemeError, TableError
from pii.io.schemes import built_in_scheme
from pii.methods.combine import AbstractCombiner, Maximum, NotComparable, RatioOfSums, Sum, WeightedMean
from pii.places.crosswalk import Crosswalk, crosswalk
from pii.places.registry import provinces
from pii.provenance import Origin, Provenance
from pii.scheme import Scheme
from pii.table import Panel, Table, Units
from tests import strategies
from tests.shared import ROOT, group, leaf, same
from tests.shared import scheme as made

WALK = Crosswalk.of([("a", "ab", 1.0), ("b", "ab", 1.0), ("c", "c", 1.0), ("d", "c2", 0.25), ("d", "d", 0.75)])
RULES: dict[str, AbstractCombiner] = {
    "people": Sum(),
    "count": Sum(at_least=0.5),
    "rate": WeightedMean(by="people", at_least=0.6),
    "mark": NotComparable(),
}


def small(**changed: list[float | None]) -> Table:
    """Four units: two are merged, one stays, one is split."""
    columns: dict[str, list[float | None]] = {
        "people": [100, 300, 50, 80],
        "count": [1, 2, 3, 8],
        "rate": [10, 30, 7, 9],
        "mark": [1, 2, 3, 4],
    }
    labels = {"coast": ("yes", "yes", "no", ""), "zone": ("1", "2", "2", "3")}
    units = Units(("a", "b", "c", "d"), ("A", "B", "C", "D"), labels)
    return Table.of(columns | changed, units=units, period="2024", title="Trial")


def provincial(period: str, seed: int = 0, **columns: Any) -> Table:
    """The 63 provinces, with whole numbers in two columns."""
    rng = np.random.default_rng(seed)
    listed = provinces("VN63")
    units = Units(tuple(p.code for p in listed), tuple(p.name for p in listed), system="VN63")
    drawn = {"people": rng.integers(1, 10**7, 63), "count": rng.integers(0, 10**6, 63)}
    return Table.of(drawn | columns, units=units, period=period)


def said(error: pytest.ExceptionInfo[TableError]) -> list[str]:
    """Each problem: where, and what was found."""
    return [f"{problem.where}: {problem.found}" for problem in error.value.problems]


def test_each_column_follows_its_rule() -> None:
    """Counts add up and are shared out, rates are weighted, marks stay with whole units only."""
    found = harmonise(small(), to=WALK, rules=RULES)
    assert found.table.units.codes == ("ab", "c", "c2", "d")
    assert same(
        found.table.values, [[400.0, 3, 25, np.nan], [50.0, 3, 7, 3], [20.0, 2, 9, np.nan], [60.0, 6, 9, np.nan]]
    )
    assert found.table.period == "2024"
    assert found.table.title == "Trial"
    assert (found.coverage == 1).all()


def test_what_became_of_each_value_is_listed() -> None:
    """Unchanged, complete, partial with its coverage, missing, not comparable or never measured."""
    table = small(count=[1, None, None, 8], rate=[10, None, 7, 9], mark=[1, None, 3, 4])
    found = harmonise(table, to=WALK, rules=RULES)
    frame: Any = found.to_frame().set_index(["unit", "column"])
    assert frame.loc[("ab", "count"), ["value", "coverage", "status"]].tolist() == [1.0, 0.5, "partial"]
    assert frame.loc[("ab", "rate"), ["coverage", "status", "rule"]].tolist() == [0.25, "missing", "weighted_mean"]
    assert frame.loc[("ab", "mark"), "status"] == "not comparable"
    assert frame.loc[("ab", "people"), ["status", "parts", "name"]].tolist() == ["complete", "a + b", "ab"]
    assert frame.loc[("c", "count"), ["coverage", "status"]].tolist() == [0.0, "not measured"]
    assert frame.loc[("c", "mark"), "status"] == "unchanged"
    assert frame.loc[("d", "count"), "status"] == "complete"
    assert set(frame["status"]) == set(STATUS)
    assert repr(found).startswith("<Harmonised: 4 units x 4: 3 unchanged, 7 complete, 1 partial, 1 missing, ")


def test_remarks_say_what_is_partial_and_what_is_missing() -> None:
    """After what was remarked before, with names."""
    table = small(count=[1, None, 3, 8], rate=[10, None, 7, 9])
    found = harmonise(table, to=WALK, rules=RULES)
    assert found.table.remarks == (
        "4 units made 4",
        "1 merged value partial, with the share measured: count of ab (50%)",
        "1 merged value missing, too little of their parts being measured: rate of ab (25%)",
        "3 merged values missing, of what is not comparable: mark",
    )


def test_parts_that_are_not_in_the_table_are_not_measured() -> None:
    """They are named; a unit without any part in it is left out, and that is said."""
    found = harmonise(small().take(np.array([0, 2])), to=WALK, rules=RULES)
    assert found.table.units.codes == ("ab", "c")
    assert same(found.table.values, np.array([[np.nan, 1, np.nan, np.nan], [50, 3, 7, 3]]))
    assert found.table.remarks[:3] == (
        "2 units made 2",
        "parts that the table has not, taken as not measured: b",
        "2 units have no part in the table, and are left out",
    )


def test_labels_stay_where_all_parts_agree() -> None:
    """Regions of provinces are those of the new ones."""
    labels = harmonise(small(), to=WALK, rules=RULES).table.units.labels
    assert labels == {"coast": ("yes", "no", "", ""), "zone": ("", "2", "3", "3")}
    moved = harmonise(provincial("2024"), to="VN34", rules=RULES).table.units
    assert moved.labels["region"] == tuple(province.region for province in provinces("VN34"))
    assert (moved.system, moved.names[0]) == ("VN34", "Hà Nội")


@given(st.data())
@strategies.quick
def test_totals_stay_what_they_were(data: st.DataObject) -> None:
    """Of provinces to the last unit; of any crosswalk with shares to rounding; of weighted means times weights."""
    table = provincial("2024", seed=data.draw(st.integers(0, 1000)))
    found = harmonise(table, to="VN34", rules=RULES).table
    assert np.array_equal(found.values.sum(axis=0), table.values.sum(axis=0))
    targets = data.draw(st.lists(st.integers(1, 5), min_size=63, max_size=63))
    rows = [
        (code, f"t{(at + n) % 7}", 1 / split)
        for at, (code, split) in enumerate(zip(table.units.codes, targets, strict=True))
        for n in range(split)
    ]
    parted = harmonise(table, to=Crosswalk.of(rows), rules=RULES).table
    assert same(parted.values.sum(axis=0), table.values.sum(axis=0), 1e-12)
    rates = Table.of({"people": table.column("people"), "rate": table.column("count") / 7}, units=table.units)
    means = harmonise(rates, to=Crosswalk.of(rows), rules=RULES).table
    before, after = (np.prod(one.values, axis=1).sum() for one in (rates, means))
    assert same(after, before, 1e-12)


def test_a_panel_equals_its_tables_one_by_one() -> None:
    """Columns may differ between years; a table in the new borders stays as it is."""
    old = [provincial(year, seed=at) for at, year in enumerate(("2022", "2023"))]
    old.append(provincial("2024", 2, rate=np.full(63, 5.0)))
    new = harmonise(provincial("2025", 3), to="VN34", rules=RULES).table
    found = harmonise_panel(Panel((*old, new)), to="VN34", rules=RULES)
    assert list(found) == ["2022", "2023", "2024", "2025"]
    assert found["2025"] is new
    assert set(harmonise(new, to="VN34", rules={}).to_frame()["status"]) == {"unchanged"}
    for table in old:
        alone = harmonise(table, to="VN34", rules=RULES).table
        assert found[table.period].columns == table.columns
        assert np.array_equal(found[table.period].values, alone.values)
        assert found[table.period].remarks == alone.remarks


def test_everything_wrong_is_said_at_once() -> None:
    """Columns without a rule, columns that rules read and the table has not, units that the crosswalk has not."""
    table = Table.of({"x": [1.0, 2.0], "rate": [1.0, 2.0], "y": [1.0, 2.0]}, units=["a", "z"], period="2024")
    with pytest.raises(TableError) as refused:
        harmonise(table, to=WALK, rules=RULES)
    assert said(refused) == [
        "x: no rule says what a merged unit has of it",
        "y: no rule says what a merged unit has of it",
        "people: the table of 2024 has no such column",
        "z: the crosswalk has no unit z",
    ]
    assert "the rule of rate reads it" in str(refused.value)


def test_a_weight_below_0_is_said_once_with_its_unit() -> None:
    """However many columns are weighed by it."""
    rules: dict[str, AbstractCombiner] = RULES | {"mark": WeightedMean(by="people", at_least=0.6)}
    with pytest.raises(TableError) as refused:
        harmonise(small(people=[100, -3, 50, 80]), to=WALK, rules=rules)
    assert said(refused) == ["rate of 2024: b: people is -3 there"]


def test_a_ratio_on_another_scale_is_refused_by_column() -> None:
    """The rule is put right, not the numbers."""
    rules: dict[str, AbstractCombiner] = RULES | {"rate": RatioOfSums(numerator="count", denominator="people")}
    rules["mark"] = rules["rate"]
    with pytest.raises(TableError) as refused:
        harmonise(small(mark=[10, 30, 7, 9]), to=WALK, rules=rules)
    found = "the values are about 558 times count / people x 1"
    assert said(refused) == [f"rate of 2024: {found}", f"mark of 2024: {found}"]


@pytest.mark.parametrize(
    ("table", "to", "found"),
    [
        (small(), "VN34", "the units of 2024 are of no system of provinces"),
        (
            harmonise(provincial("2024"), to="VN34", rules=RULES).table,
            "VN63",
            "the 34 provinces cannot be parted into the 63",
        ),
        (
            harmonise(provincial("2024"), to="VN34", rules=RULES).table,
            crosswalk("VN63", "VN34"),
            "the units of 2024 are of VN34, and the crosswalk is from VN63",
        ),
    ],
)
def test_borders_that_do_not_fit_the_units_are_refused(table: Table, to: Any, found: str) -> None:
    """Codes are not joined across systems, and nothing is parted without shares."""
    with pytest.raises(TableError, match=found):
        harmonise(table, to=to, rules=RULES)


def test_the_way_back_takes_shares() -> None:
    """Counts are parted by them, and bring the old ones together again when they are merged anew."""
    table = provincial("2024")
    merged = harmonise(table, to="VN34", rules=RULES).table
    into = {province.code: province.merged_into for province in provinces("VN63")}
    size = dict(zip(table.units.codes, table.column("people").tolist(), strict=True))
    whole = dict(zip(merged.units.codes, merged.column("people").tolist(), strict=True))
    rows = [(into[code], code, size[code] / whole[into[code]]) for code in into]
    back = harmonise(merged, to=Crosswalk.of(rows, source_system="VN34", system="VN63"), rules=RULES).table
    assert back.units.system == "VN63"
    assert same(back.column("people"), table.column("people"), 1e-12)
    assert same(harmonise(back, to="VN34", rules=RULES).table.values, merged.values, 1e-12)


def index(**fields: Any) -> Scheme:
    """A scheme of the 63 with a count that is put per people, and a rate."""
    tree = group(
        "index",
        leaf("count", denominator="people", combine="sum"),
        leaf("rate", **fields.pop("rate", {})),
    )
    return made(
        tree,
        units="VN63",
        combine={"method": "weighted_mean", "by": "people"},
        denominators=[{"code": "people", "combine": "sum"}],
        **fields,
    )


def test_a_result_is_computed_again_in_the_new_borders() -> None:
    """Counts add up before they are put per people; the scheme is the same but for its units."""
    result = compute(index(), provincial("2024", rate=np.linspace(1, 9, 63)))
    found = harmonised_result(result, to="VN34")
    assert found.scheme == index(screen={"empty": "exclude"}).replace(units="VN34")
    parts = crosswalk("VN63", "VN34").shares
    count, people = (result.measured.column(code) for code in ("count", "people"))
    assert same(found.ratios.column("count"), (parts @ count) / (parts @ people), 1e-12)
    assert len(found.best_first) == 34
    assert harmonised_result(found, to="VN34").composite.values.tolist() == found.composite.values.tolist()


def test_columns_that_only_rules_read_come_from_the_table() -> None:
    """The result itself has those that its scheme computes with."""
    scheme = made(
        group("index", leaf("rate", combine={"method": "weighted_mean", "by": "people"})),
        units="VN63",
        denominators=[{"code": "people", "combine": "sum"}],
    )
    table = provincial("2024", rate=np.linspace(1, 9, 63)).select(["people", "rate"])
    result = compute(scheme, table)
    with pytest.raises(TableError, match="people: the table of 2024 has no such column"):
        harmonised_result(result, to="VN34")
    found = harmonised_result(result, to="VN34", table=table)
    expected = harmonise(table, to="VN34", rules=scheme).table
    assert np.array_equal(found.measured.column("rate"), expected.column("rate"))


def test_a_scale_that_was_fixed_stays_fixed() -> None:
    """Scores in the new borders are on the scale of the base year."""
    base = compute(index(), provincial("2023", 1, rate=np.linspace(1, 9, 63)))
    result = compute(index(), provincial("2024", 2, rate=np.linspace(2, 10, 63)), reference=base)
    found = harmonised_result(result, to="VN34")
    assert found.reference is not None
    assert np.array_equal(found.reference.values, base.treatment.table.values)


def test_rules_may_be_others_than_the_scheme_s() -> None:
    """For a trial of what they matter."""
    result = compute(index(), provincial("2024", rate=np.linspace(1, 9, 63)))
    rules: dict[str, AbstractCombiner] = {"count": Sum(), "people": Sum(), "rate": Maximum()}
    own, other = (harmonised_result(result, to="VN34", rules=given) for given in (None, rules))
    assert (other.measured.column("rate") >= own.measured.column("rate")).all()


def test_a_unit_left_without_any_value_is_listed_as_not_ranked() -> None:
    """It is no mistake of the table, and stops nothing."""
    rates = np.linspace(1, 9, 63)
    table = provincial("2024", rate=rates).take(np.arange(1, 63))
    values = np.array(table.values)
    values[table.units.locate("Bắc Giang")] = np.nan
    kept = table.holding(values)
    scheme = index(screen={"empty": "exclude"}, coverage=1.0)
    found = harmonised_result(compute(scheme, kept), to="VN34")
    assert list(found.unranked) == ["24"]
    assert found.measured.units.names[found.measured.units.codes.index("24")] == "Bắc Ninh"
    assert "01" not in found.measured.units.codes


def test_a_scheme_that_names_units_is_refused() -> None:
    """24 was Bắc Giang, and is Bắc Ninh."""
    fields: dict[str, Any] = {
        "screen": {"include": ["24"], "exclude": ["27"]},
        "rate": {"normalise": {"method": "distance_to_reference", "unit": "01"}},
    }
    with pytest.raises(SchemeError) as refused:
        scheme_for(index(**fields), "VN34")
    assert [problem.path for problem in refused.value.problems] == ["screen.include", "screen.exclude", "normalise"]
    assert scheme_for(index(**fields), "VN63").units == "VN63"
    assert scheme_for(index(), WALK).units is None


def test_a_column_without_a_rule_is_named_in_a_scheme_too() -> None:
    """The scheme's rule is for indicators; a column that it would weigh by itself has none."""
    scheme = made(
        group("index", leaf("count"), leaf("people")),
        combine={"method": "weighted_mean", "by": "people"},
        denominators=[{"code": "grdp"}],
    )
    table = Table.of({"count": [1.0, 2.0], "people": [1.0, 2.0], "grdp": [1.0, 2.0]}, units=["a", "b"])
    with pytest.raises(TableError) as refused:
        harmonise(table, to=WALK, rules=scheme)
    assert [problem.indicator for problem in refused.value.problems] == ["people", "grdp"]


def test_what_is_harmonised_is_read_only_and_goes_to_other_processes() -> None:
    """As other findings."""
    found = pickle.loads(pickle.dumps(harmonise(small(), to=WALK, rules=RULES)))  # noqa: S301 - made here
    assert np.array_equal(found.status, harmonise(small(), to=WALK, rules=RULES).status)
    assert not found.coverage.flags.writeable
    assert not found.crosswalk.shares.flags.writeable


@pytest.fixture(scope="module")
def synthetic() -> ModuleType:
    """The script that makes the synthetic samples."""
    path = ROOT / "data" / "sample" / "make_synthetic.py"
    specification = importlib.util.spec_from_file_location("make_synthetic", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # its dataclasses look themselves up
    specification.loader.exec_module(module)
    return module


class Still:
    """Random numbers of a year in which nothing drifts."""

    def standard_normal(self, n: int) -> Any:
        """No change."""
        return np.zeros(n)

    random = standard_normal


def test_the_rules_of_the_scheme_make_2025_of_2024_before_its_drift(synthetic: ModuleType) -> None:
    """The sample's script adds counts and averages the rest by population, in its own way; growth is taken off."""
    country = synthetic.Country(np.random.default_rng(1), synthetic.read_provinces("VN63"))
    old = country.measure()
    new = synthetic.merge(old, synthetic.read_provinces("VN34"), Still())
    listed = provinces("VN63")
    units = Units(tuple(province.code for province in listed), system="VN63")
    scheme = built_in_scheme("pii-2024")
    rules = scheme.combined_by
    found = harmonise(Table.of(old.values, units=units), to="VN34", rules=scheme).table
    grown = {"population": 0.009, "grdp": 0.09, "enterprises": 0.05}
    by_population = [code for code, rule in rules.items() if rule and rule.reads == ("population",)]
    sums = [code for code, rule in rules.items() if isinstance(rule, Sum) and code != "4.2.1"]
    for code in by_population:
        assert same(found.column(code), new.values[code], 1e-9)
    for code in sums:
        # The script's whole numbers are rounded after they have grown.
        growth = np.exp(grown.get(code, 0.05))
        assert np.abs(found.column(code) * growth - new.values[code]).max() < 1.01
    assert np.allclose(found.column("4.2.1"), 100 * found.column("grdp") / found.column("grdp").sum())
    # What the scheme weighs better than the script does.
    others = set(rules) - {*by_population, *sums, "4.2.1"}
    assert others == {"4.2.3", "5.1.2", "5.1.3", "5.2.2"}
    assert len(rules) == 55


def test_a_merged_value_is_as_unsettled_as_its_worst_part() -> None:
    """Weights count where units are merged; a code that is another unit's there does not bring its note along."""
    cells = {(unit, column): Origin("final", "Census") for unit in "abcd" for column in ("people", "rate")}
    cells |= {("b", "people"): Origin("provisional", "Census"), ("a", "count"): Origin("estimated")}
    walk = Crosswalk.of([("a", "c", 1.0), ("b", "c", 1.0), ("c", "a", 1.0), ("d", "d", 1.0)])
    found = harmonise(small().noting(Provenance.of(cells)), to=walk, rules=RULES).table.noted
    assert dict(found) == {
        ("c", "people"): Origin("provisional", "Census"),
        ("c", "rate"): Origin("provisional", "Census"),
        ("c", "count"): Origin("estimated"),
        ("a", "people"): Origin("final", "Census"),
        ("a", "rate"): Origin("final", "Census"),
        ("d", "people"): Origin("final", "Census"),
        ("d", "rate"): Origin("final", "Census"),
    }
