"""What a build says of itself: true, complete, in a form that other tools read."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pii.compute import compute
from pii.errors import BuildError
from pii.io.builds import write_build
from pii.io.manifests import MANIFEST, SUMS, manifest_schema, read_manifest, sums
from pii.io.samples import read_sample
from pii.report.words import Language
from tests.report.results import half, negative, small, synthetic
from tests.shared import group, leaf, scheme

LANGUAGES: tuple[Language, ...] = ("en", "vi")
jsonschema = pytest.importorskip("jsonschema")


@pytest.mark.parametrize("make", [small, half, negative, synthetic])
def test_every_manifest_is_as_its_schema_says(tmp_path: Path, make: Any) -> None:
    """And reads back as the model of it."""
    folder = write_build(make(), tmp_path / "out", command=["pii", "build"])
    written = (folder / MANIFEST).read_bytes()
    validator = jsonschema.Draft202012Validator(manifest_schema())
    validator.check_schema(manifest_schema())
    assert list(validator.iter_errors(json.loads(written))) == []
    assert not validator.is_valid(json.loads(written) | {"sead": 1})
    assert read_manifest(folder).as_json() == written


def test_the_sums_are_of_every_file(tmp_path: Path) -> None:
    """One line each, in order of their names."""
    folder = write_build(small(), tmp_path / "out")
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != SUMS}
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    assert lines == [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    assert sums(files) == (folder / SUMS).read_bytes()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not here")
def test_sha256sum_checks_a_build(tmp_path: Path) -> None:
    """And finds the file that was changed."""
    folder = write_build(small(), tmp_path / "out")

    def checked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, text=True, check=False
        )

    assert checked().returncode == 0
    (folder / "ranking.md").write_bytes(b"x")
    found = checked()
    assert found.returncode == 1
    assert "ranking.md: FAILED" in found.stdout


def test_what_was_done_is_in_the_manifest(tmp_path: Path) -> None:
    """Who is not ranked and why, what was treated, where draws begin, what the table says."""
    said = read_manifest(write_build(small(), tmp_path / "out"))
    assert list(said.unranked) == ["06"]
    assert "0 of 3 indicators" in said.unranked["06"][0]
    assert dict(said.treated) == {"2": "winsorise: 1 high"}
    assert (said.seed, said.table.title, said.table.labels, said.reference) == (
        None,
        "Trial table",
        ("region",),
        None,
    )
    rules = scheme(
        group("total", group("P", leaf("a"), leaf("b"))),
        uncertainty={"choices": [{"vary": "weights", "spread": 0.2}], "seed": 7},
    )
    table = small().measured.holding(small().measured.values[:, :2], ["a", "b"]).take(small().screening.eligible)
    again = compute(rules, table)
    assert read_manifest(write_build(again, tmp_path / "again")).seed == 7


def test_inputs_in_the_project_are_found_from_the_build(tmp_path: Path) -> None:
    """Others are named without their folder, which is nobody's business."""
    inside, outside = tmp_path / "project" / "data" / "table.csv", tmp_path / "other.csv"
    inside.parent.mkdir(parents=True)
    for path in (inside, outside):
        path.write_bytes(b"x")
    home = tmp_path / "project"
    folder = write_build(half(), home / "builds" / "one", inputs=[inside, outside], home=home)
    said = read_manifest(folder)
    assert [(entry.file, entry.path) for entry in said.inputs] == [
        ("table.csv", "../../data/table.csv"),
        ("other.csv", None),
    ]
    assert str(tmp_path) not in (folder / MANIFEST).read_text(encoding="utf-8")


def test_the_hash_of_the_scheme_is_that_of_its_file(tmp_path: Path) -> None:
    """Its canonical form, so that any tool can check it."""
    folder = write_build(compute(*read_sample()), tmp_path / "out")
    said = read_manifest(folder)
    assert said.scheme.sha256 == hashlib.sha256((folder / "scheme.json").read_bytes()).hexdigest()
    assert said.scheme.sha256 == said.hashes["scheme.json"]


def test_a_manifest_that_lacks_something_is_refused_by_its_field(tmp_path: Path) -> None:
    """Named as it stands in the file."""
    folder = write_build(half(), tmp_path / "out")
    said = json.loads((folder / MANIFEST).read_bytes())
    said["outputs"][0]["sha256"] = "short"
    (folder / MANIFEST).write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(BuildError, match=r"outputs\.0\.sha256"):
        read_manifest(folder)


def test_a_manifest_that_may_not_be_read_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is not that there is none."""

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BuildError, match=r"manifest\.json cannot be read: Permission denied"):
        read_manifest(tmp_path)


def test_the_language_is_said_where_it_is_not_english(tmp_path: Path) -> None:
    """A manifest that says nothing is of a build in English, as those before were."""
    english, other = (write_build(half(), tmp_path / lang, lang=lang) for lang in LANGUAGES)
    assert "lang" not in json.loads((english / MANIFEST).read_bytes())
    assert json.loads((other / MANIFEST).read_bytes())["lang"] == "vi"
    assert [read_manifest(folder).lang for folder in (english, other)] == ["en", "vi"]
    assert read_manifest(other).as_json() == (other / MANIFEST).read_bytes()


def test_a_language_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    """By its field."""
    folder = write_build(half(), tmp_path / "out", lang="vi")
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"lang": "vi"', b'"lang": "fr"'))
    with pytest.raises(BuildError, match="lang: Input should be 'en' or 'vi'"):
        read_manifest(folder)
