"""The audit: its frames equal other people's numbers, and its findings are those that were put there."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from pii.arrays import Matrix
from pii.audit import Audit, audit
from pii.cli.line import run
from pii.compute import compute
from pii.findings import Finding
from pii.numerics.chance import false_discovery, holm
from pii.result import Result
from pii.table import Table
from tests.reference.coinr import asem
from tests.shared import group, leaf, read_rows, same, scheme


def built(x: Matrix, *, tree: Any = None, **fields: Any) -> Result:
    """An index of columns a, b, ... of one group, or of a tree of them."""
    codes = "abcdefgh"[: len(x)]
    tree = tree or group("g", *map(leaf, codes))
    units = [f"u{at}" for at in range(x.shape[1])]
    fields = {"screen": {"measured": 0.0}} | fields
    return compute(scheme(tree, **fields), Table.of(dict(zip(codes, x, strict=True)), units=units))


def common(k: int, n: int = 60, seed: int = 0) -> Matrix:
    """Rows with one common factor."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=(k, n)) * 0.6 + rng.normal(size=n), dtype=np.float64)


def places(found: Audit, topic: str) -> set[str]:
    """Where the findings of a topic are."""
    return {finding.place for finding in found.findings if finding.topic == topic}


@cache
def asem_audit() -> Audit:
    """The audit of COINr's example."""
    return audit(compute(asem.scheme(), asem.raw()))


