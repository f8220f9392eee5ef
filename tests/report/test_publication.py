"""What is published: the order of rows, rounding, reasons, methods, notes."""

from math import isnan

from pii.compute import compute
from pii.figures.words import title
from pii.provenance import Origin, Provenance
from pii.report.publication import (
    method_rows,
    notes,
    published_rows,
    ranking_heads,
    score_heads,
    unsettled,
)
from pii.report.words import Language, said
from pii.table import Table, Units
from tests.report.results import half, small, synthetic, twins
from tests.shared import group, leaf, scheme

LANGUAGES: tuple[Language, ...] = ("en", "vi")


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


def test_no_two_columns_are_called_the_same() -> None:
    """Whatever a group or an indicator is coded; others keep their codes."""
    assert ranking_heads(twins()) == ["rank", "unit", "name", "rank (score)", "reason (score)", "Rank", "reason"]
    assert score_heads(twins()) == ["unit", "name", "rank", "reason", "Rank", "unit (score)", "b", "c"]
    assert ranking_heads(small()) == ["rank", "unit", "name", "region", "total", "P1", "reason"]


# In Vietnamese


def test_a_title_is_in_the_language() -> None:
    """In English that of the result."""
    for make in (small, half, synthetic):
        assert title(make(), "en") == make().title
    assert title(small(), "vi") == "Chỉ số thử 2030"
    assert title(synthetic(), "vi").startswith("SYNTHETIC (số liệu mô phỏng) - Chỉ số đổi mới sáng tạo")


def test_numbers_are_the_same_in_every_language() -> None:
    """Only reasons and regions are said otherwise."""
    for english, other in zip(published_rows(synthetic()), published_rows(synthetic(), "vi"), strict=True):
        assert (english.rank, english.code, english.name) == (other.rank, other.code, other.name)
        assert english.scores == other.scores
        assert english.labels != other.labels
    *_, last = published_rows(small(), "vi")
    assert last.reason == "có số liệu của 0 trên 3 chỉ số, cần có tỷ lệ 0,6667"


def test_only_regions_are_translated() -> None:
    """A label of another name keeps its texts, though they be words of a build."""
    rules = scheme(group("i", leaf("a")), labels=[{"code": "note"}, {"code": "kind"}])
    units = Units(("x", "y"), labels={"note": ("ranked", "gaps"), "kind": ("group", "indicator")})
    result = compute(rules, Table.of({"a": [1.0, 2.0]}, units=units))
    for language in LANGUAGES:
        assert [row.labels for row in published_rows(result, language)] == [
            ("gaps", "indicator"),
            ("ranked", "group"),
        ]


def test_methods_are_said_in_words() -> None:
    """With the settings as scheme files have them, and both names of every node."""
    rows = {row.code: row for row in method_rows(small(), "vi")}
    rate, cost = rows["1.1"], rows["2"]
    assert (rate.name_vi, rate.name_en, rate.kind) == ("Tỷ lệ", "Rate", "chỉ số")
    assert (cost.direction, cost.impute) == ("càng thấp càng tốt", "trung bình của các đơn vị khác")
    assert cost.treat == "kéo giá trị ngoại lai về giá trị kế cận (limit 1, skewness 1, kurtosis 1)"
    assert cost.treated == "kéo giá trị ngoại lai về giá trị kế cận: 1 giá trị cao"
    assert (rows["total"].weigh, rows["total"].aggregate) == ("theo khai báo", "trung bình cộng")
    assert (rate.standing, cost.standing) == ("chính thức", "lựa chọn của chúng tôi, không chính thức")


def test_notes_are_as_many_in_every_language() -> None:
    """But for what a scheme says of itself, which is in the language alone."""
    told = [list(notes(synthetic(), language)) for language in ("en", "vi")]
    assert told[1][0] == ("Cảnh báo", said("note.synthetic", "vi"))
    about = [[text for heading, text in pairs if heading in {"About the scheme", "Về lược đồ"}] for pairs in told]
    assert len(about[0]) == 2 * len(about[1])
    assert set(about[1]) < set(about[0])
    assert [len(pairs) - len(own) for pairs, own in zip(told, about, strict=True)] == [
        len(told[1]) - len(about[1])
    ] * 2
    assert ("Độ phủ", "4 trên 18 giá trị chỉ số không có số liệu (22,2%).") in list(notes(small(), "vi"))


def test_values_that_are_not_final_are_counted() -> None:
    """In a note, in the language; not where none is known to be."""
    result = small()
    cells = {("01", "1.1"): Origin("provisional"), ("02", "1.1"): Origin("final"), ("02", "2"): Origin("estimated")}
    noted = compute(result.scheme, result.measured.noting(Provenance.of(cells)))
    assert ("Provenance", "Values that are not final: 1 provisional, 1 estimated.") in notes(noted)
    assert ("Nguồn gốc số liệu", "Số liệu chưa chính thức: 1 sơ bộ, 1 ước tính.") in notes(noted, "vi")
    assert unsettled(result, "en") == ""
    assert "Provenance" not in dict(notes(result))
