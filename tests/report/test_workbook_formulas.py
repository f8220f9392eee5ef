"""The arithmetic in the sheets: LibreOffice works it out again, and finds what the library found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from pii.arrays import Matrix
from pii.compute import compute
from pii.errors import MethodError, TableError
from pii.io.samples import read_sample
from pii.methods.aggregate import Aggregator
from pii.methods.normalise import Normaliser
from pii.report.publication import published_rows
from pii.report.workbook import workbook
from pii.report.workbook_formulas import Arithmetic, breadth_first
from pii.result import Result
from pii.scheme import Scheme
from pii.table import Table, Units
from pii.tree import Group
from tests.report.office import Sheets, changed, needs_office, recalculated
from tests.report.results import NAN, based, every_score, half, negative, small, synthetic
from tests.shared import difference, group, instances, leaf, same, scheme
from tests.strategies import indices, quick

WEIGHTS = {"P1": 3.0, "output": 0.5, "1.1.1": 0.0, "7.1": 2.5}
NO_FORMULA = {"robust", "distance_to_reference", "balance", "categorical"}


@cache
def reweighed() -> Result:
    """The sample with other weights, computed by the library."""
    scheme, table = read_sample()
    return compute(with_weights(scheme, WEIGHTS), table)


def with_weights(scheme: Scheme, weights: Mapping[str, float]) -> Scheme:
    """The scheme with other weights of some nodes."""

    def walk(node: dict[str, Any]) -> dict[str, Any]:
        found = node | ({"weight": weights[node["code"]]} if node["code"] in weights else {})
        return found | ({"children": [walk(child) for child in node["children"]]} if "children" in node else {})

    declared = scheme.model_dump(mode="json")
    return Scheme.model_validate(declared | {"index": walk(declared["index"])})


@cache
def geometric() -> Result:
    """The sample by geometric means, on a scale from 1."""
    scheme, table = read_sample()
    declared = scheme.model_dump(mode="json", exclude_unset=True)
    declared |= {"normalise": {"method": "minmax", "floor": 1.0}, "aggregate": "geometric"}
    return compute(Scheme.model_validate(declared), table)


UNITS = Units(tuple(f"{at:02d}" for at in range(1, 10)))
VALUES = [
    [1.0, 2.0, 2.0, 4.0, 9.0, NAN, 3.0, 7.5, 2.0],
    [0.1, 0.3, 0.1 + 0.2, 0.5, 0.5, 0.2, NAN, 0.9, NAN],
    [100.0, 20.0, 33.3, 60.0, NAN, 90.0, 15.0, 15.0, 70.0],
]


@cache
def normalised() -> Result:
    """Every method of normalisation, where more is better and where less is; gaps and ties."""
    methods = [parameter.values[0] for parameter in instances(Normaliser)]
    leaves, columns = [], {}
    for at, method in enumerate(method for method in methods if method.method_name() != "categorical"):
        for direction in (1, -1):
            code = f"i{at}.{direction}".replace("-", "m")
            target = {"target": 1.0 if direction < 0 else 8.0} if method.needs == "target" else {}
            posts = {"goalposts": {"low": 0.5, "high": 80.0}} if method.needs == "goalposts" else {}
            leaves.append(leaf(code, direction=direction, normalise=method, **target, **posts))
            columns[code] = VALUES[0] if method.needs == "target" else VALUES[2 * (at % 2)]
    leaves.append(leaf("flat", normalise={"method": "zscore", "constant": 5.0}))
    leaves.append(leaf("band", normalise="distance_to_target", target={"low": 3.0, "high": 4.0}))
    columns |= {"flat": [0.1] * 8 + [NAN], "band": VALUES[0]}
    leaves.append(leaf("listed", normalise={"method": "categorical", "scores": {0: 0, 1: 60, 2: 100}}))
    columns["listed"] = [0.0, 1.0, 2.0, 2.0, NAN, 1.0, 0.0, 0.0, 1.0]
    return compute(scheme(group("total", *leaves), screen={"measured": 0}), Table.of(columns, units=UNITS))


@cache
def aggregated() -> Result:
    """Every method of aggregation over weighted children with gaps; limits of coverage; a group on a scale."""
    methods = [parameter.values[0] for parameter in instances(Aggregator)]
    groups = []
    columns: dict[str, list[float]] = {}
    for at, method in enumerate(methods):
        codes = [f"i{at}.{number}" for number in range(3)]
        columns |= dict(zip(codes, VALUES, strict=True))
        leaves = [leaf(code, weight=weight) for code, weight in zip(codes, (1.0, 2.5, 4.0), strict=True)]
        groups.append(group(f"g{at}", *leaves, aggregate=method))
    for code, extra in (
        ("half", {"coverage": 0.5}),
        ("all", {"at_least": 3}),
        ("scaled", {"normalise": "rank"}),
        ("filled", {"impute": "mean", "coverage": 1.0}),
        ("none", {"weigh": "equal"}),
        ("least", {"aggregate": "minimum"}),
        ("most", {"aggregate": "maximum"}),
    ):
        columns |= {f"{code}.{at}": values for at, values in enumerate(VALUES)}
        weights = (0.0, 2.0, 1.0) if code in {"least", "most"} else (1.0, 2.0, 1.0)
        leaves = [leaf(f"{code}.{at}", weight=weight) for at, weight in enumerate(weights)]
        groups.append(group(code, *leaves, **extra))
    columns |= {"lone": VALUES[1], "beside": VALUES[0]}
    mixed = group("mixed", leaf("lone", weight=0), group("inner", leaf("beside")))
    rules = scheme(
        group("total", *groups, mixed),
        normalise={"method": "minmax", "floor": 1.0},
        screen={"measured": 0},
        rank="average",
    )
    return compute(rules, Table.of(columns, units=UNITS))


def tied(rule: str) -> Result:
    """Two units with the same score, and a rule for that."""
    rules = scheme(group("total", leaf("a")), rank=rule)
    return compute(rules, Table.of({"a": [1.0, 3.0, 3.0, 2.0]}, units=["w", "x", "y", "z"]))


def drawn() -> list[Result]:
    """Results of small indices, as hypothesis draws them."""
    found = []

    @settings(quick, max_examples=10, database=None)
    @given(indices())
    def collect(case: tuple[Scheme, Table]) -> None:
        with suppress(MethodError, TableError):
            found.append(compute(*case))

    collect()
    assert len(found) > 5
    return found


CASES: dict[str, Callable[[], Result]] = {
    "small": small,
    "half": half,
    "negative": negative,
    "based": based,
    "synthetic": synthetic,
    "geometric": geometric,
    "normalised": normalised,
    "aggregated": aggregated,
    "dense": lambda: tied("dense"),
    "modified": lambda: tied("modified_competition"),
    "competition": lambda: tied("competition"),
}


@cache
def book(case: str) -> bytes:
    """The workbook with formulas."""
    return workbook(CASES[case](), formulas=True)


def opened(case: str, *, given: bool = False) -> Workbook:
    """As openpyxl reads it: formulas, or what stands beside them."""
    return load_workbook(BytesIO(book(case)), data_only=given)


def weight_cells(weights: Mapping[str, float]) -> dict[str, float]:
    """Where the weights of some nodes stand, with their new numbers."""
    page = opened("synthetic")["Weights"]
    return {f"D{row[0].row}": weights[str(row[0].value)] for row in page.iter_rows() if row[0].value in weights}


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sheets]:
    """All cases, worked out again in one run: what stood beside the formulas is taken away before."""
    books = {case: changed(book(case), "Notes", {}) for case in CASES}
    books["reweighed"] = changed(book("synthetic"), "Weights", weight_cells(WEIGHTS))
    return recalculated(books, tmp_path_factory.mktemp("office"))


def grid(rows: list[list[Any]], columns: slice) -> Matrix:
    """Numbers of a sheet; empty cells are NaN."""
    return np.array([[NAN if cell == "" else cell for cell in row[columns]] for row in rows], dtype=float)


def shown(sheets: Sheets, result: Result) -> Matrix:
    """The scores of every node in the sheet, its rows in their order."""
    return grid(sheets["Scores"][4:], slice(2, 2 + len(result.scheme.nodes)))


# What another program finds


@needs_office
@pytest.mark.parametrize("case", CASES)
def test_scores_are_worked_out_again(case: str, worked_out: dict[str, Sheets]) -> None:
    """Of every node and unit, to 1e-9, with the same gaps."""
    result = CASES[case]()
    assert difference(shown(worked_out[case], result), every_score(result)) <= 1e-9


@needs_office
@pytest.mark.parametrize("case", CASES)
def test_published_scores_and_ranks_are_worked_out_again(case: str, worked_out: dict[str, Sheets]) -> None:
    """On the sheets Ranking and Pillars: 49.365 is published as 49.37, ties share their place."""
    result, sheets = CASES[case](), worked_out[case]
    rows = list(published_rows(result))
    labels = len(result.measured.units.labels)
    found = grid(sheets["Ranking"][3:], slice(0, 1))[:, 0]
    assert same(found, [row.rank for row in rows])
    assert same(grid(sheets["Ranking"][3:], slice(3 + labels, 4 + labels))[:, 0], [row.scores[0] for row in rows])
    pairs = grid(sheets["Pillars"][3:], slice(2, 2 + 2 * len(result.scheme.groups)))
    assert same(pairs[:, 0::2], [row.scores for row in rows])
    # Maxima and benefits of the doubt that are equal differ here by their last digits, and the library ranks them apart.
    scores = result.composite.values.T
    ranks = result.scheme.rank(scores.round(9)).T if case == "aggregated" else result.ranking.values
    places = np.full(pairs[:, 1::2].shape, NAN)
    places[: len(result.best_first)] = ranks[result.best_first]
    assert same(pairs[:, 1::2], places)


@needs_office
@pytest.mark.parametrize("case", ["synthetic", "aggregated"])
def test_shares_are_worked_out_again(case: str, worked_out: dict[str, Sheets]) -> None:
    """Of the group and of the index."""
    result = CASES[case]()
    frame = result.weights.to_frame()
    codes = [node.code for node in breadth_first(result.scheme)[1:]]
    found = grid(worked_out[case]["Weights"][3:], slice(4, 6))
    assert same(found, frame.loc[codes, ["share", "effective"]])


@needs_office
def test_a_changed_weight_changes_scores_and_ranks(worked_out: dict[str, Sheets]) -> None:
    """As the library computes them with that weight; the rows keep their order."""
    result = reweighed()
    assert difference(shown(worked_out["reweighed"], result), every_score(result)) <= 1e-9
    assert difference(every_score(result), every_score(synthetic())) > 0.01
    places = dict(zip(result.composite.units.codes, result.ranking.values[:, 0].tolist(), strict=True))
    found = {row[1]: row[0] for row in worked_out["reweighed"]["Ranking"][3:]}
    assert found == places
    assert list(found) == [row.code for row in published_rows(synthetic())]
    assert [row[0] for row in worked_out["reweighed"]["Ranking"][3:]] != sorted(places.values())


@needs_office
def test_any_index_is_worked_out_again(tmp_path: Path) -> None:
    """Small ones of any methods, with gaps, ties, weights and limits of coverage."""
    results = drawn()
    books = {f"case{at}": changed(workbook(r, formulas=True), "Notes", {}) for at, r in enumerate(results)}
    for result, sheets in zip(results, recalculated(books, tmp_path).values(), strict=True):
        assert difference(shown(sheets, result), every_score(result)) <= 1e-9


# What stands in the file


@pytest.mark.parametrize("case", ["small", "based", "geometric", "aggregated"])
def test_programs_that_work_out_nothing_show_the_same(case: str) -> None:
    """Beside every formula stands what the library found."""
    result = CASES[case]()
    sheets = {
        page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in opened(case, given=True)
    }
    rows = [["" if cell is None else cell for cell in row] for row in sheets["Scores"]]
    assert same(shown({"Scores": rows}, result), every_score(result), 1e-14)
    index = 3 + len(result.measured.units.labels)
    expected = [(row.rank, row.scores[0]) for row in published_rows(result) if not row.reason]
    assert [(row[0], row[index]) for row in sheets["Ranking"][3:]][: len(expected)] == expected


@pytest.mark.parametrize("case", CASES)
def test_formulas_name_nothing_but_cells(case: str) -> None:
    """No text of a table or scheme gets into one: sheets, cells, numbers and functions are all."""
    plain = re.compile(
        r"=((Treated|Reference|Scores|Weights|Scale)!|\$?[A-Z]{1,3}\$?\d+|"
        r"(?:IF|OR|ISNUMBER|COUNT|SUM|SUMPRODUCT|MIN|MAX|AVERAGE|STDEV|ROUND|EXP|LN|NORMSDIST)\(|"
        r"\d+(\.\d+)?(E-9)?|\"\"|[-+*/^=<>,:()])+"
    )
    formulas = 0
    for page in opened(case):
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    text = str(cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value)
                    assert plain.fullmatch(text), text
                    formulas += 1
    assert formulas > 4


def test_only_numbers_are_worked_out() -> None:
    """Names, codes and notes are texts, whatever they look like; sheets of values hold values."""
    for page in opened("small"):
        kinds = {cell.data_type for row in page.iter_rows() for cell in row}
        assert ("f" in kinds) == (page.title in {"Ranking", "Pillars", "Scores", "Weights", "Scale"})
    names = [row[2].value for row in opened("small")["Ranking"].iter_rows(min_row=4)]
    assert "=cmd|' /C calc'!A0" in names
    assert all(row[2].data_type == "s" for row in opened("small")["Ranking"].iter_rows(min_row=4))


@pytest.mark.parametrize("case", ["small", "synthetic"])
def test_the_same_result_gives_the_same_bytes(case: str) -> None:
    """Formulas too."""
    assert workbook(CASES[case](), formulas=True) == book(case)


def test_what_no_formula_says_is_a_number_and_said() -> None:
    """By code and method, on the sheet Notes; all that is not named is a formula."""
    result = normalised()
    methods = {i.code: result.scheme.normaliser_of(i).method_name() for i in result.scheme.indicators}
    expected = {code: method for code, method in methods.items() if method in NO_FORMULA} | {
        "band": "distance_to_target"
    }
    assert Arithmetic(result).numbers == {code: expected[code] for code in methods if code in expected}
    page = opened("normalised")["Scores"]
    for column, node in enumerate(breadth_first(result.scheme), start=3):
        kinds = {page.cell(row, column).data_type for row in range(5, 14)}
        assert ("f" in kinds) == (node.code not in expected)
    notes = [str(row[1]) for row in opened("normalised")["Notes"].iter_rows(values_only=True)]
    assert any("Numbers, not formulas" in note and "band (distance_to_target)" in note for note in notes)


def test_an_indicator_that_nobody_was_measured_on_has_no_scale() -> None:
    """No formula is written over an empty column."""
    tree = group("i", group("p", leaf("a")), group("q", leaf("b")))
    rules = scheme(tree, screen={"measured": 0.5}, coverage=0.5, normalise="none")
    result = compute(rules, Table.of({"a": [1.0, 2.0], "b": [NAN, NAN]}, units=["x", "y"]))
    assert np.isnan(np.array(Arithmetic(result, "en").scale(result.scheme.indicators[1]), dtype=float)).all()


def test_groups_without_a_formula_are_numbers() -> None:
    """Medians and their like, and groups that are filled or scaled once they are made."""
    found = Arithmetic(aggregated()).numbers
    assert {"scaled", "filled"} <= set(found)
    assert (found["scaled"], found["filled"]) == ("rank", "mean")
    scheme = aggregated().scheme
    said = {scheme.aggregator_of(group).method_name() for group in scheme.groups if group.code not in found}
    assert said == {"arithmetic", "geometric", "harmonic", "power", "minimum", "maximum"}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("synthetic", ["Change a weight in its shaded cell"]),
        ("dense", ["Change a weight", "no formula says the rule dense"]),
        ("aggregated", ["Change a weight", "children of none were found by a method", "Numbers, not formulas"]),
    ],
)
def test_notes_say_what_can_be_changed(case: str, said: list[str]) -> None:
    """And what cannot."""
    remarks = [text for _, text in Arithmetic(CASES[case]()).remarks()]
    assert len(remarks) == len(said)
    for remark, part in zip(remarks, said, strict=True):
        assert part in remark


def test_sheets_that_formulas_name_are_not_for_sorting() -> None:
    """A sorted sheet would give units the scores of others."""
    filtered = {page.title for page in opened("based") if page.auto_filter.ref}
    assert filtered == {"Ranking", "Pillars", "Indicators", "Measured", "Methods"}


def test_weights_that_can_be_changed_are_shaded() -> None:
    """In the column that shares are made of, and only there."""
    rows = list(opened("based")["Weights"].iter_rows(min_row=4))
    shaded = [[cell.fill.patternType == "solid" for cell in row] for row in rows]
    assert shaded == [[False, False, False, True, False, False, False]] * 2


def test_children_stand_beside_one_another() -> None:
    """Level by level, so that a group's formula goes over one range."""
    nodes = [node.code for node in breadth_first(synthetic().scheme)]
    assert sorted(nodes) == sorted(node.code for node in synthetic().scheme.nodes)
    for node in synthetic().scheme.nodes:
        if isinstance(node, Group):
            first = nodes.index(node.children[0].code)
            assert nodes[first : first + len(node.children)] == [child.code for child in node.children]


