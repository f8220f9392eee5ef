"""What a notebook shows of a value: pieces that nest, and no text that a browser would run."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.markup import folded, grid, heading, listed, small

SCRIPT = "<script>alert(1)</script>"


class Parsed(HTMLParser):
    """Texts and elements of a piece; every element is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens; none has anything that could run."""
        assert {name for name, _ in attrs} <= {"style", "open", "class", "border"}
        self.elements.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The last one that is open closes."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """A text."""
        self.texts.append(data)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\x00")))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """As a title, a remark, a cell, a head, or the line that opens."""
    for html in (heading(text), small(text), grid([text], []), grid(["a"], [[text]]), folded(text, "")):
        parsed = Parsed(html)
        assert text in "".join(parsed.texts)
        known = {"p", "strong", "small", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
        assert set(parsed.elements) <= known


def test_texts_stand_to_the_left_and_numbers_to_the_right() -> None:
    """In the head as in the rows."""
    html = grid(["unit", "name", "a"], [["x", "X", "1"]], left=2)
    assert html.count('style="text-align:left"') == 4
    assert html.count('style="text-align:right"') == 2


@pytest.mark.parametrize("shown", [False, True])
def test_what_is_folded_can_be_open_at_first(shown: bool) -> None:
    """Else it opens when it is asked to."""
    html = folded("more", listed([small("a"), small("b")]), shown=shown)
    assert html.startswith("<details open>") == shown
    assert Parsed(html).elements == ["details", "summary", "ul", "li", "p", "small", "li", "p", "small"]
