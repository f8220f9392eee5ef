"""Schemes in files: read, written, described to editors, and every mistake said at once with its place."""

# ruff: noqa: E501 - a table of what is said, one message a line

import copy
import json
from pathlib import Path
from typing import Any, Literal, final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pii.arrays import Matrix
from pii.errors import SchemeError
from pii.io.schemes import (
    built_in_path,
    built_in_scheme,
    built_in_schemes,
    built_in_text,
    dump_scheme,
    parse_scheme,
    read_scheme,
    scheme_schema,
    write_scheme,
)
from pii.io.yaml import parse
from pii.methods.normalise import AbstractNormaliser, Marks, MinMax
from pii.scheme import Scheme
from pii.tree import Indicator

CODES = [
    "NO",
    "01",
    "1e5",
    "null",
    "~",
    "1_000",
    "0x1F",
    "2024-01-01",
    ":",
    "#",
    "Huế",
    "a: b",
    "- a",
    "yes",
    "1.0",
]

GOOD = """\
code: demo
name: {vi: Chỉ số, en: Index}
normalise: {method: minmax, floor: 1}
index:
  code: total
  aggregate: geometric
  children:
    - code: P1
      children:
        - {code: a, weight: 2}
        - {code: NO, direction: -1, normalise: {method: goalposts, floor: 1}, goalposts: {low: 0, high: 10}}
    - code: P2
      children:
        - {code: c, denominator: people}
denominators:
  - code: people
"""


def refused(text: str, language: Literal["yaml", "json"] = "yaml") -> list[str]:
    """Every problem of a text that is refused, as printed."""
    with pytest.raises(SchemeError) as caught:
        parse_scheme(text, language, file="f")
    return [str(problem) for problem in caught.value.problems]


def child(text: str, *, above: str = "") -> str:
    """A scheme of one indicator, which begins on line 3 in column 29."""
    return f"code: s\n{above or 'edition: x'}\nindex: {{code: I, children: [{text}]}}\n"


def test_a_good_scheme_is_read() -> None:
    """Bare methods, methods with parameters, names in languages, text that other readers take for a boolean."""
    scheme = parse_scheme(GOOD)
    assert [indicator.code for indicator in scheme.indicators] == ["a", "NO", "c"]
    assert scheme.normalise == MinMax(floor=1)
    assert scheme.index.title("vi") == "total"
    assert dict(scheme.name) == {"vi": "Chỉ số", "en": "Index"}


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
        (child("{code: a}", above="treat: {limit: 3}"), ["f:2:1: treat: treat names no method; it is a method's name, or {method: ...} with its parameters; use one of none, winsorise, log, winsorise_then_log, clip_sd, clip_fences, clip_percentiles"]),
        (child("{code: a}", above="treat: 5"), ["f:2:8: treat: treat is 5; it is a method's name, or {method: ...} with its parameters; use one of none, winsorise, log, winsorise_then_log, clip_sd, clip_fences, clip_percentiles"]),
        (child("{code: a}", above="screen: {within: [{groups: [II]}]}"), ["f:2:29: screen.within[0].groups[0]: 'II' is not a group of the scheme; every group is declared under the tree; did you mean I?"]),
        (child("{code: a}", above="labels: {code: x}"), ["f:2:1: labels: labels is a mapping; it is a list"]),
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


def test_json_has_the_same_problems_in_its_own_places() -> None:
    """Duplicate keys, numbers that are not finite, missing and unknown keys."""
    text = '{"code": "a",\n "index": {"code": "é", "children": [\n  {"code": "b", "weight": NaN, "code": "c"},\n  {"wight": 1}]}}'
    assert [problem.partition(";")[0] for problem in refused(text, "json")] == [
        "f:3:27: index.children[0].weight: NaN is not finite",
        "f:3:32: index.children[0].code: the key 'code' is already given on line 3",
        "f:4:3: index.children[1].code: code is missing",
        "f:4:4: index.children[1].wight: the key 'wight' is not known here",
    ]


