"""Printing by a browser: which is taken, how it may fail, what is left behind; tests/cli prints with a real one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pii.errors import BuildError
from pii.io import printing
from pii.io.printing import BROWSERS, browser, printed

posix = pytest.mark.skipif(os.name != "posix", reason="the browser of this test is a shell script")


def pretend(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script in the browser's place."""
    path = folder / "chromium"
    path.write_text(
        f"#!{sys.executable} -S\nimport sys, time\nfrom pathlib import Path\n{script}\n", encoding="utf-8"
    )
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_without_a_browser_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are looked for, and the way round."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="no browser was found") as caught:
        browser()
    assert all(name in str(caught.value) for name in (*BROWSERS, "write HTML"))


@posix
def test_the_browser_is_asked_without_network_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is gone afterwards; what it prints is given."""
    pretend(
        tmp_path,
        f"Path({str(tmp_path / 'words')!r}).write_text('\\n'.join(sys.argv[1:]))\n"
        "target = next(word for word in sys.argv if word.startswith('--print-to-pdf='))[15:]\n"
        "Path(target).write_bytes(b'%PDF-1.4 ' + Path(sys.argv[-1][7:]).read_bytes())",
        monkeypatch,
    )
    assert printed("<p>Huế") == "%PDF-1.4 <p>Huế".encode()
    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert {"--headless=new", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND"} <= set(words)
    assert ("--no-sandbox" in words) == (os.geteuid() == 0)
    own = next(Path(word[16:]) for word in words if word.startswith("--user-data-dir="))
    assert not own.parent.exists()


@posix
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('\\nno screen', file=sys.stderr); sys.exit(3)", "ended with code 3: no screen"),
        ("pass", "made no PDF"),
        ("time.sleep(60)", "did not end within 1 seconds"),
    ],
)
def test_a_browser_that_fails_is_said_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    """With its last words; one that hangs is killed."""
    pretend(tmp_path, script, monkeypatch)
    with pytest.raises(BuildError, match=said):
        printed("x", seconds=1.0 if "sleep" in script else 30.0)


@posix
def test_a_browser_that_cannot_be_run_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system says it."""
    monkeypatch.setattr(printing, "browser", lambda: str(tmp_path / "gone"))
    with pytest.raises(BuildError, match="cannot be run"):
        printed("x")
