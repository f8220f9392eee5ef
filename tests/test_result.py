"""A result: what adds up, who is not ranked and why, what is printed and handed over as a frame."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from pii.compute import compute
from pii.errors import TableError
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group, Indicator
from tests import strategies
from tests.shared import group, leaf, same, scheme

NAN = float("nan")
TREE = group(
    "pii",
    group("in", leaf("a", name="Spending", unit="%"), leaf("b", direction=-1), name="Input"),
    group("out", leaf("c", treat="log"), leaf("d", weight=3)),
    name={"en": "Innovation", "vi": "Đổi mới"},
)
UNITS = Units(
    ("01", "02", "04", "06", "08"),
    ("Hà Nội", "Hà Giang", "Cao Bằng", "Bắc Kạn", "Tuyên Quang"),
    {"region": ("delta", "mountains", "mountains", "mountains", "")},
)
TABLE = Table.of(
    {
        "d": [9, 1, 5, NAN, 9],
        "a": [10, 0, 5, NAN, NAN],
        "b": [0, 10, 10, NAN, 2],
        "c": [100, 1, 10, 7, 50],
    },
    units=UNITS,
    period="2025",
)
RESULT = compute(scheme(TREE), TABLE)


def test_the_title_names_the_index_and_its_edition() -> None:
    """And says so where the numbers are invented."""
    assert RESULT.title == "Innovation 2025"
    assert not RESULT.is_synthetic
    invented = Table.of({"a": [1.0, 2.0]}, units=["x", "y"], title="A Synthetic table")
    result = compute(scheme(group("g", leaf("a"))), invented)
    assert result.is_synthetic
    assert result.title.startswith("SYNTHETIC - ")
    assert result.title in result.summary()
    assert result.title in result._repr_html_()


# Who is not ranked


def test_unranked_units_have_their_reasons() -> None:
    """By code, in the order of the table."""
    assert dict(RESULT.unranked) == {"06": ("1 of 4 indicators measured, 0.6667 of them needed",)}


def test_a_unit_below_coverage_is_told_where_it_falls_short() -> None:
    """Highest last, so that the index comes at the end."""
    result = compute(scheme(TREE, coverage=0.6), TABLE)
    assert result.unranked["08"] == (
        "in: 1 of 2 children have a score, 0.6 needed",
        "pii: 1 of 2 children have a score, 0.6 needed",
    )
    assert list(result.unranked) == ["06", "08"]
    assert np.isnan(result.ranking.column("pii")[result.composite.units.codes.index("08")])


def test_a_unit_whose_indicators_have_no_weight_is_told_so() -> None:
    """Enough is measured, but nothing that counts."""
    read = scheme(group("g", leaf("a", weight=0), leaf("b")), screen={"measured": 0.0})
    result = compute(read, Table.of({"a": [1, 2, 3], "b": [1, 2, NAN]}, units=["x", "y", "z"]))
    assert dict(result.unranked) == {"z": ("no indicator has a score",)}


# Frames


def test_units_are_ranked_within_a_label() -> None:
    """From 1 in every region; a unit without one has no place, and an unknown label suggests the nearest."""
    ranking = RESULT.ranking_within("region").column("pii")
    overall = dict(zip(RESULT.composite.units.codes, RESULT.composite.column("pii").tolist(), strict=True))
    best = max(("02", "04"), key=overall.__getitem__)
    places = dict(zip(RESULT.composite.units.codes, ranking.tolist(), strict=True))
    assert (places["01"], places[best]) == (1.0, 1.0)
    assert np.isnan(places["08"])
    with pytest.raises(TableError, match="no label 'regio'; did you mean region"):
        RESULT.ranking_within("regio")


def test_to_frame_has_a_row_for_every_unit() -> None:
    """In the order of the table; who is not ranked has a reason and no number."""
    frame = RESULT.to_frame()
    assert frame.index.tolist() == ["01", "02", "04", "06", "08"]
    assert frame.columns.tolist() == ["name", "region", "rank", "pii", "in", "out", "reason"]
    assert frame["rank"].tolist()[:3] == [1, 4, 3]
    assert str(frame["rank"].dtype) == "Int64"
    assert frame.loc["06", ["rank", "pii", "in", "out"]].isna().all()
    assert frame["reason"].tolist() == ["", "", "", "1 of 4 indicators measured, 0.6667 of them needed", ""]
    assert same(frame["pii"].dropna().to_numpy(), RESULT.composite.column("pii"))


@pytest.mark.parametrize("code", ["name", "rank", "reason"])
def test_a_group_may_be_called_as_a_column_is(code: str) -> None:
    """No code of a scheme breaks its own result."""
    result = compute(scheme(group("g", group(code, leaf("a")))), Table.of({"a": [1, 2]}, units=["x", "y"]))
    assert len(result.to_frame()) == 2
    assert result._repr_html_()


def test_shared_places_show_their_mean() -> None:
    """Ranks are whole numbers unless ties are averaged."""
    read = scheme(group("g", leaf("a")), rank="average")
    result = compute(read, Table.of({"a": [1, 2, 2]}, units=["x", "y", "z"]))
    assert result.to_frame()["rank"].tolist() == [3.0, 1.5, 1.5]


COLUMNS = (
    "unit name period node parent level kind measured ratio completed treated score share effective contribution "
    "rank imputed treatment"
)


def test_to_long_has_a_row_for_every_ranked_unit_and_node() -> None:
    """Nodes in the scheme's order, units within; every stage's value stands in its column."""
    long = RESULT.to_long()
    assert long.columns.tolist() == COLUMNS.split()
    assert len(long) == 4 * 7
    assert long["node"].drop_duplicates().tolist() == ["pii", "in", "a", "b", "out", "c", "d"]
    assert long["unit"].tolist()[:4] == ["01", "02", "04", "08"]
    assert set(long["period"]) == {"2025"}
    row = long[(long["node"] == "c") & (long["unit"] == "04")].iloc[0]
    assert (row["parent"], row["level"], row["kind"], row["treatment"]) == ("out", 2, "indicator", "log")
    assert (row["measured"], row["ratio"], row["completed"]) == (10.0, 10.0, 10.0)
    assert row["treated"] == pytest.approx(np.log(10 - 1 + 0.99))
    assert row["score"] == pytest.approx(100 * np.log(9.99 / 0.99) / np.log(99.99 / 0.99))
    assert (row["share"], row["effective"], row["rank"], row["imputed"]) == (0.25, 0.125, 3.0, False)
    top = long[long["node"] == "pii"]
    assert top["kind"].unique().tolist() == ["group"]
    assert top[["measured", "ratio", "completed", "treated"]].isna().all(axis=None)
    assert top["share"].unique().tolist() == [1.0]
    assert same(top["contribution"].to_numpy(), RESULT.composite.column("pii"), 1e-13)


def test_to_long_shows_what_was_put_per_and_what_was_imputed() -> None:
    """Each unit's own, though units above it are not ranked."""
    index = group("g", leaf("a", denominator="n"), leaf("b"), leaf("c"))
    read = scheme(index, denominators=[{"code": "n"}], impute="mean")
    table = Table.of(
        {"n": [1, 2, 4, 5], "a": [NAN, 8, 8, NAN], "b": [NAN, 1, 2, 3], "c": [1, 1, 2, 3]},
        units=["w", "x", "y", "z"],
    )
    long = compute(read, table).to_long()
    a = long[long["node"] == "a"].set_index("unit")
    assert a.index.tolist() == ["x", "y", "z"]
    assert same(a["measured"].to_numpy(), [8, 8, NAN])
    assert same(a["ratio"].to_numpy(), [4, 2, NAN])
    assert same(a["completed"].to_numpy(), [4, 2, 3])
    assert a["imputed"].tolist() == [False, False, True]
    assert not long[long["node"] != "a"]["imputed"].any()


