"""The built-in schemes: their structure, what they say is official, and published totals from their own numbers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from pii.scheme import Scheme
from pii.tree import Group, Indicator

FOLDER = Path(__file__).resolve().parents[1] / "src" / "pii" / "schemes"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
PII = ("pii-2023", "pii-2024", "pii-2025")
PAPI = {
    "papi-2011": range(2011, 2018),
    "papi-2018": range(2018, 2019),
    "papi-2019": range(2019, 2021),
    "papi": range(2021, 2025),
}


def load(code: str) -> Scheme:
    """One built-in scheme."""
    return Scheme.model_validate(yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8")))


def rows(name: str) -> list[dict[str, str]]:
    """One table of the data that lie beside the project."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"no data at ../shared/data/{name}")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        head = next(reader)
        found = []
        for row in reader:
            if len(row) == len(head) + 1:  # "inferred, not stated" stands there without quotes
                row[3:5] = [f"{row[3]},{row[4]}"]
            found.append(dict(zip(head, row, strict=True)))
    return found


def number(text: str) -> float:
    """A cell's number; NaN where it is empty."""
    return float(text) if text else np.nan


def scored(indicator: Indicator, scheme: Scheme, value: float) -> float:
    """An indicator's score by its goalposts, written out."""
    assert indicator.goalposts is not None
    low, high = indicator.goalposts.low, indicator.goalposts.high
    scale = scheme.normalise.model_dump()
    floor, ceiling = float(scale["floor"]), float(scale["ceiling"])
    return floor + (value - low) / (high - low) * (ceiling - floor)


def weighted(group: Group, scores: Mapping[str, float]) -> float:
    """The weighted mean of a group's children, over those that there are."""
    there = [child for child in group.children if not np.isnan(scores[child.code])]
    total = sum(child.weight * scores[child.code] for child in there)
    return total / sum(child.weight for child in there)


def test_the_schemes_that_are_promised_are_there() -> None:
    """PII of three editions, PCI of two periods, PAPI, Resolution 57 and the GII template are built in."""
    promised = {*PII, *PAPI, "pci-2006", "pci-2009", "nq57", "gii"}
    assert promised <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_scheme_is_valid_and_named_as_its_file(code: str) -> None:
    """Every file is a valid scheme, has its file's name as code, and survives being written and read again."""
    scheme = load(code)
    assert scheme.code == code
    assert Scheme.model_validate(scheme.model_dump(mode="json")) == scheme


@pytest.mark.parametrize("code", CODES)
def test_every_node_says_where_it_comes_from(code: str) -> None:
    """Every node has a standing and a name, and the scheme tells official from ours in English and Vietnamese."""
    scheme = load(code)
    assert not [node.code for node in scheme.nodes if not node.standing or not node.name]
    assert "Official: " in scheme.about
    assert "Our choice: " in scheme.about
    assert "Lựa chọn của chúng tôi: " in scheme.about
    assert scheme.citation


