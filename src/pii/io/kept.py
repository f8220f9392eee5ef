"""What a build keeps of its inputs: a scheme and tables, of which its result is computed again, digit for digit."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from io import StringIO
from math import isnan
from pathlib import Path

import numpy as np

from pii.compute import compute
from pii.errors import BuildError, PiiError, Problem, SchemeError
from pii.io.about import About
from pii.io.layout import restored
from pii.io.manifests import AGAIN, Manifest, Said
from pii.io.provenance import PROVENANCE, kept_provenance, provenance_bytes
from pii.io.schemes import dump_scheme, parse_scheme
from pii.io.writing import csv_line, defused
from pii.places.registry import SYSTEMS
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table, Units

__all__ = [
    "REFERENCE",
    "SCHEME",
    "TABLE",
    "kept_files",
    "kept_table",
    "read_again",
    "table_bytes",
]

SCHEME, TABLE, REFERENCE = "scheme.json", "table.csv", "reference.csv"
"""The files that a result is computed again from."""


def kept_files(result: Result) -> dict[str, bytes]:
    """The files that a result is computed again from: scheme, table and, where there are, reference and provenance.

    A scheme with a method of its own, which no file can hold, is left out.
    """
    files: dict[str, bytes] = {}
    with suppress(SchemeError):
        files[SCHEME] = dump_scheme(result.scheme, "json").encode()
    files[TABLE] = table_bytes(result.measured)
    if result.reference is not None:
        files[REFERENCE] = table_bytes(result.reference)
    if result.measured.noted:
        files[PROVENANCE] = provenance_bytes(result.measured)
    return files


def table_bytes(table: Table) -> bytes:
    """A table as CSV with all digits; texts that a spreadsheet would run have an apostrophe before them.

    Examples
    --------
    >>> print(table_bytes(Table.of({"a": [0.1, None]}, units=["x", "=y"])).decode("utf-8-sig"), end="")
    # decimal: .
    code,name,a
    x,x,0.1
    '=y,'=y,
    """
    units = table.units
    about = About(
        title=table.title,
        notes=table.notes,
        system=next((system for system in SYSTEMS if system == units.system), None),
        labels=tuple(units.labels),
        decimal=".",
    )
    lines = [f"# {line}\n" for line in about.lines()]
    lines.append(csv_line(map(defused, (*_headers(table.period, units.labels), *table.columns))))
    period = [table.period] if table.period else []
    for row, values in enumerate(table.values.tolist()):
        texts = [units.codes[row], units.names[row], *period, *(column[row] for column in units.labels.values())]
        lines.append(csv_line([*map(defused, texts), *("" if isnan(value) else repr(value) for value in values)]))
    return "".join(lines).encode("utf-8-sig")


def _headers(period: str, labels: Iterable[str]) -> list[str]:
    return ["code", "name", *(["period"] if period else []), *labels]


def kept_table(content: bytes, said: Said, file: str, columns: Sequence[str] = ()) -> Table:
    """The table that ``table_bytes`` wrote, equal in every text and number.

    Columns are known by where they stand, so that an indicator may be called ``name``.

    Parameters
    ----------
    content
        The file.
    said
        What the manifest says of the table.
    file
        What to call the file in problems.
    columns
        The columns of values that it has to have; any when not given.

    Raises
    ------
    BuildError
        The file does not hold such a table, with the line of what is wrong.
    """
    text = content.decode("utf-8-sig", errors="replace")
    lines = text.split("\n")
    about = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    texts = _headers(said.period, said.labels)
    rows: list[list[str]] = []
    values: list[list[float]] = []
    reader = csv.reader(StringIO("\n".join(lines[about:]), newline=""), strict=True)
    try:
        header = list(map(restored, next(reader, [])))
        if header[: len(texts)] != texts or (columns and header[len(texts) :] != list(columns)):
            raise ValueError("the header is not that of the scheme's columns")
        for row in reader:
            if len(row) != len(header):
                raise ValueError(f"the row has {len(row)} cells, the header {len(header)}")
            if said.period and restored(row[2]) != said.period:
                raise ValueError(f"the row is of {row[2]!r}, and the table of {said.period!r}")
            rows.append(row)
            values.append([float(cell or "nan") for cell in row[len(texts) :]])
    except (csv.Error, ValueError) as error:
        raise BuildError(
            Problem(
                file=file,
                line=about + reader.line_num,
                found=str(error),
                rule="the table of a build is as it was written",
            )
        ) from None
    across = [tuple(map(restored, column)) for column in zip(*(row[: len(texts)] for row in rows), strict=True)]
    across = across or [()] * len(texts)
    labels = dict(zip(said.labels, across[len(texts) - len(said.labels) :], strict=True))
    return Table(
        Units(across[0], across[1], labels, said.system),
        tuple(header[len(texts) :]),
        np.array(values).reshape(len(rows), len(header) - len(texts)),
        said.period,
        said.title,
        tuple(said.notes),
        tuple(said.remarks),
    )


def kept_scheme(content: bytes, file: str) -> Scheme:
    """The scheme that a build keeps.

    Raises
    ------
    SchemeError
        The file holds no scheme, with every mistake and its place.
    """
    return parse_scheme(content.decode("utf-8", errors="replace"), "json", file=file)


def read_again(folder: Path, said: Manifest) -> Result:
    """Compute a build's result again from the scheme and tables in it.

    Parameters
    ----------
    folder
        The build.
    said
        Its manifest.

    Raises
    ------
    BuildError
        A file is missing, cannot be read, or is not as it was written; or what it holds cannot be computed.
    """
    contents = {name: _content(folder, said, name) for name in (SCHEME, TABLE)}
    try:
        scheme = kept_scheme(contents[SCHEME], str(folder / SCHEME))
        table = kept_table(contents[TABLE], said.table, str(folder / TABLE), scheme.columns)
        if PROVENANCE in said.hashes:
            content = _content(folder, said, PROVENANCE)
            table = table.noting(kept_provenance(content, said.table.period, str(folder / PROVENANCE)))
        reference = None
        if said.reference is not None:
            content = _content(folder, said, REFERENCE)
            reference = kept_table(content, said.reference, str(folder / REFERENCE))
        return compute(scheme, table, reference=reference)
    except BuildError:
        raise
    except PiiError as error:
        raise BuildError(error.problems) from error


def _content(folder: Path, said: Manifest, name: str) -> bytes:
    written = said.hashes
    path = folder / name
    if name not in written:
        found, rule = f"the build was written without {name}", "files hold schemes of the methods that pii declares"
        raise BuildError(Problem(file=str(folder), found=found, rule=rule))
    try:
        content = path.read_bytes()
    except OSError as error:
        found = "the file is missing" if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise BuildError(
            Problem(file=str(path), found=found, rule=f"a build holds {name}", remedy=AGAIN)
        ) from error
    if hashlib.sha256(content).hexdigest() != written[name]:
        raise BuildError(
            Problem(
                file=str(path),
                found="the file is not as it was written",
                rule="the manifest keeps the hash of every file",
                remedy=f"pii verify says what differs; {AGAIN}",
            )
        )
    return content
