"""How long it takes to compare two editions with every change split, beside one pass of the same sums in NumPy."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import scheme, seconds, table
from pii.compare.comparison import compare
from pii.compute import compute
from pii.methods.aggregate import Geometric
from pii.methods.normalise import MinMax
from pii.methods.treat import NoTreatment
from pii.result import Result
from pii.scheme import Scheme
from pii.tree import Group, Indicator

__all__ = ["main"]

Floats = NDArray[np.float64]


def pii_tree(last: int = 52) -> Group:
    """2 sub-indices, 7 pillars, 18 groups and 52 indicators, as the Provincial Innovation Index has, or less."""
    sizes = iter([3] * 16 + [2, last - 50])
    count = iter(range(last))

    def group(code: str) -> Group:
        return Group(code=code, children=[Indicator(code=f"i{next(count)}") for _ in range(next(sizes))])

    pillars = [
        Group(code=f"P{p}", children=[group(f"P{p}.{g}") for g in range(n)])
        for p, n in enumerate((2, 3, 3, 2, 3, 3, 2))
    ]
    halves = (Group(code="input", children=pillars[:5]), Group(code="output", children=pillars[5:]))
    return Group(code="index", children=halves)


def editions(units: int) -> tuple[Result, Result]:
    """The same scheme, other data."""
    plan = scheme(52, 2).replace(index=pii_tree())
    return _computed(plan, plan, units)


def all_changed(units: int) -> tuple[Result, Result]:
    """Other weights, methods and one indicator less as well: every step there is."""
    tree = pii_tree()
    before = scheme(52, 2).replace(index=tree, treat=NoTreatment(), normalise=MinMax(floor=1))
    heavier = tree.children[0].replace(weight=2.0)
    after = before.replace(index=tree.replace(children=(heavier, pii_tree(51).children[1])), aggregate=Geometric())
    return _computed(before, after, units)


def _computed(before: Scheme, after: Scheme, units: int) -> tuple[Result, Result]:
    values = table(units, before.indicators)
    x = values.values + 0.4 * np.random.default_rng(1).normal(size=values.values.shape)
    return compute(before, values), compute(after, values.holding(x))


def _split(before: Result, after: Result) -> int:
    """Compare them, and split every change."""
    return len(compare(before, after).parts)


def plain_sums(units: int) -> Floats:
    """As many means of means and places as one scale takes, without any tree: what NumPy needs at least."""
    rng = np.random.default_rng(0)
    taken = np.array(list(product((0.0, 1.0), repeat=8)))
    rivals = np.sort(rng.normal(size=units))
    x = rng.normal(size=(8, units))
    found = []
    for _ in range(18 * 2):
        index = np.concatenate([taken, taken, taken, taken]) @ x  # 1,024 sets of a group
        found.append(np.searchsorted(rivals, index).sum(axis=0) + np.searchsorted(rivals, -index).sum(axis=0))
    return np.array(found, dtype=np.float64)


def main() -> None:
    """Print every measurement."""
    for name, made in (("the data", editions), ("data, indicators, weights, methods", all_changed)):
        for units in (34, 63):
            before, after = made(units)
            taken = seconds(partial(_split, before, after), 3)
            plain = seconds(partial(plain_sums, units), 3)
            print(
                f"what moved {units} units x 52 indicators, exact, by {name}: {taken:.2f} s; "
                f"the sums alone in plain NumPy, of one scale, {plain:.2f} s"
            )


if __name__ == "__main__":
    main()
