"""Cells of a file made numbers: one decimal mark for a whole file, missing codes by rule, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import Literal, NamedTuple, TypeAlias, cast

import numpy as np

from pii.arrays import Vector

__all__ = [
    "MISSING",
    "ONE_MARK",
    "Cell",
    "Cells",
    "Conflict",
    "Fault",
    "Mark",
    "Numbers",
    "as_text",
    "decimal_mark",
    "is_missing",
    "is_number",
    "is_numeric",
    "number",
    "numbers",
]

Cell: TypeAlias = object
"""What a file or a frame holds in one place: text, a number, a date, a truth value, or None."""
Cells: TypeAlias = Sequence[Cell] | Vector
"""Cells from top to bottom; an array where the file itself says that they are numbers, NaN where empty."""
Mark: TypeAlias = Literal[".", ","]
"""The decimal mark."""

# Statistical yearbooks print "-" where a thing does not occur and "..." where it was not measured. Both are gaps
# here; the codes met are listed, so that a person can put 0 where 0 is meant.
MISSING = (
    "",
    "..",
    "...",
    "…",
    "-",
    "–",
    "—",
    "n/a",
    "n.a.",
    "na",
    "nan",
    "<na>",
    "null",
    "none",
    "không có",
    "không có số liệu",
    "k.c",
    "k.c.",
)
"""Texts that say that nothing was measured, in any case."""

_CODES = frozenset(MISSING)
_MINUS = str.maketrans({"−": "-", "－": "-"})
_SPACES = " \u00a0\u202f\u2009"
_SEEN = 100  # cells that tell a column of numbers from one of labels
_PLAIN = b"0123456789.-+eE\n"


def _shape(mark: str, other: str) -> re.Pattern[str]:
    grouped = rf"[1-9]\d{{0,2}}(?P<group>[{other}{_SPACES}])\d{{3}}(?:(?P=group)\d{{3}})*"
    return re.compile(rf"[-+]?(?:(?:\d+|{grouped})(?:[{mark}]\d+)?|[{mark}]\d+)(?:[eE][-+]?\d+)?", re.ASCII)


_SHAPES: dict[Mark, re.Pattern[str]] = {".": _shape(".", ","), ",": _shape(",", ".")}
_TO_PLAIN: dict[Mark, dict[int, str | None]] = {
    ".": dict.fromkeys(map(ord, f",{_SPACES}")),
    ",": {**dict.fromkeys(map(ord, f".{_SPACES}")), ord(","): "."},
}

_AMOUNT = rf"[-+−－]?\d[\d.,{_SPACES}]*?"
_PERCENT = re.compile(rf"%\s*{_AMOUNT}|{_AMOUNT}\s*%")
_MARKED = re.compile(rf"{_AMOUNT}\s*(\*+|[†‡§¹²³⁰⁴-⁹]+|\(\w{{1,3}}\)|\[\w{{1,3}}\])")
_LETTERED = re.compile(rf"{_AMOUNT}\s*([^\W\d_]{{1,2}})")
_INFINITE = re.compile(r"[-+−]?(?:inf|infinity|∞)", re.IGNORECASE)

ONE_MARK = "a file has one decimal mark"
"""The rule that a number in the other convention breaks."""
_NUMBER_HERE = "a number belongs here"
_FINITE = "values are finite"
_CORRECT = "correct it, or leave the cell empty"
_MARK_ELSEWHERE = "write the number alone, and what the mark says under the table"
_REFUSALS = (
    (_PERCENT, "{0!r} has a percent sign", _NUMBER_HERE, "write the number alone; the scheme names the unit"),
    (_MARKED, "{0!r} has the mark {1!r}", _NUMBER_HERE, _MARK_ELSEWHERE),
    (_LETTERED, "{0!r} has the mark {1!r}", _NUMBER_HERE, _MARK_ELSEWHERE),
    (_INFINITE, "the value is {0}", _FINITE, _CORRECT),
    (
        re.compile(r"#[A-Z0-9/_]+[!?]?"),
        "the cell holds the error {0}",
        _NUMBER_HERE,
        "correct its formula, or leave the cell empty",
    ),
    (
        re.compile(r"=.*", re.DOTALL),
        "the formula {0!r} has no stored result",
        _NUMBER_HERE,
        "open the file in a spreadsheet and save it, or write the number",
    ),
)


class Fault(NamedTuple):
    """Why a cell is not a number: what was found, the rule, what to do."""

    found: str
    rule: str = _NUMBER_HERE
    remedy: str = _CORRECT


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column read: its values, and by row the missing codes met and the cells refused (NaN in both)."""

    values: Vector
    codes: dict[int, str] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Cells, as (column, row, text), that leave the decimal mark of a file in doubt."""

    cells: tuple[tuple[int, int, str], ...]
    contradict: bool


def as_text(cell: Cell) -> str:
    """A cell as a name, a code or a year: whole numbers without their point, accents as one letter.

    Examples
    --------
    >>> as_text(2024.0), as_text(" Huế "), as_text(None)
    ('2024', 'Huế', '')
    """
    if isinstance(cell, str):
        return unicodedata.normalize("NFC", cell.strip())
    if cell is None or is_missing(cell):
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def number(text: str, decimal: Mark = ".") -> float | None:
    """Read a number written with a decimal mark; thousands may be set apart by the other mark or a space.

    Examples
    --------
    >>> number("1,234.5"), number("1.234,5", ","), number("1 234,5", ","), number("−2")
    (1234.5, 1234.5, 1234.5, -2.0)
    >>> number("12,5"), number("1,23,456"), number("12.5*")
    (None, None, None)
    """
    plain = text.translate(_MINUS)
    return float(plain.translate(_TO_PLAIN[decimal])) if _SHAPES[decimal].fullmatch(plain) else None


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number in either convention, or would be but for a percent sign or a mark.

    Examples
    --------
    >>> [is_number(cell) for cell in (1.5, "1.234,5", "12.5*", "12 %", "Hà Nội", True)]
    [True, True, True, True, False, False]
    """
    if not isinstance(cell, str):
        return isinstance(cell, Real | Decimal) and not isinstance(cell, bool)
    written = number(cell) is not None or number(cell, ",") is not None
    return written or any(shape.fullmatch(cell) for shape in (_PERCENT, _MARKED, _INFINITE))


