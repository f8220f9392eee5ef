"""Studies: repeatable from their seed, the same for units in any order, and tables that say what the draws say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.choices.alternatives import LeaveOut, MultipleImputation, VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox, WeightDirichlet
from pii.errors import MethodError, SchemeError
from pii.methods.sample import LatinHypercube, RandomPoints
from pii.numerics.tallies import meta_weights
from pii.robustness.study import Study, declared, study
from pii.scheme import Scheme
from pii.table import Table, Units
from tests.shared import group, leaf, same, scheme
from tests.slow_study import chosen
from tests.strategies import quick, shuffled
from tests.test_markup import Parsed

GAP = float("nan")
N = 12


def read(**fields: Any) -> Scheme:
    """Two pillars and an indicator."""
    tree = group("i", group("p", leaf("a"), leaf("b")), group("q", leaf("c"), leaf("d")), leaf("e"))
    return scheme(tree, **({"normalise": {"method": "minmax", "floor": 1.0}} | fields))


def table(order: Any = range(N)) -> Table:
    """Units with names of their own and a gap; the last has hardly any value."""
    x = np.random.default_rng(2).uniform(1, 9, size=(5, N))
    x[1, 3] = GAP
    x[:4, N - 1] = GAP
    at = np.array(order)
    units = Units(tuple(f"u{k}" for k in at), tuple(f"Unit {k}" for k in at))
    return Table.of(dict(zip("abcde", x[:, at], strict=True)), units=units)


CHOICES: list[Any] = [WeightBox(spread=0.6), chosen(VaryAggregation, among=["arithmetic", "geometric"])]


def made(choices: list[Any] | None = None, seed: int = 0, draws: int = 300, **more: Any) -> Study:
    """A study of that index."""
    return study(read(), table(), CHOICES if choices is None else choices, draws=draws, seed=seed, **more)


@pytest.mark.parametrize(
    "choices", [CHOICES, [MultipleImputation(n=3), WeightDirichlet()], [DataError(relative=0.1)]]
)
def test_the_same_seed_gives_the_same_bytes_and_another_other_draws(choices: list[Any]) -> None:
    """0 is a seed like any other."""
    for seed in (0, 5):
        one, again = made(choices, seed, 80), made(choices, seed, 80)
        assert one.scores.tobytes() == again.scores.tobytes()
        assert one.places.tobytes() == again.places.tobytes()
    assert made(choices, 0, 80).scores.tobytes() != made(choices, 5, 80).scores.tobytes()


@given(shuffled(N))
@quick
def test_units_in_another_order_have_the_same_draws(order: Any) -> None:
    """But for errors of data, which are drawn cell by cell."""
    ours, theirs = made(), study(read(), table(order), CHOICES, draws=300, seed=0)
    assert set(theirs.units.codes) == set(ours.units.codes)
    at = [theirs.units.codes.index(code) for code in ours.units.codes]
    assert same(theirs.scores[:, :, at], ours.scores, 1e-12)
    pd.testing.assert_frame_equal(theirs.intervals().loc[list(ours.units.codes)], ours.intervals())


def test_units_that_the_scheme_does_not_rank_are_in_no_table() -> None:
    """They are in the result's list, with the reason."""
    found = made()
    last = f"u{N - 1}"
    assert list(found.result.unranked) == [last]
    for frame in (found.intervals(), found.score_intervals(), found.acceptability(), found.winning(), found.top(3)):
        assert list(frame.index) == [f"u{at}" for at in range(N - 1)]
        assert frame.index.name == "unit"
    assert found.winning().columns.tolist() == found.winning().index.tolist()
    for frame in (found.tiers([3]), found.central_weights(), found.cross_confidence(), found.holistic()):
        assert (frame.index.name, list(frame.index)) == ("unit", list(found.units.codes))
    assert found.intervals()["name"].tolist() == [f"Unit {at}" for at in range(N - 1)]


