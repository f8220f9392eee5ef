"""The ways of a study: schemes edited, alternatives that do not go together, and each stage computed once."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.choices.alternatives import (
    LeaveOut,
    MultipleImputation,
    VaryAggregation,
    VaryImputation,
    VaryNormalisation,
    VaryTreatment,
    VaryWeighing,
)
from pii.choices.weights import WeightBox, WeightExperts
from pii.compute import compute
from pii.errors import MethodError, SchemeError
from pii.methods.aggregate import Median
from pii.robustness.editing import edited
from pii.robustness.variants import (
    Ways,
    conflicts,
    n_alternatives,
    refuse_alternatives,
    variants,
)
from pii.scheme import Scheme
from pii.table import Table
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen

SCALES = chosen(VaryNormalisation, among=[{"method": "minmax", "floor": 1.0}, "zscore", "rank"])
MEANS = chosen(VaryAggregation, among=["arithmetic", "geometric"])


def read(**fields: Any) -> Scheme:
    """Two pillars, one of a single indicator that another is put per."""
    tree = group("i", group("p", leaf("a"), leaf("b", denominator="c", weight=0.0)), group("q", leaf("c")))
    return scheme(fields.pop("index", tree), **({"normalise": {"method": "minmax", "floor": 1.0}} | fields))


def table(**changes: list[float]) -> Table:
    """Six units, complete."""
    columns = {"a": [1.0, 2, 3, 4, 5, 7], "b": [9.0, 3, 5, 2, 8, 1], "c": [1.0, 2, 2, 3, 1, 4]}
    return Table.of(columns | changes, units=list("uvwxyz"))


def test_alternatives_are_counted() -> None:
    """A weight has none; imputations are as many as asked for."""
    choices = [SCALES, WeightBox(), MultipleImputation(n=7), LeaveOut(nodes=["a", "b"])]
    assert [n_alternatives(choice, read()) for choice in choices] == [3, 0, 7, 3]


def test_conflicts_are_the_pairs_that_no_scheme_has() -> None:
    """By positions among all choices, and numbers."""
    found, _ = conflicts(read(), [WeightBox(), SCALES, LeaveOut(nodes=["b"]), MEANS])
    assert list(found) == [((1, 1), (3, 1))]
    (problem,) = found.values()
    said = (
        "normalise: zscore; aggregate: geometric: {}; that mean needs scores above 0; leave one of them out, or set "
        "conflicts: exclude to leave out the draws that have all of them"
    )
    assert str(problem) == said.format("'p' has scores below 0, and 'i' takes the geometric mean (and 4 more)")
    for codes, more in (("ab", " (and 1 more)"), ("a", "")):
        few, _ = conflicts(read(index=group("i", *map(leaf, codes))), [SCALES, MEANS])
        (problem,) = few.values()
        assert str(problem) == said.format(f"'a' has scores below 0, and 'i' takes the geometric mean{more}")


def test_conflicts_equal_those_of_trying_every_combination() -> None:
    """A combination is sound unless it has one of them."""
    choices = [SCALES, MEANS, LeaveOut(nodes=["p", "c"]), LeaveOut(nodes=["q", "a"], name="also")]
    found, _ = conflicts(read(), choices)
    for numbers in product(range(3), range(2), range(3), range(3)):
        try:
            edited(read(), [choice.edits(read().index)[n] for choice, n in zip(choices, numbers, strict=True)])
            sound = True
        except SchemeError:
            sound = False
        taken = set(enumerate(numbers))
        assert sound == (not any(set(part) <= taken for part in found)), numbers
    assert {len(part) for part in found} == {2}


def test_conflicts_come_with_the_schemes_of_all_sound_combinations() -> None:
    """By the numbers of alternatives in the order of the choices; what no rule looks at is in them too."""
    choices = [chosen(VaryTreatment, among=["none", "log"]), SCALES, WeightBox(), MEANS]
    found, schemes = conflicts(read(), choices)
    assert set(found) == {((1, 1), (3, 1))}
    assert set(schemes) == {numbers for numbers in product(range(2), range(3), range(2)) if numbers[1:] != (1, 1)}
    for numbers, made in schemes.items():
        edits = [
            choice.edits(read().index)[n] for choice, n in zip((choices[0], SCALES, MEANS), numbers, strict=True)
        ]
        assert made == edited(read(), edits)


def test_alternatives_that_go_with_no_other_are_refused_alone() -> None:
    """Each by name; those of other choices are not said."""
    with pytest.raises(SchemeError) as caught:
        conflicts(
            read(),
            [
                chosen(VaryNormalisation, among=["zscore", "rank", "goalposts"]),
                chosen(VaryTreatment, among=["none", "log"]),
            ],
        )
    assert {problem.path for problem in caught.value.problems} == {"normalise: goalposts"}
    assert [problem.found for problem in caught.value.problems] == [f"{c!r} has no goalposts" for c in "abc"]


def test_an_alternative_that_the_others_spoil_is_refused_alone() -> None:
    """The geometric mean is sound by itself, and with neither of the scales that it would be with."""
    scales = chosen(VaryNormalisation, among=["zscore", {"method": "minmax", "floor": -1.0}])
    assert edited(read(), [MEANS.edits(read().index)[1]])
    with pytest.raises(SchemeError) as caught:
        conflicts(read(), [scales, MEANS])
    assert {problem.path for problem in caught.value.problems} == {"aggregate: geometric"}


def test_an_alternative_that_others_mend_is_no_conflict() -> None:
    """The scheme's own z-scores have no geometric mean, and are no alternative."""
    scales = chosen(VaryNormalisation, among=["rank", {"method": "minmax", "floor": 1.0}])
    assert not conflicts(read(normalise="zscore"), [scales, MEANS])[0]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ([MEANS, chosen(VaryAggregation, among=["median", "geometric"], name="x")], ["x: 'aggregate' varies aggregate of the scheme already"]),
        ([chosen(VaryWeighing, among=["given", "equal"], groups=["p"]), WeightExperts(groups=["p"])], ["weights_experts: 'weigh' varies weigh of 'p' already"]),
        ([MultipleImputation(), chosen(VaryImputation, among=["none", "mean"], indicators=["a"])], ["impute: 'multiple_imputation' varies impute of 'a' already"]),
        ([chosen(VaryTreatment, among=["log"])], ["treat: its alternatives make the same scheme"]),
        ([LeaveOut(nodes=["a"] * 99, name="x"), LeaveOut(nodes=["b"] * 99, name="y")], ["the alternatives make 10,000 combinations"]),
    ],
)  # fmt: skip
def test_choices_that_vary_nothing_or_the_same_or_too_much_are_refused(choices: list[Any], said: list[str]) -> None:
    """By their names."""
    panel = {"method": "budget_allocation", "children": ["a", "b"], "points": [[1, 1]]}
    tree = read().index.replace(children=(read().groups[1].replace(weigh=panel), read().groups[2]))
    with pytest.raises(SchemeError) as caught:
        refuse_alternatives(read(index=tree), choices)
    rules = {
        "already": "two choices do not vary the same; name others under groups, levels or indicators, or leave one of "
        "both out",
        "scheme": "a choice varies something; give two that differ, or leave it out",
        "combinations": "up to 5,000 are computed; vary less at a time",
    }
    assert [str(problem) for problem in caught.value.problems] == [
        f"{each}; {rules[each.split()[-1]]}" for each in said
    ]


