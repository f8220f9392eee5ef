"""COINr's own example built by a scheme alone: every step, rank, group rank and weight."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from pii import stages
from pii.compute import compute
from pii.result import Result
from pii.scores import Scores
from pii.table import Table
from pii.tree import Group
from tests.reference.coinr import asem
from tests.shared import same


@cache
def result() -> Result:
    """The example, computed once."""
    return compute(asem.scheme(), asem.raw())


def test_step_1_raw() -> None:
    """The table is COINr's."""
    assert same(result().measured.select(asem.codes()).values, asem.table("step_1_Raw.csv").values, 0.0)


STEPS: dict[str, Callable[[], Table | Scores]] = {
    "step_2_Denominated.csv": lambda: result().ratios,
    "step_3_Imputed.csv": lambda: result().completed,
    "step_4_Screened.csv": lambda: result().completed,
    "step_5_Treated.csv": lambda: result().treatment.table,
    "variants/qTreat_Screened_default.csv": lambda: result().treatment.table,
    "step_6_Normalised.csv": lambda: result().scores,
    "variants/qNormalise_default.csv": lambda: result().scores,
    "step_7_Aggregated.csv": lambda: result().scores,
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_2_to_7_of_the_indicators(name: str) -> None:
    """Each data set equals COINr's, gaps in the same places."""
    assert same(STEPS[name]().values, asem.values(name, asem.codes()))


def test_step_7_aggregated() -> None:
    """The score of every group, the index first."""
    composite = result().composite
    assert same(composite.values, asem.values("step_7_Aggregated.csv", composite.columns))


@pytest.mark.parametrize("name", ["results_Full_scores.csv", "results_Summ_scores.csv"])
def test_scores_in_tables_of_results(name: str) -> None:
    """As get_results gives them, rounded to 15 digits."""
    columns = [code for code in asem.rows(name)[0] if code not in ("uCode", "Rank")]
    found = [(result().scores if code in asem.codes() else result().composite).column(code) for code in columns]
    assert same(np.array(found).T, asem.values(name, tuple(columns)))


def test_ranks_of_every_node() -> None:
    """Groups and indicators."""
    nodes = tuple(node.code for node in result().scheme.nodes)
    long = result().to_long()
    ranks = long["rank"].to_numpy().reshape(len(nodes), -1).T
    assert same(ranks, asem.values("results_Full_ranks.csv", nodes), 0.0)


@pytest.mark.parametrize(
    ("name", "column"), [("results_Summ_ranks.csv", "Index"), ("results_Summ_scores.csv", "Rank")]
)
def test_ranks_in_the_index(name: str, column: str) -> None:
    """The same in every table."""
    assert same(result().ranking.column("Index"), asem.values(name, (column,))[:, 0], 0.0)


def test_ranks_within_europe_and_asia() -> None:
    """Each economy among its own."""
    ranks = stages.rank(result().composite, result().scheme, within="EurAsia_group")
    assert same(ranks.column("Index"), asem.values("results_Summ_groupranks.csv", ("Index",))[:, 0], 0.0)


def test_effective_weights() -> None:
    """The product of shares down the tree; the index itself counts 1."""
    expected = {row["iCode"]: asem.number(row["EffWeight"]) for row in asem.rows("eff_weights.csv")}
    assert expected.pop("Index") == 1.0
    weights = result().weights
    assert set(weights.nodes) == set(expected)
    assert same(weights.effective, [expected[code] for code in weights.nodes])


@cache
def on_raw_data() -> Result:
    """Nothing put per anything, filled or treated: what COINr ranks strengths and weaknesses by."""
    quantities = {code: {"denominator": None} for code in asem.codes()}
    return compute(asem.scheme(quantities, impute="none", treat="none"), asem.raw())


def test_strengths_of_one_unit() -> None:
    """The five best ranks of Spain, and its values there."""
    five = on_raw_data().strengths("ESP")
    expected = {row["Code"]: row for row in asem.rows("strengths_ESP.csv")}
    assert set(five.index) == set(expected)
    for column, theirs in (("rank", "Rank"), ("value", "Value")):
        assert same(five[column].to_numpy(), [asem.number(expected[code][theirs]) for code in five.index])


def test_ranks_of_one_units_weaknesses() -> None:
    """COINr takes the highest places; we take those nearest to the last, so the choice may differ."""
    expected = {row["Code"]: asem.number(row["Rank"]) for row in asem.rows("weaknesses_ESP.csv")}
    ranks = on_raw_data().profile("ESP")["rank"]
    assert same(ranks[list(expected)].to_numpy(), list(expected.values()), 0.0)


def test_dropping_two_indicators() -> None:
    """The same scheme without LPI and Forest."""

    def without(node: Group) -> Group:
        children = [
            without(child) if isinstance(child, Group) else child
            for child in node.children
            if child.code not in ("LPI", "Forest")
        ]
        return node.replace(children=children)

    whole = asem.scheme()
    composite = compute(whole.replace(index=without(whole.index)), asem.raw()).composite
    assert same(composite.values, asem.values("variants/step_Aggregated_drop_LPI_Forest.csv", composite.columns))
