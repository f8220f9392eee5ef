"""The command that draws a build for a publication: figures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import fixed_scale, print_json, say_remarks, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pii.arrays import Vector
    from pii.figures.words import Language
    from pii.result import Result
    from pii.robustness.study import Study

__all__ = ["figures", "refuse_taken", "write_figures"]

_MANIFEST = "figures.json"
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
@click.option(
    "--lang",
    "language",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="In which language.",
)
@click.option("--draws", type=click.IntRange(min=1), help="How often the index is computed for rank intervals.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same draws.")
@click.option("--no-study", is_flag=True, help="Leave rank intervals out.")
@click.option("--earlier", metavar="DIR", help="The build of the edition before, for what moved.")
@click.option(
    "--against",
    metavar="COLUMN[/COLUMN]",
    help=f"A column to hold scores against, or one per another; {_INCOME} where the table has them.",
)
@click.option("--force", is_flag=True, help="Replace figures that an earlier run wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, all else on standard error.")
def figures(
    folder: str,
    out: str,
    kind: str,
    language: Language,
    draws: int | None,
    seed: int | None,
    no_study: bool,
    earlier: str | None,
    against: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Draw rank intervals, contributions, scores, correlations, the framework, changes, and every unit's profile.

    DIR is what build wrote. Rank intervals are from the choices that the scheme says are uncertain, computed again.
    What each figure shows is in it, and in figures.json, in a sentence for those who do not see it.
    """
    from pii.compare.comparison import compare
    from pii.io.builds import read_build
    from pii.robustness.study import study

    if no_study and (draws or seed is not None):
        raise click.UsageError("--no-study goes with neither --draws nor --seed.")
    refuse_taken(out, force=force)
    with waiting("reading and computing"):
        result = read_build(folder)
        covariate = _covariate(result, against)
        before = None if earlier is None else compare(read_build(earlier), result).start
    found = None
    if not no_study and result.scheme.uncertainty is not None:
        with waiting("computing draws"):
            found = study(result.scheme, result.measured, draws=draws, seed=seed, reference=fixed_scale(result))
    lacks = [
        what
        for what, given in (
            ("rank intervals: the scheme does not say what is uncertain", no_study or found),
            ("changes: name the edition before with --earlier", before),
            ("scores against something else: name a column with --against", covariate),
        )
        if not given
    ]
    with waiting("drawing"):
        drawn = write_figures(
            result, out, kind=kind, language=language, study=found, before=before, covariate=covariate, force=force
        )
    if as_json:
        print_json({"folder": out, "figures": drawn, "lacks": lacks})
    else:
        click.echo(f"wrote {len(drawn)} figures into {out}")
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
    from pii.errors import BuildError, Problem
    from pii.io.builds import refuse_occupied
    from pii.io.folders import occupied

    target = Path(out)
    here = Path.cwd()
    found = {path.name for path in target.iterdir()} if target.is_dir() else set()
    if not found or target.resolve() in (here, *here.parents):
        refuse_occupied(target, force=False)
        return
    fault = occupied(found, _outputs_of(target), force=force)
    if fault:
        what, _, remedy = fault
        what = what.replace("an earlier build", "a folder of figures")
        raise BuildError(
            Problem(file=str(out), found=what, rule="figures never overwrite by themselves", remedy=remedy)
        )


def _outputs_of(folder: Path) -> set[str]:
    """The files that an earlier run wrote; none where something else did."""
    try:
        written = json.loads((folder / _MANIFEST).read_bytes())
        return {_MANIFEST, *(figure["file"] for figure in written["figures"])}
    except (OSError, ValueError, LookupError, TypeError):
        return set()


def write_figures(
    result: Result,
    out: str | os.PathLike[str],
    *,
    kind: str = "svg",
    language: Language = "vi",
    study: Study | None = None,
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
    from pii.figures.publication import title
    from pii.figures.style import encoded, title_of
    from pii.io.folders import json_bytes
    from pii.io.placing import place, standing

    refuse_taken(out, force=force)
    earlier = standing(Path(out), _MANIFEST)
    contents: dict[str, bytes] = {}
    said: list[dict[str, str]] = []
    every = drawn_from(result, study=study, before=before, covariate=covariate, language=language)
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

        raise click.UsageError(
            f"--against: the table has no column {code!r}; {did_you_mean(code, result.measured.columns)}"
        )
    return result.measured.column(code)


def _called(result: Result, code: str) -> str:
    """A column's code and unit of measure."""
    scheme = result.scheme
    units = {one.code: one.unit for one in scheme.denominators} | {one.code: one.unit for one in scheme.indicators}
    unit = units.get(code)
    return f"{code} ({unit})" if unit else code
