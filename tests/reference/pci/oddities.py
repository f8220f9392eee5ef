"""List what PCI 2011 publishes above its own components, by province: ``python -m tests.reference.pci.oddities``."""

from __future__ import annotations

import sys

from tests.reference.pci.test_pci import computed, differences


def listing() -> list[str]:
    """One line a province, the largest difference first."""
    off = differences(2011)
    names = dict(zip(computed(2011).measured.units.codes, computed(2011).measured.units.names, strict=True))
    return [f"{off[code]:+.4f}  {names[code]}" for code in sorted(off, key=lambda code: -off[code])]


if __name__ == "__main__":
    sys.stdout.write("\n".join(["published less computed, PCI 2011", *listing()]) + "\n")
