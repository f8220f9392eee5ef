"""The commands about how far a ranking can be trusted: study and bounds."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pii.cli.shared import (
    POINTS,
    SPREAD,
    computed,
    language_option,
    near_weights,
    print_json,
    refuse_half,
    say_remarks,
    table_options,
    waiting,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client

    from pii.choices.design import Uncertainty
    from pii.report.words import Language
    from pii.result import Result
    from pii.robustness.study import Progress, Study

__all__ = ["bounds", "study"]

_PATIENCE = 10  # seconds in which a scheduler has to answer, and to have a worker


@click.command()
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--sample", metavar="NAME", help="Study a sample that comes with the package.")
@click.option("--draws", type=click.IntRange(min=1), help="How often the index is computed.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same draws.")
@click.option(
    "--spread", type=click.FloatRange(0, 1), help="Vary all weights by this part of them, and nothing else."
)
@click.option("--jrc", is_flag=True, help="Vary what the JRC's audits of the Global Innovation Index vary.")
@click.option("--node", metavar="CODE", help="The group whose ranks are studied; the index when not given.")
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="The share of the draws between the ends of an interval.",
)
@click.option("--until-stable", is_flag=True, help="Stop as soon as every interval is known to within one rank.")
@click.option("--drivers/--no-drivers", default=True, help="Whether to say what drives the uncertainty.")
@click.option("--out", metavar="DIR", help="Write a folder of tables.")
@click.option("--force", is_flag=True, help="Replace an earlier study there.")
@click.option(
    "--keep-draws", is_flag=True, help="Keep every draw in DIR/draws, and go on from those that are there."
)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Compute in so many processes.")
@click.option("--scheduler", metavar="ADDRESS", help="Compute on the workers of a Dask scheduler.")
@language_option("In which language it is printed.", "en")
@table_options
@click.pass_obj
def study(
    words: list[str],
    /,
    scheme: str | None,
    table: str | None,
    sample: str | None,
    draws: int | None,
    seed: int | None,
    spread: float | None,
    jrc: bool,
    node: str | None,
    level: float,
    until_stable: bool,
    drivers: bool,
    out: str | None,
    force: bool,
    keep_draws: bool,
    workers: int | None,
    scheduler: str | None,
    language: Language,
    as_json: bool,
    **reading: Any,
) -> None:
    """Compute the index again and again with what was uncertain drawn anew; print the ranks each unit has.

    What is uncertain stands in the scheme under ``uncertainty``, or is said by --spread or --jrc. SCHEME is a file,
    or the name of a built-in scheme; TABLE is a file as for build. Project files are for build only. Without SCHEME
    and TABLE the synthetic sample of 2025 is studied.
    """
    from pii.io.streams import DRAWS, stream_study
    from pii.io.studies import refuse_taken, write_study
    from pii.report.robustness import study_lines, study_record
    from pii.robustness.planning import planned
    from pii.robustness.sensitivity import sensitivity
    from pii.robustness.study import declared
    from pii.robustness.study import study as studied

    refuse_half(scheme, table, sample)
    _refuse_at_odds(out, force=force, keep_draws=keep_draws, until_stable=until_stable)
    if workers is not None and scheduler is not None:
        raise click.UsageError("Give either --workers or --scheduler.")
    if out is not None:
        refuse_taken(out, force=force)
    with waiting("reading and computing"):
        result, inputs = computed(scheme, table, sample, reading)
    varied = _varied(result, spread, jrc=jrc)
    nodes = [node] if node else ()
    driven = None
    with _computers(workers, scheduler) as executor:
        with _progress() as progress:
            if keep_draws and out is not None:
                uncertainty = declared(result.scheme, varied, draws=draws, seed=seed)
                plan = planned(result.scheme, result.measured, uncertainty, nodes=nodes)
                found: Study = stream_study(plan, Path(out, DRAWS), executor=executor, progress=progress)
            else:
                found = studied(
                    result.scheme,
                    result.measured,
                    varied,
                    draws=draws,
                    seed=seed,
                    nodes=nodes,
                    until_stable=until_stable,
                    executor=executor,
                    progress=progress,
                )
        if drivers and len(found.plan.choices) > 1 and not found.plan.excluded:
            with waiting("apportioning"):
                driven = sensitivity(
                    result.scheme, result.measured, found.plan.uncertainty, node=node, n=POINTS, executor=executor
                )
    if out is not None:
        with waiting("writing"):
            command = ["pii", *words]
            write_study(found, out, drivers=driven, level=level, inputs=inputs, command=command, force=force)
    if as_json:
        print_json(study_record(found, driven, level=level))
    else:
        click.echo("\n".join(study_lines(found, driven, level=level, language=language)))
    say_remarks(result, verbose=False, language=language)


@click.command()
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--sample", metavar="NAME", help="Take a sample that comes with the package.")
@click.option(
    "--spread",
    type=click.FloatRange(0, 1),
    default=SPREAD,
    show_default=True,
    help="How far weights may be from the nominal ones, as a part of them; 1 is any weights.",
)
@click.option(
    "--levels",
    metavar="NUMBERS",
    help="Whose children's weights vary: 0 the index, 1 its groups; all. When not given, groups that have groups.",
)
@click.option("--seconds", type=click.FloatRange(0), help="Stop after so long, with proven bounds.")
@language_option("In which language it is printed.", "en")
@table_options
def bounds(
    scheme: str | None,
    table: str | None,
    sample: str | None,
    spread: float,
    levels: str | None,
    seconds: float | None,
    language: Language,
    as_json: bool,
    **reading: Any,
) -> None:
    """Find the best and the worst rank that any admissible weights give each unit: exact, not sampled.

    SCHEME is a file, or the name of a built-in scheme; TABLE is a file as for build. Project files are for build
    only. Without SCHEME and TABLE the synthetic sample of 2025 is taken.
    """
    from pii.report.robustness import bounds_lines, bounds_record
    from pii.robustness.bounds import bounds as bounded
    from pii.robustness.region import Region

    refuse_half(scheme, table, sample)
    with waiting("reading and computing"):
        result, _ = computed(scheme, table, sample, reading)
    chosen = _levels(levels)
    region = Region(spread=spread, levels=chosen, groups=() if chosen else near_weights(result).groups)
    with waiting("looking for the extreme ranks"):
        found = bounded(result, region, seconds=seconds)
    if as_json:
        print_json(bounds_record(found))
    else:
        click.echo("\n".join(bounds_lines(found, language)))
    say_remarks(result, verbose=False, language=language)


def _varied(result: Result, spread: float | None, *, jrc: bool) -> Uncertainty | None:
    """What the options say to vary; None for what the scheme says."""
    from pii.choices.design import Uncertainty
    from pii.choices.design import jrc as of_jrc
    from pii.choices.weights import WeightBox

    if spread is not None and jrc:
        raise click.UsageError("Give either --spread or --jrc.")
    if spread is not None:
        return Uncertainty(choices=[WeightBox(spread=spread)])
    return of_jrc(result.scheme.index) if jrc else None


def _refuse_at_odds(out: str | None, *, force: bool, keep_draws: bool, until_stable: bool) -> None:
    from pii.io.streams import DRAWS

    if out is None and (force or keep_draws):
        raise click.UsageError(f"{'--force' if force else '--keep-draws'} is about a folder; name it with --out.")
    if out is not None and not keep_draws and Path(out, DRAWS).exists():
        raise click.UsageError(
            f"{Path(out, DRAWS)} has draws that were kept; give --keep-draws, or move them away."
        )
    if keep_draws and until_stable:
        raise click.UsageError("Give either --keep-draws, with how many as --draws, or --until-stable.")


def _levels(said: str | None) -> list[int] | Literal["all"] | None:
    words = said.split(",") if said else []
    if words == ["all"]:
        return "all"
    if not all(word.strip().isdecimal() for word in words):
        raise click.UsageError(f"{said!r} are no levels; give whole numbers, such as 0,1, or all.")
    return [int(word) for word in words] or None


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Show draws done, their rate and the time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    rate, left = TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    said = TextColumn("computing"), BarColumn(), MofNCompleteColumn(), TextColumn("draws"), rate, left
    with Bar(*said, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def show(done: int, of: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=of, rate=f"{speed:,.0f} a second" if speed else "")

        yield show


@contextmanager
def _computers(workers: int | None, scheduler: str | None) -> Iterator[Executor | None]:
    """Give what computes draws: processes, a cluster, or None for threads of this process."""
    from concurrent.futures import BrokenExecutor, CancelledError, ProcessPoolExecutor
    from multiprocessing import get_context

    try:
        if scheduler is not None:
            with _cluster(scheduler) as client:
                yield client.get_executor()  # type: ignore[no-untyped-call]
        elif workers is not None:
            spawning = get_context("spawn")  # a fork of a process with threads can hang
            # An interrupt is for the process that was asked; it ends the others.
            ignoring = (signal.SIGINT, signal.SIG_IGN)
            with ProcessPoolExecutor(workers, spawning, initializer=signal.signal, initargs=ignoring) as pool:
                yield pool
        else:
            yield None
    except (BrokenExecutor, CancelledError) as error:
        why = str(error) or "their scheduler does not answer"
        raise click.ClickException(
            f"The workers are gone: {why}. Fewer of them have more memory each; with --keep-draws a run goes on "
            "where it was."
        ) from None


@contextmanager
def _cluster(address: str) -> Iterator[Client]:
    """Connect to a Dask scheduler that has workers, and these the versions of here."""
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise click.UsageError(
            "--scheduler needs the package distributed: pip install 'provincial-innovation-index[distributed]'."
        ) from None
    try:
        get_address_host_port(address)  # a client with an address that is none cannot be closed
        client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise click.UsageError(f"No scheduler answers at {address!r}: {error}") from None
    with _unlogged(), client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise click.UsageError(f"The scheduler at {address!r} has no workers.") from None
        _refuse_other_versions(client)
        yield client


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep Dask from logging with tracebacks what is said once, and in a sentence, when it matters."""
    earlier = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(earlier)


def _refuse_other_versions(client: Client) -> None:
    """Refuse workers that may compute other digits, or cannot compute at all."""
    from pii.io.streams import versions

    try:
        found = client.run(versions)
    except ImportError as error:
        raise click.UsageError(f"A worker has not what it needs: {error}") from None
    for worker, theirs in found.items():
        other = [f"{name} {theirs[name]}, not {mine}" for name, mine in versions().items() if theirs[name] != mine]
        if other:
            raise click.UsageError(
                f"The worker {worker} has {'; '.join(other)}; give all workers the same versions."
            )
