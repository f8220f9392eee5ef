"""The command line: parse, read, call, write, say; exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from math import isnan
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pii.errors import PiiError
    from pii.result import Result
    from pii.scheme import Scheme
    from pii.table import Table

__all__ = ["run"]

FINE, DATA, USAGE, SCHEME, OUTPUT, INTERRUPTED = 0, 1, 2, 3, 4, 130

_EPILOG = (
    "Exit codes: 0 fine, 1 problems in the data, 2 usage, 3 problems in the scheme, "
    "4 the output cannot be written, 130 interrupted."
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code; problems go to standard error, all at once.

    Parameters
    ----------
    arguments
        The words after ``pii``; those of the process when not given.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    try:
        code = _run(words)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except (OSError, SystemExit) as error:  # click makes the latter of a broken pipe
        return _unheard(error)
    return code


def _run(words: list[str]) -> int:
    from pii.errors import PiiError

    try:
        main.main(args=words, prog_name="pii", standalone_mode=False, obj=words)
    except click.ClickException as error:
        error.show()
        if "--json" in words:
            _print_json({"exit_code": USAGE, "problems": [{"found": error.format_message()}]})
        return USAGE
    except PiiError as error:
        return _say_problems(error, as_json="--json" in words)
    return FINE


def _unheard(error: OSError | SystemExit) -> int:
    """Standard output cannot take what is said: a full disk, or a reader such as ``head`` that has left."""
    if not isinstance(error, BrokenPipeError | SystemExit):
        click.echo(f"the output cannot be written: {error.strerror or error}", err=True)
    # Python writes what is left when it ends, and would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return OUTPUT


def _speak_utf8() -> None:
    """Names have diacritics, which the default encoding of some consoles has not."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _say_problems(error: PiiError, *, as_json: bool) -> int:
    from pii.errors import BuildError, SchemeError
    from pii.report.terminal import printable

    kind = SCHEME if isinstance(error, SchemeError) else OUTPUT if isinstance(error, BuildError) else DATA
    for problem in error.problems:
        click.echo(printable(str(problem)), err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems)} problems; nothing was written", err=True)
    if as_json:
        _print_json({"exit_code": kind, "problems": [problem.to_dict() for problem in error.problems]})
    return kind


def _print_json(record: dict[str, Any]) -> None:
    click.echo(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False))


class _Commands(click.Group):
    """Suggests the nearest command for a misspelt one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from pii.spelling import did_you_mean

            ctx.fail(f"No such command {args[0]!r}; {did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="provincial-innovation-index", prog_name="pii")
def main() -> None:
    """Rank provinces, or any units, by a composite index."""


_READING = [
    click.option("--period", metavar="PERIOD", help="Which period (year) of a table of several."),
    click.option("--sheet", metavar="NAME", help="Which sheet of a workbook."),
    click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark, where a file leaves it open."),
    click.option("--strict", is_flag=True, help="Refuse columns that the scheme does not know."),
    click.option(
        "--json", "as_json", is_flag=True, help="Print JSON on standard output, all else on standard error."
    ),
]


def _reading(command: Any) -> Any:
    for option in reversed(_READING):
        command = option(command)
    return command


@main.command(short_help="Compute, print the ranking, write a folder.")
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--out", metavar="DIR", default="pii-build", show_default=True, help="The folder to write.")
@click.option("--sample", metavar="NAME", help="Build a sample that comes with the package.")
@click.option("--force", is_flag=True, help="Replace an earlier build.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.option("-v", "--verbose", is_flag=True, help="Also print what was done to the data.")
@_reading
@click.pass_obj
def build(
    words: list[str],
    /,
    scheme: str | None,
    table: str | None,
    out: str,
    sample: str | None,
    force: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Compute an index, print the ranking and write a build folder.

    SCHEME is a file, or the name of a built-in scheme; TABLE is a CSV, Excel, Parquet or Arrow file. Without them
    the synthetic sample of 2025 is built.
    """
    from pii.io.builds import refuse_occupied, write_build

    _refuse_half(scheme, table, sample)
    refuse_occupied(out, force=force)
    with _waiting("reading and computing"):
        result, inputs = _computed(scheme, table, sample, reading)
    with _waiting("writing"):
        folder = write_build(result, out, inputs=inputs, command=["pii", *words], force=force)
    if as_json:
        from pii.report.records import ranking_records

        _print_json(
            {
                "title": result.title,
                "synthetic": result.is_synthetic,
                "folder": str(folder),
                "files": sorted(path.name for path in folder.iterdir()),
                "remarks": list(result.measured.remarks),
                "ranking": ranking_records(result),
            }
        )
    elif not quiet:
        _print_ranking(result)
    if not quiet:
        _say_remarks(result, verbose=verbose)
        click.echo(f"{len(list(folder.iterdir()))} files in {folder}", err=True)


