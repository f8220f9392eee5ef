"""Where single cells come from: status, source, date, supplier, evidence, footnote; by codes of unit and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from pii.errors import Problem, TableError
from pii.spelling import did_you_mean

__all__ = [
    "ORIGIN",
    "STATUSES",
    "UNSETTLED",
    "Fault",
    "Origin",
    "OriginChange",
    "Provenance",
    "Status",
    "origin_changes",
    "origin_faults",
    "statuses",
]

Status: TypeAlias = Literal["final", "provisional", "estimated", "imputed"]
"""How settled a value is."""
STATUSES: tuple[Status, ...] = get_args(Status)
"""All of them, the most settled first: not to change; may be revised; worked out; filled in by its supplier."""
UNSETTLED: tuple[Status, ...] = STATUSES[1:]
"""All but final."""

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)


class Fault(NamedTuple):
    """What is wrong with an origin: which field, what was found, the rule, what to do."""

    field: str
    found: str
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from, and how settled it is.

    Parameters
    ----------
    status
        One of ``final``, ``provisional``, ``estimated``, ``imputed``.
    source
        What it was taken from: a survey, a yearbook, a register.
    date
        When it was released or taken: a year, a month or a day, as ISO 8601 writes them.
    supplier
        Who handed it in.
    evidence
        What shows it: a page, an address, the number of a document.
    footnote
        What a reader of the value should know.

    Raises
    ------
    TableError
        There is no such status or date.

    Examples
    --------
    >>> Origin("provisional", source="Yearbook", date="2025-06").status
    'provisional'
    """

    status: Status
    source: str = ""
    date: str = ""
    supplier: str = ""
    evidence: str = ""
    footnote: str = ""

    def __post_init__(self) -> None:
        if faults := list(origin_faults(self.status, self.date)):
            raise TableError(Problem(found=fault.found, rule=fault.rule, remedy=fault.remedy) for fault in faults)


ORIGIN = tuple(each.name for each in fields(Origin))
"""The fields of an origin, the status first."""


def origin_faults(status: str, when: str) -> Iterator[Fault]:
    """What is wrong with a status and a date.

    Examples
    --------
    >>> [fault.found for fault in origin_faults("provisionl", "30/6/2025")]
    ["there is no status 'provisionl'", "'30/6/2025' is not a date"]
    """
    if status not in STATUSES:
        found = f"there is no status {status!r}" if status else "there is no status"
        hint = did_you_mean(status, STATUSES)
        remedy = hint if hint.startswith("did") else "write one of these"
        yield Fault("status", found, f"a status is {', '.join(STATUSES)}", remedy)
    if when and not _is_date(when):
        rule, remedy = "a date is a year, a month or a day", "write it as 2025, 2025-06 or 2025-06-30"
        yield Fault("date", f"{when!r} is not a date", rule, remedy)


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def statuses(asked: Status | Sequence[Status]) -> tuple[Status, ...]:
    """The statuses that were asked for, one or several, each known and once.

    Raises
    ------
    TableError
        There is none of that name, or none at all.
    """
    several: Sequence[Any] = (asked,) if isinstance(asked, str) else asked
    if not several:
        raise TableError(Problem(found="no status is named", rule=f"a status is {', '.join(STATUSES)}"))
    if faults := [fault for status in several for fault in origin_faults(status, "")]:
        raise TableError(Problem(found=fault.found, rule=fault.rule, remedy=fault.remedy) for fault in faults)
    return tuple(dict.fromkeys(several))


def _empty() -> NDArray[np.int32]:
    return np.empty((0, 0), dtype=np.int32)


