"""COINr's example built by a scheme alone: what went in, every step, rank, weight and table of results."""

from __future__ import annotations

import numpy as np

from pii import stages
from pii.arrays import Matrix
from pii.compute import compute
from pii.result import Result
from pii.tree import Group
from tests.reference.coinr import asem
from tests.reference.compared import Comparison, Pairs

__all__ = ["COMPARISONS"]


def nodes(result: Result) -> Matrix:
    """Scores of every node in the order of the scheme, (units, nodes)."""
    long = result.to_long()
    return np.asarray(long["score"].to_numpy().reshape(len(result.scheme.nodes), -1).T)


def node_codes() -> tuple[str, ...]:
    """Groups and indicators in the order of the scheme."""
    return tuple(node.code for node in asem.scheme().nodes)


# What went in


def list_of_nodes(file: str) -> Pairs:
    """Direction, weight and target of every indicator and group, in COINr's own order."""
    listed = asem.by_code(file)
    targets = asem.column("in_ASEM_iMeta.csv", "Target", asem.codes())
    read = asem.scheme({c: {"target": t} for c, t in zip(asem.codes(), targets, strict=True)})
    assert [node.title() for node in read.nodes] == [listed[code]["iName"] for code in node_codes()]
    assert [i.denominator or "NA" for i in read.indicators] == [listed[c]["Denominator"] for c in asem.codes()]
    yield [node.weight for node in read.nodes], asem.column(file, "Weight", node_codes())
    yield [i.direction for i in read.indicators], asem.column(file, "Direction", asem.codes())
    yield np.array([i.target for i in read.indicators], dtype=np.float64), asem.column(file, "Target", asem.codes())


def weights(file: str) -> Pairs:
    """As declared; COINr counts levels from the indicators up."""
    read = asem.scheme()
    assert set(asem.by_code(file)) == set(node_codes())
    yield [node.weight for node in read.nodes], asem.column(file, "Weight", node_codes())
    yield [4 - read.levels[code] for code in node_codes()], asem.column(file, "Level", node_codes())


def lineage(file: str) -> Pairs:
    """The groups above every indicator: whether each is the one that COINr lists."""
    parents = asem.scheme().parents
    listed = asem.by_code(file, "Indicator")
    assert set(listed) == set(asem.codes())
    pairs = (("Indicator", "Pillar"), ("Pillar", "Sub-index"), ("Sub-index", "Index"))
    found = [[parents[row[below]] == row[above] for below, above in pairs] for row in listed.values()]
    yield found, np.ones_like(found)


def about_units(file: str) -> Pairs:
    """Denominators, and whether names and labels are the same."""
    listed, units = asem.by_code(file, "uCode"), asem.units()
    denominators = tuple(each.code for each in asem.scheme().denominators)
    yield asem.against(asem.raw().select(denominators).values, file, denominators)
    words = {"uName": units.names, **units.labels}
    found = [[listed[c][what] == said[at] for what, said in words.items()] for at, c in enumerate(units.codes)]
    yield found, np.ones_like(found)


# Steps


def measured(file: str) -> Pairs:
    """The table as it was read."""
    yield asem.against(asem.result().measured.select(asem.codes()).values, file)


def denominated(file: str) -> Pairs:
    """Per the denominators."""
    yield asem.against(asem.result().ratios.values, file)


def completed(file: str) -> Pairs:
    """Gaps filled; COINr's screen then lets all units through."""
    yield asem.against(asem.result().completed.values, file)


def treated(file: str) -> Pairs:
    """Outliers tempered."""
    yield asem.against(asem.result().treatment.table.values, file)


def normalised(file: str) -> Pairs:
    """Scores of the indicators."""
    yield asem.result().scores.values, asem.values(file, asem.codes())


def aggregated(file: str) -> Pairs:
    """Scores of indicators and groups."""
    yield nodes(asem.result()), asem.values(file, node_codes())


def without_two(file: str) -> Pairs:
    """The same scheme without two of its indicators."""

    def without(node: Group) -> Group:
        children = [
            without(child) if isinstance(child, Group) else child
            for child in node.children
            if child.code not in ("LPI", "Forest")
        ]
        return node.replace(children=children)

    read = asem.scheme()
    read = read.replace(index=without(read.index))
    yield nodes(compute(read, asem.raw())), asem.values(file, tuple(node.code for node in read.nodes))


