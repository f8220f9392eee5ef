"""Tables and results brought to other borders, each column by its rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, frozen
from pii.compute import compute
from pii.errors import Problem, SchemeError, TableError, Undefined
from pii.methods.combine import AbstractCombiner
from pii.naming import named
from pii.places.crosswalk import Crosswalk, crosswalk
from pii.places.registry import SYSTEMS, System
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Panel, Remade, Table, Units

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Harmonised", "Rules", "harmonise", "harmonise_panel", "harmonised_result", "scheme_for"]

Rules: TypeAlias = Scheme | Mapping[str, AbstractCombiner | None]
"""The rule of each column: those that a scheme declares under ``combine``, or a method by code; None is no rule."""

STATUS = ("unchanged", "complete", "partial", "missing", "not comparable", "not measured")
"""What became of a value: of a whole old unit; of all parts; of some, as its rule allows; missing as too little is
measured; missing as its rule merges none; nothing measured."""
_PARTIAL, _MISSING, _NOT_COMPARABLE, _NOT_MEASURED = 2, 3, 4, 5
_NAMED = 3  # how many a remark names


@dataclass(frozen=True, eq=False)
class Harmonised(Remade):
    """A table in other borders, and how much of each of its values was measured."""

    table: Table
    """New units, the same columns; its remarks say what is partial and what is missing."""
    coverage: Matrix
    """The share of each value that was measured, (units, columns); 1 is all of it."""
    crosswalk: Crosswalk
    """Which units became which."""
    rules: Mapping[str, AbstractCombiner]
    """The rule of each column."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "coverage", frozen(self.coverage.T).T)
        object.__setattr__(self, "rules", MappingProxyType(dict(self.rules)))

    @cached_property
    def status(self) -> NDArray[np.intp]:
        """What became of each value, (units, columns): a number of ``STATUS``."""
        parts = [self.crosswalk.parts(code) for code in self.table.units.codes]
        whole = np.array([[len(part) == 1 and 1.0 in part.values()] for part in parts], dtype=bool).reshape(-1, 1)
        never = np.array([c in self.rules and not self.rules[c].merges for c in self.table.columns], dtype=bool)
        missing = np.isnan(self.table.values)
        return np.select(
            [self.coverage == 0, whole, ~missing & (self.coverage == 1), ~missing, never[None, :] & missing],
            [_NOT_MEASURED, 0, 1, _PARTIAL, _NOT_COMPARABLE],
            _MISSING,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a unit and column: name, parts, column, rule, value, coverage and what became of it."""
        import pandas as pd

        units, columns = self.table.units, self.table.columns
        k, rules = len(columns), {code: rule.method_name() for code, rule in self.rules.items()}
        parts = [" + ".join(self.crosswalk.parts(code)) for code in units.codes]
        return pd.DataFrame(
            {
                "unit": np.repeat(units.codes, k),
                "name": np.repeat(units.names, k),
                "parts": np.repeat(parts, k),
                "column": np.tile(columns, len(units)),
                "rule": np.tile([rules.get(code, "") for code in columns], len(units)),
                "value": self.table.values.ravel(),
                "coverage": self.coverage.ravel(),
                "status": np.array(STATUS)[self.status].ravel(),
            }
        )

    def __repr__(self) -> str:
        counts = np.bincount(self.status.ravel(), minlength=len(STATUS))
        said = ", ".join(f"{n} {what}" for n, what in zip(counts, STATUS, strict=True) if n)
        return f"<Harmonised: {len(self.table.units)} units x {len(self.table.columns)}: {said}>"


def harmonise(table: Table, *, to: System | Crosswalk, rules: Rules) -> Harmonised:
    """Bring a table to other borders: every unit made of others has of each column what its rule says.

    Where parts are missing, so is the merged value, unless its rule lets partial ones through; these are listed,
    with the share measured. Units that stay whole keep all their values. Columns that indicators are put per are
    brought along, so that counts add up before any ratio is taken. A value is as unsettled as its worst part.

    Parameters
    ----------
    table
        What was measured, in the old borders. A table that is in those asked for already comes back as it is.
    to
        A system of provinces, or a crosswalk of any units.
    rules
        For each column of the table what a merged unit has of it.

    Raises
    ------
    TableError
        All that is wrong at once: columns without a rule, columns that a rule reads and the table has not, units
        that the crosswalk does not know, weights below 0; or the 34 are to be parted without shares.

    Examples
    --------
    >>> from pii.methods.combine import Sum, WeightedMean
    >>> walk = Crosswalk.of([("a", "ab", 1.0), ("b", "ab", 1.0), ("c", "c", 1.0)])
    >>> table = Table.of({"people": [100, 300, 50], "rate": [10, 30, 7]}, units=["a", "b", "c"])
    >>> found = harmonise(table, to=walk, rules={"people": Sum(), "rate": WeightedMean(by="people")})
    >>> found.table.units.codes, found.table.values.tolist()
    (('ab', 'c'), [[400.0, 25.0], [50.0, 7.0]])
    """
    return _harmonised((table,), to, rules)[0]


def harmonise_panel(panel: Panel, *, to: System | Crosswalk, rules: Rules) -> Panel:
    """Bring the tables of a panel to the same borders; each says in its remarks what is partial or missing.

    Tables that are in those borders already stay as they are: a panel across a change of borders becomes one of the
    same units throughout.

    Parameters
    ----------
    panel, to, rules
        As for ``harmonise``.

    Raises
    ------
    TableError
        All that is wrong with any period.
    """
    return Panel(tuple(found.table for found in _harmonised(panel.tables, to, rules)))


def _harmonised(tables: Sequence[Table], to: System | Crosswalk, rules: Rules) -> list[Harmonised]:
    problems: list[Problem] = []
    walks: list[Crosswalk] = []
    for table in tables:
        try:
            walks.append(_walk(table, to))
        except TableError as error:
            problems += error.problems
    stated = rules.combined_by if isinstance(rules, Scheme) else rules
    moved = [at for at, table in enumerate(tables) if not isinstance(to, str) or table.units.system != to]
    known = {code: rule for code, rule in stated.items() if rule is not None}
    problems += _without_rule([tables[at] for at in moved], known)
    for at in moved:
        problems += _unread(tables[at], known)
        problems += _strangers(tables[at], walks[at]) if len(walks) == len(tables) else ()
    if problems:
        raise TableError(dict.fromkeys(problems))
    found = {at: _as_it_is(table, walks[at], known) for at, table in enumerate(tables) if at not in moved}
    for walk in dict.fromkeys(walks[at] for at in moved):
        of_walk = [at for at in moved if walks[at] is walk]
        found |= zip(of_walk, _merged([tables[at] for at in of_walk], walk, known), strict=True)
    return [found[at] for at in range(len(tables))]


def _walk(table: Table, to: System | Crosswalk) -> Crosswalk:
    system = table.units.system
    if isinstance(to, Crosswalk):
        if to.source_system and system and system != to.source_system:
            found = f"the units{_when(table)} are of {system}, and the crosswalk is from {to.source_system}"
            raise TableError(Problem(found=found, rule="places of two systems share codes and names"))
        return to
    source = next((known for known in SYSTEMS if known == system), None)
    if source is None:
        raise TableError(
            Problem(
                found=f"the units{_when(table)} are of no system of provinces",
                rule=f"only provinces of another system are brought to {to}",
                remedy="read the table as VN63, or give a crosswalk of its units",
            )
        )
    return crosswalk(source, to)


def _when(table: Table) -> str:
    return f" of {table.period}" if table.period else ""


def _without_rule(tables: Iterable[Table], rules: Mapping[str, AbstractCombiner]) -> Iterator[Problem]:
    for code in dict.fromkeys(code for table in tables for code in table.columns):
        if code not in rules:
            yield Problem(
                indicator=code,
                found="no rule says what a merged unit has of it",
                rule="every column has one: a count adds up, a rate does not",
                remedy="declare combine: sum, weighted_mean, ratio, max, min or not_comparable; or leave it out",
            )


def _unread(table: Table, rules: Mapping[str, AbstractCombiner]) -> Iterator[Problem]:
    readers: dict[str, list[str]] = {}
    for code in table.columns:
        for read in rules[code].reads if code in rules else ():
            readers.setdefault(read, []).append(code)
    for read, codes in readers.items():
        if read not in table.columns:
            yield Problem(
                indicator=read,
                found=f"the table{_when(table)} has no such column",
                rule=f"the rule of {_some(codes)} reads it",
                remedy="add the column, with a rule of its own",
            )


def _strangers(table: Table, walk: Crosswalk) -> Iterator[Problem]:
    known = set(walk.sources)
    for code, name in zip(table.units.codes, table.units.names, strict=True):
        if code not in known:
            found, rule = f"the crosswalk has no unit {code}", "it says where every unit of the table goes"
            yield Problem(unit=name, found=found, rule=rule, remedy="add its rows to the crosswalk, or correct it")


def _some(items: Sequence[str], n: int = 0) -> str:
    first, more = ", ".join(items[:_NAMED]), max(n, len(items)) - _NAMED
    return f"{first} and {more} more" if more > 0 else first


def _as_it_is(table: Table, walk: Crosswalk, rules: Mapping[str, AbstractCombiner]) -> Harmonised:
    own = {code: rules[code] for code in table.columns if code in rules}
    return Harmonised(table, (~np.isnan(table.values)).astype(np.float64), walk, own)


def _merged(tables: Sequence[Table], walk: Crosswalk, rules: Mapping[str, AbstractCombiner]) -> list[Harmonised]:
    """All tables of the same crosswalk at once: each rule once, over its columns of all periods."""
    codes = list(dict.fromkeys(code for table in tables for code in table.columns))
    row, part = ({code: at for at, code in enumerate(known)} for known in (codes, walk.sources))
    cube = np.full((len(tables), len(codes), len(walk.sources)), np.nan)
    rows = [[row[code] for code in table.columns] for table in tables]
    for year, table in enumerate(tables):
        cube[year][np.ix_(rows[year], [part[code] for code in table.units.codes])] = table.values.T
    values = np.empty((len(tables), len(codes), len(walk.targets)))
    coverage = np.empty_like(values)
    by_rule: dict[AbstractCombiner, list[int]] = {}
    for at, code in enumerate(codes):
        by_rule.setdefault(rules[code], []).append(at)
    problems: dict[tuple[str, str], Problem] = {}
    for rule, own in by_rule.items():
        x = cube[:, own].reshape(-1, len(walk.sources))
        beside = {code: np.repeat(cube[:, [row[code]]], len(own), axis=1).reshape(x.shape) for code in rule.reads}
        try:
            combined = rule(x, shares=walk.shares, beside=beside)
        except Undefined as refusal:
            cells = [f"{codes[at]}{_when(table)}" for table in tables for at in own]
            for problem in named(refusal, cells, Units(walk.sources, walk.source_names)):
                problems.setdefault((problem.found, problem.unit or problem.indicator), problem)
            continue
        shape = (len(tables), len(own), -1)
        values[:, own], coverage[:, own] = combined.values.reshape(shape), combined.coverage.reshape(shape)
    if problems:
        raise TableError(problems.values())
    return [
        _one(table, walk, {code: rules[code] for code in table.columns}, values[at][mine], coverage[at][mine])
        for at, (table, mine) in enumerate(zip(tables, rows, strict=True))
    ]


def _one(
    table: Table, walk: Crosswalk, rules: Mapping[str, AbstractCombiner], values: Matrix, coverage: Matrix
) -> Harmonised:
    """One period's table: the units that some part of is in it, their labels, and remarks."""
    here = np.isin(walk.sources, table.units.codes)
    kept = np.flatnonzero((walk.shares[:, here] > 0).any(axis=1))
    units = Units(
        tuple(walk.targets[at] for at in kept),
        tuple(walk.names[at] for at in kept),
        {
            label: tuple(column[at] for at in kept)
            for label, column in {**_carried(table.units, walk), **walk.labels}.items()
        },
        walk.system,
    )
    known = table.noted.merged({c: walk.parts(c) for c in units.codes}, {c: r.reads for c, r in rules.items()})
    made = replace(table, units=units, values=values[:, kept].T, provenance=known)
    found = Harmonised(made, coverage[:, kept].T, walk, rules)
    remarks = [f"{len(table.units)} units{_of(walk.source_system)} made {len(units)}{_of(walk.system)}"]
    absent = [walk.source_names[at] for at in np.flatnonzero(~here & (walk.shares[kept] > 0).any(axis=0)).tolist()]
    if absent:
        remarks.append(f"parts that the table has not, taken as not measured: {_some(absent)}")
    if len(kept) < len(walk.targets):
        remarks.append(f"{len(walk.targets) - len(kept)} units have no part in the table, and are left out")
    return replace(found, table=replace(made, remarks=(*table.remarks, *remarks, *_remarks(found))))


def _carried(units: Units, walk: Crosswalk) -> dict[str, tuple[str, ...]]:
    """For each label, the group that all parts of a new unit are in; none where they differ."""
    carried = {}
    for label, column in units.labels.items():
        group = dict(zip(units.codes, column, strict=True))
        found = [{group[part] for part in walk.parts(target) if part in group} for target in walk.targets]
        carried[label] = tuple(groups.pop() if len(groups) == 1 else "" for groups in found)
    return carried


def _of(system: str | None) -> str:
    return f" of {system}" if system else ""


def _remarks(found: Harmonised) -> Iterator[str]:
    """How many values are partial or missing for the merger, the first few by name."""
    for number, said in (
        (_PARTIAL, "partial, with the share measured"),
        (_MISSING, "missing, too little of their parts being measured"),
    ):
        units, columns = np.nonzero(found.status == number)
        cells = [
            f"{found.table.columns[c]} of {found.table.units.names[u]} ({int(100 * found.coverage[u, c])}%)"
            for u, c in zip(units[:_NAMED].tolist(), columns[:_NAMED].tolist(), strict=True)
        ]
        if cells:
            yield f"{_values(len(units))} {said}: {_some(cells, len(units))}"
    lost = found.status == _NOT_COMPARABLE
    if lost.any():
        codes = [found.table.columns[at] for at in np.flatnonzero(lost.any(axis=0)).tolist()]
        yield f"{_values(int(lost.sum()))} missing, of what is not comparable: {_some(codes)}"


def _values(n: int) -> str:
    return f"{n} merged value" if n == 1 else f"{n} merged values"


def scheme_for(scheme: Scheme, to: System | Crosswalk) -> Scheme:
    """The same scheme for tables in other borders; units that a merger leaves without any value are not ranked.

    Raises
    ------
    SchemeError
        The scheme names units by their codes, which may be other units' codes there.

    Examples
    --------
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", units="VN63", index=Group(code="index", children=[Indicator(code="a")]))
    >>> scheme_for(scheme, "VN34").units
    'VN34'
    """
    system = to.system if isinstance(to, Crosswalk) else to
    if isinstance(to, str) and scheme.units == to:
        return scheme
    units = [("screen.include", code) for code in scheme.screen.include]
    units += [("screen.exclude", code) for code in scheme.screen.exclude]
    bases = {scheme.normaliser_of(indicator).base_unit for indicator in scheme.indicators}
    units += [("normalise", code) for code in sorted(filter(None, bases))]
    if units:
        raise SchemeError(
            Problem(
                path=path,
                found=f"the scheme names the unit {code}",
                rule="in other borders the code may be another unit's",
                remedy="take it out of the scheme, or name the unit that it became in a scheme for those borders",
            )
            for path, code in units
        )
    return scheme.replace(units=system, screen=scheme.screen.replace(empty="exclude"))


def harmonised_result(
    result: Result, *, to: System | Crosswalk, rules: Rules | None = None, table: Table | None = None
) -> Result:
    """The same index in other borders: its measured table harmonised, and all stages done again.

    Counts add up before they are put per anything. A scale that was fixed by other values stays fixed by them.

    Parameters
    ----------
    result
        An index in the old borders.
    to
        A system of provinces, or a crosswalk.
    rules
        The rules of columns; the scheme's own where not given.
    table
        What the result was computed from, where rules read columns that the scheme does not compute with, and that
        the result therefore has not.

    Raises
    ------
    TableError
        As for ``harmonise``.
    SchemeError
        The scheme names units by their codes.
    """
    found = harmonise(table or result.measured, to=to, rules=rules or result.scheme)
    return compute(scheme_for(result.scheme, to), found.table, reference=result.reference)
