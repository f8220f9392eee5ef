"""Verifying a build: nothing in one that is whole, and every byte that was changed, to the cell."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pii.compute import compute
from pii.difference import difference
from pii.errors import BuildError
from pii.io.builds import manifest_of, read_build, write_build
from pii.io.datapackage import PACKAGE
from pii.io.folders import json_bytes
from pii.io.manifests import MANIFEST, SUMS, sums
from pii.io.samples import read_sample, samples
from pii.io.verifying import CHANGED, Verification, verify
from pii.result import Result
from pii.table import Table, Units
from tests.report.results import half, negative, small, synthetic
from tests.shared import ROOT, group, leaf, scheme
from tests.strategies import quick

TEXTS = [PACKAGE, "index.json", MANIFEST, "ranking.csv", "ranking.md", "ranking.tex", "reference.csv", "scheme.json", "scores.csv", SUMS, "table.csv"]  # fmt: skip
FOUND_BY_CELL = {PACKAGE, "index.json", "ranking.csv", "ranking.md", "ranking.tex", "scores.csv"}


def rescaled() -> Result:
    """A result whose scale another year fixed."""
    result = small()
    measured = result.measured
    return compute(result.scheme, measured.holding(measured.values * 1.25), reference=result)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with every kind of file, to be left as it is."""
    return write_build(rescaled(), tmp_path_factory.mktemp("verifying") / "build")


def copied(folder: Path, to: Path) -> Path:
    """A build to be changed."""
    shutil.copytree(folder, to)
    return to


def files_of(found: Verification) -> set[str]:
    """The files in which something differs."""
    return {cell.file for cell in found.cells}


# --- A build that is whole


@pytest.mark.parametrize("make", [small, half, negative, synthetic, rescaled])
def test_a_build_that_nobody_touched_holds(tmp_path: Path, make: Callable[[], Result]) -> None:
    """Nothing differs, and all was looked at."""
    found = verify(write_build(make(), tmp_path / "out"))
    assert found.holds
    assert found == Verification(str(tmp_path / "out"), (), (), (), {})
    assert list(found.to_frame().columns) == ["file", "found", "place", "unit", "column", "recorded", "expected"]


@pytest.mark.parametrize("name", sorted(samples()))
def test_every_sample_holds(tmp_path: Path, name: str) -> None:
    """Whatever its scheme."""
    assert verify(write_build(compute(*read_sample(name)), tmp_path / "out")).cells == ()


def test_a_build_that_was_moved_holds(built: Path, tmp_path: Path) -> None:
    """It holds what is needed to compute it again."""
    assert verify(copied(built, tmp_path / "elsewhere")).holds


def test_a_scheme_with_a_method_of_its_own_is_held_against_its_hashes(tmp_path: Path, monkeypatch: Any) -> None:
    """And what could not be done is said."""
    from pii.errors import SchemeError

    def refuse(*_: Any) -> str:
        raise SchemeError("own")

    with monkeypatch.context() as patched:
        patched.setattr("pii.io.kept.dump_scheme", refuse)
        folder = write_build(small(), tmp_path / "out")
    found = verify(folder)
    assert (found.cells, found.unchecked) == (
        (),
        ("the result is not computed again: its scheme has a method of its own",),
    )


# --- The same bytes


