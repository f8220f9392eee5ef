"""Two editions side by side: frames that agree with the results, and parts that lead from one to the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pii
from pii.compare.comparison import Comparison, compare
from pii.compute import compute
from pii.errors import MethodError, TableError
from pii.result import Result
from pii.table import Table, Units
from tests.compare.editions import CODES, plan, results, table
from tests.compare.test_attribution import YEARS
from tests.shared import group, leaf, same, scheme


@pytest.fixture(scope="module")
def years() -> list[Result]:
    """The synthetic editions of 2023, 2024 and 2025."""
    return [pii.compute(*pii.read_sample(f"synthetic-pii-{year}")) for year in (2023, 2024, 2025)]


@pytest.fixture(scope="module")
def same_borders(years: list[Result]) -> Comparison:
    """2023 and 2024: 63 provinces in both."""
    return compare(years[0], years[1])


@pytest.fixture(scope="module")
def new_borders(years: list[Result]) -> Comparison:
    """2024 and 2025: 63 provinces became 34."""
    return compare(years[1], years[2])


def test_the_frame_has_both_editions_and_their_change(same_borders: Comparison) -> None:
    """One row a unit."""
    frame, after = same_borders.to_frame(), same_borders.after
    assert list(frame.index) == list(after.composite.units.codes)
    assert same(frame["score_after"], after.composite.values[:, 0])
    assert same(frame["rank_change"], frame["rank_after"] - frame["rank_before"])
    assert same(frame["rank_before"], same_borders.before.ranking.values[:, 0])
    assert set(frame["status"]) == {""}


def test_every_node_has_its_change(same_borders: Comparison) -> None:
    """80 nodes of 63 units; the index's are those of the frame."""
    nodes, frame = same_borders.nodes(), same_borders.to_frame()
    assert len(nodes) == 63 * len(same_borders.after.scheme.nodes)
    index = nodes[nodes["node"] == "PII"]
    for column in ("score_before", "score_after", "rank_before", "rank_after", "rank_change"):
        assert same(index[column], frame[column])
    assert same(nodes[nodes["node"] == "1.1.2"]["score_after"], same_borders.after.scores.column("1.1.2"))


@pytest.mark.parametrize("which", ["same_borders", "new_borders"])
def test_parts_add_up_to_the_change_of_every_unit(which: str, request: pytest.FixtureRequest) -> None:
    """Of scores and of places, to the last digit; all are exact."""
    found: Comparison = request.getfixturevalue(which)
    sums = found.parts.groupby("unit", sort=False)[["score", "rank"]].sum()
    frame = found.to_frame().loc[sums.index]
    assert same(sums["score"], frame["score_change"], 1e-9)
    assert same(sums["rank"], frame["rank_change"], 1e-9)
    assert found.attribution.is_exact
    assert found.parts[["score_error", "rank_error"]].to_numpy().max() == 0


def test_a_waterfall_leads_from_before_to_after(same_borders: Comparison) -> None:
    """Each row reaches where its part leads; the last is the later edition's own."""
    frame = same_borders.to_frame()
    for code in frame.index[:10]:
        fall = same_borders.waterfall(str(code))
        assert fall["part"].tolist() == ["before", "own", "own", "others", "scale", "after"]
        assert same(
            fall["rank_reached"].iloc[[0, -2, -1]], frame.loc[code, ["rank_before", "rank_after", "rank_after"]]
        )
        assert same(fall["score_reached"].iloc[-2:], [frame.loc[code, "score_after"]] * 2)
        assert same(fall["score"].iloc[1:-1], np.diff(fall["score_reached"].iloc[:-1]))


def test_a_group_brings_what_is_below_it(same_borders: Comparison) -> None:
    """The index's own part is the sum of its indicators', and so is that of each group."""
    own = same_borders.own("Cao Bằng")
    parts = same_borders.parts.query("unit == '04' and part == 'own'").set_index("node")
    rank, score = own["rank"].to_dict(), own["score"].to_dict()
    assert same(rank["PII"], parts["rank"].sum())
    assert same(score["1.2"], parts["score"].reindex(["1.2.1", "1.2.2", "1.2.3"]).sum())
    assert same(rank["input"] + rank["output"], rank["PII"])


def test_a_merged_province_starts_from_the_new_borders(new_borders: Comparison, years: list[Result]) -> None:
    """Old units are told with what they became part of; parts lead from the harmonised edition."""
    ranks = new_borders.merger
    assert ranks is not None
    assert set(ranks.index) == set(years[1].composite.units.codes)
    assert set(ranks["into"]) == set(years[2].composite.units.codes)
    assert new_borders.differences[0].kind == "borders"
    assert new_borders.start.measured.units.system == "VN34"
    frame = new_borders.to_frame()
    assert len(frame) == 34
    assert same(
        frame["rank_before"], [ranks.loc[ranks["into"] == code, "rank_after"].iloc[0] for code in frame.index]
    )


