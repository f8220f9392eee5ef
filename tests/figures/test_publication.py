"""Every figure that a result gives is made of its own numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from matplotlib.figure import Figure

from pii.choices.alternatives import VaryAggregation
from pii.choices.design import Choice
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.figures.publication import figures
from pii.figures.words import Language, title
from pii.io.samples import read_sample
from pii.methods.aggregate import Arithmetic, Copeland, Minimum
from pii.result import Result
from pii.robustness.bounds import dominance
from pii.robustness.region import Region
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import study
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group, Indicator
from tests.figures.drawn import axes_of, cells, downwards, overlaps

NAN = float("nan")
UNITS = ["Hà Nội", "Huế", "Cà Mau", "Đắk Lắk", "Sơn La"]
LEAVES = [
    Indicator(code=code, name=(("en", name),)) for code, name in (("a", "First"), ("b", "Second"), ("c", "Third"))
]
VALUES = {"a": [1.5, 2.5, 3.5, 4.5, 5.5], "b": [4.0, 3, 2, 90, NAN], "c": [1.0, 5, 3, 2, 4]}
INDEX = Group(
    code="total",
    name=(("en", "Trial index"),),
    children=[Group(code="g", name=(("en", "Inputs"),), children=LEAVES[:2]), LEAVES[2]],
)
SCHEME = Scheme(code="trial", index=INDEX)


@pytest.fixture(scope="module")
def result() -> Result:
    """Five units."""
    return compute(SCHEME, Table.of(VALUES, units=UNITS))


@pytest.fixture(scope="module")
def drawn(result: Result) -> Mapping[str, Figure]:
    """All that can be drawn of them."""
    choices: list[Choice] = [WeightBox(spread=0.5), VaryAggregation(among=[Arithmetic(), Minimum()])]
    every = figures(
        result,
        study=study(SCHEME, result.measured, choices, draws=64, seed=0),
        drivers=sensitivity(SCHEME, result.measured, choices, n=64, seed=0),
        dominance=(0.25, dominance(result, Region(spread=0.25))),
        before=result,
        covariate=("GRDP", np.array([1.0, 2, 4, 8, 16])),
    )
    return {name: make() for name, make in every}


def test_every_figure_is_there(drawn: Mapping[str, Figure]) -> None:
    """And a profile for each unit, the best first."""
    names = [
        "ranks",
        "acceptability",
        "effects",
        "dominance",
        "contributions",
        "scores",
        "correlations",
        "framework",
        "changes",
        "covariate",
    ]
    assert list(drawn) == [
        *names,
        *(f"profile-{unit}" for unit in ("Sơn La", "Huế", "Đắk Lắk", "Cà Mau", "Hà Nội")),
    ]
    for name, figure in drawn.items():
        assert overlaps(figure) == [], name
        assert "Trial index" in figure.get_suptitle()
        assert figure.get_label()


def test_what_nothing_is_known_of_is_not_drawn(result: Result) -> None:
    """No study, no edition before, no covariate."""
    names = [name for name, _ in figures(result)]
    assert not {"ranks", "acceptability", "effects", "dominance", "changes", "covariate"} & set(names)


def test_correlations_stand_by_the_pillars_above_the_indicators() -> None:
    """Whose codes are above them."""
    index = Group(
        code="t", children=[Group(code=k, children=[leaf]) for k, leaf in zip("xyz", LEAVES, strict=True)]
    )
    found = dict(figures(compute(Scheme(code="trial", index=index), Table.of(VALUES, units=UNITS))))
    axes = axes_of(found["correlations"]())
    assert [text.get_text() for text in axes.texts][-3:] == ["x", "y", "z"]


def test_effects_are_of_all_choices(drawn: Mapping[str, Figure]) -> None:
    """Alone and in all."""
    assert str(drawn["effects"].get_label()).startswith("Effects of 2 choices, alone and in all.")
    assert len(axes_of(drawn["effects"]).patches) == 4


def test_a_hasse_diagram_says_how_far_weights_may_be_off(result: Result, drawn: Mapping[str, Figure]) -> None:
    """In its title, in either language."""
    figure = drawn["dominance"]
    assert figure.get_suptitle().replace("\n", " ").endswith("weights within 25% of the nominal ones")
    assert {text.get_text().replace("\n", " ") for text in axes_of(figure).texts} == set(UNITS)
    every = dict(figures(result, dominance=(0.5, dominance(result, Region(spread=0.5))), language="vi"))
    assert "trọng số lệch không quá 50%" in every["dominance"]().get_suptitle().replace("\n", " ")


def test_contributions_that_do_not_add_up_are_not_drawn() -> None:
    """Of a method without parts."""
    scheme = SCHEME.replace(aggregate=Copeland())
    assert "contributions" not in dict(figures(compute(scheme, Table.of(VALUES, units=UNITS))))


def test_units_are_ordered_as_they_rank(result: Result, drawn: Mapping[str, Figure]) -> None:
    """In every figure with a line a unit."""
    order = [result.composite.units.names[at] for at in result.best_first]
    for name in ("ranks", "acceptability", "contributions", "scores", "changes"):
        assert [one.rsplit("  ", 1)[0] for one in downwards(axes_of(drawn[name]))] == order


def test_cells_are_the_scores_of_the_result(result: Result, drawn: Mapping[str, Figure]) -> None:
    """Of every node that the index is read by."""
    found = cells(axes_of(drawn["scores"]))
    assert found[(1, 1)] == result.scores.column("a")[4]
    assert found[(5, 3)] == result.scores.column("c")[0]
    assert (1, 2) not in found


def test_a_profile_names_the_leader_of_every_node(drawn: Mapping[str, Figure]) -> None:
    """And where the unit stands."""
    said = [text.get_text() for text in axes_of(drawn["profile-Huế"]).texts]
    assert said[said.index("highest") :] == ["highest", "Sơn La", "Sơn La", "Sơn La", "Đắk Lắk", "Huế"]
    assert said[said.index("rank") + 1] == "2 of 5"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "SYNTHETIC - Prov"), ("vi", "SYNTHETIC (số liệu mô phỏng) - Chỉ")]
)
def test_synthetic_data_says_so(language: Language, said: str) -> None:
    """In the title of every figure."""
    result = compute(*read_sample("synthetic-pii-2025"))
    assert title(result, language).startswith(said)
    every = dict(figures(result, language=language))
    assert len(every) == 5 + 34
    for name in ("framework", "indicators", "profile-01"):
        figure = every[name]()
        assert title(result, language) in " ".join(figure.get_suptitle().split())
        assert overlaps(figure) == []