def test_a_unit_without_a_score_in_some_draws_is_counted_in_the_others() -> None:
    """And never scored, has places 0 and no mean."""
    x = {"a": [1.0, 2, 3, 4], "b": [4.0, 2, 1, 3], "c": [GAP, 5, 2, 1]}
    rules = scheme(
        group("i", group("p", leaf("a"), leaf("b")), group("q", leaf("c"))), screen={"measured": 0.0}, coverage=1.0
    )
    rows = Table.of(x, units=list("wxyz"))
    found = study(rules, rows, [LeaveOut(nodes=["q"])], draws=64, seed=0, nodes=["i", "q"])
    frame: Any = found.intervals()
    assert found.acceptability().loc["w"].sum() == 0.5
    assert frame.loc["w", "rank"] is pd.NA
    assert frame.loc["w", "low"] >= 1
    never: Any = found.intervals("q").loc["w"]
    assert never[["low", "median", "high", "best", "worst"]].tolist() == [0, 0, 0, 0, 0]
    assert np.isnan(never["mean"])
    assert found.acceptability("q").loc["x"].sum() == 0.5


def test_tables_say_what_the_draws_say() -> None:
    """Counted one by one: intervals, shares of ranks, pairs, tiers, means."""
    found = made()
    ranks = pd.DataFrame(found.places[0], columns=list(found.units.codes)).astype(float)
    share = found.acceptability()
    for rank in range(1, N):
        assert same(share[rank], (ranks == rank).mean(), 1e-12)
    assert same(share.sum(axis=1), np.ones(N - 1), 1e-12)
    frame = found.intervals(level=0.8)
    for column, p in (("low", 0.1), ("median", 0.5), ("high", 0.9)):
        ordered = np.sort(ranks.to_numpy(), axis=0)[int(np.ceil(p * 300)) - 1]
        assert frame[column].tolist() == ordered.tolist()
    assert same(frame["mean"], ranks.mean(), 1e-12)
    assert same(frame["mean_error"], ranks.std() / 300**0.5, 1e-12)
    assert frame["rank"].tolist() == found.result.ranking.values[:, 0].tolist()
    assert same(frame["shift"], ranks.mean() - frame["rank"].astype(float), 1e-12)
    assert (frame["best"].tolist(), frame["worst"].tolist()) == (ranks.min().tolist(), ranks.max().tolist())
    assert ((frame["low_from"] <= frame["low"]) & (frame["low"] <= frame["low_to"])).all()
    assert ((frame["high_from"] <= frame["high"]) & (frame["high"] <= frame["high_to"])).all()
    assert (frame["low_from"] < frame["low_to"]).any()
    assert (frame["high_from"] < frame["high_to"]).any()
    ends = ("low", "high", "median", "low_from", "low_to", "high_from", "high_to")
    assert list(frame.columns) == ["name", "rank", *ends, "mean", "mean_error", "shift", "best", "worst"]
    best = found.top(3)
    share_of_3 = (ranks <= 3).mean()
    assert list(best.columns) == ["name", "probability", "error"]
    assert best["name"].tolist() == list(found.units.names)
    assert same(best["probability"], share_of_3, 1e-12)
    assert same(best["error"], (share_of_3 * (1 - share_of_3) / 300) ** 0.5, 1e-12)
    assert same(
        found.tiers([2, 6]).to_numpy().T,
        [(ranks <= 2).mean(), ranks.isin([3, 4, 5, 6]).mean(), (ranks > 6).mean()],
        1e-12,
    )
    assert list(found.tiers([2, 6]).columns) == ["1-2", "3-6", "7-"]
    one, other = found.units.codes[:2]
    wins = (ranks[one] < ranks[other]).mean() + (ranks[one] == ranks[other]).mean() / 2
    above: Any = found.winning()
    assert same(above.loc[one, other], wins, 1e-12)


