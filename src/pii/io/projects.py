"""A new project folder: a project file, a scheme to edit, an empty table to fill, and how to go on."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from pii.errors import BuildError, Problem
from pii.io.project_files import PROJECT
from pii.io.schemes import built_in_scheme, built_in_text
from pii.io.writing import defused
from pii.places.registry import provinces
from pii.report.markdown import escaped
from pii.scheme import Scheme
from pii.tree import Group, Indicator

__all__ = ["new_project"]

_PROJECT_FILE = """\
# What `pii build pii.yaml` builds, and where. Paths are from this folder.
scheme: scheme.yaml
table: table.csv
out: build
"""
_ENCODINGS = {"table.csv": "utf-8-sig"}  # by its mark a spreadsheet knows how to read the diacritics


def new_project(folder: str | os.PathLike[str], scheme_name: str) -> tuple[Path, ...]:
    """Start a project from a built-in scheme: ``scheme.yaml``, ``table.csv``, ``README.md`` and ``pii.yaml``.

    The table has a row for every province of the scheme's system and no values.

    Raises
    ------
    SchemeError
        No built-in scheme is called that.
    BuildError
        The folder holds something already, or cannot be written.
    """
    target = Path(folder)
    scheme = built_in_scheme(scheme_name)
    contents = {
        "scheme.yaml": built_in_text(scheme_name),
        "table.csv": _empty_table(scheme),
        "README.md": _readme(scheme),
        PROJECT: _PROJECT_FILE,
    }
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BuildError(
                Problem(
                    file=str(target),
                    found="something is already there",
                    rule="a project starts in a new or empty folder",
                    remedy="choose another folder",
                )
            )
        target.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            (target / name).write_text(text, encoding=_ENCODINGS.get(name, "utf-8"), newline="\n")
    except OSError as error:
        found = f"the folder cannot be written: {error.strerror or error}"
        raise BuildError(Problem(file=str(target), found=found, remedy="choose another folder")) from error
    return tuple(target / name for name in contents)


def _empty_table(scheme: Scheme) -> str:
    units = provinces(scheme.units) if scheme.units else ()
    labels = [column.code for column in scheme.labels]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(defused, ["code", "name", *labels, *scheme.columns]))
    blank = [""] * (len(labels) + len(scheme.columns))
    writer.writerows([province.code, province.name, *blank] for province in units)
    return buffer.getvalue()


def _readme(scheme: Scheme) -> str:
    lines = [
        f"# {scheme.index.title()}",
        "",
        "1. Fill `table.csv`: one row a unit, one column an indicator. An empty cell is a value not measured.",
        "2. Edit `scheme.yaml`: names, weights, directions, methods.",
        "3. `pii check scheme.yaml table.csv` says all that is wrong, and where.",
        "4. `pii build pii.yaml` ranks the units and writes the build folder; `pii.yaml` says where.",
        "5. `pii verify build` computes it again and says what differs, if anything does.",
        "",
        "Columns of the table:",
        "",
        "| column | what | unit | better |",
        "|---|---|---|---|",
    ]
    for node in scheme.nodes:
        if isinstance(node, Group):
            lines.append(f"| | **{escaped(node.title())}** | | |")
        else:
            lines.append(_column(node))
    for column in scheme.denominators:
        name = dict(column.name)
        lines.append(
            f"| {escaped(column.code)} | {escaped(name.get('en') or next(iter(name.values()), ''))} (denominator) "
            f"| {escaped(column.unit)} | |"
        )
    return "\n".join(lines) + "\n"


def _column(indicator: Indicator) -> str:
    better = "more" if indicator.direction > 0 else "less"
    return f"| {escaped(indicator.code)} | {escaped(indicator.title())} | {escaped(indicator.unit)} | {better} |"
