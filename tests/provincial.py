"""Real provincial data, which lies beside the project and is not part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def needs(name: str) -> Path:
    """The path of a file of real data; the test is skipped where it is absent."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"no real data at ../shared/{name}")
    return path
