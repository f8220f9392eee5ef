"""How a notebook shows a scheme, a table, a result, an audit and a study: small, true, and nothing that runs."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from pii.audit import audit
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.io.samples import read_sample
from pii.result import Result
from pii.robustness.study import Study, study
from pii.table import Table, Units
from tests.shared import group, leaf, scheme
from tests.test_markup import SCRIPT, Parsed


@cache
def hostile() -> Result:
    """Every text that comes from outside is a script, and the two indicators go against each other."""
    rules = scheme(
        group("total", leaf(SCRIPT, name=f"{SCRIPT}b"), leaf("b", note=SCRIPT), name=SCRIPT), edition=SCRIPT
    )
    units = Units(tuple("vwxyz"), (SCRIPT, f"{SCRIPT}2", "X", "Y", "Z"), {SCRIPT: (SCRIPT,) * 5})
    columns = {SCRIPT: [1.0, 2.0, 3.0, 4.0, 5.0], "b": [5.0, 3.0, 4.0, 2.0, 1.0]}
    return compute(rules, Table.of(columns, units=units, period=SCRIPT, title=SCRIPT, notes=[SCRIPT]))


@cache
def sample() -> Result:
    """34 units, 52 indicators, synthetic."""
    return compute(*read_sample())


def studied(result: Result) -> Study:
    """A few draws of its weights."""
    return study(result.scheme, result.measured, [WeightBox(spread=0.5)], draws=50, seed=0)


def shown(value: Any) -> Parsed:
    """What the notebook shows of it, every element closed."""
    return Parsed(value._repr_html_())


def values(result: Result) -> list[Any]:
    """Everything that shows itself."""
    return [result.scheme, result.measured, result, audit(result), studied(result)]


@pytest.mark.parametrize("at", range(5), ids=["scheme", "table", "result", "audit", "study"])
def test_nothing_that_a_value_holds_runs(at: int) -> None:
    """Names of units, nodes and tables are texts; each value has at least one here."""
    value = values(hostile())[at]
    assert "<script" not in value._repr_html_()
    assert "script" not in shown(value).elements
    assert SCRIPT in "".join(shown(value).texts)


@pytest.mark.parametrize("at", range(5), ids=["scheme", "table", "result", "audit", "study"])
def test_a_value_shows_itself_in_little(at: int) -> None:
    """A notebook keeps it in its file: no more than 20 kB, and no style sheet."""
    value = values(sample())[at]
    assert len(value._repr_html_()) < 20_000
    assert not {"style", "link"} & (set(shown(value).elements) if at != 2 else set())


def test_a_scheme_shows_all_its_nodes() -> None:
    """By code."""
    rules = sample().scheme
    texts = shown(rules).texts
    assert texts[0] == "Provincial Innovation Index 2025 (pii-2025)"
    assert [text.split(":")[0].split()[0] for text in texts[1:]] == [node.code for node in rules.nodes]


def test_a_table_shows_its_first_cells_and_says_how_many_more() -> None:
    """Gaps are marked; what stands under it are its first notes."""
    columns = {f"c{at}": np.arange(15.0) + at for at in range(14)}
    columns["c1"] = np.where(np.arange(15) == 2, np.nan, columns["c1"])
    table = Table.of(
        columns, units=[f"u{at}" for at in range(15)], title="Trial", notes=["one", "two", "three", "four"]
    )
    texts = [text for text in shown(table).texts if text.strip()]
    assert texts[0] == "Table Trial: 15 units x 14, 1 gaps"
    assert texts[1:15] == ["unit", "name", *list(columns)[:12]]
    assert texts[15 + 2 * 14 :][:5] == ["u2", "u2", "2", "n/a", "4"]
    assert texts[15 + 10 * 14 :] == ["5 more units and 2 more columns", "one", "two", "three"]


def test_a_small_table_is_whole() -> None:
    """Nothing more is said of one that fits."""
    texts = [text for text in shown(Table.of({"a": [1.0, 0.5]}, units=["x", "y"])).texts if text.strip()]
    assert texts == ["Table 2 units x 1, 0 gaps", "unit", "name", "a", "x", "x", "1", "y", "y", "0.5"]


def test_an_audit_shows_its_findings_by_severity() -> None:
    """The serious open, those that are notable folded, both counted as the audit counts them."""
    found = audit(hostile())
    html = found._repr_html_()
    serious = sum(finding.severity == "serious" for finding in found.findings)
    assert 0 < serious < len(found.findings)
    assert f"<details open><summary>serious: {serious}</summary>" in html
    assert f"<details><summary>notable: {len(found.findings) - serious}</summary>" in html
    for finding in found.gathered:
        assert {finding.place, finding.said} <= set(shown(found).texts)


def test_a_study_shows_intervals_of_the_first_units() -> None:
    """In the order of their ranks, and says how many more there are."""
    found = studied(sample())
    texts = [text for text in shown(found).texts if text.strip()]
    frame = found.intervals().sort_values("rank", kind="stable").head(20)
    assert texts[1:6] == ["unit", "rank", "low", "median", "high"]
    rows = [
        [row[0], *(f"{place:g}" for place in row[1:])] for row in frame[["name", *texts[2:6]]].to_numpy().tolist()
    ]
    assert [texts[at : at + 5] for at in range(6, 106, 5)] == rows
    assert texts[106:] == ["Between low and high are 90 % of the draws. 14 more units."]


def test_a_unit_without_a_rank_is_shown_last() -> None:
    """With no place, as it has in the study."""
    rules = scheme(group("total", leaf("a"), group("P", leaf("b"), leaf("c"))), coverage=1.0)
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, np.nan], "c": [2.0, 1.0, 3.0]}, units=["x", "y", "z"])
    texts = [text for text in shown(studied(compute(rules, table))).texts if text.strip()]
    assert texts[-6:-1] == ["z", "n/a", "0", "0", "0"]
