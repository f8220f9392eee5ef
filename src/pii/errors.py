"""Problems and the errors that carry them: where, what was found, the rule, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

__all__ = [
    "BuildError",
    "MethodError",
    "MissingExtra",
    "PiiError",
    "Problem",
    "SchemeError",
    "TableError",
    "Undefined",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, and all that is needed to put it right.

    Parameters
    ----------
    found
        What was found, quoting the value.
    rule, remedy
        The rule that it breaks, and what the user can do.
    file, line, column
        Where in a file, counted from 1 as editors do.
    path
        Which field of a scheme, such as ``index.children[0].weight``.
    unit, indicator
        Which cell of a table, by name or code.

    Examples
    --------
    >>> print(Problem(found="the weight is -1", rule="weights are not negative",
    ...               file="pii.yaml", line=12, column=5, path="index.weight"))
    pii.yaml:12:5: index.weight: the weight is -1; weights are not negative
    """

    found: str
    rule: str = ""
    remedy: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None
    path: str = ""
    unit: str = ""
    indicator: str = ""

    @property
    def where(self) -> str:
        """The place, from file to cell, as an editor's problem list reads it."""
        at = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        return ": ".join(part for part in (at, self.path, self.indicator, self.unit) if part)

    def __str__(self) -> str:
        said = "; ".join(part for part in (self.found, self.rule, self.remedy) if part)
        return f"{self.where}: {said}" if self.where else said

    def to_dict(self) -> dict[str, str | int]:
        """Only the fields that are set, for ``--json``."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}


class PiiError(Exception):
    r"""Something that the user can put right; it carries every problem found, not the first.

    Examples
    --------
    >>> str(PiiError([Problem(found="one"), Problem(found="two")]))
    '2 problems\n  one\n  two'
    """

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(found=problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if len(lines) == 1:
            return lines[0]
        return "\n  ".join([f"{len(lines)} problems", *lines])

    def __reduce__(self) -> tuple[type[PiiError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class SchemeError(PiiError, ValueError):
    """A scheme, or a file that should hold one, breaks a rule."""


class TableError(PiiError, ValueError):
    """A table, or a file that should hold one, breaks a rule."""


class MethodError(PiiError, ValueError):
    """A method cannot give a number for these values."""


class BuildError(PiiError):
    """A build folder cannot be written or read."""


class MissingExtra(PiiError, ImportError):
    """An optional package is not installed; the message says which extra brings it."""


class Undefined(ArithmeticError):
    """A method's refusal by position; the stage that called it says it again by name.

    Parameters
    ----------
    found
        What was found, once for every row (and column) refused.
    rule, remedy
        The rule, and what the user can do.
    rows
        Rows of the values that the method was given.
    columns
        Units, one for each of ``rows``; none when the whole row is meant.
    """

    def __init__(
        self, found: Iterable[str], *, rule: str, remedy: str, rows: Iterable[int], columns: Iterable[int] = ()
    ) -> None:
        self.found, self.rows, self.columns = tuple(found), tuple(rows), tuple(columns)
        self.rule, self.remedy = rule, remedy
        super().__init__(f"{self.found[0]}; {rule}; {remedy}")
