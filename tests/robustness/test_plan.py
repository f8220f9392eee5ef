"""A study laid out: scores at points of the cube equal a scheme edited by hand, and what cannot be is refused."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pii.choices.alternatives import (
    LeaveOut,
    MultipleImputation,
    VaryAggregation,
    VaryDenomination,
    VaryImputation,
    VaryNormalisation,
    VaryTreatment,
    VaryWeighing,
)
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet, WeightExperts
from pii.compute import compute
from pii.errors import PiiError, SchemeError
from pii.methods.aggregate import Arithmetic, Median, Power
from pii.methods.impute import GroupMean, Mean, NoImputation
from pii.methods.normalise import MinMax, Rank, ZScore
from pii.methods.treat import NoTreatment, WinsoriseThenLog
from pii.methods.weigh import Equal, EqualOverIndicators, Given
from pii.numerics.draws import places
from pii.robustness.planning import planned
from pii.robustness.variants import Ways
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Node
from tests import slow_study
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen
from tests.strategies import indices, quick

SCALES = [MinMax(floor=1.0, constant=50.0), ZScore(mean=200.0, sd=10.0, constant=200.0), Rank()]
MEANS = [Arithmetic(), Power(p=0.5), Power(p=-2.0), Median()]


def some(items: list[Any], *, least: int = 2, most: int = 3) -> st.SearchStrategy[list[Any]]:
    """Several different ones of a list."""
    return st.lists(st.sampled_from(items), min_size=least, max_size=most, unique=True)


@st.composite
def choices(draw: st.DrawFn, read: Scheme) -> list[Any]:
    """One to four choices of different kinds about a scheme."""
    groups = [node.code for node in read.groups]
    where: dict[str, Any] = draw(
        st.sampled_from([{}, {"levels": [0]}, {"levels": [1, 2]}, {"groups": groups[-1:]}, {"groups": groups[:2]}])
    )
    spread: dict[str, Any] = {
        "spread": draw(st.sampled_from([None, 0.0, 0.3, 1.0])),
        "shape": draw(st.sampled_from(["uniform", "triangular"])),
    }
    kinds: dict[str, Any] = {
        "box": lambda: WeightBox(**where, **spread),
        "dirichlet": lambda: WeightDirichlet(**where, concentration=draw(st.sampled_from([None, 2.0, 60.0]))),
        "aggregate": lambda: chosen(VaryAggregation, among=draw(some(MEANS)), **where),
        "normalise": lambda: chosen(VaryNormalisation, among=draw(some(SCALES)), probabilities=[]),
        "treat": lambda: chosen(
            VaryTreatment, among=[NoTreatment(), WinsoriseThenLog(limit=1)], probabilities=[1, 3]
        ),
        "impute": lambda: chosen(
            VaryImputation, among=draw(some([NoImputation(), Mean(), GroupMean(by="region")]))
        ),
        "denominate": lambda: chosen(VaryDenomination, among=["ratio", "none"]),
        "weigh": lambda: chosen(VaryWeighing, among=draw(some([Given(), Equal(), EqualOverIndicators()])), **where),
        "leave out": lambda: LeaveOut(nodes=draw(some([node.code for node in read.nodes[1:]], least=1))),
        "data": lambda: DataError(relative=0.02, shape=draw(st.sampled_from(["normal", "uniform"]))),
    }
    names = draw(some(sorted(kinds), least=1, most=4))
    if "box" in names and "dirichlet" in names:
        names.remove("box")
    return [kinds[name]() for name in names]


def lightened(node: Node, codes: set[str]) -> Node:
    """A tree in which some nodes have weight 0, the first of every group never."""
    if not isinstance(node, Group):
        return node
    children = [
        lightened(child, codes).replace(**({"weight": 0.0} if at and child.code in codes else {}))
        for at, child in enumerate(node.children)
    ]
    return node.replace(children=tuple(children))


@st.composite
def studies(draw: st.DrawFn) -> tuple[Scheme, Table, Uncertainty]:
    """A small index with gaps and weights 0, and some choices about it."""
    read, table = draw(indices())
    light = draw(st.sets(st.sampled_from([node.code for node in read.nodes])))
    read = read.replace(index=lightened(read.index, light))
    uncertainty = chosen(
        Uncertainty, choices=draw(choices(read)), draws=6, seed=draw(st.integers(0, 9)), conflicts="exclude"
    )
    return read, table, uncertainty


@given(studies())
@quick
def test_scores_equal_those_of_schemes_edited_by_hand(study: tuple[Scheme, Table, Uncertainty]) -> None:
    """For every kind of choice and mixtures of them, of the index and the groups inside; ranks too, but near ties."""
    read, table, uncertainty = study
    nodes = [node.code for node in read.groups]
    try:
        plan = planned(read, table, uncertainty, nodes=nodes)
        u = plan.points(0, 6)
        found = plan.scores(u)
    except PiiError:
        assume(False)
        return
    expected = slow_study.scores(read, table, uncertainty, u, nodes)
    assert same(found, expected, 1e-12)
    for ours, theirs in zip(found, expected, strict=True):
        gaps = np.abs(theirs[:, :, None] - theirs[:, None, :])
        clear = ~((gaps > 0) & (gaps < 1e-9)).any(axis=(1, 2))
        assert places(ours)[clear].tolist() == np.array(slow_study.ranks(theirs))[clear].tolist()


def scheme_of(tree: Group, **fields: Any) -> Scheme:
    """A scheme whose scores are above 0."""
    return scheme(tree, **({"normalise": {"method": "minmax", "floor": 1.0}} | fields))


def tree() -> Group:
    """Two pillars, the second with a single indicator, and an indicator beside them."""
    return group("i", group("p", leaf("a"), leaf("b", weight=3.0)), group("q", leaf("c")), leaf("d"))


def table(codes: str = "abcd", n: int = 8, gaps: bool = False) -> Table:
    """Numbers from 1 to 9, a fifth of them not measured where there are gaps."""
    random = np.random.default_rng(5)
    x = random.uniform(1, 9, size=(len(codes), n))
    if gaps:
        x[random.random(x.shape) < 0.2] = np.nan
    return Table.of(dict(zip(codes, x, strict=True)), units=[f"u{at}" for at in range(n)])


def refused(read: Scheme, choices: list[Any], **fields: Any) -> list[str]:
    """What is said of a study that is refused, in the words of its problems."""
    with pytest.raises(PiiError) as caught:
        planned(read, fields.pop("table", table()), chosen(Uncertainty, choices=choices, **fields))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "choices",
    [
        [WeightBox(), MultipleImputation(n=3)],
        [
            MultipleImputation(n=2),
            LeaveOut(nodes=["a", "q"]),
            chosen(VaryAggregation, among=["arithmetic", "geometric"]),
        ],
        [DataError(relative=0.05), MultipleImputation(n=2)],
        [DataError(relative=0.1, indicators=["a"]), DataError(standard_errors="se", indicators=["c"], name="se")],
        [
            WeightExperts(),
            WeightBox(groups=["i"]),
            chosen(VaryNormalisation, among=["rank", {"method": "minmax", "floor": 1.0}]),
        ],
        [
            LeaveOut(nodes=["a", "p"]),
            WeightDirichlet(),
            chosen(VaryNormalisation, among=["rank", {"method": "minmax", "floor": 2.0}]),
        ],
        [
            chosen(VaryImputation, among=["mean", "none"], indicators=["c", "d"]),
            chosen(VaryTreatment, among=["none", "log"], indicators=["a"]),
        ],
        [
            chosen(VaryWeighing, among=["standard_deviation", "equal"], groups=["p"]),
            WeightBox(margin=0.05),
            LeaveOut(nodes=["d"]),
        ],
        [
            chosen(VaryWeighing, among=["standard_deviation", "given"], levels=[0]),
            chosen(VaryAggregation, among=["geometric", "arithmetic"]),
        ],
    ],
)
def test_rarer_mixtures_equal_schemes_edited_by_hand(choices: list[Any]) -> None:
    """Several imputations, experts, standard errors, weights made from data; the weights of the index by them all."""
    panel = {"method": "budget_allocation", "children": ["b", "a"], "points": [[60, 40], [20, 80], [50, 50]]}
    experts = any(isinstance(choice, WeightExperts) for choice in choices)
    top = group(
        "i", group("p", leaf("a"), leaf("b"), **({"weigh": panel} if experts else {})), *tree().children[1:]
    )
    read = scheme_of(top, denominators=[{"code": "se"}], screen={"measured": 0.0})
    given_table = table("abcd", 30, gaps=any(choice.stage in ("impute", "data") for choice in choices))
    columns = {code: given_table.column(code) for code in "abcd"} | {"se": np.linspace(0, 1, 30)}
    measured = Table.of(columns, units=given_table.units)
    uncertainty = chosen(Uncertainty, choices=choices, draws=8, seed=4)
    plan = planned(read, measured, uncertainty, nodes=["i", "p", "q"])
    u = plan.points(0, 8)
    assert same(plan.scores(u), slow_study.scores(read, measured, uncertainty, u, ["i", "p", "q"]), 1e-12)


def test_groups_with_a_scale_of_their_own_and_a_reference_equal_schemes_edited_by_hand() -> None:
    """Scores of a group on a scale, draw by draw; gaps filled where children are too few; the scale of indicators fixed by another year."""
    top = group(
        "i",
        group("p", leaf("a"), leaf("b"), normalise={"method": "minmax", "floor": 1.0}),
        group("q", leaf("c"), leaf("d"), at_least=2, impute="mean"),
    )
    read = scheme_of(top, screen={"measured": 0.0})
    reference = compute(read, table("abcd", 12))
    measured = table("abcd", 20, gaps=True)
    choices = [WeightDirichlet(), chosen(VaryAggregation, among=["arithmetic", "median"]), LeaveOut(nodes=["c"])]
    uncertainty = Uncertainty(choices=choices, draws=8, seed=4)
    for fixed, node in product((None, reference), ("i", "p", "q")):
        plan = planned(read, measured, uncertainty, nodes=[node], reference=fixed)
        u = plan.points(0, 8)
        expected = slow_study.scores(read, measured, uncertainty, u, [node], reference=fixed)
        assert same(plan.scores(u), expected, 1e-12)


def test_weights_made_from_data_follow_the_aggregation_below() -> None:
    """The spread of the pillars is that of pillars by the mean that was picked."""
    pillars = [group(code, *map(leaf, leaves)) for code, leaves in (("p", "ab"), ("q", "cd"), ("r", "ef"))]
    read = scheme_of(group("i", *pillars, weigh="standard_deviation"))
    choices = [chosen(VaryAggregation, among=["arithmetic", "geometric"])]
    plan = planned(read, table("abcdef", 40), chosen(Uncertainty, choices=choices, draws=2, seed=0))
    for number, mean in enumerate(("arithmetic", "geometric")):
        expected = compute(read.replace(aggregate=mean), table("abcdef", 40))
        assert same(plan.ways[number,].weights.shares, expected.weights.shares, 1e-14)
        assert same(plan.scores(np.array([[number / 2]]))[0, 0], expected.composite.values[:, 0], 1e-12)


def test_an_indicator_left_out_still_is_what_others_are_put_per_and_filled_by() -> None:
    """It stays a column of the table."""
    read = scheme_of(
        group("i", leaf("a"), leaf("b", denominator="a"), leaf("c", impute={"method": "regression", "on": ["a"]})),
        screen={"measured": 0.0},
    )
    columns = {code: np.array(table("abc").column(code)) for code in "abc"}
    columns["c"][2] = np.nan
    measured = Table.of(columns, units=table().units)
    uncertainty = chosen(Uncertainty, choices=[LeaveOut(nodes=["a"])], draws=2, seed=0)
    plan = planned(read, measured, uncertainty)
    u = np.array([[0.2], [0.8]])
    found = plan.scores(u)
    assert same(found, slow_study.scores(read, measured, uncertainty, u, ["i"]), 1e-12)
    assert not np.isnan(found).any()
    assert not np.allclose(found[0, 0], found[0, 1])


def test_several_imputations_change_no_measured_cell() -> None:
    """And each fills all gaps, in another way than the next."""
    measured = table(n=30, gaps=True)
    read = scheme_of(tree(), screen={"measured": 0.0})
    plan = planned(read, measured, chosen(Uncertainty, choices=[MultipleImputation(n=4)], draws=4, seed=2))
    ways = Ways(read, plan.measured, tuple(plan.choices), 2)
    tables = [ways._completed((number,)).values for number in range(4)]
    known = ~np.isnan(plan.measured.values)
    assert all(same(x[known], plan.measured.values[known], 0.0) and not np.isnan(x).any() for x in tables)
    assert all((one[~known] != other[~known]).all() for one, other in pairwise(tables))


def test_errors_of_data_are_of_one_cell_each() -> None:
    """A number of the cube moves one value of one unit, and what is not measured stays so."""
    measured = table(n=5, gaps=True)
    read = scheme_of(tree(), screen={"measured": 0.0})
    choices = [WeightBox(levels=[0]), DataError(relative=0.1, indicators=["b", "d"])]
    plan = planned(read, measured, chosen(Uncertainty, choices=choices, draws=4, seed=2))
    n = len(plan.measured.units)
    assert plan.dimensions == 3 + 2 * n
    assert [columns.start for columns in plan.columns] == [0, 3]
    for column in range(2 * n):
        u = np.full(plan.dimensions, 0.5)
        u[3 + column] = 0.9
        before, after = plan.measured.values, plan._disturbed(u).values
        moved = (before != after) & ~(np.isnan(before) & np.isnan(after))
        expected = np.zeros_like(moved)
        row, unit = divmod(column, n)
        expected[unit, (1, 3)[row]] = not np.isnan(before[unit, (1, 3)[row]])
        assert (moved == expected).all()


def test_a_group_that_is_left_out_has_no_score_and_the_others_do() -> None:
    """In the draws that leave it out."""
    choices = [LeaveOut(nodes=["p"]), WeightBox()]
    plan = planned(
        scheme_of(tree()), table(), chosen(Uncertainty, choices=choices, draws=64, seed=0), nodes=["p", "i"]
    )
    u = plan.points(0, 64)
    gone = plan.combinations(u)[:, 0] == 1
    assert 20 < gone.sum() < 44
    assert np.isnan(plan.scores(u)[0]).all(axis=1).tolist() == gone.tolist()
    assert not np.isnan(plan.scores(u)[1]).any()


def test_who_is_ranked_does_not_change_with_what_is_left_out() -> None:
    """A unit that the scheme does not rank is in no draw, and one that it ranks in all."""
    columns = {code: np.array(table().column(code)) for code in "abcd"}
    columns["a"][0] = columns["b"][0] = columns["c"][0] = np.nan
    columns["d"][1] = np.nan
    measured = Table.of(columns, units=table().units)
    plan = planned(
        scheme_of(tree()), measured, chosen(Uncertainty, choices=[LeaveOut(nodes=["a", "b", "c"])], draws=8)
    )
    assert plan.measured.units.codes == tuple(f"u{at}" for at in range(1, 8))
    assert not np.isnan(plan.scores(plan.points(0, 8))).any()


BOX = WeightBox()


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (
            [WeightBox(margin=0.3)],
            "weights: 'a' has a share of 0.25, and may go 0.3 below it; no share is below 0; make the box"
            " smaller, or give it as a spread",
        ),
        (
            [WeightBox(groups=["r"])],
            "uncertainty.choices[0]: 'r' is not a group of the scheme; every group is declared under the "
            "tree; use one of i, p, q",
        ),
        (
            [LeaveOut(nodes=["i"])],
            "uncertainty.choices[0]: 'i' is not a node of the scheme; every node is declared under the "
            "tree; use one of a, b, c, d, p, q",
        ),
        (
            [chosen(VaryTreatment, among=["none", "log"], indicators=["p"])],
            "uncertainty.choices[0]: 'p' is not a indicator of the scheme; every indicator is declared "
            "under the tree; use one of a, b, c, d",
        ),
        (
            [DataError(standard_errors="se", indicators=["a"])],
            "uncertainty.choices[0]: 'se' is not a column of the scheme; every column is declared under "
            "denominators; use one of a, b, c, d",
        ),
        (
            [BOX, WeightDirichlet(levels=[1])],
            "weights_dirichlet: 'weights' varies the weights of 'p' already; two choices do not vary the "
            "same; name others under groups, levels or indicators, or leave one of both out",
        ),
        (
            [WeightBox(groups=["q"])],
            "weights: nothing varies; a choice varies something; name groups of two and more, or with a "
            "panel of experts",
        ),
        (
            [WeightExperts(), BOX],
            "weights_experts: nothing varies; a choice varies something; name groups of two and more, or "
            "with a panel of experts",
        ),
        (
            [chosen(VaryTreatment, among=["none"])],
            "treat: its alternatives make the same scheme; a choice varies something; give two that "
            "differ, or leave it out",
        ),
        (
            [chosen(VaryTreatment, among=["none", "none"]), BOX],
            "treat: its alternatives make the same scheme; a choice varies something; give two that "
            "differ, or leave it out",
        ),
        (
            [chosen(VaryAggregation, among=["arithmetic", "median"], levels=[7])],
            "aggregate: its alternatives make the same scheme; a choice varies something; give two that "
            "differ, or leave it out",
        ),
        (
            [DataError(relative=0.1), DataError(relative=0.2, indicators=["b"], name="more")],
            "more: 'data' varies the errors of 'b' already; two choices do not vary the same; name others"
            " under groups, levels or indicators, or leave one of both out",
        ),
        (
            [MultipleImputation(), chosen(VaryImputation, among=["none", "mean"])],
            "impute: 'multiple_imputation' varies impute of the scheme already; two choices do not vary "
            "the same; name others under groups, levels or indicators, or leave one of both out",
        ),
        (
            [chosen(VaryNormalisation, among=["rank", "zscore"], name=name) for name in "xy"],
            "y: 'x' varies normalise of the scheme already; two choices do not vary the same; name others"
            " under groups, levels or indicators, or leave one of both out",
        ),
        (
            [LeaveOut(nodes=["a"] * 9, name=str(k)) for k in range(4)],
            "the alternatives make 10,000 combinations; up to 5,000 are computed; vary less at a time",
        ),
        (
            [chosen(VaryNormalisation, among=["rank", "goalposts"])],
            "normalise: goalposts: 'a' has no goalposts; the method goalposts needs them; add goalposts: "
            "{low: ..., high: ...} in the indicator's own units",
        ),
    ],
)
def test_what_cannot_be_varied_is_refused_before_any_draw(choices: list[Any], said: str) -> None:
    """Each by its name and once, the other choices beside it not."""
    problems = refused(scheme_of(tree()), choices)
    assert problems[0] == said
    path = said.partition(":")[0]
    assert all(problem.startswith(path) for problem in problems)


def test_alternatives_that_all_nodes_have_a_method_against_vary_nothing() -> None:
    """A scheme's method counts for the nodes without one of their own."""
    own = group("i", leaf("a", normalise="rank"), leaf("b", normalise="rank"), aggregate="median")
    among = [
        chosen(VaryNormalisation, among=["zscore", "rank"]),
        chosen(VaryAggregation, among=["arithmetic", "median"]),
    ]
    assert [problem.partition(";")[0] for problem in refused(scheme_of(own), among)] == [
        "normalise: all have a method of their own under normalise",
        "aggregate: all have a method of their own under aggregate",
    ]


