"""A scheme: what it derives from its tree, and every rule that is about more than one field."""

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from pii.errors import Problem
from pii.methods.aggregate import Aggregator, Arithmetic, Geometric
from pii.methods.combine import Maximum, Sum, WeightedMean
from pii.methods.normalise import MinMax, ZScore
from pii.scheme import Faults, Scheme
from pii.tree import Group, Range
from tests.shared import group, instances, leaf, scheme
from tests.strategies import quick, trees

TREE = group(
    "index",
    group("in", leaf("a", denominator="people"), leaf("b", denominator="area")),
    group("out", leaf("c", denominator="a")),
)
DENOMINATORS = [{"code": "people"}, {"code": "area"}]


def faults(index: Group, **fields: Any) -> tuple[Problem, ...]:
    """Every problem that a scheme is refused for."""
    with pytest.raises(ValidationError) as refused:
        scheme(index, **fields)
    (error,) = refused.value.errors()
    found = error["ctx"]["error"]
    assert isinstance(found, Faults)
    return found.problems


def fault(index: Group, **fields: Any) -> Problem:
    """The only problem that a scheme is refused for."""
    (problem,) = faults(index, **fields)
    return problem


# What it derives


def test_the_tree_is_read_in_its_order() -> None:
    """Nodes, indicators, groups, parents and levels; columns are indicators, then denominators."""
    read = scheme(TREE, denominators=DENOMINATORS)
    assert [node.code for node in read.nodes] == ["index", "in", "a", "b", "out", "c"]
    assert [indicator.code for indicator in read.indicators] == ["a", "b", "c"]
    assert [one.code for one in read.groups] == ["index", "in", "out"]
    assert read.parents == {"in": "index", "out": "index", "a": "in", "b": "in", "c": "out"}
    assert read.levels == {"index": 0, "in": 1, "out": 1, "a": 2, "b": 2, "c": 2}
    assert read.columns == ("a", "b", "c", "people", "area")


def test_a_node_is_found_by_its_code() -> None:
    """Else the nearest is suggested."""
    read = scheme(group("pii", leaf("poverty")))
    assert read.node("poverty").code == "poverty"
    with pytest.raises(KeyError, match="'povety' is not a node; did you mean poverty"):
        read.node("povety")


@given(trees())
@quick
def test_levels_and_parents_agree_with_the_tree(index: Group) -> None:
    """Every node but the index has a parent one level up."""
    read = scheme(index, denominators=[{"code": "people"}], normalise="rank")
    assert len(read.nodes) == len(read.indicators) + len(read.groups) == len(read.levels)
    for node in read.nodes[1:]:
        parent = read.node(read.parents[node.code])
        assert isinstance(parent, Group)
        assert node in parent.children
        assert read.levels[node.code] == read.levels[parent.code] + 1


def test_a_nodes_own_method_comes_before_the_schemes() -> None:
    """And the scheme's is taken where it has none; a coverage of 0 is one of its own."""
    index = group("g", leaf("a", normalise="zscore"), leaf("b"), aggregate="arithmetic", coverage=0.0)
    read = scheme(index, coverage=0.5)
    own, other = read.indicators
    assert (read.normaliser_of(own), read.normaliser_of(other)) == (ZScore(), MinMax())
    assert (read.aggregator_of(read.index), read.coverage_of(read.index)) == (Arithmetic(), 0.0)
    assert read.replace(index=index.replace(coverage=None)).coverage_of(index.replace(coverage=None)) == 0.5
    assert read.imputer_of(own) == read.impute
    assert read.treater_of(own) == read.treat
    assert read.denominator_of(own) == read.denominate
    assert read.weigher_of(read.index) == read.weigh


def test_equal_declarations_are_equal_schemes() -> None:
    """Whatever has been asked of one of them before, and so are their hashes."""
    here, there = scheme(TREE, denominators=DENOMINATORS), scheme(TREE, denominators=DENOMINATORS)
    assert here.columns
    assert here.levels
    assert here == there
    assert hash(here) == hash(there)
    assert here != there.replace(edition="2025")


