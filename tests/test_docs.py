"""The documentation says what the code does: outputs are today's, reference is complete, words are defined."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import click
import pytest

import pii
from pii.cli import line as cli
from pii.io import builds
from pii.scheme import FAMILIES, Scheme
from pii.spec import members

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *(
        DOCS / f"{name}.md"
        for name in (
            "quick_start",
            "concepts",
            "scheme_files",
            "tables",
            "provenance",
            "audit",
            "uncertainty",
            "bounds",
            "panels",
            "borders",
            "change",
            "improve",
            "builds",
            "report",
            "figures",
            "outputs",
        )
    ),
]

_BLOCK = re.compile(r"^```(?P<head>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_ELIDED = "..."


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, the file that it is, if it is one, and its text."""

    language: str
    file: str
    text: str
    start: int


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = []
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        head, body, start = match["head"].strip(), match["body"], match.start("body")
        options = re.match(r"(?::\w+: [^\n]*\n)*", body)
        caption = re.search(r"^:caption: (.+)$", options[0], re.MULTILINE) if options else None
        skipped = options.end() if options else 0
        language = head.removeprefix("{code-block}").strip()
        found.append(Block(language, caption[1] if caption else "", body[skipped:], start + skipped))
    return found


def examples(page: Path) -> Iterator[tuple[str, Block]]:
    """Code with the block of its output, which follows it."""
    each = blocks(page)
    for code, output in pairwise(each):
        if code.language == "python" and output.language == "text" and not output.file:
            yield code.text, output


