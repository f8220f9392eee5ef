"""What the library says in English of units and indicators is known in Vietnamese, whatever it says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pii.audit import audit
from pii.compute import compute
from pii.figures.words import Language
from pii.findings import Finding
from pii.improve.improvement import improve
from pii.improve.targets import Target
from pii.io.samples import read_sample, samples
from pii.io.tables import read_table
from pii.methods.treat import AbstractTreater, Treater
from pii.report.rewording import detail, reasons, remark, search, source, target, treatment
from pii.report.words import known
from pii.table import Table
from pii.thresholds import RULES
from tests.report.results import NAN, small
from tests.shared import group, instances, leaf, scheme

ENGLISH = re.compile(r"\b(of|the|and|with|its|needed|low|high|units?|exponent|our|choice|more)\b")


def short() -> list[str]:
    """Every reason for which a unit can be without a rank."""
    index = group(
        "total",
        group("P1", leaf("1.1"), leaf("1.2"), at_least=2),
        group("P2", leaf("2.1"), leaf("2.2"), leaf("2.3")),
        coverage=1.0,
    )
    within = [{"groups": ["P2"], "measured": 0.5}, {"groups": ["P1"], "scorable": 1}]
    screen = {"measured": 0.5, "nonzero": 0.5, "within": within, "exclude": ["x"]}
    columns = {
        "1.1": [1.0, NAN, 0.0, NAN, 1.0, 2.0, 5.0],
        "1.2": [2.0, NAN, 0.0, 3.0, 1.0, NAN, 4.0],
        "2.1": [3.0, 1.0, 0.0, NAN, 1.0, 3.0, 6.0],
        "2.2": [1.0, 1.0, 1.0, NAN, 1.0, 2.0, 2.0],
        "2.3": [4.0, 2.0, 2.0, 2.0, 1.0, 2.0, 2.5],
    }
    units = ["whole", "no first", "zeros", "few", "x", "gap", "last"]
    result = compute(scheme(index, screen=screen), Table.of(columns, units=units))
    return [reason for why in result.unranked.values() for reason in why]


def findings() -> list[Finding]:
    """What audits find in the samples."""
    return [finding for name in samples() for finding in audit(compute(*read_sample(name))).findings]


def test_every_reason_is_known() -> None:
    """Each of the kinds that there are, and only the numbers and codes stay as they are."""
    found = [*short(), "no indicator has a score"]
    assert len({re.sub(r"[\d.]+|^\w+: ", "", reason) for reason in found}) == 7
    for reason in found:
        said = reasons([reason], "vi")
        assert said != reason
        assert not ENGLISH.search(said), said
    assert reasons(found, "en") == "; ".join(found)


VALUES = np.array([[1.0, 1.5, 2.0, 2.5, 3.0, 3.2, 3.3, 4.0, 90.0, 400.0]])


@pytest.mark.parametrize("method", instances(Treater))
def test_every_treatment_is_known(method: AbstractTreater) -> None:
    """Of high and low outliers, by each method."""
    rules = method(VALUES, direction=np.ones((1, 1))).rules
    assert any(rules) == (method.method_name() != "none")
    for rule in filter(None, rules):
        said = treatment(rule, "vi")
        assert not ENGLISH.search(said), said
        names = [step.partition(":")[0] for step in rule.split(", then ")]
        assert said.startswith(known("method.treat", names[0], "vi"))
        assert treatment(rule, "en") == rule


def test_treatment_at_both_ends_is_known() -> None:
    """And in two steps; the exponent has the language's mark."""
    assert treatment("winsorise: 2 low, 1 high", "vi").endswith(": 2 giá trị thấp, 1 giá trị cao")
    assert treatment("boxcox: exponent -0.25", "vi") == "Box-Cox: số mũ -0,25"
    assert treatment("winsorise: 5 high, then log", "vi").endswith(", sau đó lấy logarit")
    assert treatment("", "vi") == ""