def test_replace_forgets_what_was_derived() -> None:
    """What is derived is of the new tree, never of the old."""
    here = scheme(TREE, denominators=DENOMINATORS)
    assert here.columns == ("a", "b", "c", "people", "area")
    there = here.replace(index=group("new", leaf("z")))
    assert there.columns == ("z",)
    assert there.levels == {"new": 0, "z": 1}


@given(trees())
@quick
def test_a_scheme_reads_back_from_its_own_json(index: Group) -> None:
    """The same in memory and in JSON."""
    here = scheme(index, denominators=[{"code": "people"}], treat="log", normalise="rank")
    there = Scheme.model_validate_json(here.model_dump_json())
    assert there == here
    assert hash(there) == hash(here)


# What it refuses


@pytest.mark.parametrize(
    ("index", "path"),
    [
        (group("g", leaf("a"), leaf("a")), "index.children[1].code"),
        (group("g", group("h", leaf("a")), leaf("a")), "index.children[1].code"),
        (group("g", leaf("g")), "index.children[0].code"),
        (group("g", leaf("x"), leaf("people")), "denominators[0].code"),
        (group("g", leaf("x"), leaf("zone")), "labels[0].code"),
    ],
)
def test_every_node_and_column_has_a_code_of_its_own(index: Group, path: str) -> None:
    """The second use is named, with where the first is."""
    problem = fault(index, denominators=[{"code": "people"}], labels=[{"code": "zone"}])
    assert problem.path == path
    assert "is already used at index" in problem.found
    assert problem.rule == "every node and column has a code of its own"


def test_a_denominator_is_a_declared_column() -> None:
    """The nearest is suggested."""
    problem = fault(group("g", leaf("a", denominator="peple")), denominators=[{"code": "people"}])
    assert str(problem) == (
        "index.children[0].denominator: 'peple' is not a denominator of the scheme; "
        "every denominator is declared under denominators; did you mean people?"
    )


def test_a_denominator_is_not_the_indicator_itself() -> None:
    """That would always be 1."""
    problem = fault(group("g", leaf("a", denominator="a")))
    assert str(problem) == (
        "index.children[0].denominator: 'a' is put per itself; a denominator is another column; "
        "name it, or leave the field out"
    )


@pytest.mark.parametrize(
    ("fields", "index", "path"),
    [
        ({"impute": {"method": "group_mean", "by": "zone"}}, group("g", leaf("a")), "impute.by"),
        ({}, group("g", leaf("a", impute={"method": "group_median", "by": "zone"})), "index.children[0].impute.by"),
    ],
)
def test_a_label_that_imputation_groups_by_is_declared(fields: dict[str, Any], index: Group, path: str) -> None:
    """In the scheme's method and in an indicator's own."""
    problem = fault(index, **fields)
    assert str(problem) == (
        f"{path}: 'zone' is not a label of the scheme; every label is declared under labels; "
        "declare it under labels"
    )
    assert scheme(index, labels=[{"code": "zone"}], **fields)


def test_provinces_have_regions_without_a_word() -> None:
    """A scheme for a system of provinces knows the label region."""
    assert scheme(group("g", leaf("a")), units="VN63", impute="group_mean").impute.groups_by == "region"
    assert fault(group("g", leaf("a")), impute="group_mean").path == "impute.by"


def test_screening_names_groups_of_the_tree() -> None:
    """An indicator is not a group."""
    within = [{"groups": ["g", "gg", "a"], "measured": 0.5}]
    problems = faults(group("g", leaf("a")), screen={"within": within})
    assert [problem.path for problem in problems] == ["screen.within[0].groups[1]", "screen.within[0].groups[2]"]
    assert problems[0].found == "'gg' is not a group of the scheme"


def test_weights_of_siblings_do_not_all_vanish() -> None:
    """Unless the group's method does not use them."""
    index = group("g", leaf("a", weight=0), leaf("b", weight=0))
    assert str(fault(index)) == (
        "index.children: the weights of the children of 'g' sum to 0; weights are shares of their sum; "
        "give at least one child a weight above 0"
    )
    assert scheme(index, weigh="equal")
    assert scheme(index.replace(weigh="equal_over_indicators"))


