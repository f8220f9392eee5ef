"""The provinces of Viet Nam in two systems, and which of them the rows of a table mean.

On 1 July 2025 the 63 provinces became 34. All 23 merged ones keep the name of one old province and
seven keep the code of another, so neither a code nor a name says which area is meant: a place has a system.

Every spelling of the 34 is also one of the 63, Huế included: the press writes Huế for the old Thừa Thiên
Huế and the old name for the new city, whose area is the same. Both systems therefore accept both names, and
neither name tells the systems apart. What does is a name or an ISO code that only the 63 have, or a code
beside a name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from pii.errors import Problem, TableError
from pii.spelling import fold, nearest

__all__ = ["DESCRIPTIONS", "SYSTEMS", "Matched", "Province", "System", "find", "match", "provinces"]

System = Literal["VN63", "VN34"]
SYSTEMS: tuple[System, ...] = ("VN63", "VN34")
DESCRIPTIONS: Mapping[System, str] = MappingProxyType(
    {"VN63": "the 63 provinces until 30 June 2025", "VN34": "the 34 provinces since 1 July 2025"}
)

# A number cell may have lost the leading zero of 01, or come back as 1.0.
_CODE = re.compile(r"([0-9]{1,2})(?:\.0)?")
_SHORT = re.compile(r"\s*[Tt]\.\s+")  # "T." for Tỉnh: only its stop and blank tell it from the T of Tây Ninh
_TITLED = re.compile(r"(?:tinh|thanhpho|tp)*(.*?)(?:province|city)*")


@dataclass(frozen=True, slots=True)
class Province:
    """A province or a centrally-run city of one system.

    Parameters
    ----------
    system, code
        The system, and the code of the General Statistics Office in it: text, with its leading zero.
    name, full_name, name_en
        The Vietnamese name without and with its title, and the English one.
    kind
        ``province`` or ``centrally-run city``.
    region
        The socio-economic region, as it was drawn for this system.
    iso_3166_2
        The ISO 3166-2 code; empty for the 34.
    aliases
        Other spellings in use, beyond case, missing accents, spacing, dashes and titles.
    merged_into
        For one of the 63, the code among the 34 of the province that it became part of.
    merged_from
        For one of the 34, the codes among the 63 of the provinces that it was made of.
    """

    system: System
    code: str
    name: str
    full_name: str
    name_en: str
    kind: str
    region: str
    iso_3166_2: str
    aliases: tuple[str, ...]
    merged_into: str
    merged_from: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name in all its forms, the aliases, and the ISO code where there is one."""
        iso = (self.iso_3166_2,) if self.iso_3166_2 else ()
        return (self.name, self.full_name, self.name_en, *self.aliases, *iso)


@dataclass(frozen=True, slots=True)
class Matched:
    """The provinces that the rows of a table mean, in the order of the rows, and their system."""

    system: System
    provinces: tuple[Province, ...]


@cache
def provinces(system: System) -> tuple[Province, ...]:
    """List the provinces of a system by code.

    Examples
    --------
    >>> [province.name for province in provinces("VN34")][:3]
    ['Hà Nội', 'Cao Bằng', 'Tuyên Quang']
    """
    packaged = resources.files("pii.places").joinpath("provinces.csv").read_text(encoding="utf-8")
    lines = (line for line in packaged.splitlines() if not line.startswith("#"))
    return tuple(_province(row, system) for row in csv.DictReader(lines) if row["system"] == system)


def find(spelling: str, system: System) -> Province | None:
    """Find a province by code, ISO code, name or alias; None when no province is spelt so.

    Case, accents, spacing, dashes and titles such as ``TP.`` or ``Province`` make no difference; nothing is
    guessed.

    Examples
    --------
    >>> find("tp ho chi minh", "VN34").name, find("1", "VN34").name, find("Ha Noy", "VN34")
    ('Hồ Chí Minh', 'Hà Nội', None)
    >>> find("24", "VN63").name, find("24", "VN34").name
    ('Bắc Giang', 'Bắc Ninh')
    """
    if code := _CODE.fullmatch(spelling.strip()):
        return _by_code(system).get(code[1].zfill(2))
    return _by_key(system).get(_key(spelling))