def test_every_finding_s_figures_are_known() -> None:
    """Of all samples; no number keeps its English mark, and codes keep their points."""
    every = findings()
    assert len({finding.rule for finding in every}) > 12
    for finding in every:
        said = detail(finding.detail, "vi")
        assert said is not None, finding.detail
        assert not ENGLISH.search(said), said
        assert len(re.findall(r"\d", said)) == len(re.findall(r"\d", finding.detail))
        assert detail(finding.detail, "en") == finding.detail


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("goes against its siblings: 1.1 -0.40, 1.25 -0.31", "{} 1.1 -0,40, 1.25 -0,31"),
        ("1 unit moves by 4 places and more by the geometric mean, a1 (+5)", "1 đơn vị {} 4 bậc {} a1 (+5)"),
        (
            "3 of 34 units, 01 30%, 02 40%, 04 50% and 2 more",
            "3 trên 34 đơn vị, 01 30%, 02 40%, 04 50% và 2 mục khác",
        ),
        ("0.82 with population, 0.61 with grdp", "0,82 với population, 0,61 với grdp"),
        ("1.2 0.71, its own 1.10 0.32", "1.2 0,71, nhóm của nó 1.10 0,32"),
        ("skewness 2.51, kurtosis 7.00", "độ lệch 2,51, độ nhọn 7,00"),
    ],
)
def test_codes_keep_their_points(figures: str, said: str) -> None:
    """Though numbers get commas."""
    found = detail(figures, "vi")
    assert found is not None
    assert re.fullmatch(".+".join(map(re.escape, said.split("{}"))), found), found


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_threshold_s_source_is_known(language: Language) -> None:
    """Works are cited as they are; what is said beside them is said in the language."""
    for rule in RULES.values():
        found = source(rule.source, language)
        cited = re.match(r"[A-Z][a-z]+ (et al\. )?\(", rule.source) is not None
        assert (found == rule.source) == (cited or language == "en")


def test_remarks_of_a_table_s_reader_are_known(tmp_path: Path) -> None:
    """Codes of gaps, columns left out, decimal marks; what is not known is nobody's guess."""
    path = tmp_path / "table.csv"
    path.write_text("unit;a;b;bb;q\nx;1,5;..;1;1\ny;2,5;3;2;1\nz;..;4;3;1\nw;-;2;3;1\n", encoding="utf-8")
    found = read_table(path, scheme(group("i", leaf("a"), leaf("b")))).remarks
    assert len(found) > 4
    for text in found:
        said = remark(text, "vi")
        assert said is not None, text
        assert not ENGLISH.search(said), said
        assert remark(text, "en") == text
    assert remark("something else", "vi") is None


def test_a_result_s_own_texts_are_known() -> None:
    """Of the one that the other tests are of."""
    result = small()
    said = [reasons(why, "vi") for why in result.unranked.values()]
    assert said == ["có số liệu của 0 trên 3 chỉ số, cần có tỷ lệ 0,6667"]


def test_places_without_a_row_are_said_in_vietnamese() -> None:
    """All of them, or some and how many more."""
    one = "no row for 1 of the 34 places of VN34: Hà Nội"
    assert remark(one, "vi") == "không có dòng của 1 trên 34 địa phương (VN34): Hà Nội"
    many = "no row for 6 of the 34 places of VN34: Hà Nội, Huế, Đà Nẵng and 3 more"
    assert remark(many, "vi") == (
        "không có dòng của 6 trên 34 địa phương (VN34): Hà Nội, Huế, Đà Nẵng và 3 địa phương nữa"
    )


def test_every_target_and_way_of_search_is_known() -> None:
    """Of an improvement."""
    asked = Target(rank=3, score=50.25, groups=2, indicators=0.6)
    assert target(str(asked), "en") == str(asked)
    assert target(str(asked), "vi") == (
        "hạng 3, điểm 50,25, 2 nhóm trên mức trung bình, tỷ lệ 0,6 số chỉ số trên mức trung bình"
    )
    linear, whole = "linear program", "mixed-integer program"
    methods = [linear, whole, "local: each indicator drawn back from its bound"]
    methods += [f"local: {kind}s along tangents of the index" for kind in (linear, whole)]
    made = improve(compute(*read_sample("synthetic-pii-2025")), "01", to_rank=34)
    ways = {replace(made, method=method, is_exact=exact).said for method in methods for exact in (False, True)}
    ways = {way for way in ways if not way.startswith("exact (local")} | {"nothing to do", "no change helps"}
    assert len(ways) == 9
    for way in ways:
        assert search(way, "en") == way
        assert search(way, "vi") != way
