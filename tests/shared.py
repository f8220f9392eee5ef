"""What several tests need: other people's numbers, an instance of every method, one way to compare arrays."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from pii.methods.aggregate import BenefitOfTheDoubt, MazziottaPareto, MeanMin, OrderedWeights, Power
from pii.methods.combine import Maximum, RatioOfSums, Sum, WeightedMean
from pii.methods.impute import (
    Constant,
    ExpectationMaximisation,
    NearestUnits,
    Regression,
    RowMean,
    RowMedian,
)
from pii.methods.normalise import (
    Balance,
    Borda,
    Categorical,
    DistanceToReference,
    DistanceToTarget,
    EmpiricalCdf,
    FixedGoalposts,
    FractionOfMax,
    Logistic,
    MinMax,
    NormalCdf,
    PercentileRank,
    Rank,
    Robust,
    ZScore,
)
from pii.methods.treat import BoxCox, ClipSpread, LogGii, Root, Winsorise, WinsoriseThenLog, YeoJohnson
from pii.methods.weigh import (
    BudgetAllocation,
    Factor,
    Influence,
    InverseCovariance,
    PairwiseComparison,
    PrincipalComponent,
)
from pii.numerics import memory
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
    Robust: [{"spread": "iqr", "median": 100.0, "width": 10.0}],
    Logistic: [{"steepness": 3.0, "ceiling": 1.0}],
    NormalCdf: [{"ceiling": 1.0}],
    EmpiricalCdf: [{"ceiling": 1.0}],
    FixedGoalposts: [{"floor": 1.0, "clip": False}, {"logarithmic": True}],
    DistanceToTarget: [{"cap": False, "ceiling": 1.0}],
    DistanceToReference: [{"cap": True, "ceiling": 1.0}, {"origin": "worst"}],
    FractionOfMax: [{"ceiling": 1.0}],
    Balance: [{"width": 0.0}, {"width": 0.5, "of": "sd"}],
    Rank: [{"ties": "average"}, {"ties": "max"}],
    Borda: [{"ties": "average"}, {"ties": "max"}],
    Categorical: [{"scores": {-2: 5.0, 0: 10.0, 1: 60.5, 1.5: 100.0}}],
    PercentileRank: [{"ties": "average", "ceiling": 1.0}, {"ties": "max"}],
    Winsorise: [
        {"limit": None},
        {"limit": 2, "ties": "pass_limit"},
        {"skewness": 1.0, "kurtosis": 1.0},
        {"limit": 0.25, "kurtosis": -9.0},
    ],
    WinsoriseThenLog: [
        {"limit": 1},
        {"limit": 2, "ties": "pass_limit"},
        {"limit": 0, "then": "log_plus"},
        {"limit": 0.1, "then": "log_gii", "of": "winsorised"},
        {"limit": 1, "then": "yeojohnson", "of": "winsorised"},
    ],
    LogGii: [{"factor": 10.0}],
    BoxCox: [{"exponent": 0.0}, {"exponent": -0.5, "shift": False}, {"shift": False}],
    YeoJohnson: [{"exponent": 0.0}, {"exponent": 2.0}],
    Root: [{"exponents": [0.75]}],
    ClipSpread: [{"width": 1.0}],
    Power: [{"p": 2.0}, {"p": 1.0}, {"p": 0.0}, {"p": -1.0}],
    OrderedWeights: [{"weights": [3.0, 0.0, 1.0]}],
    MazziottaPareto: [{"penalty": "add"}],
    MeanMin: [{"alpha": 1.0, "beta": 4.0}, {"alpha": 1.0}],
    BenefitOfTheDoubt: [{"least": 0.1}, {"least": 0.05, "bounded": "parts"}],
    Constant: [{"value": 0.0}],
    RowMean: [{"level": 1}, {"scale": "none"}],
    RowMedian: [{"level": 1}, {"scale": "none"}],
    Regression: [{"on": ["income"]}, {"on": ["income", "people"]}],
    ExpectationMaximisation: [{"level": 1}],
    NearestUnits: [{"k": 2, "level": 1}, {"k": 3, "weights": "distance"}],
    PrincipalComponent: [{"squared": True}],
    Factor: [
        {"keep": "share"},
        {"keep": "cumulative", "negative": "next"},
        {"keep": "number", "limit": 2.0, "negative": "square"},
    ],
    InverseCovariance: [{"negative": "zero"}, {"standardise": False}],
    PairwiseComparison: [
        {"children": ["c0", "c1", "c2"], "matrix": [[1.0, 3.0, 5.0], [0.333, 1.0, 2.0], [0.2, 0.5, 1.0]]}
    ],
    BudgetAllocation: [{"children": ["c0", "c1", "c2"], "points": [[50.0, 30.0, 20.0], [70.0, 30.0, 0.0]]}],
    Influence: [{"targets": "given"}, {"regression": "spline"}],
    Sum: [{"at_least": 0.0}],
    RatioOfSums: [
        {"numerator": "above", "denominator": "workers"},
        {"numerator": "above", "denominator": "workers", "at_least": 0.4},
    ],
    WeightedMean: [{"by": "people"}, {"by": "people", "at_least": 0.5}],
    Maximum: [{"at_least": 0.5}],
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


def leave_memory(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let so many bytes be left, and even little be asked for."""
    monkeypatch.setattr(memory, "available_bytes", lambda: size)
    monkeypatch.setattr(memory, "LITTLE", 0)
