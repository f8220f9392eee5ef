"""Any scheme on any table: numbers, or a refusal in words; nothing else comes out."""

import numpy as np
import pytest
from hypothesis import given, settings

from pii.compute import compute
from pii.errors import MethodError, PiiError, TableError
from pii.result import Result
from pii.table import Table
from tests import strategies
from tests.properties.wholes import Index, indices
from tests.shared import group, leaf, same, scheme

SIZES = [1e300, 1e-300, 5e-324, 1.7e308]


def stages(result: Result) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The numbers of every stage."""
    return {
        "ratios": result.ratios.values,
        "completed": result.completed.values,
        "treated": result.treatment.table.values,
        "scores": result.scores.values,
        "weights": result.weights.shares,
        "composite": result.composite.values,
        "ranking": result.ranking.values,
    }


@given(indices())
@settings(strategies.quick, max_examples=150)
def test_it_is_computed_or_refused_in_words(drawn: Index) -> None:
    """No other error, no warning, nothing infinite, and no gap where everything is measured."""
    rules, table = drawn
    try:
        result = compute(rules, table)
    except PiiError as error:
        refusal = error
    else:
        check(result)
        return
    assert isinstance(refusal, MethodError | TableError)
    assert all(problem.found and problem.rule for problem in refusal.problems)


def check(result: Result) -> None:
    """Nothing infinite, and no gap where everything is measured."""
    whole = not np.isnan(result.measured.values).any()
    for stage, values in stages(result).items():
        assert not np.isinf(values).any(), stage
        assert not (whole and np.isnan(values).any()), stage


@given(indices())
@settings(strategies.quick, max_examples=40)
def test_it_is_the_same_again(drawn: Index) -> None:
    """To the bit, or refused in the same words."""
    answers = []
    for _ in range(2):
        try:
            answers.append({name: values.tobytes() for name, values in stages(compute(*drawn)).items()})
        except PiiError as refusal:
            answers.append({"said": str(refusal).encode()})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("size", SIZES)
def test_what_cannot_be_squared_is_refused_by_name(size: float) -> None:
    """Every number is one, and no mean or deviation of them need be."""
    table = Table.of({"a": [size, 0.0, -size], "b": [1.0, 2.0, 3.0]}, units=["x", "y", "z"])
    with pytest.raises(TableError, match="computing squares values, so they are from 1e-100 to 1e\\+100 in size"):
        compute(scheme(group("g", leaf("a"), leaf("b")), normalise="zscore"), table)


@pytest.mark.parametrize("size", [1e99, 1e-99])
@pytest.mark.parametrize("normalise", ["minmax", "zscore", "robust", "logistic", "percentile_rank"])
def test_large_and_small_units_of_measurement_make_no_difference(size: float, normalise: str) -> None:
    """As far as squares go."""
    values = np.array([3.0, -1.0, 2.0, 9.0, np.nan])
    rules = scheme(group("g", leaf("a")), normalise=normalise, screen={"empty": "exclude"})
    found, expected = (
        compute(rules, Table.of({"a": values * times}, units=[*"vwxyz"])).composite.values for times in (size, 1.0)
    )
    assert same(found, expected, 1e-12)


def test_a_ratio_that_cannot_be_squared_is_refused_by_name() -> None:
    """Though both its sides can be; nor does a divisor that is scaled to nothing leave a gap."""
    index = group("g", leaf("a", denominator="d"))
    rules = scheme(index, denominators=[{"code": "d"}], denominate={"method": "ratio", "scale": 1e90})
    with pytest.raises(MethodError, match="a: y: the value is 2e\\+110"):
        compute(rules, Table.of({"a": [1.0, 2e20], "d": [1.0, 1.0]}, units=["x", "y"]))


@pytest.mark.parametrize("normalise", ["minmax", "zscore", "rank", "none"])
def test_one_unit_and_one_indicator(normalise: str) -> None:
    """One unit has no scale unless a constant is declared; one indicator is an index."""
    method = {"method": normalise, "constant": 50.0} if normalise in {"minmax", "zscore"} else normalise
    rules = scheme(group("g", leaf("a")), normalise=method)
    result = compute(rules, Table.of({"a": [7.0]}, units=["x"]))
    assert result.composite.values.tolist() == [[{"rank": 1.0, "none": 7.0}.get(normalise, 50.0)]]
    assert result.ranking.values.tolist() == [[1.0]]


def test_nothing_measured_at_all_is_refused() -> None:
    """In words, for each unit."""
    rules = scheme(group("g", leaf("a"), leaf("b")))
    table = Table.of({"a": [None, None], "b": [None, None]}, units=["x", "y"])
    with pytest.raises(TableError, match="2 problems\n  x: no indicator is measured"):
        compute(rules, table)
    with pytest.raises(TableError, match="x: 0 of 2 indicators measured"):
        compute(rules.replace(screen=rules.screen.replace(empty="exclude")), table)