def test_other_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the number of threads and the seed of hashes."""
    made = []
    for threads, seed in (("1", "0"), ("4", "12345")):
        folder = tmp_path / threads
        folder.mkdir()
        environment = {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "PYTHONHASHSEED": seed,
            "SOURCE_DATE_EPOCH": "1700000000",
            "PYTHONPATH": str(ROOT / "src"),
        }
        subprocess.run(
            [sys.executable, "-m", "pii", "build", "--quiet", "--out", "build"],
            cwd=folder,
            env=os.environ | environment,
            check=True,
        )
        made.append({path.name: path.read_bytes() for path in (folder / "build").iterdir()})
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


# --- A build that was changed


@given(st.data())
@settings(quick, max_examples=60)
def test_any_digit_that_is_changed_in_a_text_is_found(built: Path, data: st.DataObject) -> None:
    """The file is named; in outputs the cell or line too, with what it ought to say."""
    name = data.draw(st.sampled_from(TEXTS))
    content = (built / name).read_bytes()
    digits = [at for at, byte in enumerate(content) if chr(byte).isdigit()]
    at = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from([d for d in b"0123456789" if d != content[at]]))
    with TemporaryDirectory() as home:
        folder = copied(built, Path(home, "build"))
        (folder / name).write_bytes(content[:at] + bytes([digit]) + content[at + 1 :])
        found = verify(folder)
    assert name in files_of(found) or (name == SUMS and MANIFEST in files_of(found))
    assert files_of(found) <= {name, MANIFEST, SUMS}
    if name in FOUND_BY_CELL:
        cells = [cell for cell in found.cells if cell.file == name and cell.found != CHANGED]
        assert cells  # more than one where the digit is in a key of JSON
        assert all(cell.recorded != cell.expected for cell in cells)


@given(st.data())
@settings(quick, max_examples=40)
def test_any_byte_that_is_changed_is_found(built: Path, data: st.DataObject) -> None:
    """In any file, be it a text or not."""
    name = data.draw(st.sampled_from(sorted(path.name for path in built.iterdir())))
    content = (built / name).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    with TemporaryDirectory() as home:
        folder = copied(built, Path(home, "build"))
        (folder / name).write_bytes(content[:at] + bytes([byte]) + content[at + 1 :])
        found = verify(folder)
    assert name in files_of(found) or (name == SUMS and MANIFEST in files_of(found))


@pytest.mark.parametrize(
    ("name", "before", "after", "cell"),
    [
        ("ranking.csv", ",Huế,", ",Hue,", ("04", "name", "Hue", "Huế")),
        ("scores.csv", "04,Huế,", "04,Huế,1", ("04", "total", None, None)),
        ("table.csv", "04,Huế,2030,,,5.625", "04,Huế,2030,,,5.626", ("04", "1.2", "5.626", "5.625")),
        ("table.csv", "04,Huế", "04,Hue", ("04", "name", "Hue", "Huế")),
        ("table.csv", "05,Cà Mau,2030,north", "05,Cà Mau,2030,south", ("05", "region", "south", "north")),
        ("table.csv", "06,Nghệ An,2030,,,,", "06,Nghệ An,2030,,,,7.0", ("06", "2", "7.0", "")),
        ("table.csv", "04,Huế", "44,Huế", ("44", "", "", "")),
        ("table.csv", "04,Huế,2030", "04,Huế,2031", ("", "", "", "")),
        ("reference.csv", "04,Huế,2030,,22.5,", "04,Huế,2030,,22.6,", ("04", "1.1", "22.6", "22.5")),
    ],
)
def test_the_cell_that_was_changed_is_named(
    built: Path, tmp_path: Path, name: str, before: str, after: str, cell: tuple[str, str, str | None, str | None]
) -> None:
    """With its unit, its column, what it says and what it ought to say."""
    folder = copied(built, tmp_path / "build")
    text = (folder / name).read_bytes().decode("utf-8")
    assert text.count(before) == 1, text
    (folder / name).write_bytes(text.replace(before, after).encode())
    found = [one for one in verify(folder).cells if one.file == name]
    assert found[0].found == CHANGED
    assert (found[1].unit, found[1].column) == cell[:2]
    assert cell[2] is None or (found[1].recorded, found[1].expected) == cell[2:]
    assert len(found) == 2


def test_a_value_that_was_changed_in_parquet_is_named(built: Path, tmp_path: Path) -> None:
    """With its node."""
    folder = copied(built, tmp_path / "build")
    table = pq.read_table(folder / "scores.parquet")
    frame = table.to_pandas()
    frame.loc[frame.index[7], "score"] += 0.5
    frame.to_parquet(folder / "scores.parquet", index=False)
    cells = [cell for cell in verify(folder).cells if cell.found != CHANGED]
    assert [(cell.file, cell.place, cell.unit, cell.column) for cell in cells] == [
        ("scores.parquet", frame["node"][7], frame["unit"][7], "score")
    ]


def test_a_cell_that_was_changed_in_the_workbook_is_named(built: Path, tmp_path: Path) -> None:
    """As a spreadsheet calls it; a workbook saved again without a change only has other bytes."""
    folder = copied(built, tmp_path / "build")
    book = openpyxl.load_workbook(folder / "index.xlsx")
    sheet = book.worksheets[0]
    book.save(folder / "index.xlsx")
    assert {cell.found for cell in verify(folder).cells} == {CHANGED}
    place: Any = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float))
    place.value += 1.0
    book.save(folder / "index.xlsx")
    cells = [cell for cell in verify(folder).cells if cell.found != CHANGED]
    assert [(cell.file, cell.place) for cell in cells] == [("index.xlsx", f"{sheet.title}!{place.coordinate}")]


@pytest.mark.parametrize("name", ["ranking.csv", "scheme.json", "table.csv", SUMS])
def test_a_file_that_is_gone_is_said(built: Path, tmp_path: Path, name: str) -> None:
    """Once."""
    folder = copied(built, tmp_path / "build")
    (folder / name).unlink()
    assert [(cell.file, cell.found) for cell in verify(folder).cells] == [(name, "the file is missing")]


def test_a_file_that_was_added_is_said_unless_it_is_a_signature(built: Path, tmp_path: Path) -> None:
    """Whose it is, and whether it holds, its own tool says."""
    folder = copied(built, tmp_path / "build")
    (folder / f"{SUMS}.asc").write_bytes(b"-----BEGIN PGP SIGNATURE-----")
    found = verify(folder)
    assert (found.holds, found.signatures) == (True, (f"{SUMS}.asc",))
    (folder / "notes.txt").write_bytes(b"")
    (folder / "more").mkdir()
    assert [(cell.file, cell.found) for cell in verify(folder).cells] == [
        ("more", "the file is not of the build"),
        ("notes.txt", "the file is not of the build"),
    ]


@pytest.mark.parametrize(
    ("field", "found"),
    [("sha256", "the hash is not that of the file"), ("bytes", "the size is not that of the file")],
)
def test_what_the_manifest_says_of_a_file_is_held_against_the_sums(
    built: Path, tmp_path: Path, field: str, found: str
) -> None:
    """The file is as the sums have it, so that the manifest is what was changed."""
    folder = copied(built, tmp_path / "build")
    said = json.loads((folder / MANIFEST).read_bytes())
    entry = next(entry for entry in said["outputs"] if entry["file"] == "scores.csv")
    sizes = ("", "") if field == "sha256" else (str(entry["bytes"] + 1), str(entry["bytes"]))
    entry[field] = "0" * 64 if field == "sha256" else entry["bytes"] + 1
    (folder / MANIFEST).write_bytes(json_bytes(said))
    cells = [cell for cell in verify(folder).cells if cell.place == "outputs: scores.csv"]
    assert [(cell.file, cell.found, (cell.recorded, cell.expected)) for cell in cells] == [(MANIFEST, found, sizes)]


def test_sums_in_another_order_are_not_as_they_were_written(built: Path, tmp_path: Path) -> None:
    """Though every hash in them is right."""
    folder = copied(built, tmp_path / "build")
    lines = (folder / SUMS).read_bytes().splitlines(keepends=True)
    (folder / SUMS).write_bytes(b"".join(reversed(lines)))
    assert [(cell.file, cell.found) for cell in verify(folder).cells] == [(SUMS, CHANGED)]


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not here")
def test_a_signature_of_the_sums_signs_every_file(built: Path, tmp_path: Path) -> None:
    """By a tool that others keep: it holds with the sums, and they with every file."""
    folder, key = copied(built, tmp_path / "build"), tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "pii", SUMS], cwd=folder, check=True)
    (tmp_path / "allowed").write_text(f"maker {key.with_suffix('.pub').read_text()}", encoding="utf-8")
    found = verify(folder)
    assert (found.holds, found.signatures) == (True, (f"{SUMS}.sig",))

    def signed() -> int:
        arguments = ["-f", str(tmp_path / "allowed"), "-I", "maker", "-n", "pii", "-s", f"{SUMS}.sig"]
        with (folder / SUMS).open("rb") as content:
            return subprocess.run(
                ["ssh-keygen", "-Y", "verify", *arguments],
                cwd=folder,
                stdin=content,
                capture_output=True,
                check=False,
            ).returncode

    assert signed() == 0
    forge_text(folder)
    assert signed() != 0


def forge_text(folder: Path) -> None:
    """Change a word, and make the hashes anew."""
    path = folder / "ranking.md"
    path.write_bytes(path.read_bytes().replace(b"rank", b"Rank", 1) + b"\n")
    forge(folder)


def test_a_number_is_found_even_when_all_hashes_were_made_anew(built: Path, tmp_path: Path) -> None:
    """By computing it again."""
    folder = copied(built, tmp_path / "build")
    path = folder / "scores.csv"
    before = path.read_bytes()
    line = next(line for line in before.split(b"\n") if line.startswith(b"05,"))
    path.write_bytes(before.replace(line, line[:-1] + (b"1" if line[-3:-2] != b"1" else b"2") * 3))
    forge(folder)
    cells = verify(folder).cells
    assert {(cell.file, cell.unit, cell.column) for cell in cells} == {("scores.csv", "05", "2")}


def forge(folder: Path) -> None:
    """Make the hashes in the manifest, the sums and the data package those of the files as they are."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in (MANIFEST, SUMS)}
    package = json.loads(files[PACKAGE])
    for resource in package["resources"]:
        content = files[resource["path"]]
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    files[PACKAGE] = json_bytes(package)
    (folder / PACKAGE).write_bytes(files[PACKAGE])
    said = json.loads((folder / MANIFEST).read_bytes())
    made = json.loads(manifest_of(read_build(folder) if "table.csv" not in files else rescaled(), files).as_json())
    said["outputs"] = [entry for name in [o["file"] for o in said["outputs"]] for entry in made["outputs"] if entry["file"] == name]  # fmt: skip
    files[MANIFEST] = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    (folder / MANIFEST).write_bytes(files[MANIFEST])
    (folder / SUMS).write_bytes(sums(files))


