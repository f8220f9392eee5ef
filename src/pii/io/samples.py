"""The sample tables that come with the package, each with the scheme it is for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pii.errors import TableError
from pii.io.schemes import built_in_scheme
from pii.io.tables import read_table
from pii.scheme import Scheme
from pii.spelling import did_you_mean
from pii.table import Table

__all__ = ["DEFAULT", "Sample", "read_sample", "sample_path", "samples"]


class Sample(NamedTuple):
    """A sample: its file, its scheme, and what it is."""

    file: str
    scheme: str
    about: str


_SAMPLES = {
    "synthetic-pii-2023": Sample("synthetic-pii-2023.csv", "pii-2023", "SYNTHETIC, 63 provinces x 52 indicators"),
    "synthetic-pii-2024": Sample("synthetic-pii-2024.csv", "pii-2024", "SYNTHETIC, 63 provinces x 52 indicators"),
    "synthetic-pii-2025": Sample("synthetic-pii-2025.csv", "pii-2025", "SYNTHETIC, 34 provinces x 52 indicators"),
    "papi-2024": Sample(
        "papi-2024.csv", "papi", "real: PAPI 2024, 63 provinces x 29 sub-dimensions, one discontinued"
    ),
}
DEFAULT = "synthetic-pii-2025"


def samples() -> dict[str, Sample]:
    """The samples by name.

    Examples
    --------
    >>> samples()["papi-2024"].scheme
    'papi'
    """
    return dict(_SAMPLES)


def sample_path(name: str) -> Path:
    """Where a sample's file is: in the installed package, or in the checkout it is developed in.

    Raises
    ------
    TableError
        No sample is called that; the nearest name is suggested.
    """
    if name not in _SAMPLES:
        raise TableError(f"there is no sample {name!r}; {did_you_mean(name, _SAMPLES)}")
    package = Path(str(files("pii")))
    checkout = package.parent.parent / "data"
    return next(
        (path for folder in (package, checkout) if (path := folder / "sample" / _SAMPLES[name].file).is_file()),
        package / "sample" / _SAMPLES[name].file,
    )


def read_sample(name: str = DEFAULT) -> tuple[Scheme, Table]:
    """A sample's scheme and table.

    Examples
    --------
    >>> scheme, table = read_sample("papi-2024")
    >>> table.values.shape
    (63, 29)
    """
    path = sample_path(name)
    scheme = built_in_scheme(_SAMPLES[name].scheme)
    return scheme, read_table(path, scheme)
