"""Versions of Python and of packages side by side; ``make.py`` is the entry point, and needs nothing installed."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["tests", "oldest", "newest", "lint", "docs"]
nox.options.error_on_missing_interpreters = False  # the Pythons that are found, whatever CI says
nox.options.default_venv_backend = "venv"

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PINNED = ("-c", "constraints.txt")
NEEDED_BY_TESTS = ("pytest", "pytest-xdist", "hypothesis", "openpyxl", "polars", "jsonschema")
APART = [
    "--ignore=tests/test_docs.py",
    "--ignore=tests/test_notebooks.py",
    "-k",
    "not (test_a_bad_input and flags)",
]
"""Not with other versions: pages and notebooks, which need many packages more, and the very words of click."""
LICENCES = "Apache;BSD;MIT;PSF-2.0;Python Software Foundation"
"""Parts of the names of licences that let anybody use, change and pass on."""


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests with the versions of CI, in random order, on each Python that is there."""
    session.install(*PINNED, "-e", ".[dev]", "pytest-random-order==1.2.0")
    session.run("pytest", "-q", "-n", "auto", "--dist", "loadfile", "--random-order", *session.posargs)


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """The oldest versions that pyproject.toml admits."""
    session.install("-c", "constraints-oldest.txt", "-e", ".[plot,distributed]", *NEEDED_BY_TESTS)
    session.run("pytest", "-q", "-n", "auto", "--dist", "loadfile", *(session.posargs or ["tests", *APART]))


@nox.session(python=PYTHONS[-2:])
def newest(session: nox.Session) -> None:
    """The newest versions that pyproject.toml admits."""
    session.install("--upgrade", "-e", ".[plot,distributed]", *NEEDED_BY_TESTS)
    session.run("pytest", "-q", "-n", "auto", "--dist", "loadfile", *(session.posargs or ["tests", *APART]))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and types, with the versions of CI."""
    session.install(*PINNED, "-e", ".[dev]", "nox")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", "src", "tests", "benchmarks", "docs", "data/sample", "make.py", "noxfile.py")


@nox.session
def docs(session: nox.Session) -> None:
    """The pages, with warnings as errors."""
    session.install(*PINNED, "-e", ".[dev]")
    session.run("sphinx-build", "-W", "-q", "-b", "html", "docs", "docs/_build")


@nox.session
def licences(session: nox.Session) -> None:
    """The licence of every package that users get, each one of those that are named above."""
    tool = _beside(session, "pip-licenses==5.5.5")
    options = ("--format=markdown", "--order=license", "--partial-match", f"--allow-only={LICENCES}")
    session.run(tool / "pip-licenses", f"--python={_inside(session)}", *options, external=True)


@nox.session
def sbom(session: nox.Session) -> None:
    """The bill of materials of what users get, as CycloneDX, to the file that is named, or sbom.json."""
    tool = _beside(session, "cyclonedx-bom==7.5.0")
    to = session.posargs or ["sbom.json"]
    options = ("--pyproject", "pyproject.toml", "--output-reproducible", "-o", *to)
    session.run(tool / "cyclonedx-py", "environment", _inside(session), *options, external=True)


@nox.session
def audit(session: nox.Session) -> None:
    """Known vulnerabilities of the versions of CI; asks a service, so it needs the network."""
    session.install("pip-audit==2.10.1")
    session.run("pip-audit", "--strict", "--no-deps", "--disable-pip", "-r", "constraints.txt")


@nox.session
def coverage(session: nox.Session) -> None:
    """Which branches of ``src/pii`` no test takes."""
    session.install(*PINNED, "-e", ".[dev]", "coverage==7.17.3")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", "-q", *session.posargs)
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def mutation(session: nox.Session) -> None:
    """Changes to the code, drawn at random, that no test notices."""
    session.install(*PINNED, "-e", ".[dev]", "mutmut==3.8.1")
    session.run("python", "-m", "tests.mutation", *session.posargs)


def _beside(session: nox.Session, tool: str) -> Path:
    """Install what users get into the session's environment, and the tool into another, which is not looked at."""
    session.install(*PINNED, ".[plot,distributed]")
    home = Path(session.create_tmp()).resolve() / "tool"
    session.run("python", "-m", "venv", home)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    session.run(scripts / "python", "-m", "pip", "install", "-q", tool, external=True)
    return scripts


def _inside(session: nox.Session) -> str:
    return str(Path(session.bin) / "python")