def test_a_scheme_that_was_forged_so_that_nothing_can_be_computed_is_said(built: Path, tmp_path: Path) -> None:
    """All hashes hold, so that only the result tells."""
    folder = copied(built, tmp_path / "build")
    path = folder / "scheme.json"
    path.write_bytes(json_bytes(json.loads(path.read_bytes()) | {"normalise": "sideways"}))
    forge(folder)
    cells = verify(folder).cells
    assert [cell.file for cell in cells] == ["table.csv"]
    assert cells[0].found.startswith(f"the result cannot be computed again: {path}")


def test_rounding_of_another_platform_is_no_difference(built: Path, tmp_path: Path) -> None:
    """Numbers that differ by a part in 10^13 are the same, as long as the file is as it was written."""
    folder = copied(built, tmp_path / "build")
    path = folder / "scores.csv"
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    moved = [",".join(nudged(cell) for cell in row.split(",")) for row in rows]
    path.write_text("\n".join([header, *moved, ""]), encoding="utf-8-sig", newline="\n")
    assert moved != rows
    forge(folder)
    assert verify(folder).cells == ()


def nudged(cell: str) -> str:
    """A number a few units in the last place further."""
    return repr(float(cell) * (1 + 4e-16)) if "." in cell and cell.replace(".", "").isdigit() else cell


