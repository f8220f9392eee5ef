"""The command that draws a build for a publication: figures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import (
    SPREAD,
    Asked,
    Studied,
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
    from collections.abc import Sequence

    from pii.arrays import Vector
    from pii.figures.words import Language
    from pii.io.folders import Kind
    from pii.result import Result
    from pii.robustness.bounds import Dominance

__all__ = ["always_above", "figures", "refuse_taken", "write_figures"]

_MANIFEST = "figures.json"
_NOTHING = Studied(None, None, 0.9)
_MOST = 100  # units of which a Hasse diagram can be read
_NAMED = 12  # columns that are named where many could be meant
_INCOME = "grdp/population"  # what scores are held against where a table has it


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--out", metavar="FOLDER", required=True, help="A folder that does not exist, or is empty.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["svg", "png", "pdf"]),
    default="svg",
    show_default=True,
    help="Of every figure.",
)
@study_options()
@earlier_option
@click.option(
    "--against",
    metavar="COLUMN[/COLUMN]",
    help=f"A column to hold scores against, or one per another; {_INCOME} where the table has them.",
)
@language_option("In which language.")
@click.option("--force", is_flag=True, help="Replace figures that an earlier run wrote.")
@json_option
def figures(
    folder: str,
    out: str,
    kind: str,
    asked: Asked,
    earlier: str | None,
    against: str | None,
    language: Language,
    force: bool,
    as_json: bool,
) -> None:
    """Draw rank intervals, their drivers, contributions, scores, correlations, the framework, profiles and more.

    DIR is what build wrote. Rank intervals are from the choices that the scheme says are uncertain, computed again;
    who is always above whom is for all weights within 25 % of the nominal ones. What each figure shows is in it,
    and in figures.json, in a sentence for those who do not see it.
    """
    from pii.compare.comparison import compare
    from pii.errors import PiiError
    from pii.io.builds import read_build

    refuse_taken(out, force=force)
    with waiting("reading and computing"):
        result = read_build(folder)
        covariate = _covariate(result, against)
        before = None if earlier is None else compare(read_build(earlier), result).start
    found = studied(result, asked, driven=True)
    why = (
        "its choices cannot be computed"
        if result.scheme.uncertainty
        else "the scheme does not say what is uncertain"
    )
    lacks = [
        what
        for what, given in (
            (f"rank intervals: {why}", not asked.wanted or found.study),
            ("effects: they want two or more choices that all go together", found.drivers or not found.study),
            ("changes: name the edition before with --earlier", before),
            ("scores against something else: name a column with --against", covariate),
        )
        if not given
    ]
    order = None
    try:
        order = always_above(result)
    except PiiError as error:
        lacks.append(f"who is always above whom: {error}")
    with waiting("drawing"):
        drawn = write_figures(
            result,
            out,
            kind=kind,
            language=language,
            found=found,
            dominance=order,
            before=before,
            covariate=covariate,
            force=force,
        )
    if as_json:
        print_json({"folder": out, "figures": drawn, "lacks": lacks})
    else:
        from pii.report.markdown_tables import counted

        click.echo(f"wrote {counted(len(drawn), 'figure')} into {out}")
    for one in lacks:
        click.echo(f"lacks {one}", err=True)
    say_remarks(result, verbose=False)


def refuse_taken(out: str | os.PathLike[str], *, force: bool) -> None:
    """Say before any work is done that figures could not be written there.

    Raises
    ------
    BuildError
        The folder holds something that may not be replaced.
    """
    _kind().refuse_taken(out, force=force)


def _kind() -> Kind:
    from pii.io.folders import Kind

    return Kind(_MANIFEST, "figures", called="a folder of figures", rule="figures never overwrite by themselves")


def write_figures(
    result: Result,
    out: str | os.PathLike[str],
    *,
    kind: str = "svg",
    language: Language = "vi",
    found: Studied = _NOTHING,
    dominance: Dominance | None = None,
    before: Result | None = None,
    covariate: tuple[str, Vector] | None = None,
    force: bool = False,
) -> list[dict[str, str]]:
    """Draw a result into a new folder, whole or not at all, and give each file with what it shows.

    The same arguments give the same bytes.

    Raises
    ------
    BuildError
        The folder holds something that may not be replaced, or cannot be written; nothing is left half-written.
    MissingExtra
        Matplotlib is not installed.
    """
    from hashlib import sha256

    from pii.figures.publication import figures as drawn_from
    from pii.figures.style import encoded, title_of
    from pii.figures.words import title
    from pii.io.folders import json_bytes
    from pii.io.placing import place, standing

    refuse_taken(out, force=force)
    earlier = standing(Path(out), _MANIFEST)
    contents: dict[str, bytes] = {}
    said: list[dict[str, str]] = []
    every = drawn_from(
        result,
        study=found.study,
        drivers=found.drivers,
        level=found.level,
        dominance=None if dominance is None else (SPREAD, dominance),
        before=before,
        covariate=covariate,
        language=language,
    )
    for name, make in every:
        figure = make()
        file = f"{name}.{kind}"
        contents[file] = encoded(figure, kind)
        said.append({"file": file, "shows": title_of(figure), "sha256": sha256(contents[file]).hexdigest()})
    about: dict[str, Any] = {
        "format": 1,
        "title": title(result, language),
        "synthetic": result.is_synthetic,
        "language": language,
        "figures": said,
    }
    contents[_MANIFEST] = json_bytes(about)
    place(contents, Path(out), what="a folder of figures", by=_MANIFEST, before=earlier)
    return said


def always_above(result: Result) -> Dominance:
    """Who is above whom for all weights about the nominal ones.

    Raises
    ------
    PiiError
        There are too many units to be seen, or the order of some cannot be computed.
    """
    from pii.errors import PiiError, Problem
    from pii.robustness.bounds import dominance

    if (n := len(result.best_first)) > _MOST:
        raise PiiError(
            Problem(found=f"{n} units are ranked", rule=f"a Hasse diagram has {_MOST} units at the most")
        )
    return dominance(result, near_weights(result))


def _covariate(result: Result, against: str | None) -> tuple[str, Vector] | None:
    """What scores are held against: a column, or one per another, in the table's own units."""
    columns: Sequence[str] = (against or _INCOME).split("/")
    if against is None and not set(columns) <= set(result.measured.columns):
        return None
    if len(columns) > 2:
        raise click.UsageError(f"--against wants COLUMN or COLUMN/COLUMN, not {against!r}.")
    found = [_column(result, column) for column in columns]
    called = [_called(result, column) for column in columns]
    return (called[0], found[0]) if len(found) == 1 else (" / ".join(called), found[0] / found[1])


def _column(result: Result, code: str) -> Vector:
    if code not in result.measured.columns:
        from pii.spelling import did_you_mean

        columns = result.measured.columns
        more = f" and {len(columns) - _NAMED} more" if len(columns) > _NAMED else ""
        hint = did_you_mean(code, columns) or f"it has {', '.join(columns[:_NAMED])}{more}"
        raise click.UsageError(f"--against: the table has no column {code!r}; {hint}")
    return result.measured.column(code)


def _called(result: Result, code: str) -> str:
    """A column's code and unit of measure."""
    scheme = result.scheme
    units = {one.code: one.unit for one in scheme.denominators} | {one.code: one.unit for one in scheme.indicators}
    unit = units.get(code)
    return f"{code} ({unit})" if unit else code