@pytest.mark.parametrize("method", instances(Aggregator))
@pytest.mark.parametrize(
    ("normalise", "lowest"),
    [("minmax", 0.0), ({"method": "minmax", "floor": 1}, 1.0), ({"method": "minmax", "floor": -1}, -1.0)],
)
def test_scores_fit_the_mean_that_takes_them(method: Any, normalise: Any, lowest: float) -> None:
    """What would be refused for some unit of any table is refused when declared."""
    allowed = {"any": True, "not_negative": lowest >= 0, "positive": lowest > 0}[method.domain]
    index = group("g", leaf("a", normalise=normalise), leaf("b", normalise={"method": "minmax", "floor": 1}))
    if allowed:
        assert scheme(index, aggregate=method).aggregate == method
    else:
        problem = fault(index, aggregate=method)
        assert problem.path == "index.children[0]"
        assert problem.remedy == "use min-max with floor 1, or the arithmetic mean"


def test_the_refusal_names_the_child_the_score_and_the_mean() -> None:
    """So that either can be changed."""
    problem = fault(group("g", leaf("a")), aggregate="geometric")
    assert problem.found == "'a' has a lowest score of 0, and 'g' takes the geometric mean"
    assert problem.rule == "that mean needs scores above 0"
    problem = fault(group("g", leaf("a")), aggregate="power", normalise="zscore")
    assert problem.found == "'a' has scores below 0, and 'g' takes the power mean"
    assert problem.rule == "that mean needs scores that are not negative"


def test_a_sign_that_is_sure_is_seen_through_groups() -> None:
    """Z-scores are negative somewhere; a mean of indicators that are each 0 somewhere need not be 0 anywhere."""
    index = group("g", group("h", leaf("a"), leaf("b"), aggregate="arithmetic"), aggregate=Geometric())
    assert scheme(index).index.aggregate == Geometric()
    assert fault(index, normalise="zscore").path == "index.children[0]"


def test_a_sign_is_that_of_the_scale_that_a_group_is_put_on() -> None:
    """Whatever its children have."""
    index = group("g", group("h", leaf("a"), aggregate="arithmetic", normalise="zscore"), aggregate=Geometric())
    assert fault(index).found == "'h' has scores below 0, and 'g' takes the geometric mean"
    ranked = group("g", group("h", leaf("a"), aggregate="arithmetic", normalise="rank"), aggregate=Geometric())
    assert scheme(ranked, normalise="zscore")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"impute": "em"}, ("index.children[0].impute", "'h' is to be filled by em")),
        ({"normalise": "goalposts"}, ("index.children[0].normalise", "'h' is to be scaled by goalposts")),
        (
            {"normalise": {"method": "distance_to_reference", "unit": "01"}},
            ("index.children[0].normalise", "'h' is to be scaled by distance_to_reference"),
        ),
    ],
)
def test_a_group_has_one_score_and_no_marks(fields: dict[str, Any], found: tuple[str, str]) -> None:
    """Methods that look across indicators, or need goalposts, targets or bases, are theirs."""
    problem = fault(group("g", group("h", leaf("a"), **fields), leaf("b")))
    assert (problem.path, problem.found) == found


@pytest.mark.parametrize(
    ("node", "path", "said"),
    [
        (leaf("a", normalise="goalposts"), "", "'a' has no goalposts; the method goalposts needs them"),
        (
            leaf("a", normalise="distance_to_target"),
            "",
            "'a' has no target; the method distance_to_target needs one",
        ),
        (
            leaf("a", goalposts={"low": 0.0, "high": 1.0}),
            ".goalposts",
            "'a' has goalposts, and its method is minmax; only the method goalposts uses them",
        ),
    ],
)
def test_marks_are_there_where_a_method_uses_them_and_only_there(node: Any, path: str, said: str) -> None:
    """Goalposts that nothing reads would be ignored in silence."""
    assert str(fault(group("g", node))).startswith(f"index.children[0]{path}: {said}")


