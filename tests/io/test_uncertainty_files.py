"""What is uncertain, in files: read and written the same, and every mistake said once, in its place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.choices.design import Choice, Uncertainty
from pii.io.schemes import dump_scheme, parse_scheme, read_scheme, scheme_schema, write_scheme
from pii.scheme import Scheme
from pii.spec import members
from tests.io.scheme_texts import refused
from tests.shared import group, leaf, scheme
from tests.strategies import quick

GOOD = """\
code: s
index:
  code: i
  children:
    - {code: p, children: [{code: a}, {code: b}]}
    - {code: c}
uncertainty:
  draws: 100
  sampler: latin_hypercube
  choices:
    - {vary: weights, groups: [p], spread: 0.2}
    - vary: normalise
      among: [minmax, {method: zscore, mean: 10}]
    - {vary: leave_out, nodes: [a, c]}
"""

CHOICES: list[dict[str, Any]] = [
    {"vary": "weights"},
    {"vary": "weights", "name": "wide", "margin": 0.1, "levels": [0, 1], "shape": "triangular"},
    {"vary": "weights_dirichlet", "concentration": 20.5, "groups": ["p"]},
    {"vary": "weights_experts"},
    {"vary": "denominate", "among": ["ratio", "none"]},
    {"vary": "impute", "among": ["none", "mean", "em"], "probabilities": [1, 1, 2.5]},
    {"vary": "multiple_imputation", "n": 7},
    {"vary": "treat", "among": ["none", {"method": "winsorise", "limit": None}], "indicators": ["a", "b"]},
    {"vary": "normalise", "among": ["rank", {"method": "minmax", "floor": 1.0}]},
    {"vary": "weigh", "among": ["given", "equal"]},
    {"vary": "aggregate", "among": ["arithmetic", {"method": "power", "p": -2.0}], "groups": ["i"]},
    {"vary": "reference", "among": ["own", "2019"]},
    {"vary": "leave_out", "nodes": ["a", "p"]},
    {"vary": "data", "standard_errors": "se", "indicators": ["a"], "shape": "uniform"},
]


def declared(uncertainty: dict[str, Any]) -> Scheme:
    """A scheme with something uncertain."""
    tree = group("i", group("p", leaf("a"), leaf("b")), leaf("c"))
    return scheme(tree, denominators=[{"code": "se"}], uncertainty=uncertainty)


@cache
def validator() -> Any:
    """What editors hold a file against."""
    return pytest.importorskip("jsonschema").Draft202012Validator(scheme_schema())


def some_choices() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Different ones."""
    return st.lists(st.sampled_from(CHOICES), min_size=1, unique_by=lambda c: c.get("name") or c["vary"])


@given(
    some_choices(),
    st.sampled_from(["sobol", "latin_hypercube", "random"]),
    st.integers(0, 9),
    st.sampled_from(["yaml", "json"]),
)
@quick
def test_what_is_uncertain_is_the_same_once_written_and_read(
    choices: list[dict[str, Any]], sampler: str, seed: int, language: Literal["yaml", "json"]
) -> None:
    """Exact, and as the schema for editors has it."""
    whole = declared({"choices": choices, "sampler": sampler, "seed": seed, "conflicts": "exclude"})
    assert parse_scheme(dump_scheme(whole, language), language) == whole
    assert not [*validator().iter_errors(json.loads(dump_scheme(whole, "json")))]


def test_every_kind_of_choice_is_tried() -> None:
    """So that a new one does not go unwritten."""
    assert {c["vary"] for c in CHOICES} == {kind.model_fields["vary"].default for kind in members(Choice)}


def test_a_file_says_of_every_choice_what_it_varies(tmp_path: Path) -> None:
    """Though that is the default of its kind; other defaults are left out."""
    whole = declared({"choices": [{"vary": "weights", "spread": 0.2}, {"vary": "leave_out", "nodes": ["a"]}]})
    write_scheme(whole, tmp_path / "s.yaml")
    text = (tmp_path / "s.yaml").read_text(encoding="utf-8")
    assert "    - {vary: weights, spread: 0.2}\n    - vary: leave_out\n      nodes: [a]\n" in text
    assert "draws" not in text
    assert read_scheme(tmp_path / "s.yaml") == whole


