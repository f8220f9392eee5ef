"""The index as the plain data of the page."""

from __future__ import annotations

import json

from pii.report.page_record import index_part, lacking, spoken, text, told
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


def test_what_the_library_says_is_in_both_languages() -> None:
    """Reasons, treatment and what the reader of the table did; what it cannot say is said in English alone."""
    record = index_part(small(), {})
    assert record["units"]["reasons"]["06"] == {
        "vi": "có số liệu của 0 trên 3 chỉ số, cần có tỷ lệ 0,6667",
        "en": "0 of 3 indicators measured, 0.6667 of them needed",
    }
    treated = {node["code"]: node.get("treated") for node in record["nodes"]}
    assert treated["2"]["en"] == "winsorise: 1 high"
    assert treated["2"]["vi"].endswith(": 1 giá trị cao")
    assert treated["1.1"] is None
    assert set(index_part(synthetic(), {})["about"]["remarks"][0]) == {"vi", "en"}
    assert spoken("quite a lot", None) == {"en": "quite a lot"}


def test_what_data_says_is_told_in_its_own_language() -> None:
    """Notes, titles and citations, so that the page can mark them."""
    about = index_part(small(), {})["about"]
    assert about["notes"] == [{"en": "A footnote"}]
    assert told("Số liệu sơ bộ của quý cuối.") == {"vi": "Số liệu sơ bộ của quý cuối."}
    assert about["table"] == {"en": "Trial table"}
    assert {node["code"]: node["note"] for node in index_part(small(), {})["nodes"]}["2"] == {
        "en": "Chosen | by us"
    }
