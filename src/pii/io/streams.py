"""Draws kept in a folder part by part, so that they need not be held, and an interrupted run is taken up again."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from pii.errors import BuildError, Problem, SchemeError
from pii.numerics import tallies
from pii.numerics.score_tallies import mean_score, score_quantiles
from pii.robustness.asked import quantiles
from pii.robustness.chunks import Chunk, chunks
from pii.robustness.plan import Plan
from pii.robustness.room import refuse_unfit, refuse_unfit_study
from pii.robustness.study import Progress, Study
from pii.table import Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DRAWS", "StreamedStudy", "refuse_others", "stream_study", "versions", "writing"]

DRAWS = "draws"
"""The folder, in that of a study, where its draws are kept."""

_ABOUT = "about.json"
_DRAFT = ".draft-"
_HELD = 1 << 22  # scores of all draws that are held at a time
_MATTER = ("numpy", "scipy")  # other versions of these may give other last digits


def versions() -> dict[str, str]:
    """The versions of what computes a draw; workers that differ in them may not give the same bytes."""
    return {"pii": version("provincial-innovation-index"), **{name: version(name) for name in _MATTER}}


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Say of what the system refuses there what can be done.

    Raises
    ------
    BuildError
        A file or folder cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise BuildError(
            Problem(
                file=str(target),
                found=error.strerror or str(error),
                rule="the folder of a study can be read and written",
                remedy="make room or permission there, or choose another folder with --out",
            )
        ) from error


class StreamedStudy(Study):
    """A study whose draws lie in a folder: places are counted part by part, scores read a few units at a time.

    ``places``, which ``winning``, ``central_weights`` and ``cross_confidence`` need, and ``scores`` are read whole
    when asked for.
    """

    def __init__(self, plan: Plan, folder: Path, rows: Sequence[int], counts: NDArray[np.int64]) -> None:
        vars(self).update(plan=plan, folder=folder, _rows=tuple(rows), _counts=counts)

    folder: Path
    """Where the parts are."""
    _rows: tuple[int, ...]
    _counts: NDArray[np.int64]

    @property
    def draws(self) -> int:
        """How many draws are counted."""
        return sum(self._rows)

    @property
    def scores(self) -> NDArray[np.float64]:
        """(nodes, draws, ranked units)."""
        self._refuse_unfit("scores", 8)
        return np.array([self._read("score", at) for at in range(len(self.plan.nodes))])

    @property
    def places(self) -> NDArray[np.integer]:
        """From 1 for the best, of the same shape; 0 for a unit without a score."""
        self._refuse_unfit("places", 1)
        return np.array([self._read("place", at) for at in range(len(self.plan.nodes))])

    @cached_property
    def _tallied(self) -> dict[int, tallies.Counts]:
        return dict(enumerate(self._counts))

    def _refuse_unfit(self, what: str, size: int) -> None:
        """Before all parts are read whole: they are joined, and then so are the nodes."""
        needed = 2 * size * len(self.plan.nodes) * self.draws * len(self.units)
        refuse_unfit(needed, f"the {what} of all {self.draws:,} draws at once", remedy="read the parts one by one")

    def _read(
        self, what: Literal["score", "place"], at: int, units: NDArray[np.intp] | None = None
    ) -> NDArray[Any]:
        """Of one wanted node, (draws, units); of some units, by position."""
        parts = (_column(self.plan, _part(self.folder, start), what, at) for start in _starts(self.plan))
        # Draw by draw as in memory, for sums to be the same to the last bit.
        return np.concatenate([part if units is None else np.ascontiguousarray(part[:, units]) for part in parts])

    def score_intervals(self, node: str | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """As of a study in memory."""
        import pandas as pd

        at, step = self._at(node), max(2, _HELD // self.draws)  # numpy sums a column by itself in another order
        frames = []
        for some in np.array_split(np.arange(len(self.units)), max(1, len(self.units) // step)):
            scores = self._read("score", at, some)
            low, median, high = score_quantiles(scores, quantiles(level))
            mean = mean_score(scores)
            columns = {
                "low": low.score,
                "median": median.score,
                "high": high.score,
                "low_from": low.low,
                "low_to": low.high,
                "high_from": high.low,
                "high_to": high.high,
                "mean": mean.value,
                "mean_error": mean.error,
            }
            frames.append(pd.DataFrame(columns))
        frame = pd.concat(frames, ignore_index=True).set_index(pd.Index(self.units.codes, name="unit"))
        frame.insert(0, "name", self.units.names)
        frame.insert(1, "score", self._nominal(node)[0])
        return frame


def stream_study(
    plan: Plan,
    folder: str | os.PathLike[str],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> StreamedStudy:
    """Compute all draws of a plan into a folder, and hold no more than a few chunks of them.

    Parts that are there already are not computed again, so that an interrupted run is taken up where it was; a part
    that is cut short or damaged is. The parts are the same bytes however often a run was interrupted.

    Parameters
    ----------
    plan
        What is computed.
    folder
        Where the parts go: one Parquet file a chunk, with one row a draw, and for each wanted node the lists
        ``score:CODE`` and ``place:CODE`` in the order of the units, whose codes the metadata have.
    executor
        Where chunks are computed; threads of this process when not given.
    progress
        Called after every chunk.

    Raises
    ------
    BuildError
        The folder holds the draws of another study, or something else, or cannot be written.
    SchemeError
        Every draw has alternatives that do not go together, or the counts of places do not fit memory.
    """
    refuse_unfit_study(plan, kept=True)
    target, draws = Path(folder), plan.uncertainty.draws
    _claim(plan, target)
    units = len(plan.measured.units)
    counts = np.zeros((len(plan.nodes), units, units + 1), dtype=np.int64)
    rows: dict[int, int] = {}
    done = 0

    def add(start: int, places: Sequence[NDArray[np.integer]]) -> None:
        nonlocal done
        rows[start] = len(places[0])
        for at, one in enumerate(places):
            counts[at] += tallies.acceptability(one)
        done += min(plan.chunk, draws - start)
        if progress is not None:
            progress(done, draws)

    for start in _starts(plan):
        if (kept := _sound(plan, _part(target, start))) is not None:
            add(start, kept)
    for chunk in chunks(plan, executor=executor, done=frozenset(rows)):
        content = _parquet(plan, chunk)
        with writing(target):
            _write(_part(target, chunk.start), content)
        add(chunk.start, list(chunk.places))
    for draft in target.glob(f"{_DRAFT}*"):  # of a run that was killed
        draft.unlink(missing_ok=True)
    if not any(rows.values()):
        raise SchemeError(
            Problem(found="every draw has alternatives that do not go together", rule="a study has draws to count")
        )
    return StreamedStudy(plan, target, [rows[start] for start in _starts(plan)], counts)


def _starts(plan: Plan) -> range:
    return range(0, plan.uncertainty.draws, plan.chunk)


def _part(folder: Path, start: int) -> Path:
    return folder / f"draws-{start:08d}.parquet"


def _claim(plan: Plan, folder: Path) -> None:
    """Make a folder that of this study's draws."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(not path.name.startswith(_DRAFT) for path in folder.iterdir()):
            refuse_others(plan, folder)
        else:
            _write(folder / _ABOUT, json.dumps(_fingerprint(plan), ensure_ascii=False, indent=1).encode())


