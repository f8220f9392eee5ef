"""The tree of a scheme in a notebook: every node, its share, where it comes from."""

from __future__ import annotations

from pii.methods.weigh import Entropy, Given
from pii.outline import outline
from pii.tree import Group
from tests.shared import group, leaf
from tests.test_markup import SCRIPT, Parsed

TREE = group(
    "total",
    group("P1", leaf("a", weight=3, standing="official"), leaf("b"), weight=1),
    group("P2", group("Q", leaf("c", name=SCRIPT)), weight=2, standing="follows"),
    name="Trial",
)


def test_every_node_has_its_share_and_standing() -> None:
    """Under its group, which opens; what is deep in the tree is folded at first."""
    parsed = Parsed(outline("Title", TREE, lambda _: Given()))
    assert parsed.texts[0] == "Title"
    assert parsed.texts[1:6] == ["total Trial", "P1: 33.3%", "a: 75%, official", "b: 25%", "P2: 66.7%, follows a published model"]  # fmt: skip
    html = outline("Title", TREE, lambda _: Given())
    assert (html.count("<details open>"), html.count("<details>")) == (3, 1)


def test_weights_that_data_make_are_named() -> None:
    """A share would be of weights that do not count."""

    def weigher(of: Group) -> Given | Entropy:
        return Entropy() if of.code == "P1" else Given()

    texts = Parsed(outline("Title", TREE, weigher)).texts
    assert texts[2:5] == ["P1: 33.3%, weights: entropy", "a: official", "b"]


def test_no_name_runs() -> None:
    """Neither of a node, nor in the title."""
    html = outline(SCRIPT, TREE, lambda _: Given())
    assert "<script" not in html
    assert Parsed(html).texts[-1].startswith(f"c {SCRIPT}")