def is_missing(cell: Cell) -> bool:
    """Whether a cell says that nothing was measured.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("Không có", "..", None, float("nan"), 0, "0")]
    [True, True, True, True, False, False]
    """
    if isinstance(cell, str):
        return cell.casefold() in _CODES
    return cell is None or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 only NaN differs from itself


def is_numeric(column: Cells) -> bool:
    """Whether most cells of a column are numbers, by the first that are not missing; also when all are missing.

    Examples
    --------
    >>> is_numeric(["1", "..", "2,5"]), is_numeric(["1", "abc", "3"]), is_numeric(["Europe", "Asia"])
    (True, True, False)
    """
    if isinstance(column, np.ndarray):
        return True
    measured = [is_number(cell) for cell in islice((cell for cell in column if not is_missing(cell)), _SEEN)]
    return sum(measured) * 2 > len(measured) or not measured


def decimal_mark(columns: Sequence[Cells], declared: Mark | None = None) -> Mark | Conflict:
    """Decide the decimal mark of a file from all its number cells together.

    Parameters
    ----------
    columns
        The columns of numbers.
    declared
        The mark that the file itself declares; it settles a doubt, not a contradiction.

    Examples
    --------
    >>> decimal_mark([["1,234", "12,5"], ["1.000,0"]])
    ','
    >>> decimal_mark([["1,234", "5"]])
    Conflict(cells=((0, 0, '1,234'),), contradict=False)
    >>> decimal_mark([["12,5", "12.5"]])
    Conflict(cells=((0, 0, '12,5'), (0, 1, '12.5')), contradict=True)
    """
    votes: dict[Mark, tuple[int, int, str]] = {}
    doubtful: list[tuple[int, int, str]] = []
    for at, column in enumerate(columns):
        if isinstance(column, np.ndarray):
            continue
        for reads, text in _telling(_texts(column), votes):
            place = (at, list(column).index(text), text)
            if len(reads) == 1:
                votes[reads[0]] = place
            elif not doubtful:
                doubtful.append(place)
    if len(votes) == 2:
        return Conflict(tuple(sorted(votes.values())), contradict=True)
    if doubtful and not votes and declared is None:
        return Conflict(tuple(doubtful), contradict=False)
    return next(iter(votes), declared or ".")


