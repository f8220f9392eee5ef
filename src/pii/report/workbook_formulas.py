"""The arithmetic of an index as formulas of a spreadsheet: scales, scores, shares, means and ranks.

Texts of users never get into a formula: it names sheets and cells only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pii.methods.aggregate import Maximum, Minimum
from pii.methods.rank import Average, Competition, Modified
from pii.methods.weigh import Given
from pii.report.words import Language, said
from pii.report.workbook_scales import Cells, number, score_formula
from pii.report.workbook_sheet import Cell, Formula
from pii.result import Result
from pii.rounding import half_up
from pii.scheme import Scheme
from pii.tree import Group, Indicator, Node

__all__ = ["Arithmetic", "Scale", "breadth_first"]

_ROUNDING = 1e-12  # a share is below a limit by more than its division's rounding error
_TIED = "1E-9"  # scores closer than this share a place
# Where things stand, counted from 1 as a spreadsheet does. The sheet Scores has the shares above its header.
_FIRST, _FIRST_SCORE, _SHARES = 4, 5, 3
_NAMED = ("Treated", "Scale", "Scores", "Weights", "Reference")  # sheets whose cells formulas read
_CODES = 2  # columns of code and name before the numbers


def breadth_first(scheme: Scheme) -> tuple[Node, ...]:
    """Every node, level by level, so that the children of a group are neighbours."""
    nodes: list[Node] = [scheme.index]
    for node in nodes:
        if isinstance(node, Group):
            nodes.extend(node.children)
    return tuple(nodes)


class Scale(NamedTuple):
    """What fixes an indicator's scale, in its own units; NaN where there is none."""

    worst: Cell
    """The worst value of the reference, or the worse goalpost."""
    best: Cell
    """The best value, or the better goalpost."""
    mean: Cell
    """Of the reference."""
    sd: Cell
    """Its standard deviation, with n - 1."""