def test_choices_about_different_nodes_are_not_the_same() -> None:
    """A group's own mean beside the scheme's."""
    refuse_alternatives(
        read(),
        [MEANS, chosen(VaryAggregation, among=["median", "geometric"], groups=["p"], name="own"), WeightBox()],
    )


def test_every_way_is_the_index_by_its_scheme() -> None:
    """Scores of indicators and groups, and weights; with the scale of a reference."""
    reference = compute(read(), table(a=[0.0, 2, 3, 4, 5, 20]))
    for fixed in (None, reference):
        choices = [SCALES, WeightBox(), chosen(VaryAggregation, among=["arithmetic", "median"])]
        wanted = [(0, 0), (2, 1), (1, 0)]
        found = variants(read(), table(), choices, wanted, seed=0, reference=fixed)
        assert list(found) == wanted
        for numbers, way in found.items():
            rules = read(normalise=SCALES.among[numbers[0]], aggregate=("arithmetic", "median")[numbers[1]])
            expected = compute(rules, table(), reference=fixed)
            assert same(way.scores.values, expected.scores.values, 0.0)
            assert same(way.weights.shares, expected.weights.shares, 0.0)
            assert all(same(way.groups[code], expected.composite.column(code), 0.0) for code in ("i", "p", "q"))
            assert isinstance(way.scheme.aggregate, Median) == (numbers[1] == 1)
    for number, codes in enumerate([("p", "a", "b", "q", "c"), ("q", "c"), ("p", "a", "q", "c")]):
        way = variants(read(), table(), [LeaveOut(nodes=["p", "b"])], [(0,), (1,), (2,)], seed=0)[number,]
        assert sorted(way.weights.nodes) == sorted(codes)
    choice = chosen(VaryWeighing, among=["given", "equal"])
    given, equal = variants(read(), table(), [choice], [(0,), (1,)], seed=0).values()
    assert given.weights.of(["a", "b"]).tolist() == [1.0, 0.0]
    assert equal.weights.of(["a", "b"]).tolist() == [0.5, 0.5]