def test_score_intervals_are_of_the_scores_of_the_draws() -> None:
    """Around the score as it stands."""
    found = made()
    frame = found.score_intervals()
    assert frame["score"].tolist() == found.result.composite.values[:, 0].tolist()
    assert same(frame["mean"], found.scores[0].mean(axis=0), 1e-12)
    assert (frame["low"] <= frame["median"]).all()
    assert (frame["median"] <= frame["high"]).all()
    within = (found.scores[0] >= frame["low"].to_numpy()) & (found.scores[0] <= frame["high"].to_numpy())
    assert (np.abs(within.mean(axis=0) - 0.9) < 0.01).all()
    names = ("name", "score", "low", "median", "high", "low_from", "low_to", "high_from", "high_to")
    assert list(frame.columns) == [*names, "mean", "mean_error"]
    assert frame["name"].tolist() == list(found.units.names)
    assert same(frame["mean_error"], found.scores[0].std(axis=0, ddof=1) / 300**0.5, 1e-12)
    wide, ordered = found.score_intervals(level=0.8), np.sort(found.scores[0], axis=0)
    for end, p in (("low", 0.1), ("median", 0.5), ("high", 0.9)):
        assert same(wide[end], ordered[int(np.ceil(p * 300)) - 1], 0.0)
    for end in ("low", "high"):
        assert ((frame[f"{end}_from"] < frame[end]) & (frame[end] < frame[f"{end}_to"])).all()


def test_an_interval_holds_its_share_of_the_acceptabilities() -> None:
    """At least 90 %, and less without either end."""
    found = made()
    share: Any = found.acceptability()
    for code, row in found.intervals().iterrows():
        mine = share.loc[code]
        assert mine.loc[: row["low"] - 1].sum() < 0.05 + 1e-12
        assert mine.loc[row["low"] : row["high"]].sum() >= 0.9 - 1e-12
        assert mine.loc[row["high"] + 1 :].sum() <= 0.05 + 1e-12


def test_groups_inside_are_studied_beside_the_index() -> None:
    """By name; others were not drawn."""
    found = made(nodes=["q", "i"])
    assert same(found.scores[1], made().scores[0], 0.0)
    assert found.intervals()["rank"].tolist() == found.result.ranking.column("q").tolist()
    assert found.intervals("i")["rank"].tolist() == found.result.ranking.column("i").tolist()
    assert found.score_intervals("i")["score"].tolist() == found.result.composite.column("i").tolist()
    assert found.score_intervals("q")["score"].tolist() == found.result.composite.column("q").tolist()
    both = found.to_frame()
    assert both["node"].tolist() == ["q"] * (N - 1) + ["i"] * (N - 1)
    assert both[both["node"] == "i"]["low"].tolist() == found.intervals("i")["low"].tolist()
    with pytest.raises(SchemeError) as refused:
        found.intervals("p")
    assert str(refused.value) == (
        "the study has no draws of 'p'; it was made of q, i; name the group under nodes when the study is made"
    )


def test_a_study_runs_until_its_intervals_are_known() -> None:
    """Twice as many draws each time, up to as many as are asked for."""
    stops: list[tuple[int, int]] = []
    one = [WeightBox(spread=0.05)]
    found = made(one, draws=50_000, until_stable=True, progress=lambda done, of: stops.append((done, of)))
    assert found.is_stable()
    assert found.draws == stops[-1][0] == stops[-1][1]
    assert found.draws in (1024, 2048, 4096, 8192)
    assert same(found.scores, made(one, draws=found.draws).scores, 0.0)
    wild = [WeightDirichlet(concentration=0.5)]
    assert made(wild, draws=1500, until_stable=True).draws in (1024, 1500)
    assert made(wild, draws=10, until_stable=True).draws == 10
    assert not made(wild, draws=10).is_stable()


