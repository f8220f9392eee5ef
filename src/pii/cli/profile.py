"""The command that makes a sheet on one unit, or on every one: profile."""

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
    print_json,
    say_remarks,
    studied,
    study_options,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pii.compare.comparison import Comparison
    from pii.report.page_record import Language
    from pii.result import Result
    from pii.robustness.study import Study

__all__ = ["profile", "write_profiles"]

_MANIFEST = "profiles.json"


@click.command()
@click.argument("folder", metavar="DIR")
@click.argument("unit", required=False)
@click.option("--all", "every", is_flag=True, help="Every ranked unit, a file each, into a folder.")
@click.option(
    "--out",
    metavar="FILE",
    help="profile.html by default; FILE.pdf is printed by Chromium, Chrome or Edge. With --all a folder, profiles.",
)
@click.option(
    "--format", "kind", type=click.Choice(["html", "pdf"]), help="Of the files of --all; html by default."
)
@study_options()
@earlier_option
@language_option("In which language.")
@click.option("--force", is_flag=True, help="Replace what an earlier run wrote.")
@json_option
def profile(
    folder: str,
    unit: str | None,
    every: bool,
    out: str | None,
    kind: str | None,
    asked: Asked,
    earlier: str | None,
    language: Language,
    force: bool,
    as_json: bool,
) -> None:
    """Make a sheet on a unit: rank, strips by pillar, strengths, weaknesses, peers, every indicator, what moved.

    DIR is what build wrote, UNIT a code or a name. A sheet is one file without scripts, and prints on two pages of
    A4 where there are fifty indicators. Rank intervals are from the choices that the scheme says are uncertain.
    """
    from pii.io.builds import read_build
    from pii.io.printing import browser
    from pii.result import SHOWN_LEVELS

    _refuse_unclear(unit, every=every, kind=kind)
    out = out or ("profiles" if every else "profile.html")
    (_refuse_folder if every else _refuse_file)(out, force=force)
    if kind == "pdf" or (unit and Path(out).suffix.lower() == ".pdf"):
        browser()
    with waiting("reading"):
        result = read_build(folder)
        code = unit and result.composite.units.codes[result.explain(unit).position]
        comparison = _compared(earlier, result)
        manifest = json.loads(Path(folder, "manifest.json").read_bytes())
    shown = [group.code for group in result.scheme.groups if result.scheme.levels[group.code] < SHOWN_LEVELS]
    study, _, level = studied(result, asked, nodes=shown)

    def drawn(code: str) -> str:
        from pii.report.profile_page import profile_page

        return profile_page(
            result,
            code,
            study=study,
            level=level,
            comparison=comparison,
            peers=_peers(result, code),
            provenance=manifest,
            language=language,
        )

    lacks = _lacks(study, comparison)
    with waiting("drawing"):
        said: dict[str, Any]
        if code:
            said = {"file": out, "unit": code, "bytes": _write(drawn(code), out, force=force)}
        else:
            said = {"folder": out, "files": write_profiles(result, drawn, out, kind=kind or "html", force=force)}
    if as_json:
        print_json(said | {"lacks": lacks})
    else:
        from pii.report.markdown_tables import counted

        click.echo(
            f"wrote {out} ({said['bytes'] / 1000:,.0f} kB)"
            if code
            else f"wrote {counted(len(said['files']), 'file')} into {out}"
        )
    for one in lacks:
        click.echo(f"lacks {one}", err=True)
    say_remarks(result, verbose=False)


def _refuse_unclear(unit: str | None, *, every: bool, kind: str | None) -> None:
    if (unit is None) != every:
        raise click.UsageError(
            "Name a unit, or say --all." if unit is None else "Name a unit or say --all, not both."
        )
    if kind and not every:
        raise click.UsageError("--format goes with --all; one file says its format by its name: --out FILE.pdf.")


def _refuse_file(out: str, *, force: bool) -> None:
    """Say before any work is done that a sheet could not be written there."""
    from pii.io.texts import refuse_taken

    if Path(out).suffix.lower() not in (".html", ".pdf"):
        raise click.UsageError(f"--out: a sheet is FILE.html or FILE.pdf, not {out!r}.")
    refuse_taken(out, force=force, what="a sheet")


def _refuse_folder(out: str | os.PathLike[str], *, force: bool) -> None:
    """Say before any work is done that sheets could not be written there."""
    from pii.io.folders import Kind

    rule = "profiles never overwrite by themselves"
    Kind(_MANIFEST, "files", called="a folder of profiles", rule=rule).refuse_taken(out, force=force)


def _compared(earlier: str | None, result: Result) -> Comparison | None:
    """The build against that of the edition before; nothing where the two cannot be held against each other."""
    from pii.compare.comparison import compare
    from pii.errors import PiiError
    from pii.io.builds import read_build

    if earlier is None:
        return None
    before = read_build(earlier)
    try:
        found = compare(before, result)
        return found if found.attribution.units else None
    except PiiError as error:
        click.echo(f"why units moved is left out: {error}", err=True)
        return None


def _peers(result: Result, code: str) -> Any:
    from pii.errors import PiiError
    from pii.peers import peers

    try:
        return peers(result, code)
    except PiiError:  # it has nobody to be held against
        return None


def _lacks(study: Study | None, comparison: Comparison | None) -> list[str]:
    return [
        what
        for what, given in (
            ("rank intervals: there is no study of what is uncertain", study),
            ("what moved: name the build of the edition before with --earlier", comparison),
        )
        if given is None
    ]


def _write(text: str, out: str, *, force: bool) -> int:
    """One sheet as its name says, and its size."""
    from pii.io.printing import printed
    from pii.io.texts import write_bytes

    content = printed(text) if Path(out).suffix.lower() == ".pdf" else text.encode()
    write_bytes(content, out, force=force, what="a sheet")
    return len(content)


def write_profiles(
    result: Result,
    drawn: Callable[[str], str],
    out: str | os.PathLike[str],
    *,
    kind: str = "html",
    force: bool = False,
) -> list[Mapping[str, Any]]:
    """Write a sheet for every ranked unit into a new folder, whole or not at all, and say which file is whose.

    Parameters
    ----------
    result
        What was computed.
    drawn
        Gives the sheet of a unit by its code.
    out
        The folder; files are called by the units' codes, the best unit first in ``profiles.json``.
    kind
        ``html`` or ``pdf``.
    force
        Replace a folder that an earlier run wrote, and that holds nothing else.

    Raises
    ------
    BuildError
        The folder holds something that may not be replaced, or cannot be written; nothing is left half-written.
    """
    from hashlib import sha256
    from urllib.parse import quote

    from pii.io.folders import json_bytes
    from pii.io.placing import place, standing
    from pii.io.printing import printed

    _refuse_folder(out, force=force)
    earlier = standing(Path(out), _MANIFEST)
    units = result.composite.units
    contents: dict[str, bytes] = {}
    files: list[Mapping[str, Any]] = []
    for at in result.best_first.tolist():
        text = drawn(units.codes[at])
        file = f"{quote(units.codes[at], safe='')}.{kind}"  # a code may hold what no name of a file may
        contents[file] = printed(text) if kind == "pdf" else text.encode()
        digest = sha256(contents[file]).hexdigest()
        files.append({"file": file, "unit": units.codes[at], "name": units.names[at], "sha256": digest})
    about = {"format": 1, "title": result.title, "synthetic": result.is_synthetic, "files": files}
    contents[_MANIFEST] = json_bytes(about)
    place(contents, Path(out), what="a folder of profiles", by=_MANIFEST, before=earlier)
    return files
