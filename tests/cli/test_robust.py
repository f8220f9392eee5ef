"""Studies and bounds on the command line: what is said, what is written, and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import click
import pytest

from pii.cli import robust
from pii.cli.line import run
from pii.io.streams import versions
from tests.io.test_streams import within

SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: a, name: First}
    - {code: P, children: [{code: b, direction: -1}, {code: c}]}
"""
UNCERTAINTY = """\
uncertainty:
  choices:
    - {vary: weights, spread: 0.5}
    - {vary: normalise, among: [minmax, zscore]}
  draws: 64
  seed: 1
"""
TABLE = """\
code,name,a,b,c
01,Hà Nội,1.5,4,1
02,Huế,2.6,3,7
03,Cà Mau,3.5,2,2
04,Đắk Lắk,4.5,9,9
05,Sơn La,0.5,1,4
"""
FILES = ["acceptability.csv", "drivers.csv", "intervals.csv", "scores.csv", "study.json", "winning.csv"]


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


Pii = Callable[..., Said]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pii:
    """``pii`` in this process, in a folder with a scheme and a table."""
    monkeypatch.chdir(tmp_path)
    Path("scheme.yaml").write_text(SCHEME + UNCERTAINTY, encoding="utf-8")
    Path("table.csv").write_text(TABLE, encoding="utf-8")

    def answer(*words: str) -> Said:
        capsys.readouterr()
        code = within(lambda: run(words))
        return Said(code, *capsys.readouterr())

    return answer


@pytest.fixture
def study(command: Pii) -> Pii:
    """``pii study`` of that scheme and table."""
    return lambda *words: command("study", "scheme.yaml", "table.csv", *words)


