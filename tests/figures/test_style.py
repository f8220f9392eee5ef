"""Colours that are told apart, texts that fit, and files that say what they show."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from pii.figures.style import PALETTE, axes_of, blank, colours, encoded, finish, heat, readable, width_of, wrapped

# What a person without cones for green, or for red, sees of linear red, green and blue: Machado, Oliveira and
# Fernandes (2009), severity 1.
BLIND = {
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}


def linear(colour: str) -> NDArray[np.float64]:
    """Amounts of light."""
    x = np.array(to_rgb(colour))
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """How light it is, from 0 to 1."""
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """As the guidelines for web content have it, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("k", [2, 7, 8, 12])
def test_neighbouring_parts_differ_in_grey(k: int) -> None:
    """So that print without colours tells them apart."""
    found = colours(k)
    assert len(found) == k
    assert all(contrast(one, other) > 2.2 for one, other in pairwise(found))


@pytest.mark.parametrize("kind", BLIND)
def test_every_two_parts_differ_for_the_colour_blind(kind: str) -> None:
    """In what they see of light."""
    seen = np.array([np.array(BLIND[kind]) @ linear(colour) for colour in PALETTE]).clip(0, 1) ** (1 / 2.2)
    apart = np.abs(seen[:, None] - seen).sum(axis=2)
    assert apart[np.triu_indices(len(PALETTE), 1)].min() > 0.12


def test_letters_are_read_on_every_cell() -> None:
    """White on dark and dark on light."""
    figure, axes = axes_of(3, 3)
    values = np.linspace(0, 1, 101)
    cells = heat(figure, axes, values[:, None], "", "en")
    for value, letters in zip(values.tolist(), readable(cells, values), strict=True):
        red, green, blue, _ = cells.to_rgba(value)
        background = f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
        assert contrast(background, letters) > 3.5


def test_lines_are_as_long_as_there_is_room() -> None:
    """Words are not broken."""
    text = "Trình độ phát triển của thị trường"
    lines = wrapped(text, 1.0, 8).split("\n")
    assert " ".join(lines) == text
    assert max(width_of(line, 8) for line in lines) <= 1.0
    assert wrapped(text, 0.01, 8).split("\n") == text.split(" ")
    assert wrapped("", 1.0, 8) == ""


def test_a_title_makes_its_own_room() -> None:
    """What stands below it keeps its size."""
    plain, titled = ((blank(3, 2)) for _ in range(2))
    for figure in (plain, titled):
        figure.add_axes((0.1, 0.1, 0.8, 0.8))
    finish(titled, "a title", "It shows nothing.")
    sizes = [figure.axes[0].get_window_extent().height for figure in (plain, titled)]
    assert sizes[0] == pytest.approx(sizes[1])
    assert titled.get_figheight() > 2
    assert titled.get_label() == "It shows nothing."


def test_a_picture_says_in_vietnamese_what_it_shows() -> None:
    """In every format."""
    figure = finish(blank(1, 1), "Chỉ số", "Điểm của 3 đơn vị.")
    assert "<title>Chỉ số. Điểm của 3 đơn vị.</title>" in encoded(figure, "svg").decode()
    assert "Điểm của 3 đơn vị.".encode() in encoded(figure, "png")
    assert "Điểm của 3 đơn vị.".encode("utf-16-be") in encoded(figure, "pdf")
