"""The registry of provinces: what it holds, how it is searched, and how a table is matched to it."""

import csv
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import Problem, TableError
from pii.places.registry import DESCRIPTIONS, SYSTEMS, Province, System, find, match, provinces

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
EVERY = [province for system in SYSTEMS for province in provinces(system)]
OLD = [province.name for province in provinces("VN63")]
NEW = [province.name for province in provinces("VN34")]
BY_CODE = {(province.system, province.code): province for province in EVERY}
REUSED = {
    "15": ("Yên Bái", "Lào Cai"),
    "24": ("Bắc Giang", "Bắc Ninh"),
    "44": ("Quảng Bình", "Quảng Trị"),
    "52": ("Bình Định", "Gia Lai"),
    "80": ("Long An", "Tây Ninh"),
    "82": ("Tiền Giang", "Đồng Tháp"),
    "91": ("Kiên Giang", "An Giang"),
}


def problems_of(
    spellings: Sequence[str],
    *,
    codes: Sequence[str] | None = None,
    system: System | None = None,
    lines: Sequence[int] | None = None,
) -> tuple[Problem, ...]:
    """List the problems that a table is refused for."""
    with pytest.raises(TableError) as refused:
        match(spellings, codes=codes, system=system, file="t.csv", lines=lines)
    return refused.value.problems


# What the registry holds


def test_there_are_63_provinces_and_then_34() -> None:
    """Each system has its number of provinces, with codes that are unique and in order."""
    assert [len(provinces(system)) for system in SYSTEMS] == [63, 34]
    for system in SYSTEMS:
        assert DESCRIPTIONS[system].startswith(f"the {len(provinces(system))} provinces")
        codes = [province.code for province in provinces(system)]
        assert codes == sorted(set(codes))
        assert all(len(code) == 2 and code.isdigit() for code in codes)


def test_eleven_provinces_are_unchanged_and_23_merged() -> None:
    """Eleven of the 34 are one old province, the others two or three."""
    sizes = [len(province.merged_from) for province in provinces("VN34")]
    assert (sizes.count(1), sizes.count(2), sizes.count(3)) == (11, 17, 6)
    unchanged = {province.name for province in provinces("VN34") if len(province.merged_from) == 1}
    cities, others = {"Hà Nội", "Huế"}, {"Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn", "Cao Bằng"}
    assert unchanged == cities | others | {"Quảng Ninh", "Thanh Hóa", "Nghệ An", "Hà Tĩnh"}


def test_the_34_partition_the_63() -> None:
    """Every old province is part of exactly one of the 34, and both sides say the same."""
    parts = [(code, province.code) for province in provinces("VN34") for code in province.merged_from]
    assert sorted(parts) == [(province.code, province.merged_into) for province in provinces("VN63")]
    assert not any(province.merged_from for province in provinces("VN63"))
    assert not any(province.merged_into for province in provinces("VN34"))


def test_seven_codes_meant_another_province_before() -> None:
    """Seven codes are reused, and that of Huế alone stayed with a province renamed."""
    differing = {
        province.code: (before.name, province.name)
        for province in provinces("VN34")
        if (before := BY_CODE["VN63", province.code]).name != province.name
    }
    assert differing == REUSED | {"46": ("Thừa Thiên Huế", "Huế")}


def test_only_hue_changed_its_name() -> None:
    """All other 33 names are names of old provinces, and so do not tell the systems apart."""
    assert set(NEW) - set(OLD) == {"Huế"}


def test_iso_codes_are_those_of_the_63() -> None:
    """Each of the 63 has an ISO 3166-2 code of its own; the 34 have none."""
    codes = {province.iso_3166_2 for province in provinces("VN63")}
    assert len(codes) == 63
    assert all(code.startswith("VN-") for code in codes)
    assert {province.iso_3166_2 for province in provinces("VN34")} == {""}
    assert named("VN-26", "VN63") == "Thừa Thiên Huế"
    assert named("vn-sg", "VN63") == "Hồ Chí Minh"


def test_regions_have_the_sizes_of_their_resolutions() -> None:
    """The 34 lie in the six regions of Resolution 306/NQ-CP, the 63 in the six before it."""
    sizes = {system: [province.region for province in provinces(system)] for system in SYSTEMS}
    assert {region: sizes["VN34"].count(region) for region in sizes["VN34"]} == {
        "Northern Midlands and Mountains": 9,
        "Red River Delta": 6,
        "North Central": 5,
        "South Central Coast and Central Highlands": 6,
        "Southeast": 3,
        "Mekong River Delta": 5,
    }
    assert {region: sizes["VN63"].count(region) for region in sizes["VN63"]} == {
        "Northern Midlands and Mountains": 14,
        "Red River Delta": 11,
        "North Central and Central Coast": 14,
        "Central Highlands": 5,
        "Southeast": 6,
        "Mekong River Delta": 13,
    }


