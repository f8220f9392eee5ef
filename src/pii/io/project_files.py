"""Project files: one file that says of which scheme and table a build is made, and where it goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, ValidationError

from pii.compute import compute
from pii.errors import Problem, SchemeError
from pii.io.documents import REFUSED, Address, Document, Place, dotted, read_text
from pii.io.provenance import read_provenance
from pii.io.schemes import built_in_path, built_in_scheme, read_scheme
from pii.io.tables import read_table
from pii.io.wording import Mistake, unknown_key, words
from pii.io.yaml import parse
from pii.result import Result
from pii.scheme import Scheme
from pii.spec import Spec

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["PROJECT", "Base", "Project", "ProjectFile", "StudyOf", "find_project", "project_schema", "read_project"]

PROJECT = "pii.yaml"
"""What a project file is called."""

Period: TypeAlias = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value, json_schema_input_type=str | int),
]
"""A year or an edition; a bare year will do."""


class Base(Spec):
    """The edition whose values fix the scale, so that scores of two editions compare."""

    table: str
    """Its table."""
    scheme: str | None = None
    """Its scheme; the project's when not given."""
    period: Period | None = None
    """Which period of its table."""
    sheet: str | None = None
    """Which sheet of a workbook."""


class StudyOf(Spec):
    """That a study of what is uncertain is made beside the build."""

    out: str = "study"
    """The folder that it is written to."""
    draws: int | None = Field(default=None, ge=1)
    """How often the index is computed; as the scheme says when not given."""
    seed: int | None = Field(default=None, ge=0)
    """Where the draws begin; as the scheme says when not given."""


class ProjectFile(Spec):
    """What a project file says. Paths are from the folder that it is in."""

    scheme: str
    """The file of the scheme, or the name of a built-in one."""
    table: str
    """The table."""
    provenance: str | None = None
    """Where cells of the table come from; a file in long form."""
    period: Period | None = None
    """Which period (year) of a table of several."""
    sheet: str | None = None
    """Which sheet of a workbook."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark, where the table leaves it open."""
    strict: bool = False
    """Whether columns that the scheme does not know are refused."""
    base: Base | None = None
    """The edition that fixes the scale; the table itself when not given."""
    study: StudyOf | None = None
    """The study to make, if any."""
    lang: Literal["en", "vi"] = "en"
    """The language of the outputs that people read."""
    out: str = "build"
    """The folder that the build is written to."""
    allow_outside: bool = False
    """Whether paths may lead out of the project's folder."""


def find_project(name: str | os.PathLike[str]) -> Path | None:
    """The project file that a name leads to: itself, or the one in a folder; None where it leads to none.

    Examples
    --------
    >>> find_project("pii.yaml"), find_project("scheme.yaml")
    (PosixPath('pii.yaml'), None)
    """
    path = Path(name)
    if path.is_dir():
        return path / PROJECT
    return path if path.name == PROJECT else None


def read_project(path: str | os.PathLike[str]) -> Project:
    """What a project file says, its paths known to lead where they may.

    Raises
    ------
    SchemeError
        Every mistake in the file, with its place; a path that leads out of the folder is one.
    """
    path = Path(path)
    document = parse(read_text(path), file=str(path))
    problems = list(document.problems)
    said = None
    if document.data is not REFUSED:
        try:
            said = ProjectFile.model_validate(document.data)
        except ValidationError as error:
            problems += (_problem(document, line) for line in error.errors(include_url=False))
    if said is None or problems:
        raise SchemeError(
            sorted(dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.column or 0))
        )
    project = Project(said, path.parent, document)
    if outside := list(project.strays()):
        raise SchemeError(outside)
    return project


