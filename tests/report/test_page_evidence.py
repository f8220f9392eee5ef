"""What stands beside a result on its page, as plain data."""

from __future__ import annotations

import json

import pytest

from pii.audit import audit
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.io.samples import read_sample
from pii.report.page_evidence import audit_part, bounds_part, earlier_part, provenance_part, study_part
from pii.report.rewording import source
from pii.result import Result
from pii.robustness.bounds import bounds
from pii.robustness.region import Region
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import study
from pii.table import Table
from pii.thresholds import RULES
from tests.report.results import negative, synthetic
from tests.shared import group, leaf, scheme


def test_a_study_s_intervals_are_those_of_its_frame() -> None:
    """In the order of its units, with every share of draws."""
    result = synthetic()
    found = study(result.scheme, result.measured, [WeightBox(spread=0.25)], draws=64, seed=1)
    record = study_part(found, None, 0.8)
    frame = found.intervals(level=0.8)
    assert record["ranks"]["PII"]["low"] == frame["low"].tolist()
    assert record["ranks"]["PII"]["median"] == frame["median"].tolist()
    assert record["units"] == list(frame.index)
    assert [sum(row) for row in record["acceptability"]] == pytest.approx([1.0] * 34, abs=0.01)
    assert (record["seed"], record["draws"], record["drivers"]) == (1, 64, [])
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_drivers_are_said_the_strongest_first() -> None:
    """By the share of the variance in all."""
    result = synthetic()
    found = study(result.scheme, result.measured, draws=64)
    driven = sensitivity(result.scheme, result.measured, n=16)
    drivers = study_part(found, driven, 0.9)["drivers"]
    assert {one[0] for one in drivers} == {"weights", "averages", "outliers", "gaps"}
    totals = [one[2] for one in drivers]
    assert totals == sorted(totals, reverse=True)


def test_bounds_are_those_of_their_frame() -> None:
    """With tiers."""
    found = bounds(synthetic(), Region(spread=0.1))
    record = bounds_part(found)
    assert record["best"] == found.to_frame()["best"].tolist()
    assert record["tiers"] == found.dominance.tiers.tolist()
    assert json.loads(json.dumps(record)) == record


def test_findings_stand_under_their_rule() -> None:
    """None is lost; the place furthest past the threshold first."""
    found = audit(synthetic())
    record = audit_part(found)
    assert sum(len(rule["places"]) for rule in record["rules"]) == record["count"] == len(found.findings)
    rule = next(one for one in record["rules"] if one["rule"] == "alpha")
    worst = min((one for one in found.findings if one.rule == "alpha"), key=lambda one: one.number)
    assert rule["places"][0][0] == worst.place


def test_serious_rules_come_first() -> None:
    """Whatever their chapter."""
    result = compute(*read_sample("papi-2024"))
    severities = [rule["severity"] for rule in audit_part(audit(result))["rules"]]
    assert severities == sorted(severities, key=lambda severity: severity != "serious")


def test_editions_of_one_system_compare_by_code() -> None:
    """Scores and places of the earlier one, for the units of this one."""
    old, new = (compute(*read_sample(f"synthetic-pii-{year}")) for year in (2023, 2024))
    record = earlier_part(old, new)
    at = old.composite.units.codes.index(new.composite.units.codes[5])
    assert record["compares"]
    assert record["same_scheme"]
    assert record["places"][0][5] == old.ranking.values[at, 0]
    assert record["scores"][0][5] == pytest.approx(old.composite.values[at, 0], rel=1e-6)
    assert len(record["scores"]) == len(new.scheme.nodes)


def test_editions_of_two_systems_do_not_compare() -> None:
    """Nothing but that is said."""
    record = earlier_part(compute(*read_sample("synthetic-pii-2024")), synthetic())
    assert record["systems"] == ["VN63", "VN34"]
    assert not record["compares"]
    assert "scores" not in record


def test_nodes_and_units_that_were_not_there_have_no_change() -> None:
    """They are None."""
    record = earlier_part(negative(), compute(negative().scheme, negative().measured))
    assert record["scores"][0] == negative().composite.values[:, 0].tolist()
    other = earlier_part(negative(), _renamed())
    assert other["scores"] == [None, None]


def _renamed() -> Result:
    return compute(scheme(group("t", leaf("b"))), Table.of({"b": [1.0, 2.0]}, units=["z", "new"]))


def test_an_old_manifest_says_what_it_can() -> None:
    """What is absent is left out, and what is not for the page too."""
    assert provenance_part({"pii": "1.0", "inputs": [], "remarks": ["x"]}) == {"pii": "1.0"}


def test_findings_are_told_in_both_languages() -> None:
    """Figures of every place, and where every threshold is from."""
    record = audit_part(audit(synthetic()))
    for rule in record["rules"]:
        assert rule["source"] == {
            language: source(RULES[rule["rule"]].source, language) for language in ("vi", "en")
        }
        for _, figures in rule["places"]:
            assert set(figures) == {"vi", "en"}
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_an_earlier_edition_is_called_in_both_languages() -> None:
    """By its index and edition."""
    old, new = (compute(*read_sample(f"synthetic-pii-{year}")) for year in (2023, 2024))
    called = earlier_part(old, new)["title"]
    assert called["en"] == old.title
    assert called["vi"] == "SYNTHETIC (số liệu mô phỏng) - Chỉ số đổi mới sáng tạo cấp địa phương 2023"
