"""Everything this project can be asked to do, with nothing but Python: ``python make.py build|test|...``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
USER_VENV, TEST_VENV = ROOT / ".venv", ROOT / ".venv-test"


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _run(command: Sequence[str | Path], **environment: str) -> None:
    print("$", " ".join(map(str, command)).replace(f"{ROOT}{os.sep}", ""), flush=True)
    code = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
    if code:
        sys.exit(code)


def _installed(venv: Path, *what: str) -> Path:
    """The interpreter of an environment that has the project in it, made when it is not there."""
    python = _python(venv)
    if not python.exists():
        _run([sys.executable, "-m", "venv", venv])
    _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", "constraints.txt", *what])
    return python


def build(*arguments: str) -> None:
    """Install the package and run ``pii build``, on the synthetic sample when nothing else is named."""
    python = _installed(USER_VENV, ".")
    _run([python, "-m", "pii", "build", *arguments])


def test() -> None:
    """Install what the checks need and run them all."""
    python = _installed(TEST_VENV, "-e", ".[dev]")
    for check in CHECKS.values():
        check(python)
    print("all checks passed")


def clean() -> None:
    """Remove the environments and what the checks leave behind."""
    caches = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "docs/_build", "docs/generated")
    for path in (USER_VENV, TEST_VENV, *(ROOT / name for name in caches)):
        shutil.rmtree(path, ignore_errors=True)


def _lint(python: Path) -> None:
    _run([python, "-m", "ruff", "check", "."])
    _run([python, "-m", "ruff", "format", "--check", "."])


def _types(python: Path) -> None:
    _run([python, "-m", "mypy", "src", "tests", "benchmarks", "docs", "data/sample", "make.py"])


def _tests(python: Path) -> None:
    _run([python, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile"])


def _docs(python: Path) -> None:
    shutil.rmtree(ROOT / "docs" / "_build", ignore_errors=True)
    _run([python, "-m", "sphinx", "-W", "-q", "-b", "html", "docs", "docs/_build"])


def _fresh(_: Path) -> None:
    """The first command of the README, in an environment of its own that has only what users get."""
    build("--out", tempfile.mkdtemp(prefix="pii-"), "--quiet")


def _bench(python: Path) -> None:
    _run([python, "-m", "benchmarks"])


CHECKS: dict[str, Callable[[Path], None]] = {
    "lint": _lint,
    "types": _types,
    "tests": _tests,
    "docs": _docs,
    "fresh": _fresh,
}
"""Tests hold unit tests, doctests, the command line and the notebooks."""


def main() -> None:
    """Do what the first word says; further words go to ``build``."""
    if sys.version_info < (3, 11):  # noqa: UP036 - people try with what they have
        sys.exit("pii needs Python 3.11 or newer")
    word, *others = sys.argv[1:] or ["help"]
    single = CHECKS | {"bench": _bench}
    if word == "build":
        build(*others)
    elif word == "test":
        test()
    elif word == "clean":
        clean()
    elif word in single:
        single[word](_installed(TEST_VENV, "-e", ".[dev]"))
    else:
        words = " | ".join(["test", *single, "clean"])
        sys.exit(f"usage: python make.py build [arguments of pii build] | {words}")


if __name__ == "__main__":
    main()