def test_six_of_the_34_are_cities() -> None:
    """Huế became the sixth centrally-run city; the title and the kind agree everywhere."""
    kinds = {"Tỉnh": "province", "Thành phố": "centrally-run city"}
    for province in EVERY:
        title = province.full_name.removesuffix(province.name).strip()
        assert kinds[title] == province.kind
    assert [sum(p.kind != "province" for p in provinces(system)) for system in SYSTEMS] == [5, 6]


def test_texts_are_clean() -> None:
    """Texts are composed, trimmed and without remarks."""
    for province in EVERY:
        for text in (*province.spellings, province.region):
            assert text == unicodedata.normalize("NFC", text).strip() != ""
            assert not set(text) & set("()[];")


def test_registry_agrees_with_the_collected_table() -> None:
    """Codes, names, regions and mergers are those of the table that the registry was made from."""
    source = SHARED / "provinces.csv"
    if not source.exists():
        pytest.skip("the shared data are not beside this repository")
    with source.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == len(EVERY)
    for row, province in zip(rows, EVERY, strict=True):
        assert province.system == f"VN{row['system'][:2]}"
        assert (province.code, province.name, province.full_name) == (
            row["code"],
            row["name_vi"],
            row["name_vi_full"],
        )
        assert (province.name_en, province.kind, province.iso_3166_2) == (
            row["name_en"],
            row["type"],
            row["iso_3166_2"],
        )
        if province.system == "VN63":
            assert (province.region, province.merged_into) == (row["region"], row["merged_into_code"])
        else:
            assert set(province.merged_from) == set(row["merged_from_codes"].split(";"))
        for alias in filter(None, re.sub(r" \(.*?\)", "", row["aliases"]).split(";")):
            assert find(alias, province.system) is province


# Finding one province


def named(spelling: str, system: System) -> str | None:
    """Name the province that a spelling leads to."""
    province = find(spelling, system)
    return province.name if province else None


@pytest.mark.parametrize("province", EVERY, ids=lambda province: f"{province.system}-{province.code}")
def test_every_spelling_leads_to_its_province_alone(province: Province) -> None:
    """No name, alias or code of a province is hidden by another of its system."""
    for spelling in (province.code, province.code.lstrip("0"), *province.spellings):
        assert find(spelling, province.system) is province


def test_surviving_names_are_spelt_alike_in_both_systems() -> None:
    """A spelling of one of the 34 is known among the 63 too, so that no mere variant counts as evidence."""
    for province in provinces("VN34"):
        before = {find(spelling, "VN63") for spelling in province.spellings}
        (old,) = before
        assert old is not None
        assert old.code in province.merged_from
        for spelling in set(old.spellings) - {old.iso_3166_2}:
            assert find(spelling, "VN34") is province


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "small letters": str.lower,
    "title": str.title,
    "without accents": lambda name: "".join(
        mark for mark in unicodedata.normalize("NFD", name) if not unicodedata.combining(mark)
    ),
    "dashed": lambda name: name.replace(" ", "-"),
    "long dash": lambda name: name.replace("-", "–"),
    "in one word": lambda name: name.replace(" ", ""),
    "wide": lambda name: name.replace(" ", "  "),
    "unbreakable": lambda name: name.replace(" ", "\u00a0"),
}


FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
TITLED = [
    "{}",
    "TP.{}",
    "TP {}",
    "Tp. {}",
    "T.P {}",
    "T. {}",
    "t. {}",
    "Thành phố {}",
    "THÀNH PHỐ {}",
    "Tỉnh {}",
    "tinh {}",
]


@given(
    province=st.sampled_from(EVERY),
    spell=st.sampled_from(sorted(SPELLINGS)).map(SPELLINGS.__getitem__),
    titled=st.sampled_from([*TITLED, "{} Province", "{} city", " {} "]),
    data=st.data(),
)
def test_variants_of_a_spelling_lead_to_its_province(
    province: Province, spell: Callable[[str], str], titled: str, data: st.DataObject
) -> None:
    """Case, accents, spacing, dashes, titles and Unicode forms make no difference."""
    spelling = data.draw(st.sampled_from([province.name, province.name_en, *province.aliases]))
    variant = titled.format(spell(spelling))
    for form in FORMS:
        assert find(unicodedata.normalize(form, variant), province.system) is province


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("TP.HCM", "Hồ Chí Minh"),
        ("TPHCM", "Hồ Chí Minh"),
        ("HCM City", "Hồ Chí Minh"),
        ("Saigon", "Hồ Chí Minh"),
        ("Ðà Nẵng", "Đà Nẵng"),
        ("Dak Lak", "Đắk Lắk"),
        ("Đắc Lắc", "Đắk Lắk"),
        ("Hoà Bình", "Hòa Bình"),
        ("Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("BR—VT", "Bà Rịa - Vũng Tàu"),
        ("TT. Huế", "Thừa Thiên Huế"),
        ("Hà Tĩnh", "Hà Tĩnh"),
        (" 1 ", "Hà Nội"),
        ("1.0", "Hà Nội"),
        ("10", "Lào Cai"),
    ],
)
def test_spellings_met_in_tables(spelling: str, name: str) -> None:
    """Spellings of the press and of spreadsheets lead where they should."""
    assert named(spelling, "VN63") == name


