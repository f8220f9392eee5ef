"""What is promised: files are data, kept builds verify, nothing outstays its deprecation, floors and pins are so."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import pii
from tests.shared import ROOT, SOURCE

KEPT = ROOT / "tests" / "builds"
BUILDS = sorted(path for path in KEPT.iterdir() if (path / "manifest.json").is_file())
DEPRECATIONS = {"DeprecationWarning", "FutureWarning", "PendingDeprecationWarning"}
REACHING = {
    "asyncio",
    "distributed",
    "ftplib",
    "http",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "subprocess",
    "urllib.request",
}
RUNNING = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "marshal.loads",
    "os.system",
    "pickle.load",
    "pickle.loads",
    "yaml.load",
}
ALLOWED = {
    "cli/robust.py": {"distributed", "distributed.comm.addressing"},  # the cluster that the command names
    "io/printing.py": {"subprocess"},  # the browser of this machine, for a page of ours
    "robustness/chunks.py": {"pickle.loads"},  # draws on their way to other processes of the same study
}
_SAID = re.compile(r"goes in (\d+)\.(\d+)(?:\.(\d+))?; use .+")
_NEEDED = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[.*\])?(?P<rules>.*)")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


# Files are data


def reaching(source: str) -> list[str]:
    """Imports that reach the network or other programs, and calls that run what they are given."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            )
            found += [f"{node.lineno}: {module}" for module in modules if REACHING & {module, module.split(".")[0]}]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in RUNNING:
            found.append(f"{node.lineno}: {ast.unparse(node.func)}")
    return found


def test_nothing_reaches_the_network_or_runs_what_it_reads() -> None:
    """But for what is named above."""
    for path in SOURCE.rglob("*.py"):
        found = {each.split(": ")[1] for each in reaching(path.read_text(encoding="utf-8"))}
        name = path.relative_to(SOURCE).as_posix()
        assert found <= ALLOWED.get(name, set()), f"{name}: {found}"


@pytest.mark.parametrize(
    "source",
    [
        "import urllib.request",
        "from socket import socket",
        "def f():\n    import http.client",
        "eval('1')",
        "pickle.load(f)",
    ],
)
def test_the_rule_of_files_can_fail(source: str) -> None:
    """An import, wherever it is, or a call."""
    assert len(reaching(source)) == 1


# Builds


def test_a_build_made_by_this_version_is_kept() -> None:
    """``python -m tests.builds`` makes it."""
    assert pii.__version__ in [path.name for path in BUILDS]


@pytest.mark.parametrize("path", BUILDS, ids=lambda path: path.name)
def test_a_kept_build_verifies(path: Path) -> None:
    """Every file, and every cell of what is computed again by this version."""
    found = pii.verify(path)
    assert found.cells == ()
    assert found.unchecked == ()


@pytest.mark.parametrize("path", BUILDS, ids=lambda path: path.name)
def test_a_kept_build_that_is_changed_does_not_verify(path: Path, tmp_path: Path) -> None:
    """The test above can fail."""
    changed = Path(shutil.copytree(path, tmp_path / path.name))
    scores = (changed / "scores.csv").read_bytes()
    (changed / "scores.csv").write_bytes(scores.replace(b"1", b"2", 1))
    assert not pii.verify(changed).holds


# Deprecations


