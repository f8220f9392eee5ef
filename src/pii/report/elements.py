"""Markup made of elements, in which every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

__all__ = ["Inside", "Markup", "element", "joined"]

_VOID = frozenset({"br", "hr", "img", "link", "meta"})


class Markup(str):
    """Text that is markup already, so that it is not escaped again."""

    __slots__ = ()


Inside: TypeAlias = str | Iterable["Inside"] | None
"""What an element holds: text, which is escaped; markup, which is not; several of them; or nothing."""


def element(name: str, *inside: Inside, **attributes: str | float | None) -> Markup:
    """An element with attributes; those that are None are left out.

    An underscore at the end of a name is left out, others are hyphens: ``class_`` and ``aria_label``.

    Examples
    --------
    >>> element("p", "a < b", [" & ", element("b", "c")], class_="note", id=None)
    '<p class="note">a &lt; b &amp; <b>c</b></p>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{said}>" if name in _VOID else f"<{name}{said}>{joined(inside)}</{name}>")


def joined(inside: Inside) -> Markup:
    """Contents of an element one after the other.

    Examples
    --------
    >>> joined(["<", element("br"), None])
    '&lt;<br>'
    """
    if inside is None:
        return Markup()
    if isinstance(inside, str):
        return inside if isinstance(inside, Markup) else Markup(escape(inside))
    return Markup("".join(map(joined, inside)))
