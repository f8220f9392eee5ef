"""Which columns of a grid are units, values and labels, by the scheme or, without one, by what they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from pii.errors import Problem, TableError
from pii.io.cells import is_missing, is_numeric
from pii.io.headers import Roles
from pii.io.layout import Grid
from pii.scheme import Scheme
from pii.spelling import did_you_mean, nearest

__all__ = ["Chosen", "choose", "find_roles"]


@dataclass(frozen=True)
class Chosen:
    """The position of each column of values and of each label, and what was left out."""

    values: dict[str, int]
    labels: dict[str, int]
    remarks: tuple[str, ...] = ()


def find_roles(grid: Grid, taken: Collection[str]) -> Roles:
    """The parts that columns play; where no header is one of units, the first column of text is.

    Parameters
    ----------
    grid
        The table.
    taken
        Headers that are the scheme's own.

    Raises
    ------
    TableError
        No column can be the units'.
    """
    roles = Roles.of(grid.headers, taken)
    if roles.code is not None or roles.name is not None:
        return roles
    for at, header in enumerate(grid.headers):
        if header not in taken and at not in roles.positions and not is_numeric(grid.columns[at]):
            return replace(roles, name=at)
    raise TableError(
        Problem(
            file=grid.file,
            line=grid.header_line,
            found="no column holds the units",
            rule="a table has a column of codes or names",
            remedy="call its header code or name",
        )
    )


def choose(grid: Grid, roles: Roles, scheme: Scheme | None, *, strict: bool, problems: list[Problem]) -> Chosen:
    """Choose the columns to read, and add what is wrong with the headers to ``problems``.

    Parameters
    ----------
    grid, roles
        The table, and which columns are not values.
    scheme
        What is needed; without one every column of numbers is a value and every other a label.
    strict
        Whether a column unknown to the scheme is a problem, or is left out with a remark.
    problems
        Where problems are added.
    """
    problems += _header_problems(grid, roles)
    free = {
        header: at for at, header in reversed([*enumerate(grid.headers)]) if header and at not in roles.positions
    }
    free = dict(reversed(free.items()))
    if scheme is None:
        return _by_content(grid, free, problems)
    labels = {column.code: free[column.code] for column in scheme.labels if column.code in free}
    values = {code: free[code] for code in scheme.columns if code in free}
    unknown = [header for header in free if header not in values and header not in labels]
    problems += _absent(grid, scheme, free, unknown)
    idle = {column.code for column in scheme.denominators}
    regions = {"region"} if scheme.units else set()
    others = [header for header in unknown if header not in idle | regions]
    if strict:
        problems += (_unknown(grid, free[header], scheme) for header in others)
    remarks = [_left_out(header, scheme) for header in others]
    if regions.intersection(unknown):
        remarks.append("column 'region' is left out: the registry knows the regions of provinces")
    return Chosen(values, labels, tuple(remarks))


def _by_content(grid: Grid, free: dict[str, int], problems: list[Problem]) -> Chosen:
    labels = {
        header: at for header, at in free.items() if header in grid.about.labels or not is_numeric(grid.columns[at])
    }
    values = {header: at for header, at in free.items() if header not in labels}
    if not values:
        problems.append(
            Problem(
                file=grid.file,
                line=grid.header_line,
                found="no column holds numbers",
                rule="a table has a column for each indicator",
                remedy="check the delimiter and the header row",
            )
        )
    return Chosen(values, labels)


def _header_problems(grid: Grid, roles: Roles) -> Iterator[Problem]:
    counts = Counter(header for header in grid.headers if header)
    for at, header in enumerate(grid.headers):
        first = grid.headers.index(header)
        if header and counts[header] > 1 and at != first:
            yield Problem(
                file=grid.file,
                line=grid.header_line,
                column=grid.numbers[at],
                indicator=header,
                found=f"the column stands twice, in columns {grid.numbers[first]} and {grid.numbers[at]}",
                rule="every column has a header of its own",
                remedy="remove or rename one of the two",
            )
        elif not header and at not in roles.positions and not all(map(is_missing, grid.columns[at])):
            yield Problem(
                file=grid.file,
                line=grid.header_line,
                column=grid.numbers[at],
                found=f"column {grid.numbers[at]} has values and no header",
                rule="every column has a header",
                remedy="name the column, or remove it",
            )


def _absent(grid: Grid, scheme: Scheme, free: dict[str, int], unknown: list[str]) -> Iterator[Problem]:
    kinds = dict.fromkeys(scheme.columns, "column of the scheme")
    own_regions = {"region"} if scheme.units else set()
    kinds |= {column.code: "label of the scheme" for column in scheme.labels if column.code not in own_regions}
    for code, kind in kinds.items():
        if code not in free:
            near = nearest(code, unknown)
            yield Problem(
                file=grid.file,
                line=grid.header_line,
                indicator=code,
                found=f"the table has no such {kind.split()[0]}",
                rule=f"every {kind} is in the table, empty where nothing was measured",
                remedy=f"is it {' or '.join(near)}?" if near else "add it, or take it out of the scheme",
            )


def _unknown(grid: Grid, at: int, scheme: Scheme) -> Problem:
    header = grid.headers[at]
    return Problem(
        file=grid.file,
        line=grid.header_line,
        column=grid.numbers[at],
        indicator=header,
        found="the scheme has no such column",
        rule="a strict reading has no columns but the scheme's",
        remedy=did_you_mean(header, _codes(scheme)) or "remove it, or declare it",
    )


def _left_out(header: str, scheme: Scheme) -> str:
    near = nearest(header, _codes(scheme))
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"column {header!r} is unknown to the scheme and left out{hint}"


def _codes(scheme: Scheme) -> list[str]:
    return [*scheme.columns, *(column.code for column in scheme.labels)]
