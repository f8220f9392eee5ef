"""The tree of a scheme as a notebook shows it: what each node counts, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from pii.markup import folded, heading, listed
from pii.methods.weigh import AbstractWeigher, Given
from pii.tree import Group, Node

__all__ = ["outline"]

_STANDINGS = {"official": "official", "follows": "follows a published model", "ours": "our choice", "": ""}
_OPEN = 2  # levels that are open at first: the index, and what it is made of


def outline(title: str, index: Group, weigher_of: Callable[[Group], AbstractWeigher]) -> str:
    """The tree as lists that open and close, each node with its share of its group and its standing.

    Where weights are made of the data the method is named instead.

    Examples
    --------
    >>> from pii.tree import Indicator
    >>> index = Group(code="total", children=[Indicator(code="a", weight=3), Indicator(code="b", standing="ours")])
    >>> outline("Trial", index, lambda group: Given())[67:]
    '<ul><li>a: 75%</li><li>b: 25%, our choice</li></ul></details>'
    """
    return heading(title) + _shown(index, "", weigher_of, 0)


def _shown(node: Node, share: str, weigher_of: Callable[[Group], AbstractWeigher], level: int) -> str:
    name = node.title()
    called = f"{node.code} {name}" if name != node.code else name
    weigher = weigher_of(node) if isinstance(node, Group) else None
    method = f"weights: {weigher.method_name()}" if weigher and not isinstance(weigher, Given) else ""
    said = ", ".join(filter(None, (share, _STANDINGS[node.standing], method)))
    line = f"{called}: {said}" if said else called
    if not isinstance(node, Group):
        return escape(line)
    total = sum(child.weight for child in node.children)
    shares = ["" if method else f"{100 * child.weight / total:.3g}%" for child in node.children]
    inside = (_shown(child, own, weigher_of, level + 1) for child, own in zip(node.children, shares, strict=True))
    return folded(line, listed(inside), shown=level < _OPEN)
