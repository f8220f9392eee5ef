"""What ``index.json`` and ``pii build --json`` hold, for the programs that read them: models and JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pii.provenance import Status
from pii.spec import Many, Spec

__all__ = ["Built", "Index", "Noted", "Placed", "Traced", "Weighed", "built_schema", "index_schema"]


class Placed(Spec):
    """A unit of the ranking, the best first; those that are not ranked come last."""

    rank: int | float | None
    """Its place, 1 for the best; half a place where a tie shares the mean; null where it is not ranked."""
    unit: str
    """Its code."""
    name: str
    labels: Mapping[str, str] = {}
    """Its region and other labels; left out where the table has none."""
    scores: Mapping[str, float | None] = {}
    """Unrounded, by the code of every group; null where a group has too few children measured."""
    reasons: Many[str] = ()
    """Why it is not ranked; left out where it is."""


class Weighed(Spec):
    """What a node counts."""

    parent: str
    """The code of its group."""
    share: float
    """Among its siblings, which sum to 1."""
    effective: float
    """In the index: the shares down to the node multiplied."""


class Noted(Spec):
    """What a reader should know besides the numbers."""

    about: str
    text: str


class Traced(Spec):
    """Where a cell comes from; what is not known is left out."""

    status: Status
    """How settled its value is."""
    source: str = ""
    """What it was taken from."""
    date: str = ""
    """When: a year, a month or a day."""
    supplier: str = ""
    """Who handed it in."""
    evidence: str = ""
    """What shows it."""
    footnote: str = ""
    """What a reader of the value should know."""


class Index(Spec):
    """The file ``index.json``."""

    format: Literal[1]
    """The number of this format; it rises when a field is added, taken away or means something else."""
    title: str
    """The index's name and edition; synthetic data says so."""
    synthetic: bool
    """Whether the numbers are invented."""
    period: str
    """The year or edition of the table; empty where it says none."""
    system: str | None
    """The system of provinces that the units belong to, VN63 or VN34."""
    scheme: Mapping[str, Any]
    """The scheme without what is default, as ``pii schema`` describes it."""
    ranking: Many[Placed]
    measured: Mapping[str, Mapping[str, float | None]]
    """What was measured, by the code of the unit, then of the column, in its own unit; null where nothing was."""
    indicator_scores: Mapping[str, Mapping[str, float | None]]
    """Scores of indicators on the common scale, by the code of the ranked unit, then of the indicator."""
    weights: Mapping[str, Weighed]
    """By the code of every node but the index."""
    treatment: Mapping[str, str]
    """What was done to outliers and skew, by the code of the indicator."""
    notes: Many[Noted]
    provenance: Mapping[str, Mapping[str, Traced]] | None = None
    """Where cells come from, by the code of the unit, then of the column; left out where no cell has a note."""
    reference: Mapping[str, Mapping[str, float | None]] | None = None
    """The treated values that fixed the scale, by unit and indicator; left out where they are the index's own."""


class Built(Spec):
    """What ``pii build --json`` prints."""

    format: Literal[1]
    """The number of this format, the same as that of ``index.json``."""
    title: str
    """The index's name and edition; synthetic data says so."""
    synthetic: bool
    """Whether the numbers are invented."""
    folder: str
    """Where the build was written."""
    files: Many[str]
    """The names of its files."""
    remarks: Many[str]
    """What a person should know of how the table was read."""
    ranking: Many[Placed]


def index_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of ``index.json``.

    Examples
    --------
    >>> index_schema()["title"]
    'Index'
    """
    return _schema(Index)


def built_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of what ``pii build --json`` prints.

    Examples
    --------
    >>> built_schema()["properties"]["format"]["const"]
    1
    """
    return _schema(Built)


def _schema(model: type[Spec]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
