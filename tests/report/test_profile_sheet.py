"""What a profile says: numbers in the language's way, intervals, what is missing, what is not official."""

from __future__ import annotations

import json
import re
from importlib import resources

import numpy as np
import pytest

from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.report import profile_page, profile_sheet
from pii.report.profile_sheet import Sheet, front
from pii.result import Result
from pii.robustness.study import study
from pii.table import Table
from tests.report.results import NAN, based, negative, small, synthetic
from tests.shared import group, leaf, scheme

WORDS: dict[str, dict[str, str]] = json.loads(front("profile.json"))
CODE = "".join(
    resources.files("pii.report").joinpath(f"{module.__name__.split('.')[-1]}.py").read_text(encoding="utf-8")
    for module in (profile_page, profile_sheet)
)


def gap() -> Result:
    """The first of three units has no value of ``b``."""
    rules = scheme(group("i", leaf("a"), leaf("b")), screen={"measured": 0.5})
    return compute(rules, Table.of({"a": [1, 2, 3], "b": [NAN, 1, 2]}, units=["x", "y", "z"]))


def test_every_text_is_in_both_languages() -> None:
    """None empty; places to fill in are the same in both."""
    for key, texts in WORDS.items():
        assert set(texts) == {"vi", "en"}, key
        assert all(texts.values()), key
        assert set(re.findall(r"\{\d\}", texts["vi"])) == set(re.findall(r"\{\d\}", texts["en"])), key


def test_no_text_is_left_over() -> None:
    """Keys stand in the code whole, or end a family's name."""
    said = set(re.findall(r"[\"']([a-z][a-z._-]*)[\"']", CODE))
    families = r"^(mark|key|note)\."
    left = [key for key in WORDS if key not in said and re.sub(families, "", key) not in said]
    assert [key for key in left if not key.startswith("unit.")] == []


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (NAN, "n/a", "n/a"),
        (0.0, "0", "0"),
        (0.00012345, "0,0001234", "0.0001234"),
        (-1234567.8, "-1.234.568", "-1,234,568"),
        (3e-9, "3e-09", "3e-09"),
        (207.2002, "207,2", "207.2"),
    ],
)
def test_values_have_four_digits_that_count(value: float, vi: str, en: str) -> None:
    """Whole numbers in full, thousands apart, with the language's marks."""
    assert (Sheet(small(), 0, "vi").plain(value), Sheet(small(), 0, "en").plain(value)) == (vi, en)


def test_units_of_measurement_say_what_they_are_put_per() -> None:
    """A quantity per a hundred of its own unit is a percentage; a name that ends in its unit is enough."""
    sheet = Sheet(synthetic(), 0, "vi")
    units = {one.code: sheet.unit_of(one) for one in sheet.scheme.indicators}
    assert units["2.2.1"] == "sinh viên / 10.000 người"
    assert units["2.3.2"] == "%"
    assert units["4.1.3"] == "tỷ đồng / doanh nghiệp"
    assert units["5.1.1"] == ""
    assert Sheet(based(), 0, "en").unit_of(based().scheme.indicators[0]) == "/ people"
    rules = scheme(group("i", leaf("a", unit="VND", denominator="b"), leaf("b", name="People")), normalise="none")
    within = compute(rules, Table.of({"a": [4.0, 2.0], "b": [1.0, 2.0]}, units=["x", "y"]))
    assert Sheet(within, 0, "en").unit_of(within.scheme.indicators[0]) == "VND / People"


def test_provinces_have_english_names() -> None:
    """Those of another system keep theirs."""
    code = synthetic().composite.units.codes.index("46")
    assert (Sheet(synthetic(), code, "vi").name, Sheet(synthetic(), code, "en").name) == ("Huế", "Hue")
    assert Sheet(small(), 0, "en").name == "Đắk Lắk"


