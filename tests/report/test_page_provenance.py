"""Where cells come from as data of the page, and ranks without those that are not final."""

from __future__ import annotations

import json

import pytest

from pii.compute import compute
from pii.provenance import Origin, Provenance
from pii.report.page import page, page_record
from pii.report.page_provenance import origins_part
from pii.result import Result
from pii.table import Table
from tests.report.results import MARKUP, small
from tests.shared import group, leaf, scheme


def noted() -> Result:
    """Three units: a provisional count, what it is put per, a final value with a footnote and one without."""
    index = group("g", leaf("a", denominator="people"), leaf("b"))
    people = {"code": "people", "name": {"en": "People", "vi": "Dân số"}}
    notes = {
        ("x", "a"): Origin("provisional", source=MARKUP),
        ("y", "people"): Origin("estimated"),
        ("y", "b"): Origin("final", footnote="</script><script>alert(1)</script>"),
        ("z", "b"): Origin("final", "Yearbook"),
    }
    table = Table.of({"a": [2, 6, 8], "b": [5, 1, 3], "people": [1, 2, 2]}, units=list("xyz"))
    rules = scheme(index, denominators=[people], screen={"measured": 0})
    return compute(rules, table.noting(Provenance.of(notes)))


def test_cells_that_are_not_final_or_have_a_footnote_are_listed() -> None:
    """With unit, column, value and origin by position; statuses of all are counted."""
    found = origins_part(noted())
    assert found is not None
    assert found["counts"] == {"final": 2, "provisional": 1, "estimated": 1}
    said = [
        ("xyz"[unit], found["columns"][at]["code"], value, found["origins"][origin]["status"])
        for unit, at, value, origin in found["cells"]
    ]
    assert said == [("x", "a", 2.0, "provisional"), ("y", "b", 1.0, "final"), ("y", "people", 2.0, "estimated")]
    assert found["columns"][2] == {"code": "people", "vi": "Dân số", "en": "People"}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_ranks_without_what_is_not_final_are_those_of_the_ranked_units() -> None:
    """With the share of each score that rests on it."""
    found = origins_part(noted())
    assert found is not None
    assert found["shares"] == [0.5, 0.5, 0.0]
    assert found["places"] == [1.0, 3.0, 2.0]
    assert list(found["left_out"]) == ["a"]


def test_a_unit_that_has_no_rank_without_them_has_none() -> None:
    """In the place where its rank would be."""
    result = noted()
    cells = {("x", column): Origin("estimated") for column in "ab"}
    found = origins_part(compute(result.scheme, result.measured.noting(Provenance.of(cells))))
    assert found is not None
    assert (found["shares"][0], found["places"][0]) == (1.0, None)


def test_what_cannot_be_computed_without_them_is_said() -> None:
    """The page is made all the same."""
    result = noted()
    cells = {(unit, column): Origin("imputed") for unit in "xyz" for column in "ab"}
    found = origins_part(compute(result.scheme, result.measured.noting(Provenance.of(cells))))
    assert found is not None
    assert found["shares"] is None
    assert found["why"].startswith("without these cells no indicator has a value")


def test_where_all_is_final_there_are_no_other_ranks() -> None:
    """Nor where nothing is known, which has no part at all."""
    result = noted()
    found = origins_part(
        compute(result.scheme, result.measured.noting(Provenance.of({("x", "a"): Origin("final")})))
    )
    assert found is not None
    assert (found["cells"], found["shares"], found["why"]) == ([], None, "")
    assert origins_part(small()) is None
    assert page_record(small())["origins"] is None


@pytest.mark.parametrize("text", ["<script>alert", "</script>"])
def test_texts_of_the_provenance_stay_texts(text: str) -> None:
    """No element is made of them."""
    made = page(noted(), language="en")
    assert made.count(text) == page(small(), language="en").count(text)
