"""The page as a file: one, closed to the outside, the same for the same, small, complete in both languages."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Any

import pytest

from pii.audit import audit
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.io.samples import read_sample
from pii.report.page import Beside, drawn, page, page_record
from pii.report.page_bases import alternatives
from pii.robustness.study import study
from pii.table import Table, Units
from pii.thresholds import RULES
from tests.report.results import small, synthetic
from tests.shared import group, leaf, scheme

FRONT = resources.files("pii.report").joinpath("front")
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in FRONT.joinpath("js").iterdir()}
WORDS: dict[str, dict[str, str]] = json.loads(FRONT.joinpath("words.json").read_text(encoding="utf-8"))
LIMIT = 1_500_000  # bytes of 34 provinces and 52 indicators with uncertainty


def record_of(text: str) -> Any:
    """The record in a page."""
    found = re.search(r'<script type="application/json" id="record">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_same_gives_the_same_text() -> None:
    """No time, no address, no order by chance."""
    assert page(small()) == page(small())


def test_the_record_comes_back_from_the_page() -> None:
    """Whatever it holds, a script element cannot be closed from inside."""
    units = Units(("a", "b"), ("</script><script>x</script>", "<!--"))
    result = compute(scheme(group("i", leaf("x"))), Table.of({"x": [1.0, 2.0]}, units=units))
    text = page(result)
    assert record_of(text) == json.loads(json.dumps(page_record(result)))
    assert text.count("</script>") == 2


def test_the_policy_names_what_is_in_the_page_and_nothing_else() -> None:
    """Style and script by the hash of what stands there."""
    text = page(small())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        assert f"sha256-{b64encode(sha256(inside[1].encode()).digest()).decode()}" in policy[1]


def test_nothing_in_the_page_leads_out() -> None:
    """No address but that of the drawing language, which is only its name; no markup made of text."""
    code = "".join(SCRIPTS.values()) + FRONT.joinpath("page.css").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"'\s)]*", code)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|import\(", code
    )


def test_a_page_of_34_by_52_with_uncertainty_is_small() -> None:
    """Half a megabyte, of one and a half allowed."""
    result = synthetic()
    found = study(result.scheme, result.measured, [WeightBox(spread=0.25)], draws=64, seed=0)
    beside = Beside(study=found, audit=audit(result), alternatives=alternatives(result), earlier=result)
    assert len(page(result, beside).encode()) < LIMIT


def test_what_is_not_given_is_said() -> None:
    """By section."""
    lacks = {one["what"] for one in page_record(small())["lacks"]}
    assert lacks == {"study", "drivers", "bounds", "audit", "earlier", "provenance", "peers", "map"}
    given = page_record(synthetic(), Beside(audit=audit(synthetic()), provenance={}, peers={"01": ["04"]}))
    assert {one["what"] for one in given["lacks"]} == {"study", "drivers", "bounds", "earlier"}
    assert all(one["vi"] and one["en"] for one in given["lacks"])


def test_seams_for_peers_and_changes_reach_the_page() -> None:
    """By code of the unit."""
    record = page_record(small(), Beside(peers={"01": ("02",)}, changes={"01": {"en": "Up."}}))
    assert (record["peers"], record["changes"]) == ({"01": ["02"]}, {"01": {"en": "Up."}})


# Words


def test_every_text_is_in_both_languages() -> None:
    """None empty; places to fill in are the same in both."""
    for key, texts in WORDS.items():
        assert set(texts) == {"vi", "en"}, key
        assert all(texts.values()), key
        assert set(re.findall(r"\{\d\}", texts["vi"])) <= set(re.findall(r"\{\d\}", texts["en"])), key


def test_every_text_that_scripts_say_is_there() -> None:
    """And by the page itself."""
    code = "".join(SCRIPTS.values()) + FRONT.joinpath("page.html").read_text(encoding="utf-8")
    said = set(re.findall(r"(?:\bsay\(|data-say=|data-label=|heading\()\"([a-z.]+)\"", code))
    assert len(said) > 80
    assert said <= set(WORDS)


def test_no_text_is_left_over() -> None:
    """Keys stand in the code whole, or begin with a family whose members data names."""
    code = "".join(SCRIPTS.values()) + FRONT.joinpath("page.html").read_text(encoding="utf-8")
    families = "nav|region|unit|stage|choice|measure|topic|rule|label|standing|mean|status"
    left = [key for key in WORDS if f'"{key}"' not in code and not re.match(rf"({families})\.", key)]
    assert left == []


def test_every_rule_of_an_audit_is_said_in_both_languages() -> None:
    """In English as the audit says it."""
    assert {key.removeprefix("rule."): texts["en"] for key, texts in WORDS.items() if key.startswith("rule.")} == {
        rule: held.says for rule, held in RULES.items()
    }
    assert {f"topic.{held.topic}" for held in RULES.values()} <= set(WORDS)


def test_every_region_is_said_in_both_languages() -> None:
    """Of both systems."""
    regions = {
        region
        for sample in ("synthetic-pii-2024", "synthetic-pii-2025")
        for region in read_sample(sample)[1].units.labels["region"]
    }
    assert {f"region.{region}" for region in regions} <= set(WORDS)


def test_a_missing_word_shows_the_other_language() -> None:
    """The page is still made."""
    record = page_record(small())
    record["words"] = {key: {"en": texts["en"]} for key, texts in record["words"].items()}
    assert record_of(drawn(record))["words"]["rank"] == {"en": "Rank"}


# Scripts


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_scripts_are_small_and_say_what_they_are(name: str) -> None:
    """A comment at the top; none longer than a module may be."""
    assert SCRIPTS[name].startswith("// ")
    assert len(SCRIPTS[name].splitlines()) <= 400


def test_every_script_is_in_the_page() -> None:
    """Once."""
    text = page(small())
    for name, source in SCRIPTS.items():
        assert text.count(source.splitlines()[0]) == 1, name
