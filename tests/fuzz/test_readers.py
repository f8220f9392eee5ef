"""Spoilt files and bytes at random: every reader reads or refuses them in words, soon, and does nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import __main__ as led
from tests.fuzz.readers import READERS, scratch, seeds, spoilt, survives
from tests.strategies import quick

every = pytest.mark.parametrize("name", list(READERS))
# A file that holds a reader up is a finding too; none takes a tenth of a second.
soon = settings(quick, max_examples=60, deadline=timedelta(seconds=20))


@every
def test_sound_files_are_read(name: str, tmp_path: Path) -> None:
    """The first of each kind at least, or what is done to it would show nothing."""
    assert survives(name, seeds(name)[0], scratch(tmp_path, name))


@every
@given(seed=st.integers(0, 1 << 40))
@soon
def test_spoilt_files_are_read_or_refused(name: str, seed: int) -> None:
    """Bytes changed, pieces cut out, doubled or moved, and what parsers treat in their own ways put in."""
    with TemporaryDirectory() as folder:
        sound = seeds(name)
        survives(name, spoilt(name, sound[seed % len(sound)], seed), scratch(Path(folder), name))


@every
@given(content=st.binary(max_size=200))
@settings(soon, max_examples=30)
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    """Whatever the ending promises."""
    with TemporaryDirectory() as folder:
        survives(name, content, scratch(Path(folder), name))


@pytest.mark.parametrize("name", ["csv", "panel", "list", "yaml", "json"])
@given(text=st.text(max_size=300))
@settings(soon, max_examples=40)
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    """Of any letters, half ones too."""
    with TemporaryDirectory() as folder:
        survives(name, text.encode("utf-8", "surrogatepass"), scratch(Path(folder), name))


def test_a_list_of_many_rows_is_read_in_as_many_steps(tmp_path: Path) -> None:
    """Not in their square, which for this one would be two hundred million."""
    rows = "".join(f"a{at},index\n" for at in range(20_000))
    assert survives("list", f"code,parent\nindex,\n{rows}".encode(), scratch(tmp_path, "list"))


def test_fuzzing_led_by_what_has_run_is_left_out_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra that not every machine can have."""
    monkeypatch.setattr(led, "find_spec", lambda _: None)
    assert led.main(["--seconds", "1"]) == 0