@pytest.mark.parametrize(
    "spelling",
    ["", " ", "Tỉnh", "TP.", "Hà", "Ha Noy", "03", "001", "2.4", "24.5", "-1", "Việt Nam", "Hà Tây"],
)
def test_nothing_is_guessed(spelling: str) -> None:
    """What is not a spelling of a province is none, however near."""
    assert [find(spelling, system) for system in SYSTEMS] == [None, None]


@pytest.mark.parametrize(("code", "names"), REUSED.items())
def test_a_reused_code_depends_on_the_system(code: str, names: tuple[str, str]) -> None:
    """The same code is one province before July 2025 and another after it."""
    assert (named(code, "VN63"), named(code, "VN34")) == names


# Matching a table


def test_complete_tables_need_no_system() -> None:
    """All 63 names are the 63, all 34 the 34, with Huế under either name."""
    for spellings, system in ((OLD, "VN63"), (NEW, "VN34")):
        for hue in ("Huế", "Thừa Thiên Huế"):
            table = [hue if name in {"Huế", "Thừa Thiên Huế"} else name for name in reversed(spellings)]
            matched = match(table)
            assert matched.system == system
            assert matched.provinces == provinces(matched.system)[::-1]


def test_an_old_name_shows_the_system_of_a_partial_table() -> None:
    """A name that only the 63 have decides for the names beside it."""
    matched = match(["Tuyên Quang", "Hà Giang"])
    assert (matched.system, [province.code for province in matched.provinces]) == ("VN63", ["08", "02"])


def test_a_code_beside_a_name_shows_the_system() -> None:
    """Code 24 is Bắc Ninh only in the 34, 27 only in the 63; an empty code says nothing."""
    assert match(["Bắc Ninh", "Hà Nội"], codes=["24", ""]).system == "VN34"
    assert match(["Bắc Ninh", "Hà Nội"], codes=["27", "1"]).system == "VN63"


def test_a_named_system_is_obeyed() -> None:
    """The same names are other provinces when the other system is named."""
    for system in SYSTEMS:
        matched = match(["Bắc Ninh", "Thừa Thiên Huế"], system=system)
        assert matched.provinces == (find("Bắc Ninh", system), find("Huế", system))


def test_a_table_that_fits_both_systems_is_refused() -> None:
    """A part of the names that both systems have does not say which areas are meant."""
    (problem,) = problems_of(["Bắc Ninh", "Hà Nội", "Huế"])
    assert str(problem) == (
        "t.csv: every row may be one of the 63 provinces or one of the 34; "
        "33 names are in both systems, and most of them mean a larger area in the 34; "
        "name the system: VN63 (the 63 provinces until 30 June 2025) "
        "or VN34 (the 34 provinces since 1 July 2025)"
    )


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """The suggestion has its accents, and the problem its line."""
    (problem,) = problems_of(["Ha Noi", "Tinh Bac Gjang"], system="VN63", lines=[2, 3])
    assert str(problem) == (
        "t.csv:3: Tinh Bac Gjang: neither the 63 nor the 34 provinces have this name or code; "
        "a row is a province, not a region or a total; did you mean Bắc Giang?"
    )


def test_a_misspelt_old_name_does_not_lead_to_a_new_one_alike() -> None:
    """In a table of the 34, the nearest to Ha Gjang is still Hà Giang."""
    (problem,) = problems_of(["Ha Gjang"], system="VN34")
    assert problem.remedy.startswith("did you mean Hà Giang")


def test_suggestions_use_the_name_of_the_system() -> None:
    """Huế is suggested under the name that it has in the system."""
    assert [problems_of(["Thua Thin Hue"], system=system)[0].remedy for system in SYSTEMS] == [
        "did you mean Thừa Thiên Huế?",
        "did you mean Huế?",
    ]


def test_a_word_unlike_any_name_and_an_empty_cell_are_reported() -> None:
    """Where nothing is near there is no suggestion, but the rule says what a row may be."""
    *unlike, empty = problems_of(["Whole country", "VN-99", "99", "  "], system="VN34")
    for problem in unlike:
        assert (problem.rule, problem.remedy) == ("a row is a province, not a region or a total", "")
    assert str(empty) == "t.csv:4: the name is empty; name the province"


