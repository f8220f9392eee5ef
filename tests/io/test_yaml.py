"""The strict YAML dialect and JSON: what a text means, where each part stands, and what is refused."""

import json
from typing import Any, Literal

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from pii.io.documents import MAX_DEPTH, REFUSED, Place, dotted
from pii.io.yaml import dump_yaml, parse
from tests.io.scheme_texts import GOOD, refused

TRICKY = ["NO", "01", "1e5", "null", "~", "1_000", "0x1F", "2024-01-01", ":", "#", "", " ", "yes", "on", "True"]
TRICKY += ["- a", "a: b", "a #b", "'", '"', "\\", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "?", "---", "..."]
TRICKY += [
    "Thừa Thiên Huế",
    "đ\nĐ",
    "\n a",
    "a\n",
    "a\n\n",
    " a\nb ",
    "\t",
    "a\tb",
    "\r",
    "\x85",
    "\u2028",
    "\ufeff",
]
TRICKY += [
    "\x00",
    "\x7f",
    "😀",
    ".inf",
    ".nan",
    "+1",
    "1:30",
    "<<",
    "=",
    "{",
    "}",
    "[",
    "]",
    ",",
    "a, b",
    "1.",
    ".5",
]


def said(text: str, language: Literal["yaml", "json"] = "yaml") -> list[str]:
    """Every problem of a text, as printed."""
    return [str(problem) for problem in parse(text, file="f", language=language).problems]


texts = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | texts | numbers | st.sampled_from([1e-7, 1e300, 5e-324, -0.5])
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
mappings = st.dictionaries(texts.filter(lambda text: len(text) < 100), trees, max_size=4)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("null", None),
        ("~", None),
        ("true", True),
        ("false", False),
        ("12", 12),
        ("+1", 1),
        ("-0.5", -0.5),
        ("1e-7", 1e-7),
        ("1E300", 1e300),
        ("0", 0),
        ("'1'", "1"),
        ('"\\u00e9\\/"', "é/"),
        *[(text, text) for text in ("NO", "yes", "on", "01", "1_000", "0x1F", "0o7", "1:30", "2024-01-01")],
        *[(text, text) for text in ("True", "Null", "NULL", "1.", ".5", "1,5", "infinity", "nan", "=")],
    ],
)
def test_a_plain_scalar_is_read_by_the_strict_core_schema(written: str, meant: Any) -> None:
    """Only null, true, false and JSON's numbers are not text."""
    read = parse(f"a: {written}\n").data["a"]
    assert read == meant
    assert type(read) is type(meant)


def test_every_key_and_value_has_its_place_counted_in_characters() -> None:
    """Lines and columns count from 1, and a letter with marks is one column."""
    document = parse("tên: {vi: Thể chế, en: x}\nlist:\n  - a: 1\n", file="f")
    assert document.values["tên", "en"] == Place(1, 24, "x")
    assert document.keys["tên", "en"] == Place(1, 20, "en")
    assert document.values["list", 0] == Place(3, 5)
    assert document.place(("list", 0, "a", "deeper")) == Place(3, 8, "1")
    assert document.place(("list",)) == Place(2, 1, "list")
    assert dotted(("list", 0, "a")) == "list[0].a"


@pytest.mark.parametrize("language", ["yaml", "json"])
def test_what_is_not_finite_or_twice_there_is_said_at_once(language: Literal["yaml", "json"]) -> None:
    """Overflow, infinities and duplicate keys, each with its place."""
    words = ("NaN", "-Infinity") if language == "json" else (".nan", "-.inf")
    text = f'{{"a": [{words[0]}, {words[1]}, 1e999],\n "a": 2}}'
    document = parse(text, file="f", language=language)
    assert document.data == {"a": [REFUSED] * 3}
    assert [str(problem) for problem in document.problems] == [
        f"f:1:8: a[0]: {words[0]} is not finite; numbers are finite; write a number, or leave the key out",
        f"f:1:{10 + len(words[0])}: a[1]: {words[1]} is not finite; numbers are finite; "
        "write a number, or leave the key out",
        f"f:1:{12 + len(words[0] + words[1])}: a[2]: 1e999 is not finite; numbers are finite; "
        "write a number, or leave the key out",
        "f:2:2: a: the key 'a' is already given on line 1; a key is given once; remove one of them",
    ]


