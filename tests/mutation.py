"""How well the tests look: changes to the code, drawn at random, and those of them that no test notices.

``python -m tests.mutation --sample 20 --seed 1`` draws so many of mutmut's changes from each module and lets the
module's own tests judge each; so it needs mutmut (``nox -s mutation`` brings it), and an operating system that forks.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import importlib
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "mutants"
EXAMPLES = 20
"""Of hypothesis, a test: fewer than usual, so that what survives may be killed by more."""
BESIDE = {"robustness.planning": ["robustness.plan"]}
"""Modules whose tests judge another too: a plan is what planning lays out."""
TOO_LONG = -1
VERDICTS = {0: "survived", 5: "no test", TOO_LONG: "timeout"}
COLUMNS = "{:<28} {:>8} {:>8} {:>8} {:>8} {:>8}   {}"


def main() -> None:
    """Draw, run, and print what became of each module's changes."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=20, help="changes from each module")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help="modules (methods.rank) or single changes; all modules if none")
    chosen = parser.parse_args()
    if chosen.inside:
        judge(chosen.inside, chosen.names)
        return
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    paths = sorted({path for pattern in tool["only_mutate"] for path in ROOT.glob(pattern) if path.stat().st_size})
    _copy([*tool["source_paths"], *tool["also_copy"], "pyproject.toml"])
    _say(COLUMNS.format("module", "changes", "sampled", "killed", "timeout", "survived", "killed, 95 %"))
    total: Counter[str] = Counter()
    for path in paths:
        module = ".".join(path.relative_to(ROOT / "src" / "pii").with_suffix("").parts)
        total += _one(module, path, chosen.names, chosen.sample, chosen.seed)
    _line("altogether", total)


def _copy(names: Iterable[str]) -> None:
    """Put what the tests read beside the code that is changed, as mutmut does."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in names:
        kept = COPY / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, kept, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, kept)


def _one(module: str, path: Path, names: Sequence[str], sample: int, seed: int) -> Counter[str]:
    """What became of the changes of one module that are named, or drawn."""
    single = [name for name in names if name.startswith(f"pii.{module}.x")]
    if names and not single and module not in names:
        return Counter()
    change = importlib.import_module("mutmut.mutation.file_mutation").mutate_file_contents
    changed = change(str(path), path.read_text("utf-8"))
    every = [f"pii.{module}.{name}" for name in changed.mutant_names]
    drawn = single or random.Random(f"{seed} {module}").sample(every, min(sample, len(every)))  # noqa: S311
    place = COPY / path.relative_to(ROOT)
    place.write_text(changed.code, "utf-8")
    found = _judged(module, drawn)
    place.write_text(path.read_text("utf-8"), "utf-8")
    counts = Counter(found.values()) + Counter({"changes": len(every), "sampled": len(drawn)})
    _line(module, counts)
    for name in drawn:
        if found[name] not in {"killed", "timeout"}:
            _say(f"\n{found[name]}: {name}\n{_difference(name, changed)}\n")
    return counts


def _line(module: str, counts: Counter[str]) -> None:
    killed, n = counts["killed"] + counts["timeout"], counts["sampled"]
    share = "{:.0%} ({:.0%} to {:.0%})".format(killed / n, *wilson(killed, n)) if n else ""
    numbers = [counts[word] for word in ("changes", "sampled", "killed", "timeout")]
    _say(COLUMNS.format(module, *numbers, counts["survived"] + counts["no test"], share))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def wilson(k: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of Wilson (1927) for a share, of which ``k`` of ``n`` were seen."""
    middle, half = (k + z * z / 2) / (n + z * z), z * math.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return middle - half, middle + half


