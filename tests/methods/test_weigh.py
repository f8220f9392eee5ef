"""Weighers: what every one keeps, then the rules of each."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods.weigh import (
    AbstractWeigher,
    BudgetAllocation,
    Critic,
    Entropy,
    Equal,
    EqualOverIndicators,
    Factor,
    Given,
    Influence,
    InverseCovariance,
    PairwiseComparison,
    PrincipalComponent,
    StandardDeviation,
    Variation,
    Weigher,
)
from pii.numerics import factor
from pii.numerics.influence import influence
from tests import slow, slow_weigh, strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Weigher))


class Siblings(NamedTuple):
    """What a weigher is told about the children of a group."""

    given: Vector
    sizes: Vector
    scores: Matrix
    codes: tuple[str, ...]

    def weighed(self, method: AbstractWeigher, order: Any = slice(None)) -> Vector | None:
        """The shares, with the children in some order; None where they are refused, in good form."""
        x = self.scores[order]
        codes = tuple(np.array(self.codes)[order].tolist())
        try:
            return method(self.given[order], sizes=self.sizes[order], scores=lambda: x, codes=codes)
        except Undefined as error:
            refused = error
        assert len(refused.found) == len(refused.rows) > 0
        assert set(refused.rows) <= set(range(len(x)))
        assert all([*refused.found, refused.rule, refused.remedy])
        return None


@st.composite
def families(draw: st.DrawFn, method: AbstractWeigher) -> Siblings:
    """Siblings: for a method that reads scores, such as have something in common, with gaps or without."""
    scores, weights = draw(strategies.siblings(strategies.MEASURED))
    told = method.concerns
    k = len(told) or len(weights)
    if k != len(weights):
        weights, scores = np.resize([1.0, 2.0], k), np.resize(scores, (k, scores.shape[1]))
    if method.needs == "scores":
        random = np.random.default_rng(draw(st.integers(0, 999)))
        common, own = random.normal(size=20), random.normal(size=(k, 20))
        against = np.where(random.random((k, 1)) < 0.05, -1.0, 1.0)
        scores = np.round(50 + random.uniform(2, 9, (k, 1)) * (against * common + own), 3)
        if draw(st.booleans()):
            scores[random.random(scores.shape) < 0.1] = np.nan
    sizes = np.array([1.0 + byte % 9 for byte in draw(st.binary(min_size=k, max_size=k))])
    return Siblings(weights, sizes, scores, told or tuple(f"c{at}" for at in range(k)))


def tolerance(method: AbstractWeigher) -> float:
    """How near two ways of computing come: a search stops at its own step, a formula at rounding."""
    return 1e-6 if isinstance(method, Influence) else 1e-9


@every
@given(st.data())
@strategies.quick
def test_gives_shares(method: AbstractWeigher, data: st.DataObject) -> None:
    """One a child, none negative, summing to 1, or a refusal."""
    siblings = data.draw(families(method))
    shares = siblings.weighed(method)
    if shares is None:
        assert method.needs == "scores"
        return
    assert shares.shape == siblings.given.shape
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)


@every
@given(st.data())
@strategies.quick
def test_equals_the_slow_formula(method: AbstractWeigher, data: st.DataObject) -> None:
    """Every share is what the scalar formula gives, and what one refuses the other does."""
    siblings = data.draw(families(method))
    shares = siblings.weighed(method)
    told = siblings.given.tolist(), siblings.sizes.tolist(), siblings.scores.tolist(), siblings.codes
    if shares is None:
        with pytest.raises(slow_weigh.Refused):
            slow.weigh(method, *told)
    else:
        assert same(shares, slow.weigh(method, *told), tolerance(method) if method.needs == "scores" else 1e-12)


@every
@given(st.data())
@strategies.quick
def test_permuting_children_permutes_shares(method: AbstractWeigher, data: st.DataObject) -> None:
    """A child's share does not depend on where it stands."""
    siblings = data.draw(families(method))
    order = data.draw(strategies.shuffled(len(siblings.given)))
    here, there = siblings.weighed(method), siblings.weighed(method, order)
    if here is None or there is None:
        assert here is there
    else:
        assert same(there, here[order], tolerance(method))