@dataclass(frozen=True, eq=False, repr=False)
class Provenance(Mapping[tuple[str, str], Origin]):
    """Origins of cells by the codes of unit and column; cells that nothing is said of are not in it.

    It is held by codes and not by places, so that it stays right when a table is cut or put in another order. Cells
    of the same origin share it: a cell takes four bytes.

    Parameters
    ----------
    units, columns
        Codes, each once.
    origins
        All that occur.
    which
        (units, columns), the position of each cell's origin; -1 where there is none.

    Examples
    --------
    >>> notes = Provenance.of({("01", "a"): Origin("final"), ("02", "a"): Origin("estimated", source="Survey")})
    >>> notes
    <Provenance of 2 cells: 1 final, 1 estimated>
    >>> notes["02", "a"].source, ("02", "b") in notes
    ('Survey', False)
    """

    units: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    which: NDArray[np.int32] = field(default_factory=_empty)

    def __post_init__(self) -> None:
        which = np.array(self.which, dtype=np.int32)
        which.flags.writeable = False
        object.__setattr__(self, "which", which)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), (self.units, self.columns, self.origins, self.which)

    @classmethod
    def of(cls, cells: Mapping[tuple[str, str], Origin]) -> Self:
        """Of cells one by one."""
        units: dict[str, int] = {}
        columns: dict[str, int] = {}
        origins: dict[Origin, int] = {}
        at = [
            (
                units.setdefault(u, len(units)),
                columns.setdefault(c, len(columns)),
                origins.setdefault(o, len(origins)),
            )
            for (u, c), o in cells.items()
        ]
        which = np.full((len(units), len(columns)), -1, dtype=np.int32)
        if at:
            row, column, origin = np.array(at).T
            which[row, column] = origin
        return cls(tuple(units), tuple(columns), tuple(origins), which)

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        units, columns = ({code: at for at, code in enumerate(codes)} for codes in (self.units, self.columns))
        return units, columns

    def __getitem__(self, cell: tuple[str, str]) -> Origin:
        units, columns = self._places
        at = int(self.which[units[cell[0]], columns[cell[1]]])
        if at < 0:
            raise KeyError(cell)
        return self.origins[at]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((self.units[row], self.columns[at]) for row, at in np.argwhere(self.which >= 0).tolist())

    @cached_property
    def _noted(self) -> int:
        return int(np.count_nonzero(self.which >= 0))

    def __len__(self) -> int:
        return self._noted

    def grid(self, units: Sequence[str], columns: Sequence[str]) -> NDArray[np.int32]:
        """Positions among the origins of some units' cells, (units, columns); -1 where there is none."""
        if not self.origins:
            return np.full((len(units), len(columns)), -1, dtype=np.int32)
        bordered = np.pad(
            self.which, ((0, 1), (0, 1)), constant_values=-1
        )  # the last row and column are of no code
        own_units, own_columns = self._places
        rows = np.array([own_units.get(code, -1) for code in units], dtype=np.intp)
        across = np.array([own_columns.get(code, -1) for code in columns], dtype=np.intp)
        return np.asarray(bordered[np.ix_(rows, across)], dtype=np.int32)

    def marked(self, units: Sequence[str], columns: Sequence[str], status: Sequence[Status]) -> NDArray[np.bool_]:
        """Which cells have one of some statuses, (units, columns)."""
        chosen = np.array([*(origin.status in status for origin in self.origins), False])  # the last for -1
        return np.asarray(chosen[self.grid(units, columns)], dtype=np.bool_)

    def on(self, units: Sequence[str], columns: Sequence[str], there: NDArray[np.bool_]) -> Provenance:
        """Only cells of some units and columns, and of these where ``there`` says so, in that order."""
        if not self.origins:
            return Provenance()
        which = np.where(there, self.grid(units, columns), -1)
        used, which_used = np.unique(which[which >= 0], return_inverse=True)
        which[which >= 0] = which_used
        return Provenance(tuple(units), tuple(columns), tuple(self.origins[at] for at in used.tolist()), which)

    @classmethod
    def stacked(
        cls, parts: Iterable[tuple[Provenance, Sequence[str], Sequence[str]]], columns: Sequence[str]
    ) -> Self:
        """Of tables one under the other: for each its provenance, its units' codes, and what they become."""
        origins: dict[Origin, int] = {}
        units: list[str] = []
        grids: list[NDArray[np.int32]] = []
        for notes, codes, become in parts:
            own = [origins.setdefault(origin, len(origins)) for origin in notes.origins]
            grids.append(np.array([*own, -1], dtype=np.int32)[notes.grid(codes, columns)])
            units += become
        if not origins:
            return cls()
        return cls(tuple(units), tuple(columns), tuple(origins), np.vstack(grids))

    def merged(self, parts: Mapping[str, Collection[str]], reads: Mapping[str, Sequence[str]]) -> Provenance:
        """Of units that are made of several, cells as unsettled as the worst of the cells that they are made of.

        What all parts say alike is kept, what they do not is left empty. Where a part has no note, the merged cell
        has one only if another part is not final.

        Parameters
        ----------
        parts
            The units that each new one is made of, by its code.
        reads
            The columns that each column's rule looks at besides itself, by code.
        """
        if not self.origins:
            return self
        found: dict[tuple[str, str], Origin] = {}
        for unit, old in parts.items():
            for column, others in reads.items():
                read = (column, *others) if len(old) > 1 else (column,)  # a unit that stays whole has its own value
                cells = [self.get((code, each)) for code in old for each in read]
                if origin := _together(cells):
                    found[unit, column] = origin
        return Provenance.of(found)

    def to_dict(self) -> dict[str, dict[str, dict[str, str]]]:
        """Plain data: by unit, then by column, what is said of each cell.

        Examples
        --------
        >>> Provenance.of({("01", "a"): Origin("final", source="Survey")}).to_dict()
        {'01': {'a': {'status': 'final', 'source': 'Survey'}}}
        """
        said = [{name: text for name, text in asdict(origin).items() if text} for origin in self.origins]
        found: dict[str, dict[str, dict[str, str]]] = {}
        for row, at in np.argwhere(self.which >= 0).tolist():
            found.setdefault(self.units[row], {})[self.columns[at]] = said[self.which[row, at]]
        return found

    def counts(self) -> dict[Status, int]:
        """How many cells have each status that occurs, the most settled first."""
        used = Counter(self.which[self.which >= 0].tolist())
        by_status: Counter[Status] = Counter()
        for at, n in used.items():
            by_status[self.origins[at].status] += n
        return {status: by_status[status] for status in STATUSES if by_status[status]}

    def __repr__(self) -> str:
        said = ", ".join(f"{n} {status}" for status, n in self.counts().items())
        return f"<Provenance of {len(self)} cell{'s' * (len(self) != 1)}{f': {said}' if said else ''}>"