def test_each_stage_is_computed_once_for_the_ways_that_share_all_up_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two treatments and three scales are treated twice and normalised six times, whatever the means."""
    counted: Counter[str] = Counter()

    def counting(name: str, stage: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            counted[name] += 1
            return stage(*args, **more)

        return call

    for name in ("denominate", "impute", "treat", "normalise"):
        monkeypatch.setattr(stages, name, counting(name, getattr(stages, name)))
    choices = [
        SCALES,
        chosen(VaryTreatment, among=["none", "log"]),
        chosen(VaryAggregation, among=["arithmetic", "median"]),
    ]
    variants(read(), table(), choices, list(product(range(3), range(2), range(2))), seed=0)
    assert counted == {"denominate": 1, "impute": 1, "treat": 2, "normalise": 6}


def test_imputations_are_by_the_seed() -> None:
    """The same gives the same, another others."""
    random = np.random.default_rng(1).normal(size=(3, 20))
    random[0, 3] = np.nan
    gaps = Table.of(dict(zip("abc", random, strict=True)), units=[f"u{at}" for at in range(20)])
    rules = read(index=group("i", leaf("a"), leaf("b"), leaf("c")), screen={"measured": 0.0})
    choices = (MultipleImputation(n=3),)
    one, again, other = (Ways(rules, gaps, choices, seed).variant((1,)).scores.values for seed in (1, 1, 2))
    assert same(one, again, 0.0)
    assert not np.array_equal(one, other)


def test_ways_that_cannot_be_computed_are_refused_by_name_with_unit_and_indicator() -> None:
    """All of them at once."""
    low = table(a=[0.0, 2, 3, 4, 5, 7])
    rules = read(normalise="none", screen={"measured": 0.0})
    choices = [MEANS, chosen(VaryTreatment, among=["none", "ln"], indicators=["a"])]
    with pytest.raises(MethodError) as caught:
        variants(rules, low, choices, [(0, 0), (1, 0), (0, 1)], seed=0)
    said = [(problem.path, problem.indicator, problem.unit) for problem in caught.value.problems]
    assert said[0] == ("aggregate: geometric; treat: none", "a", "u")
    assert said[1][:2] == ("aggregate: arithmetic; treat: ln", "a")


def test_imputations_that_cannot_be_drawn_are_refused() -> None:
    """Where there are too few units for a covariance."""
    gaps = table(a=[float("nan"), 2, 3, 4, 5, 7]).take(np.arange(3))
    with pytest.raises(MethodError, match="3 units were measured on any of 3 indicators"):
        variants(read(screen={"measured": 0.0}), gaps, [MultipleImputation(n=2)], [(0,)], seed=0)
