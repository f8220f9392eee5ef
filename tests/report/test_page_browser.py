"""The page as people use it: in Debian's Chromium, without a screen, opened from a disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from pii import stages
from pii.audit import audit
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.evidence import rests_on
from pii.io.samples import read_sample
from pii.methods.aggregate import Geometric
from pii.places.registry import provinces
from pii.provenance import UNSETTLED, Origin, Provenance
from pii.report.page import Beside, page
from pii.report.page_bases import alternatives
from pii.report.publication import published_rows
from pii.result import Result
from pii.robustness.bounds import bounds
from pii.robustness.region import Region
from pii.robustness.study import study
from pii.rounding import published
from pii.scheme import Scheme
from pii.scores import Weights
from pii.table import Table, Units
from pii.tree import Group
from tests.report.results import half, negative, small, synthetic
from tests.shared import difference, group, leaf, scheme

playwright = pytest.importorskip("playwright.sync_api", reason="the page is tested with playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="the page is tested in Chromium")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SHAPE = {"type": "Polygon", "coordinates": [[[105, 21], [106, 21], [106, 22], [105, 22], [105, 21]]]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for all tests of this file."""
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the synthetic sample with all that can stand beside it."""
    result = synthetic()
    beside = Beside(
        study=study(result.scheme, result.measured, [WeightBox(spread=0.25)], draws=200, seed=0),
        bounds=bounds(result, Region(spread=0.25)),
        audit=audit(result),
        alternatives=alternatives(result),
        peers={code: ["01", "04"] for code in result.measured.units.codes},
    )
    return saved(page(noted(), beside, language="vi"), tmp_path_factory.mktemp("page"))


def noted() -> Result:
    """The sample with a provisional column, an estimated cell and a footnote that looks like markup."""
    rules, table = read_sample()
    cells = {(code, "1.1.1"): Origin("provisional", "Yearbook", "2025-06") for code in table.units.codes}
    cells |= {
        ("01", "2.2.1"): Origin("estimated", footnote="<b>From a sample</b>"),
        ("15", "grdp"): Origin("imputed"),
    }
    return compute(rules, table.noting(Provenance.of(cells)))


def saved(text: str, folder: Path) -> str:
    """A page as a file, by its address."""
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


class Opened:
    """A page that is open, and what it asked for and complained of since."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        options = {"viewport": DESK} | options
        self.context = browser.new_context(**options)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(15_000)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(address)
        if options.get("java_script_enabled", True):
            self.tab.wait_for_function("() => window.pii.drawn > 0")

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def texts(self, selector: str) -> list[str]:
        """What the elements say that match."""
        found: list[str] = self.tab.locator(selector).all_inner_texts()
        return found

    def chosen(self, **parts: str) -> dict[str, Any]:
        """What the explorer computes once the address says so."""
        known = self.tab.evaluate("window.pii.drawn")
        go = "hash => { history.replaceState(null, '', '#'); location.hash = hash; }"
        self.tab.evaluate(go, urlencode({"lang": "en"} | parts))
        self.tab.wait_for_function("before => window.pii.drawn > before", arg=known)
        found: dict[str, Any] = self.tab.evaluate("window.pii.explored()")
        return found


def names(result: Result) -> list[str]:
    """Names of the units, the best first."""
    return [row.name for row in published_rows(result)]


def by_points(result: Result, points: Mapping[str, float]) -> tuple[Weights, str]:
    """Weights where some nodes have points and the others their shares of 100, and how the address says so."""
    weights = result.weights
    given = np.array(
        [points.get(node, 100 * w) for node, w in zip(weights.nodes, weights.shares.tolist(), strict=True)]
    )
    return Weights(weights.nodes, weights.parents, given), ",".join(f"{node}:{w!r}" for node, w in points.items())


def same_scores(found: Mapping[str, Any], result: Result, weights: Weights, rules: Scheme | None = None) -> None:
    """Scores of all groups are the library's to 1e-9, and places of the index the very same."""
    rules = rules or result.scheme
    with np.errstate(invalid="ignore"):  # a group whose children have no weight at all has no score
        composite = stages.aggregate(result.scores, weights, rules)
    for code in composite.columns:
        assert difference(found["scores"][code], composite.column(code)) < 1e-9
    assert np.array_equal(found["places"], stages.rank(composite, rules).values[:, 0], equal_nan=True)


# It opens


