"""What a table's file says about itself beside its cells, in a form that every format can carry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pii.places.registry import SYSTEMS, System

__all__ = ["NOTHING", "About"]


@dataclass(frozen=True, kw_only=True)
class About:
    """Title, notes and declarations of a file; None where it declares nothing.

    Parameters
    ----------
    title
        What the table is called; empty when the file says that it has no title.
    notes
        Comments and footnotes.
    system
        The system of provinces that its units belong to.
    labels
        Columns that are labels, though they may look like numbers.
    decimal
        The decimal mark, for a file whose cells leave it in doubt.

    Examples
    --------
    >>> about = About.of(["title: Trial", "system: VN34", "Made in May"])
    >>> about.title, about.system, about.notes
    ('Trial', 'VN34', ('Made in May',))
    >>> list(about.lines())
    ['title: Trial', 'system: VN34', 'Made in May']
    """

    title: str | None = None
    notes: tuple[str, ...] = ()
    system: System | None = None
    labels: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None

    @classmethod
    def of(cls, lines: Iterable[str]) -> About:
        """Read lines ``key: text``; a line with another key, or none, is a note."""
        title: str | None = None
        system: System | None = None
        labels: tuple[str, ...] = ()
        decimal: Literal[".", ","] | None = None
        notes: list[str] = []
        for line in lines:
            key, _, text = (part.strip() for part in line.partition(":"))
            if key == "title" and title is None:
                title = text
            elif key == "system" and text in SYSTEMS:
                system = "VN63" if text == "VN63" else "VN34"
            elif key == "decimal" and text in {".", ","}:
                decimal = "." if text == "." else ","
            elif key == "labels" and (listed := _listed(text)):
                labels = listed
            elif line.strip():
                notes.append(line.strip())
        return cls(title=title, notes=tuple(notes), system=system, labels=labels, decimal=decimal)

    def lines(self) -> Iterator[str]:
        """The lines that ``of`` reads: a title even when it is empty, so that no note is taken for it."""
        if self.title or self.notes:
            yield f"title: {_flat(self.title or '')}".rstrip()
        if self.system:
            yield f"system: {self.system}"
        if self.labels:
            yield f"labels: {json.dumps(self.labels, ensure_ascii=False)}"
        if self.decimal:
            yield f"decimal: {self.decimal}"
        yield from map(_flat, self.notes)


NOTHING = About()
"""What a file says that only has cells."""


def _listed(text: str) -> tuple[str, ...]:
    """The texts of a JSON list; none when it is anything else."""
    try:
        listed = json.loads(text)
    except ValueError:
        return ()
    whole = isinstance(listed, list) and all(isinstance(item, str) for item in listed)
    return tuple(listed) if whole else ()


def _flat(text: str) -> str:
    return " ".join(text.split())
