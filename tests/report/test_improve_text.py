"""What it would take, as lines and as a record: the numbers of its frames, and nothing that a terminal trips over."""

from __future__ import annotations

import json

from pii.choices.weights import WeightBox
from pii.compute import compute
from pii.improve.improvement import Improvement, improve
from pii.improve.marginal import marginal_gains
from pii.report.improve_text import gain_lines, improvement_lines, improvement_record
from pii.table import Table, Units
from tests.shared import group, leaf, scheme

COLUMNS = {"a": [0.0, 40.0, 100.0, 60.0], "b": [100.0, 50.0, 0.0, 20.0]}
UNITS = Units(("01", "02", "03", "04"), ("Huế", "\x1b[31mred", "Cần Thơ", "Cà Mau"))


def found(**fields: object) -> Improvement:
    """Of the second unit."""
    plan = scheme(group("t", leaf("a", name="First", unit="%"), leaf("b"), name="Trial"))
    asked = {"to_rank": 1} | fields
    return improve(compute(plan, Table.of(COLUMNS, units=UNITS)), "02", **asked)  # type: ignore[arg-type]


def test_what_is_asked_what_is_reached_and_every_change() -> None:
    """Costs and scores with it; a name cannot steer the terminal."""
    lines = improvement_lines(found(fixed=["b"]))
    assert lines[:2] == ["Trial", "\ufffd[31mred: rank 1"]
    assert lines[2].startswith("now:  rank 3 of 4, score 45.00, ")
    assert lines[3].startswith("then: rank 1 of 4, score 50.00, ")
    assert lines[4] == "cost 0.1, exact (linear program)"
    assert lines[6].split()[:4] == ["code", "indicator", "from", "to"]
    assert lines[7].split() == ["a", "First", "40", "50", "+10", "%", "10%", "40.0", "50.0"]


def test_out_of_reach_says_what_is_nearest() -> None:
    """And nothing more, where no change helps."""
    lines = improvement_lines(found(fixed=["a", "b"]))
    assert lines[2] == "out of reach within the bounds; nearest: rank 3"
    assert lines[-1] == "cost 0, no change helps"


def test_how_safe_the_new_rank_is() -> None:
    """In one line."""
    made = found(fixed=["b"])
    safety = made.safety([WeightBox(spread=0.5)], draws=64, seed=0)
    said = improvement_lines(made, safety)[-1]
    assert said.startswith(
        f"how safe it is: rank 1 or better in {safety.probability:.0%} of the draws; 90 % of them"
    )


def test_what_each_brings_by_itself() -> None:
    """The one that brings most first; a mean that is passed says so."""
    made = found()
    lines = gain_lines(made, marginal_gains(made.start, "02"))
    assert [line.split()[0] for line in lines[1:]] == ["code", "a", "b"]
    assert lines[2].endswith("100: +30.00, 1")
    assert "passed" in lines[3]
    assert gain_lines(made, marginal_gains(made.start, "02"), 1)[-1] == "and 1 more"


def test_it_is_all_said_in_vietnamese() -> None:
    """With the same numbers, written as there."""
    made = found(fixed=["b"])
    safety, gains = made.safety([WeightBox(spread=0.5)], draws=64, seed=0), marginal_gains(made.start, "02")
    lines, other = (improvement_lines(made, safety, language) for language in ("en", "vi"))
    assert other[1] == "\ufffd[31mred: hạng 1"
    assert other[2] == "hiện nay: hạng 3 trên 4, điểm 45,00, 0 trụ cột và 1 trên 2 chỉ số trên mức trung bình"
    assert other[4] == "chi phí 0,1, chính xác (quy hoạch tuyến tính)"
    assert other[7].split() == [word.replace(".", ",") for word in lines[7].split()]
    assert other[-1].startswith("mức chắc chắn: từ hạng 1 trở lên trong ")
    told = gain_lines(made, gains, 1, "vi")
    assert told[2].endswith("100: +30,00; 1")
    assert told[-1] == "và 1 chỉ số nữa"
    assert improvement_lines(found(fixed=["a", "b"]), None, "vi")[2].endswith("gần nhất: hạng 3")


def test_a_large_number_has_no_exponent() -> None:
    """So far as it has digits that mean something."""
    columns = {"a": [0.0, 40e6, 100e6, 60e6], "b": COLUMNS["b"]}
    plan = scheme(group("t", leaf("a"), leaf("b")))
    made = improve(compute(plan, Table.of(columns, units=UNITS)), "02", to_rank=1, fixed=["b"])
    change = made.to_frame()["change"].iloc[0]
    assert improvement_lines(made)[7].split()[2:5] == ["40000000", f"{40e6 + change:.0f}", f"+{change:.0f}"]
    columns["a"] = [value * 1e12 for value in columns["a"]]
    made = improve(compute(plan, Table.of(columns, units=UNITS)), "02", to_rank=1, fixed=["b"])
    assert improvement_lines(made)[7].split()[2] == "4e+19"


def test_a_record_is_json() -> None:
    """With every number of the frames; what is missing is null."""
    made = found(fixed=["b"])
    gains = marginal_gains(made.start, "02")
    record = json.loads(json.dumps(improvement_record(made, gains), allow_nan=False))
    assert (record["reached"], record["nearest"], record["target"]) == (True, None, {"rank": 1})
    assert (record["before"]["rank"], record["after"]["rank"], record["exact"]) == (3, 1, True)
    assert [change["indicator"] for change in record["changes"]] == ["a"]
    assert record["held"] == {"b": "fixed"}
    assert [gain["mean"] for gain in record["gains"]] == [50.0, None]
    assert record["safety"] is None
    safety = made.safety([WeightBox(spread=0.5)], draws=64, seed=0)
    assert improvement_record(made, gains, safety)["safety"]["rank"] == 1