def test_a_box_below_0_is_refused_by_the_weights_that_an_alternative_makes() -> None:
    """Not by the nominal ones alone."""
    index = group("i", leaf("a", weight=2.0), leaf("b"), leaf("c"), leaf("d", weight=2.0))
    choices = [chosen(VaryWeighing, among=["given", "equal"]), WeightBox(margin=0.2)]
    assert refused(scheme_of(index), choices)[0].startswith("weights: 'b' has a share of 0.1667")
    heavy = group("i", leaf("a", weight=0.0), leaf("b"), leaf("c"))
    choices = [chosen(VaryWeighing, among=["given", "equal"]), WeightBox(margin=0.4)]
    said = refused(scheme_of(heavy), choices, table=table("abc"))
    assert said[0].startswith("weights: 'a' has a share of 0.3333, and may go 0.4 below it")


def test_values_without_a_standard_error_are_refused_by_unit() -> None:
    """Missing or below 0, where there is a value."""
    columns = {code: np.array(table().column(code)) for code in "abcd"} | {"se": np.ones(8)}
    columns["se"][[1, 2, 3]] = [np.nan, -1.0, np.nan]
    columns["a"][3] = np.nan
    measured = Table.of(columns, units=table().units)
    read = scheme_of(tree(), denominators=[{"code": "se"}])
    said = refused(read, [DataError(standard_errors="se", indicators=["a"])], table=measured)
    rest = "every value measured with error has a standard error, 0 or more; give it; 0 where the value is exact"
    assert said == [f"se: u1: it is not given; {rest}", f"se: u2: it is -1; {rest}"]
    beside = [
        BOX,
        DataError(relative=0.1, indicators=["b"], name="b"),
        DataError(standard_errors="se", indicators=["a"]),
    ]
    assert refused(read, beside, table=measured) == said


