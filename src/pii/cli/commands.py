"""The commands of a yearly build: build, check, audit, and what helps to begin."""

from __future__ import annotations

import json
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from pii.cli.shared import (
    computed,
    language_option,
    print_json,
    print_ranking,
    provenance_option,
    refuse_half,
    refuse_swapped,
    say_remarks,
    table_options,
    waiting,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pii.io.project_files import Project
    from pii.report.words import Language
    from pii.result import Result

__all__ = ["audit", "build", "check", "new", "schema", "schemes"]


@click.command()
@click.argument("scheme", required=False)
@click.argument("table", required=False)
@click.option("--out", metavar="DIR", help="The folder to write; pii-build, or what the project file says.")
@click.option("--sample", metavar="NAME", help="Build a sample that comes with the package.")
@click.option("--report", "page", metavar="FILE.html", help="Also make one page of it, as the command report does.")
@click.option("--formulas", is_flag=True, help="Write a workbook that works itself out: change a weight in it.")
@language_option(
    "The language of what is printed, of the workbook and the rankings to read; en, or what the project says.", None
)
@click.option("--force", is_flag=True, help="Replace an earlier build.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems.")
@click.option("-v", "--verbose", is_flag=True, help="Also print what was done to the data.")
@provenance_option
@table_options
@click.pass_obj
def build(
    words: list[str],
    /,
    scheme: str | None,
    table: str | None,
    out: str | None,
    sample: str | None,
    page: str | None,
    formulas: bool,
    language: Language | None,
    force: bool,
    quiet: bool,
    verbose: bool,
    provenance: str | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Compute an index, print the ranking and write a build folder.

    SCHEME is a file, or the name of a built-in scheme; TABLE is a CSV, Excel, Parquet or Arrow file. A project file
    pii.yaml, or a folder that has one, stands for both. Without them the synthetic sample of 2025 is built.
    """
    from pii.io.builds import refuse_occupied, write_build
    from pii.io.placing import refuse_within
    from pii.io.project_files import find_project, read_project
    from pii.io.texts import refuse_existing

    command = ["pii", *words]
    if page is not None:
        refuse_existing(page, force=force)
    path = find_project(scheme) if scheme is not None and table is None and sample is None else None
    if path is not None:
        if any(reading.values()) or provenance is not None:
            raise click.UsageError(f"{str(path)!r} says itself how its table is read.")
        project = read_project(path)
        if page is not None:
            refuse_within(page, out or project.out)
        language = lang = language or project.said.lang
        result, folder = _project(project, out, command, formulas=formulas, lang=lang, force=force)
    else:
        lang = language or "en"
        refuse_half(scheme, table, sample)
        out = out or "pii-build"
        if page is not None:
            refuse_within(page, out)
        refuse_occupied(out, force=force)
        with waiting("reading and computing"):
            result, inputs = computed(scheme, table, sample, reading, provenance)
        with waiting("writing"):
            folder = write_build(
                result, out, inputs=inputs, command=command, formulas=formulas, lang=lang, force=force
            )
    if page is not None:
        from pii.cli.report import write_report

        manifest = json.loads((folder / "manifest.json").read_bytes())
        write_report(result, page, provenance=manifest, language=language or "vi", force=force)
    if as_json:
        from pii.report.records import FORMAT, ranking_records

        print_json(
            {
                "format": FORMAT,
                "title": result.title,
                "synthetic": result.is_synthetic,
                "folder": str(folder),
                "files": sorted(path.name for path in folder.iterdir()),
                "remarks": list(result.measured.remarks),
                "ranking": ranking_records(result),
            }
        )
    elif not quiet:
        print_ranking(result, lang)
    if not quiet:
        from pii.report.words import said

        say_remarks(result, verbose=verbose, language=lang)
        click.echo(said("say.files", lang, len(list(folder.iterdir())), folder), err=True)


def _project(
    project: Project, out: str | None, command: list[str], *, formulas: bool, lang: Language, force: bool
) -> tuple[Result, Path]:
    """Build what a project file declares, and study it where it asks for that."""
    from pii.io.builds import refuse_occupied, write_build
    from pii.io.studies import refuse_taken, write_study
    from pii.robustness.study import study

    target = out or project.out
    refuse_occupied(target, force=force)
    if project.study_out is not None:
        refuse_taken(project.study_out, force=force)
    with waiting("reading and computing"):
        result, inputs, base = project.compute()
    with waiting("writing"):
        folder = write_build(
            result,
            target,
            inputs=inputs,
            command=command,
            home=project.home,
            formulas=formulas,
            lang=lang,
            force=force,
        )
    if project.study_out is not None:
        with waiting("computing again and again"):
            found = study(result.scheme, result.measured, reference=base)
        write_study(found, project.study_out, inputs=inputs, command=command, force=force)
    return result, folder


@click.command()
@click.argument("scheme")
@click.argument("table")
@provenance_option
@table_options
def check(scheme: str, table: str, provenance: str | None, as_json: bool, **reading: Any) -> None:
    """Say all that is wrong with a scheme and a table, and write nothing."""
    refuse_swapped(table)
    from pii.report.markdown_tables import counted
    from pii.report.terminal import printable

    with waiting("reading and computing"):
        result, _ = computed(scheme, table, None, reading, provenance)
    gaps = result.ratios.values
    missing = sum(isnan(value) for value in gaps.ravel().tolist())
    if as_json:
        print_json(
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
            f"indicators, {counted(missing, 'value')} not measured, {len(result.best_first)} units can be ranked"
        )
    say_remarks(result, verbose=True)


@click.command()
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
@click.option(
    "--correction",
    type=click.Choice(["holm", "fdr"]),
    default="holm",
    show_default=True,
    help="How p-values are corrected for their number.",
)
@click.option("--out", metavar="FILE.md", help="Write the audit as a report in Markdown.")
@click.option("--force", is_flag=True, help="Replace an earlier report.")
@table_options
def audit(
    scheme: str | None,
    table: str | None,
    sample: str | None,
    measure: Any,
    correction: Any,
    out: str | None,
    force: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Say what the maker of an index should look at: data, correlations, reliability, dimensions, weights.

    SCHEME is a file, or the name of a built-in scheme; TABLE is a file as for build. Project files are for build
    only. Without SCHEME and TABLE the synthetic sample of 2025 is audited.
    """
    from pii.audit import audit as audited
    from pii.io.texts import refuse_existing, write_text
    from pii.report.audit_text import markdown
    from pii.report.terminal import finding_lines

    refuse_half(scheme, table, sample)
    if out is not None:
        refuse_existing(out, force=force)
    with waiting("reading and computing"):
        result, _ = computed(scheme, table, sample, reading)
        found = audited(result, measure=measure, correction=correction)
        lines = finding_lines(found)
    if as_json:
        findings = [finding._asdict() for finding in found.findings]
        print_json({"title": result.title, "synthetic": result.is_synthetic, "findings": findings})
    else:
        click.echo("\n".join(lines))
    if out is not None:
        click.echo(f"report in {write_text(markdown(found), out, force=force)}", err=True)
    say_remarks(result, verbose=False)


@click.command()
def schemes() -> None:
    """List the schemes that come with the package."""
    from pii.io.schemes import built_in_scheme, built_in_schemes

    for name in built_in_schemes():
        scheme = built_in_scheme(name)
        click.echo(
            f"{name:<12} {scheme.units or '-':<5} {len(scheme.indicators):>3}  {dict(scheme.name).get('en')}"
        )


@click.command()
@click.argument("what", type=click.Choice(["scheme", "project", "manifest", "index", "build"]), default="scheme")
def schema(what: str) -> None:
    """Print the JSON Schema of a file or an output.

    Of scheme files, of project files, of the manifest and the index.json of a build, or of what build --json
    prints. By it editors complete and check what you write, and programs check what they are given.
    """
    from pii.io.json_models import built_schema, index_schema
    from pii.io.manifests import manifest_schema
    from pii.io.project_files import project_schema
    from pii.io.schemes import scheme_schema

    schemas = {
        "scheme": scheme_schema,
        "project": project_schema,
        "manifest": manifest_schema,
        "index": index_schema,
        "build": built_schema,
    }
    print_json(schemas[what]())


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--scheme", default="pii-2025", show_default=True, help="The built-in scheme to start from.")
def new(folder: str, scheme: str) -> None:
    """Start a project folder: a project file, a scheme to edit, an empty table to fill, a README."""
    from pii.io.projects import new_project

    for path in new_project(folder, scheme):
        click.echo(path)