def test_statistics_equal_coinr() -> None:
    """Of 49 denominated indicators: centre, spread, shape and what is shared by many."""
    theirs = {row["iCode"]: row for row in read_rows("coinr", "stats_Denominated.csv")}
    ours = asem_audit().statistics
    names = {"min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "sd": "Std"}
    names |= {"skewness": "Skew", "kurtosis": "Kurt", "measured": "Frc.Avail"}
    for column, name in names.items():
        assert same(ours[column], [float(theirs[str(code)][name]) for code in ours.index], 1e-10)


def test_effective_weights_equal_coinr() -> None:
    """Of every node but the index."""
    theirs = {row["iCode"]: float(row["EffWeight"]) for row in read_rows("coinr", "eff_weights.csv")}
    ours = asem_audit().weights["effective"]
    assert same(ours, [theirs[str(code)] for code in ours.index], 1e-12)


def test_coverage_is_the_share_of_indicators_measured() -> None:
    """In every group, for units that are not ranked too."""
    x = np.array([[1.0, 2.0, np.nan, 4.0], [1.0, np.nan, np.nan, 2.0], [3.0, 1.0, 2.0, 5.0]])
    tree = group("g", group("h", leaf("a"), leaf("b")), leaf("c"))
    found = audit(built(x, tree=tree, screen={"measured": 0.5})).coverage
    assert found["h"].tolist() == [1.0, 0.5, 0.0, 1.0]
    assert found["g"].tolist() == [1.0, 2 / 3, 1 / 3, 1.0]


def test_pairs_stand_once_with_their_relation() -> None:
    """Siblings, a node and a group above it, and all others."""
    tree = group("g", group("h", leaf("a"), leaf("b")), group("i", leaf("c"), leaf("d")))
    frame = audit(built(common(4), tree=tree)).correlations
    relation: dict[tuple[Any, Any], Any] = {
        (row["first"], row["second"]): row["relation"] for row in frame.to_dict("records")
    }
    assert len(relation) == 7 * 6 // 2
    assert relation["a", "b"] == "siblings"
    assert relation["h", "i"] == "siblings"
    assert relation["g", "a"] == relation["h", "a"] == "parent"
    assert relation["a", "c"] == relation["h", "c"] == ""


def test_corrections_are_offered_for_p_values() -> None:
    """Among pairs of one relation, which here are all siblings; findings are of the corrected ones."""
    x = common(4, n=34, seed=5)
    for correction, correct in (("holm", holm), ("fdr", false_discovery)):
        found = audit(built(x), correction=correction)  # type: ignore[arg-type]
        siblings = found.correlations.query("relation == 'siblings'")
        expected = correct(siblings["p_value"].to_numpy())
        assert siblings["p_corrected"].tolist() == pytest.approx(expected.tolist())


def test_a_chance_among_many_pairs_is_no_finding() -> None:
    """Unrelated rows have pairs with p below 0.05, which the correction takes back."""
    x = np.random.default_rng(1).normal(size=(6, 40))
    found = audit(built(x))
    siblings = found.correlations.query("relation == 'siblings' and coefficient < 0")
    assert siblings["p_value"].min() < 0.05 < siblings["p_corrected"].min()
    assert "against" not in {finding.rule for finding in found.findings}


def test_a_sound_index_has_nothing_to_look_at() -> None:
    """Four indicators of one thing, in equal parts."""
    assert audit(built(common(4, n=400))).findings == ()


def test_an_indicator_that_goes_the_other_way_is_serious() -> None:
    """The finding names it, and comes first; with the direction turned nothing is left."""
    x = common(4, n=400)
    x[1] *= -1
    found = audit(built(x))
    assert found.findings[0].severity == "serious"
    assert "b" in places(found, "correlation")
    turned = group("g", leaf("a"), leaf("b", direction=-1), leaf("c"), leaf("d"))
    assert audit(built(x, tree=turned)).findings == ()


def test_two_names_of_one_thing_are_redundant() -> None:
    """Where siblings are almost the same numbers."""
    x = common(4, n=400)
    x[1] = x[0] + 0.01 * x[1]
    pairs = [finding.place for finding in audit(built(x)).findings if finding.rule == "siblings"]
    assert pairs == ["a, b"]


def test_an_indicator_in_the_wrong_group_is_found() -> None:
    """It goes better with the other group."""
    x = np.vstack([common(3, n=400, seed=1), common(3, n=400, seed=2)])
    x[2] = common(1, n=400, seed=2)[0] * 0.1 + x[3:].mean(axis=0)
    tree = group("g", group("h", *map(leaf, "abc")), group("i", *map(leaf, "def")))
    assert "c" in places(audit(built(x, tree=tree)), "structure")


def test_a_group_of_two_dimensions_is_found() -> None:
    """More eigenvalues above 1, and above chance, than one."""
    x = np.vstack([common(3, n=400, seed=1), common(3, n=400, seed=2)])
    found = audit(built(x))
    assert "g" in places(found, "dimensions")
    frame = found.dimensions
    assert frame["eigenvalue"].sum() == pytest.approx(6)
    assert frame["cumulative"].iloc[-1] == pytest.approx(1)


def test_gaps_ties_and_outliers_left_are_found() -> None:
    """By indicator, against the thresholds of practice."""
    x = common(4, n=100)
    x[0, :40] = np.nan
    x[1, :60] = 0.0
    x[2, 0] = 1e3
    found = audit(built(x))
    assert places(found, "data") == {"a", "b"}
    assert "c" in places(found, "outliers")
    assert "c" not in places(audit(built(x, treat="winsorise_then_log")), "outliers")


def test_weight_without_influence_is_found() -> None:
    """An indicator that hardly varies has its share of the weight and none of the influence."""
    x = common(4, n=400)
    x[3] = 0.0
    x[3, :4] = 1.0
    frame = audit(built(x)).weights
    assert frame["share"].tolist() == [0.25] * 4
    assert frame["influence_share"].sum() == pytest.approx(1.0)
    assert "d" in places(audit(built(x)), "weights")


def test_shifts_are_between_the_ranks_of_index_and_group() -> None:
    """The mean of absolute differences, and the share of ten places and more."""
    tree = group("g", group("h", leaf("a")), group("i", leaf("b")))
    result = built(common(2, n=40), tree=tree)
    away = np.abs(result.ranking.column("h") - result.ranking.column("g"))
    frame = audit(result).shifts
    assert frame.loc["h", "mean_shift"] == pytest.approx(away.mean())
    assert frame.loc["h", "moved"] == pytest.approx((away >= 10).mean())


def test_size_of_coinrs_example_is_put_per_something() -> None:
    """Of indicators that follow a size none is left without a denominator."""
    frame = asem_audit().size
    strong = frame[frame["coefficient"].abs() >= 0.6]
    assert len(strong) > 0
    assert strong["denominated"].all()
    assert places(asem_audit(), "size") == set()


def test_an_indicator_that_follows_size_is_found() -> None:
    """Where it is not put per anything."""
    tree = group("g", leaf("a"), leaf("b", denominator="c"))
    x = common(3, n=40) + 10
    assert places(audit(built(x, tree=tree, denominators=[{"code": "c"}])), "size") == {"a"}


def test_compensability_and_frontier_are_of_ranked_units_and_pillars() -> None:
    """Eight pillars of COINr's example, two levels below the index."""
    found = asem_audit()
    codes = [node.code for node in found.pillars]
    assert codes == ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"]
    assert list(found.frontier.columns) == ["free", "bounded", *(f"part {code}" for code in codes)]
    arithmetic = found.compensability["arithmetic"].tolist()
    assert arithmetic == found.result.ranking.values[:, 0].tolist()
    assert places(found, "compensability") == {"Index"}


def test_a_unit_without_a_rank_has_no_place_on_the_frontier() -> None:
    """Nor in the comparison of means."""
    x = common(3, n=20) + 10
    x[:2, 4] = np.nan
    found = audit(built(x, coverage=0.5))
    assert "u4" not in found.frontier.index
    assert "u4" not in found.compensability.index
    assert len(found.frontier) == len(found.compensability) == 19


def test_imputed_values_are_counted() -> None:
    """As a share of the ranked units."""
    x = common(3, n=40)
    x[0, :8] = np.nan
    found = audit(built(x, impute="mean"))
    assert found.statistics["imputed"].tolist() == [0.2, 0.0, 0.0]
    assert places(found, "coverage") == {"a"}


def test_what_to_look_at_first_in_coinrs_example() -> None:
    """Technical barriers to trade, whose direction COINr's own documentation asks about."""
    first = asem_audit().first(2)
    assert len(first) == 2
    assert first[0].place == "TBTs"
    assert {finding.topic for finding in first[0].findings} == {"correlation", "reliability"}


def test_a_reader_sees_fewer_findings_than_there_are() -> None:
    """And every rule that is broken, and every serious one."""
    found = asem_audit()
    assert len(found.gathered) < len(found.findings) / 2
    assert {one.rule for one in found.gathered} == {one.rule for one in found.findings}
    serious = [one for one in found.findings if one.severity == "serious"]
    assert list(found.gathered[: len(serious)]) == serious


@pytest.mark.parametrize("measure", ["pearson", "spearman", "kendall"])
@pytest.mark.parametrize(
    ("tree", "rows"),
    [
        (group("g", leaf("a")), [[1.0, 2.0, 3.0]]),
        (group("g", group("h", leaf("a"))), [[1.0, 7.0, 3.0]]),
        (group("g", group("h", leaf("a"), leaf("b")), leaf("c")), [[5.0] * 4, [5.0] * 4, [5.0] * 4]),
        (
            group("g", group("h", leaf("a"), leaf("b")), group("i", leaf("c"), leaf("d"))),
            [[1.0, 2.0, np.nan, np.nan], [np.nan, np.nan, 1.0, 2.0], [1.0, np.nan, np.nan, np.nan], [0.0] * 4],
        ),
    ],
)
def test_every_frame_stands_whatever_is_measured(tree: Any, rows: list[list[float]], measure: Any) -> None:
    """Gaps, columns that do not vary, groups of one child: missing figures, and no warning."""
    found = audit(built(np.array(rows), tree=tree, normalise="none"), measure=measure)
    assert len(found.statistics) == len(rows)
    assert len(found.loadings) == len(rows)
    frames = (found.coverage, found.size, found.correlations, found.reliability, found.dimensions, found.weights)
    assert all(len(frame.columns) > 0 for frame in (*frames, found.shifts, found.compensability, found.frontier))
    assert isinstance(found.to_frame()["said"].tolist(), list)


def test_the_same_seed_gives_the_same_audit() -> None:
    """Parallel analysis draws; the seed 0 counts."""
    result = built(common(4))
    first, again, other = (audit(result, seed=seed).dimensions["parallel"].tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_findings_are_rows_with_their_source() -> None:
    """Every figure stands beside its threshold and where that is from."""
    found = audit(built(-common(2) * np.array([[1.0], [-1.0]])))
    frame = found.to_frame()
    assert list(frame.columns) == list(Finding._fields)
    assert all(finding.source for finding in found.findings)
    assert repr(found) == f"<Audit g: {len(frame)} findings, {sum(frame['severity'] == 'serious')} serious>"


def test_the_command_prints_findings_by_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the audit; as JSON, one record each."""
    assert run(["audit"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("SYNTHETIC - Provincial Innovation Index 2025: ")
    assert printed[2].startswith("notable: data (")
    assert run(["audit", "--json", "--measure", "kendall", "--sample", "papi-2024"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {finding["severity"] for finding in record["findings"]} <= {"serious", "notable"}
    assert all(finding["source"] for finding in record["findings"])
