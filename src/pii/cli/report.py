"""The command that makes the one page of an index: report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import (
    Asked,
    earlier_option,
    json_option,
    language_option,
    near_weights,
    print_json,
    say_remarks,
    studied,
    study_options,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pii.report.page_record import Language
    from pii.result import Result
    from pii.robustness.bounds import Bounds

__all__ = ["report", "write_report"]

_BY_ITSELF = Asked()
_SECONDS = 20.0  # after which possible ranks are bounds and not proven


@click.command()
@click.argument("folder")
@click.option("--out", metavar="FILE", default="report.html", show_default=True, help="The page to write.")
@study_options(without="rank intervals and possible ranks")
@earlier_option
@click.option("--map", "boundaries", metavar="FILE", help="GeoJSON boundaries, drawn in place of the tiles.")
@language_option("The language in which it opens.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
def report(
    folder: str,
    out: str,
    asked: Asked,
    earlier: str | None,
    boundaries: str | None,
    language: Language,
    force: bool,
    as_json: bool,
) -> None:
    """Make one HTML file of a build: ranking, other weights, profiles, map, robustness, audit, method, provenance.

    FOLDER is what build wrote. The file needs no server and no network. Rank intervals are from the choices that
    the scheme says are uncertain, computed again; without any, the page says that it lacks them.
    """
    from pii.io.builds import read_build
    from pii.io.texts import refuse_existing

    refuse_existing(out, force=force)
    with waiting("reading"):
        result = read_build(folder)
        before = None if earlier is None else read_build(earlier)
        manifest = json.loads(Path(folder, "manifest.json").read_bytes())
        shapes = None if boundaries is None else _json(Path(boundaries))
    path, lacks = write_report(
        result,
        out,
        asked=asked,
        earlier=before,
        boundaries=shapes,
        provenance=manifest,
        language=language,
        force=force,
    )
    size = path.stat().st_size
    if as_json:
        print_json({"file": str(path), "bytes": size, "units": len(result.best_first), "lacks": lacks})
    else:
        click.echo(f"wrote {path} ({size / 1000:,.0f} kB)")
    for one in lacks:
        click.echo(f"lacks: {one['en']}", err=True)
    say_remarks(result, verbose=False)


def write_report(
    result: Result,
    out: str | os.PathLike[str],
    *,
    asked: Asked = _BY_ITSELF,
    earlier: Result | None = None,
    boundaries: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
    language: Language = "vi",
    force: bool = False,
) -> tuple[Path, list[dict[str, Any]]]:
    """Work out what a page shows beside a result, write it whole or not at all, and give what it lacks.

    Raises
    ------
    PiiError
        The study's folder or the scheme's choices cannot be used, or the file cannot be written.
    """
    from pii.audit import audit
    from pii.io.texts import write_text
    from pii.report.page import Beside, drawn, page_record
    from pii.report.page_bases import alternatives

    study, drivers, level = studied(result, asked, driven=True)
    bounds = None
    if asked.wanted:
        with waiting("looking for the extreme ranks"):
            bounds = _bounds(result)
    with waiting("auditing and drawing"):
        beside = Beside(
            study=study,
            drivers=drivers,
            level=level,
            bounds=bounds,
            audit=audit(result),
            earlier=earlier,
            alternatives=alternatives(result),
            boundaries=boundaries,
            provenance=provenance,
            peers=_peers(result),
            changes=None if earlier is None else _changes(earlier, result),
        )
        record = page_record(result, beside, language=language)
    return write_text(drawn(record), out, force=force), record["lacks"]


def _json(path: Path) -> Any:
    from pii.errors import Problem, TableError

    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or f"it is not JSON: {error}"
        raise TableError(
            Problem(file=str(path), found=found, rule="boundaries are a GeoJSON file", remedy="name one with --map")
        ) from None


def _bounds(result: Result) -> Bounds | None:
    """Possible ranks where weights of groups of groups are off; nothing where they cannot be computed."""
    from pii.errors import PiiError
    from pii.robustness.bounds import bounds

    try:
        return bounds(result, near_weights(result), seconds=_SECONDS)
    except PiiError as error:
        click.echo(f"possible ranks are left out: {error}", err=True)
        return None


def _peers(result: Result) -> dict[str, list[str]]:
    """The units most like each ranked one, by code; those with nobody like them are left out."""
    from pii.errors import PiiError
    from pii.peers import peers

    found = {}
    for code in result.composite.units.codes:
        try:
            found[code] = [str(peer) for peer in peers(result, code).to_frame().index]
        except PiiError:  # it is not ranked, or has nobody to be held against
            continue
    return found


def _changes(earlier: Result, result: Result) -> dict[str, dict[Language, str]]:
    """Why each unit moved, in both languages; nothing where the two editions cannot be held against each other."""
    from pii.compare.comparison import compare
    from pii.errors import PiiError
    from pii.report.change_text import sentence

    found: dict[str, dict[Language, str]] = {}
    try:
        comparison = compare(earlier, result)
        for code in comparison.to_frame().index:
            found[str(code)] = {"vi": sentence(comparison, code, "vi"), "en": sentence(comparison, code, "en")}
    except PiiError as error:
        click.echo(f"why units moved is left out: {error}", err=True)
    return found
