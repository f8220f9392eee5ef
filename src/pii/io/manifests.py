"""What a build says of itself: its manifest, with a model of it, and the hashes of all its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from pii.errors import BuildError, Problem
from pii.spec import Many, Spec
from pii.table import Table

__all__ = [
    "AGAIN",
    "FORMAT",
    "MANIFEST",
    "SUMS",
    "File",
    "Input",
    "Manifest",
    "Said",
    "SchemeFile",
    "manifest_schema",
    "read_manifest",
    "sum_lines",
    "sums",
]

FORMAT = 2
"""The format of the folders that are written, and the only one that is read."""
MANIFEST = "manifest.json"
"""The name of the file."""
SUMS = "SHA256SUMS"
"""The file with the hash of every other, as ``sha256sum --check`` reads it; a signature of it signs them all."""
AGAIN = "build it again from its inputs"
"""What to do about a build that cannot be read."""


class File(Spec):
    """A file as it was when the build was made."""

    file: str
    """Its name."""
    bytes: int = Field(ge=0)
    """Its size."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Its hash."""


class Input(File):
    """A file that the build was made from."""

    path: str | None = None
    """Where it is, from the build's folder; null where it is not below the folder that the command ran in."""


class SchemeFile(Spec):
    """Which scheme the build was made by."""

    code: str
    """Its code."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """The hash of its canonical form: JSON without what is default, as in scheme.json."""


class Said(Spec):
    """What a table says beside its cells."""

    title: str
    period: str
    system: str | None
    """The system of provinces that its units belong to."""
    labels: Many[str]
    """Its columns of text, in order, after code, name and period."""
    notes: Many[str]
    remarks: Many[str]
    """What its reader did that a person should know."""

    @classmethod
    def of(cls, table: Table) -> Self:
        """What a table says.

        Examples
        --------
        >>> Said.of(Table.of({"a": [1.0]}, units=["01"], period="2030")).period
        '2030'
        """
        units = table.units
        return cls(
            title=table.title,
            period=table.period,
            system=units.system,
            labels=tuple(units.labels),
            notes=table.notes,
            remarks=table.remarks,
        )


class Manifest(Spec):
    """What a build folder was made from and by, and what is in it."""

    format: Literal[2]
    """The format of the folder."""
    title: str
    """The index's name and edition; synthetic data says so."""
    synthetic: bool
    """Whether the numbers are invented."""
    created: str
    """When, in UTC; SOURCE_DATE_EPOCH sets it."""
    command: Many[str]
    """The command that was given; empty when Python called."""
    pii: str
    """The version that computed it."""
    python: str
    platform: str
    machine: str
    packages: Mapping[str, str]
    """The versions of what it was computed with."""
    scheme: SchemeFile
    formulas: bool
    """Whether the workbook's formulas are live."""
    lang: Literal["en", "vi"] = "en"
    """The language of the workbook and the rankings to read; left out where it is English."""
    seed: int | None
    """Where the scheme's draws begin, if it says what is uncertain."""
    inputs: Many[Input]
    outputs: Many[File]
    """Every other file of the folder, but the sums."""
    units: int
    """How many the table has."""
    ranked: int
    """How many of them have a rank."""
    unranked: Mapping[str, Many[str]]
    """Why the others have none, by code."""
    treated: Mapping[str, str]
    """What was done to outliers and skew, by indicator."""
    remarks: Many[str]
    """What a person should know of how the table was read."""
    table: Said
    """What table.csv says beside its cells."""
    reference: Said | None
    """The same of reference.csv, the values that fixed the scale."""

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of every output, by name."""
        return {output.file: output.sha256 for output in self.outputs}

    def as_json(self) -> bytes:
        """The file."""
        said = self.model_dump(mode="json", exclude={"lang"} if self.lang == "en" else None)
        return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def manifest_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the manifest of a build.

    Examples
    --------
    >>> manifest_schema()["title"]
    'Manifest'
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Manifest.model_json_schema()}


def sums(contents: Mapping[str, bytes]) -> bytes:
    r"""The hash of every file, one a line, as ``sha256sum --check`` reads it.

    Examples
    --------
    >>> sums({"a.txt": b"abc"})[:20], sums({"a.txt": b"abc"})[-9:]
    (b'ba7816bf8f01cfea4141', b'd  a.txt\n')
    """
    return sum_lines({name: hashlib.sha256(content).hexdigest() for name, content in contents.items()})


def sum_lines(hashes: Mapping[str, str]) -> bytes:
    """The same of hashes that are known."""
    return "".join(f"{sha}  {name}\n" for name, sha in sorted(hashes.items())).encode()


def read_manifest(folder: Path) -> Manifest:
    """What the manifest of a build says, once it is known to be one of this format.

    Raises
    ------
    BuildError
        The folder is not there, holds no build, or one of another format.
    """
    if not folder.is_dir():
        found = "it is a file" if folder.exists() else "there is no such folder"
        raise BuildError(Problem(file=str(folder), found=found, rule="a build is a folder"))
    try:
        content = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise BuildError(_no_build(folder, f"there is no {MANIFEST}")) from None
    except OSError as error:
        raise BuildError(_no_build(folder, f"{MANIFEST} cannot be read: {error.strerror}")) from None
    if (other := _other_format(content)) is not None:
        raise BuildError(
            Problem(
                file=str(folder / MANIFEST),
                found=f"the build is of format {other}",
                rule=f"builds of format {FORMAT} are read",
                remedy=AGAIN,
            )
        )
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        found = f"{MANIFEST} is not that of a build: {f'{place}: ' if place else ''}{first['msg']}"
        raise BuildError(_no_build(folder, found)) from None


def _other_format(content: bytes) -> int | None:
    """The number of a format that is not ours."""
    try:
        said = json.loads(content)
        form: Any = said["format"]
        listed: Sequence[Any] = said["outputs"]
    except (ValueError, LookupError, TypeError):
        return None
    return form if isinstance(form, int) and isinstance(listed, list) and form != FORMAT else None


def _no_build(folder: Path, found: str) -> Problem:
    return Problem(
        file=str(folder), found=found, rule="a build is a folder that pii build wrote", remedy="name such a folder"
    )
