"""Elements: whatever is put into one stays text, unless it is an element."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from pii.report.elements import Markup, element, joined


class Read(HTMLParser):
    """What a browser would make of markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text += data


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_text_comes_back_as_text(text: str) -> None:
    """In an element, and in an attribute."""
    read = Read(element("p", text, title=text))
    assert read.tags == [("p", {"title": text})]
    assert read.text == text


def test_elements_nest_and_nothing_is_left_out() -> None:
    """Several of them, of them within, or none."""
    assert element("ul", (element("li", n) for n in "ab"), [None, ["<"]]) == "<ul><li>a</li><li>b</li>&lt;</ul>"
    assert element("br", class_="x") == '<br class="x">'
    assert joined(None) == ""
    assert isinstance(joined(["a"]), Markup)


def test_attributes_are_named_as_in_html() -> None:
    """Underscores are hyphens, but at the end; none is left out."""
    assert (
        element("svg", aria_label="a", class_="b", id=None, x=1.5) == '<svg aria-label="a" class="b" x="1.5"></svg>'
    )