def _difference(name: str, changed: Any) -> str:
    """The lines that a change takes away and brings."""
    lines, mutant, spans = changed.code.splitlines(), name.rpartition(".")[2], changed.line_span_by_function_name
    pair = (spans[f"{mutant.partition('__mutmut_')[0]}__mutmut_orig"], spans[mutant])
    before, after = ("\n".join(lines[span.start - 1 : span.end]) for span in pair)
    after = after.replace(mutant, f"{mutant.partition('__mutmut_')[0]}__mutmut_orig")
    return "\n".join(line for line in difflib.ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-")


def _judged(module: str, names: Sequence[str]) -> dict[str, str]:
    """What another process finds of some changes of a module."""
    environment = os.environ | {"PYTHONPATH": f"src{os.pathsep}.", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.mutation", "--inside", module, *names]
    subprocess.run(command, cwd=COPY, env=environment, check=True)
    found: dict[str, str] = json.loads((COPY / "verdicts.json").read_text("utf-8"))
    return found


def judge(module: str, names: Sequence[str]) -> None:
    """Write to ``verdicts.json`` what the tests of a module say to changes of it; runs in the copy."""
    homes = [Path("tests", *each.split(".")) for each in (module, *BESIDE.get(module, ()))]
    tests = [str(home.with_name(f"test_{home.name}.py")) for home in homes]
    fewer, seen = _Fewer(), Path("seen.json")
    _pytest(["--collect-only", *tests], fewer, quiet=True)  # imports all that its children need
    if code := _in_a_child("stats", lambda: _pytest(tests, fewer, _Reached(seen)), 3600):
        raise SystemExit(f"{' '.join(tests)}: {code} before anything is changed")
    gc.freeze()  # so that children share what is imported
    seconds, selected, found = {}, defaultdict(list), {}
    for test, (took, reached) in json.loads(seen.read_text("utf-8")).items():
        seconds[test] = took
        for function in reached:
            selected[function].append(test)
    for name in names:
        mine = sorted(selected[name.partition("__mutmut_")[0]], key=lambda test: seconds[test])
        limit = 60 + 10 * sum(seconds[test] for test in mine)
        code = _in_a_child(name, lambda mine=mine: _pytest(["-x", *mine], fewer), limit) if mine else 5  # type: ignore[misc]
        found[name] = VERDICTS.get(code, "killed")
    Path("verdicts.json").write_text(json.dumps(found), "utf-8")


def _pytest(arguments: Sequence[str], *plugins: Any, quiet: bool = False) -> int:
    import pytest

    options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
    before = os.dup(1)
    if quiet:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        return int(pytest.main([*options, *arguments], plugins=plugins))
    finally:
        os.dup2(before, 1)


def _in_a_child(mutant: str, run: Callable[[], int], limit: float) -> int:
    """The exit code of a child process in which one change holds; ``TOO_LONG`` where it was ended."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.environ["MUTANT_UNDER_TEST"] = mutant
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        code = 3
        try:
            code = run()
        finally:
            os._exit(code)
    end, done, status = time.monotonic() + limit, 0, 0
    while not done and time.monotonic() < end:
        time.sleep(0.02)
        done, status = os.waitpid(child, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # it, or the workers that it leaves behind
    if done:
        return os.waitstatus_to_exitcode(status)
    os.waitpid(child, 0)
    return TOO_LONG


class _Fewer:
    """A plugin: so many examples, the same each time, and no search for the smallest that fails."""

    def pytest_sessionstart(self) -> None:
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutation",
            deadline=None,
            derandomize=True,
            database=None,
            max_examples=EXAMPLES,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutation")


class _Reached:
    """A plugin: how long each test took, and which functions it reached."""

    def __init__(self, to: Path) -> None:
        self.to = to
        self.hits: set[str] = importlib.import_module("mutmut.state").state()._stats
        self.found: dict[str, tuple[float, list[str]]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call":
            self.found[report.nodeid] = (report.duration, sorted(self.hits))
            self.hits.clear()

    def pytest_sessionfinish(self) -> None:
        self.to.write_text(json.dumps(self.found), "utf-8")


if __name__ == "__main__":
    main()
