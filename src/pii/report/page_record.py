"""A result, and what is known beside it, as the plain data that the page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

from pii.places.registry import provinces
from pii.report.page_bases import base_record, comparable, numbers
from pii.report.rewording import reasons, remark, treatment
from pii.report.words import is_vietnamese
from pii.result import Result
from pii.scheme import Scheme
from pii.tree import Group, Indicator, Node

__all__ = ["Language", "Text", "index_part", "lacking", "spoken", "text", "told"]

Language: TypeAlias = Literal["vi", "en"]
Text: TypeAlias = dict[str, str]
"""The same in Vietnamese and in English."""

_SHOWN = 6  # significant digits of values in their own units; scores have all theirs


def text(vi: str, en: str) -> Text:
    """A text in both languages."""
    return {"vi": vi, "en": en}


def spoken(en: str, vi: str | None) -> Text:
    """What the library says in English, and in Vietnamese where that is known; the page marks what is not.

    Examples
    --------
    >>> spoken("12 of 34", "12 trên 34"), spoken("quite a lot", None)
    ({'vi': '12 trên 34', 'en': '12 of 34'}, {'en': 'quite a lot'})
    """
    return {"en": en} if vi is None else text(vi, en)


def told(words: str) -> Text:
    """What a scheme or a table says of itself, by the language that it is in.

    Examples
    --------
    >>> told("As published."), told("Đã công bố.")
    ({'en': 'As published.'}, {'vi': 'Đã công bố.'})
    """
    return {"vi" if is_vietnamese(words) else "en": words}


def lacking(what: str, vi: str, en: str) -> dict[str, Any]:
    """What the page has not, for the section that it is missing in."""
    return {"what": what, **text(vi, en)}


def index_part(result: Result, others: Mapping[str, Result]) -> dict[str, Any]:
    """The index itself: units, nodes, scores, values, what each unit is best and worst at.

    Parameters
    ----------
    result
        What was computed.
    others
        The same table by other methods, by name; those of other units or another tree are left out.
    """
    scheme = result.scheme
    alike = {name: other for name, other in others.items() if comparable(other, result)}
    at = {code: position for position, code in enumerate(result.measured.units.codes)}
    return {
        "about": _about(result),
        "units": _units(result),
        "ranked": [at[code] for code in result.composite.units.codes],
        "nodes": [_node(node, result) for node in scheme.nodes],
        "bases": [base_record(result), *(base_record(other, name) for name, other in alike.items())],
        "places": [numbers(column) for column in result.ranking.values.T],
        **_values(result),
        **_extremes(result),
    }


def _about(result: Result) -> dict[str, Any]:
    scheme, table = result.scheme, result.measured
    edition = table.period or scheme.edition
    return {
        "title": {language: f"{scheme.index.title(language)} {edition}".strip() for language in ("vi", "en")},
        "synthetic": result.is_synthetic,
        "period": table.period,
        "decimals": scheme.decimals,
        "system": table.units.system,
        "ties": scheme.rank.method_name(),
        "scheme": scheme.code,
        "citation": told(scheme.citation),
        "table": told(table.title),
        "notes": [told(note) for note in table.notes],
        "remarks": [spoken(one, remark(one, "vi")) for one in table.remarks],
    }


def _units(result: Result) -> dict[str, Any]:
    units, scheme = result.measured.units, result.scheme
    titles = {column.code: column.name for column in scheme.labels}
    return {
        "codes": list(units.codes),
        "names": list(units.names),
        "english": _english(result),
        "labels": {label: list(column) for label, column in units.labels.items()},
        "label_names": {label: dict(titles.get(label, ())) for label in units.labels},
        "reasons": {code: text(reasons(why, "vi"), reasons(why, "en")) for code, why in result.unranked.items()},
    }


def _english(result: Result) -> list[str]:
    """English names, where the units are provinces; else their names."""
    units = result.measured.units
    known = {
        province.code: province.name_en
        for system in ("VN63", "VN34")
        if system == units.system
        for province in provinces(system)
    }
    return [known.get(code, name) for code, name in zip(units.codes, units.names, strict=True)]


def _node(node: Node, result: Result) -> dict[str, Any]:
    scheme, weights = result.scheme, result.weights
    position = {each.code: at for at, each in enumerate(scheme.nodes)}
    effective = dict(zip(weights.nodes, weights.effective.tolist(), strict=True)).get(node.code, 1.0)
    found: dict[str, Any] = {
        "code": node.code,
        "vi": node.title("vi"),
        "en": node.title("en"),
        "parent": position[scheme.parents[node.code]] if node.code in scheme.parents else -1,
        "level": scheme.levels[node.code],
        "effective": effective,
        "standing": node.standing,
        "note": told(node.note) if node.note else None,
    }
    return found | (_leaf(node, result) if isinstance(node, Indicator) else _group(node, scheme))


def _leaf(node: Indicator, result: Result) -> dict[str, Any]:
    scheme = result.scheme
    names = {column.code: dict(column.name) for column in scheme.denominators}
    per = node.denominator or ""
    rule = result.treatment.rules.get(node.code, "")
    return {
        "leaf": True,
        "unit": node.unit,
        "direction": node.direction,
        "source": node.source,
        "per": {language: names.get(per, {}).get(language) or per for language in ("vi", "en")} if per else None,
        "treated": text(treatment(rule, "vi"), rule) if rule else None,
    }


def _group(node: Group, scheme: Scheme) -> dict[str, Any]:
    return {"leaf": False, "aggregate": scheme.aggregator_of(node).method_name()}


def _values(result: Result) -> dict[str, Any]:
    """Values in their own units, a row an indicator; gaps that were filled, by position."""
    ranked = result.screening.eligible
    ratios, completed = result.ratios.values[ranked].T, result.completed.values.T
    return {
        "values": [numbers(column, _SHOWN) for column in completed],
        "imputed": [
            np.flatnonzero(np.isnan(before) & ~np.isnan(after)).tolist()
            for before, after in zip(ratios, completed, strict=True)
        ],
    }


def _extremes(result: Result) -> dict[str, Any]:
    """For each ranked unit the indicators that it is best and worst at, by position, the most telling first."""
    at = {indicator.code: position for position, indicator in enumerate(result.scheme.indicators)}
    codes = result.composite.units.codes

    def of(find: Any) -> list[list[int]]:
        return [[] if code in result.unranked else [at[leaf] for leaf in find(code).index] for code in codes]

    return {"strengths": of(result.strengths), "weaknesses": of(result.weaknesses)}
