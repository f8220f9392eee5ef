"""Folders of outputs say whose they are, and what they were made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pii
from pii.io.folders import csv_bytes, json_bytes, manifest, occupied


@pytest.mark.parametrize(
    ("found", "ours", "force", "said"),
    [
        ({"x"}, set(), True, "something else is already there"),
        ({"x", "a"}, {"a"}, True, "something was added: x"),
        ({"a"}, {"a"}, False, "it is an earlier build"),
    ],
)
def test_what_is_not_ours_is_never_replaced(found: set[str], ours: set[str], force: bool, said: str) -> None:
    """And ours by force only."""
    fault = occupied(found, ours, force=force)
    assert fault is not None
    assert said in fault[0]
    assert occupied({"a"}, {"a"}, force=True) is None


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
