"""The command about what moved between two editions: compare."""

from __future__ import annotations

import click

from pii.cli.shared import json_option, language_option, print_json, waiting

__all__ = ["compare"]


@click.command()
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--unit", metavar="NAME", help="Only this unit, by code or name, with all its parts.")
@language_option("In which language.", "en")
@click.option(
    "--samples",
    type=click.IntRange(min=4),
    default=1000,
    show_default=True,
    help="How many orders are drawn, in a tree too wide to weigh them all.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="The same seed draws the same orders.")
@click.option("--out", metavar="FILE.md", help="Write a report on all units in Markdown.")
@click.option("--force", is_flag=True, help="Replace an earlier report.")
@json_option
def compare(
    before: str,
    after: str,
    unit: str | None,
    language: str,
    samples: int,
    seed: int,
    out: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Say which scores compare, and split every change of rank into parts that add up to it.

    BEFORE and AFTER are folders that ``pii build`` wrote. The parts are the unit's own data by indicator, the
    others' data, the moved scale, other indicators, weights and methods. Where provinces were merged in between,
    the earlier build is computed anew in the new borders first.
    """
    from pii.compare.comparison import compare as compared
    from pii.io.builds import read_build
    from pii.io.texts import refuse_existing, write_text
    from pii.report.change_text import change_lines, change_record, markdown
    from pii.report.change_words import WORDS

    if out is None and force:
        raise click.UsageError("--force is about a report; name it with --out.")
    if out is not None:
        refuse_existing(out, force=force)
    said = next(name for name in WORDS if name == language)
    with waiting("reading and computing"):
        found = compared(read_build(before), read_build(after), seed=seed, samples=samples)
        record = change_record(found, said) if as_json else {}
        lines = [] if as_json else change_lines(found, said, unit=unit)
    if as_json:
        print_json(record)
    else:
        click.echo("\n".join(lines))
    if out is not None:
        click.echo(f"report in {write_text(markdown(found, said), out, force=force)}", err=True)
    if found.is_synthetic:
        click.echo("warning: SYNTHETIC data: these changes mean nothing about real places", err=True)
