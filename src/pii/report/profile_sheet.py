"""What a profile of one unit says, and in which words: numbers as a language writes them, names, intervals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from importlib import resources
from math import ceil, floor, isnan, log10
from typing import Any

import numpy as np

from pii.arrays import Vector
from pii.compare.comparison import Comparison
from pii.methods.denominate import Ratio
from pii.peers import Peers
from pii.places.registry import provinces
from pii.report.page_record import Language
from pii.report.rewording import remark
from pii.result import SHOWN_LEVELS, Result
from pii.robustness.study import Study
from pii.rounding import published
from pii.scheme import Scheme
from pii.tree import Column, Group, Indicator

__all__ = ["Sheet", "front"]

_MOST = 5  # strengths, and weaknesses
_HASH = 12  # digits of a hash that are shown
_NAMED = 2  # leaders that are named; more are counted
_SHARED = ("region.", "unit.", "choice.")  # families of words that the page has as well


@dataclass(frozen=True, eq=False)
class Sheet:
    """One ranked unit, what is known beside it, and the language that it is told in."""

    result: Result
    at: int
    """Where the unit stands among the ranked ones."""
    language: Language = "vi"
    study: Study | None = None
    level: float = 0.9
    """The share of the draws between the ends of an interval."""
    comparison: Comparison | None = None
    peers: Peers | None = None
    provenance: Mapping[str, Any] | None = None

    @property
    def scheme(self) -> Scheme:
        """The index as declared."""
        return self.result.scheme

    @property
    def code(self) -> str:
        """The unit, as programs call it."""
        return self.result.composite.units.codes[self.at]

    # Words

    def say(self, key: str, *parts: str) -> str:
        """A text of the sheet."""
        return _words()[key][self.language].format(*parts)

    def known(self, family: str, name: str) -> str:
        """What something named in data is called, where it is known in this language."""
        return _words().get(f"{family}.{name}", {}).get(self.language, name)

    def decimal(self, text: str) -> str:
        """A number as the language writes it; not available where it is empty."""
        if not text:
            return self.say("none")
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def score(self, value: float) -> str:
        """A score with the scheme's decimals."""
        return self.decimal(published(value, self.scheme.decimals))

    def place(self, value: float) -> str:
        """A place, which ties may share half of."""
        return self.decimal("" if isnan(value) else f"{value:g}")

    def plain(self, value: float) -> str:
        """A value in its own units: four digits that count, whole numbers in full, thousands apart."""
        if isnan(value):
            return self.say("none")
        if value and not 1e-6 <= abs(value) < 1e15:
            return self.decimal(f"{value:.4g}")
        return self.decimal(f"{value:,.0f}" if abs(value) >= 1000 else f"{Decimal(f'{value:.4g}'):f}")

    @property
    def share(self) -> str:
        """The level in per cent."""
        return f"{self.decimal(f'{100 * self.level:g}')} %"

    @cached_property
    def names(self) -> dict[str, str]:
        """What units are called, by code: provinces have English names."""
        units = self.result.measured.units
        names = dict(zip(units.codes, units.names, strict=True))
        systems = ("VN63", "VN34") if self.language == "en" else ()
        known = {one.code: one.name_en for system in systems if system == units.system for one in provinces(system)}
        return names | {code: name for code, name in known.items() if code in names}

    @property
    def name(self) -> str:
        """The unit."""
        return self.names[self.code]

    @property
    def edition(self) -> str:
        """The index and its edition; synthetic data says so."""
        edition = self.result.measured.period or self.scheme.edition
        name = f"{self.scheme.index.title(self.language)} {edition}".strip()
        return f"{self.say('synthetic.short')} - {name}" if self.result.is_synthetic else name

    def unit_of(self, indicator: Indicator) -> str:
        """The unit of measurement, per what it is put; nothing where the indicator's name ends in it."""
        unit = self.known("unit", indicator.unit)
        method = self.scheme.denominator_of(indicator)
        if indicator.denominator is None or not isinstance(method, Ratio):
            return "" if indicator.title(self.language).endswith(f"({unit})") else unit
        columns: list[Column | Indicator] = [*self.scheme.denominators, *self.scheme.indicators]
        column = next(one for one in columns if one.code == indicator.denominator)
        if unit and indicator.unit == column.unit and method.scale == 100:
            return "%"
        names = dict(column.name)
        called = names.get(self.language) or next(iter(names.values()), column.code)
        per = self.known("unit", column.unit) or called
        return f"{unit} / {per if method.scale == 1 else f'{self.plain(method.scale)} {per}'}".strip()

    # Numbers

    @cached_property
    def figures(self) -> dict[str, dict[str, float]]:
        """Score, rank, of how many, and mean, by node."""
        frame = self.result.profile(self.code)[["score", "rank", "of", "mean"]]
        return {str(node): dict(zip(frame.columns, row, strict=True)) for node, *row in frame.itertuples(name=None)}

    @cached_property
    def best(self) -> list[str]:
        """The indicators that the unit does best on: no more than half of those measured."""
        return [str(code) for code in self.result.strengths(self.code, self._most).index]

    @cached_property
    def worst(self) -> list[str]:
        """The indicators that it does worst on, none of which is among the best."""
        found = self.result.weaknesses(self.code, self._most).index
        return [str(code) for code in found if code not in self.best]

    @property
    def _most(self) -> int:
        return min(_MOST, (len(self.column) - len(self.missing) - len(self.imputed)) // 2)

    @cached_property
    def scores(self) -> dict[str, Vector]:
        """Scores of all ranked units, by node."""
        result = self.result
        return {
            node.code: (result.scores if isinstance(node, Indicator) else result.composite).column(node.code)
            for node in self.scheme.nodes
        }

    @cached_property
    def upper(self) -> list[Group]:
        """The index, sub-indices and pillars."""
        return [group for group in self.scheme.groups if self.scheme.levels[group.code] < SHOWN_LEVELS]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """What the strips run from and to: round numbers that hold all scores."""
        scores = np.concatenate([self.scores[group.code] for group in self.upper])
        known = scores[~np.isnan(scores)]
        low, high = float(known.min()), float(known.max())
        step = 10.0 ** floor(log10(high - low)) if high > low else 1.0
        start, end = floor(low / step), ceil(high / step)
        return start * step, max(end, start + 1) * step

    @cached_property
    def column(self) -> dict[str, int]:
        """Where each indicator stands."""
        return {indicator.code: at for at, indicator in enumerate(self.scheme.indicators)}

    @cached_property
    def values(self) -> Vector:
        """The unit's values per their denominators, gaps filled."""
        found: Vector = self.result.completed.values[self.at]
        return found

    @cached_property
    def imputed(self) -> list[str]:
        """Indicators that were filled in."""
        before = self.result.ratios.values[self.result.screening.eligible][self.at]
        return [code for code, at in self.column.items() if isnan(before[at]) and not isnan(self.values[at])]

    @cached_property
    def ours(self) -> frozenset[str]:
        """Indicators that are the scheme's own choice."""
        return frozenset(one.code for one in self.scheme.indicators if one.standing == "ours")

    @cached_property
    def missing(self) -> list[str]:
        """Indicators without a value."""
        return [code for code, at in self.column.items() if isnan(self.values[at])]

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """Between which places the unit lies in the draws, by node that was studied."""
        return self._between("intervals")

    @cached_property
    def score_intervals(self) -> dict[str, tuple[float, float]]:
        """Between which scores."""
        return self._between("score_intervals")

    def _between(self, kind: str) -> dict[str, tuple[float, float]]:
        if self.study is None:
            return {}
        found = {}
        for node in self.study.plan.nodes:
            row = getattr(self.study, kind)(node, level=self.level).loc[self.code, ["low", "high"]]
            low, high = map(float, row)
            if not isnan(low) and (kind == "score_intervals" or low):  # a place of 0: no draw gives it one
                found[node] = (low, high)
        return found

    def rank(self, node: str) -> str:
        """A place, of how many that have one."""
        own = self.figures[node]
        return self.say("none") if isnan(own["rank"]) else f"{self.place(own['rank'])}/{own['of']:g}"

    def top(self, node: str) -> float:
        """The best score of all."""
        return float(np.fmax.reduce(self.scores[node]))

    def leader(self, node: str) -> str:
        """Who has the best score, and which."""
        best = self.top(node)
        leading = np.flatnonzero(self.scores[node] == best)
        leaders = [self.names[self.result.composite.units.codes[at]] for at in leading]
        named = ", ".join(leaders) if len(leaders) <= _NAMED else self.say("leaders", str(len(leaders)))
        return f"{named} {self.score(best)}".strip()

    # Texts

    def notes(self) -> Iterator[str]:
        """What to know of the data, and of how far the ranks can be trusted."""
        n, table = str(len(self.column)), self.result.measured
        if not self.missing and not self.imputed:
            yield self.say("note.whole", n)
        for key, codes in (("missing", self.missing), ("imputed", self.imputed)):
            if codes:
                yield self.say(f"note.{key}", str(len(codes)), n, ", ".join(codes))
        if self.result.treatment.rules:
            yield self.say("note.values")
        if self.ours:
            yield self.say("note.ours", str(len(self.ours)), n)
        if self.study is None:
            yield self.say("note.no-study")
        else:
            plan = self.study.plan
            choices = ", ".join(self.known("choice", choice.title()) for choice in plan.choices)
            yield self.say("note.study", str(self.study.draws), str(plan.uncertainty.seed), choices)
        if self.peers is not None:
            yield self.say("note.peers")
        if table.title:
            yield self.say("note.table", table.title)
        yield from (*table.notes, *(remark(told, self.language) or told for told in table.remarks))
        yield self._origin()

    def _origin(self) -> str:
        """What the sheet was made from, and by which version."""
        said = self.provenance
        if said is None:
            return self.say("provenance.none", self.scheme.code)

        def hashed(name: str, record: Mapping[str, Any]) -> str:
            return f"{name} (sha256 {record['sha256'][:_HASH]}…)"

        inputs = ", ".join(hashed(one["file"], one) for one in said["inputs"])
        scheme = hashed(self.scheme.code, said["scheme"])
        return self.say("provenance", said["pii"], said["created"], scheme, inputs or self.say("none"))


@cache
def _words() -> dict[str, dict[str, str]]:
    """The sheet's own words, and those of the page for what data names."""
    page: dict[str, dict[str, str]] = json.loads(front("words.json"))
    shared = {key: texts for key, texts in page.items() if key.startswith(_SHARED)}
    own: dict[str, dict[str, str]] = json.loads(front("profile.json"))
    return shared | own


@cache
def front(name: str) -> str:
    """A file that the sheet is made from."""
    return resources.files("pii.report").joinpath(f"front/{name}").read_text(encoding="utf-8")
