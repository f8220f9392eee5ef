"""What studies take of memory: figures near the peak of a real run, and refusals before any draw is made."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pii.choices.alternatives import VaryNormalisation
from pii.choices.design import Choice, Uncertainty
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.errors import SchemeError
from pii.io.streams import stream_study
from pii.methods.normalise import MinMax, Rank
from pii.methods.sample import LatinHypercube
from pii.robustness import chunks, room
from pii.robustness.bounds import bounds, dominance
from pii.robustness.planning import planned
from pii.robustness.region import Region
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import Study, study
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Indicator
from tests.shared import leave_memory, scheme

CHOICES: list[Choice] = [WeightBox(), VaryNormalisation(among=[MinMax(), Rank()])]


def read() -> Scheme:
    """Four indicators."""
    return scheme(Group(code="demo", children=[Indicator(code=code) for code in "abcd"]))


def table(units: int) -> Table:
    """Any values."""
    return Table.of(
        dict(zip("abcd", np.random.default_rng(1).normal(50, 10, (4, units)), strict=True)),
        units=[f"u{at}" for at in range(units)],
    )


def made(units: int, draws: int) -> Study:
    """Weights within a quarter."""
    return study(read(), table(units), [WeightBox()], draws=draws, seed=0)


def peak(run: Callable[[], object]) -> int:
    """The most bytes that a run has at once beyond what was there."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def said(units: int, draws: int) -> None:
    """All that a study says of every unit."""
    found = made(units, draws)
    found.intervals()
    found.score_intervals()


@pytest.mark.parametrize(("units", "draws"), [(40, 300_000), (1_500, 8_000), (3_000, 500)])
def test_the_figure_of_a_study_is_near_its_peak(units: int, draws: int) -> None:
    """Within a factor of two, of many draws and of many units."""
    said(20, 64)
    assert 0.5 < room.study_bytes(1, draws, units) / peak(lambda: said(units, draws)) < 2


def test_figures_of_pairs_are_near_their_peaks() -> None:
    """Within a factor of two."""
    n = 1_500
    found, result = made(n, 1_000), compute(read(), table(n))
    made(20, 64).winning()
    ever = int((found.places[0] == 1).any(axis=0).sum())
    assert 0.5 < room.winning_bytes(n) / peak(found.winning) < 2
    assert 0.5 < room.cross_bytes(n, ever) / peak(found.cross_confidence) < 2
    assert 0.5 < room.leads_bytes(n) / peak(lambda: dominance(result, Region(spread=0.1)).tiers) < 2


def test_the_figure_of_effects_is_near_their_peak() -> None:
    """Within a factor of two, of a large design."""
    n, units = 4096, 300

    def run() -> object:
        return sensitivity(read(), table(units), CHOICES, n=n, seed=0, resamples=0)

    dimensions = planned(read(), table(units), Uncertainty(choices=CHOICES, seed=0)).dimensions
    assert 0.5 < room.effects_bytes(n, 4 * n, dimensions, units) / peak(run) < 2


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 2 MB left, on which no draw is made."""

    def never(*_: object) -> None:
        raise AssertionError("a draw was made")

    leave_memory(monkeypatch, 2_000_000)
    monkeypatch.setattr(chunks.Chunk, "of", never)


@pytest.mark.usefixtures("little")
def test_a_study_that_does_not_fit_is_refused_before_any_draw() -> None:
    """With both figures, and with what can be done: of draws, or of units."""
    with pytest.raises(SchemeError) as refusal:
        made(10, 1_000_000_000)
    assert str(refusal.value) == (
        "a study of 10 units in 1,000,000,000 draws needs 250.0 GB of memory; 2.0 MB are available; make fewer draws, "
        "or keep them in a folder: pii study --out DIR --keep-draws"
    )
    with pytest.raises(
        SchemeError, match=r"of 400 units in 10 draws needs 2\.6 MB .*; study fewer units, or fewer"
    ):
        made(400, 10)


@pytest.mark.usefixtures("little")
def test_a_study_kept_in_a_folder_needs_no_room_for_its_draws(tmp_path: Path) -> None:
    """But for what counts places, and for a Latin hypercube's orders; nothing is written."""
    folder = tmp_path / "draws"
    many = planned(read(), table(400), Uncertainty(choices=[WeightBox()], draws=10, seed=0))
    with pytest.raises(SchemeError, match=r"needs 2\.6 MB of memory"):
        stream_study(many, folder)
    assert not folder.exists()
    with pytest.raises(AssertionError, match="a draw was made"):
        stream_study(planned(read(), table(10), Uncertainty(choices=[WeightBox()], draws=10**6, seed=0)), folder)
    latin = Uncertainty(choices=[WeightBox()], draws=10**6, seed=0, sampler=LatinHypercube())
    with pytest.raises(SchemeError, match="make fewer draws, or take the sampler sobol"):
        stream_study(planned(read(), table(10), latin), tmp_path / "latin")


def test_draws_in_a_folder_are_not_read_whole_where_they_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though intervals, which need not hold them, are given."""
    plan = planned(read(), table(10), Uncertainty(choices=[WeightBox()], draws=20_000, seed=0))
    found = stream_study(plan, tmp_path / "draws")
    leave_memory(monkeypatch, 100_000)
    assert len(found.intervals()) == 10
    for whole in (lambda: found.scores, lambda: found.places):
        with pytest.raises(SchemeError, match="of all 20,000 draws at once needs"):
            whole()


def test_pairs_and_effects_that_do_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before they are set aside."""
    found, result = made(100, 64), compute(read(), table(120))
    leave_memory(monkeypatch, 100_000)
    with pytest.raises(SchemeError, match=r"how often each of 100 units is above each other needs 0\.6 MB"):
        found.winning()
    with pytest.raises(SchemeError, match=r"who of 100 units is first by each other's weights needs 0\.2 MB"):
        found.cross_confidence()
    with pytest.raises(SchemeError, match=r"the lead of each of 120 units over each other needs 0\.1 MB"):
        bounds(result, Region(spread=0.1))
    with pytest.raises(SchemeError, match=r"4,096 runs of 100 units needs 13\.\d MB .*; take a smaller n"):
        sensitivity(read(), table(100), CHOICES, n=1024, seed=0)
