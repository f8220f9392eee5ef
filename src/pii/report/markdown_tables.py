"""Tables and figures as a report in Markdown shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isnan

__all__ = ["counted", "number", "p_value", "percent", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int] = (0,)) -> Iterator[str]:
    """The lines of a table whose cells are escaped already; columns but those named are set to the right.

    Examples
    --------
    >>> list(table(["a", "b"], [["x", "1"]]))
    ['| a | b |', '| --- | ---: |', '| x | 1 |']
    """
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' if at in left else '---:' for at in range(len(heads)))} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def number(value: float, digits: int = 2) -> str:
    """With so many digits; a small number below 0 is not shown as less than none.

    Examples
    --------
    >>> number(-0.001), number(float("nan")), number(12.34, 1)
    ('0.00', 'n/a', '12.3')
    """
    return "n/a" if isnan(value) else f"{round(value, digits) + 0.0:.{digits}f}"


def percent(value: float) -> str:
    """A share, with a decimal where whole numbers would say all, or almost none.

    Examples
    --------
    >>> percent(0.25), percent(0.025), percent(0.996), percent(1.0)
    ('25%', '2.5%', '99.6%', '100%')
    """
    if isnan(value):
        return "n/a"
    return f"{value:.1%}" if 0 < value < 0.1 or 0.99 < value < 1 else f"{value:.0%}"


def p_value(value: float) -> str:
    """With three digits, or as less than can be shown by them.

    Examples
    --------
    >>> p_value(0.25), p_value(0.0001)
    ('0.250', '< 0.001')
    """
    return "n/a" if isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def counted(n: int, what: str) -> str:
    """How many of a thing whose plural takes an s.

    Examples
    --------
    >>> counted(1, "unit"), counted(2, "unit")
    ('1 unit', '2 units')
    """
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