def test_misspelt_names_among_the_63_are_all_reported_and_nothing_else() -> None:
    """The other names show the system, so three slips give three problems."""
    slips = {"Bắc Giang": "Bắc Gjang", "Hà Nội": "Hà Nộy", "Cà Mau": "Cà Mao"}
    found = problems_of([slips.get(name, name) for name in OLD])
    assert [(problem.unit, problem.remedy) for problem in found] == [
        (wrong, f"did you mean {right}?")
        for right, wrong in sorted(slips.items(), key=lambda slip: OLD.index(slip[0]))
    ]


def test_misspelt_names_are_reported_before_the_system_is_asked_for() -> None:
    """The misspelt name may be the one that shows the system."""
    (problem,) = problems_of(["Bắc Ninh", "Bắc Gjang"])
    assert problem.unit == "Bắc Gjang"


def test_a_province_twice_is_reported_with_both_lines() -> None:
    """Two spellings of one province are the same province."""
    (problem,) = problems_of(["TP.HCM", "Hà Nội", "Sài Gòn"], system="VN34", lines=[5, 6, 9])
    assert str(problem) == (
        "t.csv:9: Sài Gòn: Hồ Chí Minh is on line 5 already, as 'TP.HCM'; "
        "a province has one row; remove one of the two"
    )
    assert len(problems_of([*NEW, "Thừa Thiên-Huế"])) == 1


def test_an_old_province_in_a_table_of_the_34_is_told_its_successor() -> None:
    """The message says what the old province became, and when."""
    (problem,) = problems_of(["Hà Nội", "Ha Giang"], system="VN34")
    assert str(problem) == (
        "t.csv:2: Ha Giang: Hà Giang is a province of the 63; since 1 July 2025 it is part of Tuyên Quang; "
        "give one row for Tuyên Quang as it is now, or use VN63 for the whole table"
    )


def test_an_iso_code_of_an_unchanged_province_is_not_told_a_merger() -> None:
    """Lai Châu is part of nothing else."""
    (problem,) = problems_of(["VN-01"], system="VN34")
    assert "since 1 July 2025 it is still Lai Châu" in problem.found


def test_all_the_34_with_an_old_province_are_a_mixture() -> None:
    """One old row too many does not turn a table of the 34 into a part of the 63."""
    mixture, former = problems_of([*NEW, "Hà Giang"])
    assert mixture.found == (
        "the table mixes two systems: Hà Giang of the 63 provinces until 30 June 2025, "
        "and Hà Nội, Cao Bằng, Tuyên Quang and 31 more of the 34 provinces since 1 July 2025"
    )
    assert (former.line, former.unit) == (35, "Hà Giang")
    assert match([*NEW, "Hà Giang"], system="VN63").system == "VN63"


def test_the_63_with_two_missing_are_no_mixture() -> None:
    """A table that lacks a few old provinces is nearer to the 63."""
    assert match([name for name in OLD if name not in {"Hà Giang", "Bắc Giang"}]).system == "VN63"


def test_codes_of_both_systems_are_a_mixture() -> None:
    """The majority decides what the other rows are told."""
    mixture, contradiction = problems_of(["Hà Giang", "Yên Bái", "Bắc Ninh"], codes=["2", "15", "24"])
    assert mixture.found == (
        "the table mixes two systems: 2 Hà Giang, 15 Yên Bái of the 63 provinces until 30 June 2025, "
        "and 24 Bắc Ninh of the 34 provinces since 1 July 2025"
    )
    assert contradiction.unit == "Bắc Ninh"


def test_a_code_that_contradicts_its_name_is_explained_in_both_systems() -> None:
    """The message says what the code and the name are, before and after the merger."""
    (problem,) = problems_of(["Bắc Ninh"], codes=["24"], system="VN63")
    assert problem.found == (
        "the code 24 and the name differ: "
        "in VN63, code 24 is Bắc Giang and Bắc Ninh has code 27; "
        "in VN34, code 24 is Bắc Ninh and Bắc Ninh has code 24"
    )
    (unknown,) = problems_of(["Hà Giang", "Yên Bái"], codes=["03", "15"])
    assert "in VN34, code 03 is no province and Hà Giang is no province" in unknown.found


def test_all_problems_come_at_once_in_the_order_of_the_rows() -> None:
    """A user corrects a table once, from top to bottom."""
    found = problems_of(["Hà Nội", "Hanoi", "Hà Giang", "Bắc Gjang"], system="VN34", lines=[2, 3, 4, 5])
    assert [problem.line for problem in found] == [3, 4, 5]


def test_columns_of_different_lengths_are_a_mistake_of_the_caller() -> None:
    """Every row has one name, and a code or none."""
    with pytest.raises(ValueError, match="zip"):
        match(["Hà Nội"], codes=["01", "02"])