# Runs the examples of a page in one namespace, as a reader does, and tells what each printed.
_RUNNER = """
import contextlib, io, json, sys
namespace, printed = {}, []
for code in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, namespace)
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def printed_by(codes: Sequence[str], folder: Path) -> list[str]:
    """What each piece of code prints, in a Python of its own."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path]),
        "PYTHONIOENCODING": "utf-8",
    }
    run = subprocess.run(
        [sys.executable, "-c", _RUNNER],
        input=json.dumps(codes),
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    outputs: list[str] = json.loads(run.stdout)
    return outputs


def tidy(text: str) -> str:
    """Without blanks at the ends of lines, which editors take away."""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_python_example_prints_what_its_page_shows(page: Path, tmp_path: Path) -> None:
    """An output in the documentation is today's output."""
    pairs = list(examples(page))
    printed = printed_by([code for code, _ in pairs], tmp_path) if pairs else []
    assert [tidy(output.text) for _, output in pairs] == [tidy(text) for text in printed]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_python_block_is_an_example(page: Path) -> None:
    """No code stands in a page without an output that is held to it."""
    assert len(list(examples(page))) == sum(block.language == "python" for block in blocks(page))


def sessions(page: Path) -> Iterator[tuple[str, list[str], Block]]:
    """Commands after a dollar sign, with the lines of output shown under them."""
    for block in blocks(page):
        if block.language == "console" and block.text.startswith("$ pii "):
            command, *lines = block.text.splitlines()
            yield command.removeprefix("$ "), lines, block


def said_by(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What a command prints: standard output, then standard error."""
    capsys.readouterr()
    cli.run(command.split()[1:])
    said = capsys.readouterr()
    return tidy(said.out + said.err).splitlines()


def agrees(shown: Sequence[str], said: Sequence[str]) -> bool:
    """Whether an output is as shown; a line of three dots stands for any lines."""
    if _ELIDED not in shown:
        return list(shown) == list(said)
    cut = list(shown).index(_ELIDED)
    head, tail = list(shown[:cut]), list(shown[cut + 1 :])
    enough = len(said) >= len(head) + len(tail)
    return enough and list(said[:cut]) == head and list(said[len(said) - len(tail) :]) == tail


def write_files(folder: Path) -> None:
    """Write the files that pages show, under the names that they show."""
    for page in PAGES:
        for block in blocks(page):
            if block.file:
                (folder / block.file).write_text(block.text, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_its_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command in the documentation prints today what is shown under it."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    for command, shown, _ in sessions(page):
        said = said_by(command, capsys)
        assert agrees([line.rstrip() for line in shown], said), f"{command}\n" + "\n".join(said)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The module that makes the generated pages."""
    specification = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_method_is_on_the_page_of_its_stage(generate: ModuleType) -> None:
    """A method in a union is documented, with its label and its class, and in the table of all methods."""
    families = FAMILIES
    overview = generate.methods()
    for name, union in families.items():
        page = generate.stage(name)
        for method in members(union):
            assert f"### `{method.method_name()}`" in page
            assert f"{method.__module__}.{method.__name__}" in page
            assert f"`{method.__name__}`" in overview
        assert f"generated/stages/{name}.md" in (DOCS / "stages" / f"{name}.md").read_text(encoding="utf-8")


def test_every_family_of_the_scheme_is_listed() -> None:
    """A field of the scheme that takes a method is a stage of the documentation."""
    fields = {
        name for name, info in Scheme.model_fields.items() if "Family" in f"{info.metadata} {info.annotation}"
    }
    assert fields == set(FAMILIES)


def test_every_field_of_a_scheme_file_is_described(generate: ModuleType) -> None:
    """Each field of each part of a scheme file is in the tables."""
    page = generate.scheme_fields()
    for model in generate.MODELS:
        section = page.split(f"(fields-{model.__name__.lower()})=")[1].split("(fields-")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(model.model_fields)


def test_every_option_of_the_command_line_is_described(
    generate: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """What ``--help`` of a command lists is in its section of the page."""
    page = generate.commands()
    for name in cli.COMMANDS:
        command = cli.main.get_command(click.Context(cli.main), name)
        assert command is not None
        section = page.split(f"(command-{name})=")[1].split("(command-")[0]
        capsys.readouterr()
        assert cli.run([name, "--help"]) == 0
        helped = capsys.readouterr().out
        options = [option for p in command.params if isinstance(p, click.Option) for option in p.opts]
        assert options or name in {"schemes", "schema"}
        for option in [*options, "--help"]:
            assert option in helped
            assert re.search(rf"^\| `[^`]*{option}\b", section, re.MULTILINE), f"{name} {option}"
        flat = " ".join(section.split())
        assert " ".join((command.help or "").split()) in flat


def test_exit_codes_are_those_of_the_command_line() -> None:
    """The page lists each exit code once."""
    page = (DOCS / "command_line.md").read_text(encoding="utf-8")
    section = page.split("## Exit codes")[1].split("##")[0]
    codes = (cli.FINE, cli.DATA, cli.USAGE, cli.SCHEME, cli.OUTPUT, cli.INTERRUPTED)
    assert re.findall(r"^\| (\d+) ", section, re.MULTILINE) == [str(code) for code in codes]


def test_the_files_of_a_build_are_described() -> None:
    """The page lists the files that a build writes, and no others."""
    page = (DOCS / "command_line.md").read_text(encoding="utf-8")
    section = page.split("## The build folder")[1]
    assert re.findall(r"^\| `([\w.]+)`", section, re.MULTILINE) == list(builds.FILES)


def test_every_public_name_is_in_the_api_page() -> None:
    """The API page documents what the package offers."""
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^\.\. auto\w+:: (\w+)$", page, re.MULTILINE)
    assert sorted(named) == sorted(set(pii.__all__) - {"__version__"})


def terms() -> list[str]:
    """The words of the glossary, in its order."""
    page = (DOCS / "glossary.md").read_text(encoding="utf-8").split("```{glossary}\n")[1].split("\n```")[0]
    return [term.strip() for line in re.findall(r"^(\w.*)$", page, re.MULTILINE) for term in line.split(",")]


def test_the_glossary_has_each_word_once_in_order() -> None:
    """A word is defined once, and found where one looks for it."""
    words = terms()
    assert [word for word, n in Counter(words).items() if n > 1] == []
    firsts = [word for word in words if word != "children"]
    assert firsts == sorted(firsts, key=str.casefold)


def test_the_glossary_defines_the_words_of_the_interface() -> None:
    """Stages are in the glossary, and so is what the main types are called."""
    words = set(terms())
    stages = {*FAMILIES, "align", "screen"}
    types = {"scheme", "table", "result", "panel", "group", "indicator", "problem", "province"}
    assert stages | types <= words


def test_relative_links_lead_somewhere() -> None:
    """A link from the README or from contributing leads to a file of the project."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{page.name}: {target}"


def test_pages_are_in_plain_words() -> None:
    """No page has an em-dash, a link to the machine that it was written on, or two blanks in a sentence."""
    pages = [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *DOCS.glob("adr/*.md"), *DOCS.glob("stages/*.md")]
    for page in pages:
        text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
        found = re.findall(r"—|/home/|/Users/|/root/|localhost|[a-z]\.  [A-Z]", text)
        assert not found, f"{page.name}: {found}"


def test_the_changelog_counts_the_methods_that_there_are() -> None:
    """By stage, in the order of the stages."""
    text = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    counts = ", ".join(f"{len(members(union))} to {name}" for name, union in FAMILIES.items())
    assert f"Methods for every stage: {counts}." in text
