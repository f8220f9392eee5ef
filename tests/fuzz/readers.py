"""What the readers are given: sound files of every kind, and files spoilt in the ways that files are spoilt."""

from __future__ import annotations

import gzip
import io
import random
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pii.errors import PiiError
from pii.io.schemes import built_in_text, dump_scheme, read_scheme
from pii.io.tables import read_panel, read_table, write_table
from pii.scheme import Scheme
from pii.table import Table, Units
from tests.shared import group, leaf, scheme

__all__ = ["READERS", "Reader", "scratch", "seeds", "spoilt", "survives"]


class Reader(NamedTuple):
    """A public function that opens files, and what it takes them for."""

    suffix: str
    read: Callable[[Path], object]


@cache
def _scheme() -> Scheme:
    """Of a little of everything that a scheme file can hold."""
    return scheme(
        group(
            "index",
            group("P", leaf("a", name={"vi": "Thể chế", "en": "A"}, weight=2.5), leaf("b", direction=-1)),
            group(
                "Q", leaf("c", denominator="people", valid={"low": 0, "high": 1e6}), leaf("d", treat="winsorise")
            ),
            weigh="equal",
        ),
        normalise={"method": "minmax", "floor": 1.0},
        aggregate={"method": "power", "p": 0.5},
        denominators=[{"code": "people"}],
        labels=[{"code": "region"}],
        uncertainty={"choices": [{"vary": "weights", "spread": 0.5}], "draws": 100, "seed": 1},
    )


def _table() -> Table:
    """With gaps, labels, notes, accents and numbers of every size."""
    codes = ("A", "B", "C", "X-9")
    units = Units(codes, ("Été", "Đông", "=1+1", "Other"), {"region": ("N", "N", "", "S")})
    return Table.of(
        {
            "a": [1.5, None, -3.0, 1e300],
            "b": [0.1, 0.2, 5e-324, None],
            "c": [1.0, 2.0, 3.0, 4.0],
            "d": [7.0, 7.0, 7.0, None],
            "people": [1000.0, 2000.0, 500.0, 4.0],
        },
        units=units,
        period="2030",
        title="Synthetic trial",
        notes=("a note", "another: note"),
    )


TEXT = b"unit,indicator,value,year\nA,a,1,2020\nA,b,2,2020\nB,a,3.5,2021\n"
LIST = (
    "code,parent,name,weight,direction,unit,goalpost_low,goalpost_high,normalise\n"
    "index,,Index,,,,,,\nP,index,Pillar,1,,,,,\na,P,A,2,1,%,0,10,goalposts\nb,P,B,1,-1,kg,,,\n"
)


def _both(read: Callable[..., object]) -> Callable[[Path], object]:
    """Without a scheme every column is taken for what it looks like; with one, only what it needs."""

    def reads(path: Path) -> object:
        try:
            read(path)
        except PiiError:
            read(path, _scheme())
        return read(path, _scheme())

    return reads