@pytest.mark.parametrize("code", CODES)
def test_codes_are_text_in_any_dialect(code: str) -> None:
    """A code that looks like a number is quoted, so that every reader of YAML takes it as text."""
    text = (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")
    plain = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - the file is ours; everything stays text

    def codes(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [str(node["code"])] if "code" in node else []
            return own + [code for value in node.values() for code in codes(value)]
        return [code for item in node for code in codes(item)] if isinstance(node, list) else []

    for quoted in codes(plain):
        if quoted.replace(".", "").isdigit():
            assert f'code: "{quoted}"' in text


@pytest.mark.parametrize("code", PII)
def test_pii_has_the_published_structure(code: str) -> None:
    """2 sub-indices, 7 pillars, 18 groups and 52 indicators, each named in both languages."""
    scheme = load(code)
    assert Counter(scheme.levels.values()) == {0: 1, 1: 2, 2: 7, 3: 18, 4: 52}
    assert [node.code for node in scheme.nodes if scheme.levels[node.code] == 2] == [f"P{i}" for i in range(1, 8)]
    assert all(set(dict(node.name)) == {"vi", "en"} for node in scheme.nodes)
    assert scheme.parents["P5"] == "input"
    assert scheme.parents["P6"] == "output"


@pytest.mark.parametrize("code", PII)
def test_pii_marks_what_is_ours(code: str) -> None:
    """33 indicators and 2 groups are official; 19 indicators are ours and say what they stand in for."""
    scheme = load(code)
    standings = Counter((scheme.levels[node.code], node.standing) for node in scheme.nodes)
    assert {standing: standings[4, standing] for standing in ("official", "ours")} == {"official": 33, "ours": 19}
    assert standings[3, "official"] == 2
    assert standings[3, "follows"] + standings[3, "ours"] == 16
    ours = [indicator for indicator in scheme.indicators if indicator.standing == "ours"]
    assert all("stands in for an indicator whose name is not published" in node.note for node in ours)
    official = [indicator for indicator in scheme.indicators if indicator.standing == "official"]
    assert all("Name published" in node.note and "code" in node.note for node in official)


@pytest.mark.parametrize("code", PII)
def test_pii_uses_every_name_that_was_seen(code: str) -> None:
    """Each published indicator name stands in its pillar in both languages, with the editions it was seen for."""
    scheme = load(code)
    seen = [row for row in rows("pii_framework_seen.csv") if row["level"] == "indicator"]
    assert len(seen) == 33
    official = {dict(node.name)["vi"]: node for node in scheme.indicators if node.standing == "official"}
    for row in seen:
        node = official.pop(row["name_vi"].replace(" (back-translated)", ""))
        assert dict(node.name)["en"] == row["name_en"]
        assert scheme.parents[scheme.parents[node.code]] == row["pillar"]
        assert ("inferred" in node.note) == row["pillar_basis"].startswith("inferred")
        if row["subpillar"]:
            assert scheme.node(scheme.parents[node.code]).title("en") == row["subpillar"]
    assert not official


@pytest.mark.parametrize("code", PII)
def test_pii_averages_as_published(code: str) -> None:
    """The declared weights turn Bắc Ninh's published pillars of 2025 into its published score."""
    scheme = load(code)
    pillars = (59.17, 39.99, 62.30, 47.43, 56.40, 28.74, 60.20)
    scores = {f"P{i}": score for i, score in enumerate(pillars, start=1)}
    for group in reversed(scheme.groups[:1] + tuple(g for g in scheme.groups if g.code in {"input", "output"})):
        scores[group.code] = weighted(group, scores)
    assert scores["PII"] == pytest.approx(48.764)
    assert scheme.normalise.declaration() == "minmax"
    assert scheme.aggregate.declaration() == "arithmetic"


def test_the_editions_of_pii_differ_only_where_they_must() -> None:
    """The three schemes have one tree and one set of methods; 2025 is for the 34 provinces."""
    first, second, third = (load(code) for code in PII)
    aside = {"code", "name", "edition", "about", "citation", "units"}
    assert first.model_dump(exclude=aside) == second.model_dump(exclude=aside) == third.model_dump(exclude=aside)
    assert [scheme.units for scheme in (first, second, third)] == ["VN63", "VN63", "VN34"]
    assert "1705/QĐ-BKHCN" in second.about
    assert "1705/QĐ-BKHCN" not in first.about + third.about


@pytest.mark.parametrize("year", [*range(2006, 2011), 2012])
def test_pci_totals_are_the_published_ones(year: int) -> None:
    """The declared weights and goalposts give every province's published weighted total to 0.0001."""
    scheme = load("pci-2006" if year < 2009 else "pci-2009")
    published = [row for row in rows("pci_2006_2012.csv") if row["year"] == str(year)]
    assert len(published) == 63
    for row in published:
        scores = {node.code: scored(node, scheme, number(row[node.code])) for node in scheme.indicators}
        assert weighted(scheme.index, scores) == pytest.approx(float(row["pci_weighted"]), abs=1e-4)


def test_pci_of_2011_is_as_odd_as_the_scheme_says() -> None:
    """In 2011 all published totals lie above the weighted sums, by up to 0.55."""
    scheme = load("pci-2009")
    gaps = []
    for row in rows("pci_2006_2012.csv"):
        if row["year"] == "2011":
            scores = {node.code: scored(node, scheme, number(row[node.code])) for node in scheme.indicators}
            gaps.append(float(row["pci_weighted"]) - weighted(scheme.index, scores))
    assert 0 < min(gaps) < 0.005
    assert max(gaps) == pytest.approx(0.55, abs=0.005)
    assert "0.00 to 0.55" in scheme.about


@pytest.mark.parametrize(("code", "n_components"), [("pci-2006", 10), ("pci-2009", 9)])
def test_pci_weights_are_per_ten(code: str, n_components: int) -> None:
    """Weights sum to 10; bias counts until 2008 only."""
    scheme = load(code)
    assert sum(node.weight for node in scheme.indicators) == 10
    assert len(scheme.indicators) == n_components
    assert ("pci_bias" in scheme.columns) == (code == "pci-2006")


@pytest.mark.parametrize(("code", "year"), [(code, year) for code, years in PAPI.items() for year in years])
def test_papi_dimensions_are_sums_of_their_sub_dimensions(code: str, year: int) -> None:
    """The mean of the scores of a dimension is the sum of its sub-dimensions, in every year from 2011 to 2024."""
    scheme = load(code)
    n_complete = 0
    for row in rows("papi_subdimensions_2011_2024.csv"):
        if row["year"] != str(year):
            continue
        scores = {node.code: scored(node, scheme, number(row[node.code])) for node in scheme.indicators}
        # The scheme's own limit, as a count: all of those that the year has.
        if np.mean(np.isnan(list(scores.values()))) > 1 - scheme.screen.measured:
            continue
        n_complete += 1
        for group in reversed(scheme.groups):
            scores[group.code] = weighted(group, scores)
        total = 0.0
        for group in scheme.groups[1:]:
            added = sum(number(row[c]) for c in row if c[:3] == f"SC{group.code[1]}" and row[c])
            assert scores[group.code] == pytest.approx(added, abs=1e-9)
            assert 1 <= scores[group.code] <= 10
            total += added
        assert scores["PAPI"] * (len(scheme.groups) - 1) == pytest.approx(total, abs=1e-9)
    assert n_complete == {2014: 61, 2018: 61, 2021: 60, 2022: 61, 2023: 61, 2024: 61}.get(year, 63)


def test_papi_names_are_those_of_the_codebook() -> None:
    """All 29 sub-dimensions of the codebook are there, under its dimensions and English names."""
    scheme = load("papi")
    codebook = rows("papi_subdimensions_codebook.csv")
    assert [row["Variable_Code"] for row in codebook] == [node.code for node in scheme.indicators]
    for row in codebook:
        assert scheme.node(row["Variable_Code"]).title("en").lower().split()[0] in row["Variable_Name"].lower()
        assert scheme.parents[row["Variable_Code"]] == f"D{row['Criteria_Code'][2:]}"


def test_papi_lists_provinces_without_data() -> None:
    """A province that PAPI has no data for is listed as not ranked, and the discontinued sub-dimension says so."""
    scheme = load("papi")
    assert scheme.screen.empty == "exclude"
    assert "Discontinued" in scheme.node("SC52").note


def test_resolution_57_has_the_targets_of_national_policy() -> None:
    """Each target is the policy's number; that it is applied to provinces is called our choice."""
    scheme = load("nq57")
    targets = {node.code: node.target for node in scheme.indicators}
    assert targets == {
        "rd_expenditure": 2,
        "budget_share": 3,
        "digital_economy": 30,
        "online_services": 80,
        "procedures_online": 100,
        "procedures_cut": 30,
        "hubs": 1,
    }
    methods = Counter(scheme.normaliser_of(node).method_name() for node in scheme.indicators)
    assert methods == {"distance_to_target": 6, "goalposts": 1}
    assert all("our choice" in node.note for node in scheme.indicators if node.code != "hubs")


def test_the_gii_template_has_the_published_frame() -> None:
    """2 sub-indices, 7 pillars, 21 sub-pillars; indicators are placeholders; GII's rule on data is declared."""
    scheme = load("gii")
    assert Counter(scheme.levels.values()) == {0: 1, 1: 2, 2: 7, 3: 21, 4: 63}
    assert all(node.standing == "ours" and "Template" in node.note for node in scheme.indicators)
    shares, scorable = scheme.screen.within
    assert (shares.groups, shares.measured) == (("input", "output"), 0.66)
    assert (scorable.groups, scorable.scorable) == (tuple(f"P{i}" for i in range(1, 8)), 2)