class OriginChange(NamedTuple):
    """A field of where a cell comes from that differs; empty where nothing was said."""

    unit: str
    name: str
    column: str
    field: str
    """``status``, ``source``, ``date``, ``supplier``, ``evidence`` or ``footnote``."""
    before: str
    after: str


def origin_changes(before: Provenance, after: Provenance, names: Mapping[str, str]) -> Iterator[OriginChange]:
    """What differs in where cells come from, cell by cell.

    Parameters
    ----------
    before, after
        Of two editions of a table.
    names
        What their units are called, by code.

    Examples
    --------
    >>> one, other = (Provenance.of({("x", "a"): Origin(status)}) for status in ("provisional", "final"))
    >>> list(origin_changes(one, other, {"x": "Huế"}))
    [OriginChange(unit='x', name='Huế', column='a', field='status', before='provisional', after='final')]
    """
    for cell in dict.fromkeys((*before, *after)):
        one, other = before.get(cell), after.get(cell)
        if one != other:
            for name in ORIGIN:
                old, new = (getattr(origin, name, "") for origin in (one, other))
                if old != new:
                    yield OriginChange(cell[0], names[cell[0]], cell[1], name, old, new)


def _together(cells: Sequence[Origin | None]) -> Origin | None:
    """The origin of a value that is made of several."""
    known = [cell for cell in cells if cell is not None]
    worst = max((cell.status for cell in known), key=STATUSES.index, default=STATUSES[0])
    if not known or (worst == STATUSES[0] and len(known) < len(cells)):
        return None
    said = {
        name: next(iter(values)) if len(values) == 1 and len(known) == len(cells) else ""
        for name in ORIGIN[1:]
        for values in [{getattr(cell, name) for cell in known}]
    }
    return Origin(worst, **said)
