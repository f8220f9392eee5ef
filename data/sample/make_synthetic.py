"""Write the synthetic PII tables of 2023, 2024 (63 provinces) and 2025 (34): invented numbers, from a fixed seed.

Run from a checkout: ``python data/sample/make_synthetic.py [folder]``. Without a folder the files beside this
script are written anew, byte for byte the same. It needs numpy and the project's list of provinces only.

How developed a province is, is drawn at random and has nothing to do with the real one; so are its population, its
product and its enterprises. A province of 2025 is made of those of 2024 that it was merged from: counts are added,
rates averaged with the population as weight, and a year's drift added.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

SEED = 20251001
HERE = Path(__file__).resolve().parent
PROVINCES = HERE.parents[1] / "src" / "pii" / "places" / "provinces.csv"

Vector: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["count", "amount", "bounded", "level", "change", "share"]


@dataclass(frozen=True)
class Column:
    """How one indicator is drawn.

    ``count`` and ``amount`` are ``centre`` per ``scale`` of their denominator; ``bounded`` lies between ``low`` and
    ``high``; ``level`` is positive and skewed; ``change`` may be negative; ``share`` is the part of the national
    product. ``spread`` is the standard deviation on the scale drawn on (logarithm, logit or the plain one),
    ``loading`` the correlation with development, negative where less is better.
    """

    code: str
    kind: Kind
    centre: float
    spread: float
    loading: float
    decimals: int = 0
    denominator: str = ""
    scale: float = 1.0
    low: float = 0.0
    high: float = 100.0
    step: float = 0.0


def _count(code: str, denominator: str, scale: float, centre: float, spread: float, loading: float) -> Column:
    return Column(code, "count", centre, spread, loading, 0, denominator, scale)


def _amount(
    code: str, denominator: str, scale: float, centre: float, spread: float, loading: float, decimals: int = 1
) -> Column:
    return Column(code, "amount", centre, spread, loading, decimals, denominator, scale)


def _bounded(
    code: str,
    high: float,
    centre: float,
    spread: float,
    loading: float,
    decimals: int,
    low: float = 0.0,
    step: float = 0,
) -> Column:
    return Column(code, "bounded", centre, spread, loading, decimals, low=low, high=high, step=step)


COLUMNS = (
    _bounded("1.1.1", 10, 6.5, 0.6, 0.5, 1, step=0.5),
    _bounded("1.1.2", 10, 6.4, 0.25, 0.4, 2),
    _bounded("1.1.3", 100, 87, 0.25, 0.5, 2),
    _bounded("1.1.4", 10, 6.8, 0.25, 0.2, 2, low=1),
    _bounded("1.2.1", 10, 6.0, 0.3, 0.4, 2),
    _bounded("1.2.2", 10, 5.8, 0.25, 0.3, 2),
    _bounded("1.2.3", 100, 22, 0.35, -0.4, 1),
    _bounded("2.1.1", 10, 6.5, 0.15, 0.6, 2),
    Column("2.1.2", "level", 16, 0.15, 0.1, 1),
    _count("2.2.1", "population", 10_000, 110, 0.9, 0.6),
    _bounded("2.2.2", 100, 24, 0.45, 0.5, 1),
    _count("2.3.1", "population", 10_000, 5, 1.0, 0.7),
    _amount("2.3.2", "grdp", 100, 0.22, 0.8, 0.7),
    _count("2.3.3", "population", 10_000, 0.12, 0.7, 0.6),
    _bounded("3.1.1", 1, 0.6, 0.45, 0.7, 2),
    _count("3.1.2", "population", 100, 20, 0.3, 0.7),
    _amount("3.2.1", "grdp", 100, 33, 0.25, 0.1),
    _bounded("3.2.2", 100, 55, 0.9, 0.4, 1),
    Column("3.2.3", "level", 240, 0.6, -0.5, 0),
    _bounded("3.3.1", 100, 93, 1.3, 0.5, 1),
    _amount("3.3.2", "grdp", 1_000, 27, 0.35, -0.1),
    _amount("4.1.1", "grdp", 100, 85, 0.4, 0.5),
    Column("4.1.2", "level", 1.8, 0.45, -0.2, 2),
    _amount("4.1.3", "enterprises", 1, 24, 0.6, 0.5, 0),
    Column("4.2.1", "share", 0, 0, 0, 2),
    _amount("4.2.2", "population", 1_000, 55, 0.35, 0.7),
    _bounded("4.2.3", 100, 30, 0.35, -0.2, 1),
    _bounded("5.1.1", 100, 25, 0.3, 0.8, 1),
    Column("5.1.2", "level", 0.6, 0.5, 0.3, 2),
    _bounded("5.1.3", 100, 3, 0.6, 0.6, 1),
    _count("5.2.1", "enterprises", 1_000, 1.5, 0.9, 0.5),
    _bounded("5.2.2", 100, 16, 0.4, 0.6, 1),
    _count("5.2.3", "enterprises", 1_000, 0.9, 0.5, 0.4),
    _amount("5.3.1", "grdp", 100, 3.0, 1.0, 0.4),
    _count("5.3.2", "enterprises", 1_000, 9, 0.5, 0.5),
    _count("5.3.3", "enterprises", 1_000, 45, 0.4, 0.6),
    _count("6.1.1", "population", 10_000, 0.35, 0.9, 0.8),
    _count("6.1.2", "population", 10_000, 0.02, 1.0, 0.2),
    _count("6.1.3", "population", 10_000, 0.8, 1.1, 0.7),
    _count("6.2.1", "population", 10_000, 0.2, 0.8, 0.7),
    _count("6.2.2", "enterprises", 1_000, 35, 0.4, 0.5),
    _count("6.2.3", "population", 10_000, 0.01, 0.6, 0.1),
    _count("6.3.1", "population", 1_000, 1.1, 0.45, 0.8),
    _count("6.3.2", "enterprises", 1_000, 0.9, 0.5, 0.4),
    Column("7.1.1", "change", 107, 6, 0.2, 1),
    _count("7.1.2", "population", 10_000, 1.6, 0.5, -0.1),
    _amount("7.1.3", "grdp", 100, 45, 1.0, 0.5),
    Column("7.1.4", "change", 6, 2.2, 0.2, 2),
    Column("7.2.1", "change", 12, 8, 0.2, 1),
    _count("7.2.2", "population", 100, 52, 0.06, 0.1),
    Column("7.2.3", "level", 55, 0.25, 0.8, 1),
    _bounded("7.2.4", 1, 0.72, 0.2, 0.85, 3),
)
DENOMINATORS = ("population", "grdp", "enterprises")
# Filled in by provinces, who send nothing when they have no evidence.
PROVINCIAL = ("1.1.1", "2.3.3", "3.2.2", "5.2.1", "5.2.3", "5.3.2", "6.3.2", "7.1.2")
# One or two provinces far above the others, such as by a single large investor: winsorising tempers them. Six of
# 6.1.2 are more than it may move, so that it takes the logarithm (of the 63; the mergers leave too few of them).
OUTLIERS = {
    "2.3.2": (6.0,),
    "5.3.1": (9.0, 6.0),
    "6.1.1": (8.0,),
    "6.1.2": (27.0, 24.0, 22.0, 20.0, 18.0, 16.0),
    "7.1.3": (5.0,),
}
GAPS = 0.03


@dataclass(frozen=True)
class Province:
    """A row of the registry."""

    code: str
    name: str
    merged_from: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One year's numbers before rounding: denominators and indicators by code, (provinces,)."""

    provinces: tuple[Province, ...]
    values: Mapping[str, Vector]


