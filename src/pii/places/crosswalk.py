"""Which units become which: a change of borders as a table of shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np

from pii.arrays import Matrix, frozen
from pii.errors import Problem, TableError
from pii.places.registry import DESCRIPTIONS, SYSTEMS, System, provinces

__all__ = ["Crosswalk", "crosswalk"]

_TOLERANCE = 2e-5  # shares are typed with few digits: three times 0.33333 are meant to be 1


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """What share of every old unit goes to each new one.

    Parameters
    ----------
    sources, targets
        Codes of the old units and of the new ones.
    shares
        (targets, sources), read-only; every column sums to 1.
    names
        What people call the new units; their codes where none are given.
    source_names
        What people call the old ones.
    labels
        For each label, the group of every new unit.
    source_system, system
        The systems of provinces that old and new units are of, if they are provinces.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    shares: Matrix
    names: tuple[str, ...] = ()
    source_names: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source_system: System | None = None
    system: System | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", self.names or self.targets)
        object.__setattr__(self, "source_names", self.source_names or self.sources)
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))
        object.__setattr__(self, "shares", frozen(self.shares))

    def __reduce__(self) -> tuple[type[Crosswalk], tuple[Any, ...]]:
        values = (getattr(self, each.name) for each in fields(self))  # read-only mappings do not pickle
        return type(self), tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)

    @classmethod
    def of(
        cls,
        rows: Iterable[tuple[str, str, float]],
        *,
        source_system: System | None = None,
        system: System | None = None,
        file: str = "",
        lines: Sequence[int] | None = None,
    ) -> Crosswalk:
        """Make a crosswalk of rows: an old unit, a new unit, the share of the old one that goes there.

        Shares of an old unit that sum to 1 within 0.00002 are scaled to sum to 1, so that totals stay what they
        were. Names are those of the registry where the units are provinces.

        Parameters
        ----------
        rows
            Codes from and to, and shares above 0.
        source_system, system
            The systems of provinces of the old and of the new units.
        file, lines
            Where the rows were read, for the messages.

        Raises
        ------
        TableError
            Everything that is wrong at once: a share that is not above 0 and finite, a pair given twice, an old
            unit whose shares do not sum to 1, a code that its system has not.

        Examples
        --------
        >>> halved = Crosswalk.of([("a", "x", 1.0), ("b", "x", 0.25), ("b", "y", 0.75)])
        >>> halved.targets, halved.shares
        (('x', 'y'), array([[1.  , 0.25],
               [0.  , 0.75]]))
        >>> Crosswalk.of([("a", "x", 0.5)])
        Traceback (most recent call last):
        pii.errors.TableError: a: its shares sum to 0.5; every unit is given out whole, so its shares sum to 1;
            correct them, or add the rows that are missing
        """
        listed = [(str(old), str(new), float(share)) for old, new, share in rows]
        at = list(lines) if lines is not None else [None] * len(listed)
        problems = list(_faults(listed, at, file, source_system, system))
        if problems:
            raise TableError(problems)
        sources, targets = (
            tuple(dict.fromkeys(old for old, *_ in listed)),
            tuple(dict.fromkeys(r[1] for r in listed)),
        )
        if source_system:
            sources = tuple(province.code for province in provinces(source_system) if province.code in sources)
        if system:
            targets = tuple(province.code for province in provinces(system) if province.code in targets)
        shares = np.zeros((len(targets), len(sources)))
        across, down = ({code: n for n, code in enumerate(codes)} for codes in (sources, targets))
        for old, new, share in listed:
            shares[down[new], across[old]] = share
        return cls(
            sources,
            targets,
            shares / shares.sum(axis=0),
            _names(targets, system),
            _names(sources, source_system),
            _regions(targets, system),
            source_system,
            system,
        )

    def parts(self, target: str) -> dict[str, float]:
        """What a new unit is made of: the share of each old one.

        Examples
        --------
        >>> crosswalk("VN63", "VN34").parts("24")
        {'24': 1.0, '27': 1.0}
        """
        return dict(self._parts[target])

    @cached_property
    def _parts(self) -> dict[str, dict[str, float]]:
        parts: dict[str, dict[str, float]] = {target: {} for target in self.targets}
        for at, part in zip(*np.nonzero(self.shares), strict=True):
            parts[self.targets[at]][self.sources[part]] = float(self.shares[at, part])
        return parts

    def __repr__(self) -> str:
        of, to = (f" of {system}" if system else "" for system in (self.source_system, self.system))
        split = int(np.count_nonzero(np.count_nonzero(self.shares, axis=0) > 1))
        said = f", {split} of them split" if split else ""
        return f"<Crosswalk: {len(self.sources)} units{of}{said}, to {len(self.targets)}{to}>"


