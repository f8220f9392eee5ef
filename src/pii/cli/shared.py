"""What commands have in common: reading a scheme and a table, and saying what was found."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from functools import wraps
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pii.report.words import Language
    from pii.result import Result
    from pii.robustness.region import Region
    from pii.robustness.sensitivity import Sensitivity
    from pii.robustness.study import Study
    from pii.scheme import Scheme
    from pii.table import Table

__all__ = [
    "POINTS",
    "SPREAD",
    "Asked",
    "Studied",
    "computed",
    "earlier_option",
    "json_option",
    "language_option",
    "near_weights",
    "print_json",
    "print_ranking",
    "provenance_option",
    "refuse_half",
    "refuse_swapped",
    "say_remarks",
    "studied",
    "study_options",
    "table_options",
    "waiting",
]

SPREAD = 0.25
"""How far weights may be from the nominal ones for possible ranks, as a part of them."""
POINTS = 1024
"""Of the design that says what drives the uncertainty."""

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON on standard output, all else on standard error."
)
earlier_option = click.option("--earlier", metavar="DIR", help="The build of the edition before, for what moved.")
provenance_option = click.option(
    "--provenance", metavar="FILE", help="A table of where cells come from: unit, column, status, source ..."
)
_READING = [
    click.option("--period", metavar="PERIOD", help="Which period (year) of a table of several."),
    click.option("--sheet", metavar="NAME", help="Which sheet of a workbook."),
    click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark, where a file leaves it open."),
    click.option("--strict", is_flag=True, help="Refuse columns that the scheme does not know."),
    json_option,
]
_STUDYING = [
    click.option(
        "--study", "study_folder", metavar="DIR", help="Take choices, draws and seed from a study's folder."
    ),
    click.option("--draws", type=click.IntRange(min=1), help="How often the index is computed for rank intervals."),
    click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same draws."),
]


def table_options(command: Any) -> Any:
    """Give a command the options by which a table is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


def language_option(said: str, default: Language | None = "vi") -> Callable[[Any], Any]:
    """The option of a language, with its help; without a default the command decides."""
    order = ["vi", "en"] if default == "vi" else ["en", "vi"]
    return click.option(
        "--lang",
        "language",
        type=click.Choice(order),
        default=default,
        show_default=default is not None,
        help=said,
    )


class Asked(NamedTuple):
    """Which study of a build a command is asked for."""

    folder: str | None = None
    """Of a study that says what is varied; else the scheme does."""
    draws: int | None = None
    seed: int | None = None
    wanted: bool = True
    """Whether any is."""

    @property
    def is_explicit(self) -> bool:
        """Whether somebody said more than that there be one."""
        return bool(self.folder or self.draws or self.seed is not None)


def study_options(*, without: str = "rank intervals") -> Callable[[Any], Any]:
    """Give a command the options of a study of its build; it gets them as ``asked``.

    Parameters
    ----------
    without
        What is left out where no study is wanted.
    """

    def given(command: Any) -> Any:
        @wraps(command)
        def asking(
            *, study_folder: str | None, draws: int | None, seed: int | None, no_study: bool, **others: Any
        ) -> Any:
            asked = Asked(study_folder, draws, seed, wanted=not no_study)
            if no_study and asked.is_explicit:
                raise click.UsageError("--no-study goes with neither --study, --draws nor --seed.")
            return command(asked=asked, **others)

        wrapped: Any = asking
        for option in reversed(
            [*_STUDYING, click.option("--no-study", is_flag=True, help=f"Leave {without} out.")]
        ):
            wrapped = option(wrapped)
        return wrapped

    return given


def print_json(record: dict[str, Any]) -> None:
    """Print a record on standard output."""
    click.echo(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False))


def refuse_half(scheme: str | None, table: str | None, sample: str | None) -> None:
    """Refuse a scheme without a table, a table without a scheme, and both with a sample."""
    if (scheme is None) != (table is None):
        raise click.UsageError("Give both a scheme and a table, or neither for a sample.")
    if scheme is not None and sample is not None:
        raise click.UsageError("Give either a scheme and a table, or --sample.")
    refuse_swapped(table)


def refuse_swapped(table: str | None) -> None:
    """Refuse a scheme in the place of the table."""
    if table and table.lower().endswith((".yaml", ".yml", ".json")):
        raise click.UsageError(
            f"{table!r} is the file of a scheme, and a table is asked for; the scheme comes first."
        )


