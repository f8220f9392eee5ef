"""The few pieces of HTML by which values show themselves in a notebook; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["folded", "grid", "heading", "listed", "small"]


def heading(title: str) -> str:
    """The title above a value.

    Examples
    --------
    >>> heading("a < b")
    '<p><strong>a &lt; b</strong></p>'
    """
    return f"<p><strong>{escape(title)}</strong></p>"


def small(text: str) -> str:
    """A remark under a value.

    Examples
    --------
    >>> small("R&D")
    '<p><small>R&amp;D</small></p>'
    """
    return f"<p><small>{escape(text)}</small></p>"


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """A table whose first columns are texts, set to the left; the others are numbers, set to the right.

    Examples
    --------
    >>> print(grid(["unit", "a"], [["x", "1"]]))
    <table><thead><tr><th style="text-align:left">unit</th><th style="text-align:right">a</th></tr></thead>
    <tbody><tr><td style="text-align:left">x</td><td style="text-align:right">1</td></tr></tbody></table>
    """
    body = "\n".join(_row("td", row, left) for row in rows)
    return f"<table><thead>{_row('th', heads, left)}</thead>\n<tbody>{body}</tbody></table>"


def _row(kind: str, cells: Sequence[str], left: int) -> str:
    sides = ("left" if at < left else "right" for at in range(len(cells)))
    inside = (
        f'<{kind} style="text-align:{side}">{escape(c)}</{kind}>' for side, c in zip(sides, cells, strict=True)
    )
    return f"<tr>{''.join(inside)}</tr>"


def folded(summary: str, inside: str, *, shown: bool = False) -> str:
    """What opens and closes under a line of text; ``inside`` is HTML, made by the functions here.

    Examples
    --------
    >>> folded("more", small("less"))
    '<details><summary>more</summary><p><small>less</small></p></details>'
    """
    return f"<details{' open' * shown}><summary>{escape(summary)}</summary>{inside}</details>"


def listed(entries: Iterable[str]) -> str:
    """A list of pieces of HTML, made by the functions here or escaped.

    Examples
    --------
    >>> listed([folded("more", "")])
    '<ul><li><details><summary>more</summary></details></li></ul>'
    """
    return f"<ul>{''.join(f'<li>{entry}</li>' for entry in entries)}</ul>"