def test_more_dimensions_than_the_sampler_has_are_refused() -> None:
    """With those that have enough."""
    measured = table("abcd", 5400)
    said = refused(scheme_of(tree()), [DataError(relative=0.1)], table=measured, draws=1)
    assert said == [
        "sampler: 21600 dimensions are asked for; a Sobol' sequence has at most 21201; take latin_hypercube or random"
    ]
    plan = planned(
        scheme_of(tree()),
        measured,
        chosen(Uncertainty, choices=[DataError(relative=0.1)], draws=1, sampler="random"),
    )
    assert plan.dimensions == 21_600


def test_wanted_nodes_are_groups() -> None:
    """With the nearest name."""
    with pytest.raises(SchemeError) as refused:
        planned(scheme_of(tree()), table(), chosen(Uncertainty, choices=[BOX]), nodes=["pp"])
    assert str(refused.value) == (
        "'pp' is not a group of the scheme; a study is of scores of groups; did you mean p?"
    )
    codes = "abcdefghjklmnopqrstuvwxyz"
    many = group("i", *(group(f"p{code}", leaf(code)) for code in codes))
    with pytest.raises(SchemeError) as refused:
        planned(
            scheme_of(many),
            table(codes),
            chosen(Uncertainty, choices=[BOX]),
            nodes=["quality"],
        )
    assert str(refused.value) == (
        "'quality' is not a group of the scheme; a study is of scores of groups; name a group"
    )


