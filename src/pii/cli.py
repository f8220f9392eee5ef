"""The command line: parse, read, call, write, say; exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
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
        main.main(args=words, prog_name="pii", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        from pii.errors import PiiError

        if not isinstance(error, PiiError):
            raise
        return _say_problems(error, as_json="--json" in words)
    return FINE


def _speak_utf8() -> None:
    """Names have diacritics, which the default encoding of some consoles has not."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _say_problems(error: PiiError, *, as_json: bool) -> int:
    from pii.errors import BuildError, SchemeError

    kind = SCHEME if isinstance(error, SchemeError) else OUTPUT if isinstance(error, BuildError) else DATA
    for problem in error.problems:
        click.echo(_printable(str(problem)), err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems)} problems; nothing was written", err=True)
    if as_json:
        _print_json({"exit_code": kind, "problems": [problem.to_dict() for problem in error.problems]})
    return kind


def _printable(text: str) -> str:
    """Without the control characters by which a name could steer a terminal."""
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


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
    click.option("--year", metavar="YEAR", help="Which year of a table of several."),
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


@main.command()
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--out", metavar="DIR", default="pii-build", show_default=True, help="The folder to write.")
@click.option("--sample", metavar="NAME", help="Build a sample that comes with the package.")
@click.option("--force", is_flag=True, help="Replace an earlier build.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.option("-v", "--verbose", is_flag=True, help="Also print what was done to the data.")
@_reading
def build(
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

    if (scheme is None) != (table is None):
        raise click.UsageError("Give both a scheme and a table, or neither to build a sample.")
    if scheme is not None and sample is not None:
        raise click.UsageError("Give either a scheme and a table, or --sample.")
    refuse_occupied(out, force=force)
    with _waiting("reading and computing"):
        result, inputs = _computed(scheme, table, sample, reading)
    with _waiting("writing"):
        folder = write_build(result, out, inputs=inputs, command=["pii", *sys.argv[1:]], force=force)
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


@main.command()
@click.argument("scheme")
@click.argument("table")
@_reading
def check(scheme: str, table: str, as_json: bool, **reading: Any) -> None:
    """Say all that is wrong with a scheme and a table, and write nothing."""
    with _waiting("reading and computing"):
        result, _ = _computed(scheme, table, None, reading)
    gaps = result.ratios.values
    missing = int((gaps != gaps).sum())  # noqa: PLR0124 - NaN differs from itself
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
            f"{_printable(result.title)}: {len(result.measured.units)} units x {len(result.scheme.indicators)} "
            f"indicators, {missing} values not measured, {len(result.best_first)} units can be ranked"
        )
    _say_remarks(result, verbose=True)


@main.command()
def schemes() -> None:
    """List the schemes that come with the package."""
    from pii.io.schemes import built_in_scheme, built_in_schemes

    for name in built_in_schemes():
        scheme = built_in_scheme(name)
        click.echo(
            f"{name:<12} {scheme.units or '-':<5} {len(scheme.indicators):>3}  {dict(scheme.name).get('en')}"
        )


@main.command()
def schema() -> None:
    """Print the JSON Schema of scheme files, by which editors complete and check them."""
    from pii.io.schemes import scheme_schema

    _print_json(scheme_schema())


@main.command()
@click.argument("folder", metavar="DIR")
@click.option("--scheme", default="pii-2025", show_default=True, help="The built-in scheme to start from.")
def new(folder: str, scheme: str) -> None:
    """Start a project folder: a scheme to edit, an empty table to fill, a README."""
    from pii.io.projects import new_project

    for path in new_project(folder, scheme):
        click.echo(path)


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
    built_in = not Path(declared).suffix and not Path(declared).exists()
    rules = _scheme(declared, built_in=built_in)
    measured: Table = read_table(
        path,
        rules,
        period=reading["year"],
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
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    from pii.report.publication import published_rows
    from pii.rounding import published

    scheme = result.scheme
    shown = [at for at, group in enumerate(scheme.groups) if scheme.levels[group.code] < 3]
    grid = Grid(title=Text(_printable(result.title)), box=None, pad_edge=False, header_style="bold")
    grid.add_column("rank", justify="right")
    grid.add_column("unit", no_wrap=True)
    for at in shown:
        grid.add_column(Text(_printable(scheme.groups[at].code)), justify="right", no_wrap=True)
    for row in published_rows(result):
        place = "" if row.rank != row.rank else f"{row.rank:g}"  # noqa: PLR0124 - NaN differs from itself
        scores = (published(row.scores[at], scheme.decimals) or "n/a" for at in shown)
        grid.add_row(place, Text(_printable(row.name)), *scores)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=40 + 12 * len(shown))
    console.print(grid)


def _say_remarks(result: Result, *, verbose: bool) -> None:
    """What a person should know, on standard error."""
    for remark in result.measured.remarks:
        click.echo(f"note: {_printable(remark)}", err=True)
    units = result.measured.units
    for code, reasons in result.unranked.items():
        name = units.names[units.codes.index(code)]
        click.echo(f"not ranked: {_printable(name)}: {_printable('; '.join(reasons))}", err=True)
    if result.is_synthetic:
        click.echo("note: SYNTHETIC data: these ranks mean nothing about real places", err=True)
    if verbose:
        for code, rule in result.treatment.rules.items():
            click.echo(f"treated: {_printable(code)}: {rule}", err=True)