def _telling(texts: Sequence[str], votes: Collection[Mark]) -> Iterator[tuple[tuple[Mark, ...], str]]:
    """The first text that only one mark can read, for each mark not yet in ``votes``, and the first in doubt."""
    joined = "\n".join(texts)
    doubted = False
    for text in texts:
        if all(mark in votes or mark not in joined for mark in _SHAPES):
            return
        reads = _reads(text)
        if (len(reads) == 1 and reads[0] not in votes) or (len(reads) == 2 and not doubted):
            doubted |= len(reads) == 2
            yield reads, text


def _reads(text: str) -> tuple[Mark, ...]:
    """The marks that a text can be read with, when it matters; none for 12, both for 1,234."""
    if "." not in text and "," not in text:
        return ()
    return tuple(mark for mark in _SHAPES if number(text, mark) is not None)


def numbers(column: Cells, decimal: Mark = ".") -> Numbers:
    """Read a column: numbers, gaps by rule, and a fault for everything else.

    Examples
    --------
    >>> read = numbers(["1.5", "..", "", "12.5*"])
    >>> read.values, read.codes
    (array([1.5, nan, nan, nan]), {1: '..'})
    >>> read.faults[3].found, read.faults[3].remedy
    ("'12.5*' has the mark '*'", 'write the number alone, and what the mark says under the table')
    """
    plain = column if isinstance(column, np.ndarray) else _plain(column, decimal)
    if plain is not None and not np.isinf(plain).any():
        return Numbers(plain)
    values = np.full(len(column), np.nan)
    codes: dict[int, str] = {}
    faults: dict[int, Fault] = {}
    texts = {cell: _read_text(cell, decimal) for cell in column if isinstance(cell, str)}
    for row, cell in enumerate(column):
        read = texts[cell] if isinstance(cell, str) else _read_other(cell)
        if isinstance(read, Fault):
            faults[row] = read
        elif isinstance(read, str):
            codes[row] = read
        else:
            values[row] = read
    return Numbers(values, codes, faults)


def _texts(column: Sequence[Cell]) -> Sequence[str]:
    """The cells that are text: most often the column itself."""
    texts = cast("Sequence[str]", column)
    try:
        "".join(texts)  # asks every cell at the speed of C
    except TypeError:
        return [cell for cell in column if isinstance(cell, str)]
    return texts


def _plain(column: Sequence[Cell], decimal: Mark) -> Vector | None:
    """The values of a column of nothing but digits, a decimal mark and empty cells: the fast way."""
    texts = _texts(column)
    joined = "\n".join(texts)
    if decimal == ",":
        joined = joined.replace(".", " ").replace(",", ".")  # a point is not plain here
        texts = joined.split("\n")
    unusual = joined.encode("utf-8", "replace").translate(None, _PLAIN)
    if unusual or len(texts) != len(column) or f"{joined}\n".count(".\n"):
        return None
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return None


def _read_text(text: str, decimal: Mark) -> float | str | Fault:
    if not text:
        return np.nan
    if text.casefold() in _CODES:
        return text
    value = number(text, decimal)
    if value is None:
        return _refusal(text, decimal)
    return value if np.isfinite(value) else Fault(f"the value is {text}", _FINITE)


def _refusal(text: str, decimal: Mark) -> Fault:
    other: Mark = "," if decimal == "." else "."
    if number(text, other) is not None:
        return Fault(
            f"{text!r} is not a number where the decimal mark is {decimal!r}",
            ONE_MARK,
            f"write it with {decimal!r}, or say --decimal {other} (decimal={other!r} in Python) for the whole file",
        )
    for shape, found, rule, remedy in _REFUSALS:
        if like := shape.fullmatch(text):
            return Fault(found.format(text, *like.groups()), rule, remedy)
    return Fault(f"{text!r} is text")


def _read_other(cell: Cell) -> float | Fault:
    if cell is None:
        return np.nan
    if isinstance(cell, bool | np.bool_):
        return Fault(f"{str(cell).upper()} is a truth value")
    if isinstance(cell, date | time | timedelta):
        return Fault(f"{cell} is a date or time", remedy="format the cell as a number, and write the number")
    if not isinstance(cell, Real | Decimal):
        return Fault(f"{cell!r} is not a number")
    value = float(cell)
    return Fault(f"the value is {value}", _FINITE) if np.isinf(value) else value
