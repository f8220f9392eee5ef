"""The command about an index over several periods: panel."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import json_option, language_option, print_json, refuse_swapped, waiting

if TYPE_CHECKING:
    from pii.editions.results import Editions
    from pii.report.words import Language
    from pii.scheme import Scheme
    from pii.table import Panel

__all__ = ["panel"]


@click.command()
@click.argument("scheme")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...")
@click.option(
    "--scale",
    metavar="SCALE",
    default="own",
    show_default=True,
    help="What fixes the scale: own (each period), pooled (all periods together), or a base period.",
)
@click.option(
    "--node", metavar="CODE", help="The group or indicator whose ranks are printed; the index by default."
)
@click.option("--sheet", metavar="NAME", help="Which sheet of a workbook.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal mark, where a file leaves it open.")
@click.option("--strict", is_flag=True, help="Refuse columns that the scheme does not know.")
@language_option("In which language it is printed.", "en")
@json_option
def panel(
    scheme: str,
    tables: tuple[str, ...],
    scale: str,
    node: str | None,
    language: Language,
    as_json: bool,
    **reading: Any,
) -> None:
    """Compute an index for several periods; print ranks by period, coverage and breaks of the series.

    SCHEME is a file, or the name of a built-in scheme. TABLE is a file with a column for the period, such as year;
    or, for a file of one period without it, PERIOD=FILE, such as 2023=table.csv. There may be several.
    """
    from pii.editions.compute import compute_panel

    for table in tables:
        refuse_swapped(table)
    with waiting("reading and computing"):
        rules = _scheme(scheme)
        found = compute_panel(rules, _panel(rules, tables, reading), scale=scale)
    if as_json:
        print_json(_record(found, node))
    else:
        from pii.report.panel_text import panel_lines

        click.echo("\n".join(panel_lines(found, node, language)))
    if found.is_synthetic:
        from pii.report.words import said

        click.echo(said("say.synthetic", language), err=True)


def _scheme(declared: str) -> Scheme:
    from pii.io.schemes import built_in_scheme, read_scheme

    built_in = not Path(declared).suffix and not Path(declared).is_file()
    return built_in_scheme(declared) if built_in else read_scheme(declared)


def _panel(rules: Scheme, tables: tuple[str, ...], reading: dict[str, Any]) -> Panel:
    """The tables of all files; what is wrong with any of them is said at once."""
    from pii.errors import Problem, TableError
    from pii.io.tables import read_panel, read_table
    from pii.table import Panel, Table

    found: list[Table] = []
    problems: list[Problem] = []
    for word in tables:
        period, mark, file = word.partition("=")
        try:
            if mark and not Path(word).is_file():
                found.append(read_table(file, rules, period=period, **reading))
            else:
                found += read_panel(word, rules, **reading).tables
        except TableError as error:
            problems += error.problems
    if problems:
        raise TableError(problems)
    return Panel(tuple(found))


def _record(found: Editions, node: str | None) -> dict[str, Any]:
    """The same for programs, with scores; None where there is none."""
    scores, ranks = found.scores(node).to_numpy().tolist(), found.ranks(node).to_numpy().tolist()

    def by_period(values: list[float]) -> dict[str, float | None]:
        return {period: None if isnan(value) else value for period, value in zip(found, values, strict=True)}

    return {
        "title": found.title,
        "synthetic": found.is_synthetic,
        "scale": found.scale,
        "node": node,
        "units": [
            {"unit": code, "name": name, "scores": by_period(score), "ranks": by_period(rank)}
            for (code, name), score, rank in zip(found.names.items(), scores, ranks, strict=True)
        ],
        "coverage": found.coverage().reset_index().to_dict("records"),
        "breaks": found.breaks().reset_index().to_dict("records"),
    }
