"""What steps bring, the slow way: every order of them, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product
from typing import TypeAlias

Union: TypeAlias = "str | tuple[Union, ...]"
"""A step, or steps that follow one another in some order, each of which may be several again."""


def orders(union: Union) -> Iterator[tuple[str, ...]]:
    """All orders in which the steps of every union stay together."""
    if isinstance(union, str):
        yield (union,)
        return
    for members in permutations(union):
        for parts in product(*(list(orders(member)) for member in members)):
            yield tuple(step for part in parts for step in part)


def brought(value: Callable[[frozenset[str]], float], union: Union) -> dict[str, float]:
    """The mean over all orders of what each step changes when its turn comes."""
    each = list(orders(union))
    sums = dict.fromkeys(each[0], 0.0)
    known: dict[frozenset[str], float] = {}

    def of(steps: Sequence[str]) -> float:
        key = frozenset(steps)
        if key not in known:
            known[key] = value(key)
        return known[key]

    for order in each:
        for at, step in enumerate(order):
            sums[step] += of(order[: at + 1]) - of(order[:at])
    return {step: total / len(each) for step, total in sums.items()}
