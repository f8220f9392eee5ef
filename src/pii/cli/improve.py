"""The command about what a better rank would take: improve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pii.cli.shared import json_option, language_option, print_json, say_remarks, waiting

if TYPE_CHECKING:
    from pii.report.words import Language

__all__ = ["improve"]


@click.command()
@click.argument("folder", metavar="DIR")
@click.argument("unit")
@click.option("--to-rank", type=int, metavar="K", help="The rank to reach.")
@click.option("--to-score", type=float, metavar="S", help="The score of the index to reach.")
@click.option("--pillars-above-mean", type=int, metavar="N", help="How many pillars to have above the mean.")
@click.option("--level", type=int, metavar="L", help="Which groups are pillars: those so far below the index.")
@click.option(
    "--indicators-above-mean", type=float, metavar="SHARE", help="The share of indicators to have above the mean."
)
@click.option("--fix", "fixed", multiple=True, metavar="CODE", help="An indicator that cannot move; repeatable.")
@click.option(
    "--cost", "costs", multiple=True, metavar="CODE=NUMBER", help="What a unit of measure costs; repeatable."
)
@click.option("--bound", "bounds", multiple=True, metavar="CODE=LOW:HIGH", help="Where a value may go; repeatable.")
@click.option(
    "--step", "steps", multiple=True, metavar="CODE=NUMBER", help="Move a value by whole steps; repeatable."
)
@click.option("--draws", type=click.IntRange(min=1), help="How often the new rank is tried; needs --seed.")
@click.option("--seed", type=click.IntRange(min=0), help="Say how safe the new rank is, with these draws.")
@language_option("In which language it is printed.", "en")
@json_option
def improve(
    folder: str,
    unit: str,
    to_rank: int | None,
    to_score: float | None,
    pillars_above_mean: int | None,
    level: int | None,
    indicators_above_mean: float | None,
    fixed: tuple[str, ...],
    costs: tuple[str, ...],
    bounds: tuple[str, ...],
    steps: tuple[str, ...],
    draws: int | None,
    seed: int | None,
    language: Language,
    as_json: bool,
) -> None:
    """Find the least change in a unit's own indicators that reaches what is asked for, all of it at once.

    DIR is the folder of a build, UNIT a code or a name. Without costs, the least total share of the indicators'
    widths is found; without bounds, nobody does better than the best unit does now.
    """
    from pii.improve.improvement import improve as improved
    from pii.improve.marginal import marginal_gains
    from pii.io.builds import read_build
    from pii.report.improve_text import gain_lines, improvement_lines, improvement_record

    if draws is not None and seed is None:
        raise click.UsageError("--draws needs a seed: give --seed.")
    with waiting("reading and computing"):
        result = read_build(folder)
    with waiting("looking for the least change"):
        found = improved(
            result,
            unit,
            to_rank=to_rank,
            to_score=to_score,
            pillars_above_mean=pillars_above_mean,
            level=level,
            indicators_above_mean=indicators_above_mean,
            fixed=fixed,
            costs={code: _number(value, "--cost") for code, value in _pairs(costs, "--cost")},
            bounds={code: _range(value) for code, value in _pairs(bounds, "--bound")},
            steps={code: _number(value, "--step") for code, value in _pairs(steps, "--step")},
        )
        gains = marginal_gains(found.start, found.unit)
    with waiting("trying how safe it is"):
        safety = None if seed is None else found.safety(draws=draws, seed=seed)
    if as_json:
        print_json(improvement_record(found, gains, safety))
    else:
        click.echo(
            "\n".join(
                [*improvement_lines(found, safety, language), "", *gain_lines(found, gains, language=language)]
            )
        )
    say_remarks(result, verbose=False, language=language)


def _pairs(said: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    pairs = [one.rpartition("=") for one in said]
    for code, sign, _ in pairs:
        if not (code and sign):
            raise click.UsageError(f"{option} wants CODE=NUMBER, such as 1.1.1=2.5.")
    return [(code, value) for code, _, value in pairs]


def _number(said: str, option: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise click.UsageError(f"{said!r} of {option} is no number; write it as 2.5.") from None


def _range(said: str) -> tuple[float, float]:
    low, sign, high = said.partition(":")
    if not sign:
        raise click.UsageError(f"{said!r} of --bound is no range; write the lower end first, as 10:25.5.")
    return _number(low, "--bound"), _number(high, "--bound")
