"""JSON as scheme files have it: what a text means, where each part stands, what is refused."""

from typing import Literal

import pytest

from pii.io.documents import Place
from pii.io.json_text import from_json
from pii.io.yaml import parse


def said(text: str, language: Literal["yaml", "json"] = "json") -> list[str]:
    """Every problem of a text, as printed."""
    return [str(problem) for problem in parse(text, file="f", language=language).problems]


def test_json_has_places_escapes_and_pairs_of_surrogates() -> None:
    """JSON is read as JSON, tabs, long keys and all."""
    key = "k" * 2000
    document = parse(f'{{"a": "\\u00e9\\/\\ud83d\\ude00",\n\t"{key}" : [1, 2.5e1, true, null]}}', language="json")
    assert document.data == {"a": "é/😀", key: [1, 25.0, True, None]}
    assert document.values[key, 1].line == 2
    assert document.values[key, 1].text == "2.5e1"
    assert document.keys["a",] == Place(1, 2, '"a"')


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("", "1:1", "the file is empty"),
        ("[1]", "1:1", "the file does not hold a mapping"),
        ('{"a": 1,, "b": 2}', "1:9", "a key in double quotes is missing, or a comma is too many"),
        ('{\n"a" 1}', "2:5", "the colon after the key is missing"),
        ('{"a": 01}', "1:8", "a comma or a closing bracket is missing"),
        ('{"a": x}', "1:7", "a value is missing, or text has no double quotes"),
        ('{"a": "x', "1:7", "the quotation mark is not closed"),
        ('{"a": "\\q"}', "1:8", "the backslash begins no known escape; write two for one"),
        ('{"a": "\n"}', "1:8", "the text has a line break or tab; write \\n or \\t"),
        ("{}{}", "1:3", "something follows the end"),
        ("[" * 5000, "1:65", "the nesting is too deep"),
        ('{"a": "\\ud800"}', "1:7", "a: the text has half a character (a lone surrogate)"),
    ],
)
def test_a_json_text_that_cannot_be_read_is_refused_in_plain_words(text: str, where: str, found: str) -> None:
    """The first mistake of syntax, with its line and column."""
    (problem,) = said(text, "json")
    assert problem.startswith(f"f:{where}: {found}")


def test_an_empty_text_is_an_empty_node() -> None:
    """Which the document then refuses."""
    assert from_json(" \n").value is None
