"""What was measured: units down, indicators across, each in its own units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Matrix, Vector, frozen
from pii.columns import numbers
from pii.errors import Problem, TableError
from pii.markup import grid, heading, small
from pii.provenance import Provenance
from pii.spelling import did_you_mean, fold

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Panel", "Remade", "Table", "Units"]


class Remade:
    """A frozen dataclass that is pickled as its fields, and made of them again.

    It stays read-only on the way to another process, which the default would lose; what it has worked out and kept
    stays behind. Read-only mappings, which do not pickle, go as plain ones.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        values = (getattr(self, each.name) for each in fields(self))
        return type(self), tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)


@dataclass(frozen=True, eq=False)
class Units(Remade):
    """What is ranked: codes for programs, names for people, labels that group them.

    Parameters
    ----------
    codes
        One a unit, unique.
    names
        What people call them; the codes where none are given.
    labels
        For each label (region, income group ...) the group of every unit, empty where it has none.
    system
        The system of provinces that they belong to, if they are provinces.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    system: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", self.names or self.codes)
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))
        if wrong := [code for code in self.codes if not isinstance(code, str)]:
            raise TableError(
                Problem(
                    unit=str(code),
                    found=f"the code is {code!r}",
                    rule="codes are texts",
                    remedy=f"write {str(code)!r}",
                )
                for code in wrong
            )
        for what, column in {"names": self.names, **self.labels}.items():
            if len(column) != len(self.codes):
                raise TableError(f"{len(self.codes)} units have {len(column)} {what}; give one each")
        if len(set(self.codes)) < len(self.codes):
            twice = sorted({code for code in self.codes if self.codes.count(code) > 1})
            raise TableError(
                Problem(unit=code, found="the unit stands twice", rule="every unit has one row") for code in twice
            )

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.codes)}

    def locate(self, spelling: str) -> int:
        """The position of a unit by its code, or by its name in any spelling.

        Raises
        ------
        TableError
            Nothing, or more than one unit, is called that; the nearest names are suggested.
        """
        if spelling in self._positions:
            return self._positions[spelling]
        wanted = fold(spelling)
        found = [at for at, name in enumerate(self.names) if fold(name) == wanted]
        if len(found) == 1:
            return found[0]
        raise TableError(
            Problem(
                unit=spelling,
                found="several units are called that" if found else "no unit is called that",
                rule="a unit is named by its code, or by its name",
                remedy="use the code" if found else did_you_mean(spelling, [*self.names, *self.codes]),
            )
        )

    def take(self, positions: NDArray[np.intp]) -> Units:
        """Only some units, in the order given."""
        at = positions.tolist()
        return Units(
            tuple(self.codes[i] for i in at),
            tuple(self.names[i] for i in at),
            {label: tuple(column[i] for i in at) for label, column in self.labels.items()},
            self.system,
        )

    def numbered(self, label: str) -> NDArray[np.intp]:
        """Number the groups of a label in order of appearance; -1 for units without one."""
        column = self.labels[label]
        numbers = {group: number for number, group in enumerate(dict.fromkeys(filter(None, column)))}
        return np.array([numbers.get(group, -1) for group in column], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Table(Remade):
    """Values of units by column, each in its own units; NaN where not measured.

    Parameters
    ----------
    units
        What was measured.
    columns
        Codes of indicators and denominators.
    values
        (units, columns), read-only float64; stored column by column.
    period
        The year or edition that the values are for.
    title
        What the table is called; "synthetic" in it is carried to every output.
    notes
        Comment lines and footnotes found with it.
    remarks
        What its reader did that a person should know: missing codes met, columns left out.
    provenance
        Where single cells come from, as far as it is known; cells that the table has not count for nothing.

    Examples
    --------
    >>> table = Table.of({"a": [1.0, 2.0], "b": [3.0, None]}, units=["01", "02"])
    >>> table.values
    array([[ 1.,  3.],
           [ 2., nan]])
    """

    units: Units
    columns: tuple[str, ...]
    values: Matrix
    period: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        if values.shape != (len(self.units), len(self.columns)):
            raise TableError(
                f"{len(self.units)} units and {len(self.columns)} columns have values of shape {values.shape}"
            )
        if len(set(self.columns)) < len(self.columns):
            twice = sorted({code for code in self.columns if self.columns.count(code) > 1})
            raise TableError(Problem(indicator=code, found="the column stands twice") for code in twice)
        _refuse_infinite(self.units, self.columns, values)
        object.__setattr__(self, "values", frozen(values.T).T)

    @classmethod
    def of(
        cls,
        columns: Mapping[str, ArrayLike | Sequence[float | None] | Mapping[str, float | None]],
        *,
        units: Units | Sequence[str],
        period: str = "",
        title: str = "",
        notes: Iterable[str] = (),
    ) -> Self:
        """Make a table of columns; None and NaN are not measured.

        A column that has a value for each code, as a mapping or a data series with codes as its index, is put in
        the order of the units; a unit that it has not is not measured. Others are in that order.

        Raises
        ------
        TableError
            A cell that is no number, a column of another length, or with a code that no unit has.
        """
        known = units if isinstance(units, Units) else Units(tuple(units))
        problems: list[Problem] = []
        values = np.empty((len(columns), len(known)))
        for at, (code, column) in enumerate(columns.items()):
            values[at] = numbers(code, column, known.codes, known.names, problems)
        if problems:
            raise TableError(problems)
        return cls(known, tuple(columns), values.T, period, title, tuple(notes))

    def column(self, code: str) -> Vector:
        """One column's values; a TableError suggests the nearest code."""
        if code not in self.columns:
            raise TableError(self._no_column(code))
        return self.values[:, self.columns.index(code)]

    def _no_column(self, code: str) -> Problem:
        return Problem(
            indicator=code, found="the table has no such column", remedy=did_you_mean(code, self.columns)
        )

    def select(self, columns: Sequence[str]) -> Table:
        """Only some columns, in the order given; the table itself when that is what it has."""
        if tuple(columns) == self.columns:
            return self
        position = {code: at for at, code in enumerate(self.columns)}
        if absent := [code for code in columns if code not in position]:
            raise TableError(map(self._no_column, absent))
        at = [position[code] for code in columns]
        return replace(self, columns=tuple(columns), values=self.values[:, at])

    def take(self, positions: NDArray[np.intp]) -> Table:
        """Only some units, in the order given; the table itself when that is all of them in order."""
        if np.array_equal(positions, np.arange(len(self.units))):
            return self
        return replace(self, units=self.units.take(positions), values=self.values[positions])

    def holding(self, values: Matrix, columns: Sequence[str] | None = None) -> Table:
        """The same units with other values, (units, columns)."""
        return replace(self, values=values, columns=self.columns if columns is None else tuple(columns))

    def noting(self, provenance: Provenance) -> Table:
        """The same values with a note on where cells come from, in place of any before."""
        return replace(self, provenance=provenance)

    @cached_property
    def noted(self) -> Provenance:
        """The provenance of the cells that it has a value for, and of no others, in its order."""
        return self.provenance.on(self.units.codes, self.columns, ~np.isnan(self.values))

    def to_frame(self) -> pd.DataFrame:
        """As a data frame: codes in the index, then names and labels, then the columns."""
        import pandas as pd

        index = pd.Index(self.units.codes, name="unit")
        about = pd.DataFrame({"name": self.units.names, **self.units.labels}, index=index)
        return about.join(pd.DataFrame(self.values, index=index, columns=list(self.columns)))

    def __repr__(self) -> str:
        gaps = int(np.count_nonzero(np.isnan(self.values)))
        what = " ".join(part for part in (self.title, self.period) if part)
        return f"<Table {what + ': ' if what else ''}{len(self.units)} units x {len(self.columns)}, {gaps} gaps>"

    def _repr_html_(self) -> str:
        rows, columns = map(min, self.values.shape, _SHOWN)
        heads = ["unit", "name", *self.columns[:columns]]
        shown = (
            [code, name, *("n/a" if np.isnan(value) else f"{value:.6g}" for value in values[:columns])]
            for code, name, values in zip(
                self.units.codes, self.units.names, self.values[:rows].tolist(), strict=False
            )
        )
        more = [(len(self.units) - rows, "units"), (len(self.columns) - columns, "columns")]
        counted = " and ".join(f"{count} more {what}" for count, what in more if count)
        notes = filter(None, (counted, *self.notes[:_NOTES]))
        return heading(repr(self)[1:-1]) + grid(heads, shown, left=2) + "".join(map(small, notes))