@every
@given(st.data())
@strategies.quick
def test_only_ratios_of_weights_count(method: AbstractWeigher, data: st.DataObject) -> None:
    """Doubling every given weight changes nothing."""
    siblings = data.draw(families(method))
    once, twice = siblings.weighed(method), siblings._replace(given=2 * siblings.given).weighed(method)
    if once is None or twice is None:
        assert once is twice
    else:
        assert same(twice, once, 1e-15)


@every
def test_an_only_child_has_the_whole(method: AbstractWeigher) -> None:
    """Whatever its scores, and without asking for them."""
    if len(method.concerns) > 1:
        with pytest.raises(Undefined) as refused:
            method(np.array([3.0]), sizes=np.ones(1), scores=unused, codes=method.concerns[:1])
        assert str(refused.value) == (
            "'c1', 'c2' is told of and is not in it; the method is told about every child of its group, and about"
            " no other; put the codes right, or set the method on the one group that it is for"
        )
        assert (refused.value.rows, refused.value.columns) == ((0,), ())
    else:
        assert method(np.array([3.0]), sizes=np.ones(1), scores=unused, codes=["c0"]).tolist() == [1.0]


def unused() -> Matrix:
    """Scores that a method of fixed weights has no reason to ask for."""
    raise AssertionError("the scores were computed in vain")


@pytest.mark.parametrize(
    ("method", "shares"),
    [(Given(), [0.25, 0.75, 0.0]), (Equal(), [1 / 3] * 3), (EqualOverIndicators(), [0.5, 0.3, 0.2])],
    ids=repr,
)
def test_fixed_weights_do_not_ask_for_scores(method: AbstractWeigher, shares: list[float]) -> None:
    """Given 1, 3, 0 and sizes 5, 3, 2."""
    found = method(np.array([1.0, 3.0, 0.0]), sizes=np.array([5.0, 3.0, 2.0]), scores=unused)
    assert same(found, shares, 1e-15)


def weighed(method: AbstractWeigher, scores: Any, weights: Any = None, codes: Any = None) -> Vector:
    """The shares of children a, b, c ... with these scores."""
    x = np.array(scores, dtype=np.float64)
    given_weights = np.ones(len(x)) if weights is None else np.array(weights)
    return method(given_weights, sizes=np.ones(len(x)), scores=lambda: x, codes=codes or "abcdefgh"[: len(x)])


def refusal(method: AbstractWeigher, scores: Any, weights: Any = None, codes: Any = None) -> Undefined:
    """The refusal of these scores."""
    with pytest.raises(Undefined) as caught:
        weighed(method, scores, weights, codes)
    return caught.value


UP = [[1.0, 2.0, 3.0, 4.0, 6.0], [1.0, 3.0, 2.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0]]
FLAT = [*UP[:2], [0.1, 0.1, 0.1, 0.1, 0.1]]


@pytest.mark.parametrize("method", [StandardDeviation(), Variation(), Entropy()], ids=repr)
def test_a_constant_child_has_no_share_by_spread(method: AbstractWeigher) -> None:
    """What does not tell units apart has weight 0, exactly; if nothing does, that is refused."""
    assert weighed(method, FLAT)[2] == 0.0
    assert refusal(method, [[0.1] * 5, [0.7] * 5]).rows == (0, 1)


@pytest.mark.parametrize(
    "method", [Critic(), PrincipalComponent(), Factor(), InverseCovariance(), Influence()], ids=repr
)
def test_a_constant_child_has_no_correlation(method: AbstractWeigher) -> None:
    """It is refused by its place."""
    found = refusal(method, FLAT)
    assert found.rows == (2,)
    assert found.found == ("all its scores are the same",)


@pytest.mark.parametrize(
    "method", [Critic(), PrincipalComponent(), Factor(), InverseCovariance(), Influence()], ids=repr
)
def test_children_that_share_too_few_units_are_refused(method: AbstractWeigher) -> None:
    """Both of the pair, each naming the other."""
    gap = np.nan
    found = refusal(method, [[1.0, 2.0, 4.0, gap, gap], [gap, gap, 3.0, 1.0, 2.0], [1.0, 2.0, 3.0, 5.0, 4.0]])
    assert found.rows == (0, 1)
    assert found.found == ("no correlation with 'b'", "no correlation with 'a'")


