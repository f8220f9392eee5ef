"""The command line: parse, run a command, say what is wrong; exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from pii.cli.shared import print_json

if TYPE_CHECKING:
    from pii.errors import PiiError

__all__ = ["COMMANDS", "main", "run"]

FINE, DATA, USAGE, SCHEME, OUTPUT, INTERRUPTED = 0, 1, 2, 3, 4, 130

_EPILOG = (
    "Exit codes: 0 fine, 1 problems in the data, 2 usage, 3 problems in the scheme (1 and 3: or in what is asked "
    "of them), 4 the output cannot be written, or a folder is no build, 130 interrupted."
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
        return _say_problems(error, words)
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


def _say_problems(error: PiiError, words: list[str]) -> int:
    from pii.errors import BuildError, SchemeError
    from pii.report.terminal import printable

    kind = SCHEME if isinstance(error, SchemeError) else OUTPUT if isinstance(error, BuildError) else DATA
    for problem in error.problems:
        click.echo(printable(str(problem)), err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems)} problems" + _unwritten(words), err=True)
    if "--json" in words:
        print_json({"exit_code": kind, "problems": [problem.to_dict() for problem in error.problems]})
    return kind


def _unwritten(words: list[str]) -> str:
    """That nothing was written, of a command that writes."""
    asked = next((main.get_command(click.Context(main), word) for word in words if word in COMMANDS), None)
    writes = asked is not None and any(param.name == "out" for param in asked.params)
    return "; nothing was written" if writes else ""


COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "build": ("commands", "Compute, print the ranking, write a folder."),
        "check": ("commands", "Say what is wrong; write nothing."),
        "report": ("report", "Make one page of a build, for a browser, a mail or paper."),
        "profile": ("profile", "Make a sheet on one unit of a build, or on every one, as HTML or PDF."),
        "figures": ("figures", "Draw a build: every figure of a publication."),
        "verify": ("record", "Say whether a build is what it was."),
        "diff": ("record", "Say what differs between two builds."),
        "audit": ("commands", "Say what to look at in data, structure, weights."),
        "study": ("robust", "Say how far the ranks can be trusted."),
        "bounds": ("robust", "Say which ranks are possible at all."),
        "evidence": ("evidence", "Say what rests on cells that are not final."),
        "compare": ("change", "Say what moved between two builds, and why."),
        "improve": ("improve", "Say what it would take to reach a rank or a score."),
        "panel": ("editions", "Compute several periods; print ranks over time and coverage."),
        "harmonise": ("borders", "Bring a table to other borders, by the scheme's rules."),
        "new": ("commands", "Start a project folder."),
        "schemes": ("commands", "List the schemes that come with the package."),
        "schema": ("commands", "Print the JSON Schema of a file."),
    }
)
"""The module below ``pii.cli`` that each command is in, and what it does; it is loaded when it is asked for."""


class _Commands(click.Group):
    """Loads a command when it is asked for, and suggests the nearest for a misspelt one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"pii.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

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