READERS: Mapping[str, Reader] = {
    **{suffix: Reader(f".{suffix}", _both(read_table)) for suffix in ("csv", "xlsx", "parquet", "arrow")},
    "panel": Reader(".csv", _both(read_panel)),
    "csv.gz": Reader(".csv.gz", read_table),
    "yaml": Reader(".yaml", read_scheme),
    "json": Reader(".json", read_scheme),
    "list": Reader(".csv", read_scheme),
    "list.xlsx": Reader(".xlsx", read_scheme),
}
"""The readers by name."""


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Sound files of a reader."""
    if name == "yaml":
        return dump_scheme(_scheme()).encode(), built_in_text("pii-2023").encode()
    if name == "json":
        return (dump_scheme(_scheme(), "json").encode(),)
    if name == "list":
        return (LIST.encode(),)
    if name == "list.xlsx":
        return (_listed(),)
    with TemporaryDirectory() as folder:
        path = Path(folder, f"sound{READERS[name].suffix}")
        write_table(_table(), path)
        sound = [path.read_bytes()]
    if name in {"csv", "panel"}:
        sound.append("Tỉnh;Năm;GRDP;R&D\nHa Noi;2020;1.234,5;..\nHà Nam;2021;2,5;n/a\n".encode("utf-16"))
        sound.append(TEXT)
    return tuple(sound)


def _listed() -> bytes:
    """The indicator list as a workbook."""
    from xlsxwriter import Workbook

    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("list")
        for row, line in enumerate(LIST.splitlines()):
            sheet.write_row(row, 0, line.split(","))
        sheet.write_formula(6, 1, "=1/0", value="#DIV/0!")
    return written.getvalue()


def scratch(folder: Path, name: str) -> Path:
    """The file that a reader is given, the same every time."""
    return folder / f"given{READERS[name].suffix}"


def survives(name: str, content: bytes, path: Path) -> bool:
    """Whether a reader makes sense of a file; it may refuse it, and may do nothing else, warn included."""
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            READERS[name].read(path)
        except PiiError as error:
            refusal = error
        else:
            return True
    assert refusal.problems
    assert all(problem.found for problem in refusal.problems)
    return False


_TOKENS = (
    *(
        b"",
        b"\x00",
        b"\xff",
        b'"',
        b"'",
        b"\n",
        b"\r",
        b"\t",
        b",",
        b";",
        b"|",
        b"#",
        b": ",
        b"- ",
        b"{",
        b"[",
        b"<",
    ),
    *(
        b"]",
        b"}",
        b">",
        b"&#0;",
        b"&#xD800;",
        b"\\ud800",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xc3\x28",
        b"\xe2\x80\xa8",
    ),
    *(b"1e999", b"-1e999", b"nan", b"inf", b"1e-400", b"-0", b"0x1F", b"1_000", b"9" * 40, b"9" * 5000, b"1,234.5"),
    *(
        b"null",
        b"~",
        b"true",
        b"&a",
        b"*a",
        b"!!python/object",
        b"<<: *a",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"? ",
    ),
    *(
        b'<c r="XFD1048576"><v>1</v></c>',
        b'<c t="e"><v>#N/A</v></c>',
        b"<f/>",
        b' t="s"',
        b' t="e"',
        b"</row>",
        b"1",
    ),
    *(
        b"code",
        b"children",
        b"period",
        b"indicator",
        b"value",
        b"system: VN63\n",
        b"decimal: ,\n",
        b"method: ",
        b".",
    ),
)
"""Pieces that formats, decoders and parsers treat in their own ways."""


def spoilt(name: str, content: bytes, seed: int) -> bytes:
    """A file with a few things done to it: of a workbook, to one of the files in the archive, or to all of it."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    if name.endswith("xlsx") and chance.random() < 0.85:
        return _repacked(content, chance)
    if name.endswith("gz") and chance.random() < 0.5:
        return gzip.compress(_worsened(TEXT, chance), mtime=0)
    return _worsened(content, chance)


def _repacked(content: bytes, chance: random.Random) -> bytes:
    """A workbook with one of its files spoilt, missing, or called something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {each.filename: archive.read(each) for each in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return _worsened(content, chance)
    if members:
        name = chance.choice(sorted(members))
        way = chance.random()
        if way < 0.05:
            del members[name]
        elif way < 0.1:
            members[f"{name}x"] = members.pop(name)
        else:
            members[name] = _worsened(members[name], chance)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return written.getvalue()


def _worsened(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, pieces cut out, put in, doubled or moved."""
    given = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at = chance.randrange(len(given) + 1)
        width = chance.choice([1, 1, 2, 4, 8, 40, 400])
        way = chance.randrange(6)
        if way == 0 and at < len(given):
            given[at] ^= 1 << chance.randrange(8)
        elif way == 1 and at < len(given):
            given[at] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
        elif way == 2:
            del given[at : at + width]
        elif way == 3:
            given[at:at] = chance.choice(_TOKENS)
        elif way == 4:
            given[at : at + width] = chance.choice(_TOKENS)
        else:
            there = chance.randrange(len(given) + 1)
            given[there:there] = given[at : at + width]
    return bytes(given)
