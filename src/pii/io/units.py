"""Units of a table's rows: provinces matched to the registry, all others taken as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pii.errors import Problem, TableError
from pii.places.registry import DESCRIPTIONS, Province, System, find, match
from pii.spelling import fold
from pii.table import Units

__all__ = ["Named", "deduce", "identify"]

_SEEN = 200  # different names that tell provinces from other units
_TOTALS = frozenset(
    map(
        fold,
        (
            "Cả nước",
            "Toàn quốc",
            "Tổng số",
            "Tổng cộng",
            "Tổng",
            "Việt Nam",
            "Whole country",
            "Total",
            "Đồng bằng sông Hồng",
            "Trung du và miền núi phía Bắc",
            "Bắc Trung Bộ và Duyên hải miền Trung",
            "Bắc Trung Bộ",
            "Duyên hải Nam Trung Bộ",
            "Duyên hải Nam Trung Bộ và Tây Nguyên",
            "Nam Trung Bộ và Tây Nguyên",
            "Tây Nguyên",
            "Đông Nam Bộ",
            "Đồng bằng sông Cửu Long",
            "Red River Delta",
            "Northern Midlands and Mountains",
            "North Central and Central Coast",
            "North Central",
            "South Central Coast and Central Highlands",
            "Central Highlands",
            "Southeast",
            "Mekong River Delta",
        ),
    )
)


@dataclass(frozen=True)
class Named:
    """How rows name their units.

    Parameters
    ----------
    codes, names
        Texts by row, empty where the table has no such column.
    lines
        Where each row stands in the file.
    file
        The file.
    """

    codes: Sequence[str]
    names: Sequence[str]
    lines: Sequence[int]
    file: str

    def __len__(self) -> int:
        return len(self.lines)

    def label(self, row: int) -> str:
        """What messages call the unit of a row."""
        return self.names[row] or self.codes[row]

    def take(self, rows: Sequence[int]) -> Named:
        """Only some rows."""
        return Named(
            [self.codes[row] for row in rows],
            [self.names[row] for row in rows],
            [self.lines[row] for row in rows],
            self.file,
        )


def deduce(named: Named, problems: list[Problem]) -> System | None:
    """The system that the rows are provinces of; None when most of them are no provinces.

    Numbers are no evidence: other countries count their units from 1 too.

    Examples
    --------
    >>> deduce(Named(["", ""], ["Hà Giang", "Huế"], [2, 3], "t.csv"), [])
    'VN63'
    >>> deduce(Named(["1", "2"], ["Jawa Barat", "Bali"], [2, 3], "t.csv"), []) is None
    True
    """
    labels = [named.label(row) for row in range(len(named))]
    seen = list(dict.fromkeys(labels))[:_SEEN]
    known = [find(label, "VN63") is not None and not label.replace(".", "").isdigit() for label in seen]
    likely = sum(known) + sum(fold(label) in _TOTALS for label in seen)
    if not any(known) or likely * 2 <= len(seen):
        return None
    # Rows that no system knows are for ``identify`` to report; a province that a panel has every year, in whatever
    # spelling, is asked about once.
    once: dict[tuple[Province, str], int] = {}
    for row, label in enumerate(labels):
        if province := find(label, "VN63"):
            once.setdefault((province, named.codes[row].removesuffix(".0").zfill(2)), row)
    return _matched(named.take(list(once.values())), None, problems)[0]


def identify(named: Named, system: System | None, problems: list[Problem]) -> Units | None:
    """The units of the rows of one period, in their order; None when something is wrong with them.

    Parameters
    ----------
    named
        How the rows name them.
    system
        The system of provinces that they belong to; None for units of any other kind.
    problems
        Where problems are added.

    Examples
    --------
    >>> identify(Named(["", ""], ["tp hcm", "Hue"], [2, 3], "t.csv"), "VN34", []).names
    ('Hồ Chí Minh', 'Huế')
    """
    before = len(problems)
    problems += _nameless(named)
    if system is None:
        problems += [*_codeless(named), *_repeated(named)]
        if len(problems) > before:
            return None
        codes = tuple(code or name for code, name in zip(named.codes, named.names, strict=True))
        return Units(codes, tuple(map(named.label, range(len(named)))))
    problems += _totals(named, system)
    rows = [row for row in range(len(named)) if named.label(row) and fold(named.label(row)) not in _TOTALS]
    units = _matched(named.take(rows), system, problems)[1]
    return units if len(problems) == before else None


def _matched(named: Named, system: System | None, problems: list[Problem]) -> tuple[System | None, Units | None]:
    both = any(named.names) and any(named.codes)
    try:
        found = match(
            [named.label(row) for row in range(len(named))],
            codes=named.codes if both else None,
            system=system,
            file=named.file,
            lines=named.lines,
        )
    except TableError as error:
        problems += error.problems
        return system, None
    provinces = found.provinces
    region = {"region": tuple(province.region for province in provinces)}
    codes, names = tuple(province.code for province in provinces), tuple(province.name for province in provinces)
    return found.system, Units(codes, names, region, found.system)


def _nameless(named: Named) -> Iterator[Problem]:
    for row, line in enumerate(named.lines):
        if not named.label(row):
            yield Problem(
                file=named.file, line=line, found="the row names no unit", remedy="name it, or remove the row"
            )


def _codeless(named: Named) -> Iterator[Problem]:
    for row, line in enumerate(named.lines):
        if named.names[row] and not named.codes[row] and any(named.codes):
            yield Problem(
                file=named.file,
                line=line,
                unit=named.names[row],
                found="the unit has no code",
                rule="every unit has a code where the table has a column of codes",
            )


def _totals(named: Named, system: System) -> Iterator[Problem]:
    for row, line in enumerate(named.lines):
        if fold(named.label(row)) in _TOTALS:
            yield Problem(
                file=named.file,
                line=line,
                unit=named.label(row),
                found="the row is a total or a region, not a province",
                rule=f"every row is one of {DESCRIPTIONS[system]}",
                remedy="remove the row",
            )


def _repeated(named: Named) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, line in enumerate(named.lines):
        code = named.codes[row] or named.names[row]
        earlier = first.setdefault(code, line)
        if code and earlier != line:
            yield Problem(
                file=named.file,
                line=line,
                unit=named.label(row),
                found=f"the unit {code} is on line {earlier} already",
                rule="a unit has one row",
                remedy="remove one of the two",
            )