def test_an_anchor_of_a_key_is_refused_where_it_stands() -> None:
    """As that of a value is."""
    (said,) = refused(GOOD.replace("code: demo", "&x code: demo", 1))
    assert said.startswith("f:1:1: the anchor or alias 'x' is not read; a file says everything where it is used")


def test_anchors_aliases_tags_merge_keys_and_keys_that_are_not_text_are_refused_at_once() -> None:
    """What YAML has beyond a plain tree is refused, each with its place."""
    rule = "a file says everything where it is used"
    assert said("a: &x 1\nb: *x\nc: !!str 2\n<<: {d: 1}\n1: 2\nnull: 3\n") == [
        f"f:1:4: a: the anchor or alias 'x' is not read; {rule}; write the value out, or put text in quotes",
        f"f:2:4: b: the anchor or alias 'x' is not read; {rule}; write the value out, or put text in quotes",
        f"f:3:4: c: the tag '!str' is not read; {rule}; write the value out, or put text in quotes",
        f"f:4:1: '<<' merges another mapping; {rule}; write the keys out",
        "f:5:1: the key 1 is not text; keys are text; put it in quotes",
        "f:6:1: the key null is not text; keys are text; put it in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("", "1:1", "the file is empty"),
        ("- a", "1:1", "the file does not hold a mapping"),
        ("a: 1\n---\nb: 2", "2:1", "a second document begins"),
        ("a: 1\n...\nb: 2", "3:1", "a second document begins"),
        ("a:\n\tb: 1", "2:1", "a tab indents the line"),
        ("a: 1\n\tb: 2", "2:1", "a tab indents the line"),
        ("đố: 'x\nb: 1", "1:5", "the quotation mark is not closed"),
        ("a:\n  b: 1\n c: 2", "3:2", "this does not fit what stands before it"),
        ("a: b: c", "1:5", "a ': ' is out of place"),
        ("a: [1\nb: 2", "1:4", "the bracket is not closed, or a comma is missing"),
        ("a: {b: 1", "1:4", "the brace is not closed, or a comma is missing"),
        ('a: "\\q"', "1:5", "the backslash begins no known escape"),
        ("a: @x", "1:4", "'@' is special here"),
        ("a: *", "1:5", "'*', '&' or '!' is special here"),
        ("a: x\x07", "1:5", "the text has the invisible character U+0007"),
        ("a: " + "[" * 70, "1:67", "the nesting is too deep"),
        ("a: [1,,2]", "1:7", "the text is not YAML from here on"),
    ],
)
def test_a_yaml_text_that_cannot_be_read_is_refused_in_plain_words(text: str, where: str, found: str) -> None:
    """The first mistake of syntax, with its line and column."""
    (problem,) = said(text)
    assert problem.startswith(f"f:{where}: {found}")


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit itself is allowed, in both languages."""
    depth = MAX_DEPTH - 1
    assert not said('{"a": ' + "[" * depth + "]" * depth + "}", "json")
    assert not said("a: " + "[" * depth + "]" * depth)


@given(mappings)
def test_what_is_written_as_yaml_is_read_the_same(data: dict[str, Any]) -> None:
    """Round trip, exact to the type of every scalar."""
    document = parse(dump_yaml(data))
    assert document.problems == ()
    assert repr(document.data) == repr(data)


@given(mappings)
def test_what_is_written_as_json_is_read_the_same(data: dict[str, Any]) -> None:
    """Round trip, exact to the type of every scalar."""
    document = parse(json.dumps(data, ensure_ascii=False), language="json")
    assert document.problems == ()
    assert repr(document.data) == repr(data)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), texts))
def test_what_is_written_as_yaml_is_the_same_text_for_other_readers(data: dict[str, str]) -> None:
    """A reader of YAML 1.1 takes none of our text for a date, a number or a boolean."""
    assert pyyaml.safe_load(dump_yaml(data)) == data


@given(st.text(st.sampled_from("ab:-?#&*!|>'\"%@`{}[],\n\t ~0x1.e+"), max_size=40))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    """Nothing but a document comes out, whatever goes in."""
    document = parse(text)
    assert document.data is not REFUSED or document.problems
    assert all(problem.line and problem.column for problem in document.problems)