def test_all_faults_are_said_at_once() -> None:
    """Of different kinds, each with its path."""
    index = group("g", leaf("a", denominator="x"), leaf("a", goalposts={"low": 0.0, "high": 1.0}))
    problems = faults(index, impute="group_mean")
    assert [problem.path for problem in problems] == [
        "index.children[1].code",
        "index.children[0].denominator",
        "impute.by",
        "index.children[1].goalposts",
    ]


def test_lineage_numbers_the_ancestors_of_every_indicator() -> None:
    """Level by level from the index; an indicator that hangs higher stays in its own group below it."""
    tree = group("top", group("left", leaf("a"), group("deep", leaf("b"))), leaf("c"))
    read = scheme(tree)
    numbers = {node.code: at for at, node in enumerate(read.groups)}
    assert read.lineage.tolist() == [
        [numbers["top"]] * 3,
        [numbers["left"], numbers["left"], numbers["top"]],
        [numbers["left"], numbers["deep"], numbers["top"]],
    ]


def test_directions_stand_one_below_the_other() -> None:
    """As indicators do, and cannot be written."""
    read = scheme(group("top", leaf("a"), group("left", leaf("b", direction=-1))))
    assert read.directions.tolist() == [[1.0], [-1.0]]
    assert not read.directions.flags.writeable


def test_a_target_may_be_a_band() -> None:
    """Two numbers, the lower first."""
    assert leaf("a", target={"low": 2.0, "high": 3.0}).target == Range(low=2.0, high=3.0)
    assert leaf("a", target=2.5).target == 2.5
    with pytest.raises(ValidationError, match="low 3 is not below high 2"):
        leaf("a", target={"low": 3.0, "high": 2.0})


# Rules for a merger


def test_indicators_have_the_rule_of_the_scheme_unless_it_reads_them() -> None:
    """Denominators have none but their own; columns that only rules read are no columns of the table."""
    index = group("g", leaf("a"), leaf("b", combine="max"), leaf("people"))
    read = scheme(
        index,
        combine={"method": "weighted_mean", "by": "people"},
        denominators=[{"code": "grdp", "combine": "sum"}, {"code": "area"}],
    )
    common = WeightedMean(by="people")
    assert read.combined_by == {"a": common, "b": Maximum(), "people": None, "grdp": Sum(), "area": None}
    assert read.columns == ("a", "b", "people")
    assert set(scheme(index).combined_by.values()) == {None, Maximum()}


def test_a_rule_reads_declared_columns() -> None:
    """Of an indicator, of a denominator, of the scheme: each at its place."""
    index = group("g", leaf("a", combine={"method": "ratio", "numerator": "b", "denominator": "peple"}), leaf("b"))
    found = faults(
        index,
        combine={"method": "weighted_mean", "by": "persons"},
        denominators=[{"code": "people", "combine": {"method": "weighted_mean", "by": "area"}}],
    )
    assert [(problem.path, problem.found) for problem in found] == [
        ("combine", "'persons' is not a column of the scheme"),
        ("index.children[0].combine", "'peple' is not a column of the scheme"),
        ("denominators[0].combine", "'area' is not a column of the scheme"),
    ]
    assert found[1].remedy == "did you mean people?"


@pytest.mark.parametrize("field", ["index", "denominators"])
def test_a_column_is_not_weighed_by_itself(field: str) -> None:
    """A rule reads other columns."""
    rule: dict[str, Any] = {"code": "people", "combine": {"method": "weighted_mean", "by": "people"}}
    fields: dict[str, Any] = {"denominators": [rule]} if field == "denominators" else {}
    with pytest.raises(ValidationError, match="'people' is combined by itself; a rule reads other columns"):
        scheme(group("g", leaf("a") if fields else leaf(**rule)), **fields)


@pytest.mark.parametrize("code", ["rank", "unit", "name", "code", "period", "reason"])
def test_a_label_is_not_called_as_a_column_of_the_outputs(code: str) -> None:
    """No reader could tell the two apart; groups and indicators may be, their scores are called otherwise."""
    problem = fault(group("g", leaf("a")), labels=[{"code": "zone"}, {"code": code}])
    assert problem.path == "labels[1].code"
    assert problem.found == f"the label is called {code!r}, as a column of the outputs is"
    assert scheme(group(code, leaf("a")), labels=[{"code": "zone"}])
