"""Studies and bounds as lines and records: every unit, best first, and nothing that a terminal could trip over."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np

from pii.choices.alternatives import VaryAggregation, VaryNormalisation
from pii.choices.design import Choice, Uncertainty
from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.report.robustness import bounds_lines, bounds_record, study_lines, study_record
from pii.report.words import known
from pii.robustness.bounds import bounds
from pii.robustness.region import Region
from pii.robustness.sensitivity import sensitivity
from pii.robustness.study import Study, study
from pii.scheme import Scheme
from pii.spec import members
from pii.table import Table, Units
from tests.shared import group, leaf, scheme
from tests.slow_study import chosen

CHOICES: list[Any] = [
    WeightBox(spread=0.5, name="weights\x1b[31m"),
    chosen(VaryNormalisation, among=["minmax", "rank"]),
]
COLUMNS = {"a": [1.0, 9, 5, 4], "b": [8.0, 2, 5, 5], "c": [3.0, 4, 9, 1]}
UNITS = Units(("01", "02", "03", "04"), ("Huế", "Đà Nẵng", "\x1b[31mred", "Cần Thơ"))


def read(**fields: Any) -> Scheme:
    """Three indicators."""
    return scheme(group("total", leaf("a"), leaf("b"), leaf("c"), name="Trial"), **fields)


@cache
def made() -> Study:
    """A study of four units."""
    return study(read(), Table.of(COLUMNS, units=UNITS), CHOICES, draws=2048, seed=0)


def test_a_study_lists_units_best_first_with_their_intervals() -> None:
    """The numbers of its table; columns are as wide as their widest cell."""
    lines = study_lines(made(), None, level=0.8)
    assert lines[:3] == ["Trial", "2,048 draws of: weights\ufffd[31m, normalise", ""]
    frame = made().intervals(level=0.8).sort_values("rank")
    first: Any = made().top(1)["probability"]
    assert lines[3].split() == ["rank", "name", "80%", "of", "draws", "median", "all", "draws", "first"]
    assert len(lines) == 8
    for line, (code, row) in zip(lines[4:], frame.iterrows(), strict=True):
        rank, *name, interval, median, every, share = line.split()
        assert rank == str(row["rank"])
        assert " ".join(name) == row["name"].replace("\x1b", "\ufffd")
        assert interval == f"{row['low']}-{row['high']}"
        assert median == str(row["median"])
        assert every == f"{row['best']}-{row['worst']}"
        assert share == f"{first[code]:.0%}"
    assert len({line.index(" ".join(line.split()[1:-4])[:2]) for line in lines[4:]}) == 1


def test_what_drives_a_study_stands_below_the_largest_first() -> None:
    """Alone, in all, and between which ends."""
    found = sensitivity(read(), Table.of(COLUMNS, units=UNITS), CHOICES, n=256, seed=0)
    lines = study_lines(made(), found, level=0.9)
    at = lines.index("what drives it: shares of the variance of the mean absolute rank shift")
    overall = found.overall().sort_values("total", ascending=False)
    assert lines[at + 1].split() == ["choice", "alone", "in", "all", "90", "%"]
    for line, (choice, row) in zip(lines[at + 2 :], overall.iterrows(), strict=True):
        assert line.split() == [
            str(choice).replace("\x1b", "\ufffd"),
            f"{row['first']:.2f}",
            f"{row['total']:.2f}",
            f"{row['total_low']:.2f}-{row['total_high']:.2f}",
        ]


def test_draws_left_out_and_ends_not_known_are_said() -> None:
    """And not where there are none."""
    choices = [
        chosen(VaryNormalisation, among=["rank", "zscore"]),
        chosen(VaryAggregation, among=["arithmetic", "geometric"]),
    ]
    uncertain = chosen(Uncertainty, choices=choices, draws=8, conflicts="exclude")
    n = 40
    random = np.random.default_rng(0)
    rows = Table.of({code: random.normal(size=n) for code in "abc"}, units=[f"u{at}" for at in range(n)])
    lines = study_lines(study(read(), rows, uncertain), None, level=0.9)
    assert "2 draws left out: their alternatives do not go together" in lines
    assert "some ends of intervals are not known to within one rank; draw more, or use --until-stable" in lines
    assert not [line for line in study_lines(made(), None, level=0.9) if "left out" in line or "known" in line]


def test_a_unit_without_a_rank_as_it_stands_comes_last() -> None:
    """With those that it has in some draws."""
    columns = COLUMNS | {"c": [3.0, 4, float("nan"), 1]}
    index = group("total", group("p", leaf("a"), leaf("b")), group("q", leaf("c")), coverage=1.0)
    choices = [WeightBox(), chosen(VaryNormalisation, among=["rank", "minmax"])]
    rows = Table.of(columns, units=UNITS)
    lines = study_lines(study(scheme(index), rows, choices, draws=8, seed=0), None, level=0.9)
    assert lines[7].split() == ["\ufffd[31mred", "-", "-", "-", "0%"]


def test_a_study_is_said_in_vietnamese() -> None:
    """With the same numbers, written as there."""
    found = sensitivity(read(), Table.of(COLUMNS, units=UNITS), CHOICES, n=256, seed=0)
    lines, other = (study_lines(made(), found, level=0.9, language=language) for language in ("en", "vi"))
    assert other[1] == "2.048 lần tính lại, thay đổi: weights\ufffd[31m, cách chuẩn hóa"
    assert other[3].split() == [
        "hạng",
        "tên",
        "90%",
        "lần",
        "tính",
        "trung",
        "vị",
        "mọi",
        "lần",
        "tính",
        "đứng",
        "đầu",
    ]
    assert [line.split() for line in other[4:8]] == [line.split() for line in lines[4:8]]
    assert [line.split()[-3:] for line in other[-2:]] == [
        line.replace(".", ",").split()[-3:] for line in lines[-2:]
    ]


def test_every_choice_has_words() -> None:
    """Those that it is called by when it has no name."""
    for choice in members(Choice):
        kind = choice.model_fields["vary"].default
        assert known("choice", kind, "en") == kind
        assert known("choice", kind, "vi") != kind


def test_a_study_is_recorded_as_json_has_it() -> None:
    """Plain values, None for what is missing; choices that can be read again."""
    found = sensitivity(read(), Table.of(COLUMNS, units=UNITS), CHOICES, n=64, seed=0)
    record = json.loads(json.dumps(study_record(made(), found, level=0.9), allow_nan=False))
    assert (record["title"], record["synthetic"], record["draws"], record["left_out"]) == ("Trial", False, 2048, 0)
    assert Uncertainty.model_validate(record["uncertainty"]) == made().plan.uncertainty
    assert [row["unit"] for row in record["intervals"]] == list(UNITS.codes)
    assert [row["low"] for row in record["intervals"]] == made().intervals()["low"].tolist()
    assert [row["mean"] for row in record["scores"]] == made().score_intervals()["mean"].tolist()
    assert [row["choice"] for row in record["drivers"]] == ["weights\x1b[31m", "normalise"]
    assert study_record(made(), None, level=0.9)["drivers"] == []


def test_bounds_list_units_best_first_with_their_possible_ranks() -> None:
    """And scores; a record has the region too."""
    result = compute(read(), Table.of(COLUMNS, units=UNITS))
    found = bounds(result, Region(spread=0.25))
    lines = bounds_lines(found)
    assert lines[0] == "Trial: possible ranks, weights within 25% of the nominal ones"
    frame = found.to_frame().sort_values("rank")
    for line, (_, row) in zip(lines[3:], frame.iterrows(), strict=True):
        assert line.startswith(f"{row['rank']:>4}  {row['name']}".replace("\x1b", "\ufffd"))
        assert line.split()[-4:] == [
            f"{row['best']}-{row['worst']}",
            *f"{row['lowest']:.2f} to {row['highest']:.2f}".split(),
        ]
    other = bounds_lines(found, "vi")
    assert other[0] == "Trial: hạng có thể có khi trọng số lệch không quá 25% so với trọng số gốc"
    assert [line.split() for line in other[3:]] == [
        line.replace(".", ",").replace(" to ", " đến ").split() for line in lines[3:]
    ]
    record = json.loads(json.dumps(bounds_record(found), allow_nan=False))
    assert Region.model_validate(record["region"]) == found.region
    assert [row["best"] for row in record["units"]] == found.to_frame()["best"].tolist()
