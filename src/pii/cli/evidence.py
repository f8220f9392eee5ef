"""The command about what rests on cells that are not final: evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import json_option, print_json, say_remarks, waiting

if TYPE_CHECKING:
    from pii.evidence import Evidence

__all__ = ["evidence"]

_RANKS = {"rank", "rank_without", "shift"}  # columns of whole numbers, unless units tie
_SHOWN = 20  # units that are printed; --out and --json have all


@click.command()
@click.argument("folder", metavar="DIR")
@click.option(
    "--status",
    "status",
    multiple=True,
    type=click.Choice(["final", "provisional", "estimated", "imputed"]),
    default=("provisional",),
    show_default=True,
    help="Cells of which status; repeatable.",
)
@click.option("--out", metavar="FILE.csv", help="Write all units as a table.")
@click.option("--force", is_flag=True, help="Replace an earlier table.")
@json_option
def evidence(folder: str, status: tuple[Any, ...], out: str | None, force: bool, as_json: bool) -> None:
    """Say what rests on cells that are not final, and how ranks move without them.

    DIR is the folder of a build that was given a provenance. Without the cells, the index is computed again as if
    nobody had measured them; an indicator of which too little is left is left out, and named.
    """
    from pii.evidence import rests_on
    from pii.io.builds import read_build
    from pii.io.texts import refuse_existing, write_bytes

    if out is not None:
        refuse_existing(out, force=force)
    with waiting("reading and computing"):
        found = rests_on(read_build(folder), status)
    if out is not None:
        write_bytes(_csv(found), out, force=force, what="a table")
    if as_json:
        print_json(_record(found))
    else:
        click.echo("\n".join(_lines(found)))
    if out is not None:
        click.echo(f"table in {out}", err=True)
    say_remarks(found.result, verbose=False)


def _lines(found: Evidence) -> list[str]:
    """Counts by column and status, what is left out, and the units that most rests on, with and without."""
    from pii.report.terminal import aligned, printable

    statuses = " or ".join(found.status)
    lines = [f"{printable(found.result.title)}: {int(found.cells.sum())} {statuses} cells", ""]
    if not found.cells.any():
        known = len(found.result.measured.noted)
        return [lines[0], f"the provenance of {known} cells is known; nothing rests on such a cell"]
    lines += _columns(found)
    frame = found.to_frame()
    resting = frame[frame["cells"] > 0]
    moved = frame[(frame["shift"] != 0) & frame["shift"].notna()]
    lines += ["", f"units that rest on them: {len(resting)} of {len(frame)}"]
    lines += [f"ranks that move without them: {len(moved)}", f"ranks lost without them: {len(found.unranked)}", ""]
    rows = [["unit", "share", "rank", "without", "shift"]]
    for _, row in frame.head(_SHOWN).iterrows():
        places = [_place(row["rank"]), _place(row["rank_without"]), _shift(row["shift"])]
        rows.append([row["name"], _share(row["share"]), *places])
    lines += map(printable, aligned(rows, words={0}))
    if len(frame) > _SHOWN:
        lines.append(f"and {len(frame) - _SHOWN} more; --out writes all")
    units = found.result.measured.units
    names = dict(zip(units.codes, units.names, strict=True))
    for code, reasons in found.unranked.items():
        lines.append(printable(f"not ranked without them: {names[code]}: {'; '.join(reasons)}"))
    return lines


def _columns(found: Evidence) -> list[str]:
    """A line a column and status, and the indicators that are left out."""
    from pii.report.terminal import aligned, printable

    rows = [["column", "status", "cells", "title"]]
    rows += (
        [str(code), row["status"], f"{row['cells']} of {row['measured']}", row["title"]]
        for code, row in found.columns().iterrows()
    )
    lines = aligned(rows, words={0, 1, 3})
    lines += (f"left out without them: {code}: {why}" for code, why in found.left_out.items())
    return list(map(printable, lines))


def _share(value: float) -> str:
    from pii.rounding import published

    return "" if value != value else f"{published(100 * value, 1)}%"  # noqa: PLR0124 - NaN


def _place(value: float) -> str:
    return "none" if value != value else f"{value:g}"  # noqa: PLR0124 - NaN


def _shift(value: float) -> str:
    return "" if value != value or not value else f"{value:+g}"  # noqa: PLR0124 - NaN


def _record(found: Evidence) -> dict[str, Any]:
    """Everything as plain data; None where there is no number."""
    from pii.report.records import frame_records

    return {
        "title": found.result.title,
        "synthetic": found.result.is_synthetic,
        "status": list(found.status),
        "cells": int(found.cells.sum()),
        "columns": frame_records(found.columns().reset_index()),
        "left_out": dict(found.left_out),
        "units": frame_records(found.to_frame().reset_index()),
        "unranked": {code: list(reasons) for code, reasons in found.unranked.items()},
    }


def _csv(found: Evidence) -> bytes:
    """All units as CSV; texts that a spreadsheet would run have an apostrophe before them."""
    from pii.io.writing import csv_line, defused

    frame = found.to_frame().reset_index()
    ranks = [name in _RANKS for name in frame.columns]
    rows = (list(map(_cell, row, ranks)) for row in frame.itertuples(index=False))
    return "".join(map(csv_line, [list(map(defused, frame.columns)), *rows])).encode("utf-8-sig")


def _cell(value: str | float, is_rank: bool) -> str:
    from pii.io.writing import defused

    if isinstance(value, str):
        return defused(value)
    return "" if value != value else f"{value:g}" if is_rank else repr(value)  # noqa: PLR0124 - NaN