def read_provinces(system: str) -> tuple[Province, ...]:
    """List the provinces of VN63 or VN34 by code."""
    with PROVINCES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple(
            Province(row["code"], row["name"], tuple(filter(None, row["merged_from"].split(";"))))
            for row in rows
            if row["system"] == system
        )


class Country:
    """63 provinces whose hidden traits persist from year to year."""

    def __init__(self, rng: np.random.Generator, provinces: tuple[Province, ...]) -> None:
        self.rng = rng
        self.provinces = provinces
        n = len(provinces)
        development = rng.standard_normal(n)
        self.traits: dict[str, Vector] = {}
        for column in COLUMNS:
            rest = math.sqrt(1 - column.loading**2)
            self.traits[column.code] = column.loading * development + rest * rng.standard_normal(n)
        self.outliers = {
            code: dict(zip(rng.permutation(n)[: len(factors)].tolist(), factors, strict=True))
            for code, factors in OUTLIERS.items()
        }
        self.denominators: dict[str, Vector] = {}
        self.denominators["population"] = np.clip(
            np.exp(math.log(1.2e6) + 0.5 * rng.standard_normal(n) + 0.1 * development), 3e5, 9e6
        )
        per_person = np.exp(math.log(0.075) + 0.25 * development + 0.2 * rng.standard_normal(n))
        self.denominators["grdp"] = self.denominators["population"] * per_person
        per_thousand = np.exp(math.log(5.5) + 0.35 * development + 0.25 * rng.standard_normal(n))
        self.denominators["enterprises"] = self.denominators["population"] / 1000 * per_thousand

    def age(self) -> None:
        """Let a year pass: traits drift, denominators grow."""
        n = len(self.provinces)
        for code, trait in self.traits.items():
            self.traits[code] = 0.95 * trait + math.sqrt(1 - 0.95**2) * self.rng.standard_normal(n)
        for code, growth in (("population", 0.009), ("grdp", 0.09), ("enterprises", 0.05)):
            noise = growth / 3 * self.rng.standard_normal(n)
            self.denominators[code] = self.denominators[code] * np.exp(growth + noise)

    def measure(self) -> Edition:
        """Take the year's values."""
        values = {code: np.rint(column) for code, column in self.denominators.items()}
        for column in COLUMNS:
            values[column.code] = self._drawn(column, self.traits[column.code], values)
        return Edition(self.provinces, values)

    def _drawn(self, column: Column, z: Vector, values: Mapping[str, Vector]) -> Vector:
        if column.kind == "share":
            return _share(values["grdp"])
        if column.kind == "change":
            return column.centre + column.spread * z
        if column.kind == "bounded":
            middle = (column.centre - column.low) / (column.high - column.low)
            return _squeezed(column, math.log(middle / (1 - middle)) + column.spread * z)
        drawn = column.centre * np.exp(column.spread * z)
        for at, factor in self.outliers.get(column.code, {}).items():
            drawn[at] = factor * column.centre * math.exp(column.spread)
        if column.kind == "level":
            return drawn
        expected = values[column.denominator] / column.scale * drawn
        return _counted(expected, self.rng) if column.kind == "count" else expected