def contents(folder: str | Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    root = Path(folder)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# --- What is said


def test_a_study_says_the_ranks_that_each_unit_has(study: Pii) -> None:
    """Best first, with the interval, and what drives them; the same each time."""
    said = study()
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[:2] == ["Trial index", "64 draws of: weights, normalise"]
    assert lines[3].split()[:2] == ["rank", "name"]
    assert [line.split()[0] for line in lines[4:9]] == ["1", "2", "3", "4", "5"]
    assert "what drives it" in said.out
    assert study() == said
    assert study("--seed", "2", "--draws", "32").out.splitlines()[1].startswith("32 draws")
    assert "what drives it" not in study("--no-drivers").out


def test_a_study_in_json(study: Pii) -> None:
    """All that stands on standard output."""
    record = json.loads(study("--json", "--node", "P", "--draws", "512").out)
    assert (record["draws"], record["level"], len(record["intervals"]), len(record["scores"])) == (512, 0.9, 5, 5)
    assert {driver["choice"] for driver in record["drivers"]} == {"weights", "normalise"}


def test_a_spread_stands_in_for_what_the_scheme_says(study: Pii) -> None:
    """Weights vary, and nothing else."""
    assert study("--spread", "0.1", "--draws", "16").out.splitlines()[1] == "16 draws of: weights"


def test_until_stable_stops_when_it_knows(study: Pii) -> None:
    """Before all draws that were allowed."""
    said = study("--until-stable", "--draws", "100000", "--no-drivers")
    assert (said.code, said.out.splitlines()[1]) == (0, "1,024 draws of: weights, normalise")


@pytest.mark.parametrize("levels", [[], ["--levels", "0,1"], ["--levels", "all"]])
def test_bounds_are_exact(command: Pii, levels: list[str]) -> None:
    """Possible ranks; with little room for the weights, the ranks as they stand."""
    said = command("bounds", "scheme.yaml", "table.csv", "--spread", "0.001", *levels)
    assert said.code == 0
    rows = [line.split() for line in said.out.splitlines()[3:]]
    assert [(row[0], f"{row[0]}-{row[0]}" in row) for row in rows] == [(str(rank), True) for rank in range(1, 6)]
    record = json.loads(command("bounds", "scheme.yaml", "table.csv", *levels, "--json").out)
    assert record["region"]["spread"] == 0.25
    assert [unit["best"] <= unit["rank"] <= unit["worst"] for unit in record["units"]] == [True] * 5


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["--levels", "a"], 2, "'a' are no levels"),
        (["--levels", "-1"], 2, "'-1' are no levels"),
        (["--levels", "0,,1"], 2, "'0,,1' are no levels"),
        (["--levels", "7"], 3, "7"),
        (["--spread", "0"], 3, "no group has two children whose weights may vary"),
        (["--spread", "-1"], 2, "--spread"),
        (["--seconds", "-1"], 2, "--seconds"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bounds_that_cannot_be_found_are_said(command: Pii, words: list[str], code: int, expected: str) -> None:
    """With the exit code, on standard error."""
    said = command("bounds", "scheme.yaml", "table.csv", *words)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert "Traceback" not in said.err


def test_progress_is_shown_on_a_terminal_only(study: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws done and their rate, and gone when it is over; elsewhere nothing."""
    plain = study()
    assert "draws" not in plain.err
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    shown = study()
    assert "computing" in shown.err
    assert "64/64" in shown.err
    assert shown.out == plain.out


# --- What is written


def test_a_study_is_written(study: Pii) -> None:
    """A folder of tables; the manifest names the inputs and the command."""
    said = study("--out", "found")
    assert said.code == 0
    assert list(contents("found")) == FILES
    about = json.loads(Path("found", "study.json").read_bytes())
    assert [source["file"] for source in about["inputs"]] == ["scheme.yaml", "table.csv"]
    assert about["command"] == ["pii", "study", "scheme.yaml", "table.csv", "--out", "found"]


def test_an_earlier_study_is_replaced_only_by_force(study: Pii) -> None:
    """Without, nothing is computed, and the folder stays as it was."""
    study("--out", "found")
    before = contents("found")
    said = study("--out", "found", "--seed", "2")
    assert (said.code, said.out) == (4, "")
    assert "--force" in said.err
    assert contents("found") == before
    assert study("--out", "found", "--seed", "2", "--force").code == 0
    assert json.loads(Path("found", "study.json").read_bytes())["seed"] == 2


def test_kept_draws_are_not_computed_again(study: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said and written is what it is without them."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    plain, kept = study("--out", "plain"), study("--out", "kept", "--keep-draws")
    assert kept == plain
    found = contents("kept")
    assert {name for name in found if name.startswith("draws")} == {
        "draws/about.json",
        "draws/draws-00000000.parquet",
    }
    tables = [name for name in FILES if name != "study.json"]
    assert {name: found[name] for name in tables} == {name: contents("plain")[name] for name in tables}
    with monkeypatch.context() as broken:
        broken.setattr("pii.robustness.chunks.Chunk.of", lambda *_: pytest.fail("a chunk is computed again"))
        assert study("--out", "kept", "--keep-draws", "--force") == plain


def test_kept_draws_of_another_study_are_refused(study: Pii) -> None:
    """Also by force; and a study without draws does not go beside them."""
    study("--out", "kept", "--keep-draws")
    before = contents("kept")
    said = study("--out", "kept", "--keep-draws", "--force", "--seed", "2")
    assert (said.code, said.out) == (4, "")
    assert "draws: the draws kept there are of another study: they differ in seed; " in said.err
    said = study("--out", "kept", "--force", "--seed", "2")
    assert (said.code, said.out) == (2, "")
    assert "--keep-draws" in said.err
    assert contents("kept") == before


# --- Where it is computed


def test_processes_say_the_same(study: Pii) -> None:
    """Whatever their number."""
    assert study("--workers", "2") == study()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Callable[[int], Any]]:
    """Dask clusters of so many workers."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    made: list[Any] = []

    def make(workers: int) -> Any:
        settings = {"threads_per_worker": 1, "dashboard_address": ":0", "host": "127.0.0.1"}
        made.append(within(lambda: distributed.LocalCluster(n_workers=workers, processes=True, **settings)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_cluster_says_the_same(study: Pii, cluster: Callable[[int], Any]) -> None:
    """By the address of its scheduler, which goes on."""
    there = cluster(1)
    assert study("--scheduler", there.scheduler_address) == study()
    assert study("--scheduler", there.scheduler_address, "--out", "found", "--keep-draws").code == 0


def test_a_scheduler_without_workers_is_said(
    study: Pii, cluster: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not waited for without end."""
    monkeypatch.setattr(robust, "_PATIENCE", 1)
    said = study("--scheduler", cluster(0).scheduler_address)
    assert (said.code, said.out) == (2, "")
    assert "has no workers" in said.err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nonsense", "foo://bar:1", ""])
def test_a_scheduler_that_does_not_answer_is_said(
    study: Pii, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Before any work, and nothing is written."""
    pytest.importorskip("distributed", reason="distributed is not installed")
    monkeypatch.setattr(robust, "_PATIENCE", 1)
    said = study("--scheduler", address, "--out", "found", "--keep-draws")
    assert (said.code, said.out) == (2, "")
    assert f"No scheduler answers at {address!r}" in said.err
    assert not Path("found").exists()


def test_a_missing_package_is_named(study: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = study("--scheduler", "tcp://127.0.0.1:1")
    assert (said.code, said.out) == (2, "")
    assert "provincial-innovation-index[distributed]" in said.err


def test_workers_of_other_versions_are_refused() -> None:
    """Their last digits may be others."""
    client: Any = SimpleNamespace(
        run=lambda _: {"tcp://w:1": versions(), "tcp://w:2": versions() | {"numpy": "1.0"}}
    )
    with pytest.raises(click.UsageError, match=r"worker tcp://w:2 has numpy 1\.0, not "):
        robust._refuse_other_versions(client)

    def fail(_: Any) -> None:
        raise ModuleNotFoundError("No module named 'pii'")

    with pytest.raises(click.UsageError, match="No module named 'pii'"):
        robust._refuse_other_versions(SimpleNamespace(run=fail))  # type: ignore[arg-type]


@pytest.mark.parametrize("raised", [BrokenProcessPool("a process ended"), CancelledError()])
def test_workers_that_are_gone_are_said(study: Pii, monkeypatch: pytest.MonkeyPatch, raised: BaseException) -> None:
    """Killed for want of memory, say; with what to do."""

    def fail(*_: Any, **__: Any) -> None:
        raise raised

    monkeypatch.setattr(import_module("pii.robustness.study"), "computed", fail)
    said = study()
    assert (said.code, said.out) == (2, "")
    assert "The workers are gone" in said.err
    assert "--keep-draws" in said.err


# --- Errors


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["--draws", "0"], 2, "--draws"),
        (["--seed", "-1"], 2, "--seed"),
        (["--spread", "2"], 2, "--spread"),
        (["--level", "1"], 2, "--level"),
        (["--workers", "0"], 2, "--workers"),
        (["--spread", "0.1", "--jrc"], 2, "either --spread or --jrc"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], 2, "either --workers or --scheduler"),
        (["--force"], 2, "--force is about a folder"),
        (["--keep-draws"], 2, "--keep-draws is about a folder"),
        (["--keep-draws", "--until-stable", "--out", "found"], 2, "--until-stable"),
        (["--node", "Q"], 3, "'Q' is not a group of the scheme"),
        (["--node", "a"], 3, "'a' is not a group of the scheme"),
        (["--out", "table.csv"], 4, "table.csv: it is a file"),
        (["--out", "."], 4, "the folder that you are in"),
        (["--out", "table.csv/out"], 4, "table.csv/out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said(study: Pii, words: list[str], code: int, expected: str) -> None:
    """With its exit code, on standard error; nothing is written."""
    before = contents(".")
    said = study(*words)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert "Traceback" not in said.err
    assert contents(".") == before


@pytest.mark.parametrize(
    ("uncertainty", "code", "expected"),
    [
        ("", 3, "nothing is said to be uncertain"),
        ("uncertainty: {choices: [], seed: 1}", 3, "choices"),
        ("uncertainty: {choices: [{vary: weights}], draws: 0}", 3, "draws"),
        ("uncertainty: {choices: [{vary: wieghts}]}", 3, "wieghts"),
        ("uncertainty: {choices: [{vary: weights, groups: [Q]}]}", 3, "Q"),
        ("uncertainty: {choices: [{vary: weights, margin: 0.6}]}", 3, "no share is below 0"),
        ("uncertainty: {choices: [{vary: weights, groups: [P]}, {vary: weights, name: w}]}", 3, "already"),
        ("uncertainty: {choices: [{vary: normalise, among: [minmax, minmax]}]}", 3, "the same scheme"),
        ("uncertainty: {choices: [{vary: aggregate, among: [arithmetic, geometric]}]}", 3, "geometric"),
        ("uncertainty: {choices: [{vary: weigh, among: [equal, principal_component]}]}", 1, "its loading is"),
    ],
)
def test_what_cannot_be_studied_is_said(study: Pii, uncertainty: str, code: int, expected: str) -> None:
    """3 where the scheme is at fault, 1 where the values are; nothing is computed or written."""
    Path("scheme.yaml").write_text(f"{SCHEME}{uncertainty}\n", encoding="utf-8")
    before = contents(".")
    said = study("--out", "found", "--keep-draws")
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert "Traceback" not in said.err
    assert contents(".") == before