# One unit


def test_a_profile_sets_a_unit_beside_the_mean_and_the_leader() -> None:
    """On every node, in the scheme's order."""
    profile = RESULT.profile("Cao Bang")
    assert profile.index.tolist() == ["pii", "in", "a", "b", "out", "c", "d"]
    a = profile.loc["a"]
    assert (a["title"], a["score"], a["rank"], a["of"]) == ("Spending", 50.0, 2.0, 3)
    assert (a["mean"], a["to_mean"], a["leader"], a["to_leader"]) == (50.0, 0.0, "Hà Nội", -50.0)
    assert same(profile["score"] - profile["mean"], profile["to_mean"], 1e-13)
    missing = RESULT.profile("08").loc["a"]
    assert np.isnan(missing["score"])
    assert np.isnan(missing["rank"])


def test_strengths_and_weaknesses_are_by_rank() -> None:
    """What was not measured is neither, and values are shown in their own units."""
    strengths = RESULT.strengths("08", k=2)
    assert strengths.index.tolist() == ["d", "c"], "c and b are both second, and c stands higher on its scale"
    best = strengths.iloc[0]
    assert (best["value"], best["score"], best["rank"], best["of"]) == (9.0, 100.0, 1.0, 4)
    weaknesses = RESULT.weaknesses("04")
    assert weaknesses.index.tolist() == ["b", "a", "d", "c"]
    assert weaknesses.loc["a", "unit_of_measure"] == "%"
    assert "a" not in RESULT.weaknesses("08").index