def test_what_is_missing_and_what_was_filled_in_are_told_apart() -> None:
    """And counted out of what was measured."""
    sheet = Sheet(small(), 3, "en")
    assert (sheet.missing, sheet.imputed, sorted(sheet.ours)) == ([], ["1.1"], ["2"])
    assert any(note.startswith("Filled in, 1 of 3 indicators: 1.1") for note in sheet.notes())
    assert Sheet(gap(), 0).missing == ["b"]
    assert "No data for 1 of 2 indicators: b." in Sheet(gap(), 0, "en").notes()
    assert "All 2 indicators were measured." in Sheet(gap(), 1, "en").notes()


def test_nothing_is_both_a_strength_and_a_weakness() -> None:
    """However few indicators there are."""
    for result in (small(), synthetic(), negative()):
        for at in range(len(result.composite.units)):
            sheet = Sheet(result, at)
            assert not set(sheet.best) & set(sheet.worst)
            assert len(sheet.best) <= 5
    assert len(Sheet(synthetic(), 0).best) == len(Sheet(synthetic(), 0).worst) == 5


def test_strips_run_between_round_numbers_that_hold_every_score() -> None:
    """Also below 0, and where all scores are one."""
    assert Sheet(synthetic(), 0).ends == (0.0, 90.0)
    low, high = Sheet(negative(), 0).ends
    assert low <= negative().composite.values.min() < negative().composite.values.max() <= high
    alike = compute(scheme(group("i", leaf("a")), normalise="none"), Table.of({"a": [7.0, 7.0]}, units=["x", "y"]))
    assert Sheet(alike, 0).ends == (7.0, 8.0)
    assert Sheet(alike, 0, "en").leader("i") == "x, y 7.00"


def test_intervals_are_the_study_s_at_its_level() -> None:
    """Of the nodes that it looked at."""
    result = small()
    found = study(result.scheme, result.measured, [WeightBox(spread=0.5)], draws=64, seed=0, nodes=["total", "P1"])
    sheet = Sheet(result, 4, study=found, level=0.8)
    for node in ("total", "P1"):
        places, scores = found.intervals(node, level=0.8).iloc[4], found.score_intervals(node, level=0.8).iloc[4]
        assert sheet.intervals[node] == (places["low"], places["high"])
        assert sheet.score_intervals[node] == (scores["low"], scores["high"])
    assert set(sheet.intervals) == set(sheet.score_intervals) == {"total", "P1"}
    assert sheet.share == "80 %"
    assert any(note.startswith("Khoảng: 64 lần tính lại, mầm ngẫu nhiên 0") for note in sheet.notes())


def test_a_node_that_the_unit_has_no_score_on_has_no_interval() -> None:
    """The study looked at it for the others."""
    tree = group("i", group("p", leaf("a")), group("q", leaf("b")))
    table = Table.of({"a": [1.0, 2.0, 4.0], "b": [NAN, 1.0, 2.0]}, units=["x", "y", "z"])
    rules = scheme(tree, screen={"measured": 0.5})
    found = study(rules, table, [WeightBox(spread=0.5)], draws=16, seed=0, nodes=["i", "q"])
    sheets = [Sheet(compute(rules, table), at, study=found) for at in (0, 1)]
    assert [sorted(sheet.intervals) for sheet in sheets] == [["i"], ["i", "q"]]
    assert [sorted(sheet.score_intervals) for sheet in sheets] == [["i"], ["i", "q"]]


def test_a_node_that_nobody_has_a_score_on_has_no_leader() -> None:
    """Nor a place."""
    tree = group("i", group("p", leaf("a")), group("q", leaf("b")))
    table = Table.of({"a": [1.0, 2.0], "b": [NAN, NAN]}, units=["x", "y"])
    sheet = Sheet(compute(scheme(tree, screen={"measured": 0.5}, coverage=0.5, normalise="none"), table), 0, "en")
    assert np.isnan(sheet.top("q"))
    assert (sheet.rank("q"), sheet.leader("q")) == ("n/a", "n/a")
