"""Indices of quite different kinds, each by a scheme file alone, held against a few lines of NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata

import pii
from pii.numerics.draws import places
from pii.scheme import Scheme
from pii.table import Panel, Table


def _scheme(folder: Path, text: str) -> Scheme:
    (folder / "scheme.yaml").write_text(text, encoding="utf-8")
    return pii.read_scheme(folder / "scheme.yaml")


def test_vulnerability_of_ten_thousand_tracts_by_percentile_ranks(tmp_path: Path) -> None:
    """As the CDC's indices: percentile ranks, a reversed one, summed by theme, ranked again, summed, ranked again."""
    scheme = _scheme(
        tmp_path,
        """
        code: vulnerability
        normalise: {method: percentile_rank, ceiling: 1}
        index:
          code: all
          normalise: {method: percentile_rank, ceiling: 1}
          children:
            - code: status
              normalise: {method: percentile_rank, ceiling: 1}
              children: [{code: poor}, {code: jobless}, {code: income, direction: -1}]
            - code: household
              normalise: {method: percentile_rank, ceiling: 1}
              children: [{code: aged}, {code: young}]
        """,
    )
    x = np.random.default_rng(0).integers(0, 5_000, size=(5, 10_000)).astype(np.float64)
    codes = ["poor", "jobless", "income", "aged", "young"]
    found = pii.compute(scheme, Table.of(dict(zip(codes, x, strict=True)), units=[f"t{i}" for i in range(10_000)]))

    def percentile(row: np.ndarray) -> np.ndarray:
        return (rankdata(row, method="min") - 1) / (len(row) - 1)

    p = np.array([percentile(row) for row in x * np.array([1, 1, -1, 1, 1])[:, None]])
    themes = np.array([percentile(p[:3].sum(axis=0).round(9)), percentile(p[3:].sum(axis=0).round(9))])
    assert (
        np.abs(found.composite.column("status") - themes[0]).max() < 0.01
    )  # sums that tie on paper may part by a bit
    assert np.abs(found.composite.column("all") - percentile(themes.sum(axis=0))).max() < 0.01
    assert np.isnan(found.contributions[:, 1:]).all()  # a rank of sums does not add up


def test_counts_of_children_decide_who_has_a_score(tmp_path: Path) -> None:
    """Two of three in a sub-sub-group, one of two above: by number, not by share."""
    scheme = _scheme(
        tmp_path,
        """
        code: counted
        normalise: none
        screen: {measured: 0}
        index:
          code: top
          children:
            - code: middle
              at_least: 2
              children:
                - {code: low, at_least: 2, children: [{code: a}, {code: b}, {code: c}]}
                - {code: d}
        """,
    )
    table = Table.of(
        {"a": [1.0, 1.0, 1.0], "b": [3.0, None, 3.0], "c": [None, None, 5.0], "d": [6.0, 6.0, None]},
        units=list("xyz"),
    )
    found = pii.compute(scheme, table)
    np.testing.assert_array_equal(found.composite.column("low"), [2.0, np.nan, 3.0])
    np.testing.assert_array_equal(found.composite.column("middle"), [4.0, np.nan, np.nan])
    assert list(found.unranked) == ["y", "z"]
    assert "low: 1 of 3 children have a score" in "; ".join(found.unranked["y"])


def test_z_scores_take_the_sign_of_their_indicator(tmp_path: Path) -> None:
    """Less is better for one of two, which counts half."""
    scheme = _scheme(
        tmp_path,
        "code: signed\nnormalise: zscore\n"
        "index: {code: top, children: [{code: a}, {code: b, direction: -1, weight: 0.5}]}",
    )
    a, b = np.random.default_rng(1).normal(size=(2, 30))
    found = pii.compute(scheme, Table.of({"a": a, "b": b}, units=[str(i) for i in range(30)]))
    z = [(row - row.mean()) / row.std(ddof=1) for row in (a, b)]
    np.testing.assert_allclose(found.composite.column("top"), (z[0] - 0.5 * z[1]) / 1.5, rtol=0, atol=1e-14)


def test_one_scale_for_all_years_of_a_panel() -> None:
    """Goalposts are the extremes over all countries and years."""
    rng = np.random.default_rng(2)
    years = {str(year): rng.normal(50 + year, 10, size=12) for year in range(3)}
    tables = [Table.of({"a": x}, units=[f"c{i}" for i in range(12)], period=year) for year, x in years.items()]
    scheme = Scheme.model_validate({"code": "panel", "index": {"code": "top", "children": [{"code": "a"}]}})
    panel = Panel(tuple(tables))
    pooled = pii.compute(scheme, panel.pooled())
    stacked = np.concatenate(list(years.values()))
    for year, x in years.items():
        found = pii.compute(scheme, panel[year], reference=pooled)
        expected = (x - stacked.min()) / (stacked.max() - stacked.min()) * 100
        np.testing.assert_allclose(found.composite.column("top"), expected, rtol=0, atol=1e-12)
    assert pooled.title.endswith("0-2")
    assert len(pooled.composite.units) == 36


def test_half_weights_at_two_levels(tmp_path: Path) -> None:
    """As the GII gives them to indicators and to a pillar."""
    scheme = _scheme(
        tmp_path,
        "code: halves\nnormalise: none\nindex:\n  code: top\n  children:\n"
        "    - {code: p, weight: 0.5, children: [{code: a}, {code: b, weight: 0.5}]}\n    - {code: c}\n",
    )
    found = pii.compute(scheme, Table.of({"a": [1.0], "b": [4.0], "c": [5.0]}, units=["x"]))
    assert found.composite.column("top")[0] == pytest.approx((0.5 * (1 + 0.5 * 4) / 1.5 + 5) / 1.5, abs=1e-15)
    assert places(found.composite.values.T).tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("normalise: goalposts", "a group has no goalposts, target or base of its own"),
        ("at_least: 3", "'top' has 2 children, and 3 are needed for a score"),
    ],
)
def test_what_a_group_cannot_have_is_refused(tmp_path: Path, group: str, said: str) -> None:
    """With its line."""
    text = f"code: wrong\nindex:\n  code: top\n  {group}\n  children: [{{code: a}}, {{code: b}}]\n"
    with pytest.raises(pii.SchemeError, match=said) as refused:
        _scheme(tmp_path, text)
    assert refused.value.problems[0].line == 4