def counted(result: Result, unit: int, k: int, *, best: bool) -> set[str]:
    """Indicators at or past the unit's own k-th percentile, one number at a time."""
    found = {}
    for code in result.scores.columns:
        x = [v for v in result.scores.column(code).tolist() if not np.isnan(v)]
        own = float(result.scores.column(code)[unit])
        if not np.isnan(own) and len(x) > 1:
            passed = sum(v < own for v in x) if best else len(x) - 1 - sum(v > own for v in x)
            found[code] = passed / (len(x) - 1)
    limit = sorted(found.values(), reverse=best)[:k][-1]
    return {code for code, share in found.items() if (share >= limit if best else share <= limit)}


@pytest.mark.parametrize("k", [1, 3, 10, 99])
def test_strengths_by_percentile_are_all_at_or_past_the_units_own_kth(k: int) -> None:
    """Ties with it included; so for every unit, with gaps and ties among scores."""
    random = np.random.default_rng(6)
    x = random.integers(0, 6, (14, 20)).astype(np.float64)
    x[random.random(x.shape) < 0.2] = np.nan
    columns = {f"i{at}": row for at, row in enumerate(x)}
    read = scheme(group("g", *map(leaf, columns)), screen={"measured": 0.0})
    result = compute(read, Table.of(columns, units=[f"u{at}" for at in range(20)]))
    more = 0
    for at, unit in enumerate(result.composite.units.codes):
        for ask, best in ((result.strengths, True), (result.weaknesses, False)):
            frame = ask(unit, k, rule="percentile")
            assert set(frame.index) == counted(result, at, k, best=best)
            assert (
                frame["percentile"].is_monotonic_decreasing if best else frame["percentile"].is_monotonic_increasing
            )
            more += len(frame) > k
    assert bool(more) == (k < 14)


def test_a_first_place_that_many_share_is_neither_strength_nor_weakness() -> None:
    """By percentile; by place it stands first."""
    columns: dict[str, list[float]] = {
        "shared": [1, 1, 1, 1, 0],
        "high": [5, 4, 3, 2, 1],
        "low": [2, 3, 4, 5, 1],
        "rare": [1, NAN, NAN, NAN, NAN],
    }
    read = scheme(group("g", *map(leaf, columns)), normalise="rank", screen={"measured": 0.0})
    result = compute(read, Table.of(columns, units=list("vwxyz")))
    assert result.strengths("v", 1, rule="percentile").index.tolist() == ["high"]
    assert result.weaknesses("v", 1, rule="percentile").index.tolist() == ["low"]
    assert result.weaknesses("v", 9, rule="percentile").index.tolist() == ["low", "shared", "high"]
    everything = result.strengths("v", 9)
    assert (everything["rank"] == 1).tolist() == [True, True, True, False]
    assert everything["percentile"][["high", "shared", "low"]].tolist() == [1.0, 0.25, 0.25]
    assert everything.index[everything["percentile"].isna()].tolist() == ["rare"], "nobody else was measured"


def test_what_was_imputed_is_no_strength() -> None:
    """It says nothing of the unit."""
    read = scheme(group("g", leaf("a"), leaf("b"), leaf("c")), impute="mean")
    table = Table.of({"a": [1, 2, NAN], "b": [1, 2, 3], "c": [3, 2, 1]}, units=["x", "y", "z"])
    result = compute(read, table)
    assert result.strengths("z").index.tolist() == ["b", "c"]
    assert result.weaknesses("z").index.tolist() == ["c", "b"]
    assert result.strengths("z", rule="percentile").index.tolist() == ["b", "c"]


def test_an_explanation_adds_up_and_reads_as_a_tree() -> None:
    """Node by node, with what each brings."""
    explanation = RESULT.explain("ha noi")
    frame = explanation.to_frame()
    assert explanation.name == "Hà Nội"
    assert frame.index.tolist() == ["pii", "in", "a", "b", "out", "c", "d"]
    leaves = frame[frame["level"] == 2]["contribution"]
    assert leaves.sum() == pytest.approx(frame.loc["pii", "score"])
    assert leaves.tolist() == [25.0, 25.0, 12.5, 37.5]
    lines = str(explanation).splitlines()
    assert lines[0] == "Hà Nội: rank 1 of 4"
    assert [line.split()[:1] for line in lines[2:]] == [[code] for code in frame.index]
    assert lines[2].split() == ["pii", "Innovation", "100.00", "100.00"]
    assert lines[4].split() == ["a", "Spending", "100.00", "25.00"]
    assert lines[4].startswith("    a")
    assert repr(explanation) == str(explanation)


