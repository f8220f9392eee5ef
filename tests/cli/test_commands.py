"""The commands of a yearly build, as their users meet them: what is said, what is written, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import pii
from tests.cli.conftest import FILES, Pii, built, process

# --- build


def test_without_arguments_the_synthetic_sample_is_built(tmp_path: Path) -> None:
    """34 provinces in order, called synthetic above and below, and a folder; no colour, no progress."""
    said = process(tmp_path, "build")
    assert said.code == 0
    title, blank, header, *rows = said.out.splitlines()
    assert title.startswith("SYNTHETIC - Provincial Innovation Index")
    assert (blank, header.split()[:3]) == ("", ["rank", "unit", "PII"])
    assert [row.split()[0] for row in rows] == [str(rank) for rank in range(1, 35)]
    assert "SYNTHETIC data: these ranks mean nothing about real places" in said.err
    assert "12 files in pii-build" in said.err
    assert built(tmp_path / "pii-build") == FILES
    assert "\x1b" not in said.out + said.err
    assert "\r" not in said.err.replace("\r\n", "\n")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_console_without_unicode_is_spoken_to_in_utf8(tmp_path: Path, locale: dict[str, str]) -> None:
    """Names keep their diacritics, and nothing fails."""
    said = process(tmp_path, "build", **locale)
    assert said.code == 0
    assert "Đà Nẵng" in said.out


def test_a_real_sample_lists_who_is_not_ranked(command: Pii) -> None:
    """On standard error, with the reason; nothing there is called synthetic."""
    said = command("build", "--sample", "papi-2024", "--out", "papi")
    assert said.code == 0
    missing = [line for line in said.err.splitlines() if line.startswith("not ranked")]
    assert [line.split(": ")[1] for line in missing] == ["Vĩnh Phúc", "Tiền Giang"]
    assert all("0 of 29 indicators measured" in line for line in missing)
    assert "synthetic" not in (said.out + said.err).casefold()
    assert built("papi") == FILES


def test_a_scheme_and_a_table_of_ones_own(command: Pii, files: tuple[str, str]) -> None:
    """Are built; the manifest names both files and the command."""
    said = command("build", *files, "--out", "mine")
    assert (said.code, said.out.splitlines()[0]) == (0, "Trial index")
    manifest = json.loads(Path("mine", "manifest.json").read_bytes())
    assert [source["file"] for source in manifest["inputs"]] == ["scheme.yaml", "table.csv"]
    assert manifest["command"] == ["pii", "build", "scheme.yaml", "table.csv", "--out", "mine"]


def test_a_built_in_scheme_goes_by_its_name(command: Pii, tmp_path: Path) -> None:
    """Also where a folder happens to be called the same."""
    table = pii.read_sample("papi-2024")[1]
    pii.write_table(table, "own.csv")
    (tmp_path / "papi").mkdir()
    said = command("build", "papi", "own.csv")
    assert said.code == 0
    manifest = json.loads(Path("pii-build", "manifest.json").read_bytes())
    assert [source["file"] for source in manifest["inputs"]] == ["papi.yaml", "own.csv"]


def test_quiet_says_nothing(command: Pii) -> None:
    """And writes all the same."""
    assert command("build", "--quiet") == (0, "", "")
    assert built("pii-build") == FILES


def test_verbose_says_what_was_treated(command: Pii, files: tuple[str, str]) -> None:
    """Which plain output does not."""
    assert "treated" not in command("build", *files).err
    assert "treated: b: winsorise: 1 high" in command("build", *files, "--verbose", "--force").err


def test_json_is_all_that_stands_on_standard_output(command: Pii) -> None:
    """The ranking unrounded, the folder and its files, who is not ranked."""
    said = command("build", "--sample", "papi-2024", "--json")
    record = json.loads(said.out)
    assert (record["folder"], record["files"], record["synthetic"]) == ("pii-build", FILES, False)
    assert [entry["rank"] for entry in record["ranking"][:3]] == [1, 2, 3]
    assert [entry["name"] for entry in record["ranking"] if entry["rank"] is None] == ["Vĩnh Phúc", "Tiền Giang"]
    result = pii.compute(*pii.read_sample("papi-2024"))
    best = result.best_first[0]
    assert record["ranking"][0]["scores"]["PAPI"] == result.composite.column("PAPI")[best]
    assert "not ranked: Vĩnh Phúc" in said.err


def test_an_earlier_build_is_replaced_only_by_force(command: Pii, files: tuple[str, str]) -> None:
    """Without, nothing is computed, and the folder stays as it was."""
    command("build", *files)
    before = Path("pii-build", "manifest.json").read_bytes()
    said = command("build")
    assert (said.code, said.out) == (4, "")
    assert "--force" in said.err
    assert Path("pii-build", "manifest.json").read_bytes() == before
    assert command("build", "--force").code == 0
    assert json.loads(Path("pii-build", "manifest.json").read_bytes())["synthetic"] is True


# --- audit


def test_an_audit_is_printed_and_written(command: Pii, tmp_path: Path) -> None:
    """As lines, as records, and as a report that is never overwritten by itself."""
    said = command("audit", "--sample", "papi-2024", "--out", "audit.md")
    assert (said.code, "findings" in said.out.splitlines()[0]) == (0, True)
    assert "report in audit.md" in said.err
    assert (tmp_path / "audit.md").read_text("utf-8").startswith("# Statistical audit: PAPI")
    again = command("audit", "--sample", "papi-2024", "--out", "audit.md")
    assert (again.code, again.out) == (4, "")
    assert "audit.md: it is there already" in again.err
    assert command("audit", "--sample", "papi-2024", "--out", "audit.md", "--force").code == 0
    records = json.loads(command("audit", "--sample", "papi-2024", "--correction", "fdr", "--json").out)
    assert {"severity", "topic", "place", "number", "threshold", "source"} <= records["findings"][0].keys()


# --- check, schemes, schema, new


def test_check_writes_nothing(command: Pii, files: tuple[str, str]) -> None:
    """It says in a line what there is, and what was done to it."""
    before = sorted(Path().iterdir())
    said = command("check", *files)
    assert said.code == 0
    assert said.out == "Trial index: 5 units x 2 indicators, 1 value not measured, 5 units can be ranked\n"
    assert "treated: b" in said.err
    assert sorted(Path().iterdir()) == before


def test_check_in_json(command: Pii, files: tuple[str, str]) -> None:
    """Counts, and who cannot be ranked."""
    record = json.loads(command("check", *files, "--json").out)
    assert record == {
        "title": "Trial index",
        "units": 5,
        "indicators": 2,
        "missing": 1,
        "unranked": {},
        "remarks": [],
    }


def test_schemes_are_listed(command: Pii) -> None:
    """One line each: name, system, number of indicators, title."""
    said = command("schemes")
    assert [line.split()[0] for line in said.out.splitlines()] == list(pii.built_in_schemes())
    assert "pii-2025     VN34   52  Provincial Innovation Index (PII) 2025" in said.out
    assert "None" not in said.out


def test_the_schema_is_one(command: Pii, files: tuple[str, str]) -> None:
    """It is a valid JSON Schema, takes a scheme that is right and refuses one that is not."""
    schema = json.loads(command("schema").out)
    draft = pytest.importorskip("jsonschema").Draft202012Validator
    draft.check_schema(schema)
    validator = draft(schema)
    scheme = yaml.safe_load(Path(files[0]).read_text(encoding="utf-8"))
    assert validator.is_valid(scheme)
    assert not validator.is_valid(scheme | {"wieght": 1})


def test_a_new_project_can_be_checked_at_once(command: Pii) -> None:
    """Then filled and built: what is missing is said, row by row."""
    said = command("new", "mine")
    paths = [Path("mine", name) for name in ("scheme.yaml", "table.csv", "README.md", "pii.yaml")]
    assert (said.code, said.out.splitlines()) == (0, [str(path) for path in paths])
    said = command("check", *map(str, paths[:2]))
    assert said.code == 1
    assert "Hà Nội: no indicator is measured" in said.err
    assert "34 problems" in said.err
    assert command("new", "mine").code == 4


def test_a_build_can_be_in_vietnamese(command: Pii, files: tuple[str, str]) -> None:
    """What is printed and what people read; the same numbers."""
    said = command("build", *files, "--lang", "vi", "--verbose")
    assert said.out.splitlines()[2].split() == ["hạng", "địa", "phương", "total"]
    assert "đã xử lý: b: kéo giá trị ngoại lai về giá trị kế cận: 1 giá trị cao" in said.err
    assert said.err.splitlines()[-1] == f"{len(FILES)} tệp trong pii-build"
    assert "## Ghi chú" in Path("pii-build", "ranking.md").read_text(encoding="utf-8")
    english = command("build", *files, "--out", "other")
    rows = [line.replace(",", ".").split() for line in said.out.splitlines()[3:]]
    assert rows == [line.split() for line in english.out.splitlines()[3:]]
    assert command("verify", "pii-build").code == command("verify", "other").code == 0


def test_a_project_says_its_language(command: Pii, files: tuple[str, str]) -> None:
    """The command's own goes before it."""
    scheme, table = files
    Path("pii.yaml").write_text(f"scheme: {scheme}\ntable: {table}\nlang: vi\n", encoding="utf-8")
    assert "hạng" in command("build", "pii.yaml").out
    assert json.loads(Path("build", "manifest.json").read_bytes())["lang"] == "vi"
    assert "rank" in command("build", "pii.yaml", "--lang", "en", "--force").out
    assert "lang" not in json.loads(Path("build", "manifest.json").read_bytes())


def test_a_page_opens_in_the_language_of_its_build(command: Pii, files: tuple[str, str]) -> None:
    """In Vietnamese where nothing is said, as the command report does."""
    for at, (words, language) in enumerate([((), "vi"), (("--lang", "en"), "en"), (("--lang", "vi"), "vi")]):
        page = f"page{at}.html"
        assert command("build", *files, *words, "--out", f"out{at}", "--report", page).code == 0
        assert f'<html lang="{language}">' in Path(page).read_text(encoding="utf-8")