@main.command(short_help="Say what is wrong; write nothing.")
@click.argument("scheme")
@click.argument("table")
@_reading
def check(scheme: str, table: str, as_json: bool, **reading: Any) -> None:
    """Say all that is wrong with a scheme and a table, and write nothing."""
    _refuse_swapped(table)
    from pii.report.terminal import printable

    with _waiting("reading and computing"):
        result, _ = _computed(scheme, table, None, reading)
    gaps = result.ratios.values
    missing = sum(isnan(value) for value in gaps.ravel().tolist())
    if as_json:
        _print_json(
            {
                "title": result.title,
                "units": len(result.measured.units),
                "indicators": len(result.scheme.indicators),
                "missing": missing,
                "unranked": {code: list(reasons) for code, reasons in result.unranked.items()},
                "remarks": list(result.measured.remarks),
            }
        )
    else:
        click.echo(
            f"{printable(result.title)}: {len(result.measured.units)} units x {len(result.scheme.indicators)} "
            f"indicators, {missing} values not measured, {len(result.best_first)} units can be ranked"
        )
    _say_remarks(result, verbose=True)


@main.command(short_help="Say what to look at in data, structure, weights.")
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--sample", metavar="NAME", help="Audit a sample that comes with the package.")
@click.option(
    "--measure",
    type=click.Choice(["pearson", "spearman", "kendall"]),
    default="pearson",
    show_default=True,
    help="The correlation that findings are of.",
)
@_reading
def audit(
    scheme: str | None, table: str | None, sample: str | None, measure: Any, as_json: bool, **reading: Any
) -> None:
    """Say what the maker of an index should look at: data, correlations, reliability, dimensions, weights.

    SCHEME and TABLE are as for build; without them the synthetic sample of 2025 is audited.
    """
    from pii.audit import audit as audited
    from pii.report.terminal import finding_lines

    _refuse_half(scheme, table, sample)
    with _waiting("reading and computing"):
        result, _ = _computed(scheme, table, sample, reading)
        found = audited(result, measure=measure)
        lines = finding_lines(found)
    if as_json:
        findings = [finding._asdict() for finding in found.findings]
        _print_json({"title": result.title, "synthetic": result.is_synthetic, "findings": findings})
    else:
        click.echo("\n".join(lines))
    _say_remarks(result, verbose=False)


@main.command()
def schemes() -> None:
    """List the schemes that come with the package."""
    from pii.io.schemes import built_in_scheme, built_in_schemes

    for name in built_in_schemes():
        scheme = built_in_scheme(name)
        click.echo(
            f"{name:<12} {scheme.units or '-':<5} {len(scheme.indicators):>3}  {dict(scheme.name).get('en')}"
        )


@main.command(short_help="Print the JSON Schema of scheme files.")
def schema() -> None:
    """Print the JSON Schema of scheme files, by which editors complete and check them."""
    from pii.io.schemes import scheme_schema

    _print_json(scheme_schema())


@main.command(short_help="Start a project folder.")
@click.argument("folder", metavar="DIR")
@click.option("--scheme", default="pii-2025", show_default=True, help="The built-in scheme to start from.")
def new(folder: str, scheme: str) -> None:
    """Start a project folder: a scheme to edit, an empty table to fill, a README."""
    from pii.io.projects import new_project

    for path in new_project(folder, scheme):
        click.echo(path)


def _refuse_half(scheme: str | None, table: str | None, sample: str | None) -> None:
    if (scheme is None) != (table is None):
        raise click.UsageError("Give both a scheme and a table, or neither for a sample.")
    if scheme is not None and sample is not None:
        raise click.UsageError("Give either a scheme and a table, or --sample.")
    _refuse_swapped(table)


def _refuse_swapped(table: str | None) -> None:
    if table and table.lower().endswith((".yaml", ".yml", ".json")):
        raise click.UsageError(
            f"{table!r} is the file of a scheme, and a table is asked for; the scheme comes first."
        )


def _computed(
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


def _waiting(what: str) -> AbstractContextManager[Any]:
    """Show that something is under way, on a terminal only."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)


def _print_ranking(result: Result) -> None:
    from pii.report.terminal import printable, ranking_lines

    room = get_terminal_size().columns if sys.stdout.isatty() else None
    head, *lines = ranking_lines(result, room)
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    click.echo("\n".join([printable(result.title), "", head if plain else click.style(head, bold=True), *lines]))


def _say_remarks(result: Result, *, verbose: bool) -> None:
    """What a person should know, on standard error."""
    from pii.report.terminal import printable

    for remark in result.measured.remarks:
        click.echo(f"remark: {printable(remark)}", err=True)
    units = result.measured.units
    for code, reasons in result.unranked.items():
        name = units.names[units.codes.index(code)]
        click.echo(f"not ranked: {printable(name)}: {printable('; '.join(reasons))}", err=True)
    if result.is_synthetic:
        click.echo("warning: SYNTHETIC data: these ranks mean nothing about real places", err=True)
    if verbose:
        for code, rule in result.treatment.rules.items():
            click.echo(f"treated: {printable(code)}: {rule}", err=True)