codes = st.sampled_from(CODES) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
notes = st.sampled_from(["", "một\nhai: ba\n", " x", "1e5", "# no"]) | st.text(
    st.characters(codec="utf-8"), max_size=30
)
floats = st.sampled_from([0.5, 1e-7, 1e300, 2.0]) | st.floats(1e-9, 1e9)
names = notes | st.dictionaries(st.sampled_from(["vi", "en", "no"]), notes)


@st.composite
def indicators(draw: st.DrawFn, code: str) -> dict[str, Any]:
    """An indicator with any of its fields."""
    node: dict[str, Any] = {"code": code, "weight": draw(floats), "note": draw(notes), "name": draw(names)}
    node |= draw(st.fixed_dictionaries({}, optional={"unit": notes, "direction": st.sampled_from([1, -1])}))
    own: dict[str, st.SearchStrategy[Any]] = {
        "target": floats,
        "treat": st.sampled_from(["none", "log", {"method": "winsorise", "limit": None, "skewness": 1.5}]),
        "impute": st.sampled_from(["mean", {"method": "group_mean", "by": "nhóm"}]),
    }
    node |= draw(st.fixed_dictionaries({}, optional=own))
    low = draw(floats)
    posts = {"normalise": {"method": "goalposts", "clip": False}, "goalposts": {"low": -low, "high": low}}
    return node | draw(st.sampled_from([{}, posts, {"normalise": "minmax"}, {"normalise": "rank"}]))


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """A scheme of two levels, with any codes and texts."""
    drawn = draw(st.lists(codes.filter(_is_code), min_size=4, max_size=9, unique=True))
    index, pillar, label, *leaves = drawn
    children: list[dict[str, Any]] = [draw(indicators(code)) for code in leaves]
    if len(leaves) > 1:
        children = [{"code": pillar, "children": children[1:], "weigh": "equal", "coverage": 0.5}, children[0]]
    return Scheme.model_validate(
        {
            "code": index,
            "name": draw(names),
            "about": draw(notes),
            "normalise": draw(st.sampled_from(["zscore", {"method": "minmax", "floor": 1e-7}])),
            "labels": [{"code": label}, {"code": "nhóm"}],
            "index": {"code": index, "children": children},
        }
    )


def _is_code(text: str) -> bool:
    try:
        Indicator(code=text)
    except ValidationError:
        return False
    return text != "nhóm"


@given(schemes(), st.sampled_from(["yaml", "json"]))
def test_a_scheme_written_and_read_is_the_same(scheme: Scheme, language: Literal["yaml", "json"]) -> None:
    """Round trip, exact."""
    assert parse_scheme(dump_scheme(scheme, language), language) == scheme


@pytest.mark.parametrize("ending", ["yaml", "yml", "json", "YAML"])
def test_a_scheme_goes_through_a_file(tmp_path: Path, ending: str) -> None:
    """The ending says the language."""
    path = tmp_path / f"scheme.{ending}"
    scheme = parse_scheme(GOOD)
    write_scheme(scheme, path)
    assert read_scheme(path) == scheme
    assert read_scheme(str(path)) == scheme
    assert b"\r" not in path.read_bytes()


def test_written_yaml_is_compact_and_in_the_order_of_the_model() -> None:
    """Defaults are left out, methods are bare where they can be, letters stay letters."""
    child = {"code": "NO", "name": "Thể chế", "weight": 2, "goalposts": None}
    methods = {"normalise": {"method": "minmax", "floor": 0.5}, "rank": "dense", "treat": "none"}
    scheme = Scheme.model_validate(
        {"code": "s", "about": "one\ntwo", **methods, "index": {"code": "I", "children": [child]}}
    )
    assert dump_scheme(scheme) == (
        "code: s\nabout: |-\n  one\n  two\nnormalise: {method: minmax, floor: 0.5}\nrank: dense\n"
        "index:\n  code: I\n  children:\n    - code: 'NO'\n      name: Thể chế\n      weight: 2\n"
    )
    assert json.loads(dump_scheme(scheme, "json"))["normalise"] == {"method": "minmax", "floor": 0.5}


@final
class Halved(AbstractNormaliser):
    """A method of one's own."""

    method: Literal["halved"] = "halved"

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:  # noqa: ARG002
        """Halve."""
        return np.asarray(x / 2)


