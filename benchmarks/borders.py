"""The 63 provinces made the 34, 66 series of 15 years, against plain NumPy."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import seconds
from pii.borders import harmonise, harmonise_panel
from pii.methods.combine import AbstractCombiner, Maximum, Sum, WeightedMean
from pii.places.crosswalk import crosswalk
from pii.places.registry import provinces
from pii.table import Panel, Table, Units

__all__ = ["main"]

Floats = NDArray[np.float64]
N_SERIES, N_YEARS, GAPS = 66, 15, 0.05


def panel() -> Panel:
    """Series of skewed numbers with gaps; the first, which weighs others, is whole."""
    rng = np.random.default_rng(0)
    listed = provinces("VN63")
    units = Units(
        tuple(province.code for province in listed),
        tuple(province.name for province in listed),
        {"region": tuple(province.region for province in listed)},
        "VN63",
    )
    tables = []
    for year in range(N_YEARS):
        x = np.exp(rng.standard_normal((len(units), N_SERIES)))
        x[:, 1:][rng.random((len(units), N_SERIES - 1)) < GAPS] = np.nan
        tables.append(Table(units, tuple(f"s{at}" for at in range(N_SERIES)), x, str(2005 + year)))
    return Panel(tuple(tables))


def rules() -> dict[str, AbstractCombiner]:
    """A third of the series adds up, the rest is weighed by the first; two take the largest."""
    found: dict[str, AbstractCombiner] = {f"s{at}": Sum() for at in range(N_SERIES // 3)}
    found |= {f"s{at}": WeightedMean(by="s0", at_least=0.5) for at in range(N_SERIES // 3, N_SERIES - 2)}
    return found | {f"s{at}": Maximum() for at in range(N_SERIES - 2, N_SERIES)}


def plain(cube: Floats, shares: Floats) -> Floats:
    """The same values in plain NumPy, (years, series, units): two products, gaps set apart."""
    third, two = N_SERIES // 3, N_SERIES - 2
    known = ~np.isnan(cube)
    filled = np.where(known, cube, 0.0)
    weights = filled[:, :1]
    sums = np.where((~known[:, :third] @ shares.T) > 0, np.nan, filled[:, :third] @ shares.T)
    total, seen = weights @ shares.T, (known[:, third:two] * weights) @ shares.T
    with np.errstate(invalid="ignore"):
        means = np.where(seen / total < 0.5 - 1e-12, np.nan, ((filled[:, third:two] * weights) @ shares.T) / seen)
    largest = np.where(shares > 0, cube[:, two:, None, :], -np.inf).max(axis=-1)
    return np.concatenate([sums, means, largest], axis=1)


def main() -> None:
    """Print the measurements, once the two are known to agree."""
    data, given, shares = panel(), rules(), crosswalk("VN63", "VN34").shares
    cube = np.ascontiguousarray([table.values.T for table in data.tables])
    made = harmonise_panel(data, to="VN34", rules=given)
    found = np.array([table.values.T for table in made.tables])
    if not np.allclose(found, plain(cube, shares), rtol=1e-12, atol=0, equal_nan=True):
        raise SystemExit("the panel and plain NumPy differ")
    ours = seconds(partial(harmonise_panel, data, to="VN34", rules=given), 9)
    floor = seconds(partial(plain, cube, shares), 9)
    one = seconds(partial(harmonise, data.tables[0], to="VN34", rules=given), 9)
    print(
        f"63 to 34 provinces, {N_SERIES} series, {N_YEARS} years: {ours * 1e3:.1f} ms, plain NumPy "
        f"{floor * 1e3:.1f} ms, ratio {ours / floor:.2f}; one year {one * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main()
