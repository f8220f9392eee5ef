"""What drives the uncertainty: known shares of variance are found, and what cannot be apportioned is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from pii.choices.alternatives import VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet
from pii.errors import SchemeError
from pii.robustness.sensitivity import Sensitivity, sensitivity
from pii.scheme import Scheme
from pii.table import Table
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen

MEANS = chosen(VaryAggregation, among=["arithmetic", "geometric"])
SCALES = chosen(VaryNormalisation, among=["rank", {"method": "minmax", "floor": 1.0}])


def read(**fields: Any) -> Scheme:
    """Two groups."""
    tree = group("i", group("p", leaf("a"), leaf("b", weight=3.0)), group("q", leaf("c"), leaf("d")))
    return scheme(tree, **({"normalise": {"method": "minmax", "floor": 1.0}} | fields))


def table(n: int = 9) -> Table:
    """Numbers from 1 to 9."""
    x = np.random.default_rng(6).uniform(1, 9, size=(4, n))
    return Table.of(dict(zip("abcd", x, strict=True)), units=[f"u{at}" for at in range(n)])


def made(choices: list[Any], **more: Any) -> Sensitivity:
    """A study of the index with few points."""
    return sensitivity(read(), table(), choices, **({"n": 256, "seed": 1, "resamples": 20} | more))


def test_errors_that_add_up_account_for_their_variances() -> None:
    """A mean of values with errors: each has its variance times its squared share, alone and in all."""
    choices = [
        DataError(relative=0.2, indicators=["a"], name="a", shape="uniform"),
        DataError(relative=0.1, indicators=["b"], name="b", shape="uniform"),
        DataError(relative=0.3, indicators=["d"], name="d"),
    ]
    found = sensitivity(read(normalise="none"), table(3), choices, n=512, seed=0, resamples=0)
    for at, unit in enumerate(("u0", "u1", "u2")):
        a, b, _, d = table(3).values[at]
        variance = np.square([a * 0.2 / 8, b * 0.1 * 3 / 8, d * 0.3 / 4])
        frame = found.of(unit, "score")
        assert same(frame["first"], variance / variance.sum(), 0.04)
        assert same(frame["total"], variance / variance.sum(), 0.04)
        assert list(frame.columns) == ["first", "total"]


def test_one_choice_accounts_for_all() -> None:
    """Of every output that varies; one that does not has no effects."""
    found = made([WeightDirichlet()], n=2048)
    assert same(found.overall()[["first", "total"]], [[1.0, 1.0]], 0.05)
    first = found.effects.first[0]
    assert same(first[~np.isnan(first)], np.ones(np.count_nonzero(~np.isnan(first))), 0.25)
    best = {"a": [9.0, 1, 2], "b": [9.0, 2, 1], "c": [9.0, 1, 2], "d": [9.0, 1, 2]}
    rows = Table.of(best, units=list("xyz"))
    leader = sensitivity(read(), rows, [WeightDirichlet()], n=64, seed=0, resamples=0)
    assert leader.of("x").isna().all(axis=None)
    assert leader.of("x", "score").isna().all(axis=None)


def test_what_choices_account_for_alone_is_no_more_than_all() -> None:
    """Within the error of the estimates; and in all, no less than alone."""
    found = made([WeightBox(spread=0.8), MEANS, SCALES], n=2048)
    overall = found.overall()
    assert 0 < overall["first"].sum() <= 1.05
    assert overall["total"].sum() >= 0.95
    assert (overall["total"] >= overall["first"] - 0.05).all()
    assert ((overall["first_low"] <= overall["first"]) & (overall["first"] <= overall["first_high"])).all()
    assert ((overall["total_low"] <= overall["total"]) & (overall["total"] <= overall["total_high"])).all()


def test_a_choice_that_changes_nothing_accounts_for_nothing() -> None:
    """A box without width."""
    found = made([WeightBox(spread=0.0), SCALES])
    assert same(found.overall()[["first", "total"]], [[0.0, 0.0], [1.0, 1.0]], 0.02)


def test_pairs_are_of_their_own_runs() -> None:
    """Refused where they were not made; and symmetric, so each stands once."""
    choices = [WeightBox(spread=0.8), MEANS, SCALES]
    found = made(choices, second_order=True, resamples=0)
    assert [(row["first"], row["second"]) for _, row in found.pairs().iterrows()] == [
        ("weights", "aggregate"),
        ("weights", "normalise"),
        ("aggregate", "normalise"),
    ]
    assert same(found.overall()["total"], made(choices, resamples=0).overall()["total"], 1e-12)
    with pytest.raises(SchemeError) as refused:
        made(choices).pairs()
    assert str(refused.value) == "pairs were not computed; they need runs of their own; set second_order"


def test_frames_have_every_output_of_every_choice() -> None:
    """The mean shift once, ranks and scores by unit."""
    found = made([WeightBox(), SCALES])
    frame = found.to_frame()
    assert len(frame) == 2 * (1 + 9 + 9)
    assert frame["output"].value_counts().to_dict() == {"rank": 18, "score": 18, "rank shift": 2}
    assert list(found.overall().index) == ["weights", "normalise"]
    last = frame[(frame["output"] == "score") & (frame["unit"] == "u8")]
    assert same(last["total"], found.effects.total[:, -1], 0.0)
    assert same(found.of("u8", "score")["total"], found.effects.total[:, -1], 0.0)
    rank = frame[(frame["output"] == "rank") & (frame["unit"] == "u8")]
    assert found.of("u8")["total"].tolist() == rank["total"].tolist()
    assert found.n == 256
    assert repr(found).startswith("<Sensitivity i: total effects on the mean rank shift: ")


def test_the_same_seed_gives_the_same_effects_wherever_they_are_computed() -> None:
    """And another node has others."""
    choices = [WeightBox(), SCALES]
    with ThreadPoolExecutor(1) as executor:
        one = made(choices, executor=executor)
    assert same(one.to_frame()["total"], made(choices).to_frame()["total"], 0.0)
    assert same(one.to_frame()["total_low"], made(choices).to_frame()["total_low"], 0.0)
    inner = made([WeightBox(groups=["p"]), SCALES], node="q")
    assert same(inner.overall()["total"], [0.0, 1.0], 0.01)


def test_alternatives_that_do_not_go_together_cannot_be_apportioned() -> None:
    """Even where a study would leave their draws out."""
    choices = [chosen(VaryNormalisation, among=["rank", "zscore"]), MEANS]
    for conflicts, said in (
        (
            "exclude",
            "conflicts: some alternatives do not go together; effects need every combination; leave one of each such "
            "pair out",
        ),
        (
            "refuse",
            "normalise: zscore; aggregate: geometric: 'p' has scores below 0, and 'i' takes the geometric mean (and 5 "
            "more); that mean needs scores above 0; leave one of them out, or set conflicts: exclude to leave out the "
            "draws that have all of them",
        ),
    ):
        with pytest.raises(SchemeError) as refused:
            sensitivity(read(), table(), chosen(Uncertainty, choices=choices, conflicts=conflicts), n=16)
        assert str(refused.value) == said


def test_more_numbers_than_the_sampler_has_are_refused() -> None:
    """A design takes twice as many as a study."""
    rows = table(4000)
    with pytest.raises(SchemeError) as refused:
        sensitivity(read(), rows, [DataError(relative=0.1)], n=1, seed=0)
    assert str(refused.value) == (
        "sampler: 32000 dimensions are asked for; a Sobol' sequence has at most 21201; take latin_hypercube or "
        "random"
    )


def test_units_without_a_score_do_not_count_in_the_mean_shift() -> None:
    """One that coverage leaves without a score in every run."""
    columns = {code: np.array(table().column(code)) for code in "abcd"}
    columns["c"][0] = columns["d"][0] = np.nan
    rows = Table.of(columns, units=table().units)
    found = sensitivity(read(coverage=0.8, screen={"measured": 0.0}), rows, [WeightBox(), SCALES], n=64, seed=0)
    assert not found.overall()["total"].isna().any()
    assert found.of("u0").isna().all(axis=None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"n": 0}, "n: it is 0; it is a whole number, at least 1; give 1 or more"),
        ({"n": 1.5}, "n: it is 1.5; it is a whole number, at least 1; give 1 or more"),
        ({"resamples": 1}, "resamples: it is 1; it is at least 2; give 2 or more"),
        ({"resamples": 2.5}, "resamples: it is 2.5; it is a whole number; give one without a point"),
        ({"seed": -1}, "seed: it is -1; it is at least 0; give 0 or more"),
    ],
)
def test_points_and_resamples_are_counted(fields: dict[str, Any], said: str) -> None:
    """What is no count is refused before any run."""
    with pytest.raises(SchemeError, match="^" + said):
        made([WeightBox()], **fields)


def test_numbers_of_numpy_are_numbers() -> None:
    """Of points, resamples and the seed."""
    found = made([WeightBox()], n=np.int64(64), resamples=np.int64(20), seed=np.int64(1))
    assert found.to_frame().equals(made([WeightBox()], n=64).to_frame())


def test_effects_are_on_ranks_or_scores() -> None:
    """Another word is refused, for it has no rows."""
    word: Any = "ranks"
    with pytest.raises(SchemeError, match=r"^output: it is 'ranks'; it is one of rank, score; did you mean rank"):
        made([WeightBox()], n=16).of("u0", word)
