"""What a study varies: choices with names of their own, and the design of the JRC's audits."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pii.choices.alternatives import VaryAggregation, VaryImputation, VaryNormalisation
from pii.choices.design import Uncertainty, jrc
from pii.choices.weights import WeightBox
from pii.methods.sample import LatinHypercube, SobolSequence
from pii.tree import Group
from tests.shared import group, leaf
from tests.slow_study import chosen


def test_an_uncertainty_is_read_as_a_file_has_it() -> None:
    """Bare names, lists and mappings; equal by value, and hashable."""
    read = Uncertainty.model_validate(
        {
            "choices": [{"vary": "weights", "spread": 0.2}, {"vary": "normalise", "among": ["minmax", "rank"]}],
            "draws": 500,
            "seed": 7,
            "sampler": "latin_hypercube",
        }
    )
    choices = [WeightBox(spread=0.2), chosen(VaryNormalisation, among=["minmax", "rank"])]
    assert read == chosen(Uncertainty, choices=choices, draws=500, seed=7, sampler=LatinHypercube())
    assert hash(read) == hash(Uncertainty.model_validate(read.model_dump(mode="json")))


def test_an_uncertainty_has_a_seed_and_draws_of_its_own_when_nothing_is_said() -> None:
    """Seed 0, a seed like any other; conflicts are mistakes."""
    read = chosen(Uncertainty, choices=[WeightBox()])
    assert (read.seed, read.draws, read.sampler, read.conflicts) == (0, 10_000, SobolSequence(), "refuse")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"choices": []}, "choices"),
        ({"choices": [WeightBox(groups=["a"]), WeightBox(groups=["b"])]}, "several choices are called weights"),
        ({"choices": [WeightBox(name="x"), chosen(VaryNormalisation, among=["rank"], name="x")]}, "are called x"),
        ({"choices": [WeightBox()], "draws": 0}, "draws"),
        ({"choices": [WeightBox()], "seed": -1}, "seed"),
        ({"choices": [{"vary": "weight"}]}, "weight"),
        ({"choices": [{"spread": 0.1}]}, "vary"),
    ],
)
def test_what_is_no_study_is_refused(fields: dict[str, Any], said: str) -> None:
    """No choice, two of one name, no draw, a kind that is not known."""
    with pytest.raises(ValidationError, match=said):
        Uncertainty.model_validate(fields)


def test_choices_of_one_kind_may_have_names_of_their_own() -> None:
    """By which outputs tell them apart."""
    both = [WeightBox(groups=["a"]), WeightBox(groups=["b"], name="other")]
    assert [choice.title() for choice in chosen(Uncertainty, choices=both).choices] == ["weights", "other"]


@pytest.mark.parametrize(
    ("index", "groups", "em"),
    [
        (group("i", leaf("a"), leaf("b")), ("i",), "em"),
        (group("i", group("p", leaf("a"), leaf("b")), leaf("c")), ("p",), {"method": "em", "level": 1}),
        (
            group("i", group("p", group("x", leaf("a"))), group("q", group("y", leaf("b")))),
            ("p", "q"),
            {"method": "em", "level": 2},
        ),
    ],
)
def test_the_jrc_varies_gaps_and_the_weights_and_the_mean_of_pillars(
    index: Group, groups: tuple[str, ...], em: object
) -> None:
    """4,000 draws, 1,000 for each of four combinations, from a seed that may be chosen."""
    found = jrc(index, seed=3)
    weights, mean, gaps = found.choices
    assert isinstance(weights, WeightBox)
    assert isinstance(mean, VaryAggregation)
    assert isinstance(gaps, VaryImputation)
    assert (weights.groups, weights.margin, mean.groups) == (groups, 0.1, groups)
    assert [method.declaration() for method in (*mean.among, *gaps.among)] == [
        "arithmetic",
        "geometric",
        "none",
        em,
    ]
    assert (found.draws, found.seed) == (4_000, 3)