def refuse_others(plan: Plan, folder: Path) -> None:
    """Refuse a folder that holds anything but draws of this plan.

    Raises
    ------
    BuildError
        It is another study's, and in what; or something else.
    """
    mine = _fingerprint(plan)
    try:
        theirs = json.loads((folder / _ABOUT).read_bytes())
        differing = [key for key, value in mine.items() if theirs[key] != value and key != "uncertainty"]
        said, asked = theirs["uncertainty"], mine["uncertainty"]
        differing += [key for key in {**asked, **said} if said.get(key) != asked.get(key)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        found = "something else is already there"
    else:
        found = (
            f"the draws kept there are of another study: they differ in {', '.join(differing)}" if differing else ""
        )
    if found:
        raise BuildError(
            Problem(
                file=str(folder),
                found=found,
                rule="draws of one study are kept together, and none are added to them",
                remedy="give its own command to go on with it, move it away, or choose another folder with --out",
            )
        )


def _fingerprint(plan: Plan) -> dict[str, Any]:
    """All that the draws depend on."""
    fixed = plan.reference
    return {
        "format": 1,
        "title": plan.nominal.title,
        "scheme": _sha256(plan.scheme.replace(uncertainty=None).model_dump(mode="json")),
        "table": _table_sha256(plan.nominal.measured),
        "reference": None if fixed is None else _table_sha256(fixed.treatment.table),
        "uncertainty": plan.uncertainty.model_dump(mode="json"),
        "nodes": list(plan.nodes),
        "draws in a part": plan.chunk,
        "versions": versions(),
    }


def _table_sha256(table: Table) -> str:
    units = table.units
    about = {"columns": table.columns, "units": units.codes, "labels": dict(units.labels), "system": units.system}
    return _sha256(about, np.ascontiguousarray(table.values).tobytes())


def _sha256(record: dict[str, Any], more: bytes = b"") -> str:
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + more).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; what a power cut leaves of it is noticed when it is read."""
    draft = path.with_name(f"{_DRAFT}{uuid4().hex}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _parquet(plan: Plan, chunk: Chunk) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    width = len(plan.measured.units)
    columns = {
        f"{what}:{node}": pa.FixedSizeListArray.from_arrays(pa.array(values[at].reshape(-1)), width)
        for at, node in enumerate(plan.nodes)
        for what, values in (("score", chunk.scores), ("place", chunk.places))
    }
    about = {"title": plan.nominal.title, "units": json.dumps(plan.measured.units.codes, ensure_ascii=False)}
    buffer = io.BytesIO()
    pq.write_table(
        pa.table(columns).replace_schema_metadata(about),
        buffer,
        compression="zstd",
        use_dictionary=False,
        write_page_checksum=True,
    )
    return buffer.getvalue()


def _column(plan: Plan, path: Path, what: Literal["score", "place"], at: int) -> NDArray[Any]:
    """Scores or places of one wanted node in a part, (draws, units)."""
    import pyarrow.parquet as pq

    name = f"{what}:{plan.nodes[at]}"
    with pq.ParquetFile(path, page_checksum_verification=True) as part:
        lists: Any = part.read(columns=[name]).column(name).combine_chunks()
    return np.asarray(lists.flatten()).reshape(-1, len(plan.measured.units))


def _sound(plan: Plan, path: Path) -> list[NDArray[Any]] | None:
    """The places in a part, by node; None where it is not there, or not as it was written."""
    import pyarrow as pa

    if not path.exists():
        return None
    try:
        for at in range(len(plan.nodes)):
            _column(plan, path, "score", at)
        return [_column(plan, path, "place", at) for at in range(len(plan.nodes))]
    except (OSError, ValueError, LookupError, pa.ArrowException):
        return None
