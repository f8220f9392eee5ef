"""Forms of values: what a transform made of them is held against nothing that is not of the same form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.choices.alternatives import VaryReference, VaryTreatment
from pii.choices.design import Choice
from pii.compute import compute
from pii.editions.compute import compute_panel
from pii.errors import MethodError, SchemeError
from pii.methods.treat import Log, NoTreatment
from pii.robustness.study import study
from pii.scheme import Scheme
from pii.table import Panel, Table
from pii.tree import Group, Indicator
from tests import strategies
from tests.shared import same

SKEWED = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 90.0, 95.0]
EVEN = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
THEN = {"method": "winsorise_then_log", "skewness": 1.0, "kurtosis": -9.0, "limit": 0}
RULE = "values and what they are held against have one form"


def scheme(**own: object) -> Scheme:
    """Two indicators, one with what a test is about."""
    first = Indicator.model_validate({"code": "a", **own})
    return Scheme(code="s", index=Group(code="s", children=[first, Indicator(code="b")]))


def year(period: str, a: list[float]) -> Table:
    """A period of eight units."""
    return Table.of({"a": a, "b": EVEN}, units=list("stuvwxyz"), period=period)


def refused(error: pytest.ExceptionInfo[MethodError]) -> list[tuple[str | None, str]]:
    """Which indicators were, and what was found."""
    assert {problem.rule for problem in error.value.problems} == {RULE}
    return [(problem.indicator, problem.found) for problem in error.value.problems]


@pytest.mark.parametrize(("first", "last"), [(SKEWED, EVEN), (EVEN, SKEWED)])
def test_a_logarithm_of_one_year_is_not_held_against_the_other(first: list[float], last: list[float]) -> None:
    """Whichever of them has it."""
    panel = Panel((year("2023", first), year("2024", last)))
    with pytest.raises(MethodError) as error:
        compute_panel(scheme(treat=THEN), panel, scale="2023")
    said = {str(SKEWED): "'log'", str(EVEN): "'none'"}
    assert refused(error) == [
        ("a", f"its values are treated by {said[str(last)]}, those that fix its scale by {said[str(first)]}")
    ]
    assert compute_panel(scheme(treat=THEN), panel, scale="pooled")["2024"].ranking.values.size


def test_a_form_that_is_fitted_to_each_year_is_no_common_one() -> None:
    """The log of both, each shifted by its own lowest value; of the same values it is the same."""
    base = compute(scheme(treat="log"), year("2023", EVEN))
    with pytest.raises(MethodError) as error:
        compute(scheme(treat="log"), year("2024", SKEWED), reference=base)
    assert refused(error) == [
        (
            "a",
            "its values are treated by 'log', those that fix its scale by 'log', which is fitted to each by itself",
        )
    ]
    again = compute(scheme(treat="log"), year("2024", EVEN), reference=base)
    assert same(again.composite.values, base.composite.values)


@pytest.mark.parametrize("treat", ["ln", "winsorise", "none", {"method": "power", "skewness": 0.1}])
def test_what_is_the_same_for_all_data_is_held_against_another_year(treat: object) -> None:
    """As are values that were only pulled in."""
    base = compute(scheme(treat=treat), year("2023", SKEWED))
    later = compute(scheme(treat=treat), year("2024", [value * 1.5 for value in SKEWED]), reference=base)
    assert later.scores.column("a").max() > 100


@given(treat=st.sampled_from(["log", "log_plus", "log_shift", "boxcox", "yeojohnson", "ln", "none", "winsorise"]))
@strategies.quick
def test_a_result_is_its_own_reference(treat: str) -> None:
    """Whatever was done to its values."""
    own = compute(scheme(treat=treat), year("2023", SKEWED))
    again = compute(scheme(treat=treat), year("2023", SKEWED), reference=own)
    assert np.array_equal(own.scores.values, again.scores.values)


@pytest.mark.parametrize(
    "marks",
    [
        {"normalise": "goalposts", "goalposts": {"low": 1.0, "high": 100.0}},
        {"normalise": "distance_to_target", "target": 100.0},
    ],
)
def test_marks_in_own_units_are_not_held_against_a_logarithm(marks: dict[str, object]) -> None:
    """Of treated values and of none."""
    with pytest.raises(MethodError) as error:
        compute(scheme(treat="ln", **marks), year("2023", SKEWED))
    assert refused(error) == [
        ("a", "its values are treated by 'ln', and its goalposts, target or base are in its own units")
    ]
    assert compute(scheme(treat="winsorise", **marks), year("2023", SKEWED)).composite.values.size


def test_a_scale_that_no_value_fixes_is_any_years() -> None:
    """Of values that are scores already."""
    base = compute(scheme(treat=THEN, normalise="none"), year("2023", SKEWED))
    assert compute(scheme(treat=THEN, normalise="none"), year("2024", EVEN), reference=base).composite.values.size


def test_a_study_names_the_alternatives_that_are_of_other_forms() -> None:
    """Before any draw."""
    base = compute(scheme(), year("2023", EVEN))
    choices: list[Choice] = [VaryTreatment(among=[NoTreatment(), Log()]), VaryReference(among=["own", "2023"])]
    with pytest.raises((MethodError, SchemeError)) as error:
        study(scheme(), year("2024", SKEWED), choices, draws=8, seed=0, references={"2023": base})
    assert {problem.path for problem in error.value.problems} == {"treat: log; reference: 2023"}
