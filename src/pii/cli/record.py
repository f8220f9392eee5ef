"""The commands about builds as records: verify and diff."""

from __future__ import annotations

from os.path import normpath
from typing import Any, Literal

import click

from pii.cli.shared import json_option, language_option, print_json, waiting

__all__ = ["diff", "verify"]

_SHOWN = 50  # differences that are printed; --json prints all


@click.command()
@click.argument("folder", metavar="DIR")
@json_option
def verify(folder: str, as_json: bool) -> None:
    """Hold a build against its hashes, compute it again from its scheme and tables, and say what differs.

    Each difference names its file and cell; with any, the exit code is 1. A signature of SHA256SUMS that lies
    beside is named, not checked: the tool that made it does that.
    """
    from pii.errors import PiiError, Problem
    from pii.io.verifying import verify as verified
    from pii.report.terminal import printable

    with waiting("reading and computing"):
        found = verified(folder)
    for said in found.unchecked:
        click.echo(f"not checked: {printable(said)}", err=True)
    for package, (then, now) in found.versions.items():
        click.echo(f"remark: the build was made with {package} {then}, and {now or 'none'} is here", err=True)
    for name in found.signatures:
        click.echo(f"remark: {name} lies beside; check it with the tool that made it", err=True)
    problems = [
        Problem(
            file=normpath(f"{folder}/{cell.file}"),
            path=cell.place,
            unit=cell.unit,
            indicator=cell.column,
            found=cell.found,
            rule=f"it says {cell.recorded!r}, and {cell.expected!r} is due"
            if cell.recorded or cell.expected
            else "",
        )
        for cell in found.cells
    ]
    if len(problems) > _SHOWN and not as_json:
        more = len(problems) - _SHOWN
        problems = [*problems[:_SHOWN], Problem(found=f"{more:,} more differences; --json prints all")]
    if problems:
        raise PiiError(problems)
    if as_json:
        print_json({"folder": folder, "holds": True, "unchecked": found.unchecked, "signatures": found.signatures})
    else:
        click.echo(f"{printable(folder)}: every file is as it was written, and is what its inputs give")


@click.command()
@click.argument("before", metavar="DIR_A")
@click.argument("after", metavar="DIR_B")
@click.option("--notice", is_flag=True, help="Print a notice of correction in Markdown.")
@language_option("That of the notice.", "en")
@json_option
def diff(before: str, after: str, notice: bool, language: Literal["en", "vi"], as_json: bool) -> None:
    """Say what differs between two builds: cells of the table, fields of the scheme, scores and ranks.

    To correct what was published, change the table, build again, and print the notice of what that changed.
    """
    from pii.difference import difference
    from pii.io.builds import read_build
    from pii.report.notice_text import difference_lines
    from pii.report.notice_text import notice as noticed

    if notice and as_json:
        raise click.UsageError("Give either --notice or --json.")
    with waiting("reading and computing"):
        found = difference(read_build(before), read_build(after))
    if as_json:
        print_json(_record(found))
    else:
        click.echo(noticed(found, language) if notice else "\n".join(difference_lines(found)))


def _record(found: Any) -> dict[str, Any]:
    """Every change as plain data; None where there is no number."""
    parts = ("scheme", "cells", "texts", "scale", "scores", "ranks", "provenance")
    titles = {"before": found.before.title, "after": found.after.title}
    return titles | {part: [_plain(change._asdict()) for change in getattr(found, part)] for part in parts}


def _plain(change: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value != value else value for key, value in change.items()}  # noqa: PLR0124 - NaN