class Arithmetic:
    """The cells of a result's workbook that others are worked out from, with what each gives.

    Parameters
    ----------
    result
        What was computed.
    language
        The language of the sheets' names and of what is said.
    """

    def __init__(self, result: Result, language: Language = "en") -> None:
        self.result, self.scheme, self.language = result, result.scheme, language
        self.nodes = breadth_first(self.scheme)
        self._at = {node.code: at for at, node in enumerate(self.nodes)}
        self._leaf = {indicator.code: at for at, indicator in enumerate(self.scheme.indicators)}
        self.parent = {child.code: group for group in self.scheme.groups for child in group.children}
        """Each node's group."""
        names = {sheet: said(f"sheet.{sheet}", language) for sheet in _NAMED}
        self._sheet = {sheet: name if name.isascii() else f"'{name}'" for sheet, name in names.items()}

    @cached_property
    def _reference(self) -> tuple[str, int]:
        """The sheet of the values that fix the scale, and how many units it has."""
        if self.result.reference is None:
            return self._sheet["Treated"], len(self.result.treatment.table.units)
        return self._sheet["Reference"], len(self.result.reference.units)

    # The sheet Weights: code, name, group, weight, share of the group, share of the index

    def weight(self, node: Node) -> float:
        """The number that a node's share is made of: as given, or the share where a method found it."""
        group = self.parent[node.code]
        return node.weight if isinstance(self.scheme.weigher_of(group), Given) else self._share_of(node)

    def _share_of(self, node: Node) -> float:
        return float(self.result.weights.of([node.code])[0])

    def share(self, node: Node) -> Formula:
        """Its weight over the sum of its siblings'."""
        first, last = (self._weights_row(child) for child in self._ends(self.parent[node.code]))
        return Formula(f"=D{self._weights_row(node)}/SUM(D${first}:D${last})", self._share_of(node))

    def effective(self, node: Node) -> Formula:
        """Its share times those of the groups above."""
        row, above = self._weights_row(node), self.parent[node.code]
        text = f"=E{row}" if above is self.scheme.index else f"=E{row}*$F${self._weights_row(above)}"
        weights = self.result.weights
        return Formula(text, float(weights.effective[weights.nodes.index(node.code)]))

    def _weights_row(self, node: Node) -> int:
        return _FIRST + self._at[node.code] - 1  # the index has no weight

    @staticmethod
    def _ends(group: Group) -> tuple[Node, Node]:
        return group.children[0], group.children[-1]

    # The sheet Scale: code, name, method, direction, worst, best, mean, standard deviation

    def scale(self, indicator: Indicator) -> Scale:
        """What fixes the scale of an indicator."""
        table = self.result.reference or self.result.treatment.table
        column = table.column(indicator.code)
        known = column[~np.isnan(column)]
        cells = self._range(indicator)
        up = indicator.direction > 0
        posts = indicator.goalposts
        if posts is not None:
            ends: tuple[Cell, Cell] = (posts.low, posts.high) if up else (posts.high, posts.low)
        elif not known.size:
            ends = float("nan"), float("nan")
        else:
            low = Formula(f"=MIN({cells})", float(known.min()))
            high = Formula(f"=MAX({cells})", float(known.max()))
            ends = (low, high) if up else (high, low)
        mean = Formula(f"=AVERAGE({cells})", float(known.mean())) if known.size else float("nan")
        spread = Formula(f"=STDEV({cells})", float(known.std(ddof=1))) if known.size > 1 else float("nan")
        return Scale(*ends, mean, spread)

    def _range(self, indicator: Indicator) -> str:
        sheet, n = self._reference
        column = _letters(_CODES + self._leaf[indicator.code])
        return f"{sheet}!${column}${_FIRST}:${column}${_FIRST + n - 1}"

    # The sheet Scores: code, name, every node level by level

    def shown_share(self, node: Node) -> Cell:
        """A node's share as it stands above its scores; nothing above the index."""
        if node is self.scheme.index:
            return float("nan")
        return Formula(f"={self._sheet['Weights']}!$E${self._weights_row(node)}", self._share_of(node))

    def score(self, node: Node, at: int) -> Cell:
        """The score of a unit, counted from 0 among those with data enough; a number where no formula says it."""
        value = self._value(node, at)
        if node.code in self.numbers:
            return value
        if isinstance(node, Indicator):
            x = f"{self._sheet['Treated']}!${_letters(_CODES + self._leaf[node.code])}${_FIRST + at}"
            return Formula(f'=IF(ISNUMBER({x}),{self._scored(node, x)},"")', value)
        return self._mean(node, at, value)

    def _value(self, node: Node, at: int) -> float:
        grid = self.result.scores if isinstance(node, Indicator) else self.result.composite
        return float(grid.column(node.code)[at])

    def _scored(self, indicator: Indicator, x: str) -> str:
        row = _FIRST + self._leaf[indicator.code]
        worst, best, mean, sd = (f"{self._sheet['Scale']}!${letter}${row}" for letter in "EFGH")
        method = self.scheme.normaliser_of(indicator)
        return score_formula(method, Cells(x, worst, best, mean, sd, self._range(indicator), indicator))

    def _mean(self, group: Group, at: int, value: float) -> Formula:
        first, last = (_letters(_CODES + self._at[child.code]) for child in self._ends(group))
        row = _FIRST_SCORE + at
        w, x = f"{first}${_SHARES}:{last}${_SHARES}", f"{first}{row}:{last}{row}"
        present = f"SUMPRODUCT({w},--ISNUMBER({x}))"
        mean = self._means(group, w, x, present)
        text = f'=IF(OR(COUNT({x})<{self._needed(group)},{present}=0),"",{mean})'
        # Without the mark of an array formula, older programs look at one cell of a range inside IF.
        return Formula(text, value, array="IF(" in mean)

    def _means(self, group: Group, w: str, x: str, present: str) -> str:
        method = self.scheme.aggregator_of(group)
        if isinstance(method, Minimum | Maximum):
            which = "MIN" if isinstance(method, Minimum) else "MAX"
            return f"{which}(IF(ISNUMBER({x})*({w}>0),{x}))"
        match method.exponent:
            case None:
                return ""
            case 1.0:
                return f"SUMPRODUCT({w},{x})/{present}"
            case 0.0:
                return f"EXP(SUM(IF(ISNUMBER({x}),{w}*LN({x})))/{present})"
            case p:
                return f"(SUM(IF(ISNUMBER({x}),{w}*{x}^{number(p)}))/{present})^(1/{number(p)})"

    def _needed(self, group: Group) -> int:
        """The least number of children that a unit needs for a score."""
        k, limit = len(group.children), self.scheme.coverage_of(group)
        return next(n for n in range(1, k + 1) if n / k >= limit - _ROUNDING)

    # What is published of them

    def published(self, group: Group, at: int) -> Formula:
        """The rounded score."""
        cell = f"{self._sheet['Scores']}!${_letters(_CODES + self._at[group.code])}${_FIRST_SCORE + at}"
        digits = self.scheme.decimals
        value = half_up(self._value(group, at), digits)
        return Formula(f'=IF(ISNUMBER({cell}),ROUND({cell},{digits}),"")', value)

    def rank(self, group: Group, at: int) -> Cell:
        """The place by the unrounded score; a number where the scheme's rule for ties has no formula."""
        value = float(self.result.ranking.column(group.code)[at])
        column = _letters(_CODES + self._at[group.code])
        sheet = self._sheet["Scores"]
        x = f"{sheet}!${column}${_FIRST_SCORE + at}"
        all_ = f"{sheet}!${column}${_FIRST_SCORE}:${column}${_FIRST_SCORE + len(self.result.composite.units) - 1}"
        # Not RANK: a sheet's last digit may differ from the library's, and would tell scores apart that are equal.
        first = f"SUMPRODUCT(ISNUMBER({all_})*({all_}>{x}+{_TIED}))+1"
        last = f"SUMPRODUCT(ISNUMBER({all_})*({all_}>={x}-{_TIED}))"
        match self.scheme.rank:
            case Competition():
                place = first
            case Modified():
                place = last
            case Average():
                place = f"({first}+{last})/2"
            case _:
                return value
        return Formula(f'=IF(ISNUMBER({x}),{place},"")', value)

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Nodes whose scores are numbers, with the method that no formula says."""
        found = {}
        for node in self.nodes:
            if isinstance(node, Indicator):
                method = self.scheme.normaliser_of(node)
                if not self._scored(node, "x"):
                    found[node.code] = method.method_name()
            else:
                over = node.normalise or node.impute
                if over is not None or not self._means(node, "w", "x", "p"):
                    found[node.code] = (over or self.scheme.aggregator_of(node)).method_name()
        return found

    def remarks(self) -> Iterator[tuple[str, str]]:
        """What a reader of the formulas should know: (heading, text) pairs."""
        return ((said("formulas", self.language), text) for text in self._remarks())

    def _remarks(self) -> Iterator[str]:
        yield said("formulas.live", self.language)
        computed = [
            group.code for group in self.scheme.groups if not isinstance(self.scheme.weigher_of(group), Given)
        ]
        if computed:
            yield said("formulas.weights", self.language, ", ".join(computed))
        if self.numbers:
            named = ", ".join(f"{code} ({method})" for code, method in self.numbers.items())
            yield said("formulas.numbers", self.language, named)
        if not isinstance(self.scheme.rank, Competition | Modified | Average):
            yield said("formulas.ranks", self.language, self.scheme.rank.method_name())


def _letters(column: int) -> str:
    """A column, counted from 0, as a spreadsheet names it."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