def computed(
    scheme: str | None,
    table: str | None,
    sample: str | None,
    reading: dict[str, Any],
    provenance: str | None = None,
) -> tuple[Result, list[Path]]:
    """The result, and the files that it was made from."""
    from pathlib import Path

    from pii.compute import compute
    from pii.io.samples import DEFAULT, sample_path, samples
    from pii.io.schemes import built_in_path
    from pii.io.tables import read_table

    if scheme is None or table is None:
        name = sample or DEFAULT
        path = sample_path(name)
        declared = samples()[name].scheme
    else:
        path, declared = Path(table), scheme
    built_in = not Path(declared).suffix and not Path(declared).is_file()
    rules = _scheme(declared, built_in=built_in)
    measured: Table = read_table(
        path,
        rules,
        period=reading["period"],
        sheet=reading["sheet"],
        decimal=reading["decimal"],
        strict=reading["strict"],
    )
    inputs = [built_in_path(declared) if built_in else Path(declared), path]
    if provenance is not None:
        from pii.io.provenance import read_provenance

        inputs.append(Path(provenance))
        measured = measured.noting(read_provenance(provenance, measured))
    return compute(rules, measured), inputs


def _scheme(declared: str, *, built_in: bool) -> Scheme:
    from pii.io.schemes import built_in_scheme, read_scheme

    return built_in_scheme(declared) if built_in else read_scheme(declared)


def waiting(what: str) -> AbstractContextManager[Any]:
    """Show that something is under way, on a terminal only."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)


def print_ranking(result: Result, language: Language = "en") -> None:
    """Print ranks and scores, as wide as the terminal."""
    from pii.figures.words import title
    from pii.report.terminal import printable, ranking_lines

    room = get_terminal_size().columns if sys.stdout.isatty() else None
    head, *lines = ranking_lines(result, room, language)
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    head = head if plain else click.style(head, bold=True)
    click.echo("\n".join([printable(title(result, language)), "", head, *lines]))


def say_remarks(result: Result, *, verbose: bool, language: Language = "en") -> None:
    """What a person should know, on standard error."""
    from pii.report.terminal import remark_lines

    for line in remark_lines(result, verbose=verbose, language=language):
        click.echo(line, err=True)


def declared_study(folder: str | None) -> tuple[float, Any]:
    """The level and the choices of a study's folder; nothing to go by where there is none."""
    from pathlib import Path

    from pii.choices.design import Uncertainty
    from pii.errors import BuildError, Problem

    if folder is None:
        return 0.9, None
    path = Path(folder, "study.json")
    try:
        said = json.loads(path.read_bytes())
        return float(said["level"]), Uncertainty.model_validate_json(json.dumps(said["uncertainty"]))
    except (OSError, ValueError, LookupError, TypeError) as error:
        found = getattr(error, "strerror", None) or "it is not that of a study"
        raise BuildError(
            Problem(
                file=str(path), found=found, rule="a study's folder says what was varied", remedy="run pii study"
            )
        ) from None


class Studied(NamedTuple):
    """A study of a build, what drives it, and its level; None for what there is not."""

    study: Study | None
    drivers: Sensitivity | None
    level: float


def studied(result: Result, asked: Asked, *, nodes: Sequence[str] = (), driven: bool = False) -> Studied:
    """Study a build; nothing where no study is wanted, or nobody says what is uncertain.

    Other outputs are made also where the scheme's own choices cannot be computed; those that were asked for are
    refused.

    Parameters
    ----------
    nodes
        The groups whose ranks are wanted, by code; the index when not given.
    driven
        Whether to apportion the uncertainty, where two or more choices go together.

    Raises
    ------
    PiiError
        The study's folder, or what was asked for, cannot be used.
    """
    from pii.errors import PiiError
    from pii.robustness.sensitivity import sensitivity
    from pii.robustness.study import study

    level, declared = declared_study(asked.folder)
    varied = declared or result.scheme.uncertainty
    if varied is None or not asked.wanted:
        return Studied(None, None, level)
    fixed = _fixed_scale(result)
    try:
        with waiting("computing draws"):
            found = study(
                result.scheme,
                result.measured,
                varied,
                draws=asked.draws,
                seed=asked.seed,
                nodes=nodes,
                reference=fixed,
            )
            if not driven or len(found.plan.choices) < 2 or found.plan.excluded:
                return Studied(found, None, level)
            varied = found.plan.uncertainty
            drivers = sensitivity(result.scheme, result.measured, varied, n=POINTS, reference=fixed)
            return Studied(found, drivers, level)
    except PiiError as error:
        if asked.is_explicit:
            raise
        click.echo(f"rank intervals are left out: {error}", err=True)
        return Studied(None, None, level)


def near_weights(result: Result) -> Region:
    """Weights about the nominal ones, of the index's children and of all groups of groups."""
    from pii.robustness.region import Region
    from pii.tree import Group

    index, *groups = result.scheme.groups
    varied = [index.code, *(g.code for g in groups if any(isinstance(child, Group) for child in g.children))]
    return Region(spread=SPREAD, groups=varied)


def _fixed_scale(result: Result) -> Result | None:
    """What fixed the scale, as a study takes it."""
    from dataclasses import replace

    from pii.scores import Treatment

    scale, own = result.reference, result.treatment
    # Its values are of the form of those that are held against it, or the result would have been refused.
    return None if scale is None else replace(result, treatment=Treatment(scale, own.rules, own.before))