def test_the_good_file_is_read() -> None:
    """Bare methods, methods with parameters, a bare sampler."""
    found = parse_scheme(GOOD).uncertainty
    assert isinstance(found, Uncertainty)
    assert [choice.title() for choice in found.choices] == ["weights", "normalise", "leave_out"]
    assert found.draws == 100


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("vary: weights", "vary: wieghts", "f:11:14: uncertainty.choices[0].vary: nothing that can vary is called 'wieghts'; did you mean weights?"),
        ("vary: weights", "vary: xyz", "f:11:14: uncertainty.choices[0].vary: nothing that can vary is called 'xyz'; use one of weights, weights_dirichlet,"),
        ("vary: weights, groups", "groups", "f:11:7: uncertainty.choices[0]: the choice does not say what it varies; add vary: one of weights,"),
        ("{vary: weights, groups: [p], spread: 0.2}", "weights", "f:11:7: uncertainty.choices[0]: item 1 of choices is 'weights'; they are a list, each written {vary: ...}"),
        ("spread: 0.2", "spraed: 0.2", "f:11:36: uncertainty.choices[0].spraed: the key 'spraed' is not known here; did you mean spread?"),
        ("spread: 0.2", "spread: 2", "f:11:44: uncertainty.choices[0].spread: spread is 2; it is at most 1"),
        ("spread: 0.2", "spread: 0.2, margin: 0.1", "f:11:7: uncertainty.choices[0]: spread and margin both say how wide the box is; leave one out"),
        ("minmax,", "minmx,", "f:13:15: uncertainty.choices[1].among[0]: there is no method 'minmx' for among; did you mean minmax?"),
        ("minmax,", "{floor: 1},", "f:13:15: uncertainty.choices[1].among[0]: among names no method; it is a method's name, or {method: ...} with its parameters; use one of minmax,"),
        ("minmax,", "{method: minmax, flor: 1},", "f:13:32: uncertainty.choices[1].among[0].flor: the key 'flor' is not known here; did you mean floor?"),
        ("mean: 10", "mean: ten", "f:13:46: uncertainty.choices[1].among[1].mean: mean is 'ten'; it is a number"),
        ("draws: 100", "drws: 100", "f:8:3: uncertainty.drws: the key 'drws' is not known here; did you mean draws?"),
        ("draws: 100", "draws: 0", "f:8:10: uncertainty.draws: draws is 0; it is at least 1"),
        ("latin_hypercube", "latin", "f:9:12: uncertainty.sampler: there is no method 'latin' for sampler"),
        ("latin_hypercube", "{method: sobol, n: 3}", "f:9:28: uncertainty.sampler.n: the key 'n' is not known here; the keys here are method; remove it"),
        ("groups: [p]", "groups: p", "f:11:31: uncertainty.choices[0].groups: groups is 'p'; it is a list"),
        ("groups: [p]", "groups: [q]", "f:11:7: uncertainty.choices[0]: 'q' is not a group of the scheme; every group is declared under the tree"),
        ("nodes: [a, c]", "nodes: []", "f:14:25: uncertainty.choices[2].nodes: nodes is empty; it names at least one; add one"),
        ("nodes: [a, c]", "nodes: [a, c], probabilities: [1, 2]", "f:14:7: uncertainty.choices[2]: 2 probabilities for 3 alternatives; give one each, or none"),
        ("leave_out, nodes: [a, c]", "weights", "f:7:1: uncertainty: several choices are called weights; give each a name of its own"),
        ("uncertainty:", "uncertanty:", "f:7:1: uncertanty: the key 'uncertanty' is not known here; did you mean uncertainty?"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_once_in_its_place(old: str, new: str, said: str) -> None:
    """With line and column, the rule and what to do; nothing else follows from it."""
    (problem,) = refused(GOOD.replace(old, new))
    assert problem.startswith(said)


def test_mistakes_in_several_choices_do_not_hide_each_other() -> None:
    """Nor a node that is not there."""
    text = GOOD.replace("wei", "wie").replace("minmax,", "minmx,").replace("draws: 100", "draws: many")
    text = text.replace("nodes: [a, c]", "nodes: [a, d]")
    assert [problem.split(": ")[0] + problem.split(": ")[1][11:] for problem in refused(text)] == [
        "f:8:10.draws",
        "f:11:14.choices[0].vary",
        "f:13:15.choices[1].among[0]",
        "f:14:7.choices[2]",
    ]


def test_a_list_whose_only_item_is_refused_is_not_empty() -> None:
    """The item is said, and nothing that follows from it."""
    (problem,) = refused(GOOD.replace("leave_out, nodes: [a, c]", "aggregate, among: [geometrik]"))
    assert "there is no method 'geometrik' for among; did you mean geometric?" in problem


def test_a_choice_about_a_node_that_was_refused_is_not_said() -> None:
    """Its code may be right there."""
    text = GOOD.replace("{code: c}", "{cod: c, weight: 3, wight: 2}").replace(
        "children: [{code: a}", "children: [{code: }"
    )
    assert not [problem for problem in refused(text) if "is not a" in problem]


def test_json_has_the_same_problems() -> None:
    """In its own places."""
    text = dump_scheme(parse_scheme(GOOD), "json").replace('"leave_out"', '"leaveout"')
    (problem,) = refused(text, "json")
    assert (
        "uncertainty.choices[2].vary: nothing that can vary is called 'leaveout'; did you mean leave_out?"
        in problem
    )
