"""Files of nested data: their text, their numbers, the addresses of their parts."""

from pathlib import Path

import pytest

from pii.errors import SchemeError
from pii.io.documents import Document, Node, Pairs, Place, dotted, lay_out, number, read_text, shorten


def test_numbers_too_large_are_infinite_and_other_text_stays() -> None:
    """The reader of numbers never guesses."""
    assert number("9" * 400) == float("inf")
    assert number("9" * 5000) == float("inf")
    assert number("1 000") == "1 000"


def test_a_file_is_utf8_with_or_without_its_mark(tmp_path: Path) -> None:
    """Excel's byte order mark is no part of the text, and other encodings are refused with the place."""
    path = tmp_path / "scheme.yaml"
    path.write_bytes(b"\xef\xbb\xbfcode: a\n")
    assert read_text(path) == "code: a\n"
    path.write_bytes(b"code: a\nname: \xcdu\n")
    with pytest.raises(
        SchemeError, match=r"scheme\.yaml:2:7: the file is not UTF-8 text; files are saved as UTF-8"
    ):
        read_text(path)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"\xef\xbb\xbf\xcd", "1:1"),
        (b"\xef\xbb\xbfcode: a\nname: \xcd", "2:7"),
        ("name: Thể chế ".encode() + b"\xcd", "1:15"),
    ],
)
def test_the_place_of_a_byte_that_is_not_text_counts_letters(tmp_path: Path, raw: bytes, place: str) -> None:
    """As editors do: neither the mark at the head nor the bytes of an accent are columns."""
    path = tmp_path / "scheme.yaml"
    path.write_bytes(raw)
    with pytest.raises(SchemeError, match=rf"scheme\.yaml:{place}: the file is not UTF-8 text"):
        read_text(path)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    """The message names the file and the limit."""
    with pytest.raises(SchemeError, match=r"none\.yaml: the file cannot be read: No such file"):
        read_text(tmp_path / "none.yaml")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 10_000_001)
    with pytest.raises(SchemeError, match="the file has 10,000,001 bytes; at most 10,000,000 are read"):
        read_text(large)


def test_a_tree_of_nodes_is_laid_out_with_its_places() -> None:
    """Plain data, and for every key and value where it was written."""
    key, value = Node(Place(1, 1, "a"), "a"), Node(Place(1, 4, "2"), 2)
    document = lay_out(Node(Place(1, 1), Pairs([(key, value)])), "f")
    assert isinstance(document, Document)
    assert document.data == {"a": 2}
    assert document.place(("a",)) == Place(1, 4, "2")
    assert document.place(("a", "b", 3)) == Place(1, 4, "2")


def test_a_key_given_twice_is_refused_with_both_lines() -> None:
    """The second stands where the message points; the first is named."""
    pairs = [(Node(Place(line, 1, "a"), "a"), Node(Place(line, 4, "2"), 2)) for line in (1, 5)]
    document = lay_out(Node(Place(1, 1), Pairs(pairs)), "f")
    (problem,) = document.problems
    assert (
        str(problem) == "f:5:1: a: the key 'a' is already given on line 1; a key is given once; remove one of them"
    )


def test_addresses_and_long_texts_are_shown_short() -> None:
    """As messages have them."""
    assert dotted(("index", "children", 0, "weight")) == "index.children[0].weight"
    assert shorten("Thừa Thiên Huế", 6) == "Thừa …"
