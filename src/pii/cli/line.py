"""The command line: parse, run a command, say what is wrong; exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pii.cli.borders import harmonise
from pii.cli.change import compare
from pii.cli.commands import audit, build, check, new, schema, schemes
from pii.cli.editions import panel
from pii.cli.figures import figures
from pii.cli.improve import improve
from pii.cli.profile import profile
from pii.cli.record import diff, verify
from pii.cli.report import report
from pii.cli.robust import bounds, study
from pii.cli.shared import print_json

if TYPE_CHECKING:
    from pii.errors import PiiError

__all__ = ["main", "run"]

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
    except (OSError, SystemExit) as error:  # click makes the latter of a broken pipe, and of completion, then 0
        return FINE if isinstance(error, SystemExit) and not error.code else _unheard(error)
    return code


def _run(words: list[str]) -> int:
    from pii.errors import PiiError

    try:
        main.main(args=words, prog_name="pii", standalone_mode=False, obj=words)
    except click.ClickException as error:
        error.show()
        if "--json" in words:
            print_json({"exit_code": USAGE, "problems": [{"found": error.format_message()}]})
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
        print_json({"exit_code": kind, "problems": [problem.to_dict() for problem in error.problems]})
    return kind


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
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
@click.version_option(package_name="provincial-innovation-index", prog_name="pii")
def main() -> None:
    """Rank provinces, or any units, by a composite index."""


for _command in (
    *(build, check, report, profile, figures, verify, diff),
    *(audit, study, bounds),
    *(compare, improve, panel, harmonise),
    *(new, schemes, schema),
):
    main.add_command(_command)
