"""Why units moved, in words that add up, in both languages."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pii
from pii.compare.comparison import Comparison, compare
from pii.compute import compute
from pii.errors import TableError
from pii.report.change_text import change_lines, change_record, differences_said, markdown, sentence, whole_parts
from pii.report.change_words import WORDS, Language
from tests.compare.editions import plan, results
from tests.compare.test_attribution import YEARS, wide
from tests.strategies import quick

_NUMBER = re.compile(r" ([+-]\d+(?:[.,]5)?|0)(?=[,;.)]| \()")


@pytest.fixture(scope="module")
def same_borders() -> Comparison:
    """63 provinces in 2023 and 2024, invented numbers."""
    return compare(*(pii.compute(*pii.read_sample(f"synthetic-pii-{year}")) for year in (2023, 2024)))


@pytest.fixture(scope="module")
def new_borders() -> Comparison:
    """63 provinces in 2024, 34 in 2025."""
    return compare(*(pii.compute(*pii.read_sample(f"synthetic-pii-{year}")) for year in (2024, 2025)))


@quick
@given(parts=st.lists(st.integers(-300, 300), min_size=1, max_size=6), step=st.sampled_from([1.0, 0.5]))
def test_rounded_parts_add_up_to_the_whole(parts: list[int], step: float) -> None:
    """And each is the number below its part or the one above."""
    exact = [part / 97 for part in parts]
    whole = round(sum(exact) / step) * step
    exact.append(whole - sum(exact))
    found = whole_parts(exact, whole, step)
    assert sum(found) == whole
    assert all(abs(a - b) < step + 1e-9 for a, b in zip(exact, found, strict=True))


def test_the_largest_remainders_are_rounded_up() -> None:
    """As seats are apportioned."""
    assert whole_parts([1.6, 1.3, 1.1], 4.0) == [2.0, 1.0, 1.0]
    assert (
        whole_parts([-0.4, -0.4, -0.2], -1.0) == [-1.0, 0.0, 0.0]
        or sum(whole_parts([-0.4, -0.4, -0.2], -1.0)) == -1
    )


def printed(text: str) -> list[float]:
    """The parts of a sentence, without those in brackets."""
    said = re.sub(r" \([^()]*(?:\([^()]*\)[^()]*)*\)", "", text.split("): ", 1)[1] if "): " in text else "")
    return [float(n.replace(",", ".")) for n in _NUMBER.findall(said.split(". ")[0] + ".")]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_parts_of_every_sentence_add_up_to_the_places_it_moved(
    same_borders: Comparison, language: Language
) -> None:
    """Of every province."""
    frame = same_borders.to_frame()
    for code, change in frame["rank_change"].items():
        text = sentence(same_borders, str(code), language)
        assert sum(printed(text)) == -change, text


def test_the_indicators_in_brackets_add_up_to_their_group(same_borders: Comparison) -> None:
    """Those that count most, and the others together."""
    seen = 0
    for code in same_borders.to_frame().index:
        text = sentence(same_borders, str(code))
        for whole, inside in re.findall(r"Innovation \w+ ([+-]\d+) \((.*?)\)(?=[,.] ?(?:[a-zI]|$))", text):
            numbers = [int(part.rsplit(" ", 1)[1]) for part in inside.split("; ")]
            assert sum(numbers) == int(whole), text
            seen += 1
    assert seen > 30


def test_the_tree_of_a_unit_is_in_the_language_too(same_borders: Comparison) -> None:
    """With the names of the scheme in it, the title, and what was done to outliers."""
    lines, other = (change_lines(same_borders, language, unit="Cao Bằng") for language in ("en", "vi"))
    assert other[0].startswith("SYNTHETIC (số liệu mô phỏng) - Chỉ số đổi mới sáng tạo cấp địa phương")
    assert len(other) == len(lines)
    for node in same_borders.after.scheme.nodes[1:4]:
        assert [line for line in other if line.strip().startswith(f"{node.code} {node.title('vi')}"[:60])]
    assert not re.search(r"\b(winsorise|none|Innovation|Institutions)\b", "\n".join(other))


def test_a_fall_in_english(same_borders: Comparison) -> None:
    """Who, how far, where to, and why."""
    assert sentence(same_borders, "Cao Bằng") == (
        "Cao Bằng: down 2 to 23 (score -0.96): Innovation output -4 (6.1.3 Scientific articles in international "
        "journals per 10,000 population -3; 7.1.2 OCOP products with 4 stars or more per 10,000 population -1; 6.2.3 "
        "Geographical-indication applications per 10,000 population +1; other -1), others' setbacks +2."
    )


def test_a_fall_in_vietnamese(same_borders: Comparison) -> None:
    """With the names and the decimal comma of the language."""
    assert sentence(same_borders, "Cao Bằng", "vi") == (
        "Cao Bằng: giảm 2 bậc, xuống hạng 23 (điểm -0,96): Đầu ra đổi mới sáng tạo -4 (6.1.3 Số bài báo khoa học "
        "công bố quốc tế/10.000 dân -3; 7.1.2 Số sản phẩm OCOP 4 sao trở lên/10.000 dân -1; 6.2.3 Đơn đăng ký chỉ "
        "dẫn địa lý/10.000 dân +1; khác -1), các địa phương khác tụt lại +2."
    )


def test_a_merged_province_says_what_it_was_made_of(new_borders: Comparison) -> None:
    """And where it would have stood, in both languages; one that stayed whole says nothing of it."""
    english, vietnamese = sentence(new_borders, "Gia Lai"), sentence(new_borders, "Gia Lai", "vi")
    assert english.endswith(
        "In the new borders it would have ranked 18 before; it was made of Bình Định (41 of 63), Gia Lai (17 of 63)."
    )
    assert vietnamese.endswith(
        "Tính theo địa giới mới, kỳ trước địa phương này xếp hạng 18; được hợp thành từ Bình Định (hạng 41/63), "
        "Gia Lai (hạng 17/63)."
    )
    assert "borders" not in sentence(new_borders, "Hà Nội")


def test_a_new_method_is_named() -> None:
    """Nothing else changed, so nothing else is said."""
    same_year = (YEARS[0], YEARS[0])
    found = compare(*results(same_year, plan(), plan(aggregate="maximum")))
    frame = found.to_frame()
    moved = frame.index[frame["rank_change"] < 0][0]
    n, rank = int(-frame.loc[moved, "rank_change"]), int(frame.loc[moved, "rank_after"])
    change = WORDS["en"].signed(float(frame.loc[moved, "score_change"]), 2)
    assert sentence(found, moved) == f"{moved}: up {n} to {rank} (score {change}): new method +{n}."
    assert sentence(found, moved, "vi").endswith(f"phương pháp mới +{n}.")


def test_who_did_not_move_is_unchanged() -> None:
    """The same table twice."""
    found = compare(*results((YEARS[0], YEARS[0]), plan(), plan()))
    assert sentence(found, "v") == "v: unchanged at 1 (score 0.00)."
    assert sentence(found, "v", "vi") == "v: giữ nguyên hạng 1 (điểm 0,00)."


def test_halves_of_places_are_said_as_halves() -> None:
    """Where tied units share the mean of their places."""
    later = np.array(YEARS[0])
    later[2] = later[3]
    found = compare(*results((YEARS[0], later), plan(rank="average"), plan(rank="average")))
    frame = found.to_frame()
    for code, change in frame["rank_change"].items():
        text = sentence(found, str(code))
        assert sum(printed(text)) == -change, text
    assert any(change % 1 for change in frame["rank_change"])


def test_a_change_without_parts_says_why() -> None:
    """A unit that would have no score in between."""
    years = [np.array(x) for x in YEARS]
    years[0][2, 0] = np.nan
    found = compare(*results((years[0], years[1]), plan(coverage=0.5), plan(coverage=1.0)))
    assert sentence(found, "w").endswith("; the change cannot be split, for at some step in between the unit would "
                                         "have no score.")  # fmt: skip
    assert "không tách được mức thay đổi" in sentence(found, "w", "vi")


def test_what_compares_is_said_first(new_borders: Comparison) -> None:
    """In both languages."""
    english, vietnamese = differences_said(new_borders), differences_said(new_borders, "vi")
    assert english[0].startswith("Scores of the two editions do not plainly compare.")
    assert english[1].startswith("The units before are those of VN63, after those of VN34")
    assert vietnamese[0].startswith("Điểm của hai kỳ không so sánh trực tiếp được với nhau.")
    assert "số liệu của chính kỳ đó" in vietnamese[2]
    assert len(english) == len(vietnamese)


def test_editions_that_compare_say_so() -> None:
    """On scales that are fixed in advance."""
    declared = plan(normalise={"method": "none"})
    found = compare(*results(YEARS, declared, declared))
    assert differences_said(found)[0] == "Scores of the two editions compare."


def test_long_lists_are_cut_and_counted() -> None:
    """Eight are named, and how many more."""
    before, after = wide(16)
    dropped = before.scheme.replace(index=before.scheme.index.replace(children=before.scheme.index.children[:4]))
    found = compare(before, compute(dropped, after.measured))
    said = next(line for line in differences_said(found) if line.startswith("Dropped"))
    assert said.endswith("n11 and 4 more.")


def test_the_report_has_every_unit_in_every_table(same_borders: Comparison) -> None:
    """Ranks, parts and words of 63 provinces; what compares comes first."""
    for language, heads in (("en", "What compares"), ("vi", "Khả năng so sánh")):
        text = markdown(same_borders, language)  # type: ignore[arg-type]
        assert text.split("\n")[2] == f"## {heads}"
        assert text.startswith("# SYNTHETIC")
        assert text.count("Thái Nguyên") == 3


def test_sampled_parts_say_so() -> None:
    """A tree too wide to weigh all orders."""
    found = compare(*wide(), samples=20)
    assert "20 orders drawn at random" in markdown(found)
    assert "20 thứ tự chọn ngẫu nhiên" in markdown(found, "vi")


def test_the_record_is_plain_json(new_borders: Comparison) -> None:
    """No NaN, and the words in the language asked for."""
    record = json.loads(json.dumps(change_record(new_borders, "vi"), allow_nan=False))
    assert record["exact"]
    assert not record["comparable"]
    assert record["words"]["52"] == sentence(new_borders, "52", "vi")
    assert len(record["merger"]) == 63
    assert {part["part"] for part in record["parts"]} == {"own", "others", "scale"}


def test_one_unit_is_told_with_all_its_parts(same_borders: Comparison) -> None:
    """The tree with what each node brings, then the other parts."""
    lines = change_lines(same_borders, unit="04")
    assert lines[-2].startswith("Others' data")
    assert lines[-1].startswith("Moved scale")
    assert sum(line.strip().startswith("1.2.1 ") for line in lines) == 1
    assert any(line.startswith("Own data") for line in lines)


def test_all_units_are_told_in_the_order_of_their_ranks(same_borders: Comparison) -> None:
    """The first first."""
    frame = same_borders.to_frame().sort_values("rank_after", kind="stable")
    lines = change_lines(same_borders)
    assert [line.split(":")[0] for line in lines[-63:]] == frame["name"].tolist()


def test_an_unknown_unit_is_refused(same_borders: Comparison) -> None:
    """As the comparison does."""
    with pytest.raises(TableError, match="no unit is called that"):
        sentence(same_borders, "Atlantis")


def test_names_are_shown_as_text() -> None:
    """A unit's name is no markup."""
    from pii.table import Table, Units

    units = Units(("1", "2", "3"), ("<b>", "x", "y"))
    both = [Table.of({c: x[:3, at] for at, c in enumerate("abcd")}, units=units) for x in YEARS]
    found = compare(compute(plan(), both[0]), compute(plan(), both[1]))
    assert "<b>" not in markdown(found)
