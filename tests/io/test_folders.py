"""Folders of outputs say whose they are, and what they were made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pii
from pii.errors import BuildError
from pii.io.folders import Kind, csv_bytes, json_bytes, manifest

THINGS = Kind(
    "made.json",
    "things",
    called="a heap of things",
    rule="things never overwrite",
    unlisted=("sums",),
    kept=("kept",),
)


def fill(folder: Path, names: list[str]) -> None:
    """Files, with a list of those that begin with an a."""
    for name in names:
        (folder / name).write_text('{"things": [{"file": "a"}]}', encoding="utf-8")


@pytest.mark.parametrize(
    ("found", "force", "said"),
    [
        (["x"], True, "something else is already there; things never overwrite; choose another folder with --out"),
        (["a", "made.json", "x"], True, "it is a heap of things to which something was added: x; things never"),
        (
            ["a", "made.json"],
            False,
            "it is a heap of things; things never overwrite; .* or replace it with --force",
        ),
    ],
)
def test_what_is_not_ours_is_never_replaced(tmp_path: Path, found: list[str], force: bool, said: str) -> None:
    """And ours by force only."""
    fill(tmp_path, found)
    with pytest.raises(BuildError, match=said):
        THINGS.refuse_taken(tmp_path, force=force)
    assert sorted(path.name for path in tmp_path.iterdir()) == found


@pytest.mark.parametrize(
    "found", [[], ["a", "made.json"], ["a", "made.json", "sums"], ["a", "kept", "made.json"], ["kept"]]
)
def test_ours_may_be_replaced(tmp_path: Path, found: list[str]) -> None:
    """With what is written unlisted, and what is in nobody's way; a folder that is empty, or not there, needs none."""
    fill(tmp_path, found)
    THINGS.refuse_taken(tmp_path, force=True)
    if found in ([], ["kept"]):
        THINGS.refuse_taken(tmp_path, force=False)
    THINGS.refuse_taken(tmp_path / "new", force=False)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"things": 1}', '{"things": [{}]}', '{"things": [{"file": []}]}']
)
def test_the_list_of_others_is_not_ours(tmp_path: Path, text: str) -> None:
    """Though its file has the name."""
    (tmp_path / "made.json").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="something else is already there"):
        THINGS.refuse_taken(tmp_path, force=True)


def test_what_is_no_folder_of_its_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, the folder that one is in, one that cannot be read."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "closed").mkdir()
    monkeypatch.chdir(tmp_path)
    for where, said in (("file", "it is a file"), (".", "the folder that you are in"), ("..", "or one above it")):
        with pytest.raises(BuildError, match=said):
            THINGS.refuse_taken(where, force=True)

    def closed(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(
        BuildError, match="closed: the folder cannot be read: Permission denied; choose another folder"
    ):
        THINGS.refuse_taken("closed", force=True)


def test_a_manifest_holds_the_hashes_and_tables_say_that_they_are_synthetic(tmp_path: Path) -> None:
    """Of what went in and what came out."""
    result = pii.compute(*pii.read_sample())
    (tmp_path / "in.csv").write_bytes(b"x")
    made = manifest(result, {"a.csv": b"abc"}, [tmp_path / "in.csv"], ["pii", "build"])
    sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc", as FIPS 180 prints it
    assert made["outputs"] == [{"file": "a.csv", "bytes": 3, "sha256": sha}]
    assert made["inputs"][0]["file"] == "in.csv"
    assert json.loads(json_bytes(made))["synthetic"] is True
    assert csv_bytes(result, ["a"], [["=1"]]).startswith("\ufeff# SYNTHETIC".encode())