# In Vietnamese


@needs_office
def test_formulas_of_a_workbook_in_vietnamese_are_worked_out(tmp_path: Path) -> None:
    """Though the names of its sheets have blanks and marks; a scale of another edition too."""
    cases = {"small": small, "based": based, "synthetic": synthetic}
    books = {
        case: changed(workbook(make(), formulas=True, language="vi"), "Ghi chú", {}) for case, make in cases.items()
    }
    found = recalculated(books, tmp_path)
    for case, make in cases.items():
        result = make()
        scores = grid(found[case]["Điểm"][4:], slice(2, 2 + len(result.scheme.nodes)))
        assert difference(scores, every_score(result)) <= 1e-9
        rows = [row.rank for row in published_rows(result)]
        assert same(grid(found[case]["Xếp hạng"][3:], slice(0, 1))[:, 0], rows)
        shares = result.weights.to_frame().loc[[node.code for node in breadth_first(result.scheme)[1:]]]
        assert same(grid(found[case]["Trọng số"][3:], slice(4, 6)), shares[["share", "effective"]])


def test_remarks_on_formulas_are_in_the_language() -> None:
    """As many as in English, and no method without its name."""
    for make in CASES.values():
        english, other = list(Arithmetic(make()).remarks()), list(Arithmetic(make(), "vi").remarks())
        assert len(english) == len(other)
        assert all(heading == "Công thức" for heading, _ in other)
        assert all(one != again for (_, one), (_, again) in zip(english, other, strict=True))