@dataclass(frozen=True)
class Project:
    """A project file as read, and where it is."""

    said: ProjectFile
    home: Path
    """The folder that paths are from."""
    document: Document = field(repr=False)

    @property
    def out(self) -> Path:
        """Where the build goes."""
        return self.home / self.said.out

    @property
    def study_out(self) -> Path | None:
        """Where the study goes, if one is asked for."""
        return None if self.said.study is None else self.home / self.said.study.out

    def compute(self) -> tuple[Result, list[Path], Result | None]:
        """The result, the files that it is made from, and the result that fixed its scale, if another did.

        Raises
        ------
        SchemeError, TableError, MethodError
            A file cannot be read, or what it holds not computed.
        """
        said = self.said
        scheme, source = self._scheme(said.scheme)
        inputs = [Path(self.document.file), source, self.home / said.table]
        base = None
        if said.base is not None:
            rules, other = (scheme, source) if said.base.scheme is None else self._scheme(said.base.scheme)
            table = self.home / said.base.table
            base = compute(rules, read_table(table, rules, period=said.base.period, sheet=said.base.sheet))
            inputs += [path for path in (other, table) if path not in inputs]
        scheme = self._drawn(scheme)
        measured = read_table(
            self.home / said.table,
            scheme,
            period=said.period,
            sheet=said.sheet,
            decimal=said.decimal,
            strict=said.strict,
        )
        if said.provenance is not None:
            inputs.append(self.home / said.provenance)
            measured = measured.noting(read_provenance(inputs[-1], measured))
        return compute(scheme, measured, reference=base), inputs, base

    def _scheme(self, declared: str) -> tuple[Scheme, Path]:
        path = self.home / declared
        if not Path(declared).suffix and not path.is_file():
            return built_in_scheme(declared), built_in_path(declared)
        return read_scheme(path), path

    def _drawn(self, scheme: Scheme) -> Scheme:
        """The scheme with the draws and the seed of the project, so that a build records them."""
        study = self.said.study
        if study is None:
            return scheme
        if scheme.uncertainty is None:
            raise SchemeError(
                self._at(
                    ("study",),
                    "a study is asked for, and the scheme does not say what is uncertain",
                    "what varies stands in the scheme under uncertainty",
                    "add it there, or take study out",
                )
            )
        changed = {key: value for key in ("draws", "seed") if (value := getattr(study, key)) is not None}
        return scheme.replace(uncertainty=scheme.uncertainty.replace(**changed))

    def strays(self) -> Iterator[Problem]:
        """A problem for each path that leads out of the folder, links followed."""
        if self.said.allow_outside:
            return
        inside = self.home.resolve()
        for address, text in self._paths():
            leads = (inside / text).resolve()
            if not leads.is_relative_to(inside):
                found = f"{text!r} leads out of the project's folder"
                if Path(os.path.normpath(inside / text)).is_relative_to(inside):
                    found = f"{text!r} is, or is behind, a link that leads out of the project's folder"
                yield self._at(
                    address, found, "a project is whole in its folder", "copy it there, or say allow_outside: true"
                )

    def _paths(self) -> Iterator[tuple[Address, str]]:
        said = self.said
        yield from ((("scheme",), said.scheme), (("table",), said.table))
        if said.provenance is not None:
            yield ("provenance",), said.provenance
        if said.base is not None:
            yield ("base", "table"), said.base.table
            if said.base.scheme is not None:
                yield ("base", "scheme"), said.base.scheme
        if said.study is not None:
            yield ("study", "out"), said.study.out
        yield ("out",), said.out

    def _at(self, address: Address, found: str, rule: str, remedy: str) -> Problem:
        return _placed(self.document, address, found, rule, remedy)


def project_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) by which editors complete and check project files.

    Examples
    --------
    >>> project_schema()["required"]
    ['scheme', 'table']
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProjectFile.model_json_schema()}


_PARTS: dict[str, type[Spec]] = {"base": Base, "study": StudyOf}


def _problem(document: Document, error: ErrorDetails) -> Problem:
    address: Address = error["loc"]
    owner = _PARTS.get(str(address[0]), ProjectFile) if len(address) > 1 else ProjectFile
    known = tuple(owner.model_fields)
    mistake = Mistake(error["type"], address, error["input"], error.get("ctx", {}), known)
    if mistake.kind == "extra_forbidden":
        return _placed(document, address, *unknown_key(mistake), at=document.keys.get(address))
    place = document.values.get(address)
    return _placed(document, address, *words(mistake, place.text if place else ""))


def _placed(
    document: Document, address: Address, found: str, rule: str, remedy: str, *, at: Place | None = None
) -> Problem:
    place = at or document.place(address)
    return Problem(
        found=found,
        rule=rule,
        remedy=remedy,
        file=document.file,
        line=place.line if place else None,
        column=place.column if place else None,
        path=dotted(address),
    )
