"""Draws that are kept: the same bytes wherever they are computed, and however often a run was interrupted."""

from __future__ import annotations

import json
import os
import pickle
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq
import pytest

from pii.choices.alternatives import LeaveOut, VaryAggregation, VaryNormalisation
from pii.choices.data import DataError
from pii.choices.design import Choice, Uncertainty
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.errors import BuildError, SchemeError
from pii.io import streams
from pii.io.streams import StreamedStudy, stream_study, versions
from pii.methods.aggregate import Arithmetic, Power
from pii.methods.normalise import MinMax, Rank, ZScore
from pii.robustness import plan as plans
from pii.robustness.chunks import chunks
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from pii.robustness.study import Study, computed
from pii.scheme import Scheme
from pii.table import Table, Units
from tests.shared import group, leaf, scheme

T = TypeVar("T")

SECONDS = 120  # after which a test that waits for workers fails, and does not hang


def within(call: Callable[[], T]) -> T:
    """What a call answers, in good time."""
    answers: Queue[tuple[T | None, BaseException | None]] = Queue()

    def answer() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))

    thread = Thread(target=answer, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), f"no answer in {SECONDS} seconds"
    found, error = answers.get()
    if error is not None:
        raise error
    return found  # type: ignore[return-value]  # the call has answered


def rules() -> Scheme:
    """Two pillars of two indicators."""
    return scheme(
        group("total", group("P", leaf("a"), leaf("b", direction=-1)), group("Q", leaf("c"), leaf("d"))),
        labels=[{"code": "region"}],
        screen={"empty": "exclude"},
    )