_SHOWN = (10, 12)  # units and columns that a notebook shows
_NOTES = 3


def _refuse_infinite(units: Units, columns: tuple[str, ...], values: Matrix) -> None:
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum()) or not np.isinf(values).any():
            return
    rows, at = np.nonzero(np.isinf(values))
    raise TableError(
        Problem(
            unit=units.names[row],
            indicator=columns[column],
            found=f"the value is {values[row, column]}",
            rule="values are finite",
            remedy="correct it, or leave the cell empty",
        )
        for row, column in zip(rows.tolist(), at.tolist(), strict=True)
    )


@dataclass(frozen=True, eq=False)
class Panel(Mapping[str, Table]):
    """Tables of the same kind by period, in order of time.

    Examples
    --------
    >>> years = [Table.of({"a": [1.0]}, units=["01"], period=year) for year in ("2023", "2024")]
    >>> panel = Panel(tuple(years))
    >>> list(panel), panel["2024"].period
    (['2023', '2024'], '2024')
    """

    tables: tuple[Table, ...]

    def __post_init__(self) -> None:
        periods = [table.period for table in self.tables]
        if len(set(periods)) < len(periods) or "" in periods:
            raise TableError(f"the tables of a panel need different periods, not {', '.join(periods) or 'none'}")
        object.__setattr__(self, "tables", tuple(sorted(self.tables, key=lambda table: table.period)))

    def __getitem__(self, period: str) -> Table:
        for table in self.tables:
            if table.period == str(period):
                return table
        raise KeyError(f"no table for {period!r}; there are {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return (table.period for table in self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def pooled(self) -> Table:
        """All periods in one table, a row a unit and period, such as to fix one scale for all of them.

        A unit's code is followed by ``@`` and its period. The columns, labels and system are those that all tables
        have. What is known of where cells come from goes with them.

        Examples
        --------
        >>> def year(period: str, value: float) -> Table:
        ...     return Table.of({"a": [value]}, units=["01"], period=period)
        >>> pooled = Panel((year("2023", 1.0), year("2024", 3.0))).pooled()
        >>> pooled.units.codes, pooled.column("a").tolist()
        (('01@2023', '01@2024'), [1.0, 3.0])
        """
        if not self.tables:
            raise TableError("a panel without a table has nothing to pool")
        first = self.tables[0]
        columns = [code for code in first.columns if all(code in table.columns for table in self.tables)]
        labels = [label for label in first.units.labels if all(label in t.units.labels for t in self.tables)]
        systems = {table.units.system for table in self.tables}
        units = Units(
            tuple(f"{code}@{table.period}" for table in self.tables for code in table.units.codes),
            tuple(f"{name} {table.period}" for table in self.tables for name in table.units.names),
            {label: tuple(chain.from_iterable(t.units.labels[label] for t in self.tables)) for label in labels},
            systems.pop() if len(systems) == 1 else None,
        )
        values = np.vstack([table.select(columns).values for table in self.tables])
        span = dict.fromkeys((self.tables[0].period, self.tables[-1].period))
        notes = tuple(dict.fromkeys(note for table in self.tables for note in table.notes))
        parts = [(t.provenance, t.units.codes, [f"{c}@{t.period}" for c in t.units.codes]) for t in self.tables]
        known = Provenance.stacked(parts, columns)
        return Table(units, tuple(columns), values, "-".join(span), first.title, notes, provenance=known)