@pytest.mark.parametrize("method", [StandardDeviation(), Variation(), Entropy()], ids=repr)
def test_one_unit_has_no_spread(method: AbstractWeigher) -> None:
    """A child that one unit has is refused."""
    assert refusal(method, [UP[0], [np.nan, 1.0, np.nan, np.nan, np.nan]]).rows == (1,)


def test_variation_needs_means_above_0() -> None:
    """A mean of 0 or below has no coefficient of variation."""
    assert refusal(Variation(), [UP[0], [-2.0, -1.0, 0.0, 1.0, 2.0]]).rows == (1,)


def test_entropy_refuses_scores_below_0_by_cell() -> None:
    """The child and the unit are named; a child of zeros has no shares."""
    found = refusal(Entropy(), [UP[0], [1.0, -2.0, 0.0, 1.0, 2.0]])
    assert (found.rows, found.columns, found.found) == ((1,), (1,), ("the score is -2",))
    assert refusal(Entropy(), [UP[0], [0.0] * 5]).rows == (1,)


def test_critic_of_children_that_tell_the_same() -> None:
    """Children that all go together have no conflict, and no weights by it."""
    assert "differs from its siblings" in refusal(Critic(), [UP[0], UP[0]]).rule


@pytest.mark.parametrize("method", [PrincipalComponent(), Factor()], ids=repr)
def test_children_against_the_others_are_named_not_weighed(method: AbstractWeigher) -> None:
    """Loadings of both signs are refused, with who they are and what to do."""
    found = refusal(method, [UP[0], [-v for v in UP[1]], UP[2]])
    assert found.rows == (1,)
    assert "its loading is -0." in found.found[0]
    assert "check the direction of 'b'" in found.remedy


def test_loadings_all_below_0_are_turned() -> None:
    """The sign of a component is arbitrary; only a difference of signs is refused."""
    assert (weighed(PrincipalComponent(), [[-v for v in row] for row in UP]) > 0).all()


def test_components_that_could_be_others_are_refused() -> None:
    """Two children without correlation have no first component."""
    found = refusal(PrincipalComponent(), [[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]])
    assert "same eigenvalue" in found.found[0]


def test_factors_are_kept_as_asked() -> None:
    """By eigenvalue, share, cumulative share and number; a tie of the limit is kept by the cumulative rule only."""
    values = np.array([2.0, 1.0, 0.6, 0.4])
    kept = {
        "eigenvalue": Factor(),
        "0.7": Factor(limit=0.5),
        "share": Factor(keep="share"),
        "cumulative": Factor(keep="cumulative", limit=0.75),
        "number": Factor(keep="number", limit=4),
    }
    assert [method.kept(values) for method in kept.values()] == [1, 3, 3, 2, 4]