def test_alternatives_that_cannot_be_computed_from_the_data_are_named_with_unit_and_indicator() -> None:
    """A geometric mean of scores of 0."""
    read = scheme_of(tree(), normalise="none", screen={"measured": 0.0})
    columns = {code: np.array(table().column(code)) for code in "abcd"}
    columns["a"][2] = 0.0
    measured = Table.of(columns, units=table().units)
    said = refused(read, [chosen(VaryAggregation, among=["arithmetic", "geometric"]), BOX], table=measured)
    expected = (
        "aggregate: geometric: a: u2: the score is 0; a geometric mean needs scores above 0; normalise to a scale "
        "above 0 (such as min-max with floor 1), or aggregate another way"
    )
    assert said == [expected]
    # Nor where the groups take different means, and all weights vary.
    pairs = read.replace(index=group("i", group("p", leaf("a"), leaf("b")), group("q", leaf("c"), leaf("d"))))
    apart = chosen(VaryAggregation, among=["arithmetic", "geometric"], groups=["p"])
    assert refused(pairs, [apart, WeightBox()], table=measured) == [expected]


def test_a_part_of_the_points_is_that_part_of_all() -> None:
    """Whoever draws the rest."""
    plan = planned(scheme_of(tree()), table(), chosen(Uncertainty, choices=[BOX], draws=9, seed=1))
    whole = plan.points(0, 9)
    assert whole.shape == (9, plan.dimensions)
    assert np.array_equal(plan.points(2, 5), whole[2:5])