def test_a_method_of_ones_own_cannot_be_written() -> None:
    """A file holds only what it can be read from."""
    scheme = parse_scheme(child("{code: a}")).replace(normalise=Halved())
    with pytest.raises(
        SchemeError, match="normalise: there is no method 'halved' for normalise; use one of minmax"
    ):
        dump_scheme(scheme)


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    """The message lists the endings that are known."""
    scheme = parse_scheme(GOOD)
    rule = r"a scheme's file ends in \.yaml, \.yml, \.json"
    with pytest.raises(SchemeError, match=rf"the name ends in '\.toml'; {rule}, \.csv, \.xlsx"):
        read_scheme(tmp_path / "scheme.toml")
    with pytest.raises(SchemeError, match=f"the name has no ending; {rule}$"):
        write_scheme(scheme, tmp_path / "scheme")


def test_a_problem_names_the_file(tmp_path: Path) -> None:
    """As an editor's problem list reads it."""
    path = tmp_path / "scheme.yaml"
    path.write_text(child("{code: a, weight: -1}"), encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        read_scheme(path)
    assert str(caught.value) == f"{path}:3:47: {INDEX}.weight: the weight is -1; weights are not negative"


@pytest.mark.parametrize("name", built_in_schemes())
def test_a_built_in_scheme_is_sound_and_goes_through_both_languages(name: str) -> None:
    """Read, written, read again, and valid for editors."""
    scheme = built_in_scheme(name)
    assert scheme == parse_scheme(dump_scheme(scheme)) == parse_scheme(dump_scheme(scheme, "json"), "json")
    assert built_in_path(name).read_text(encoding="utf-8") == built_in_text(name)
    assert _broken(parse(built_in_text(name)).data) == []
    assert _broken(parse(dump_scheme(scheme)).data) == []


def test_a_misspelt_built_in_scheme_is_suggested() -> None:
    """The nearest name is given."""
    assert "pii-2025" in built_in_schemes()
    with pytest.raises(SchemeError, match=r"there is no built-in scheme 'pii2025'; did you mean .*pii-2025"):
        built_in_scheme("pii2025")


def _broken(data: Any) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(scheme_schema())
    return [error.message for error in validator.iter_errors(data)]


def test_the_schema_is_of_its_draft_and_says_what_fields_mean() -> None:
    """Editors show the first paragraph of each description; there is no id to fetch."""
    schema = scheme_schema()
    pytest.importorskip("jsonschema").Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "$id" not in schema
    assert schema["title"] == "Scheme"
    assert schema["properties"]["coverage"]["description"].startswith("The least share of a group's children")
    assert ">>>" not in json.dumps(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_takes_what_we_read() -> None:
    """Bare methods and methods with parameters, names in one language or several."""
    data = parse(GOOD).data
    assert _broken(data) == []
    for name in ("Chỉ số", {"vi": "Chỉ số"}):
        assert _broken(data | {"name": name, "normalise": "zscore"}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"weigth": 1},
        {"normalise": "minmx"},
        {"normalise": {"floor": 1}},
        {"normalise": {"method": "minmax", "flor": 1}},
        {"coverage": 2},
        {"code": 1},
        {"name": 3},
        {"units": "VN99"},
        {"decimals": 1.5},
        {"denominators": {"code": "x"}},
        {"index": {"code": "I", "children": []}},
        {"index": {"code": "I", "children": [{"code": "a", "weight": -1}]}},
        {"index": {"code": "I", "children": [{"code": "a", "direction": 2}]}},
        {"index": {"code": "I", "children": [{"code": "a", "goalposts": {"low": 1}}]}},
        {"index": {"code": "I", "children": [{"weight": 1}]}},
        {"index": {"code": "I"}},
    ],
)
def test_the_schema_refuses_what_it_can_know_of(change: dict[str, Any]) -> None:
    """An editor underlines what reading would refuse."""
    data = copy.deepcopy(parse(GOOD).data) | change
    assert _broken(data)
    assert refused(json.dumps(data), "json")
