"""The index as the plain data of the page."""

from __future__ import annotations

import json

from pii.report.page_record import index_part, lacking, text
from tests.report.results import negative, small, synthetic


def test_a_record_says_everything_of_the_index_once() -> None:
    """Units of the table, nodes parents first, rows of indicators over ranked units."""
    record, result = index_part(small(), {}), small()
    assert record["units"]["names"] == list(result.measured.units.names)
    assert [node["code"] for node in record["nodes"]] == [node.code for node in result.scheme.nodes]
    assert [node["parent"] for node in record["nodes"]] == [-1, 0, 1, 1, 0]
    assert record["ranked"] == [0, 1, 2, 3, 4]
    assert list(record["units"]["reasons"]) == ["06"]
    assert record["imputed"] == [[3], [], []]
    assert record["places"][0] == result.ranking.values[:, 0].tolist()


def test_values_are_short_and_scores_are_whole() -> None:
    """Values are for reading, scores for computing."""
    record, result = index_part(synthetic(), {}), synthetic()
    assert all(len(f"{value:.6g}") <= 12 for row in record["values"] for value in row if value is not None)
    known = [one for one in record["bases"][0]["scores"][3] if one is not None]
    assert set(known) <= set(result.scores.values[:, 3].tolist())


def test_provinces_have_english_names_and_other_units_their_own() -> None:
    """By their system."""
    assert index_part(synthetic(), {})["units"]["english"][0] == "Hanoi"
    assert index_part(negative(), {})["units"]["english"] == ["-1", "@x", "z"]


def test_denominators_are_named() -> None:
    """In both languages; other indicators have none."""
    leaves = [node for node in index_part(synthetic(), {})["nodes"] if node["leaf"]]
    assert {"vi": "Dân số trung bình", "en": "Mean population"} in [node["per"] for node in leaves]
    assert leaves[0]["per"] is None


def test_strengths_are_the_result_s() -> None:
    """By position among the indicators."""
    record, result = index_part(synthetic(), {}), synthetic()
    codes = [indicator.code for indicator in result.scheme.indicators]
    assert [codes[at] for at in record["strengths"][0]] == list(result.strengths("01").index)
    assert [codes[at] for at in record["weaknesses"][0]] == list(result.weaknesses("01").index)


def test_results_of_other_units_are_no_alternatives() -> None:
    """They are left out."""
    record = index_part(small(), {"same": small(), "other": negative()})
    assert [base["name"] for base in record["bases"]] == ["", "same"]


def test_it_is_json() -> None:
    """Without NaN."""
    record = index_part(small(), {})
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert lacking("map", "a", "b") == {"what": "map"} | text("a", "b")
