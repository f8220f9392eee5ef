"""Whether a build is what it was when it was written, and what its inputs give: all that differs, to the cell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pii.errors import BuildError, Problem
from pii.io.builds import manifest_of, outputs
from pii.io.datapackage import PACKAGE, package_bytes
from pii.io.differences import Cell, contradictions, differences
from pii.io.folders import versions
from pii.io.kept import REFERENCE, SCHEME, TABLE, read_again
from pii.io.manifests import MANIFEST, SUMS, Manifest, read_manifest, sum_lines
from pii.io.provenance import PROVENANCE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHANGED", "Verification", "verify"]

CHANGED = "the file is not as it was written"
"""What is said of a file that is not the one whose hash was kept."""
_SIGNATURES = tuple(f"{SUMS}{ending}" for ending in (".asc", ".gpg", ".sig"))


@dataclass(frozen=True)
class Verification:
    """What differs in a build, and what could not be looked at."""

    folder: str
    cells: tuple[Cell, ...]
    """What differs: the file, and where in it that can be told."""
    unchecked: tuple[str, ...]
    """What could not be checked, and why."""
    signatures: tuple[str, ...]
    """Signatures that lie beside; whose they are, and that they hold, is for the tool that made them to say."""
    versions: Mapping[str, tuple[str, str]]
    """Packages whose version is not that which the build was made with: then and now."""

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.cells

    def to_frame(self) -> pd.DataFrame:
        """One row a difference: file, place, unit, column, recorded, expected."""
        import pandas as pd

        return pd.DataFrame(self.cells, columns=list(Cell._fields))


def verify(folder: str | os.PathLike[str]) -> Verification:
    r"""Hold a build against its own record, and against what its scheme and tables give when computed again.

    Every file is held against the hashes of the manifest and of ``SHA256SUMS``, which are held against each other;
    inputs too, where the manifest says where they are. Then the result is computed again, and the files that differ
    from it are compared cell by cell. Numbers that another platform or version computes count as the same up to a
    part in 10\ :sup:`12`; files that are not as they were written are compared to the last digit.

    Parameters
    ----------
    folder
        The build.

    Raises
    ------
    BuildError
        The folder holds no build, or one of another format; or a file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pii.compute import compute
    >>> from pii.io.builds import write_build
    >>> from pii.io.samples import read_sample
    >>> with TemporaryDirectory() as home:
    ...     build = write_build(compute(*read_sample()), f"{home}/build")
    ...     before = verify(build).holds
    ...     path = build / "ranking.csv"
    ...     _ = path.write_bytes(path.read_bytes().replace(b",1", b",2", 1))
    ...     after = verify(build).cells
    >>> before, [(cell.file, cell.found) for cell in after][:1]
    (True, [('ranking.csv', 'the file is not as it was written')])
    """
    home = Path(folder)
    try:
        manifest = read_manifest(home)
    except BuildError:
        broken = _broken(home)
        if broken is None:
            raise
        return broken
    contents = _contents(home)
    cells = [*_against_record(contents, manifest), *_inputs(home, manifest)]
    unchecked = [f"{entry.file}: {why}" for entry in manifest.inputs if (why := _elsewhere(home, entry.path))]
    changed = {cell.file for cell in cells}
    if spoilt := [name for name in (MANIFEST, SCHEME, TABLE, REFERENCE, PROVENANCE) if name in changed]:
        unchecked.append(f"the result is not computed again: {', '.join(spoilt)} not as written")
        cells += (cell for cell in contradictions(contents, manifest) if cell.file in changed)
    elif SCHEME not in manifest.hashes:
        unchecked.append("the result is not computed again: its scheme has a method of its own")
    else:
        cells += _against_result(home, contents, manifest, changed)
    here = versions()
    now = {"pii": here["pii"], "python": here["python"], **here["packages"]}
    then = {"pii": manifest.pii, "python": manifest.python, **manifest.packages}
    return Verification(
        str(folder),
        tuple(dict.fromkeys(cells)),
        tuple(unchecked),
        tuple(name for name in _SIGNATURES if name in contents),
        {name: (was, now.get(name, "")) for name, was in then.items() if now.get(name) != was},
    )


def _contents(home: Path) -> dict[str, bytes]:
    """Every file of the folder; a folder in it is as an empty one, which no build has."""
    try:
        return {path.name: path.read_bytes() if path.is_file() else b"" for path in sorted(home.iterdir())}
    except OSError as error:
        found = f"a file cannot be read: {error.strerror}"
        raise BuildError(Problem(file=str(error.filename or home), found=found)) from None


def _broken(home: Path) -> Verification | None:
    """What can be said of a build whose manifest cannot be read, and is not that which the sums know."""
    if not (home / SUMS).is_file() or not (home / MANIFEST).is_file():
        return None
    contents = _contents(home)
    listed = _listed(contents[SUMS])
    if listed.get(MANIFEST) in (None, _sha256(contents[MANIFEST])):
        return None
    cells = [
        Cell(name, CHANGED if name in contents else "the file is missing")
        for name, sha in listed.items()
        if _sha256(contents.get(name, b"")) != sha or name not in contents
    ]
    why = f"the result is not computed again: {MANIFEST} cannot be read"
    return Verification(
        str(home), tuple(cells), (why,), tuple(name for name in _SIGNATURES if name in contents), {}
    )


def _against_record(contents: Mapping[str, bytes], manifest: Manifest) -> Iterator[Cell]:
    """Files that are not those of the manifest and the sums, each of which is held against the other."""
    listed = _listed(contents.get(SUMS, b""))
    hashes = {name: _sha256(content) for name, content in contents.items()}
    for output in manifest.outputs:
        name, sha = output.file, hashes.get(output.file)
        if sha is None:
            yield Cell(name, "the file is missing")
        elif sha != output.sha256 and listed.get(name) == sha:
            yield Cell(MANIFEST, "the hash is not that of the file", f"outputs: {name}")
        elif sha != output.sha256:
            yield Cell(name, CHANGED)
        elif len(contents[name]) != output.bytes:
            sizes = str(output.bytes), str(len(contents[name]))
            yield Cell(MANIFEST, "the size is not that of the file", f"outputs: {name}", "", "", *sizes)
    known = {*manifest.hashes, MANIFEST, SUMS, *_SIGNATURES}
    yield from (Cell(name, "the file is not of the build") for name in contents if name not in known)
    if SUMS not in contents:
        yield Cell(SUMS, "the file is missing")
    elif listed.get(MANIFEST) != hashes[MANIFEST]:
        yield Cell(MANIFEST, f"the file is not the one that {SUMS} knows")
    else:
        yield from _sums(contents[SUMS], listed, manifest.hashes | {MANIFEST: hashes[MANIFEST]})


def _sums(content: bytes, listed: Mapping[str, str], due: Mapping[str, str]) -> Iterator[Cell]:
    """What is not as it ought to be in the sums."""
    wrong = [name for name in dict.fromkeys((*listed, *due)) if listed.get(name) != due.get(name)]
    for name in wrong:
        yield Cell(
            SUMS, "the hash is not that of the manifest", name, "", "", listed.get(name, ""), due.get(name, "")
        )
    if not wrong and content != sum_lines(due):
        yield Cell(SUMS, CHANGED)


def _listed(content: bytes) -> dict[str, str]:
    """The hashes that the sums have, by name."""
    lines = content.decode("utf-8", errors="replace").split("\n")
    return {name: sha for sha, _, name in (line.partition("  ") for line in lines) if name}


def _elsewhere(home: Path, path: str | None) -> str:
    """Why an input cannot be held against its hash; empty where it can."""
    if path is None:
        return "the build does not say where this input is"
    return "" if (home / path).is_file() else "this input is no longer where it was"


def _inputs(home: Path, manifest: Manifest) -> Iterator[Cell]:
    for entry in manifest.inputs:
        if entry.path is not None and not _elsewhere(home, entry.path):
            content = (home / entry.path).read_bytes()
            if _sha256(content) != entry.sha256:
                yield Cell(entry.path, "the input is not the one that the build was made from")
            elif len(content) != entry.bytes:
                sizes = str(entry.bytes), str(len(content))
                yield Cell(MANIFEST, "the size is not that of the file", f"inputs: {entry.file}", "", "", *sizes)


def _against_result(
    home: Path, contents: Mapping[str, bytes], manifest: Manifest, changed: Collection[str]
) -> Iterator[Cell]:
    """What is not as the scheme and the tables in the folder give it."""
    try:
        result = read_again(home, manifest)
    except BuildError as error:
        yield from (Cell(TABLE, f"the result cannot be computed again: {problem}") for problem in error.problems)
        return
    expected = outputs(result, formulas=manifest.formulas, lang=manifest.lang)
    # It has the hashes of files as they were written, which another platform writes with other last digits.
    written = {name: contents[name] for name in expected if name in contents and name not in changed}
    expected[PACKAGE] = package_bytes(result, expected | written)
    for name, content in expected.items():
        if name in contents and contents[name] != content:
            # What was written by these very versions is known to the last digit.
            exact = name in changed and _sha256(content) == manifest.hashes.get(name)
            yield from differences(name, contents[name], content, exact=exact)
    # When, where and by what it was made, only the manifest knows.
    own = ("created", "command", "pii", "python", "platform", "machine", "packages", "inputs", "outputs")
    due = manifest_of(result, expected, formulas=manifest.formulas, lang=manifest.lang).replace(
        **{field: getattr(manifest, field) for field in own}
    )
    if contents[MANIFEST] != due.as_json():
        yield from differences(MANIFEST, contents[MANIFEST], due.as_json(), exact=False)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