@cache
def crosswalk(source: System, target: System) -> Crosswalk:
    """Which provinces of one system those of another are made of.

    From the 63 to the 34 it is the Resolution: each goes whole to one. From the 34 back nobody knows how what was
    counted together parts, unless somebody says so for each of them.

    Raises
    ------
    TableError
        From the 34 to the 63, with what to give instead.

    References
    ----------
    National Assembly of Viet Nam (2025), Resolution 202/2025/QH15, on the arrangement of provinces.

    Examples
    --------
    >>> crosswalk("VN63", "VN34")
    <Crosswalk: 63 units of VN63, to 34 of VN34>
    >>> crosswalk("VN34", "VN63")
    Traceback (most recent call last):
    pii.errors.TableError: the 34 provinces cannot be parted into the 63; 23 of them were merged of 52, and what was
        counted for the whole says nothing of its parts; give a crosswalk with the share of each part: columns from
        (one of VN34), to (one of VN63) and share
    """
    if source == target:
        rows = [(province.code, province.code, 1.0) for province in provinces(source)]
    elif target == "VN34":
        rows = [(province.code, province.merged_into, 1.0) for province in provinces("VN63")]
    else:
        merged = [province for province in provinces("VN34") if len(province.merged_from) > 1]
        raise TableError(
            Problem(
                found="the 34 provinces cannot be parted into the 63",
                rule=f"{len(merged)} of them were merged of {sum(len(p.merged_from) for p in merged)}, and what "
                "was counted for the whole says nothing of its parts",
                remedy="give a crosswalk with the share of each part: columns from (one of VN34), to (one of VN63) "
                "and share",
            )
        )
    return Crosswalk.of(rows, source_system=source, system=target)


def _faults(
    rows: Sequence[tuple[str, str, float]],
    lines: Sequence[int | None],
    file: str,
    source_system: System | None,
    system: System | None,
) -> Iterator[Problem]:
    if not rows:
        yield Problem(file=file, found="the crosswalk has no row", rule="every old unit has one at least")
    first: dict[tuple[str, str], int | None] = {}
    for (old, new, share), line in zip(rows, lines, strict=True):
        if not (isfinite(share) and share > 0):
            yield Problem(
                file=file,
                line=line,
                unit=old,
                found=f"the share that goes to {new} is {share:g}",
                rule="a share is above 0, and at most 1",
                remedy="correct it, or remove the row",
            )
        if (old, new) in first:
            earlier = first[old, new]
            yield Problem(
                file=file,
                line=line,
                unit=old,
                found=f"its share for {new} is given twice" + (f", on line {earlier} first" if earlier else ""),
                rule="each pair of units has one row",
                remedy="remove one of the two",
            )
        first.setdefault((old, new), line)
    for side, known in enumerate((source_system, system)):
        if known is not None:
            yield from _strangers(rows, lines, file, side, known)
    yield from _sums(rows, lines, file)


def _strangers(
    rows: Sequence[tuple[str, str, float]], lines: Sequence[int | None], file: str, side: int, system: System
) -> Iterator[Problem]:
    codes = {province.code for province in provinces(system)}
    seen = set(codes)
    for (old, new, _), line in zip(rows, lines, strict=True):
        code = (old, new)[side]
        if code not in seen:
            seen.add(code)
            yield Problem(
                file=file,
                line=line,
                unit=code,
                found=f"it is not the code of one of {DESCRIPTIONS[system]}",
                rule=f"the column {('from', 'to')[side]} is of {system}",
            )


def _sums(rows: Sequence[tuple[str, str, float]], lines: Sequence[int | None], file: str) -> Iterator[Problem]:
    total: dict[str, float] = {}
    first: dict[str, int | None] = {}
    for (old, _, share), line in zip(rows, lines, strict=True):
        total[old] = total.get(old, 0.0) + share
        first.setdefault(old, line)
    for old, found in total.items():
        if not abs(found - 1) <= _TOLERANCE:
            yield Problem(
                file=file,
                line=first[old],
                unit=old,
                found=f"its shares sum to {found:.7g}",
                rule="every unit is given out whole, so its shares sum to 1",
                remedy="correct them, or add the rows that are missing",
            )


def _names(codes: Sequence[str], system: System | None) -> tuple[str, ...]:
    names = {province.code: province.name for province in provinces(system)} if system in SYSTEMS else {}
    return tuple(names.get(code, code) for code in codes)


def _regions(codes: Sequence[str], system: System | None) -> dict[str, tuple[str, ...]]:
    if system is None:
        return {}
    regions = {province.code: province.region for province in provinces(system)}
    return {"region": tuple(regions[code] for code in codes)}
