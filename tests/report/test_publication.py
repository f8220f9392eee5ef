"""What is published: the order of rows, rounding, reasons, methods, notes."""

from math import isnan

from pii.report.publication import method_rows, notes, published_rows
from tests.report.results import half, small, synthetic


def test_the_best_comes_first_and_the_unranked_last() -> None:
    """Places never fall from row to row; a unit without one stands at the end, with its reason."""
    *ranked, last = published_rows(small())
    places = [row.rank for row in ranked]
    assert places == sorted(places)
    assert isnan(last.rank)
    assert (last.code, last.name) == ("06", "Nghệ An")
    assert "0 of 3 indicators measured" in last.reason
    assert all(row.reason == "" for row in ranked)


def test_every_unit_has_one_row() -> None:
    """None is lost, none stands twice."""
    assert sorted(row.code for row in published_rows(small())) == list(small().measured.units.codes)


def test_ties_share_a_place_in_the_order_of_the_table() -> None:
    """Units 03 and 05 have the same values: both are first, and the next is third."""
    rows = list(published_rows(small()))
    assert [(row.code, row.rank) for row in rows[:3]] == [("03", 1.0), ("05", 1.0), ("02", 3.0)]


def test_scores_are_rounded_half_up() -> None:
    """49.365 is published as 49.37 and 10.005 as 10.01, as on paper."""
    assert [row.scores for row in published_rows(half())] == [(49.37,), (10.01,)]


def test_labels_go_with_their_unit() -> None:
    """In the order of the table's labels."""
    assert {row.code: row.labels for row in published_rows(small())}["02"] == ("+south",)


def test_an_unranked_unit_has_no_scores() -> None:
    """One gap for every group."""
    *_, last = published_rows(small())
    assert len(last.scores) == len(small().scheme.groups)
    assert all(isnan(score) for score in last.scores)


def test_methods_have_a_row_for_every_node() -> None:
    """In the order of the scheme, with both names, shares, and what was done."""
    rows = {row.code: row for row in method_rows(small())}
    assert list(rows) == ["total", "P1", "1.1", "1.2", "2"]
    rate, cost = rows["1.1"], rows["2"]
    assert (rate.name_vi, rate.name_en, rate.parent, rate.level, rate.unit) == ("Tỷ lệ", "Rate", "P1", 2, "%")
    assert (rate.share, rate.effective) == (0.5, 0.25)
    assert (cost.direction, cost.share, cost.effective) == ("less is better", 0.5, 0.5)
    assert (cost.impute, cost.normalise) == ("mean", "minmax")
    assert cost.treat == "winsorise (limit 1, skewness 1, kurtosis 1)"
    assert cost.treated == "winsorise: 1 high"
    assert (rows["total"].aggregate, rows["total"].treat, rows["total"].share) == ("arithmetic", "", 1.0)


def test_what_is_ours_is_called_ours() -> None:
    """Nobody can take our choice for official."""
    assert {row.code: row.standing for row in method_rows(small())} == {
        "total": "",
        "P1": "",
        "1.1": "official",
        "1.2": "",
        "2": "our choice, not official",
    }
    assert ("Ours", "Our choice, not official: 2.") in list(notes(small()))


def test_notes_say_what_the_numbers_do_not() -> None:
    """Coverage, what was filled, who is not ranked, how it was rounded, what the table says of itself."""
    said = list(notes(small()))
    assert ("Data", "Trial table, 2030") in said
    assert [text for heading, text in said if heading == "About the scheme"] == [
        "First paragraph.",
        "Second paragraph.",
    ]
    assert [text for heading, text in said if heading == "Coverage"] == [
        "5 of 6 units are ranked.",
        "4 of 18 indicator values are not measured (22.2%).",
        "1 of them were imputed.",
    ]
    assert any(heading == "Not ranked" and text.startswith("Nghệ An: ") for heading, text in said)
    assert ("Table note", "A footnote") in said
    assert any("half-up to 2 decimals" in text for heading, text in said if heading == "Rounding")


def test_synthetic_data_is_said_first() -> None:
    """Before anything else, and not of data that is not synthetic."""
    heading, text = next(notes(synthetic()))
    assert heading == "Warning"
    assert text.startswith("SYNTHETIC")
    assert all(heading != "Warning" for heading, _ in notes(small()))
