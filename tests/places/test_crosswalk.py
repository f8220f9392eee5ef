"""Crosswalks: shares from rows, all that can be wrong with them, and the packaged one."""

import pickle

import numpy as np
import pytest

from pii.errors import TableError
from pii.places.crosswalk import Crosswalk, crosswalk
from pii.places.registry import provinces


def test_every_old_province_goes_whole_to_one_new() -> None:
    """As the registry has it, in its order."""
    found = crosswalk("VN63", "VN34")
    assert found.sources == tuple(province.code for province in provinces("VN63"))
    assert found.targets == tuple(province.code for province in provinces("VN34"))
    assert found.names == tuple(province.name for province in provinces("VN34"))
    assert (found.shares.sum(axis=0) == 1).all()
    assert set(np.unique(found.shares)) == {0.0, 1.0}
    for province in provinces("VN34"):
        assert tuple(found.parts(province.code)) == tuple(sorted(province.merged_from))
    assert np.count_nonzero(found.shares.sum(axis=1) == 1) == 11
    assert not found.shares.flags.writeable
    assert found.labels["region"][0] == provinces("VN34")[0].region


def test_the_way_back_is_refused_with_what_to_give() -> None:
    """Nobody knows how what was counted together parts."""
    with pytest.raises(TableError, match="cannot be parted into the 63; 23 of them were merged of 52") as refused:
        crosswalk("VN34", "VN63")
    assert "give a crosswalk with the share of each part" in str(refused.value)


def test_a_system_goes_to_itself() -> None:
    """So that tables of both may be brought to one."""
    assert np.array_equal(crosswalk("VN34", "VN34").shares, np.eye(34))


def test_the_way_back_is_taken_with_shares() -> None:
    """For each part one; names and regions are those of the registry, units in its order."""
    rows = [
        (province.code, part, 1 / len(province.merged_from))
        for province in reversed(provinces("VN34"))
        for part in province.merged_from
    ]
    found = Crosswalk.of(rows, source_system="VN34", system="VN63")
    assert found.names == tuple(province.name for province in provinces("VN63"))
    assert found.source_names == tuple(province.name for province in provinces("VN34"))
    assert repr(found) == "<Crosswalk: 34 units of VN34, 23 of them split, to 63 of VN63>"


def test_shares_typed_with_few_digits_are_scaled_to_sum_to_1() -> None:
    """So that totals stay what they were."""
    found = Crosswalk.of([("a", target, 0.33333) for target in "xyz"])
    assert found.shares.sum() == pytest.approx(1.0, abs=1e-15)
    assert found.names == ("x", "y", "z")


def test_everything_wrong_is_said_at_once() -> None:
    """Sums that are not 1, shares that are none, pairs given twice: each with the unit and the line."""
    rows = [
        ("a", "x", 0.5),
        ("b", "x", 1.2),
        ("c", "x", 0.5),
        ("c", "x", 0.5),
        ("d", "x", 1.0),
        ("d", "y", 0.0),
        ("e", "y", float("nan")),
    ]
    with pytest.raises(TableError) as refused:
        Crosswalk.of(rows, file="new.csv", lines=range(2, 9))
    assert [problem.where + ": " + problem.found for problem in refused.value.problems] == [
        "new.csv:5: c: its share for x is given twice, on line 4 first",
        "new.csv:7: d: the share that goes to y is 0",
        "new.csv:8: e: the share that goes to y is nan",
        "new.csv:2: a: its shares sum to 0.5",
        "new.csv:3: b: its shares sum to 1.2",
        "new.csv:8: e: its shares sum to nan",
    ]
    with pytest.raises(TableError, match="the crosswalk has no row"):
        Crosswalk.of([])


def test_codes_are_those_of_their_system() -> None:
    """A code that the system has not is named, once, with its column."""
    with pytest.raises(TableError) as refused:
        Crosswalk.of([("99", "01", 1.0), ("01", "02", 1.0)], source_system="VN63", system="VN34")
    assert [(p.unit, p.rule) for p in refused.value.problems] == [
        ("99", "the column from is of VN63"),
        ("02", "the column to is of VN34"),
    ]


def test_a_copy_from_another_process_is_the_same() -> None:
    """What is read-only stays so."""
    found = crosswalk("VN63", "VN34")
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - what was just made
    assert (again.sources, again.targets, again.names) == (found.sources, found.targets, found.names)
    assert (again.source_system, again.system, dict(again.labels)) == ("VN63", "VN34", dict(found.labels))
    assert np.array_equal(again.shares, found.shares)
    with pytest.raises(TypeError, match="does not support item assignment"):
        again.labels["region"] = ()
