"""What commands have in common: reading a scheme and a table, and saying what was found."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pii.result import Result
    from pii.scheme import Scheme
    from pii.table import Table

__all__ = [
    "computed",
    "declared_study",
    "fixed_scale",
    "print_json",
    "print_ranking",
    "refuse_half",
    "refuse_swapped",
    "say_remarks",
    "table_options",
    "waiting",
]

_READING = [
    click.option("--period", metavar="PERIOD", help="Which period (year) of a table of several."),
    click.option("--sheet", metavar="NAME", help="Which sheet of a workbook."),
    click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark, where a file leaves it open."),
    click.option("--strict", is_flag=True, help="Refuse columns that the scheme does not know."),
    click.option(
        "--json", "as_json", is_flag=True, help="Print JSON on standard output, all else on standard error."
    ),
]


def table_options(command: Any) -> Any:
    """Give a command the options by which a table is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


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
    scheme: str | None, table: str | None, sample: str | None, reading: dict[str, Any]
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
    return compute(rules, measured), [built_in_path(declared) if built_in else Path(declared), path]


def _scheme(declared: str, *, built_in: bool) -> Scheme:
    from pii.io.schemes import built_in_scheme, read_scheme

    return built_in_scheme(declared) if built_in else read_scheme(declared)


def waiting(what: str) -> AbstractContextManager[Any]:
    """Show that something is under way, on a terminal only."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)


def print_ranking(result: Result) -> None:
    """Print ranks and scores, as wide as the terminal."""
    from pii.report.terminal import printable, ranking_lines

    room = get_terminal_size().columns if sys.stdout.isatty() else None
    head, *lines = ranking_lines(result, room)
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    click.echo("\n".join([printable(result.title), "", head if plain else click.style(head, bold=True), *lines]))


def say_remarks(result: Result, *, verbose: bool) -> None:
    """What a person should know, on standard error."""
    from pii.report.terminal import printable

    for remark in result.measured.remarks:
        click.echo(f"remark: {printable(remark)}", err=True)
    units = result.measured.units
    for code, reasons in result.unranked.items():
        name = units.names[units.codes.index(code)]
        click.echo(f"not ranked: {printable(name)}: {printable('; '.join(reasons))}", err=True)
    for code in result.screening.forced:
        name = units.names[units.codes.index(code)]
        click.echo(f"ranked because the scheme says so, though short of data: {printable(name)}", err=True)
    if result.is_synthetic:
        click.echo("warning: SYNTHETIC data: these ranks mean nothing about real places", err=True)
    if verbose:
        for code, rule in result.treatment.rules.items():
            click.echo(f"treated: {printable(code)}: {rule}", err=True)


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


def fixed_scale(result: Result) -> Result | None:
    """What fixed the scale, as a study takes it."""
    from dataclasses import replace

    from pii.scores import Treatment

    scale = result.reference
    return None if scale is None else replace(result, treatment=Treatment(scale, {}, scale))
