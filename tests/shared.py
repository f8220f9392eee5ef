"""What several tests need: other people's numbers, an instance of every method, one way to compare arrays."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from pii.methods.aggregate import Power
from pii.methods.normalise import DistanceToTarget, FixedGoalposts, MinMax, PercentileRank, Rank, ZScore
from pii.methods.treat import ClipSpread, Winsorise, WinsoriseThenLog
from pii.scheme import Scheme
from pii.spec import Method, members
from pii.tree import Group, Indicator

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "pii"
SHARED = ROOT.parent / "shared"

# Besides a method's defaults, settings that take another way through its code. A method whose parameters have no
# defaults has its first instance here.
VARIANTS: Mapping[type[Method], Sequence[Mapping[str, Any]]] = {
    MinMax: [{"floor": 1.0}, {"floor": -1.0, "ceiling": 1.0}],
    ZScore: [{"mean": 10.0, "sd": 2.0}],
    FixedGoalposts: [{"floor": 1.0, "clip": False}],
    DistanceToTarget: [{"cap": False, "ceiling": 1.0}],
    Rank: [{"ties": "average"}, {"ties": "max"}],
    PercentileRank: [{"ties": "average", "ceiling": 1.0}, {"ties": "max"}],
    Winsorise: [{"limit": None}, {"limit": 2, "ties": "pass_limit"}, {"skewness": 1.0, "kurtosis": 1.0}],
    WinsoriseThenLog: [{"limit": 1}, {"limit": 2, "ties": "pass_limit"}],
    ClipSpread: [{"width": 1.0}],
    Power: [{"p": 2.0}, {"p": 1.0}, {"p": 0.0}, {"p": -1.0}],
}


def instances(union: Any) -> list[Any]:
    """Every member of a family with its defaults, and with the variants above, as parameters of a test."""
    found = []
    for member in members(union):
        needs = any(field.is_required() for field in member.model_fields.values())
        for settings in [*([] if needs else [{}]), *VARIANTS.get(member, ())]:
            method = member.model_validate(settings)
            name = "-".join([member.method_name(), *(f"{key}={value}" for key, value in settings.items())])
            found.append(pytest.param(method, id=name))
    return found


def leaf(code: str, **fields: Any) -> Indicator:
    """An indicator, read as a scheme file is: lists and bare names of methods will do."""
    return Indicator.model_validate({"code": code, **fields})


def group(code: str, *children: Indicator | Group, **fields: Any) -> Group:
    """A group, read as a scheme file is."""
    return Group.model_validate({"code": code, "children": list(children), **fields})


def scheme(index: Group, **fields: Any) -> Scheme:
    """A scheme, read as a scheme file is."""
    return Scheme.model_validate({"code": "test", "index": index, **fields})


def reference(*parts: str) -> Path:
    """The path of other people's numbers, which lie beside the project; the test is skipped where they do not."""
    path = SHARED.joinpath("reference", *parts)
    if not path.is_file():
        pytest.skip(f"no reference numbers at ../shared/reference/{'/'.join(parts)}")
    return path


def read_rows(*parts: str) -> list[dict[str, str]]:
    """The rows of one file of reference numbers."""
    with reference(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def difference(found: ArrayLike, expected: ArrayLike) -> float:
    """The largest difference, relative where numbers are above 1; gaps must be in the same places."""
    a, b = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    assert a.shape == b.shape, f"shapes {a.shape} and {b.shape}"
    assert np.array_equal(np.isnan(a), np.isnan(b)), f"gaps differ at {np.argwhere(np.isnan(a) != np.isnan(b))[:5]}"
    known = ~np.isnan(b)
    scale: np.ndarray[Any, np.dtype[np.float64]] = np.maximum(1.0, np.abs(b[known]))
    return float((np.abs(a[known] - b[known]) / scale).max(initial=0.0))


def same(found: ArrayLike, expected: ArrayLike, tolerance: float = 1e-10) -> bool:
    """Whether numbers and gaps agree."""
    gap = difference(found, expected)
    assert gap <= tolerance, f"they differ by {gap:g}: {found!r} and {expected!r}"
    return True