def test_the_page_opens_from_a_disk_and_asks_nobody(browser: Any, whole: str) -> None:
    """No request but for the file itself, no complaint on the console."""
    with Opened(browser, whole) as seen:
        seen.tab.mouse.wheel(0, 20_000)
        assert seen.asked == [whole]
        assert seen.said == []
        assert seen.texts("#ranking-rows tbody th")[0] == names(synthetic())[0]


def test_the_policy_refuses_what_is_not_in_the_file(browser: Any, whole: str) -> None:
    """A request, a script or a style that found its way in would be stopped."""
    with Opened(browser, whole) as seen:
        failed = seen.tab.evaluate("fetch('https://example.invalid/x').then(() => 'went out', () => 'refused')")
        seen.tab.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
        )
        assert failed == "refused"
        assert seen.tab.evaluate("window.ran") is None
        assert any("Content Security Policy" in words for words in seen.said)


def test_what_is_not_in_the_language_of_the_page_is_marked(browser: Any, whole: str) -> None:
    """For those who hear it: what the table says of itself in English; findings need no mark, they are translated."""
    with Opened(browser, whole) as seen:
        seen.tab.wait_for_selector("#provenance dl")
        assert seen.tab.locator("#audit li").count() > 20
        assert seen.tab.locator("#audit [lang]").count() == 0
        marked = seen.texts("#provenance li [lang=en]")
        assert any(words.startswith("Real: the codes and names") for words in marked)
        assert seen.tab.locator("#indicators td[lang=en][title^='Ours'] span[lang=vi]").count() > 10
        assert all("winsorise" not in words for words in seen.texts("#indicators td"))
        seen.tab.locator("[data-language=en]").click()
        seen.tab.wait_for_function("() => window.pii.drawn > 1")
        assert seen.tab.locator("#provenance li [lang]").count() == 0
        assert any("winsorise: 1 high" in words for words in seen.texts("#indicators td"))


def test_names_that_look_like_markup_stay_text(browser: Any, tmp_path: Path) -> None:
    """Of units, labels, nodes, notes; in the title of the page too."""
    bad = "<script>window.hacked = 1</script>"
    image = "<img src=x onerror='window.hacked=1'>"
    units = Units(("a", "b"), (bad, "</script><b>"), {"region": (image, "{{script}}")})
    index = group("i", leaf("x", name=image, note=bad, source=bad, unit=bad), leaf("y"), name=bad)
    table = Table.of({"x": [1.0, 2.0], "y": [1.0, 2.0]}, units=units, title=bad, notes=[bad])
    result = compute(scheme(index, about=bad, labels=[{"code": "region"}]), table)
    beside = Beside(audit=audit(result), provenance={"command": [bad], "inputs": [{"file": bad, "sha256": bad}]})
    with Opened(browser, saved(page(result, beside, language="en"), tmp_path)) as seen:
        assert seen.tab.evaluate("window.hacked") is None
        assert seen.said == []
        assert seen.tab.title() == bad
        assert seen.texts("#ranking-rows tbody th") == ["</script><b>", bad]


def test_the_ranking_is_there_without_scripts(browser: Any, whole: str) -> None:
    """For a mail reader that runs none."""
    with Opened(browser, whole, java_script_enabled=False) as seen:
        assert seen.texts("noscript th") == names(synthetic())


# The ranking


def test_the_table_shows_what_is_published(browser: Any, tmp_path: Path) -> None:
    """Half-up as on paper, with a comma in Vietnamese; below 0 too."""
    with Opened(browser, saved(page(half(), language="vi"), tmp_path)) as seen:
        assert seen.texts("#ranking-rows tbody tr:first-child td:nth-child(3)") == ["49,37"]
    with Opened(browser, saved(page(negative(), language="en"), tmp_path)) as seen:
        expected = [published(row.scores[0], 2).replace("-", "−") for row in published_rows(negative())]
        assert seen.texts("#ranking-rows tbody td:nth-child(3)") == expected


def test_a_heading_sorts_and_says_so(browser: Any, whole: str) -> None:
    """Scores from the highest, at a second press from the lowest; the focus stays."""
    result = synthetic()
    column = result.composite.column("P1")
    order = [result.composite.units.names[at] for at in np.argsort(-column, kind="stable")]
    with Opened(browser, whole) as seen:
        head = seen.tab.locator("#ranking-rows th", has=seen.tab.locator("[data-key='P1']"))
        seen.tab.locator("[data-key='P1']").click()
        assert head.get_attribute("aria-sort") == "descending"
        assert seen.texts("#ranking-rows tbody th") == order
        seen.tab.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert seen.texts("#ranking-rows tbody th") == order[::-1]


