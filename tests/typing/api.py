"""How the library is used, as a type checker sees it: checked by mypy, never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import pii
from pii import stages
from pii.methods.normalise import MinMax
from pii.scores import Composite, Ranking, Scores, Screening, Treatment, Weights


def from_files(folder: Path) -> pii.Result:
    """A scheme and a table from files, computed and written."""
    scheme = pii.read_scheme(folder / "scheme.yaml")
    assert_type(scheme, pii.Scheme)
    table = pii.read_table(folder / "table.csv", scheme, period="2025", decimal=",")
    assert_type(table, pii.Table)
    result = pii.compute(scheme, table)
    assert_type(result, pii.Result)
    assert_type(pii.write_build(result, folder / "build", inputs=[folder / "table.csv"]), Path)
    return result


def from_notes(folder: Path, table: pii.Table, scheme: pii.Scheme) -> pii.Evidence:
    """Where cells come from, and what rests on those that are not final."""
    notes = pii.read_provenance(folder / "notes.csv", table)
    assert_type(notes, pii.Provenance)
    assert_type(notes["01", "a"], pii.Origin)
    found = pii.rests_on(pii.compute(scheme, table.noting(notes)), ["provisional", "estimated"])
    assert_type(found, pii.Evidence)
    assert_type(found.to_frame(), pd.DataFrame)
    assert_type(found.without, pii.Result)
    pii.rests_on(found.result, "draft")  # type: ignore[arg-type]
    return found


def from_code() -> pii.Result:
    """A scheme and a table without files."""
    pillar = pii.Group(code="P1", children=(pii.Indicator(code="a"), pii.Indicator(code="b", direction=-1)))
    scheme = pii.Scheme(code="demo", index=pillar, screen=pii.Screen(measured=0.5))
    changed = scheme.replace(normalise=MinMax(floor=1.0))
    assert_type(changed, pii.Scheme)
    units = pii.Units(("01", "02"), names=("Hà Nội", "Huế"))
    return pii.compute(changed, pii.Table.of({"a": [1.0, 2.0], "b": [3.0, float("nan")]}, units=units))


def every_stage(result: pii.Result) -> None:
    """Each stage's output has a type of its own."""
    assert_type(result.measured, pii.Table)
    assert_type(result.ratios, pii.Table)
    assert_type(result.screening, Screening)
    assert_type(result.completed, pii.Table)
    assert_type(result.treatment, Treatment)
    assert_type(result.scores, Scores)
    assert_type(result.weights, Weights)
    assert_type(result.composite, Composite)
    assert_type(result.ranking, Ranking)
    assert_type(result.composite.values, NDArray[np.float64])
    assert_type(result.best_first, NDArray[np.intp])


def for_notebooks(result: pii.Result) -> None:
    """Data frames out."""
    assert_type(result.to_frame(), pd.DataFrame)
    assert_type(result.to_long(), pd.DataFrame)
    assert_type(result.profile("Hà Nội"), pd.DataFrame)
    assert_type(result.strengths("Hà Nội", 3), pd.DataFrame)
    assert_type(result.explain("Hà Nội"), pii.Explanation)
    assert_type(result.summary(), str)
    assert_type(result.title, str)


def what_comes_with_it() -> None:
    """Schemes, samples, provinces."""
    assert_type(pii.built_in_schemes(), tuple[str, ...])
    assert_type(pii.built_in_scheme("pii-2025"), pii.Scheme)
    assert_type(pii.read_sample(), tuple[pii.Scheme, pii.Table])
    assert_type(pii.provinces("VN34"), tuple[pii.Province, ...])
    assert_type(pii.scheme_schema(), dict[str, Any])


def several_years(path: Path, scheme: pii.Scheme) -> list[pii.Result]:
    """A panel is a mapping from periods to tables; a base year fixes the scale."""
    panel = pii.read_panel(path, scheme)
    assert_type(panel, pii.Panel)
    base = pii.compute(scheme, panel["2023"])
    return [pii.compute(scheme, table, reference=base) for table in panel.values()]


def what_is_wrong(path: Path) -> list[str]:
    """Every problem of a file, with its place."""
    try:
        pii.read_scheme(path)
    except pii.SchemeError as error:
        assert_type(error.problems, tuple[pii.Problem, ...])
        return [f"{problem.file}:{problem.line}: {problem.found}" for problem in error.problems]
    return []


def what_a_checker_refuses(result: pii.Result, scheme: pii.Scheme) -> None:
    """A stage does not take what another stage is for; results are not changed."""
    stages.aggregate(result.measured, result.weights, scheme)  # type: ignore[arg-type]
    pii.compute(result.measured, scheme)  # type: ignore[arg-type]
    result.scores = result.scores  # type: ignore[misc]
    pii.Indicator(code="a", direction=2)  # type: ignore[arg-type]
