"""What pysensmcda 2.0 computes exactly for flat additive models, the library computes too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pii.arrays import Matrix
from pii.compute import compute
from pii.robustness.favourable import favourable
from pii.robustness.region import Region
from pii.table import Table
from tests.shared import group, leaf, same, scheme

CASES = json.loads(Path(__file__).with_name("exact.json").read_text(encoding="utf-8"))


def numbers(rows: Any) -> Matrix:
    """As floats; gaps are NaN."""
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_exact_numbers_are_those_of_pysensmcda(case: Any) -> None:
    """Acceptability, central weights, limits of weights, and who can be first, to 1e-9."""
    x = numbers(case["matrix"])
    codes = "abcd"[: x.shape[1]]
    read = scheme(group("index", *(leaf(code) for code in codes)), normalise="none")
    table = Table.of(dict(zip(codes, x.T, strict=True)), units=[f"u{at}" for at in range(len(x))])
    found = favourable(compute(read, table), Region.model_validate(case["region"]))
    assert same(found.share, numbers(case["acceptability"]), 1e-9)
    assert same(found.central, numbers(case["central_weights"]), 1e-9)
    assert same(found.low, numbers(case["weight_min"]), 1e-9)
    assert same(found.high, numbers(case["weight_max"]), 1e-9)
    assert found.can_be_first.tolist() == [dimension >= 0 for dimension in case["dimension"]]
    assert found.share.sum() == pytest.approx(1.0, abs=1e-12)
