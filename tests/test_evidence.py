"""Evidence: which cells a score rests on, the index without them, what is left out, what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compute import compute
from pii.errors import MethodError, PiiError, TableError
from pii.evidence import Evidence, rests_on
from pii.io.samples import read_sample
from pii.provenance import UNSETTLED, Origin, Provenance, Status
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table, Units
from tests import slow_evidence
from tests.shared import group, leaf, same, scheme
from tests.strategies import indices, quick

NAN = float("nan")
UNITS = Units(
    ("01", "02", "03", "04"), ("Hà Nội", "Huế", "<b>Cà Mau</b>", "Sơn La"), {"region": ("n", "s", "s", "n")}
)
COLUMNS = {
    "a": [0.0, 5.0, 10.0, 8.0],
    "b": [20.0, 60.0, 80.0, NAN],
    "c": [1.0, 2.0, 3.0, 5.0],
    "people": [2.0, 2.0, 4.0, 4.0],
}
TREE = group("g", group("h", leaf("a", weight=3), leaf("b", denominator="people")), leaf("c"))


def built(*cells: tuple[str, str], status: Status = "provisional", **fields: Any) -> Result:
    """Four units, of which the last is not measured on one indicator; some cells of a status."""
    fields = {"denominators": [{"code": "people", "name": "People"}], "screen": {"measured": 0}} | fields
    table = Table.of(COLUMNS, units=UNITS, period="2025")
    return compute(scheme(TREE, **fields), table.noting(Provenance.of(dict.fromkeys(cells, Origin(status)))))


def shares(result: Result, **asked: Any) -> dict[str, float]:
    """The share of each unit, by code."""
    frame = rests_on(result, **asked).to_frame()
    return {str(code): round(share, 12) for code, share in frame["share"].items()}


def row(found: Evidence, unit: str, *columns: str) -> list[Any]:
    """Some cells of a unit's row."""
    return list(found.to_frame()[list(columns)].loc[unit])


# --- which part of a score


def test_a_cell_counts_by_its_weight_in_the_index() -> None:
    """Half of the index is one group, of which the indicator is a quarter."""
    assert shares(built(("01", "b"))) == {"01": 0.125, "02": 0, "03": 0, "04": 0}
    assert shares(built(("01", "a"), ("01", "c")))["01"] == 0.875


def test_where_a_sibling_has_no_score_the_cell_counts_more() -> None:
    """As it does in the mean."""
    assert shares(built(("04", "a"))) == {"01": 0, "02": 0, "03": 0, "04": 0.5}


def test_a_denominator_counts_for_what_it_divides() -> None:
    """Once, also where the indicator's own cell is marked; not where nothing was measured."""
    assert shares(built(("01", "people"), ("04", "people"))) == {"01": 0.125, "02": 0, "03": 0, "04": 0}
    assert shares(built(("01", "people"), ("01", "b")))["01"] == 0.125


def test_only_the_statuses_asked_for_count() -> None:
    """One, or several."""
    result = built(("01", "b"), status="estimated")
    assert shares(result)["01"] == 0
    assert shares(result, status=["provisional", "estimated"])["01"] == 0.125


@quick
@given(indices(), st.data())
def test_shares_are_those_of_the_slow_definition(drawn: tuple[Scheme, Table], data: st.DataObject) -> None:
    """For any tree, any gaps and any cells."""
    rules, table = drawn
    try:
        plain = compute(rules, table)
    except PiiError:
        return
    pairs = st.tuples(st.sampled_from(table.units.codes), st.sampled_from(table.columns))
    marked = data.draw(st.sets(pairs, max_size=6))
    result = compute(rules, table.noting(Provenance.of(dict.fromkeys(sorted(marked), Origin("provisional")))))
    try:
        found = rests_on(result)
    except PiiError:
        return
    expected = [slow_evidence.share(plain, unit, marked) for unit in plain.composite.units.codes]
    assert same(found.shares, expected)


# --- the index without them


def test_without_them_the_index_is_that_of_a_table_with_gaps() -> None:
    """With the scheme's own screening and imputation."""
    result = built(("02", "b"), ("03", "c"), impute="mean")
    gaps = COLUMNS | {"b": [20.0, NAN, 80.0, NAN], "c": [1.0, 2.0, NAN, 5.0]}
    expected = compute(result.scheme, Table.of(gaps, units=UNITS))
    found = rests_on(result)
    assert same(found.without.composite.values, expected.composite.values)
    assert found.left_out == {}
    frame = found.to_frame()
    assert frame["shift"].equals(frame["rank_without"] - frame["rank"])


@quick
@given(indices(), st.sampled_from(["final", "estimated", "imputed"]))
def test_a_status_that_nobody_has_changes_nothing(drawn: tuple[Scheme, Table], status: Status) -> None:
    """Not even the result is another one."""
    rules, table = drawn
    cells = {(table.units.codes[0], column): Origin("provisional") for column in table.columns}
    try:
        result = compute(rules, table.noting(Provenance.of(cells)))
    except PiiError:
        return
    found = rests_on(result, status)
    assert found.without is result
    assert not found.cells.any()
    assert not np.nan_to_num(found.shares).any()
    frame = found.to_frame()
    assert not frame["shift"].fillna(0).any()
    assert found.columns().empty


def test_a_denominator_s_cell_takes_along_what_it_divides() -> None:
    """Nothing is put per what is not measured."""
    found = rests_on(built(("02", "people")))
    assert np.isnan(found.without.measured.column("b")).tolist() == [False, True, False, True]
    assert np.isnan(found.without.measured.column("people")).tolist() == [False, True, False, False]