def merge(old: Edition, provinces: tuple[Province, ...], rng: np.random.Generator) -> Edition:
    """Make the 34 of the 63, and let a year pass."""
    position = {province.code: at for at, province in enumerate(old.provinces)}
    parts = [[position[code] for code in province.merged_from] for province in provinces]
    n = len(provinces)
    population = old.values["population"]

    def added(column: Vector) -> Vector:
        return np.array([column[at].sum() for at in parts])

    def averaged(column: Vector) -> Vector:
        return np.array([column[at] @ population[at] / population[at].sum() for at in parts])

    values: dict[str, Vector] = {}
    for code, growth in (("population", 0.009), ("grdp", 0.09), ("enterprises", 0.05)):
        values[code] = np.rint(added(old.values[code]) * np.exp(growth + growth / 3 * rng.standard_normal(n)))
    for column in COLUMNS:
        before, drift = old.values[column.code], rng.standard_normal(n)
        if column.kind == "share":
            values[column.code] = _share(values["grdp"])
        elif column.kind in {"count", "amount"}:
            grown = added(before) * np.exp(0.05 + 0.08 * drift)
            values[column.code] = np.floor(grown + rng.random(n)) if column.kind == "count" else grown
        elif column.kind == "level":
            values[column.code] = averaged(before) * np.exp(0.06 * drift)
        elif column.kind == "change":
            values[column.code] = averaged(before) + 0.3 * column.spread * drift
        else:
            part = (averaged(before) - column.low) / (column.high - column.low)
            values[column.code] = _squeezed(column, np.log(part / (1 - part)) + 0.1 * drift)
    return Edition(provinces, values)


def _share(grdp: Vector) -> Vector:
    return np.asarray(100 * grdp / grdp.sum(), dtype=np.float64)


