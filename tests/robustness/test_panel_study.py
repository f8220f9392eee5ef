"""What the draws of a panel say of changes: counted one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.choices.weights import WeightBox
from pii.errors import MethodError, SchemeError, TableError
from pii.robustness.editions import study_panel
from pii.robustness.panel_study import PanelStudy
from pii.robustness.study import study
from pii.table import Panel, Table
from tests.editions.panels import GAP, PERIODS, index, panel
from tests.shared import same

DRAWS = 200


def made(scale: str = "own", **fields: Any) -> PanelStudy:
    """A study of three periods."""
    return study_panel(
        index(), panel(), [WeightBox(spread=0.9)], scale=scale, draws=DRAWS, seed=0, nodes=("i", "p"), **fields
    )


@pytest.mark.parametrize("scale", ["own", "2021", "pooled"])
@pytest.mark.parametrize("of", ["rank", "score"])
def test_changes_are_counted_draw_by_draw(scale: str, of: Any) -> None:
    """Of every pair of periods that follow one another, for the units that both rank."""
    found = made(scale)
    frame = found.changes("p", of=of, level=0.8)
    assert len(frame) == 7 + 7
    assert list(frame.index.names) == ["from", "to", "unit"]
    between = ("low", "median", "high", "rose", "error", "fell", "draws")
    assert list(frame.columns) == ["name", f"{of}_from", f"{of}_to", "change", *between]
    rows: Any = frame.iterrows()
    for (earlier, later, unit), row in rows:
        before, after = (list(found.editions[p].composite.units.codes) for p in (earlier, later))
        drawn = found.places if of == "rank" else found.scores
        a = drawn[earlier][1][:, before.index(unit)].astype(float)
        b = drawn[later][1][:, after.index(unit)].astype(float)
        moved = np.sort(a - b if of == "rank" else b - a)
        assert row[["low", "median", "high"]].tolist() == [moved[DRAWS // 10 - 1], moved[99], moved[179]]
        assert same(row[["rose", "fell"]].astype(float), [(moved > 0).mean(), (moved < 0).mean()])
        assert same(row["error"], np.sqrt((moved > 0).mean() * (1 - (moved > 0).mean()) / DRAWS))
        assert row["draws"] == DRAWS
        table: Any = found.editions.ranks("p") if of == "rank" else found.editions.scores("p")
        stands = table.loc[unit, [earlier, later]].to_numpy()
        assert same(row[[f"{of}_from", f"{of}_to"]].astype(float), stands)
        assert same(row["change"], (stands[0] - stands[1]) if of == "rank" else (stands[1] - stands[0]))
        assert row["name"] == f"Unit {unit}"


def test_any_pair_of_periods_may_be_asked_for() -> None:
    """Backwards too: what rose one way fell the other."""
    found = made()
    on = found.changes(pairs=[("2021", "2024")])
    back: Any = found.changes(pairs=[("2024", "2021")])
    units = on.index.get_level_values("unit")
    assert set(on.index.get_level_values("from")) == {"2021"}
    assert same(back.loc[("2024", "2021")].loc[units, "fell"], on["rose"], 0.0)
    with pytest.raises(KeyError, match="no edition for '2022'"):
        found.changes(pairs=[("2021", "2022")])
    alone = study_panel(index(), Panel((panel()["2021"],)), [WeightBox(spread=0.9)], draws=4, seed=0)
    with pytest.raises(TableError) as refused:
        alone.changes()
    assert str(refused.value) == "there is no pair of periods; a change is from one to another"


def test_intervals_are_those_of_every_period_alone() -> None:
    """As its study says."""
    found = made()
    for period, table in panel().items():
        alone = study(index(), table, [WeightBox(spread=0.9)], draws=DRAWS, seed=0, nodes=("i", "p"))
        columns = ["name", "rank", "low", "high", "median"]
        expected, drawn = alone.intervals("p")[columns], found.intervals("p")
        ours = drawn.xs(period)
        assert list(ours.index) == list(expected.index)
        assert (list(drawn.index.names), list(drawn.columns)) == (["period", "unit"], columns)
        assert (ours.to_numpy() == expected.to_numpy()).all()


def test_a_unit_without_a_score_in_a_draw_is_counted_in_the_others() -> None:
    """And one that never has a score in both has no change."""
    rules = index(screen={"measured": 0.0}, coverage=1.0)
    values = {code: [1.0, 2.0, 3.0] for code in "abcd"}
    gap = values | {"a": [GAP, 2.0, 3.0]}
    years = Panel(tuple(Table.of(x, units=list("xyz"), period=p) for p, x in (("2023", values), ("2024", gap))))
    frame: Any = study_panel(rules, years, [WeightBox(spread=0.5)], draws=16, seed=0).changes()
    assert frame["draws"].tolist() == [0, 16, 16]
    numbers = frame[["change", "low", "median", "high", "rose", "error", "fell"]]
    assert [kind.kind for kind in numbers.dtypes] == ["f"] * 7
    assert frame.loc[("2023", "2024", "x"), ["low", "median", "high", "rose", "error", "fell"]].isna().all()
    assert not frame.loc[("2023", "2024", "y"), ["low", "high", "rose"]].isna().any()


def test_a_node_without_draws_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(SchemeError) as refused:
        made().changes("q")
    assert str(refused.value) == (
        "the study has no draws of 'q'; it was made of i, p; name the group under nodes when the study is made"
    )


def test_a_study_says_what_it_is() -> None:
    """Periods, draws, what varies and the scale; what it holds is read-only."""
    found = made("pooled")
    assert repr(found) == "<PanelStudy 2021, 2023, 2024: 200 draws of weights, scale pooled>"
    assert (found.draws, found.nodes, tuple(found.places)) == (DRAWS, ("i", "p"), PERIODS)
    with pytest.raises(TypeError):
        found.scores["2021"] = found.scores["2023"]  # type: ignore[index]


@pytest.mark.parametrize("level", [90, 1, 0, GAP])
def test_a_level_is_a_share_of_the_draws(level: float) -> None:
    """What is none is refused."""
    for ask in (made().intervals, made().changes):
        with pytest.raises(MethodError, match=r"^level: it is .* it lies above 0 and below 1; 90 % is 0.9$"):
            ask(level=level)


def test_changes_are_of_ranks_or_scores() -> None:
    """Another word is refused."""
    word: Any = "scores"
    with pytest.raises(SchemeError, match=r"^of: it is 'scores'; it is one of rank, score; did you mean score"):
        made().changes(of=word)


def test_draws_of_a_panel_do_not_change() -> None:
    """On a scale of their own and on a pooled one."""
    for scale in ("own", "pooled"):
        for values in (*made(scale).scores.values(), *made(scale).places.values()):
            with pytest.raises(ValueError, match="read-only"):
                values[0, 0, 0] = 0