def effective_weights(file: str) -> Pairs:
    """The product of shares down the tree; the index itself counts 1."""
    weights = asem.result().weights
    assert {*weights.nodes, "Index"} == set(asem.by_code(file))
    yield [1.0, *weights.effective], asem.column(file, "EffWeight", ["Index", *weights.nodes])


# Tables of results


def columns_of(file: str) -> tuple[str, ...]:
    """A table's columns of nodes."""
    return tuple(code for code in asem.rows(file)[0] if code in node_codes())


def scores_in_table(file: str) -> Pairs:
    """Scores rounded to 15 digits, and places in the index."""
    columns = columns_of(file)
    at = [node_codes().index(code) for code in columns]
    yield nodes(asem.result())[:, at], asem.values(file, columns)
    yield asem.result().ranking.column("Index"), asem.values(file, ("Rank",))[:, 0]


def ranks_in_table(file: str) -> Pairs:
    """Places by every node's score."""
    columns = columns_of(file)
    long = asem.result().to_long()
    ranks = long["rank"].to_numpy().reshape(len(node_codes()), -1).T
    yield ranks[:, [node_codes().index(code) for code in columns]], asem.values(file, columns)


def ranks_in_groups(file: str) -> Pairs:
    """Each economy among its own."""
    ranks = stages.rank(asem.result().composite, asem.scheme(), within="EurAsia_group")
    yield ranks.column("Index"), asem.values(file, ("Index",))[:, 0]


def strengths(file: str) -> Pairs:
    """The five best ranks of Spain by raw values, and the values."""
    five = asem.on_raw_data().strengths("ESP")
    assert set(five.index) == set(asem.by_code(file, "Code"))
    for ours, theirs in (("rank", "Rank"), ("value", "Value")):
        yield five[ours], asem.column(file, theirs, list(five.index), "Code")


def weaknesses(file: str) -> Pairs:
    """Ranks and values where COINr sees the worst; we take those nearest to the last, so the choice may differ."""
    codes = list(asem.by_code(file, "Code"))
    unit = asem.units().codes.index("ESP")
    yield asem.on_raw_data().profile("ESP")["rank"][codes], asem.column(file, "Rank", codes, "Code")
    yield asem.raw().select(codes).values[unit], asem.column(file, "Value", codes, "Code")


COMPARISONS = tuple(
    Comparison("COINr", family, file, pairs, tolerance)
    for family, file, pairs, tolerance in (
        ("what went in", "meta_Ind.csv", list_of_nodes, 0.0),
        ("what went in", "meta_Weights_Original.csv", weights, 0.0),
        ("what went in", "meta_Lineage.csv", lineage, 0.0),
        ("what went in", "meta_Unit.csv", about_units, 0.0),
        ("steps", "step_1_Raw.csv", measured, 1e-10),
        ("steps", "step_2_Denominated.csv", denominated, 1e-10),
        ("steps", "step_3_Imputed.csv", completed, 1e-10),
        ("steps", "step_4_Screened.csv", completed, 1e-10),
        ("steps", "step_5_Treated.csv", treated, 1e-10),
        ("steps", "step_6_Normalised.csv", normalised, 1e-10),
        ("steps", "step_7_Aggregated.csv", aggregated, 1e-10),
        ("steps", "variants/qTreat_Screened_default.csv", treated, 1e-10),
        ("steps", "variants/qNormalise_default.csv", normalised, 1e-10),
        ("steps", "variants/step_Aggregated_drop_LPI_Forest.csv", without_two, 1e-10),
        ("effective weights", "eff_weights.csv", effective_weights, 1e-10),
        ("scores in tables of results", "results_Full_scores.csv", scores_in_table, 1e-10),
        ("scores in tables of results", "results_Summ_scores.csv", scores_in_table, 1e-10),
        ("ranks", "results_Full_ranks.csv", ranks_in_table, 0.0),
        ("ranks", "results_Summ_ranks.csv", ranks_in_table, 0.0),
        ("ranks", "results_Summ_groupranks.csv", ranks_in_groups, 0.0),
        ("strengths and weaknesses", "strengths_ESP.csv", strengths, 1e-10),
        ("strengths and weaknesses", "weaknesses_ESP.csv", weaknesses, 1e-10),
    )
)
