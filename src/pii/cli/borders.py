"""The command about a change of borders: harmonise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import print_json, refuse_half, table_options, waiting

if TYPE_CHECKING:
    from pii.borders import Harmonised
    from pii.compare.merger import MergerEffect
    from pii.scheme import Scheme
    from pii.table import Table

__all__ = ["harmonise"]

_SAMPLE = "synthetic-pii-2024"
_LISTED = ("partial", "missing", "not comparable")


@click.command()
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--to", type=click.Choice(["VN34", "VN63"]), help="The system of provinces to bring it to.")
@click.option("--crosswalk", metavar="FILE", help="A table of shares: columns from, to, share.")
@click.option(
    "--out", metavar="FILE", required=True, help="The table to write: .csv, .tsv, .xlsx, .parquet or .arrow."
)
@click.option("--report", is_flag=True, help="Say what the merger alone does to spreads and ranks.")
@click.option("--sample", metavar="NAME", help="Harmonise a sample that comes with the package.")
@click.option("--force", is_flag=True, help="Replace an earlier file.")
@table_options
def harmonise(
    scheme: str | None,
    table: str | None,
    to: Any,
    crosswalk: str | None,
    out: str,
    report: bool,
    sample: str | None,
    force: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Bring a table to other borders: each column by the rule that the scheme declares under ``combine``.

    The 63 provinces go to the 34 by what is known; any other change, the way back too, needs a crosswalk, of which
    --to then names the new units' system. A merged value whose parts are not all measured is missing, unless its
    rule lets partial ones through; all are listed with --json. SCHEME is a file, or the name of a built-in scheme;
    TABLE is a file as for build. Project files are for build only. Without SCHEME and TABLE the synthetic sample
    of 2024 is harmonised.
    """
    from pii.borders import harmonise as harmonised
    from pii.compare.merger import merger_effect
    from pii.compute import compute
    from pii.io.crosswalks import read_crosswalk
    from pii.io.tables import write_table
    from pii.report.terminal import printable

    refuse_half(scheme, table, sample)
    if to is None and crosswalk is None:
        raise click.UsageError("Say where to: --to VN34, or --crosswalk FILE.")
    _refuse_existing(out, force=force)
    with waiting("reading and computing"):
        rules, measured = _read(scheme, table, sample, reading)
        walk = to if crosswalk is None else read_crosswalk(crosswalk, source_system=rules.units, system=to)
        found = harmonised(measured, to=walk, rules=rules)
        effect = merger_effect(compute(rules, measured), to=walk, table=measured) if report else None
        write_table(found.table, out)
    if as_json:
        print_json(_record(found, effect, out))
    else:
        click.echo("\n".join(map(printable, _lines(found, effect))))
    for remark in found.table.remarks:
        click.echo(f"remark: {printable(remark)}", err=True)
    system = found.table.units.system or "null"
    click.echo(f"table in {out}; the scheme for it says units: {system}", err=True)


def _refuse_existing(out: str, *, force: bool) -> None:
    from pii.errors import BuildError, Problem

    if Path(out).exists() and (not force or Path(out).is_dir()):
        raise BuildError(
            Problem(
                file=out,
                found="it is a folder" if Path(out).is_dir() else "it is there already",
                rule="a table never overwrites by itself",
                remedy="name another file with --out, or replace a file with --force",
            )
        )


def _read(
    scheme: str | None, table: str | None, sample: str | None, reading: dict[str, Any]
) -> tuple[Scheme, Table]:
    """The scheme, and a table with all columns that its rules read."""
    from pii.io.samples import sample_path, samples
    from pii.io.schemes import built_in_scheme, read_scheme
    from pii.io.tables import read_table

    if scheme is None or table is None:
        name = sample or _SAMPLE
        path = sample_path(name)
        rules = built_in_scheme(samples()[name].scheme)
    else:
        built_in = not Path(scheme).suffix and not Path(scheme).is_file()
        path, rules = Path(table), built_in_scheme(scheme) if built_in else read_scheme(scheme)
    return rules, read_table(path, _wider(rules), **reading)


def _wider(scheme: Scheme) -> Scheme:
    """A scheme that needs, besides its own columns, those that its rules for a merger read."""
    from pii.methods.normalise import MinMax
    from pii.tree import Indicator

    used = dict.fromkeys(code for rule in scheme.combined_by.values() if rule for code in rule.reads)
    extra = [code for code in used if code not in scheme.columns]
    if not extra:
        return scheme
    beside = (Indicator(code=code, normalise=MinMax(floor=1)) for code in extra)
    return scheme.replace(
        denominators=tuple(column for column in scheme.denominators if column.code not in extra),
        index=scheme.index.replace(children=(*scheme.index.children, *beside)),
        combine=None,
    )


def _lines(found: Harmonised, effect: MergerEffect | None) -> list[str]:
    if effect is None:
        return [repr(found).strip("<>")]
    ranks = effect.ranks()
    return [
        *str(effect).splitlines(),
        "",
        "Spread of each indicator:",
        *_grid(effect.spreads()[["rule", "units_before", "units_after", "sd_before", "sd_after", "range_ratio"]]),
        "",
        "Rank of each old unit, and of what it became:",
        *_grid(ranks[["name", "rank_before", "into_name", "rank_after", "standing_before", "standing_after"]]),
    ]


def _grid(frame: Any) -> list[str]:
    """The lines of a data frame, whose package commands do not load."""
    lines: list[str] = frame.to_string(float_format=lambda value: f"{value:.4g}", na_rep="n/a").splitlines()
    return lines


def _record(found: Harmonised, effect: MergerEffect | None, out: str) -> dict[str, Any]:
    frame = found.to_frame()
    record = {
        "file": out,
        "title": found.table.title,
        "units": len(found.table.units),
        "system": found.table.units.system,
        "values": frame["status"].value_counts(sort=False).to_dict(),
        "incomplete": _rows(frame[frame["status"].isin(_LISTED)]),
        "remarks": list(found.table.remarks),
    }
    if effect is not None:
        record |= {
            "effect": str(effect).splitlines(),
            "spreads": _rows(effect.spreads().reset_index()),
            "ranks": _rows(effect.ranks().reset_index()),
        }
    return record


def _rows(frame: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15))
    return rows
