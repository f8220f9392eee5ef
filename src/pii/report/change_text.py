"""Why units moved, in words: English and Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, isnan
from typing import Any, NamedTuple

from pii.compare.comparability import Difference
from pii.compare.comparison import Comparison
from pii.figures.words import title
from pii.report.change_words import DIFFERENCES, WORDS, Language, Words
from pii.report.markdown import escaped
from pii.report.markdown_tables import table
from pii.report.records import frame_records
from pii.report.rewording import treatment
from pii.report.terminal import printable
from pii.rounding import published
from pii.tree import Group, Indicator

__all__ = ["change_lines", "change_record", "differences_said", "markdown", "sentence", "whole_parts"]

_SMALL = 0.5  # a part of fewer places is said with the other small ones
_MOST = 3  # indicators named in a bracket
_LISTED = 8  # places listed under one difference


def whole_parts(parts: Sequence[float], whole: float, step: float = 1.0) -> list[float]:
    """Parts rounded to multiples of a step so that they still add up to the whole: by largest remainder.

    Parameters
    ----------
    parts
        What adds up to the whole, but for rounding error.
    whole
        A multiple of the step.

    Examples
    --------
    >>> whole_parts([-3.6, -1.6, -0.8], -6.0)
    [-3.0, -2.0, -1.0]
    """
    low = [floor(part / step) for part in parts]
    left = round(whole / step) - sum(low)
    order = sorted(range(len(parts)), key=lambda at: (low[at] - parts[at] / step, at))
    up = set(order[:left])
    return [(low[at] + (at in up)) * step for at in range(len(parts))]


class _Said(NamedTuple):
    """A part of a change of rank, in places gained, and what it is made of."""

    name: str
    gained: float
    inside: tuple[tuple[str, float], ...] = ()


def sentence(comparison: Comparison, unit: str, language: Language = "en") -> str:
    """Why a unit moved, in a sentence: the places that each part brought it, which add up to those it moved.

    Places gained are above 0. Own data are said by the children of the index, with the indicators that count most;
    parts of less than half a place are said together as ``other``.

    Parameters
    ----------
    unit
        Its code, or its name in any spelling.

    Raises
    ------
    TableError
        No unit is called that, or only one edition ranks it.
    MethodError
        The change has no parts.
    """
    words = WORDS[language]
    fall = comparison.waterfall(unit)
    before, after = (float(fall["rank_reached"].iloc[at]) for at in (0, -1))
    score = float(fall["score_reached"].iloc[-1] - fall["score_reached"].iloc[0])
    gained = before - after
    name = comparison.name(unit)
    verb = words.moved(gained, after)
    said = f"{name}: {verb} ({words.score} {words.signed(score, comparison.after.scheme.decimals)})"
    if isnan(float(fall["rank"].iloc[1:-1].sum(skipna=False))):
        return f"{said}; {words.unsplit}."
    parts = _rounded(_parts(comparison, unit, language), gained, words)
    listed = ", ".join(_part_said(part, words) for part in parts)
    tail = _merged_said(comparison, unit, words)
    return f"{said}: {listed}.{tail}" if listed else f"{said}.{tail}"


def _parts(comparison: Comparison, unit: str, language: Language) -> list[_Said]:
    """Parts of a change of rank: own data by child of the index, then the other steps."""
    words = WORDS[language]
    own, fall = comparison.own(unit), comparison.waterfall(unit)
    rank = dict(zip(own.index, own["rank"].tolist(), strict=True))
    found = []
    for child in comparison.after.scheme.index.children:
        if isinstance(child, Group):
            inside = tuple((_titled(leaf, language), -rank[leaf.code]) for leaf in child.indicators())
            found.append(_Said(child.title(language), -rank[child.code], inside))
        else:
            found.append(_Said(_titled(child, language), -rank[child.code]))
    for part, change in zip(fall["part"], fall["rank"].tolist(), strict=True):
        if part not in ("before", "after", "own"):
            found.append(_Said(words.step(part, -change), -change))
    return found


def _titled(indicator: Indicator, language: str) -> str:
    title = indicator.title(language)
    return title if title == indicator.code else f"{indicator.code} {title}"


def _rounded(parts: Sequence[_Said], gained: float, words: Words) -> list[_Said]:
    """Parts in whole places that add up to those gained; small ones together, those of no place left out."""
    step = 1.0 if float(gained).is_integer() else 0.5  # tied units may share the mean of their places
    named = [part for part in parts if abs(part.gained) >= _SMALL]
    rest = _Said(words.other, gained - sum(part.gained for part in named))
    whole = whole_parts([part.gained for part in (*named, rest)], gained, step)
    order = sorted(zip(named, whole, strict=False), key=lambda pair: -abs(pair[1]))
    found = [_Said(part.name, n, _bracket(part, n, step, words)) for part, n in order if n]
    return [*found, rest._replace(gained=whole[-1])] if whole[-1] else found


def _bracket(part: _Said, gained: float, step: float, words: Words) -> tuple[tuple[str, float], ...]:
    """The indicators that count most of a part, and the others together: they add up to it."""
    large = sorted((each for each in part.inside if abs(each[1]) >= _SMALL), key=lambda each: -abs(each[1]))[:_MOST]
    if not large:
        return ()
    rest = (words.other, part.gained - sum(each[1] for each in large))
    whole = whole_parts([each[1] for each in (*large, rest)], gained, step)
    return tuple((name, n) for (name, _), n in zip((*large, rest), whole, strict=True) if n)


def _part_said(part: _Said, words: Words) -> str:
    inside = "; ".join(f"{name} {words.places(n)}" for name, n in part.inside)
    return f"{part.name} {words.places(part.gained)}" + (f" ({inside})" if inside else "")


def _merged_said(comparison: Comparison, unit: str, words: Words) -> str:
    """Of which units it was made, and where it would have stood; empty where it is what it was."""
    ranks = comparison.merger
    if ranks is None:
        return ""
    code = comparison.code(unit)
    mine = ranks[(ranks["into"] == code) & ~ranks["whole"]]
    if mine.empty:
        return ""
    count = len(comparison.before.best_first)
    parts = ", ".join(
        words.part_of(str(name), float(rank), count)
        for name, rank in zip(mine["name"], mine["rank_before"], strict=True)
    )
    return " " + words.merged.format(rank=words.number(float(mine["rank_after"].iloc[0])), parts=parts)


def differences_said(comparison: Comparison, language: Language = "en") -> list[str]:
    """What differs between the editions, one sentence a kind; whether scores compare comes first."""
    words = WORDS[language]
    found: dict[str, list[Difference]] = {}
    for difference in comparison.differences:
        found.setdefault(difference.kind, []).append(difference)
    said = [words.comparable if comparison.comparable else words.not_comparable]
    for kind, each in found.items():
        places = [place for difference in each for place in difference.place.split(", ")]
        ends = [words.own if end == "own" else end for end in (each[0].before, each[0].after)]
        of = len(comparison.hybrids.mixer.common)
        text = DIFFERENCES[language][kind].format(
            n=len(places), of=of, places=_listed(places, words), before=ends[0], after=ends[1]
        )
        if text.endswith(":"):  # what is said of each, one by one
            sides = [[treatment(end, language) or words.none for end in (d.before, d.after)] for d in each]
            lines = [f"{d.place}: {' -> '.join(both)}" for d, both in zip(each, sides, strict=True)]
            text += " " + _listed(lines, words)
        said.append(text)
    return said


def _listed(items: Sequence[str], words: Words) -> str:
    """The first of them, and how many more there are."""
    more = len(items) - _LISTED
    return "; ".join(items[:_LISTED]) + (f" {words.more.format(n=more)}" if more > 0 else "")


def change_record(comparison: Comparison, language: Language = "en") -> dict[str, Any]:
    """A comparison as JSON has it; what is missing is None."""
    return {
        "title": comparison.title,
        "synthetic": comparison.is_synthetic,
        "comparable": comparison.comparable,
        "differences": [difference._asdict() for difference in comparison.differences],
        "said": differences_said(comparison, language),
        "units": frame_records(comparison.to_frame().reset_index()),
        "parts": frame_records(comparison.parts),
        "exact": comparison.attribution.is_exact,
        "merger": [] if comparison.merger is None else frame_records(comparison.merger.reset_index()),
        "words": {code: sentence(comparison, code, language) for code in comparison.attribution.units},
    }


def _title(comparison: Comparison, language: Language) -> str:
    """Both editions."""
    return " -> ".join(title(result, language) for result in (comparison.before, comparison.after))


def change_lines(comparison: Comparison, language: Language = "en", *, unit: str | None = None) -> list[str]:
    """A comparison for a terminal: what compares, then each unit in a sentence; of one unit, its parts as well."""
    said = [
        printable(_title(comparison, language)),
        "",
        *map(printable, differences_said(comparison, language)),
        "",
    ]
    if unit is None:
        frame = comparison.to_frame().sort_values("rank_after", kind="stable")
        ranked = set(comparison.attribution.units)
        return said + [
            printable(sentence(comparison, str(code), language)) for code in frame.index if code in ranked
        ]
    words = WORDS[language]
    own = comparison.own(unit)
    fall = comparison.waterfall(unit)
    rows = [
        (words.steps[part], -rank, score)
        for part, rank, score in zip(
            comparison.attribution.steps[1:],
            *(
                fall.loc[~fall["part"].isin(["before", "after", "own"]), what].tolist()
                for what in ("rank", "score")
            ),
            strict=True,
        )
    ]
    titles = [node.title(language) for node in comparison.after.scheme.nodes]
    nodes = [
        (f"{'  ' * level}{code} {called}" if called != code else f"{'  ' * level}{code}", -rank, score)
        for code, called, level, rank, score in zip(
            own.index, titles, own["level"], own["rank"].tolist(), own["score"].tolist(), strict=True
        )
    ]
    said += [printable(sentence(comparison, unit, language)), ""]
    heads = f"{'':<70} {words.columns[3]:>14} {words.score:>8}"
    nodes[0] = (words.steps["own"], *nodes[0][1:])
    decimals = comparison.after.scheme.decimals
    lines = [
        f"{printable(name)[:70]:<70} {words.signed(gained, 2):>14} {words.signed(score, decimals):>8}"
        for name, gained, score in (*nodes, *rows)
    ]
    return [*said, heads, *lines]


def markdown(comparison: Comparison, language: Language = "en") -> str:
    """A short report: what compares, ranks and scores, the parts of every change, and each unit in a sentence.

    Raises
    ------
    MethodError
        The change has no parts.
    """
    return "\n".join(_lines(comparison, language)) + "\n"


def _lines(comparison: Comparison, language: Language) -> Iterator[str]:
    words, decimals = WORDS[language], comparison.after.scheme.decimals
    yield f"# {escaped(_title(comparison, language))}"
    yield ""
    yield f"## {words.heads['comparable']}"
    yield ""
    yield from (f"- {escaped(said)}" for said in differences_said(comparison, language))
    frame = comparison.to_frame().sort_values("rank_after", kind="stable")
    yield ""
    yield f"## {words.heads['ranks']}"
    yield ""
    rows = [
        [
            escaped(str(row["name"])),
            *(words.number(float(row[f"rank_{when}"])) for when in ("before", "after")),
            words.places(-float(row["rank_change"])),
            *(words.decimal(published(float(row[f"score_{when}"]), decimals)) for when in ("before", "after")),
            words.signed(float(row["score_change"]), decimals),
        ]
        for _, row in frame.iterrows()
    ]
    yield from table(words.columns, rows)
    yield ""
    yield f"## {words.heads['parts']}"
    yield ""
    found = comparison.attribution
    at = {code: position for position, code in enumerate(found.units)}
    ranked = [str(code) for code in frame.index if code in at]
    yield from table(
        [words.unit, *(words.steps[step] for step in found.steps)],
        [
            [
                escaped(comparison.name(code)),
                *(words.signed(-n, 2) for n in found.coarse.rank[:, at[code]].tolist()),
            ]
            for code in ranked
        ],
    )
    yield ""
    yield words.note if found.is_exact else words.sampled.format(n=comparison.samples)
    yield ""
    yield f"## {words.heads['words']}"
    yield ""
    yield from (f"- {escaped(sentence(comparison, code, language))}" for code in ranked)
