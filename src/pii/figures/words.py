"""What stands in pictures and beside them, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from pii.rounding import published

if TYPE_CHECKING:
    from pii.result import Result

__all__ = ["WORDS", "Language", "decimal", "number", "percent", "said", "title"]

Language: TypeAlias = Literal["en", "vi"]

WORDS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "rank": {"en": "rank", "vi": "hạng"},
        "score": {"en": "score", "vi": "điểm"},
        "probable": {"en": "probable ranks", "vi": "hạng có khả năng xảy ra"},
        "possible": {"en": "possible ranks", "vi": "hạng có thể có"},
        "ranks of": {
            "en": "Ranks of {n} units and their probable ranks.",
            "vi": "Hạng của {n} đơn vị và khoảng hạng có khả năng xảy ra.",
        },
        "possible ranks of": {
            "en": "Ranks of {n} units and their possible and probable ranks.",
            "vi": "Hạng của {n} đơn vị, khoảng hạng có thể có và có khả năng xảy ra.",
        },
        "widest": {
            "en": "The widest probable ranks are of {name}, {value} from end to end.",
            "vi": "Khoảng hạng có khả năng xảy ra rộng nhất là của {name}, {value} bậc từ đầu đến cuối.",
        },
        "share of draws": {"en": "share of draws", "vi": "tỷ lệ số lần tính"},
        "how often": {
            "en": "How often each of {n} units has each rank.",
            "vi": "Tần suất mỗi đơn vị trong {n} đơn vị đạt từng hạng.",
        },
        "most often first": {
            "en": "The most often first is {name}, in {value} of draws.",
            "vi": "Thường đứng đầu nhất là {name}, trong {value} số lần tính.",
        },
        "alone": {"en": "alone (first-order effect)", "vi": "riêng lẻ (ảnh hưởng bậc một)"},
        "in all": {"en": "in all (total effect)", "vi": "tổng cộng (ảnh hưởng toàn phần)"},
        "part of variance": {"en": "part of the variance", "vi": "phần của phương sai"},
        "effects of": {
            "en": "Effects of {n} choices, alone and in all.",
            "vi": "Ảnh hưởng của {n} lựa chọn, riêng lẻ và tổng cộng.",
        },
        "largest effect": {
            "en": "The largest in all is of {name}, {value}.",
            "vi": "Ảnh hưởng tổng cộng lớn nhất là của {name}, {value}.",
        },
        "may move": {"en": "part of the weights that may move", "vi": "phần trọng số có thể dịch chuyển"},
        "above": {"en": "above", "vi": "đứng trên"},
        "below": {"en": "below", "vi": "đứng dưới"},
        "pairs of": {
            "en": "How far weights may move before two of {n} units change places.",
            "vi": "Trọng số có thể dịch chuyển bao xa trước khi hai trong {n} đơn vị đổi chỗ.",
        },
        "a pair": {"en": "{upper} above {lower}", "vi": "{upper} trên {lower}"},
        "closest pair": {
            "en": "The closest pair is {name}, {value}.",
            "vi": "Cặp sát nhau nhất là {name}, {value}.",
        },
        "tier": {"en": "tier", "vi": "tầng"},
        "hasse of": {
            "en": "Hasse diagram of {n} units in {tiers} tiers. On top: {top}.",
            "vi": "Sơ đồ Hasse của {n} đơn vị trong {tiers} tầng. Tầng trên cùng: {top}.",
        },
        "weights within": {
            "en": "weights within {value} of the nominal ones",
            "vi": "trọng số lệch không quá {value} so với trọng số gốc",
        },
        "not measured": {"en": "no score", "vi": "không có điểm"},
        "no coefficient": {"en": "no coefficient", "vi": "không có hệ số"},
        "stacked of": {
            "en": "What {k} parts bring to the scores of {n} units.",
            "vi": "Đóng góp của {k} thành phần vào điểm của {n} đơn vị.",
        },
        "highest": {
            "en": "The highest score is of {name}, {value}.",
            "vi": "Điểm cao nhất là của {name}, {value}.",
        },
        "largest part": {
            "en": "Most is brought by {name}, {value} of all.",
            "vi": "Đóng góp nhiều nhất là {name}, {value} tổng số.",
        },
        "heat map of": {
            "en": "Scores of {n} units on {k} nodes, from {low} to {high}.",
            "vi": "Điểm của {n} đơn vị theo {k} mục, từ {low} đến {high}.",
        },
        "gaps": {"en": "{n} scores are missing.", "vi": "Thiếu {n} điểm."},
        "all units": {"en": "lowest to highest", "vi": "thấp nhất đến cao nhất"},
        "mean": {"en": "mean", "vi": "trung bình"},
        "profile of": {
            "en": "{unit} on {n} nodes: above the mean on {above}.",
            "vi": "{unit} theo {n} mục: trên trung bình ở {above} mục.",
        },
        "furthest above": {
            "en": "Furthest above it: {name}, by {value}.",
            "vi": "Vượt xa nhất: {name}, hơn {value}.",
        },
        "furthest below": {
            "en": "Furthest below it: {name}, by {value}.",
            "vi": "Thấp xa nhất: {name}, kém {value}.",
        },
        "from to": {
            "en": "The {axis} goes from {first} to {last}: {steps}.",
            "vi": "Từ {axis} {first} đến {axis} {last}: {steps}.",
        },
        "changes of": {
            "en": "Ranks of {n} units, {before} and {after}: {up} rose, {down} fell, {same} stayed.",
            "vi": "Hạng của {n} đơn vị, {before} và {after}: {up} lên, {down} xuống, {same} giữ nguyên.",
        },
        "furthest up": {
            "en": "The furthest up is {name}, by {value}.",
            "vi": "Lên nhiều nhất là {name}, {value} bậc.",
        },
        "furthest down": {
            "en": "The furthest down is {name}, by {value}.",
            "vi": "Xuống nhiều nhất là {name}, {value} bậc.",
        },
        "before": {"en": "before", "vi": "trước"},
        "after": {"en": "after", "vi": "sau"},
        "rose": {"en": "rose", "vi": "lên hạng"},
        "fell": {"en": "fell", "vi": "xuống hạng"},
        "stayed": {"en": "stayed, or new", "vi": "giữ hạng, hoặc mới"},
        "coefficient": {"en": "correlation", "vi": "hệ số tương quan"},
        "coefficient and stroke": {
            "en": "correlation; negative ones have a stroke",
            "vi": "hệ số tương quan; số âm có gạch ngang",
        },
        "correlations of": {
            "en": "Correlations of {n} nodes. {negative} of {pairs} pairs are negative.",
            "vi": "Tương quan của {n} mục. {negative} trong {pairs} cặp có tương quan âm.",
        },
        "a correlation": {"en": "{upper} with {lower}", "vi": "{upper} với {lower}"},
        "strongest": {
            "en": "The strongest is of {name}, {value}.",
            "vi": "Mạnh nhất là {name}, {value}.",
        },
        "share of index": {"en": "share of the index", "vi": "tỷ trọng trong chỉ số"},
        "framework of": {
            "en": "The framework of {root}: {leaves} indicators in {levels} levels of groups.",
            "vi": "Khung của {root}: {leaves} chỉ số trong {levels} cấp nhóm.",
        },
        "heaviest": {
            "en": "The heaviest is {name}, {value} of the index.",
            "vi": "Nặng nhất là {name}, {value} của chỉ số.",
        },
        "expected": {"en": "expected", "vi": "kỳ vọng"},
        "band": {"en": "band about it", "vi": "dải quanh kỳ vọng"},
        "above expected": {"en": "above the band", "vi": "trên dải"},
        "in line": {"en": "within the band", "vi": "trong dải"},
        "below expected": {"en": "below the band", "vi": "dưới dải"},
        "highest is": {"en": "highest", "vi": "cao nhất"},
        "of": {"en": "{rank} of {n}", "vi": "{rank} trên {n}"},
        "synthetic": {"en": "SYNTHETIC", "vi": "SYNTHETIC (số liệu mô phỏng)"},
        "unit": {"en": "unit", "vi": "đơn vị"},
        "scatter of": {
            "en": "{score} of {n} units against {covariate}.",
            "vi": "{score} của {n} đơn vị theo {covariate}.",
        },
        "left out": {"en": "{n} without one of them are left out.", "vi": "Bỏ {n} đơn vị thiếu số liệu."},
        "most above": {
            "en": "The furthest above what is expected is {name}, by {value}.",
            "vi": "Vượt kỳ vọng nhiều nhất là {name}, {value}.",
        },
        "most below": {
            "en": "The furthest below is {name}, by {value}.",
            "vi": "Thấp hơn kỳ vọng nhiều nhất là {name}, {value}.",
        },
    }
)
"""Each text by what it says; both languages have the same gaps to fill."""


def said(what: str, language: Language, **values: object) -> str:
    """One of the texts, filled in.

    Examples
    --------
    >>> said("gaps", "vi", n=2)
    'Thiếu 2 điểm.'
    """
    return WORDS[what][language].format(**values)


def decimal(text: str, language: Language) -> str:
    """A number with the language's decimal mark."""
    return text.replace(".", ",") if language == "vi" else text


def number(value: float, language: Language, decimals: int | None = None) -> str:
    """A number with so many decimals, or as many as it needs; empty for NaN.

    Examples
    --------
    >>> number(2.5, "vi", 2), number(-3.0, "en")
    ('2,50', '-3')
    """
    if isnan(value):
        return ""
    return decimal(f"{value:g}" if decimals is None else published(value, decimals), language)


def percent(share: float, language: Language, decimals: int = 0) -> str:
    """A share as a percentage.

    Examples
    --------
    >>> percent(0.125, "en", 1), percent(0.125, "vi", 1)
    ('12.5%', '12,5%')
    """
    return number(100 * share, language, decimals) + "%" * (not isnan(share))


def title(result: Result, language: Language) -> str:
    """The index's name and edition in a language; synthetic data says so first.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.io.samples import read_sample
    >>> title(compute(*read_sample("synthetic-pii-2025")), "vi")
    'SYNTHETIC (số liệu mô phỏng) - Chỉ số đổi mới sáng tạo cấp địa phương 2025'
    """
    edition = result.measured.period or result.scheme.edition
    name = " ".join(filter(None, (result.scheme.index.title(language), edition)))
    return f"{said('synthetic', language)} - {name}" if result.is_synthetic else name