def match(
    spellings: Sequence[str],
    *,
    codes: Sequence[str] | None = None,
    system: System | None = None,
    file: str = "",
    lines: Sequence[int] | None = None,
) -> Matched:
    """Match every row of a table to a province of one system, or report all that stands in the way.

    Without ``system``, it is the one in which every row is known. When both know every row, it is the 34 if
    the rows are exactly these; any other table must name its system. A table of all the 34 and a few old
    provinces is taken for a mixture when it is nearer to the 34 than to the 63.

    Parameters
    ----------
    spellings
        The unit of each row: a name, an alias or a code.
    codes
        The code of each row where the table has them beside the names; an empty one is no evidence.
    system
        The system that the table is known to be in.
    file, lines
        Where the rows were read, for the messages; rows are counted from 1 when ``lines`` is not given.

    Raises
    ------
    TableError
        For names that are unknown, repeated or of the other system, codes that contradict their names,
        a mixture of systems, and a table that fits both.

    Examples
    --------
    >>> matched = match(["Ha Giang", "TP. Hà Nội"])
    >>> matched.system, [province.code for province in matched.provinces]
    ('VN63', ['02', '01'])
    >>> match(["Bac Gjang"], file="rd.csv", lines=[2])
    Traceback (most recent call last):
    pii.errors.TableError: rd.csv:2: Bac Gjang: neither the 63 nor the 34 provinces have this name or code;
        a row is a province, not a region or a total; did you mean Bắc Giang?
    """
    codes = [""] * len(spellings) if codes is None else codes
    lines = range(1, len(spellings) + 1) if lines is None else lines
    rows = [
        _Row(spelling.strip(), code.strip(), file, line)
        for spelling, code, line in zip(spellings, codes, lines, strict=True)
    ]
    problems: list[Problem] = []
    if system is None:
        system, problems = _deduce(rows)
    problems += sorted([*_misfits(rows, system), *_repeats(rows, system)], key=lambda found: found.line or 0)
    if problems:
        raise TableError(problems)
    return Matched(system, tuple(province for row in rows if (province := row.province(system))))


@dataclass(frozen=True, slots=True)
class _Row:
    spelling: str
    code: str
    file: str
    line: int

    @property
    def label(self) -> str:
        return f"{self.code} {self.spelling}".strip()

    def province(self, system: System) -> Province | None:
        """Find the province that the name and the code, if there is one, agree on."""
        named = find(self.spelling, system)
        return named if not self.code or named == find(self.code, system) else None

    def systems(self) -> tuple[System, ...]:
        """List the systems that know the row, or at least its name when the code fits in none."""
        agreeing = tuple(system for system in SYSTEMS if self.province(system))
        return agreeing or tuple(system for system in SYSTEMS if find(self.spelling, system))

    def problem(self, found: str, rule: str = "", remedy: str = "") -> Problem:
        return Problem(found=found, rule=rule, remedy=remedy, file=self.file, line=self.line, unit=self.spelling)


