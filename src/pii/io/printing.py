"""A page as a PDF, printed by the browser that is there: nothing else draws a page as people will see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pii.errors import BuildError, Problem

__all__ = ["BROWSERS", "browser", "printed"]

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
"""What is looked for, the first that is there is taken; all of them are Chromium."""

_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # a page asks nobody, and the browser shall not either
)
_UNBOXED = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()  # the sandbox refuses root
_SECONDS = 60.0


def browser() -> str:
    """Where a browser is that prints pages.

    Raises
    ------
    BuildError
        There is none.
    """
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise BuildError(
        Problem(
            found="no browser was found that prints a PDF",
            rule=f"one of these is on the path: {', '.join(BROWSERS)}",
            remedy="install one, or write HTML, open it in any browser, and print it there",
        )
    )


def printed(page: str, *, seconds: float = _SECONDS) -> bytes:
    """A page as a PDF, as a browser without a screen and without a network prints it.

    The browser has a folder of its own, removed after it, so that nobody's settings, history or windows matter.

    Parameters
    ----------
    page
        HTML that needs no other file.
    seconds
        How long the browser may take.

    Raises
    ------
    BuildError
        There is no browser, it takes too long, or it gives no PDF.
    """
    command = [browser(), *_OPTIONS, *_UNBOXED]
    with TemporaryDirectory(prefix="pii-", ignore_cleanup_errors=True) as folder:
        source, target, log = (Path(folder, name) for name in ("page.html", "page.pdf", "log"))
        source.write_text(page, encoding="utf-8")
        own = [f"--user-data-dir={folder}/browser", f"--print-to-pdf={target}", source.as_uri()]
        with log.open("wb") as said:
            fault = _run([*command, *own], said.fileno(), seconds)
        made = target.read_bytes() if target.is_file() else b""
        if fault or not made.startswith(b"%PDF-"):
            last = [line for line in log.read_text("utf-8", "replace").splitlines() if line][-1:]
            raise BuildError(
                Problem(
                    file=command[0],
                    found=f"the browser {fault or 'made no PDF'}{f': {last[0][:200]}' if last else ''}",
                    rule="a PDF is printed by a browser",
                    remedy="write HTML, open it in any browser, and print it there",
                )
            )
        return made


def _run(command: list[str], said: int, seconds: float) -> str:
    """Run the browser to its end, and kill it with all its children where it finds none; what went wrong."""
    try:
        running = subprocess.Popen(  # noqa: S603 - the program is one of BROWSERS, and no shell reads the words
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
    except OSError as error:
        return f"cannot be run ({error.strerror or error})"
    try:
        code = running.wait(seconds)
        return f"ended with code {code}" if code else ""
    except subprocess.TimeoutExpired:
        return f"did not end within {seconds:g} seconds"
    finally:
        if running.poll() is None:
            _kill(running)


def _kill(running: subprocess.Popen[bytes]) -> None:
    """End a process, and where the system has groups of processes all that it started."""
    if sys.platform == "win32":
        running.kill()
    else:
        import signal

        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    running.wait()