def test_an_explanation_says_what_is_not_there() -> None:
    """A gap is n/a, and brings 0."""
    line = next(line for line in str(RESULT.explain("08")).splitlines() if line.split()[0] == "a")
    assert line.split() == ["a", "Spending", "n/a", "0.00"]


@pytest.mark.parametrize("ask", [Result.explain, Result.profile, Result.strengths, Result.weaknesses])
def test_an_unranked_unit_is_refused_with_its_reasons(ask: Any) -> None:
    """And an unknown one with the nearest."""
    with pytest.raises(TableError, match="Bac Kan: the unit is not ranked; 1 of 4 indicators measured"):
        ask(RESULT, "Bac Kan")
    with pytest.raises(TableError, match="no unit is called that"):
        ask(RESULT, "Nowhere")


# Printing


def test_the_summary_is_in_order_of_rank() -> None:
    """With the decimals of the scheme, and who is not ranked."""
    lines = RESULT.summary(2).splitlines()
    assert lines[0] == "Innovation 2025"
    assert lines[1].split() == ["1", "Hà", "Nội", "100.00"]
    assert lines[2].split()[0] == "2"
    assert lines[3:] == ["       and 2 more", "       not ranked: Bắc Kạn"]


def test_the_best_come_first_and_ties_keep_the_order_of_the_table() -> None:
    """Units without a score are left out."""
    assert [RESULT.composite.units.codes[at] for at in RESULT.best_first] == ["01", "08", "04", "02"]
    tied = compute(scheme(group("g", leaf("a"))), Table.of({"a": [1, 2, 2]}, units=["x", "y", "z"]))
    assert tied.best_first.tolist() == [1, 2, 0]


def test_repr_is_one_line() -> None:
    """The index and how many are ranked."""
    assert repr(RESULT) == "<Result Innovation 2025: 4 of 5 units ranked>"


def test_html_escapes_what_people_typed() -> None:
    """A unit, or an index, called <script> runs nothing."""
    units = Units(("1", "2"), ("<script>alert(1)</script>", "b"))
    read = scheme(group("g", leaf("a"), name="<script>alert(2)</script>"))
    html = compute(read, Table(units, ("a",), np.array([[1.0], [2.0]])))._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in html


def test_html_shows_the_published_digits_in_order_of_rank() -> None:
    """The index, sub-indices and pillars; what lies below would not fit."""
    html = RESULT._repr_html_()
    assert html.index("Hà Nội") < html.index("Tuyên Quang") < html.index("Hà Giang")
    assert "100.00" in html
    deep = group("i", group("j", group("k", group("l", leaf("a")))))
    shown = compute(scheme(deep), Table.of({"a": [1.0, 2.0]}, units=["x", "y"]))._repr_html_()
    assert "<th>k</th>" in shown
    assert "<th>l</th>" not in shown


# Every stage is held


@given(strategies.indices())
@strategies.quick
def test_ranked_units_are_the_same_from_screening_on(drawn: tuple[Scheme, Table]) -> None:
    """All units before, and the eligible ones after it, in the order of the table."""
    result = compute(*drawn)
    everyone = drawn[1].units.codes
    eligible = tuple(everyone[at] for at in result.screening.eligible)
    assert result.measured.units.codes == result.ratios.units.codes == everyone
    for later in (result.completed, result.treatment.table, result.scores, result.composite, result.ranking):
        assert later.units.codes == eligible
    ranked = set(everyone) - set(result.unranked)
    assert ranked == {everyone[result.screening.eligible[at]] for at in result.best_first}
    assert all(isinstance(node, Group | Indicator) for node in result.scheme.nodes)


def test_what_was_worked_out_cannot_be_changed() -> None:
    """Arrays are read-only, and so are mappings."""
    arrays = [RESULT.best_first, RESULT.screening.eligible, RESULT.scheme.lineage, RESULT.scheme.directions]
    assert not any(array.flags.writeable for array in arrays)
    whole = compute(scheme(group("g", leaf("a"))), Table.of({"a": [1.0, 2.0]}, units=["x", "y"]))
    assert not whole.screening.eligible.flags.writeable
    for known in (RESULT.scheme.parents, RESULT.scheme.levels, RESULT.scheme.combined_by):
        with pytest.raises(TypeError, match="does not support item assignment"):
            known["a"] = "zzz"  # type: ignore[index]


def test_a_rule_of_strengths_that_is_none_is_refused() -> None:
    """With the nearest."""
    with pytest.raises(TableError, match="there is no rule 'percent'; did you mean percentile"):
        RESULT.strengths("01", rule="percent")  # type: ignore[arg-type]