def deprecations(source: str) -> Iterator[tuple[int, str]]:
    """Every warning of what will go, and every mark of it: line and message, which is empty unless it is a literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).split(".")[-1]
            others = [ast.unparse(each) for each in (*node.args[1:], *(keyword.value for keyword in node.keywords))]
            if name == "deprecated" or (name == "warn" and DEPRECATIONS & set(others)):
                message = node.args[0]
                literal = isinstance(message, ast.Constant) and isinstance(message.value, str)
                yield node.lineno, str(ast.literal_eval(message)) if literal else ""


def overdue(source: str, version: str) -> list[str]:
    """Deprecations that do not say when it goes and what to use, or that are of a version which has come."""
    now = tuple(map(int, version.split(".")))
    found = []
    for line, message in deprecations(source):
        said = _SAID.search(message)
        if said is None:
            found.append(f"{line}: {message!r} does not say 'goes in 1.2; use ...'")
        elif tuple(int(part or 0) for part in said.groups()) <= now:
            found.append(f"{line}: {message!r}, and this is {version}")
    return found


def test_what_is_deprecated_goes_when_it_was_said() -> None:
    """A deprecation names the version and the replacement; when the version comes, the code has to go."""
    found = {path.name: overdue(path.read_text(encoding="utf-8"), pii.__version__) for path in SOURCE.rglob("*.py")}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("warnings.warn('a() goes in 0.3; use b()', DeprecationWarning, stacklevel=2)", 0),
        ("warn('a() goes in 0.2.1; use b()', category=FutureWarning)", 0),
        ("warnings.warn('a() goes in 0.2; use b()', DeprecationWarning)", 1),
        ("warnings.warn('a() goes in 0.1.9; use b()', DeprecationWarning)", 1),
        ("warnings.warn('a() goes in 1.0', DeprecationWarning)", 1),
        ("warnings.warn(message, DeprecationWarning)", 1),
        ("@deprecated('a() goes in 0.2; use b()')\ndef a(): ...", 1),
        ("@deprecated('a() goes in 0.10; use b()')\ndef a(): ...", 0),
        ("warnings.warn('mind the gap', UserWarning)", 0),
    ],
)
def test_the_rule_of_deprecations_can_fail(source: str, faults: int) -> None:
    """As seen by version 0.2.0."""
    assert len(overdue(source, "0.2.0")) == faults


# The table of promises


def unheld(page: str) -> list[str]:
    """Tests that a page names and that are not there."""
    found = []
    for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page):
        source = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
        if not re.search(rf"^ *def {name}\(" if name else "^def test_", source, re.MULTILINE):
            found.append(f"{path}::{name}")
    return found


def test_every_promise_is_held_by_a_test_that_is_there() -> None:
    """By the name that docs/trust.md has."""
    assert unheld((ROOT / "docs" / "trust.md").read_text(encoding="utf-8")) == []
    assert unheld("`tests/test_promises.py::test_gone`, `tests/gone.py`, `tests/shared.py`") == [
        "tests/test_promises.py::test_gone",
        "tests/gone.py::",
        "tests/shared.py::",
    ]


# Floors and pins


def needed() -> dict[str, str]:
    """The rules of every package that users may get, and of those for the checks that set a floor."""
    every = [
        *PROJECT["dependencies"],
        *(each for extra in PROJECT["optional-dependencies"].values() for each in extra),
    ]
    found = (match for each in every if (match := _NEEDED.fullmatch(each)))
    return {one["name"].lower(): one["rules"] for one in found if one["name"] != PROJECT["name"]}


def pinned(file: str) -> dict[str, str]:
    """The version of each package in a file of constraints."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return dict(line.lower().split("==") for line in lines if not line.startswith("#"))


def test_the_oldest_versions_are_the_floors() -> None:
    """What is tested as the oldest is what pyproject.toml admits, and no package that users get is left out."""
    rules = needed()
    oldest = {name: version for name, version in pinned("constraints-oldest.txt").items() if name in rules}
    assert {name: f">={version}" for name, version in oldest.items()} == {
        name: rules[name].split(",")[0] for name in oldest
    }
    users = [
        *PROJECT["dependencies"],
        *(PROJECT["optional-dependencies"][extra][0] for extra in ("plot", "distributed")),
    ]
    assert {re.split(r"[<>=]", each)[0].lower() for each in users} <= set(oldest)


def test_ci_pins_every_package_that_it_needs() -> None:
    """Exactly."""
    assert sorted(set(needed()) - set(pinned("constraints.txt"))) == []