@pytest.mark.parametrize(
    ("field", "value"), [("title", "Other"), ("ranked", 4), ("remarks", ["x"]), ("seed", 3), ("synthetic", True)]
)
def test_what_the_manifest_says_of_the_result_is_held_against_it(
    built: Path, tmp_path: Path, field: str, value: Any
) -> None:
    """Even when the sums were made anew."""
    folder = copied(built, tmp_path / "build")
    said = json.loads((folder / MANIFEST).read_bytes())
    said[field] = value
    (folder / MANIFEST).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    forge(folder)
    cells = verify(folder).cells
    assert {cell.file for cell in cells} == {MANIFEST}
    assert cells[0].place.split(".")[0] == field


def test_other_versions_are_said(built: Path, tmp_path: Path) -> None:
    """As they were and as they are: they may be why a digit differs."""
    folder = copied(built, tmp_path / "build")
    said = json.loads((folder / MANIFEST).read_bytes())
    here = said["packages"]["numpy"]
    said["packages"]["numpy"] = "1.0"
    (folder / MANIFEST).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    forge(folder)
    found = verify(folder)
    assert (found.holds, dict(found.versions)) == (True, {"numpy": ("1.0", here)})


# --- Inputs


def test_an_input_that_was_changed_is_found(tmp_path: Path) -> None:
    """Where the manifest says where it is; else that is said."""
    source, other = tmp_path / "home" / "table.csv", tmp_path / "other.csv"
    source.parent.mkdir()
    source.write_bytes(b"one")
    other.write_bytes(b"two")
    folder = write_build(half(), tmp_path / "home" / "out", inputs=[source, other], home=tmp_path / "home")
    found = verify(folder)
    assert (found.cells, found.unchecked) == ((), ("other.csv: the build does not say where this input is",))
    source.write_bytes(b"owe")
    cells = verify(folder).cells
    assert [(cell.file, cell.found) for cell in cells] == [
        ("../table.csv", "the input is not the one that the build was made from")
    ]
    source.write_bytes(b"one")
    said = json.loads((folder / MANIFEST).read_bytes())
    said["inputs"][0]["bytes"] = 4
    (folder / MANIFEST).write_bytes(json_bytes(said))
    assert (MANIFEST, "the size is not that of the file", "inputs: table.csv", "", "", "4", "3") in verify(
        folder
    ).cells
    said["inputs"][0]["bytes"] = 3
    (folder / MANIFEST).write_bytes(json_bytes(said))
    source.unlink()
    found = verify(folder)
    assert (found.holds, found.unchecked[0]) == (True, "table.csv: this input is no longer where it was")


