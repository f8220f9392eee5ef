"""What a file says about itself, to lines and back."""

from hypothesis import given
from hypothesis import strategies as st

from pii.io.about import About

LINES = st.text(st.characters(categories=["L", "N"]), min_size=1)


@given(
    st.builds(
        About,
        title=LINES,
        notes=st.lists(LINES).map(tuple),
        system=st.sampled_from([None, "VN63", "VN34"]),
        labels=st.lists(st.text(st.characters(categories=["L", "P"]), min_size=1)).map(tuple),
        decimal=st.sampled_from([None, ".", ","]),
    )
)
def test_lines_read_back(about: About) -> None:
    """Everything survives the way through lines."""
    assert About.of(about.lines()) == about


def test_an_empty_title_keeps_a_note_from_being_one() -> None:
    """A table without a title but with notes says so."""
    assert list(About(notes=("a",)).lines()) == ["title:", "a"]
    assert About.of(["title:", "a"]) == About(title="", notes=("a",))


def test_lines_that_only_look_like_keys_are_notes() -> None:
    """An unknown system, labels that are no list and a second title are kept as notes."""
    lines = ["system: VN99", "labels: region", "decimal: x", "title: A", "title: B"]
    assert About.of(lines) == About(title="A", notes=("system: VN99", "labels: region", "decimal: x", "title: B"))


def test_an_empty_line_is_no_note() -> None:
    """It says nothing."""
    assert About.of(["title: A", "", "  ", "a note"]) == About(title="A", notes=("a note",))