def _province(row: Mapping[str, str], system: System) -> Province:
    texts = {field: row[field] for field in ("code", "name", "full_name", "name_en", "kind", "region")}
    return Province(
        system=system,
        **texts,
        iso_3166_2=row["iso_3166_2"],
        aliases=_listed(row["aliases"]),
        merged_into=row["merged_into"],
        merged_from=_listed(row["merged_from"]),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _key(spelling: str) -> str:
    titled = _TITLED.fullmatch(fold(_SHORT.sub("", spelling, count=1) if _SHORT.match(spelling) else spelling))
    return titled[1] if titled else ""


@cache
def _by_code(system: System) -> Mapping[str, Province]:
    return {province.code: province for province in provinces(system)}


@cache
def _by_key(system: System) -> Mapping[str, Province]:
    return {_key(spelling): province for province in provinces(system) for spelling in province.spellings}


def _deduce(rows: Sequence[_Row]) -> tuple[System, list[Problem]]:
    """Deduce the system that most rows with evidence speak for, and the problem that leaves a doubt.

    Without evidence it is the 34; rows without evidence are known in both systems or in neither, so what is
    said of them is the same in either.
    """
    known = [(row, row.systems()) for row in rows]
    shared = [row for row, systems in known if systems == SYSTEMS]
    old = [row for row, systems in known if systems == ("VN63",)]
    new = [row for row, systems in known if systems == ("VN34",)]
    n_old, n_new = (len(provinces(system)) for system in SYSTEMS)
    every_new = len({find(row.spelling, "VN34") for row in (*shared, *new)}) == n_new
    if every_new and len(old) < (n_old - n_new) / 2:
        new += shared
    system: System = "VN63" if len(old) > len(new) else "VN34"
    file = rows[0].file if rows else ""
    if old and new:
        return system, [_mixture(old, new, file)]
    if not old and not new and len(shared) == len(rows):
        return system, [_ambiguity(file)]
    return system, []


def _mixture(old: Sequence[_Row], new: Sequence[_Row], file: str) -> Problem:
    return Problem(
        file=file,
        found=f"the table mixes two systems: {_some(old)} of {DESCRIPTIONS['VN63']}, "
        f"and {_some(new)} of {DESCRIPTIONS['VN34']}",
        rule="all rows of a table are in one system",
        remedy="keep the rows of one system, and name it: VN63 or VN34",
    )


def _ambiguity(file: str) -> Problem:
    return Problem(
        file=file,
        found="every row may be one of the 63 provinces or one of the 34",
        rule="33 names are in both systems, and most of them mean a larger area in the 34",
        remedy="name the system: " + " or ".join(f"{name} ({said})" for name, said in DESCRIPTIONS.items()),
    )


def _some(rows: Sequence[_Row], limit: int = 3) -> str:
    named = ", ".join(row.label for row in rows[:limit])
    return f"{named} and {len(rows) - limit} more" if len(rows) > limit else named


def _misfits(rows: Sequence[_Row], system: System) -> Iterator[Problem]:
    for row in rows:
        if row.province(system):
            continue
        if find(row.spelling, system):
            yield _contradiction(row)
        elif former := find(row.spelling, "VN63"):
            yield _former(row, former)
        else:
            yield _unknown(row, system)


def _contradiction(row: _Row) -> Problem:
    said = "; ".join(
        f"in {system}, code {row.code} is {coded.name if coded else 'no province'} and "
        f"{row.spelling} {f'has code {named.code}' if named else 'is no province'}"
        for system in SYSTEMS
        for coded, named in [(find(row.code, system), find(row.spelling, system))]
    )
    return row.problem(
        f"the code {row.code} and the name differ: {said}",
        "a code and a name beside it mean the same province",
        "correct one of them, or the system of the table",
    )


def _former(row: _Row, former: Province) -> Problem:
    successor = _by_code("VN34")[former.merged_into]
    fate = "part of" if len(successor.merged_from) > 1 else "still"
    return row.problem(
        f"{former.name} is a province of the 63; since 1 July 2025 it is {fate} {successor.name}",
        remedy=f"give one row for {successor.name} as it is now, or use VN63 for the whole table",
    )


def _unknown(row: _Row, system: System) -> Problem:
    if not row.spelling:
        return row.problem("the name is empty", remedy="name the province")
    # The 63 have every spelling of the 34, and an old name misspelt must not lead to a new one alike.
    spelt = {
        spelling: province
        for province in provinces("VN63")
        for spelling in province.spellings
        if spelling != province.iso_3166_2
    }
    near = (spelt[spelling] for spelling in nearest(_key(row.spelling), spelt))
    names = dict.fromkeys((find(province.name, system) or province).name for province in near)
    return row.problem(
        "neither the 63 nor the 34 provinces have this name or code",
        "a row is a province, not a region or a total",
        f"did you mean {' or '.join(names)}?" if names else "",
    )


def _repeats(rows: Sequence[_Row], system: System) -> Iterator[Problem]:
    first: dict[Province, _Row] = {}
    for row in rows:
        province = find(row.spelling, system)
        if province and (earlier := first.setdefault(province, row)) is not row:
            yield row.problem(
                f"{province.name} is on line {earlier.line} already, as {earlier.spelling!r}",
                "a province has one row",
                "remove one of the two",
            )