def test_a_rotation_that_does_not_settle_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of the rotation, with what else to do."""
    monkeypatch.setattr(factor, "_MOST_ROUNDS", 0)
    found = refusal(Factor(keep="number", limit=2), UP)
    assert found.rows == (0, 1, 2)
    assert found.found[0] == "the varimax rotation did not settle"
    assert found.rule == "factor weights need a rotation that settles"
    assert found.remedy == "keep another number of factors, or weigh another way"


def test_factors_that_are_not_there_are_refused() -> None:
    """More than the components, or none above the limit."""
    assert "there are 3 components" in refusal(Factor(keep="number", limit=4), UP).found[0]
    assert "no component passes the limit of 9" in refusal(Factor(limit=9), UP).rule


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"keep": "number"}, "keep: number needs how many as a whole limit; add limit: 2, or another number"),
        (
            {"keep": "number", "limit": 1.5},
            "keep: number needs how many as a whole limit; add limit: 2, or another number",
        ),
        (
            {"keep": "share", "limit": 60.0},
            "limit 60 is above 1, and is a share of the variance; write 0.6 for 60 %",
        ),
    ],
)
def test_a_factor_rule_that_makes_no_sense_is_refused(settings: dict[str, Any], said: str) -> None:
    """When the method is declared."""
    with pytest.raises(ValidationError) as refused:
        Factor.model_validate(settings)
    assert refused.value.errors()[0]["msg"].removeprefix("Value error, ") == said


def test_inverse_covariance_refuses_or_drops_negative_weights() -> None:
    """A child between two others that tell its all, and more."""
    x = [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [2.0, 3.0, 3.0, 2.0]]
    found = refusal(InverseCovariance(), x)
    assert found.rows == (1,)
    assert "its weight would be -0.6487" in found.found[0]
    dropped = weighed(InverseCovariance(negative="zero"), x)
    assert dropped[1] == 0.0
    assert dropped.sum() == pytest.approx(1.0)


def test_inverse_covariance_refuses_a_child_made_of_others() -> None:
    """The matrix is then not positive definite."""
    found = refusal(InverseCovariance(), [*UP[:2], (np.array(UP[0]) + UP[1]).tolist()])
    assert found.found[0].startswith("the smallest eigenvalue of the correlations is ")
    assert (
        found.rule == "the inverse needs a positive definite matrix: more units than children, none made of others"
    )
    assert found.remedy == "leave out a child that others already tell, fill gaps, or weigh another way"
    assert found.rows == (0, 1, 2)


def test_inverse_covariance_refuses_covariances_that_gaps_make_impossible() -> None:
    """Two children vary widely where both are measured, and hardly elsewhere; their correlation is possible."""
    little, nothing = [-0.1, 0.0, 0.1] * 3, [float("nan")] * 9
    x = [[-10.0, 0.0, 10.0, *little, *nothing], [-10.0, 1.0, 10.0, *nothing, *little]]
    found = refusal(InverseCovariance(standardise=False), x)
    assert found.found[0] == "the covariances over shared units are not positive definite"
    assert weighed(InverseCovariance(), x).tolist() == pytest.approx([0.5, 0.5])


SAATY: list[list[float]] = [
    [1, 9, 5, 2, 1, 1, 0.5],
    [0.111, 1, 0.333, 0.111, 0.111, 0.111, 0.111],
    [0.2, 3, 1, 0.333, 0.25, 0.333, 0.111],
    [0.5, 9, 3, 1, 0.5, 1, 0.333],
    [1, 9, 4, 2, 1, 2, 0.5],
    [1, 9, 3, 1, 0.5, 1, 0.333],
    [2, 9, 9, 3, 2, 3, 1],
]


def test_ahp_gives_saatys_drinks() -> None:
    """Saaty (2008), Decision making with the analytic hierarchy process, table 3: what is drunk, and CR 0.022.

    The matrix was typed without the paper at hand, and is to be checked against it.
    """
    method = PairwiseComparison(children=list("abcdefg"), matrix=SAATY)
    weights, ratio = method.judged()
    assert same(weights, [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], 6e-4)
    assert ratio == pytest.approx(0.022, abs=5e-4)


def test_ahp_refuses_judgements_that_contradict_each_other() -> None:
    """A over b, b over c, c over a; a limit may be declared."""
    circle = [[1.0, 3.0, 0.333], [0.333, 1.0, 3.0], [3.0, 0.333, 1.0]]
    found = refusal(PairwiseComparison(children=["a", "b", "c"], matrix=circle), UP)
    assert found.found[0] == "the consistency ratio is 1.15"
    patient = PairwiseComparison(children=["a", "b", "c"], matrix=circle, consistency=2.0)
    assert same(weighed(patient, UP), [1 / 3] * 3)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"children": ["a", "b"], "matrix": [[1, 2], [2, 1]]},
            "'b' over 'a' is 2, 'a' over 'b' is 2; the two are 1 divided by each other, a child over itself is 1",
        ),
        (
            {"children": ["a", "b"], "matrix": [[1, 2], [0.5, 2]]},
            "'b' over 'b' is 2, 'b' over 'b' is 2; the two are 1 divided by each other, a child over itself is 1",
        ),
        (
            {"children": ["a", "b"], "matrix": [[1, 2]]},
            "the matrix is not 2 by 2; it has a row and a column for each of the children",
        ),
        (
            {"children": ["a", "a"], "matrix": [[1, 1], [1, 1]]},
            "the children are none, or one is named twice; name every child of the group once",
        ),
        (
            {"children": [f"c{at}" for at in range(16)], "matrix": [[1] * 16] * 16},
            "16 children are compared, and the random index is known up to 15; put them into groups, and "
            "compare the groups",
        ),
    ],
)
def test_ahp_refuses_what_is_no_matrix_of_judgements(settings: dict[str, Any], said: str) -> None:
    """When the method is declared."""
    with pytest.raises(ValidationError) as refused:
        PairwiseComparison.model_validate(settings)
    assert refused.value.errors()[0]["msg"].removeprefix("Value error, ") == said


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([], "there is no expert; add a row of points for each of them"),
        ([[50, 50], [50, 40]], "expert 2 gives 90 points, expert 1 gives 100; all give the same total, above 0"),
        ([[0, 0]], "expert 1 gives 0 points, expert 1 gives 0; all give the same total, above 0"),
        ([[50, 30, 20]], "expert 1 gives 3 numbers for 2 children; one for each"),
    ],
)
def test_budget_allocation_refuses_uneven_panels(points: Any, said: str) -> None:
    """When the method is declared."""
    with pytest.raises(ValidationError) as refused:
        BudgetAllocation.model_validate({"children": ["a", "b"], "points": points})
    assert refused.value.errors()[0]["msg"].removeprefix("Value error, ") == said


def test_one_expert_has_no_spread() -> None:
    """The spread of one is 0."""
    assert BudgetAllocation(children=["a", "b"], points=[[50, 50]]).spread().tolist() == [0.0, 0.0]


def test_a_method_told_about_other_children_is_refused() -> None:
    """Both the child that nothing is said of and the code that is not a child are named."""
    found = refusal(BudgetAllocation(children=["a", "x"], points=[[50, 50]]), UP[:2])
    assert found.rows == (1,)
    assert found.found == ("nothing is said of 'b', and 'x' is told of and is not in it",)


# Two pairs of children without a unit in common but one; covariances that no data have; judgements that go round.
APART = [[1.0, 2.0, 4.0, np.nan, np.nan], [np.nan, np.nan, 3.0, 1.0, 2.0], [1.0, 2.0, 3.0, 5.0, 4.0]]
LITTLE, NOTHING = (
    [-0.1, 0.0, 0.1, -0.1, 0.0, 0.1, -0.1, 0.0, 0.1],
    [np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan],
)
IMPOSSIBLE = [[-10.0, 0.0, 10.0, *LITTLE, *NOTHING], [-10.0, 1.0, 10.0, *NOTHING, *LITTLE]]
CIRCLE = [[1.0, 3.0, 0.333], [0.333, 1.0, 3.0], [3.0, 0.333, 1.0]]


@pytest.mark.parametrize(
    ("method", "scores", "weights", "said"),
    [
        (
            StandardDeviation(),
            [[0.1] * 5, [0.7] * 5],
            None,
            "its weight would be 0, as would every other child's; weights by the data need a child that "
            "varies; weigh equally",
        ),
        (
            StandardDeviation(),
            [UP[0], [np.nan, 1.0, np.nan, np.nan, np.nan]],
            None,
            "1 units have a score; weights by the data need 2 units with a score; measure more, leave the"
            " child out, or weigh another way",
        ),
        (
            Critic(),
            FLAT,
            None,
            "all its scores are the same; a correlation needs three units, and scores that differ; leave "
            "the child out, or weigh another way",
        ),
        (
            Critic(),
            [UP[0], UP[0]],
            None,
            "its weight would be 0, as would every other child's; weights by the data need a child that "
            "differs from its siblings; weigh equally",
        ),
        (
            Critic(),
            APART,
            None,
            "no correlation with 'b'; a correlation needs three units that have both children, and scores"
            " that differ among them; fill gaps, leave one of them out, or weigh another way",
        ),
        (
            Variation(),
            [UP[0], [-2.0, -1.0, 0.0, 1.0, 2.0]],
            None,
            "the mean of its scores is 0; a coefficient of variation needs a mean above 0; normalise to a"
            " scale above 0 (such as min-max), or weigh by standard_deviation",
        ),
        (
            Entropy(),
            [UP[0], [1.0, -2.0, 0.0, 1.0, 2.0]],
            None,
            "the score is -2; entropy weights need scores that are not negative; normalise to a scale "
            "from 0 or above (such as min-max), or weigh another way",
        ),
        (
            Entropy(),
            [UP[0], [0.0] * 5],
            None,
            "all its scores are 0; entropy weights need a score above 0; leave the child out, or weigh another way",
        ),
        (
            PrincipalComponent(),
            [UP[0], [-v for v in UP[1]], UP[2]],
            None,
            "its loading is -0.582 on the first principal component; children that load below 0 pull "
            "against the others, and have no weight; check the direction of 'b'; if it is right, move to "
            "another group or leave out, or weigh another way",
        ),
        (
            PrincipalComponent(),
            [[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]],
            None,
            "components 1 and 2 have the same eigenvalue, 1; components are only told apart by their "
            "eigenvalues; keep another number of components, or weigh another way",
        ),
        (
            Factor(keep="number", limit=4),
            UP,
            None,
            "there are 3 components; 4 factors were asked for; ask for fewer",
        ),
        (
            Factor(limit=9),
            UP,
            None,
            "the largest eigenvalue is 2.503, 83.4% of the variance; no component passes the limit of 9; "
            "lower the limit, or weigh another way: the children have little in common",
        ),
        (
            InverseCovariance(),
            [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [2.0, 3.0, 3.0, 2.0]],
            None,
            "its weight would be -0.6487; weights are not negative; leave the child out, declare "
            "negative: zero, or weigh another way",
        ),
        (
            InverseCovariance(standardise=False),
            IMPOSSIBLE,
            None,
            "the covariances over shared units are not positive definite; the inverse needs a positive "
            "definite matrix; fill gaps, or weigh another way",
        ),
        (
            PairwiseComparison(children=["a", "b", "c"], matrix=CIRCLE),
            UP,
            None,
            "the consistency ratio is 1.15; judgements with a ratio above 0.1 contradict each other too "
            "much; judge the pairs again, beginning with those that no third child bears out",
        ),
        (
            Influence(targets="given"),
            UP,
            [1.0, 2.0, 3.0],
            "its share of influence comes to 0.305 at best, not 0.1667; no weights that are not negative "
            "give every child its share of influence; leave out what goes against the others, declare a "
            "greater tolerance, or weigh another way",
        ),
        (
            Influence(targets="given"),
            UP,
            [1.0, 0.0, 1.0],
            "its weight in the scheme is 0; a child without influence is none of the group; give it a "
            "weight, or leave it out",
        ),
    ],
)
def test_a_refusal_says_what_was_found_with_the_rule_and_what_to_do(
    method: AbstractWeigher, scores: Any, weights: Any, said: str
) -> None:
    """Whole, whatever the method."""
    assert str(refusal(method, scores, weights)) == said


def test_influence_reaches_its_targets() -> None:
    """Measured on the mean itself, each child explains its part of what all explain."""
    x = np.random.default_rng(1).normal(size=(3, 30)) * [[1.0], [2.0], [5.0]]
    weights = weighed(Influence(targets="given"), x, [1.0, 2.0, 3.0])
    explained = influence(x, weights @ x)
    assert same(explained / explained.sum(), [1 / 6, 2 / 6, 3 / 6], 1e-8)


def test_influence_that_cannot_be_is_refused() -> None:
    """Children that go together cannot explain much and little; what they come to is said."""
    found = refusal(Influence(targets="given"), UP, [1.0, 2.0, 3.0])
    assert found.found[0] == "its share of influence comes to 0.305 at best, not 0.1667"
    assert (weighed(Influence(targets="given", tolerance=0.2), UP, [1.0, 2.0, 3.0]) >= 0).all()
    assert refusal(Influence(targets="given"), UP, [1.0, 0.0, 1.0]).rows == (1,)


@pytest.mark.parametrize(
    ("method", "least"),
    [
        (Influence(tolerance=1.0), 3),
        (Influence(regression="spline", knots=3, tolerance=1.0), 4),
        (Influence(regression="spline", knots=5, tolerance=1.0), 6),
    ],
    ids=repr,
)
def test_influence_needs_a_unit_more_than_its_curve_has_knots(method: Influence, least: int) -> None:
    """Or three for a line."""
    x = np.array([[1.0, 2.0, 3.0, 4.0, 6.0, 5.0], [1.0, 3.0, 2.0, 5.0, 4.0, 6.0]])
    assert weighed(method, x[:, :least]).sum() == pytest.approx(1.0)
    found = refusal(method, x[:, : least - 1])
    assert (found.rule, found.rows) == (f"weights by the data need {least} units with a score", (0, 1))