@pytest.mark.parametrize("typed", ["da nang", "DA NANG", "Đà Nẵng", "đà-nẵng"])
def test_search_needs_no_diacritics(browser: Any, whole: str, typed: str) -> None:
    """Nor case, nor blanks."""
    with Opened(browser, whole) as seen:
        seen.tab.locator("#query").fill(typed)
        assert seen.texts("#ranking-rows tbody th") == ["Đà Nẵng"]


def test_a_region_can_be_looked_at_alone(browser: Any, whole: str) -> None:
    """Ranks stay those of all."""
    with Opened(browser, whole) as seen:
        seen.tab.locator("#region").select_option("Southeast")
        expected = [row.name for row in published_rows(synthetic()) if row.labels == ("Southeast",)]
        assert seen.texts("#ranking-rows tbody th") == expected


def test_the_table_downloads_as_shown(browser: Any, tmp_path: Path) -> None:
    """As CSV with a byte order mark, scores as published; what a spreadsheet would run is text."""
    with Opened(browser, saved(page(small(), language="en"), tmp_path), accept_downloads=True) as seen:
        with seen.tab.expect_download() as coming:
            seen.tab.locator("#download").click()
        text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "unit,rank,name,total,P1,region"
    assert any("'=cmd|' /C calc'!A0" in line for line in lines)
    assert len(lines) == 1 + len(small().measured.units)


# The explorer


def test_the_explorer_computes_as_the_library_over_random_weights(browser: Any, whole: str) -> None:
    """Scores of all groups to 1e-9, places exactly; some nodes without any weight."""
    result, rng = synthetic(), np.random.default_rng(0)
    nodes = [node.code for node in result.scheme.nodes[1:] if isinstance(node, Group)]
    with Opened(browser, whole) as seen:
        same_scores(seen.chosen(), result, result.weights)
        for _ in range(25):
            moved = rng.choice(nodes, size=rng.integers(1, len(nodes)), replace=False).tolist()
            points = {node: float(rng.choice([0.0, rng.uniform(0, 100)], p=[0.1, 0.9])) for node in moved}
            weights, said = by_points(result, points)
            same_scores(seen.chosen(w=said), result, weights)


def test_other_values_and_other_means_are_the_library_s(browser: Any, whole: str) -> None:
    """Each alternative with random weights; the geometric mean of the upper two levels."""
    result, rng = synthetic(), np.random.default_rng(1)
    above = ["PII", "input", "output"]
    with Opened(browser, whole) as seen:
        for name, other in alternatives(result).items():
            weights, said = by_points(other, {code: float(rng.uniform(1, 100)) for code in ("input", "P2", "7.1")})
            same_scores(seen.chosen(base=name, w=said), other, weights)
        document = json.loads(result.scheme.model_dump_json())
        rules = Scheme.model_validate_json(json.dumps(_averaged(document, above)))
        assert rules.aggregator_of(rules.index) == Geometric()
        same_scores(seen.chosen(mean="geometric"), result, result.weights, rules)