def test_a_study_whose_intervals_are_not_yet_known_draws_twice_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to as many as are asked for, known or not."""
    monkeypatch.setattr(import_module("pii.robustness.study"), "_FIRST", 16)
    wild = [WeightDirichlet(concentration=0.5)]
    found = made(wild, draws=50, until_stable=True)
    assert found.draws == 50
    assert same(found.scores, made(wild, draws=50).scores, 0.0)
    assert not made(wild, draws=32).is_stable()


def shown_by(found: Study) -> list[str]:
    """The texts that a notebook shows."""
    return [text for text in Parsed(found._repr_html_()).texts if text.strip()]


def test_a_notebook_shows_the_best_and_says_how_many_more_there_are() -> None:
    """In the order of ranks as they stand, with the ends of their intervals; n/a where there is none."""
    x = np.random.default_rng(0).permutation(23).astype(float)
    names = [f"u{at}" for at in range(23)]
    rules = scheme(group("i", leaf("a"), leaf("b")))
    found = study(rules, Table.of({"a": x, "b": x}, units=names), [WeightBox()], draws=8, seed=0)
    head = ["Study i: 8 draws of weights", "unit", "rank", "low", "median", "high"]
    shown = [text for rank, at in enumerate(np.argsort(-x)[:20], 1) for text in (names[at], *[str(rank)] * 4)]
    said = "Between low and high are 90 % of the draws."
    assert shown_by(found) == [*head, *shown, f"{said} 3 more units."]
    rules = scheme(group("i", group("p", leaf("a")), leaf("b")), screen={"measured": 0.0}, coverage=1.0)
    gap = Table.of({"a": [GAP, 5.0, 2.0], "b": [1.0, 2.0, 3.0]}, units=list("xyz"))
    assert shown_by(study(rules, gap, [LeaveOut(nodes=["p"])], draws=8, seed=0))[-6:] == [
        "x",
        "n/a",
        "3",
        "3",
        "3",
        said,
    ]


def test_draws_whose_alternatives_do_not_go_together_are_left_out_and_counted() -> None:
    """Where the study says so; with them all left out there is none."""
    choices = [
        chosen(VaryNormalisation, among=["rank", "zscore"]),
        chosen(VaryAggregation, among=["arithmetic", "geometric"]),
    ]
    uncertain = chosen(Uncertainty, choices=choices, draws=1024, conflicts="exclude")
    found = study(read(), table(), uncertain)
    assert found.left_out == 256
    assert found.draws == 768
    assert same(found.acceptability().sum(axis=1), np.ones(N - 1), 1e-12)
    with pytest.raises(SchemeError) as refused:
        study(read(), table(), uncertain.replace(conflicts="refuse"))
    assert str(refused.value) == (
        "normalise: zscore; aggregate: geometric: 'p' has scores below 0, and 'i' takes the geometric mean (and 6"
        " more); that mean needs scores above 0; leave one of them out, or set conflicts: exclude to leave out "
        "the draws that have all of them"
    )
    unlikely = chosen(VaryAggregation, among=["arithmetic", "geometric"], probabilities=[1e-9, 1.0])
    likely = chosen(VaryNormalisation, among=["rank", "zscore"], probabilities=[1e-9, 1.0])
    with pytest.raises(SchemeError) as refused:
        study(read(), table(), uncertain.replace(choices=[likely, unlikely], draws=4))
    assert str(refused.value) == ("every draw has alternatives that do not go together; a study has draws to count")


def test_ties_share_places_as_the_scheme_has_it() -> None:
    """A place that is shared by the mean of two counts as the later one."""
    x = {"a": [1.0, 5, 5], "b": [1.0, 3, 3]}
    for ties, expected in (("competition", 1), ("average", 2), ("dense", 1)):
        rules = scheme(group("i", leaf("a"), leaf("b")), rank=ties)
        found = study(rules, Table.of(x, units=list("xyz")), [WeightBox()], draws=8, seed=0)
        assert set(found.places[0, :, 1].tolist()) == {expected}
        assert found.intervals()["rank"].tolist() == rules.rank(found.result.composite.values.T)[0].tolist()


def test_what_is_uncertain_is_given_or_declared() -> None:
    """What is given is taken first, and draws, seed and sampler in place of either's."""
    own = chosen(Uncertainty, choices=CHOICES, draws=7, seed=3)
    assert declared(read(uncertainty=own), None) == own
    changed = declared(read(uncertainty=own), None, draws=9, seed=0, sampler=RandomPoints())
    assert changed == chosen(Uncertainty, choices=CHOICES, draws=9, seed=0, sampler=RandomPoints())
    other = chosen(Uncertainty, choices=CHOICES[:1], sampler=LatinHypercube())
    assert declared(read(uncertainty=own), other) == other
    assert declared(read(uncertainty=own), CHOICES[:1], seed=4) == chosen(Uncertainty, choices=CHOICES[:1], seed=4)
    with pytest.raises(SchemeError) as refused:
        declared(read(), None)
    assert str(refused.value) == (
        "uncertainty: nothing is said to be uncertain; a study varies something; add uncertainty: {choices: "
        "[...], seed: ...} to the scheme"
    )
    with pytest.raises(SchemeError) as refused:
        declared(read(), CHOICES)
    assert str(refused.value) == "seed: there is no seed; a study can be repeated; give a seed; 0 is one"


