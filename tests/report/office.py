"""A workbook opened and worked out again by LibreOffice, and what then stands in its sheets."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

Sheets: TypeAlias = dict[str, list[list[Any]]]
"""The rows of every sheet, by its name."""

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")

# By default LibreOffice shows the numbers that stand beside the formulas of a file that Excel might have written.
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def changed(book: bytes, sheet: str, cells: Mapping[str, float]) -> bytes:
    """The workbook with other numbers in some cells, and without the numbers that stood beside its formulas."""
    found = load_workbook(BytesIO(book))
    for cell, value in cells.items():
        found[sheet][cell] = value
    buffer = BytesIO()
    found.save(buffer)
    return buffer.getvalue()


def converted(books: Mapping[str, bytes], folder: Path, kind: str) -> dict[str, bytes]:
    """Workbooks as LibreOffice writes them in another format, once it has worked out every formula."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    sources = [folder / f"{name}.xlsx" for name in books]
    for source, book in zip(sources, books.values(), strict=True):
        source.write_bytes(book)
    profile = f"-env:UserInstallation={user.parent.as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "out")]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=600)
    return {name: (folder / "out" / f"{name}.{kind.partition(':')[0]}").read_bytes() for name in books}


def recalculated(books: Mapping[str, bytes], folder: Path) -> dict[str, Sheets]:
    """The cells of every sheet of some workbooks, worked out again; what is empty is an empty text."""
    found = {}
    for name, book in converted(books, folder, "xlsx").items():
        read = CalamineWorkbook.from_filelike(BytesIO(book))
        pages = {page: read.get_sheet_by_name(page) for page in read.sheet_names}
        found[name] = {page: sheet.to_python(skip_empty_area=False) for page, sheet in pages.items()}
    return found