def test_alternatives_that_do_not_go_together_are_refused_by_name_or_left_out() -> None:
    """As pairs: z-scores have no geometric mean. Draws that have both are not computed."""
    scales = chosen(VaryNormalisation, among=[{"method": "minmax", "floor": 1.0}, "zscore", "rank"])
    choices = [scales, BOX, chosen(VaryAggregation, among=["arithmetic", "geometric", "harmonic"])]
    said = refused(scheme_of(tree()), choices)
    assert [problem.split(": ")[0:3] for problem in said] == [
        ["normalise", "zscore; aggregate", "geometric"],
        ["normalise", "zscore; aggregate", "harmonic"],
    ]
    assert all("leave one of them out, or set conflicts: exclude" in problem for problem in said)
    plan = planned(
        scheme_of(tree()), table(), chosen(Uncertainty, choices=choices, draws=900, seed=1, conflicts="exclude")
    )
    u = plan.points(0, 900)
    assert set(plan.ways) == {(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)}
    assert set(map(tuple, plan.combinations(u).tolist())) == set(plan.ways)
    assert 690 <= len(u) <= 710


def test_an_alternative_is_judged_with_the_others_in_place_not_with_the_nominal_scheme() -> None:
    """A geometric mean is sound where every scale that is varied has scores above 0, whatever the scheme's own."""
    scales = chosen(VaryNormalisation, among=[{"method": "minmax", "floor": 1.0}, "rank"])
    means = chosen(VaryAggregation, among=["arithmetic", "geometric"])
    read = scheme(tree())
    plan = planned(read, table(), chosen(Uncertainty, choices=[scales, means], draws=8))
    assert len(plan.ways) == 4
    said = refused(read, [means])
    assert said[0].startswith("aggregate: geometric: 'd' has a lowest score of 0")
