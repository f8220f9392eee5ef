"""Chunks of draws: in order, the same wherever they are computed, and no more of them than somebody takes."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import pii
from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.robustness.chunks import Chunk, Sent, chunks, places_of
from pii.robustness.plan import Plan
from pii.robustness.planning import planned
from tests.shared import group, leaf, scheme


def plan(draws: int) -> Plan:
    """The sample's weights within a quarter."""
    scheme, table = pii.read_sample()
    return planned(scheme, table, Uncertainty(choices=[WeightBox()], draws=draws))


class Counting(Executor):
    """Computes at once, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, call: Callable[..., Any], /, *words: Any, **named: Any) -> Future[Any]:
        """Compute now."""
        self.count += 1
        future: Future[Any] = Future()
        future.set_result(call(*words, **named))
        return future


def test_chunks_come_in_order_and_hold_every_draw_once() -> None:
    """Whatever is there already is not computed again."""
    laid_out = plan(40_000)
    with ThreadPoolExecutor(2) as threads:
        found = list(chunks(laid_out, executor=threads))
        rest = list(chunks(laid_out, executor=threads, done=[found[0].start]))
    assert [chunk.start for chunk in found] == [0, *(chunk.stop for chunk in found[:-1])]
    assert found[-1].stop == 40_000
    assert [chunk.start for chunk in rest] == [chunk.start for chunk in found[1:]]
    again = Chunk.of(laid_out, found[1].start, found[1].stop)
    assert np.array_equal(again.scores, found[1].scores)
    assert np.array_equal(again.places, found[1].places)


def test_a_single_chunk_is_computed_where_it_is_asked_for() -> None:
    """With the bytes that a worker gives; it is left out where it is there already."""
    laid_out = plan(100)
    (here,) = chunks(laid_out)
    with ThreadPoolExecutor(1) as threads:
        (there,) = chunks(laid_out, executor=threads)
    assert here.scores.tobytes() == there.scores.tobytes()
    assert here.places.tobytes() == there.places.tobytes()
    assert (here.start, here.stop) == (there.start, there.stop) == (0, 100)
    assert not list(chunks(laid_out, done=[0]))


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ("competition", [1, 2, 2, 0, 4]),
        ("dense", [1, 2, 2, 0, 3]),
        ("modified_competition", [1, 3, 3, 0, 4]),
        ("average", [1, 3, 3, 0, 4]),  # 2.5, taken up
    ],
)
def test_places_are_whole_by_the_schemes_rule(rank: str, expected: list[int]) -> None:
    """In few bytes, 0 where there is no score, every draw by itself."""
    read = scheme(group("g", leaf("a")), rank=rank)
    scores = np.array([[90.0, 70.0, 70.0, np.nan, 50.0], [np.nan] * 5])
    found = places_of(scores, read)
    assert found.tolist() == [expected, [0] * 5]
    assert found.dtype == places_of(scores, scheme(group("g", leaf("a")))).dtype
    assert found.dtype.itemsize < 8


def test_no_more_is_computed_than_a_few_chunks_ahead() -> None:
    """A reader that stops after the first leaves most of a long study alone."""
    counting = Counting()
    drawn = chunks(plan(1_000_000), executor=counting)
    next(drawn)
    del drawn
    assert counting.count < 40


def test_a_plan_is_pickled_once_and_gives_the_same_draws_on_the_other_side() -> None:
    """To the bit."""
    sent = Sent(plan(100))
    first = pickle.dumps(sent)
    assert first == pickle.dumps(sent)
    received = pickle.loads(first)  # noqa: S301 - made here
    there, here = received.chunk(10, 60), sent.chunk(10, 60)
    assert there.scores.tobytes() == here.scores.tobytes()
    assert pickle.loads(first) is received  # noqa: S301