def test_a_name_is_that_of_the_later_edition(new_borders: Comparison) -> None:
    """Gia Lai is the merged one, whose code was another's."""
    assert new_borders.code("Gia Lai") == "52"
    assert new_borders.name("52") == "Gia Lai"


def test_in_the_same_borders_nothing_was_merged(same_borders: Comparison) -> None:
    """No frame."""
    assert same_borders.merger is None
    assert same_borders.start is same_borders.before


def test_scores_of_moved_scales_do_not_compare(same_borders: Comparison, years: list[Result]) -> None:
    """On one scale they do, but for indicators whose outliers each year pulls in by its own rule."""
    assert not same_borders.comparable
    assert "do not plainly compare" in repr(same_borders)
    base = compute(years[0].scheme.replace(treat="winsorise"), years[0].measured)
    again = compute(years[1].scheme.replace(treat="winsorise"), years[1].measured, reference=base)
    fixed = compute(base.scheme, years[0].measured, reference=base)
    on_one = compare(fixed, again)
    moved = {code for d in on_one.differences if d.kind == "scale moved" for code in d.place.split(", ")}
    assert moved <= {code for result in (fixed, again) for code in result.treatment.rules}


def test_units_of_one_edition_only_have_no_parts() -> None:
    """They are listed with what became of them, and refused by name."""
    before = compute(plan(), table(YEARS[0]).take(np.array([0, 1, 2, 3])))
    after = compute(plan(), table(YEARS[1]).take(np.array([0, 1, 2, 4])))
    found = compare(before, after)
    assert found.to_frame()["status"].to_dict() == {"u": "", "v": "", "w": "", "y": "entered", "x": "left"}
    assert set(found.parts["unit"]) == {"u", "v", "w"}
    with pytest.raises(TableError, match=r"only one edition ranks it; .*; name a unit that both rank"):
        found.waterfall("x")


def test_numbers_of_either_edition_may_be_invented(same_borders: Comparison) -> None:
    """The sample's are, those of a table without such a title are not."""
    assert same_borders.is_synthetic
    real = results(YEARS, plan(), plan())
    assert not compare(*real).is_synthetic
    invented = Table.of({c: YEARS[1][:, at] for at, c in enumerate(CODES)}, units=list("uvwxy"), title="SYNTHETIC")
    assert compare(real[0], compute(plan(), invented)).is_synthetic


def test_an_unknown_unit_is_refused_with_the_nearest(same_borders: Comparison) -> None:
    """As everywhere."""
    with pytest.raises(TableError, match=r"did you mean Cao Bằng"):
        same_borders.waterfall("Cao Bang Tinh")


def test_editions_without_a_common_unit_are_refused() -> None:
    """Nothing can have changed."""
    x = Table.of({c: YEARS[0][:, at] for at, c in enumerate(CODES)}, units=list("klmno"))
    with pytest.raises(TableError, match="no unit is ranked in both"):
        compare(compute(plan(), table(YEARS[0])), compute(plan(), x))


def test_units_of_an_unknown_system_are_not_matched_with_provinces(years: list[Result]) -> None:
    """A code means the same unit inside one system only."""
    units = years[0].measured.units
    strangers = Table(Units(units.codes, units.names), years[0].measured.columns, years[0].measured.values)
    other = compute(years[0].scheme.replace(units=None), strangers)
    with pytest.raises(TableError, match="no system before, and of VN63 after"):
        compare(other, years[1])


def test_what_compares_is_there_even_where_no_parts_are() -> None:
    """An index of Copeland scores has ranks and differences; its parts are refused."""
    declared = plan(aggregate="copeland")
    found = compare(*results(YEARS, declared, declared))
    assert len(found.to_frame()) == 5
    assert found.differences
    with pytest.raises(MethodError, match="copeland"):
        _ = found.parts


def test_an_index_of_another_name_is_the_same_node() -> None:
    """Compared as one, under its later code."""
    before = scheme(group("old", leaf("a"), leaf("b")))
    after = scheme(group("new", leaf("a"), leaf("b")))
    nodes = compare(*results(YEARS, before, after)).nodes()
    assert nodes["node"].unique().tolist() == ["new", "a", "b"]


def test_on_a_pooled_scale_no_scale_moves() -> None:
    """Periods that were treated and scaled together compare, and all of a score's change is the unit's own."""
    years = [replace(pii.read_sample(f"synthetic-pii-{year}")[1], period=year) for year in ("2023", "2024")]
    both = pii.compute_panel(pii.built_in_scheme("pii-2024"), pii.Panel(tuple(years)), scale="pooled")
    found = compare(both["2023"], both["2024"])
    assert found.comparable
    frame, parts = found.to_frame(), found.parts.groupby(["unit", "part"])["score"].sum().unstack()
    np.testing.assert_allclose(parts.loc[frame.index, "own"], frame["score_change"], atol=1e-9)
    np.testing.assert_allclose(parts["scale"], 0, atol=1e-9)
