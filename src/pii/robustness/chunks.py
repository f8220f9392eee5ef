"""The draws of a study, chunk by chunk: computed wherever there are workers, the same bytes whoever they are."""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.methods.rank import Competition
from pii.numerics.draws import Places, places
from pii.robustness.plan import Plan
from pii.scheme import Scheme

__all__ = ["Chunk", "Sent", "chunks", "places_of"]

_AHEAD = 8  # chunks in hand
_BLOCK = 31 << 20  # bytes: larger ones glibc does not learn from


@dataclass(frozen=True, eq=False)
class Chunk:
    """Draws of a study, one after the other."""

    start: int
    """The number of the first one."""
    stop: int
    scores: NDArray[np.float64]
    """Of the wanted nodes, (nodes, draws, units); draws that were left out are not in it."""
    places: NDArray[np.integer]
    """From 1 for the best, of the same shape; 0 for a unit without a score."""

    @classmethod
    def of(cls, plan: Plan, start: int, stop: int) -> Chunk:
        """Compute them."""
        scores = plan.scores(plan.points(start, stop))
        return cls(start, stop, scores, np.array([places_of(one, plan.scheme) for one in scores]))


def places_of(scores: Matrix, scheme: Scheme) -> Places:
    """Whole places by the scheme's rule, 0 where there is no score; shared ones that are none are rounded up."""
    if isinstance(scheme.rank, Competition):
        return places(scores)
    ranks = np.nan_to_num(scheme.rank(scores), nan=0.0)
    # Shared places of the method average are no whole numbers; counting takes them up.
    return np.ceil(ranks).astype(places(scores[:0]).dtype)


class Sent:
    """A plan on its way to workers: pickled once however many chunks there are, and unpickled once by a process."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def _pickled(self) -> bytes:
        return pickle.dumps(self.plan)

    def chunk(self, start: int, stop: int) -> Chunk:
        """Some of the plan's draws."""
        return Chunk.of(self.plan, start, stop)

    def __reduce__(self) -> tuple[Callable[[bytes], Sent], tuple[bytes]]:
        return _received, (self._pickled,)


@lru_cache(maxsize=1)
def _received(pickled: bytes) -> Sent:
    return Sent(pickle.loads(pickled))  # noqa: S301 - it comes from the process that asks for the draws


def chunks(plan: Plan, *, executor: Executor | None = None, done: Collection[int] = ()) -> Iterator[Chunk]:
    """Compute a study chunk by chunk, in order, a few chunks ahead of whoever takes them.

    Parameters
    ----------
    plan
        What is computed.
    executor
        Where: threads, processes or machines, in any number; threads of this process when not given.
    done
        First draws of chunks that are there already, and are not computed.
    """
    sent, step, draws = Sent(plan), plan.chunk, plan.uncertainty.draws
    if executor is None:
        if draws <= step and 0 not in done:
            # What is freed above twice the largest block that it saw freed, glibc gives back to the system, and the
            # next study faults it in again, page by page, in a tenth of its time. A block asked for and let go
            # untouched costs nothing.
            np.empty(_BLOCK, dtype=np.uint8)
            yield sent.chunk(0, draws)  # a thread would do nothing beside this one
            return
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield from chunks(plan, executor=threads, done=done)
        return
    waiting: deque[Future[Chunk]] = deque()
    try:
        for start in range(0, draws, step):
            if start in done:
                continue
            waiting.append(executor.submit(sent.chunk, start, min(start + step, draws)))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # whoever takes them has had enough, or one has failed
        for future in waiting:
            future.cancel()