def test_a_scale_that_other_values_fixed_stays() -> None:
    """What is left has the scores that it had."""
    result = built(("01", "c"))
    fixed = compute(result.scheme, result.measured, reference=result)
    found = rests_on(fixed)
    assert found.without.scores.column("c").tolist()[1:] == fixed.scores.column("c").tolist()[1:]
    assert rests_on(result).without.scores.column("c").tolist()[1:] != result.scores.column("c").tolist()[1:]


def test_an_indicator_of_which_nothing_is_left_is_left_out_and_named() -> None:
    """As if the scheme did not have it."""
    result = built(("01", "c"), ("02", "c"), ("03", "c"), ("04", "c"))
    found = rests_on(result)
    assert found.left_out == {"c": "no value of it is left"}
    expected = compute(
        scheme(group("g", *TREE.children[:1]), denominators=[{"code": "people"}], screen={"measured": 0}),
        result.measured,
    )
    assert same(found.without.composite.values, expected.composite.values)
    assert found.columns()["left_out"].tolist() == ["no value of it is left"]


def test_an_indicator_that_can_no_longer_be_scaled_is_left_out_with_the_reason() -> None:
    """One value has no width."""
    found = rests_on(built(("01", "c"), ("02", "c"), ("03", "c")))
    assert list(found.left_out) == ["c"]
    assert "c" not in found.without.scores.columns
    assert found.left_out["c"]


def test_an_indicator_without_such_cells_that_can_no_longer_be_scaled_is_refused() -> None:
    """Without the unit that loses its rank it has no width, and leaving it out would be no answer to the question."""
    rules = scheme(group("g", leaf("a"), leaf("b"), leaf("c")), screen={"measured": 0.7})
    columns = {"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0, 4.0], "c": [2.0, 1.0, 1.0, 1.0]}
    notes = Provenance.of({("01", "a"): Origin("provisional")})
    with pytest.raises(MethodError, match="c: every value is 1; a scale needs a width"):
        rests_on(compute(rules, Table.of(columns, units=UNITS).noting(notes)))


def test_a_group_goes_with_its_last_indicator() -> None:
    """And with it what screening asks of it."""
    cells = [(unit, column) for unit in UNITS.codes for column in "ab"]
    within = {"within": [{"groups": ["h"], "measured": 0.5}, {"groups": ["h", "g"], "measured": 0.2}]}
    found = rests_on(built(*cells, screen={"measured": 0} | within))
    assert sorted(found.left_out) == ["a", "b"]
    assert [one.code for one in found.without.scheme.groups] == ["g"]
    assert [rule.groups for rule in found.without.scheme.screen.within] == [("g",)]


def test_a_unit_that_loses_its_rank_is_named_with_the_reason() -> None:
    """Also one of which nothing is left."""
    found = rests_on(built(*(("02", column) for column in COLUMNS), screen={"measured": 0.5}))
    assert found.unranked == {"02": ("0 of 3 indicators measured, 0.5 of them needed",)}
    assert found.to_frame().index[0] == "02"
    assert row(found, "02", "share", "reason") == [1.0, "0 of 3 indicators measured, 0.5 of them needed"]
    assert np.isnan(row(found, "02", "rank_without")[0])


def test_a_unit_that_only_then_has_a_rank_is_shown() -> None:
    """Where what it lacks is left out for all."""
    found = rests_on(built(*((unit, "b") for unit in UNITS.codes[:3]), screen={"measured": 0.9}))
    assert "04" in found.result.unranked
    assert row(found, "04", "rank_without") == [1.0]
    assert np.isnan(row(found, "04", "share", "rank", "shift")).all()


# --- what is refused


def test_without_all_cells_there_is_nothing_to_rank() -> None:
    """And that is said at once."""
    cells = [(unit, column) for unit in UNITS.codes for column in COLUMNS]
    with pytest.raises(TableError, match="without these cells no indicator has a value") as error:
        rests_on(built(*cells))
    assert len(error.value.problems) == 1


def test_without_them_somebody_has_to_have_data_enough() -> None:
    """Or there are no ranks."""
    cells = [("01", "a"), ("01", "b"), ("02", "b"), ("02", "c"), ("03", "a"), ("03", "c"), ("04", "a")]
    with pytest.raises(TableError, match=r"these cells no unit has data enough to be ranked; .*another status"):
        rests_on(built(*cells, screen={"measured": 0.6}))


def test_an_unknown_status_is_refused() -> None:
    """With the nearest."""
    with pytest.raises(TableError, match="did you mean provisional"):
        rests_on(built(), "provisory")  # type: ignore[arg-type]


# --- how it shows itself


def test_a_notebook_shows_the_first_units_and_what_is_left_out() -> None:
    """With texts as texts."""
    found = rests_on(built(("03", "c"), ("01", "c"), ("02", "c"), ("04", "c")))
    html = found._repr_html_()
    assert "&lt;b&gt;Cà Mau&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "left out: c: no value of it is left" in html
    assert repr(found).startswith("<Evidence of g 2025: 4 provisional cells, ")


def test_it_can_be_sent_to_another_process() -> None:
    """And stays as it is."""
    found = rests_on(built(("01", "b")))
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own
    assert again.shares.tolist() == found.shares.tolist()
    assert not again.shares.flags.writeable
    assert dict(again.left_out) == dict(found.left_out)


def test_a_provisional_column_of_the_sample_is_left_out_for_all() -> None:
    """Every score that has it rests on it by the same share."""
    rules, table = read_sample()
    cells = {(unit, "1.1.1"): Origin("provisional") for unit in table.units.codes}
    found = rests_on(compute(rules, table.noting(Provenance.of(cells))), UNSETTLED)
    assert list(found.left_out) == ["1.1.1"]
    assert int(found.cells.sum()) == 31
    assert set(found.to_frame()["share"].round(6)) == {0.0, 0.0125}