def table(n: int = 9) -> Table:
    """Units with gaps, of which the last is not ranked, and labels."""
    x = np.random.default_rng(5).gamma(2.0, size=(4, n))
    x[0, 3] = np.nan
    x[:, -1] = np.nan
    codes = tuple(f"u{at}" for at in range(n))
    units = Units(codes, tuple(f"Tỉnh {code}" for code in codes), {"region": ("north", "") * (n // 2) + ("x",)})
    return Table.of(dict(zip("abcd", x, strict=True)), units=units, period="2030")


CHOICES: Mapping[str, Sequence[Choice]] = {
    "weights": [WeightBox(spread=0.5)],
    "alternatives": [
        WeightBox(spread=0.5),
        VaryNormalisation(among=[MinMax(), ZScore(), Rank()]),
        VaryAggregation(among=[Arithmetic(), Power(p=2.0)], levels=[0]),
        LeaveOut(nodes=["a", "Q"]),
    ],
    "data": [WeightBox(spread=0.5), DataError(relative=0.1)],
}


def laid_out(kind: str = "weights", *, draws: int = 260, **options: Any) -> Plan:
    """A study of all groups, in several chunks."""
    uncertainty = Uncertainty(choices=tuple(CHOICES[kind]), draws=draws, seed=3, conflicts="exclude")
    return planned(rules(), table(), uncertainty, nodes=options.pop("nodes", ("total", "P")), **options)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 64 draws or so; workers are told the draws of each."""
    monkeypatch.setattr(plans, "_NUMBERS", 512)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def same(found: Study, expected: Study) -> bool:
    """Whether all numbers of two studies are the same to the last bit."""
    assert found.draws == expected.draws
    for ours, theirs in ((found.scores, expected.scores), (found.places, expected.places)):
        assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())
    return True


# --- Plans in other processes


@pytest.mark.parametrize("kind", CHOICES)
def test_a_plan_comes_through_a_pickle(kind: str) -> None:
    """Read-only as before, and it computes the same bytes; what was worked out from it does not matter."""
    plan = laid_out(kind, reference=compute(rules(), table()))
    assert plan.reference is not None
    assert plan.nominal.screening.reasons
    there = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own
    assert same(computed(there), computed(plan))
    nominal = there.nominal
    grids = (nominal.measured, nominal.scores, nominal.composite, nominal.treatment.before, nominal.treatment.table)
    assert not any(grid.values.flags.writeable for grid in grids)
    assert not nominal.weights.shares.flags.writeable
    assert not nominal.screening.measured.flags.writeable
    for mapping in (nominal.screening.reasons, nominal.treatment.rules, nominal.measured.units.labels):
        with pytest.raises(TypeError):
            mapping["u0"] = ()
    assert dict(nominal.screening.reasons) == dict(plan.nominal.screening.reasons)
    assert dict(nominal.measured.units.labels) == dict(plan.nominal.measured.units.labels)


class Pickling(ThreadPoolExecutor):
    """Threads that are sent everything as processes are, and remember how much."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.sent: list[bytes] = []

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Any:
        """Send a call through a pickle."""
        self.sent.append(pickle.dumps((call, args, kwargs)))
        there, others, named = pickle.loads(self.sent[-1])  # noqa: S301 - our own
        return super().submit(there, *others, **named)


def test_a_plan_is_pickled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many chunks there are; the study is the same."""
    plan, taken = laid_out("alternatives"), 0
    original = Plan.__reduce_ex__

    def reduce(self: Plan, protocol: Any) -> Any:
        nonlocal taken
        taken += 1
        return original(self, protocol)

    expected = computed(plan)
    monkeypatch.setattr(Plan, "__reduce_ex__", reduce)
    with Pickling(2) as executor:
        assert same(computed(plan, executor=executor), expected)
        assert len(executor.sent) > 3
    assert taken == 1


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    """Two processes."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A Dask cluster of two worker processes."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0", "host": "127.0.0.1"}
    cluster = within(lambda: distributed.LocalCluster(processes=True, **settings))
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("where", ["1 thread", "2 threads", "2 processes", "Dask"])
def test_the_bytes_do_not_depend_on_who_computes(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, where: str
) -> None:
    """Threads, processes or a cluster, in any number: in memory, and in every part on disk."""
    plan = laid_out(kind, draws=200)
    expected = computed(plan)
    stream_study(plan, tmp_path / "expected")
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        executor: Executor
        if where == "Dask":
            executor = request.getfixturevalue("client").get_executor()
        elif where == "2 processes":
            executor = request.getfixturevalue("processes")
        else:
            executor = one if where == "1 thread" else two
        assert same(within(lambda: computed(plan, executor=executor)), expected)
        within(lambda: stream_study(plan, tmp_path / "found", executor=executor))
    assert contents(tmp_path / "found") == contents(tmp_path / "expected")


def test_a_worker_may_be_killed(client: Any) -> None:
    """Dask computes again what it had; the bytes are the same."""
    plan = laid_out("data", draws=300)
    victims = list(client.run(os.getpid).values())[:1]

    def kill(_: int, __: int) -> None:
        while victims:
            os.kill(victims.pop(), signal.SIGKILL)

    found = within(lambda: computed(plan, executor=client.get_executor(), progress=kill))
    assert not victims
    assert same(found, computed(plan))


class Remembering(ThreadPoolExecutor):
    """One thread, that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(1)
        self.futures: list[Future[Any]] = []

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Any:
        """Remember a call."""
        self.futures.append(super().submit(call, *args, **kwargs))
        return self.futures[-1]


def test_chunks_that_nobody_waits_for_are_not_computed() -> None:
    """Whoever stops taking them stops those that have not begun."""
    with Remembering() as thread:
        for _ in chunks(laid_out(draws=3_000), executor=thread):
            break
    assert any(future.cancelled() for future in thread.futures)
    assert thread.futures[0].done()


# --- Draws in a folder


@pytest.mark.parametrize("kind", CHOICES)
def test_kept_draws_say_what_a_study_in_memory_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Every table, to the last bit, also when only a few units' scores are read at a time."""
    plan = laid_out(kind)
    expected, found = computed(plan), stream_study(plan, tmp_path / "draws")
    assert isinstance(found, StreamedStudy)
    assert same(found, expected)
    assert found.left_out == expected.left_out
    monkeypatch.setattr(streams, "_HELD", 3 * 260)
    for node in ("total", "P"):
        for tell in ("intervals", "score_intervals", "acceptability", "winning"):
            assert getattr(found, tell)(node).equals(getattr(expected, tell)(node)), tell
        assert found.top(2, node).equals(expected.top(2, node))
    assert found.to_frame().equals(expected.to_frame())
    assert found.is_stable() == expected.is_stable()
    if kind == "weights":
        assert found.central_weights().equals(expected.central_weights())


def test_a_part_is_a_table_of_draws(tmp_path: Path) -> None:
    """One row a draw, scores and places of each wanted node in the order of the units that the metadata name."""
    plan = laid_out()
    expected = computed(plan)
    stream_study(plan, tmp_path)
    paths = sorted(tmp_path.glob("*.parquet"))
    assert [path.name for path in paths] == [f"draws-{at:08d}.parquet" for at in range(0, 260, plan.chunk)]
    part = pq.read_table(paths[1])
    assert part.column_names == ["score:total", "place:total", "score:P", "place:P"]
    about = part.schema.metadata or {}
    assert json.loads(about[b"units"]) == list(plan.measured.units.codes)
    rows = np.array(part.column("place:P").to_pylist())
    assert np.array_equal(rows, expected.places[1, plan.chunk : 2 * plan.chunk])


def test_synthetic_draws_say_so(tmp_path: Path) -> None:
    """In every part, and beside them."""
    invented = replace(table(), title="Synthetic")
    plan = planned(rules(), invented, Uncertainty(choices=tuple(CHOICES["weights"]), draws=10))
    stream_study(plan, tmp_path)
    assert (pq.read_schema(tmp_path / "draws-00000000.parquet").metadata or {})[b"title"].startswith(b"SYNTHETIC")
    assert json.loads((tmp_path / "about.json").read_bytes())["title"].startswith("SYNTHETIC")


class Stopped(Exception):
    """What interrupts a run in a test."""


def stop_after(draws: int) -> Callable[[int, int], None]:
    """A listener that stops the run it listens to."""

    def progress(done: int, _: int) -> None:
        if done >= draws:
            raise Stopped

    return progress


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("draws", [1, 130, 200])
def test_an_interrupted_run_is_taken_up(tmp_path: Path, kind: str, draws: int) -> None:
    """Where it was: what is there is not written again, and in the end all bytes are as of one run."""
    plan = laid_out(kind)
    with pytest.raises(Stopped):
        stream_study(plan, tmp_path / "found", progress=stop_after(draws))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "found").iterdir()}
    assert 2 <= len(before) < 1 + len(range(0, 260, plan.chunk))
    said: list[int] = []
    found = stream_study(plan, tmp_path / "found", progress=lambda done, _: said.append(done))
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert said == [*range(plan.chunk, 260, plan.chunk), 260]
    stream_study(plan, tmp_path / "expected")
    assert contents(tmp_path / "found") == contents(tmp_path / "expected")
    assert same(found, computed(plan))


def cut(path: Path) -> None:
    """Half of it is gone."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    """As a power cut leaves it."""
    path.write_bytes(b"")


def flip(path: Path) -> None:
    """One bit of its numbers is another."""
    data = bytearray(path.read_bytes())
    data[len(data) // 4] ^= 1
    path.write_bytes(data)


def remove(path: Path) -> None:
    """It is gone."""
    path.unlink()


@pytest.mark.parametrize("damage", [cut, empty, flip, remove])
def test_a_damaged_part_is_computed_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """And no other."""
    plan = laid_out()
    stream_study(plan, tmp_path)
    before = contents(tmp_path)
    path = sorted(tmp_path.glob("*.parquet"))[2]
    others = {other: other.stat().st_mtime_ns for other in tmp_path.iterdir() if other != path}
    damage(path)
    assert same(stream_study(plan, tmp_path), computed(plan))
    assert contents(tmp_path) == before
    assert {other: other.stat().st_mtime_ns for other in others} == others


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    """A part that was being written is no part."""
    plan = laid_out()
    stream_study(plan, tmp_path / "expected")
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / ".draft-0123").write_bytes(b"PAR1")
    stream_study(plan, tmp_path / "found")
    assert contents(tmp_path / "found") == contents(tmp_path / "expected")


OTHERS: dict[str, tuple[Callable[[], Plan], str]] = {
    "draws": (lambda: laid_out(draws=259), "draws"),
    "seed": (
        lambda: planned(rules(), table(), laid_out().uncertainty.replace(seed=9), nodes=("total", "P")),
        "seed",
    ),
    "nodes": (lambda: laid_out(nodes=("total",)), "nodes"),
    "reference": (lambda: laid_out(reference=compute(rules(), table())), "reference"),
    "scheme": (
        lambda: planned(
            rules().replace(normalise="zscore"),
            table(),
            laid_out().uncertainty,
            nodes=("total", "P"),
        ),
        "scheme",
    ),
    "table": (
        lambda: planned(
            rules(),
            table().holding(table().values + 1.0),
            laid_out().uncertainty,
            nodes=("total", "P"),
        ),
        "table",
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_draws_of_another_study_are_refused(tmp_path: Path, other: str) -> None:
    """What differs is said, nothing is computed, and what is there stays."""
    stream_study(laid_out(), tmp_path)
    before = contents(tmp_path)
    make, differing = OTHERS[other]
    with pytest.raises(BuildError, match=f"of another study: they differ in {differing};"):
        stream_study(make(), tmp_path, progress=stop_after(0))
    assert contents(tmp_path) == before


def test_draws_of_other_versions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their last digits may be others."""
    stream_study(laid_out(), tmp_path)
    monkeypatch.setattr(streams, "versions", lambda: versions() | {"numpy": "1.0"})
    with pytest.raises(BuildError, match="they differ in versions"):
        stream_study(laid_out(), tmp_path)


@pytest.mark.parametrize("text", ["my notes", "[]", "{}"])
@pytest.mark.parametrize("name", ["notes.txt", "about.json"])
def test_a_folder_of_something_else_is_not_touched(tmp_path: Path, name: str, text: str) -> None:
    """It is no place for draws."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="something else is already there"):
        stream_study(laid_out(), tmp_path)
    assert contents(tmp_path) == {name: text.encode()}


def test_a_disk_that_is_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do; the parts that were written stay, for the next run."""
    real, written = Path.write_bytes, 0

    def refuse(self: Path, data: Any) -> int:
        nonlocal written
        written += 1
        if written > 3:
            real(self, data[:9])
            raise OSError(28, "No space left on device")
        return real(self, data)

    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", refuse)
        with pytest.raises(BuildError, match=r"No space left on device; .*make room"):
            stream_study(laid_out(), tmp_path)
    assert list(contents(tmp_path)) == ["about.json", "draws-00000000.parquet", "draws-00000064.parquet"]
    assert same(stream_study(laid_out(), tmp_path), computed(laid_out()))


def test_a_study_of_which_every_draw_is_left_out_is_refused(tmp_path: Path) -> None:
    """There is nothing to count."""
    plan = laid_out("alternatives", draws=4)
    pairs = tuple(((1, one), (2, other)) for one in range(3) for other in range(2))
    with pytest.raises(SchemeError, match="every draw"):
        stream_study(replace(plan, excluded=pairs), tmp_path)
