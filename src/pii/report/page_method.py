"""How the index was made, in words in both languages, generated from its scheme."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np

from pii.report.page_record import Text, text, told
from pii.report.words import Language, declared, known, paragraphs, said
from pii.result import Result
from pii.spec import Method

__all__ = ["method_part"]

_LANGUAGES: tuple[Language, ...] = ("vi", "en")


def method_part(result: Result) -> list[dict[str, Any]]:
    """Chapters of the method: a title, and paragraphs in the order in which the index is made."""
    chapters = (
        (text("Chỉ số này là gì", "What this index is"), _about(result)),
        (text("Cách tính", "How it is made"), _stages(result)),
        (
            text("Điều gì là chính thức, điều gì là lựa chọn", "What is official and what is a choice"),
            _standing(result),
        ),
    )
    return [{"title": title, "said": list(paragraphs)} for title, paragraphs in chapters]


def _about(result: Result) -> Iterator[Text]:
    scheme = result.scheme
    levels = [
        sum(level == deep for level in scheme.levels.values()) for deep in range(1, max(scheme.levels.values()) + 1)
    ]
    n = len(scheme.indicators)
    counts = " / ".join(map(str, levels))
    yield text(
        f"{scheme.index.title('vi')}: {n} chỉ số; số thành phần ở các cấp dưới chỉ số chung: {counts}.",
        f"{scheme.index.title('en')}: {n} indicators; nodes by level below the index: {counts}.",
    )
    values = result.ratios.values
    gaps = int(np.count_nonzero(np.isnan(values)))
    ranked, units = len(result.best_first), len(result.measured.units)
    yield text(
        f"{ranked} trên {units} đơn vị được xếp hạng. {gaps} trên {values.size} giá trị không có số liệu.",
        f"{ranked} of {units} units are ranked. {gaps} of {values.size} values were not measured.",
    )


def _stages(result: Result) -> Iterator[Text]:
    scheme = result.scheme
    if any(indicator.denominator for indicator in scheme.indicators):
        per = sum(indicator.denominator is not None for indicator in scheme.indicators)
        yield text(
            f"{per} chỉ số được chia cho mẫu số (dân số, GRDP ...) trước khi so sánh.",
            f"{per} indicators are put per a denominator before units are compared.",
        )
    screen = scheme.screen
    if screen.measured > 0:
        yield text(
            f"Đơn vị cần có số liệu của ít nhất {screen.measured:.0%} số chỉ số để được xếp hạng.",
            f"A unit needs {screen.measured:.0%} of the indicators measured to be ranked.",
        )
    yield _stage("Số liệu thiếu", "Gaps", "impute", scheme.impute, [i.impute for i in scheme.indicators])
    yield _stage("Giá trị ngoại lai", "Outliers", "treat", scheme.treat, [i.treat for i in scheme.indicators])
    treated = len(result.treatment.rules)
    yield text(
        f"Trên thực tế {treated} chỉ số đã được xử lý; mỗi chỉ số ghi rõ trong bảng chỉ số.",
        f"{treated} indicators were in fact treated; the table of indicators says how.",
    )
    if result.reference is not None:
        yield text(
            "Thang điểm được giữ cố định theo số liệu của một kỳ gốc.",
            "The scale is fixed by the values of a base edition.",
        )
    yield _stage("Chuẩn hóa", "Scale", "normalise", scheme.normalise, [i.normalise for i in scheme.indicators])
    yield _stage("Trọng số", "Weights", "weigh", scheme.weigh, [g.weigh for g in scheme.groups])
    yield _stage("Tổng hợp", "Aggregation", "aggregate", scheme.aggregate, [g.aggregate for g in scheme.groups])
    yield text(
        "Thành phần thiếu được bỏ ra, trọng số của các thành phần còn lại tăng theo tỷ lệ.",
        "What is missing drops out, and the weights of what is left are scaled up.",
    )
    if scheme.coverage > 0:
        yield text(
            f"Một nhóm chỉ có điểm khi ít nhất {scheme.coverage:.0%} thành phần có điểm.",
            f"A group has a score only where {scheme.coverage:.0%} of its children have one.",
        )
    yield text(*(said("note.rounded", language, scheme.decimals) for language in _LANGUAGES))


def _stage(vi: str, en: str, family: str, method: Method, own: list[Any]) -> Text:
    """One stage: its method, and how many nodes have their own."""
    others = sum(one is not None and one != method for one in own)
    name = method.method_name()
    words = text(*(known(f"method.{family}", name, language) for language in _LANGUAGES))
    settings = declared(method).removeprefix(name)
    more_vi = f" {others} thành phần có phương pháp riêng." if others else ""
    more_en = f" {others} nodes have a method of their own." if others else ""
    return text(f"{vi}: {words['vi']}{settings}.{more_vi}", f"{en}: {words['en']}{settings}.{more_en}")


def _standing(result: Result) -> Iterator[Text]:
    nodes = result.scheme.nodes
    of = {kind: sum(node.standing == kind for node in nodes) for kind in ("official", "follows", "ours")}
    if any(of.values()):
        yield text(
            f"Trong {len(nodes)} thành phần, {of['official']} theo công bố chính thức, {of['follows']} theo "
            f"mô hình đã công bố, {of['ours']} là lựa chọn của chúng tôi và không phải chính thức.",
            f"Of {len(nodes)} nodes {of['official']} are official, {of['follows']} follow a published model, and "
            f"{of['ours']} are our choice and not official.",
        )
    said_in = {language: paragraphs(result.scheme.about, language) for language in _LANGUAGES}
    if said_in["vi"] == said_in["en"]:  # it speaks one language only, and both readers are shown that
        for paragraph in said_in["en"]:
            yield told(paragraph)
        return
    for one, other in zip_longest(said_in["vi"], said_in["en"], fillvalue=""):
        yield text(one, other)
