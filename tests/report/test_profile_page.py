"""A unit's sheet as a file: every indicator, nothing from outside, both languages, what is lacking."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from math import isnan

import pytest

from pii.choices.weights import WeightBox
from pii.compare.comparison import compare
from pii.compute import compute
from pii.errors import TableError
from pii.peers import peers
from pii.report.change_text import sentence
from pii.report.page_record import Language
from pii.report.profile_page import profile_page
from pii.robustness.study import study
from pii.table import Table, Units
from tests.report.results import MARKUP, NAN, half, negative, small, synthetic
from tests.report.test_elements import Read
from tests.report.test_profile_sheet import gap
from tests.shared import group, leaf, scheme


def shown(text: str) -> str:
    """What a page shows, without its style."""
    return Read(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)).text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_indicator_is_there_once(language: Language) -> None:
    """With its score and rank, in the block of its pillar."""
    result = synthetic()
    text = profile_page(result, "Huế", language=language)
    part = text[text.index('id="indicators"') :]
    frame = result.profile("Huế")
    for node in result.scheme.nodes[1:]:
        mark = f'<span class="code">{node.code}</span>'
        row = re.search(rf"{re.escape(mark)}.*?</tr>", part)
        if node.code in ("input", "output"):
            assert row is None
            continue
        assert part.count(mark) == 1
        assert row is not None
        rank = float(frame["rank"].to_numpy(dtype=float)[frame.index.get_loc(node.code)])
        assert (">n/a<" if isnan(rank) else f">{rank:g}/") in row[0]
    assert f'lang="{language}"' in text
    said = {"vi": "MÔ PHỎNG", "en": "SYNTHETIC data"}[language]
    assert said in shown(text)


def test_nothing_that_data_says_is_markup() -> None:
    """Names, titles, units of measurement, notes; a sheet has no script and asks for nothing."""
    bad = "<script>alert(1)</script>"
    index = group("i", group("p", leaf("a", name=bad, unit=bad), name=bad), leaf("b"), name=bad)
    units = Units(("x", "y"), (bad, f'"><img src=x onerror={bad}>'), {"region": (bad, bad)})
    table = Table.of({"a": [1.0, 2.0], "b": [2.0, NAN]}, units=units, title=bad, notes=[bad], period=bad)
    result = compute(scheme(index, labels=[{"code": "region"}], normalise="none", screen={"measured": 0.5}), table)
    for unit in "xy":
        manifest = {"pii": bad, "created": bad, "scheme": {"sha256": bad}, "inputs": [{"file": bad, "sha256": bad}]}
        text = profile_page(result, unit, peers=peers(result, unit), provenance=manifest)
        tags = {tag for tag, _ in Read(text).tags}
        assert not tags & {"script", "img", "a", "iframe", "form"}
        assert text.count("alert(1)") > 8
        assert not re.search(r"https?:|url\(|@import| style=| on\w+=\"", text)


def test_the_policy_allows_the_style_and_nothing_else() -> None:
    """By its hash."""
    text = profile_page(small(), "01")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert style is not None
    assert policy is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy[1].startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy[1]


def test_the_same_gives_the_same_text() -> None:
    """No time, no address, no order by chance."""
    assert profile_page(small(), "01") == profile_page(small(), "Đắk Lắk")


def test_gaps_and_marks_are_shown() -> None:
    """Filled in, missing, best at, worst at, less is better, not official."""
    text = shown(profile_page(small(), "04", language="en"))
    assert re.search(r"1\.1Rate \(%\)22\.5\*", text)
    assert "2Cost † ↓90" in text
    assert "filled in, not measured" in text
    assert "our choice, not official" in text
    assert "no data" not in text
    assert re.search(r"bn/an/an/a", shown(profile_page(gap(), "x")))
    marks = profile_page(synthetic(), "Huế")
    assert (marks.count('role="img" aria-label="điểm mạnh"'), marks.count('aria-label="điểm yếu"')) == (5, 5)


def test_what_is_known_beside_it_is_shown() -> None:
    """Intervals, peers, what moved and whether scores compare, the build."""
    result = synthetic()
    values = result.measured.values.copy()
    values[::2] *= 0.9
    before = compute(result.scheme, result.measured.holding(values))
    found = study(result.scheme, result.measured, [WeightBox(spread=0.5)], draws=64, seed=0, nodes=["PII", "P1"])
    moved, alike = compare(before, result), peers(result, "46")
    manifest = {"pii": "9.9", "created": "then", "scheme": {"sha256": "ab" * 32}, "inputs": []}
    text = profile_page(
        result, "46", study=found, comparison=moved, peers=alike, provenance=manifest, language="en"
    )
    said = shown(text)
    low, high = found.intervals("PII").loc["46", ["low", "high"]]
    assert f"{low}–{high} in 90 % of draws" in said
    assert sentence(moved, "46", "en") in said
    assert all(
        peer in said for peer in ("Most alike", "pii 9.9 · built then · scheme pii-2025 (sha256 abababababab…)")
    )
    assert text.count('class="between-ends"') == 2 + 1  # and in the key
    bare = shown(profile_page(result, "46", language="en"))
    assert "No rank intervals" in bare
    assert "No manifest was given" in bare
    assert "Since the last edition" not in bare


def test_a_unit_that_the_earlier_edition_does_not_rank_is_said_to_be_new() -> None:
    """And nothing is compared."""
    rules = scheme(group("i", leaf("a")))
    before = compute(rules, Table.of({"a": [1.0, 2.0]}, units=["x", "y"]))
    after = compute(rules, Table.of({"a": [1.0, 2.0, 3.0]}, units=["x", "y", "z"]))
    text = profile_page(after, "z", comparison=compare(before, after), language="en")
    assert "The earlier edition does not rank it" in text


@pytest.mark.parametrize(
    ("unit", "said"), [("06", "the unit is not ranked"), ("Atlantis", "no unit is called that")]
)
def test_only_a_ranked_unit_has_a_sheet(unit: str, said: str) -> None:
    """Others are refused with the reason."""
    with pytest.raises(TableError, match=said):
        profile_page(small(), unit)


def test_awkward_results_have_sheets() -> None:
    """Markup in names, scores below 0, one group, ties, halves rounded up."""
    assert MARKUP in shown(profile_page(small(), "03"))
    assert "-1,00" in shown(profile_page(negative(), "-1"))
    assert "49,37" in shown(profile_page(half(), "Huế"))
