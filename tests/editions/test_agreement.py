"""What does not go together in a panel: named, and all at once."""

from __future__ import annotations

from typing import Any

import pytest

from pii.editions.agreement import declared_by_period, each_period, refuse_other_definitions
from pii.errors import MethodError, PiiError, Problem, SchemeError, TableError
from pii.scheme import Scheme
from pii.table import Panel, Table, Units
from tests.editions.panels import PERIODS, index, panel
from tests.shared import group, leaf, scheme


def problems(schemes: Any, years: Panel, scale: str, kind: type[PiiError]) -> list[Problem]:
    """What is said."""
    with pytest.raises(kind) as refused:
        declared_by_period(schemes, years, scale=scale)
    assert type(refused.value) is kind
    return list(refused.value.problems)


def two_systems() -> Panel:
    """63 provinces in one period, 34 in the next."""
    return Panel(
        tuple(
            Table.of({code: [1.0, 2.0] for code in "abcd"}, units=Units(("01", "24"), system=system), period=period)
            for system, period in (("VN63", "2024"), ("VN34", "2025"))
        )
    )


@pytest.mark.parametrize("scale", ["own", "pooled", "2023"])
def test_one_scheme_is_for_all_periods(scale: str) -> None:
    """As is a scheme a period; what is for other periods is not asked for."""
    read = index()
    assert declared_by_period(read, panel(), scale=scale) == dict.fromkeys(PERIODS, read)
    more = dict.fromkeys((*PERIODS, "2019"), read)
    assert declared_by_period(more, panel(), scale=scale) == dict.fromkeys(PERIODS, read)


def test_equal_schemes_are_one_also_when_they_were_used_before() -> None:
    """What they have worked out, arrays too, does not count."""
    rules = {period: index().replace() for period in PERIODS}
    assert [scheme.lineage.shape for scheme in rules.values()] == [(2, 4)] * 3
    found = declared_by_period(rules, panel(), scale="pooled")
    assert {id(scheme) for scheme in found.values()} == {id(rules["2021"])}


def test_tables_of_two_systems_are_refused_on_any_scale() -> None:
    """Side by side they would be joined by a code that means two provinces."""
    for scale in ("own", "pooled", "2024"):
        (said,) = problems(index(), two_systems(), scale, TableError)
        assert said.found == "the units are of 2 systems: VN34 in 2025; VN63 in 2024"
        assert "harmonise_panel" in said.remedy


def test_a_base_period_that_is_not_there_is_named() -> None:
    """With those that are."""
    (said,) = problems(index(), panel(), "2022", TableError)
    assert said.found == "the base period '2022' is not in the panel"
    assert said.rule.endswith("2021, 2023, 2024")


def test_an_edition_without_its_scheme_is_named() -> None:
    """Each of them."""
    said = problems({"2023": index()}, panel(), "own", SchemeError)
    assert [one.path for one in said] == ["2021", "2024"]
    assert {one.found for one in said} == {"the edition has no scheme"}


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Of tables and of schemes."""
    said = problems({"2024": index()}, two_systems(), "2019", TableError)
    assert [one.found.split()[-1] for one in said] == ["2024", "panel", "scheme"]


def test_an_empty_panel_is_refused() -> None:
    """It has no edition to make."""
    assert problems(index(), Panel(()), "own", TableError)[0].found == "the panel has no table"


OTHERS = [
    (leaf("a", unit="%"), "a", "another unit than in 2021"),
    (leaf("a", direction=-1), "a", "another direction than in 2021"),
    (leaf("a", denominator="b"), "a", "another denominator, denominate than in 2021"),
    (leaf("a", treat="winsorise"), "a", "another treat than in 2021"),
    (leaf("a", normalise="rank"), "a", "another normalise than in 2021"),
    (leaf("x"), "a", "there is no such indicator, but in 2021"),
    (leaf("x"), "x", "there is no such indicator in 2021"),
]


@pytest.mark.parametrize(("other", "code", "found"), OTHERS)
def test_indicators_that_share_a_scale_are_defined_alike(other: Any, code: str, found: str) -> None:
    """What differs is said of the periods that differ, once."""

    def made(first: Any) -> Scheme:
        return scheme(group("i", first, leaf("b")))

    rules = {"2021": made(leaf("a")), "2023": made(other), "2024": made(other)}
    for scale in ("pooled", "2023"):
        said = problems(rules, panel(), scale, SchemeError)
        assert ("2023, 2024", code, found) in [(one.path, one.indicator, one.found) for one in said]
    assert declared_by_period(rules, panel(), scale="own") == rules
    with pytest.raises(SchemeError):
        refuse_other_definitions(rules)


def test_names_weights_and_trees_may_differ() -> None:
    """They are not the scale's."""
    other = scheme(group("j", *(leaf(c, name=c.upper(), weight=2.0) for c in "dca"), leaf("b", direction=-1)))
    rules = {"2021": index(), "2023": other, "2024": index(impute="mean", weigh="equal")}
    assert declared_by_period(rules, panel(), scale="pooled") == rules
    refuse_other_definitions(rules)


def test_a_scale_relative_to_a_unit_is_not_pooled() -> None:
    """The unit has a value in every period; a base period has one."""
    read = index(normalise={"method": "distance_to_reference", "unit": "u1"})
    said = problems(read, panel(), "pooled", SchemeError)
    assert [one.indicator for one in said] == list("abcd")
    assert declared_by_period(read, panel(), scale="2021")


def test_refusals_of_periods_come_together() -> None:
    """Each with its period before its path, of the first one's kind."""

    def make(period: str) -> str:
        if period == "2":
            raise MethodError(Problem(found="one", path="index"))
        if period == "3":
            raise TableError([Problem(found="two"), Problem(found="three")])
        return period

    assert each_period("14", make) == {"1": "1", "4": "4"}
    with pytest.raises(MethodError) as refused:
        each_period("1234", make)
    assert [str(one) for one in refused.value.problems] == ["2: index: one", "3: two", "3: three"]
