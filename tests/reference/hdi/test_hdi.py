"""The Human Development Index by UNDP's formula, from a scheme file alone (Human Development Report 2021/2022).

The formula is technical note 1 of UNDP (2022), Human Development Report 2021/2022. The index of the three countries is
as the press printed it from that report. Their components were typed without the report's table 1 at hand, and are to
be checked against it: what this test holds to the last digit is the formula.
"""

from __future__ import annotations

from math import exp, log
from pathlib import Path

import pytest

from pii.compute import compute
from pii.io.schemes import read_scheme
from pii.table import Table

SCHEME = """\
code: hdi-2021
normalise: {method: goalposts, floor: 0, ceiling: 1}
aggregate: geometric
screen: {measured: 1.0}
decimals: 3
index:
  code: hdi
  name: Human Development Index
  children:
    - {code: life, unit: years, goalposts: {low: 20, high: 85}}
    - code: education
      aggregate: arithmetic
      children:
        - {code: expected, unit: years, goalposts: {low: 0, high: 18}}
        - {code: mean, unit: years, goalposts: {low: 0, high: 15}}
    - code: income
      unit: 2017 PPP USD a head
      goalposts: {low: 100, high: 75000}
      normalise: {method: goalposts, floor: 0, ceiling: 1, logarithmic: true}
"""

# Life expectancy, expected and mean years of schooling, income a head (to be checked), and the index for 2021.
PRINTED = {
    "Switzerland": (84.0, 16.5, 13.9, 66_933, 0.962),
    "Norway": (83.2, 18.2, 13.0, 64_660, 0.961),
    "Viet Nam": (73.6, 13.0, 8.4, 7_867, 0.703),
}


def test_index_is_the_published_one(tmp_path: Path) -> None:
    """To the third digit, which the printed inputs, rounded to one digit, leave open by one."""
    path = tmp_path / "hdi.yaml"
    path.write_text(SCHEME, encoding="utf-8")
    columns = dict(
        zip(("life", "expected", "mean", "income"), list(zip(*PRINTED.values(), strict=True))[:4], strict=True)
    )
    result = compute(
        read_scheme(path), Table.of({code: list(values) for code, values in columns.items()}, units=tuple(PRINTED))
    )
    for name, score in zip(result.composite.units.codes, result.composite.column("hdi").tolist(), strict=True):
        life, expected, mean, income, published = PRINTED[name]
        education = (min(expected / 18, 1) + mean / 15) / 2
        wealth = (log(income) - log(100)) / (log(75_000) - log(100))
        assert score == pytest.approx(exp((log((life - 20) / 65) + log(education) + log(wealth)) / 3), abs=1e-12)
        assert score == pytest.approx(published, abs=0.0011)
    assert result.best_first.tolist() == [0, 1, 2]