def test_a_study_keeps_its_draws_from_being_changed() -> None:
    """And says what it is."""
    found = made()
    for values in (found.scores, found.places):
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0, 0] = 0
    assert repr(found) == "<Study i: 300 draws of weights, aggregate>"


@pytest.mark.parametrize("sampler", ["sobol", "latin_hypercube", "random"])
def test_progress_is_told_after_every_chunk(sampler: str) -> None:
    """Up to all draws, whatever the sampler."""
    told: list[tuple[int, int]] = []
    uncertain = chosen(Uncertainty, choices=[DataError(relative=0.1)], draws=130, sampler=sampler)
    with ThreadPoolExecutor(1) as executor:
        study(read(), table(), uncertain, executor=executor, progress=lambda *done: told.append(done))
    assert told == [(64, 130), (128, 130), (130, 130)]


@given(st.integers(0, 5))
@quick
def test_weights_of_which_nothing_depends_move_nobody(seed: int) -> None:
    """Where all children score alike every rank stays."""
    x = [1.0, 5, 3, 9]
    rules = scheme(group("i", leaf("a"), leaf("b")))
    found = study(rules, Table.of({"a": x, "b": x}, units=list("wxyz")), [WeightDirichlet()], draws=20, seed=seed)
    assert (found.places[0] == found.result.ranking.values[:, 0].astype(int)).all()


@pytest.mark.parametrize("worth", ["linear", "inverse", "centroid"])
def test_the_holistic_index_sums_what_all_ranks_are_worth(worth: Any) -> None:
    """Of the shares of each rank, linear unless said otherwise; of the index unless another group is named."""
    found = made(nodes=["i", "q"], draws=64)
    worths = meta_weights(N - 1, worth)
    for node in ("i", "q"):
        assert same(found.holistic(node, worth)["index"], found.acceptability(node) @ worths, 1e-12)
    pd.testing.assert_frame_equal(found.holistic(), found.holistic("i", "linear"))
    assert not found.holistic("q").equals(found.holistic("i"))


def test_a_rank_that_is_not_there_is_worth_nothing() -> None:
    """Half of the draws leave the group out; a unit without a score in any has 0 with no error."""
    x = {"a": [1.0, 2, 3, 4], "b": [4.0, 2, 1, 3], "c": [GAP, 5, 2, 1]}
    tree = group("i", group("p", leaf("a"), leaf("b")), group("q", leaf("c")))
    rules = scheme(tree, screen={"measured": 0.0}, coverage=1.0)
    found = study(rules, Table.of(x, units=list("wxyz")), [LeaveOut(nodes=["q"])], draws=64, seed=0, nodes=["q"])
    assert same(found.holistic("q")["index"], [0.0, 1 / 2, 1 / 3, 1 / 6], 1e-12)
    assert found.holistic("q").loc["w", "error"] == 0
    assert same(found.cross_confidence("q").loc["x"], [0.0, 0.5, 0.0, 0.0], 1e-12)