# --- What is no build


def test_what_is_no_build_is_refused(tmp_path: Path) -> None:
    """As by the reader; but a manifest that the sums do not know is one that was changed."""
    with pytest.raises(BuildError, match="no such folder"):
        verify(tmp_path / "none")
    (tmp_path / MANIFEST).write_bytes(b"{}")
    with pytest.raises(BuildError, match="not that of a build"):
        verify(tmp_path)
    folder = write_build(half(), tmp_path / "out")
    said = json.loads((folder / MANIFEST).read_bytes()) | {"format": 3}
    (folder / MANIFEST).write_text(json.dumps(said), encoding="utf-8")
    found = verify(folder)
    assert [(cell.file, cell.found) for cell in found.cells] == [(MANIFEST, CHANGED)]
    (folder / SUMS).write_bytes(sums({MANIFEST: (folder / MANIFEST).read_bytes()}))
    with pytest.raises(BuildError, match="of format 3"):  # the sums know it: no build of this format
        verify(folder)
    (folder / SUMS).unlink()
    with pytest.raises(BuildError, match="of format 3"):
        verify(folder)


def test_a_file_that_cannot_be_read_is_said(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is neither sound nor changed."""
    real = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "scores.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BuildError, match=r"scores\.csv: a file cannot be read: Permission denied"):
        verify(built)


def test_a_label_that_the_manifest_lost_is_no_fault_of_the_table(built: Path, tmp_path: Path) -> None:
    """What the manifest says of a table is the manifest's own."""
    folder = copied(built, tmp_path / "build")
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"region"', b'"religion"'))
    assert files_of(verify(folder)) == {MANIFEST}


# --- A life of builds


class Builds(RuleBasedStateMachine):
    """Build, tamper, mend, correct and build again: verify knows at every step, and diff what was corrected."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.folder = Path(self.home.name, "build")
        self.written: dict[str, bytes] = {}
        self.table = Table.of({}, units=())
        self.scheme = scheme(group("total", leaf("a"), leaf("b", direction=-1)))

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.home.cleanup()

    def result(self) -> Result:
        """What the table gives now."""
        return compute(self.scheme, self.table)

    @initialize(values=st.lists(st.integers(-9, 9), min_size=8, max_size=8, unique=True))
    def build(self, values: list[int]) -> None:
        """The first build."""
        units = Units(("1", "2", "3", "4"), ("=A", "Bắc", "C", "D"))
        self.table = Table.of({"a": values[:4], "b": values[4:]}, units=units)
        write_build(self.result(), self.folder)
        self.written = self.contents()

    def contents(self) -> dict[str, bytes]:
        """Every file as it is."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    @rule(data=st.data())
    def tamper(self, data: st.DataObject) -> None:
        """A byte of some file becomes another."""
        name = data.draw(st.sampled_from(sorted(self.written)))
        content = bytearray(self.written[name])
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = (content[at] + data.draw(st.integers(1, 255))) % 256
        (self.folder / name).write_bytes(bytes(content))

    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        """A file is put back."""
        name = data.draw(st.sampled_from(sorted(self.written)))
        (self.folder / name).write_bytes(self.written[name])

    @rule(row=st.integers(0, 3), value=st.integers(10, 99))
    def correct(self, row: int, value: int) -> None:
        """The table is changed and built again; the difference is that cell and what follows from it."""
        before = self.result()
        values = self.table.values.copy()
        was, values[row, 0] = values[row, 0], value
        self.table = self.table.holding(values)
        shutil.rmtree(self.folder)
        write_build(self.result(), self.folder)
        self.written = self.contents()
        found = difference(before, read_build(self.folder))
        expected = [] if was == value else [(self.table.units.codes[row], "a", was, float(value))]
        assert [(cell.unit, cell.column, cell.before, cell.after) for cell in found.cells] == expected
        assert not found.scheme
        assert bool(found) == bool(expected)

    @invariant()
    def verify_knows(self) -> None:
        """It holds when every byte is as it was written, and only then."""
        if self.written:
            changed = {name for name, content in self.contents().items() if content != self.written[name]}
            found = verify(self.folder)
            assert found.holds == (not changed)
            assert changed - {SUMS} <= files_of(found)


TestBuilds = Builds.TestCase
TestBuilds.settings = settings(quick, max_examples=8, stateful_step_count=6)
