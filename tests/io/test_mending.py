"""Every mistake of a scheme at once, and nothing that only follows from another."""

import pytest

from tests.io.scheme_texts import GOOD, child, refused


def test_six_mistakes_give_six_problems_in_the_order_of_the_file() -> None:
    """Mistakes of spelling, of fields and of the whole are all said at once."""
    text = GOOD.replace("floor: 1}\nindex", "floor: 1, flor: 2}\nindex").replace("weight: 2", "wieght: -2")
    text = text.replace("low: 0, high: 10", "low: 10, high: 0").replace("code: c,", "code: a,")
    text = text.replace("denominator: people", "denominator: peopel")
    assert [problem.partition("; ")[0] for problem in refused(text)] == [
        "f:3:39: normalise.flor: the key 'flor' is not known here",
        "f:10:21: index.children[0].children[0].wieght: the key 'wieght' is not known here",
        "f:10:29: index.children[0].children[0].wieght: the weight is -2",
        "f:11:79: index.children[0].children[1].goalposts: low 10 is not below high 0",
        "f:14:18: index.children[1].children[0].code: the code 'a' is already used at index.children[0].children[0]",
        "f:14:34: index.children[1].children[0].denominator: 'peopel' is not a denominator of the scheme",
    ]


@pytest.mark.parametrize(
    "text",
    [
        child("{code: a, goalposts: {low: 1, high: 2}}", above="normalise: goalpost"),
        child("{code: a}", above="{aggregate: geometric, normalise: minmx}"[1:-1].replace(", ", "\n")),
        child("{code: a, weight: 0}", above="weigh: eqal"),
        child("{code: a, denominator: people}", above="denominators: [{cod: people, unit: 3}]"),
        child("{code: a, denominator: b}, {weight: 1, code: }"),
        child("{code: a}", above="normalise: goalposts\nindx: 3"),
    ],
)
def test_what_follows_from_a_refused_part_is_not_said(text: str) -> None:
    """A stand-in takes the place of what is refused, and no rule is broken by it."""
    follow = ("has goalposts", "needs scores", "sum to 0", "is not a denominator")
    assert not [problem for problem in refused(text) if any(words in problem for words in follow)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            child("{code: a}", above="uncertainty: {draws: 100}"),
            "f:2:1: uncertainty.choices: choices is missing; it is needed; add it",
        ),
        (
            child("{code: a}", above="uncertainty: 5"),
            "f:2:14: uncertainty: uncertainty is 5; it is a mapping of keys to values",
        ),
        (
            child("{code: a}", above="treat: {method: winsorise, limit: -1}"),
            "f:2:35: treat.limit: limit is -1; it is at least 1",
        ),
        ("code: a", "f:1:1: index: index is missing; it is the group at the top of the tree; add it"),
        ("code: a\nindex: 5", "f:2:8: index: index is 5; it is a mapping of keys to values"),
    ],
)
def test_a_part_that_is_refused_is_said_once(text: str, said: str) -> None:
    """With its place, and nothing of what would be in it."""
    assert refused(text) == [said]


def test_json_has_the_same_problems_in_its_own_places() -> None:
    """Duplicate keys, numbers that are not finite, missing and unknown keys."""
    text = '{"code": "a",\n "index": {"code": "é", "children": [\n  {"code": "b", "weight": NaN, "code": "c"},\n  {"wight": 1}]}}'
    assert [problem.partition(";")[0] for problem in refused(text, "json")] == [
        "f:3:27: index.children[0].weight: NaN is not finite",
        "f:3:32: index.children[0].code: the key 'code' is already given on line 3",
        "f:4:3: index.children[1].code: code is missing",
        "f:4:4: index.children[1].wight: the key 'wight' is not known here",
    ]


def test_every_unknown_key_of_a_refused_choice_is_said() -> None:
    """One of them stands for what is missing, and the choice gives way to another before the next is looked at."""
    choice = "uncertainty: {choices: [{vary: weights, sprehod: minmax, floor: 1}], draws: 9}"
    found = [problem.partition(";")[0] for problem in refused(child("{code: a}", above=choice))]
    assert "f:2:41: uncertainty.choices[0].sprehod: the key 'sprehod' is not known here" in found
    assert "f:2:58: uncertainty.choices[0].floor: the key 'floor' is not known here" in found


def test_an_unknown_key_inside_a_choice_that_has_given_way_is_said() -> None:
    """The first key is like enough to one that is missing for the whole choice to be put right; the second is in it."""
    among = "[{method: minmax, flo: 1}, {method: minmax, flor: 1}]"
    choice = f"uncertainty: {{draws: 9, choices: [{{vary: normalise, among: {among}}}]}}"
    assert [problem.partition(";")[0] for problem in refused(child("{code: a}", above=choice))] == [
        "f:2:78: uncertainty.choices[0].among[0].flo: the key 'flo' is not known here",
        "f:2:104: uncertainty.choices[0].among[1].flor: the key 'flor' is not known here",
    ]


def test_a_key_of_choices_that_lack_their_kind_is_said_with_those_there_are() -> None:
    """A choice that says nothing it varies gives way too."""
    choice = "uncertainty: {draws: 9, choices: [{spread: 1}]}"
    (problem,) = refused(child("{code: a}", above=choice))
    assert problem.startswith(
        "f:2:35: uncertainty.choices[0]: the choice does not say what it varies; add vary: one of"
    )
