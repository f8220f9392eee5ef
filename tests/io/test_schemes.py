"""Schemes in files: read, written, described to editors, and every mistake said at once with its place."""

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
from tests.io.scheme_texts import GOOD, child, refused

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


def test_a_good_scheme_is_read() -> None:
    """Bare methods, methods with parameters, names in languages, text that other readers take for a boolean."""
    scheme = parse_scheme(GOOD)
    assert [indicator.code for indicator in scheme.indicators] == ["a", "NO", "c"]
    assert scheme.normalise == MinMax(floor=1)
    assert scheme.index.title("vi") == "total"
    assert dict(scheme.name) == {"vi": "Chỉ số", "en": "Index"}


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


def test_a_method_of_ones_own_that_is_called_as_another_cannot_be_written() -> None:
    """It would come back as that one."""

    @final
    class Other(AbstractNormaliser):
        """Scores as they are."""

        method: Literal["zscore"] = "zscore"

        def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:  # noqa: ARG002
            """Leave all."""
            return x

    scheme = parse_scheme(child("{code: a}")).replace(normalise=Other())
    with pytest.raises(SchemeError, match="the scheme has a part of your own that a file cannot hold"):
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
    assert str(caught.value) == f"{path}:3:47: index.children[0].weight: the weight is -1; weights are not negative"


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
