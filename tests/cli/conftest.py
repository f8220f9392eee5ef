"""``pii`` run in this process or in one of its own, in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from pii.cli.line import run

SOURCE = Path(__file__).resolve().parents[2] / "src"
FILES = [
    "SHA256SUMS",
    "datapackage.json",
    "index.json",
    "index.xlsx",
    "manifest.json",
    "ranking.csv",
    "ranking.md",
    "ranking.tex",
    "scheme.json",
    "scores.csv",
    "scores.parquet",
    "table.csv",
]
SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: a, name: First}
    - {code: b, direction: -1}
treat: {method: winsorise, limit: 1, skewness: 1, kurtosis: 1}
screen: {measured: 0.5}
"""
TABLE = """\
code,name,a,b
01,Hà Nội,1.5,4
02,Huế,2.5,3
03,Cà Mau,3.5,2
04,Đắk Lắk,4.5,90
05,Sơn La,5.5,
"""


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


class Pii:
    """Runs commands in this process, in a folder of the test's own."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *words: str) -> Said:
        """What the command answers to some words."""
        self.capture.readouterr()
        code = run(words)
        out, err = self.capture.readouterr()
        return Said(code, out, err)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pii:
    """``pii``, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Pii(capsys)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A scheme and a table that fit, in the folder."""
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return "scheme.yaml", "table.csv"


def process(folder: Path, *words: str, **environment: str) -> Said:
    """The command in a process of its own, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "pii", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(SOURCE)} | environment,
        capture_output=True,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def built(folder: str | Path) -> list[str]:
    """The files of a build."""
    return sorted(path.name for path in Path(folder).iterdir())
