"""Studies are checked before any draw: here what fixes the scale; other refusals stand beside what they are of."""

from __future__ import annotations

import numpy as np
import pytest

from pii.choices.alternatives import VaryReference
from pii.choices.design import Uncertainty
from pii.compute import compute
from pii.errors import SchemeError
from pii.result import Result
from pii.robustness.planning import planned
from pii.robustness.study import study
from pii.table import Panel, Table
from tests.shared import group, leaf, same, scheme

TREE = group("i", leaf("a"), leaf("b"))


def year(period: str, seed: int) -> Table:
    """Six units of one year."""
    a, b = np.random.default_rng(seed).normal(10 * seed, 5, size=(2, 6))
    return Table.of({"a": a, "b": b}, units=list("uvwxyz"), period=period)


def bases() -> tuple[Table, dict[str, Result]]:
    """A table, and the results of a base year and of both years together."""
    rules, base, now = scheme(TREE), year("2019", 1), year("2024", 2)
    return now, {"2019": compute(rules, base), "pooled": compute(rules, Panel((base, now)).pooled())}


def test_scores_are_those_of_the_scale_that_is_picked() -> None:
    """The table's own, the base year's, or that of all years."""
    now, references = bases()
    choice = VaryReference(among=["own", "2019", "pooled"], probabilities=[2, 1, 1])
    plan = planned(scheme(TREE), now, Uncertainty(choices=[choice], draws=8), references=references)
    found = plan.scores(np.array([[0.1], [0.6], [0.9]]))[0]
    rules = scheme(TREE)
    assert same(found[0], compute(rules, now).composite.column("i"), 0.0)
    for row, name in ((1, "2019"), (2, "pooled")):
        assert same(found[row], compute(rules, now, reference=references[name]).composite.column("i"), 0.0)


def test_a_study_takes_references() -> None:
    """And says in its labels which there are."""
    now, references = bases()
    found = study(
        scheme(TREE), now, [VaryReference(among=["own", "2019"])], draws=16, seed=0, references=references
    )
    assert len(found.plan.ways) == 2
    assert VaryReference(among=["own", "2019"]).labels(TREE) == ("own", "2019")


def test_a_reference_that_is_not_given_is_named() -> None:
    """Before anything is computed by it; and so is a second choice of the same."""
    now, references = bases()
    with pytest.raises(SchemeError) as refused:
        study(scheme(TREE), now, [VaryReference(among=["own", "2018"])], seed=0, references=references)
    assert str(refused.value) == (
        "reference: there is no result called '2018'; 'own' is the table's own scale, other names are of results;"
        " give it to the study under references"
    )
    twice = [VaryReference(among=["own", "2019"], name=name) for name in ("one", "other")]
    with pytest.raises(SchemeError) as refused:
        study(scheme(TREE), now, twice, seed=0, references=references)
    assert str(refused.value) == (
        "other: 'one' varies what fixes the scale already; two choices do not vary the same; name others under "
        "groups, levels or indicators, or leave one of both out"
    )
