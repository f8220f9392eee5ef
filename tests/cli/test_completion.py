"""Completion in the shell: the script that each shell reads, and what it is told."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import process
from tests.shared import ROOT


def test_bash_is_told_the_commands_that_begin_so(tmp_path: Path) -> None:
    """And the options of a command, and the words that one takes."""

    def told(*words: str) -> list[str]:
        said = process(
            tmp_path, _PII_COMPLETE="bash_complete", COMP_WORDS=" ".join(words), COMP_CWORD=str(len(words) - 1)
        )
        assert (said.code, said.err) == (0, "")
        return [line.partition(",")[2] for line in said.out.splitlines()]

    assert told("pii", "sche") == ["schema", "schemes"]
    assert told("pii", "build", "--fo") == ["--formulas", "--force"]
    assert told("pii", "schema", "m") == ["manifest"]
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_and_its_line_in_the_documentation(tmp_path: Path, shell: str) -> None:
    """The variable that the page names makes the command print it, and do nothing else."""
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    assert len(re.findall(rf"^\| .*_PII_COMPLETE={shell}_source pii", page, re.MULTILINE)) == 1
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("bash is not here, and its version is asked for")
    said = process(tmp_path, _PII_COMPLETE=f"{shell}_source")
    assert (said.code, said.err) == (0, "")
    assert "_pii_completion" in said.out
    assert f"{shell}_complete" in said.out
    assert not any(tmp_path.iterdir())


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_takes_its_script(tmp_path: Path) -> None:
    """It is a script without mistakes, and completes the command ``pii``."""
    script = process(tmp_path, _PII_COMPLETE="bash_source").out
    done = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p pii"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "_pii_completion pii" in done.stdout