def test_cross_confidence_is_of_the_node_that_is_named() -> None:
    """Units down and across; its diagonal is the confidence of the central weights of that node."""
    found = made(nodes=["i", "q"], draws=64)
    codes = list(found.units.codes)
    for node in ("i", "q"):
        frame = found.cross_confidence(node)
        assert list(frame.index) == list(frame.columns) == codes
        assert same(frame.to_numpy().diagonal(), found.central_weights(node)["confidence"], 0.0)
    pd.testing.assert_frame_equal(found.cross_confidence(), found.cross_confidence("i"))
    assert not found.cross_confidence("q").equals(found.cross_confidence("i"))


@pytest.mark.parametrize("level", [90, 1.5, 1, 0, -1, GAP])
def test_a_level_is_a_share_of_the_draws(level: float) -> None:
    """What is none is refused, and not taken for the extremes."""
    found = made(draws=16)
    for ask in (found.intervals, found.score_intervals, found.is_stable):
        with pytest.raises(MethodError, match=r"^level: it is .* it lies above 0 and below 1; 90 % is 0.9$"):
            ask(level=level)


@pytest.mark.parametrize("k", [0, -1, 1.5, N])
def test_the_best_are_some_of_the_units(k: Any) -> None:
    """From one to all that are ranked; numbers of numpy are as good."""
    found = made(draws=16)
    assert (found.top(N - 1)["probability"] == 1).all()
    pd.testing.assert_frame_equal(found.top(np.int64(3)), found.top(3))  # type: ignore[arg-type]
    with pytest.raises(SchemeError, match=f"^k: it is {k}; it is a whole number, at least 1 and at most {N - 1};"):
        found.top(k)


@pytest.mark.parametrize("last", [[2, 1], [3, 3], [0], [-1, 4], [N - 1], [1.5], 3])
def test_tiers_ascend_and_hold_a_place_each(last: Any) -> None:
    """None is empty or more; the lowest has what the others leave."""
    found = made(draws=16)
    whole = found.tiers([1, N - 2])
    assert list(whole.columns) == ["1-1", f"2-{N - 2}", f"{N - 1}-"]
    assert same(whole.sum(axis=1), np.ones(N - 1), 1e-12)
    pd.testing.assert_frame_equal(found.tiers(np.array([1, N - 2])), whole)  # type: ignore[arg-type]
    with pytest.raises(SchemeError, match=f"^last: .* above 0 and below {N - 1}, the number of units; give a list"):
        found.tiers(last)


@pytest.mark.parametrize(
    ("choices", "fields", "said"),
    [
        (CHOICES, {"draws": 0}, "draws: it is 0; it is at least 1; give 1 or more"),
        (CHOICES, {"seed": -1}, "seed: it is -1; it is at least 0; give 0 or more"),
        (CHOICES, {"draws": 1.5}, "draws: it is 1.5; it is a whole number; give one without a point"),
        ([], {}, "choices: it is \\(\\); it holds at least 1; add one"),
        (CHOICES[0], {}, "choices: what is given is of type WeightBox; .*; give a list of choices"),
        (CHOICES[:1] * 2, {}, "several choices are called weights; give each a name of its own"),
        (Uncertainty(choices=CHOICES), {"draws": 0}, "draws: it is 0; it is at least 1; give 1 or more"),
    ],
)
def test_what_cannot_be_studied_is_said_by_its_name(choices: Any, fields: dict[str, Any], said: str) -> None:
    """Whether it is given to the study or declared before."""
    with pytest.raises(SchemeError, match="^" + said):
        study(read(), table(), choices, **({"draws": 8, "seed": 0} | fields))


def test_numbers_of_numpy_are_numbers() -> None:
    """Of draws and of the seed."""
    draws: Any = np.int64(8)
    seed: Any = np.uint32(5)
    assert made(draws=draws, seed=seed).scores.tobytes() == made(draws=8, seed=5).scores.tobytes()
