"""The samples that come with the package."""

from __future__ import annotations

import pytest

from pii.compute import compute
from pii.errors import TableError
from pii.io.samples import DEFAULT, read_sample, sample_path, samples
from pii.io.schemes import built_in_schemes


def test_the_samples_are_known_by_name() -> None:
    """The default is one of them."""
    assert list(samples()) == ["synthetic-pii-2023", "synthetic-pii-2024", "synthetic-pii-2025", "papi-2024"]
    assert DEFAULT in samples()


def test_the_list_is_a_copy() -> None:
    """Who changes it changes nothing for others."""
    samples().clear()
    assert samples()


@pytest.mark.parametrize("name", list(samples()))
def test_every_sample_computes(name: str) -> None:
    """With its own scheme, from its own file; what it says of itself is so."""
    about = samples()[name]
    assert sample_path(name).name == about.file
    assert about.scheme in built_in_schemes()
    scheme, table = read_sample(name)
    assert f"{len(table.units)} provinces x {len(scheme.indicators)}" in about.about
    result = compute(scheme, table)
    assert len(result.best_first) >= 34


@pytest.mark.parametrize("name", list(samples()))
def test_synthetic_samples_say_so_and_others_do_not(name: str) -> None:
    """In their name, their first line, their list, and the title of what is built from them."""
    result = compute(*read_sample(name))
    with sample_path(name).open(encoding="utf-8") as file:
        first = next(file)
    claims = {
        "synthetic" in name,
        "SYNTHETIC" in first,
        samples()[name].about.startswith("SYNTHETIC"),
        result.title.startswith("SYNTHETIC"),
        result.is_synthetic,
    }
    assert len(claims) == 1


def test_the_default_sample_is_read_without_a_name() -> None:
    """34 provinces, 52 indicators and their denominators."""
    scheme, table = read_sample()
    assert scheme.code == "pii-2025"
    assert table.values.shape[0] == 34


def test_papi_lists_two_provinces_without_data() -> None:
    """They are not ranked; the other 61 are."""
    result = compute(*read_sample("papi-2024"))
    assert set(result.unranked) == {"26", "82"}
    assert len(result.best_first) == 61


def test_an_unknown_sample_is_refused() -> None:
    """The nearest is suggested."""
    with pytest.raises(TableError, match=r"'papi2024'; did you mean papi-2024\?"):
        read_sample("papi2024")