def _squeezed(column: Column, logit: Vector) -> Vector:
    return np.asarray(column.low + (column.high - column.low) / (1 + np.exp(-logit)), dtype=np.float64)


def _counted(expected: Vector, rng: np.random.Generator) -> Vector:
    """Whole numbers about what is expected: Poisson, by inversion where few are, by the normal law where many."""
    uniform, normal = rng.random(expected.size), rng.standard_normal(expected.size)
    return np.array(
        [
            _poisson(mean, u) if mean < 50 else max(0.0, round(mean + math.sqrt(mean) * z))
            for mean, u, z in zip(expected.tolist(), uniform.tolist(), normal.tolist(), strict=True)
        ]
    )


def _poisson(mean: float, uniform: float) -> float:
    count, term = 0, math.exp(-mean)
    below = term
    while uniform > below and count < 1000:
        count += 1
        term *= mean / count
        below += term
    return float(count)


def gaps(n: int, rng: np.random.Generator) -> dict[tuple[int, str], str]:
    """Which cells are not there, and what stands in them: nothing, or two dots.

    Two provinces sent nothing of what provinces fill in; a survey did not reach three; the rest is scattered.
    """
    missing: dict[tuple[int, str], str] = {}
    late = rng.permutation(n)[:2].tolist()
    missing.update(dict.fromkeys(((row, code) for row in late for code in PROVINCIAL), ""))
    unreached = rng.permutation(n)[:3].tolist()
    missing.update(dict.fromkeys(((row, code) for row in unreached for code in ("5.1.3", "5.2.2")), ""))
    codes = [column.code for column in COLUMNS if column.kind != "share"]
    while len(missing) < round(GAPS * n * len(COLUMNS)):
        row, at = int(rng.integers(n)), int(rng.integers(len(codes)))
        missing.setdefault((row, codes[at]), ".." if len(missing) % 12 == 0 else "")
    return missing


def _written(column: Column, value: float) -> str:
    if column.step:
        value = math.floor(value / column.step + 0.5) * column.step
    return f"{round(value, column.decimals) + 0.0:.{column.decimals}f}"  # + 0.0: never -0.0


def write(edition: Edition, year: int, path: Path, rng: np.random.Generator) -> None:
    """Write one year's table, rounded as such figures are published."""
    n = len(edition.provinces)
    missing = gaps(n, rng)
    codes = [column.code for column in COLUMNS]
    head = (
        f"# title: SYNTHETIC sample, PII {year}: invented numbers; its ranks mean nothing about real provinces",
        f"# Made by data/sample/make_synthetic.py, seed {SEED}; do not edit by hand.",
        f"# Real: the codes and names of the {n} provinces. Not real: every number, population and GRDP included.",
        f"# For the scheme pii-{year}: columns are its denominators and indicators, counts before any ratio.",
    )
    foot = (
        "",
        "* Figures of the last quarter are provisional (synthetic).",
        ".. not available when the table was closed (synthetic); an empty cell was not reported.",
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in head)
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["code", "name", *DENOMINATORS, *codes])
        for at, province in enumerate(edition.provinces):
            rows.writerow([province.code, province.name, *_cells(edition, at, missing)])
        file.writelines(f"{line}\n" for line in foot)


def _cells(edition: Edition, at: int, missing: Mapping[tuple[int, str], str]) -> Iterable[str]:
    for code in DENOMINATORS:
        yield f"{edition.values[code][at]:.0f}"
    for column in COLUMNS:
        blank = missing.get((at, column.code))
        yield _written(column, float(edition.values[column.code][at])) if blank is None else blank


def main(arguments: Sequence[str]) -> None:
    """Write the three files into a folder; the script's own when none is given."""
    folder = Path(arguments[0]) if arguments else HERE
    rng = np.random.default_rng(SEED)
    country = Country(rng, read_provinces("VN63"))
    first = country.measure()
    country.age()
    second = country.measure()
    third = merge(second, read_provinces("VN34"), rng)
    for year, edition in ((2023, first), (2024, second), (2025, third)):
        write(edition, year, folder / f"synthetic-pii-{year}.csv", rng)


if __name__ == "__main__":
    main(sys.argv[1:])