def _averaged(document: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    """A scheme in which some groups take the geometric mean."""

    def walk(node: dict[str, Any]) -> None:
        if node["code"] in codes:
            node["aggregate"] = "geometric"
        for child in node.get("children", ()):
            walk(child)

    walk(document["index"])
    return document


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic", {"method": "power", "p": 2}, "minimum", "maximum"])
def test_every_mean_the_page_knows_is_the_library_s_with_gaps(browser: Any, tmp_path: Path, aggregate: Any) -> None:
    """Gaps, coverage limits, unequal weights, ties shared by their mean."""
    rng = np.random.default_rng(2)
    index = group(
        "top",
        group("A", *(leaf(f"a{at}", weight=at + 1.0) for at in range(3)), coverage=0.5),
        group("B", *(leaf(f"b{at}") for at in range(2)), weight=3.0, at_least=2),
        leaf("c"),
    )
    rules = scheme(
        index, aggregate=aggregate, normalise={"method": "minmax", "floor": 1}, rank="average", coverage=0.4
    )
    columns = {code: rng.integers(0, 6, 40).astype(float) for code in ("a0", "a1", "a2", "b0", "b1", "c")}
    for column in columns.values():
        column[rng.random(40) < 0.3] = np.nan
    result = compute(rules, Table.of(columns, units=[f"u{at}" for at in range(40)]))
    with Opened(browser, saved(page(result), tmp_path)) as seen:
        for points in ({}, {"A": 10.0, "c": 80.0}, {"B": 0.0}, {"A": 0.1, "B": 99.9}):
            weights, said = by_points(result, points)
            same_scores(seen.chosen(w=said), result, weights)


def test_a_method_the_page_does_not_know_stays_as_built(browser: Any, tmp_path: Path) -> None:
    """Its sliders are off, and the page says why."""
    index = group("top", group("A", leaf("a"), leaf("b")), group("B", leaf("c")), aggregate="copeland")
    table = Table.of({code: [3.0, 1.0, 2.0] for code in "abc"}, units=["x", "y", "z"])
    result = compute(scheme(index), table)
    with Opened(browser, saved(page(result, language="en"), tmp_path)) as seen:
        assert seen.tab.locator("#sliders input").first.is_disabled()
        assert "its scores stay as built" in seen.texts("#sliders")[0]
        same_scores(seen.chosen(w="A:90"), result, result.weights)


def test_a_slider_moved_by_keys_moves_the_ranking(browser: Any, whole: str) -> None:
    """At once, said where a screen reader hears it, kept in the link; reset takes it back."""
    result = synthetic()
    with Opened(browser, whole) as seen:
        slider = seen.tab.locator("[data-node='output']")
        slider.focus()
        for key in ("PageUp", "PageUp", "ArrowUp"):
            seen.tab.keyboard.press(key)
        points = float(slider.input_value())
        assert 60 < points < 100
        weights, _ = by_points(result, {"output": points})
        composite = stages.aggregate(result.scores, weights, result.scheme)
        order = [result.composite.units.names[at] for at in np.argsort(-composite.values[:, 0], kind="stable")]
        assert seen.texts("#explored-rows tbody th") == order
        seen.tab.wait_for_function("() => location.hash.includes('output')")
        said = seen.texts("#explored-said p")[0]
        assert order != names(result)
        seen.tab.wait_for_function("words => document.getElementById('live').textContent === words", arg=said)
        link = seen.tab.url
        seen.tab.locator("#reset").click()
        assert seen.texts("#explored-rows tbody th") == names(result)
    with Opened(browser, link) as again:
        assert again.texts("#explored-rows tbody th") == order
        assert again.tab.locator("[data-node='output']").input_value() == f"{points:g}"


def test_a_mean_that_is_not_defined_is_said_not_guessed(browser: Any, tmp_path: Path) -> None:
    """A score of 0 has no geometric mean; the unit has no score then, and the page names it."""
    index = group("top", group("A", leaf("a")), group("B", leaf("b")))
    result = compute(scheme(index), Table.of({"a": [0.0, 1.0, 2.0], "b": [2.0, 1.0, 2.0]}, units=["x", "y", "z"]))
    with Opened(browser, saved(page(result, language="en"), tmp_path)) as seen:
        seen.tab.locator("#mean").select_option("geometric")
        assert "The library would refuse it" in seen.texts("#explored-said .warning")[0]
        found = seen.chosen(mean="geometric")
        assert found["places"][2] == 1
        assert np.isnan(found["places"][0])


# Profile, map, languages


def test_a_profile_says_what_the_library_says(browser: Any, whole: str) -> None:
    """Strengths, weaknesses, the mean and the leader; another unit stands beside."""
    result = synthetic()
    with Opened(browser, whole) as seen:
        seen.tab.locator("#ranking-rows").get_by_role("button", name="Đắk Lắk").click()
        strong = [f"{code} " for code in result.strengths("66").index]
        shown = seen.texts("#profile .extremes >> nth=0 >> li")
        assert len(shown) == 5
        assert all(words.startswith(code) for words, code in zip(shown, strong, strict=True))
        seen.tab.locator("#against").select_option(label="Đà Nẵng")
        assert seen.texts("#profile .card h3") == ["Đắk Lắk", "Đà Nẵng"]
        row = result.profile("66").to_dict("index")["P1"]
        cells = seen.texts("#standing tr:has(th:text-is('P1 Thể chế')) td")
        assert cells[0] == published(row["score"], 2).replace(".", ",")
        assert cells[4] == published(row["mean"], 2).replace(".", ",")
        assert cells[6].startswith(str(row["leader"]))
        seen.tab.wait_for_function("() => location.hash.includes('with=48')")


def test_the_page_says_what_rests_on_values_that_are_not_final(browser: Any, whole: str) -> None:
    """In the profile, with the indicator and under provenance, with ranks as the library computes them."""
    frame = rests_on(noted(), UNSETTLED).to_frame()
    with Opened(browser, f"{whole}#lang=en&unit=01") as seen:
        text = seen.texts("#profile")[0]
        share = published(100 * frame["share"]["01"], 1)
        said = f"{share}\u00a0% of the score rests on values that are not final. Without them the rank is"
        assert f"{said} {frame['rank_without']['01']:g}, and with them {frame['rank']['01']:g}." in text
        assert "<b>From a sample</b>" in text
        assert "provisional · Yearbook · 2025-06" in text
        assert "31 provisional" in seen.texts("#indicator-rows")[0]
        assert len(seen.texts("#origin-rows tbody tr")) == 3
        ranks = [row.split("\t") for row in seen.texts("#origin-ranks tbody tr")]
        assert ranks[0][0] == "Lao Cai"
        assert [row[3] for row in ranks] == [f"{place:g}" for place in frame["rank_without"]]
    with Opened(browser, f"{whole}#lang=vi&unit=01") as seen:
        assert "sơ bộ · Yearbook · 2025-06" in seen.texts("#profile")[0]


def test_a_tile_opens_its_profile(browser: Any, whole: str) -> None:
    """From the keyboard; the colour is of the node that was chosen, its score is written on it."""
    result = synthetic()
    with Opened(browser, whole) as seen:
        seen.tab.locator("#node").select_option(label="\u2003\u2003P3 Cơ sở hạ tầng")
        tile = seen.tab.locator(".tile[data-unit='79']")
        at = result.composite.units.codes.index("79")
        score = published(float(result.composite.column("P3")[at]), 1).replace(".", ",")
        assert score in tile.inner_text()
        assert seen.tab.locator("button.tile").count() == 34
        tile.focus()
        seen.tab.keyboard.press("Enter")
        assert seen.texts("#profile .card h3") == ["Hồ Chí Minh"]


def test_given_boundaries_are_drawn_and_what_does_not_match_is_said(browser: Any, tmp_path: Path) -> None:
    """By name in any spelling; the page is made all the same."""
    features = [
        {"type": "Feature", "properties": {"NAME_1": name}, "geometry": SHAPE} for name in ("Ha Noi", "Atlantis")
    ]
    beside = Beside(boundaries={"type": "FeatureCollection", "features": features})
    with Opened(browser, saved(page(synthetic(), beside, language="en"), tmp_path)) as seen:
        assert seen.tab.locator(".shapes path").count() == 1
        assert "Atlantis" in " ".join(seen.texts("#map .warning"))
        seen.tab.locator(".shapes path").focus()
        seen.tab.keyboard.press("Enter")
        assert seen.texts("#profile .card h3") == ["Hanoi"]


@pytest.mark.parametrize(("language", "sorted_by"), [("vi", "Hạng"), ("en", "Rank")])
def test_every_word_is_in_the_language_chosen(browser: Any, whole: str, language: str, sorted_by: str) -> None:
    """No key shows in place of its words; the choice is in the link."""
    with Opened(browser, whole) as seen:
        seen.tab.locator(f"[data-language='{language}']").click()
        assert seen.tab.evaluate("document.documentElement.lang") == language
        assert seen.texts("#ranking-rows thead button")[0].startswith(sorted_by)
        seen.tab.wait_for_function(f"() => location.hash.includes('lang={language}')")
        keys = seen.tab.evaluate("Object.keys(window.pii.record.words).filter(key => key.includes('.'))")
        text = seen.tab.evaluate("document.body.innerText")
        assert [key for key in keys if key in text] == []


def test_what_is_missing_is_said_and_the_rest_is_there(browser: Any, tmp_path: Path) -> None:
    """A page of a result alone, of units that are no provinces, with one that is not ranked."""
    with Opened(browser, saved(page(small(), language="en"), tmp_path)) as seen:
        text = seen.tab.evaluate("document.body.innerText")
        for words in ("no rank intervals", "no audit", "There is no map", "not ranked", "No peers", "No manifest"):
            assert words in text
        assert seen.said == []


def test_an_earlier_edition_of_other_units_is_not_compared(browser: Any, tmp_path: Path) -> None:
    """Old and new Gia Lai are not the same place; editions of one system are compared."""
    old = compute(*read_sample("synthetic-pii-2024"))
    with Opened(browser, saved(page(synthetic(), Beside(earlier=old), language="en"), tmp_path)) as seen:
        assert "not the same area" in " ".join(seen.texts("#ranking .note"))
        assert seen.tab.locator("[data-key='change']").count() == 0
    older = compute(*read_sample("synthetic-pii-2023"))
    with Opened(browser, saved(page(old, Beside(earlier=older), language="en"), tmp_path)) as seen:
        seen.tab.locator("#query").fill("ha noi")
        at, before = (one.composite.units.codes.index("01") for one in (old, older))
        moved = older.ranking.values[before, 0] - old.ranking.values[at, 0]
        cell = seen.texts("#ranking-rows tbody tr td:nth-child(4)")[0]
        assert (f"{abs(moved):g}" in cell) if moved else ("–" in cell)
        assert ("▲" in cell) == (moved > 0)


# For everybody, on everything


@pytest.mark.parametrize(("language", "viewport"), [("vi", PHONE), ("en", DESK)], ids=["phone", "desk"])
def test_axe_finds_no_fault(browser: Any, whole: str, viewport: dict[str, int], language: str) -> None:
    """With everything unfolded and two units side by side."""
    folder = pytest.importorskip("axe_playwright_python", reason="the page is held against axe-core")
    script = resources.files(folder).joinpath("axe.min.js").read_text(encoding="utf-8")
    with Opened(browser, f"{whole}#lang={language}&with=48", viewport=viewport, bypass_csp=True) as seen:
        seen.tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        seen.tab.evaluate(script)
        found = seen.tab.evaluate("axe.run()")["violations"]
        assert [(one["impact"], one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_screen(browser: Any, whole: str, viewport: dict[str, int]) -> None:
    """Wide tables scroll by themselves."""
    with Opened(browser, whole, viewport=viewport) as seen:
        assert seen.tab.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_page_is_used_by_keys_alone(browser: Any, whole: str) -> None:
    """The first key leads past everything to the table; from there to search, headings and profile."""
    with Opened(browser, whole) as seen:
        seen.tab.keyboard.press("Tab")
        assert seen.tab.evaluate("document.activeElement.className") == "skip"
        seen.tab.keyboard.press("Enter")
        seen.tab.keyboard.press("Tab")
        assert seen.tab.evaluate("document.activeElement.id") == "query"
        seen.tab.keyboard.type("hai phong")
        assert seen.texts("#ranking-rows tbody th") == ["Hải Phòng"]
        for _ in range(40):
            seen.tab.keyboard.press("Tab")
            if seen.tab.evaluate("document.activeElement.matches('#ranking-rows tbody button')"):
                break
        seen.tab.keyboard.press("Enter")
        assert seen.texts("#profile .card h3") == ["Hải Phòng"]
        assert seen.tab.evaluate("document.activeElement.closest('section').id") == "profile"


def test_focus_can_be_seen_and_motion_can_be_refused(browser: Any, whole: str) -> None:
    """An outline on what has the focus; no smooth scrolling for those who want none."""
    with Opened(browser, whole, reduced_motion="reduce") as seen:
        seen.tab.keyboard.press("Tab")
        seen.tab.keyboard.press("Tab")
        assert seen.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert seen.tab.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_it_prints_to_a4(browser: Any, whole: str) -> None:
    """What is for a hand only is not printed; what is folded is unfolded; headings of tables repeat."""
    with Opened(browser, whole) as seen:
        printed = seen.tab.pdf(prefer_css_page_size=True)
        assert printed.startswith(b"%PDF")
        assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed
        seen.tab.emulate_media(media="print")
        assert not seen.tab.locator("nav").is_visible()
        assert not seen.tab.locator("#explorer").is_visible()
        assert (
            seen.tab.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
        )


def test_the_map_of_the_63_has_a_tile_each(browser: Any, tmp_path: Path) -> None:
    """And one for each group of islands."""
    result = compute(*read_sample("papi-2024"))
    with Opened(browser, saved(page(result, language="vi"), tmp_path)) as seen:
        assert seen.tab.locator("button.tile").count() == len(provinces("VN63"))
        assert len(seen.texts(".tile.part")) == 2
        assert seen.said == []
