"""A text file is written whole or not at all, and never over another by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii.errors import BuildError
from pii.io.texts import refuse_existing, refuse_taken, write_bytes, write_text


def test_a_text_is_written_as_it_is(tmp_path: Path) -> None:
    """In UTF-8, with the line ends that it has, and nothing left beside it."""
    assert write_text("Đà Nẵng\n", tmp_path / "a.md").read_bytes() == "Đà Nẵng\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_what_is_there_stays_unless_told_otherwise(tmp_path: Path) -> None:
    """And a folder always does."""
    path = write_text("old", tmp_path / "a.md")
    with pytest.raises(BuildError, match=r"a\.md: it is there already; .* --force"):
        write_text("new", path)
    assert path.read_text() == "old"
    assert write_text("new", path, force=True).read_text() == "new"
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(BuildError, match="it is a folder"):
        refuse_existing(tmp_path / "folder.md", force=True)


def test_text_is_not_called_something_else(tmp_path: Path) -> None:
    """A word processor would not open Markdown that is called its own."""
    with pytest.raises(BuildError, match=r"audit\.docx: the name ends in '\.docx'; a report is text: \.md, "):
        write_text("x", tmp_path / "audit.docx")


def test_a_failed_write_leaves_the_old_text_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk."""
    path = write_text("old", tmp_path / "a.md")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BuildError, match=r"No space left on device; .* whole or not at all"):
        write_text("new", path, force=True)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.md", "old")]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    """With the path as it was given."""
    with pytest.raises(BuildError, match=r"nowhere/a\.md: No such file or directory|nowhere.a\.md"):
        write_text("x", tmp_path / "nowhere" / "a.md")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match="whole or not at all"):
        write_text("x", tmp_path / "file" / "a.md")


def test_bytes_are_written_under_any_name(tmp_path: Path) -> None:
    """Over what is there only when told, and the message says what they are."""
    path = write_bytes(b"old", tmp_path / "a.pdf", what="a sheet")
    for attempt in (lambda: write_bytes(b"new", path, what="a sheet"), lambda: refuse_taken(path, force=False)):
        with pytest.raises(BuildError, match=r"there already; a (sheet|report) never overwrites by itself"):
            attempt()
    assert write_bytes(b"new", path, force=True).read_bytes() == b"new"
    with pytest.raises(BuildError, match="it is a folder; a sheet is a file"):
        refuse_taken(tmp_path, force=True, what="a sheet")
    with pytest.raises(BuildError, match="a sheet is written whole or not at all"):
        write_bytes(b"new", path / "a.pdf", what="a sheet")
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]
