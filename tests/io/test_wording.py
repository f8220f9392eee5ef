"""What is said of each mistake in a scheme: found, rule, remedy, with line and column."""

import pytest

from pii.methods.treat import Treater
from pii.spec import members
from tests.io.scheme_texts import child, refused

TREATERS = ", ".join(method.method_name() for method in members(Treater))

INDEX = "index.children[0]"
POSTS = "both are in the indicator's own units, the lower first whatever its direction; swap them"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (child("{code: a, weigth: 2}"), [f"f:3:39: {INDEX}.weigth: the key 'weigth' is not known here; did you mean weight?"]),
        (child("{code: a, normalise: minmx}"), [f"f:3:50: {INDEX}.normalise: there is no method 'minmx' for normalise; did you mean minmax?"]),
        (child("{code: a, normalise: {method: minmax, flor: 1}}"), [f"f:3:67: {INDEX}.normalise.flor: the key 'flor' is not known here; did you mean floor?"]),
        (child("{code: a}, {code: a}"), [f"f:3:47: index.children[1].code: the code 'a' is already used at {INDEX}; every node and column has a code of its own; rename one of them"]),
        (child("{code: g, children: []}"), [f"f:3:39: {INDEX}.children: the group is empty; a group has at least one child; add a node to it, or remove it"]),
        (child("{code: a, weight: -1}"), [f"f:3:47: {INDEX}.weight: the weight is -1; weights are not negative"]),
        (child("{code: a, weight: x}"), [f"f:3:47: {INDEX}.weight: the weight is 'x'; a weight is a number; write it with a point and without quotes, such as 0.5"]),
        (child("{code: a, weight: .inf}"), [f"f:3:47: {INDEX}.weight: .inf is not finite; numbers are finite; write a number, or leave the key out"]),
        (child("{code: a, weight: 1e999}"), [f"f:3:47: {INDEX}.weight: 1e999 is not finite; numbers are finite; write a number, or leave the key out"]),
        (child("{code: a, weight: 0}, {code: b, weight: 0}"), ["f:3:18: index.children: the weights of the children of 'I' sum to 0; weights are shares of their sum; give at least one child a weight above 0"]),
        (child("{code: a, normalise: goalposts, goalposts: {low: 3, high: 1}}"), [f"f:3:61: {INDEX}.goalposts: low 3 is not below high 1; {POSTS}"]),
        (child("{code: a, goalposts: {low: 1, high: 3}}"), [f"f:3:39: {INDEX}.goalposts: 'a' has goalposts, and its method is minmax; only the method goalposts uses them; set normalise: goalposts, or leave them out"]),
        (child("{code: a, normalise: goalposts}"), [f"f:3:29: {INDEX}: 'a' has no goalposts; the method goalposts needs them; add goalposts: {{low: ..., high: ...}} in the indicator's own units"]),
        (child("{code: a, normalise: goalposts, goalposts: {low: 3}}"), [f"f:3:61: {INDEX}.goalposts.high: high is missing; a range has both ends; add it"]),
        (child("{code: a, normalise: zscore}", above="aggregate: geometric"), [f"f:3:29: {INDEX}: 'a' has scores below 0, and 'I' takes the geometric mean; that mean needs scores above 0; use min-max with floor 1, or the arithmetic mean"]),
        (child("{code: a, denominator: popn}", above="denominators: [{code: people}, {code: pop}]"), [f"f:3:52: {INDEX}.denominator: 'popn' is not a denominator of the scheme; every denominator is declared under denominators; did you mean pop?"]),
        (child("{code: a, direction: 2}"), [f"f:3:50: {INDEX}.direction: the direction is 2; a direction is 1 (more is better) or -1 (less is better)"]),
        (child("{code: 1}"), [f"f:3:36: {INDEX}.code: the code is 1; a code is text of 1 to 120 characters on one line, without blanks at its ends; put it in quotes"]),
        (child("{weight: 1}"), [f"f:3:29: {INDEX}.code: code is missing; every scheme, node and column has one; add it"]),
        (child("{codee: a}"), [f"f:3:30: {INDEX}.codee: the key 'codee' is not known here; did you mean code?"]),
        (child("{code: a, childen: [{code: b, weight: -1}]}"), [f"f:3:39: {INDEX}.childen: the key 'childen' is not known here; did you mean children?", f"f:3:67: {INDEX}.childen[0].weight: the weight is -1; weights are not negative"]),
        (child("{code: a, aggregate: harmonic}"), [f"f:3:39: {INDEX}.aggregate: an indicator has no aggregate; only a group has; remove the key, or give the node children"]),
        (child("{code: a, unit: x, children: [{code: b}]}"), [f"f:3:39: {INDEX}.unit: a group has no unit; only an indicator has; remove the key, or put it on the indicators"]),
        (child("3"), [f"f:3:29: {INDEX}: item 1 of children is 3; they are a list of groups and indicators, each with a code"]),
        (child("{code: a, note: }"), [f"f:3:39: {INDEX}.note: the note is empty; it is text; give it a value, or remove the line"]),
        (child("{code: a, name: {vi: 3}}"), [f"f:3:50: {INDEX}.name.vi: vi is 3; it is text; put it in quotes"]),
        (child("{code: a, standing: oficial}"), [f"f:3:49: {INDEX}.standing: standing is 'oficial'; it is 'official', 'follows', 'ours' or ''; did you mean official?"]),
        (child("{code: a}", above="decimals: 2.0"), ["f:2:11: decimals: decimals is 2.0; it is a whole number; write it without a point and without quotes, such as 2"]),
        (child("{code: a}", above="coverage: 1.5"), ["f:2:11: coverage: coverage is 1.5; it is a share, from 0 to 1"]),
        (child("{code: a}", above="treat: {limit: 3}"), ["f:2:1: treat: treat names no method; it is a method's name, or {method: ...} with its parameters; use one of " + TREATERS]),
        (child("{code: a}", above="treat: 5"), ["f:2:8: treat: treat is 5; it is a method's name, or {method: ...} with its parameters; use one of " + TREATERS]),
        (child("{code: a}", above="screen: {within: [{groups: [II]}]}"), ["f:2:29: screen.within[0].groups[0]: 'II' is not a group of the scheme; every group is declared under the tree; did you mean I?"]),
        (child("{code: a}", above="labels: {code: x}"), ["f:2:1: labels: labels is a mapping; it is a list"]),
        (child("{code: a}", above="labels: [kind]"), ["f:2:10: labels[0]: item 1 of labels is 'kind'; it is a mapping of keys to values; write {code: kind}"]),
        (child("kind"), [f"f:3:29: {INDEX}: item 1 of children is 'kind'; they are a list of groups and indicators, each with a code; write {{code: kind}}"]),
        (child("{code: a}", above="name: [x]"), ["f:2:1: name: the name is a list; a name is text, or one text for each language: {vi: ..., en: ...}"]),
        ("index: [1]\ncode: a", ["f:1:1: index: index is a list; it is a mapping of keys to values"]),
        ("code: a\nindx: {code: a, children: [{code: b}]}", ["f:2:1: indx: the key 'indx' is not known here; did you mean index?"]),
        ("code: a\nindex: {code: i, children: [*x]}", [f"f:2:29: {INDEX}: the anchor or alias 'x' is not read; a file says everything where it is used; write the value out, or put text in quotes"]),
        ("code: [a", ["f:1:7: the bracket is not closed, or a comma is missing; a list is [a, b]; close it"]),
    ],
)  # fmt: skip
def test_each_mistake_is_said_once_with_its_line_and_column(text: str, problems: list[str]) -> None:
    """What was found, the rule and what to do, and nothing that only follows from it."""
    assert refused(text) == problems


def test_a_key_without_a_near_spelling_is_answered_with_those_known() -> None:
    """There is nothing to suggest, so the message lists what there is."""
    (problem,) = refused(child("{code: a, goalposts: {low: 1, high: 2, zzz: 3}, normalise: goalposts}"))
    assert (
        problem
        == f"f:3:68: {INDEX}.goalposts.zzz: the key 'zzz' is not known here; the keys here are low, high; remove it"
    )
