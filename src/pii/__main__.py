"""``python -m pii``: the command line."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    from pii.cli.line import run

    sys.exit(run())


if __name__ == "__main__":
    main()
