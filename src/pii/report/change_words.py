"""The words in which a change is told, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Literal, TypeAlias

from pii.rounding import half_up, published

__all__ = ["DIFFERENCES", "WORDS", "Language", "Words"]

Language: TypeAlias = Literal["en", "vi"]


@dataclass(frozen=True)
class Words:
    """What is said of a change in one language."""

    mark: str
    """The decimal mark."""
    up: str
    down: str
    same: str
    score: str
    other: str
    none: str
    own: str
    """What fixes a scale that nothing else fixes."""
    more: str
    unit: str
    unsplit: str
    merged: str
    part: str
    comparable: str
    not_comparable: str
    note: str
    sampled: str
    steps: Mapping[str, str]
    """Headings of the parts."""
    brought: Mapping[str, tuple[str, str]]
    """What a part is called where it lost places, and where it gained some."""
    heads: Mapping[str, str]
    columns: tuple[str, ...]

    def decimal(self, text: str) -> str:
        """A number with the language's decimal mark; n/a where there is none."""
        return text.replace(".", self.mark) or "n/a"

    def number(self, value: float) -> str:
        """A place; n/a where there is none."""
        return "n/a" if isnan(value) else self.decimal(f"{value:g}")

    def signed(self, value: float, decimals: int) -> str:
        """A change with its sign."""
        if isnan(value):
            return "n/a"
        sign = "+" if half_up(value, decimals) > 0 else ""
        return sign + self.decimal(published(value, decimals))

    def places(self, gained: float) -> str:
        """Places gained, with their sign."""
        return "n/a" if isnan(gained) else self.decimal(f"{gained:+g}" if gained else "0")

    def moved(self, gained: float, rank: float) -> str:
        """How far, and where to."""
        text = self.same if gained == 0 else self.up if gained > 0 else self.down
        return text.format(n=self.number(abs(gained)), rank=self.number(rank))

    def step(self, part: str, gained: float) -> str:
        """What a part is called."""
        return self.brought[part][gained > 0]

    def part_of(self, name: str, rank: float, count: int) -> str:
        """One of the units that a unit was made of."""
        return self.part.format(name=name, rank=self.number(rank), count=count)


WORDS: Mapping[Language, Words] = {
    "en": Words(
        mark=".",
        up="up {n} to {rank}",
        down="down {n} to {rank}",
        same="unchanged at {rank}",
        score="score",
        other="other",
        none="none",
        own="its own values",
        more="and {n} more",
        unit="Unit",
        unsplit="the change cannot be split, for at some step in between the unit would have no score",
        merged="In the new borders it would have ranked {rank} before; it was made of {parts}.",
        part="{name} ({rank} of {count})",
        comparable="Scores of the two editions compare.",
        not_comparable=(
            "Scores of the two editions do not plainly compare. Ranks compare among the units of both editions."
        ),
        note=(
            "Places gained by each part, those lost below 0: means over all orders in which the parts can change "
            "(Shapley values). They add up to the change, and are exact."
        ),
        sampled=(
            "Places gained by each part, those lost below 0: means over the orders in which the parts can change "
            "(Shapley values). They add up to the change. Parts of single indicators are of {n} orders drawn at "
            "random, with the errors stated in the table of parts."
        ),
        steps={
            "own": "Own data",
            "others": "Others' data",
            "scale": "Moved scale",
            "indicators": "Indicators",
            "weights": "Weights",
            "methods": "Methods",
            "scheme": "Scheme",
        },
        brought={
            "others": ("others' progress", "others' setbacks"),
            "scale": ("moved scale", "moved scale"),
            "indicators": ("other indicators", "other indicators"),
            "weights": ("new weights", "new weights"),
            "methods": ("new method", "new method"),
            "scheme": ("new scheme", "new scheme"),
        },
        heads={
            "comparable": "What compares",
            "ranks": "Ranks and scores",
            "parts": "What moved the ranks",
            "words": "In words",
        },
        columns=("Unit", "Rank before", "Rank after", "Places gained", "Score before", "Score after", "Change"),
    ),
    "vi": Words(
        mark=",",
        up="tăng {n} bậc, lên hạng {rank}",
        down="giảm {n} bậc, xuống hạng {rank}",
        same="giữ nguyên hạng {rank}",
        score="điểm",
        other="khác",
        none="không có",
        own="số liệu của chính kỳ đó",
        more="và {n} mục khác",
        unit="Địa phương",
        unsplit="không tách được mức thay đổi, vì ở một bước trung gian địa phương này không có điểm",
        merged="Tính theo địa giới mới, kỳ trước địa phương này xếp hạng {rank}; được hợp thành từ {parts}.",
        part="{name} (hạng {rank}/{count})",
        comparable="Điểm của hai kỳ so sánh được với nhau.",
        not_comparable=(
            "Điểm của hai kỳ không so sánh trực tiếp được với nhau. Thứ hạng so sánh được giữa các địa phương "
            "có mặt trong cả hai kỳ."
        ),
        note=(
            "Số bậc tăng do từng yếu tố, số âm là bậc giảm: trung bình trên mọi thứ tự thay đổi của các yếu tố "
            "(giá trị Shapley). Tổng các yếu tố đúng bằng mức thay đổi; kết quả là chính xác."
        ),
        sampled=(
            "Số bậc tăng do từng yếu tố, số âm là bậc giảm: trung bình trên các thứ tự thay đổi của các yếu tố "
            "(giá trị Shapley). Tổng các yếu tố đúng bằng mức thay đổi. Phần của từng chỉ số được ước lượng từ "
            "{n} thứ tự chọn ngẫu nhiên, kèm sai số chuẩn trong bảng chi tiết."
        ),
        steps={
            "own": "Số liệu của địa phương",
            "others": "Số liệu của địa phương khác",
            "scale": "Thang điểm dịch chuyển",
            "indicators": "Bộ chỉ số",
            "weights": "Trọng số",
            "methods": "Phương pháp",
            "scheme": "Lược đồ",
        },
        brought={
            "others": ("các địa phương khác tiến lên", "các địa phương khác tụt lại"),
            "scale": ("thang điểm dịch chuyển", "thang điểm dịch chuyển"),
            "indicators": ("thay đổi bộ chỉ số", "thay đổi bộ chỉ số"),
            "weights": ("trọng số mới", "trọng số mới"),
            "methods": ("phương pháp mới", "phương pháp mới"),
            "scheme": ("lược đồ mới", "lược đồ mới"),
        },
        heads={
            "comparable": "Khả năng so sánh",
            "ranks": "Thứ hạng và điểm",
            "parts": "Nguyên nhân thay đổi thứ hạng",
            "words": "Diễn giải",
        },
        columns=("Địa phương", "Hạng trước", "Hạng sau", "Số bậc tăng", "Điểm trước", "Điểm sau", "Thay đổi"),
    ),
}

DIFFERENCES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "synthetic": "The numbers before are {before}, those after {after}.",
        "borders": (
            "The units before are those of {before}, after those of {after}: the earlier edition was computed "
            "anew in the new borders, and is compared in these."
        ),
        "entered": "Ranked after and not before: {places}.",
        "left": "Ranked before and not after: {places}.",
        "own scales": (
            "The scale of {n} of {of} indicators moved, so the same value scores otherwise: each edition's own "
            "values fix its scales."
        ),
        "scale moved": (
            "The scale of {n} of {of} indicators moved, so the same value scores otherwise. Scales are fixed by "
            "{before} before and {after} after, and by how each edition's outliers were treated."
        ),
        "one scale": "Both editions are on one scale.",
        "fixed scale": "All scales are fixed in advance, and the same in both editions.",
        "treated otherwise": "Outliers were treated otherwise:",
        "added": "Added: {places}.",
        "dropped": "Dropped: {places}.",
        "redefined": "Defined otherwise:",
        "moved": "In another group:",
        "weight": "Other weights:",
        "weighing": "Weighed otherwise:",
        "method": "Other methods:",
        "screening": "Who is ranked is decided otherwise:",
        "source": "Other sources:",
        "held to the scale": (
            "A mean is taken that is not defined for all numbers: in the parts, data of one edition that lie "
            "off the other's scale score as its ends do."
        ),
        "not told apart": "Indicators, weights and methods cannot be told apart, and are one part: {after}.",
    },
    "vi": {
        "synthetic": "Số liệu kỳ trước là {before}, kỳ sau là {after}.",
        "borders": (
            "Địa phương kỳ trước thuộc hệ {before}, kỳ sau thuộc hệ {after}: kỳ trước được tính lại theo địa "
            "giới mới rồi mới so sánh."
        ),
        "entered": "Có xếp hạng kỳ sau, không có kỳ trước: {places}.",
        "left": "Có xếp hạng kỳ trước, không có kỳ sau: {places}.",
        "own scales": (
            "Thang điểm của {n} trong {of} chỉ số đã dịch chuyển, nên cùng một giá trị nhận điểm khác nhau: "
            "mỗi kỳ xác định thang điểm theo số liệu của chính kỳ đó."
        ),
        "scale moved": (
            "Thang điểm của {n} trong {of} chỉ số đã dịch chuyển, nên cùng một giá trị nhận điểm khác nhau. Thang "
            "điểm kỳ trước căn cứ vào {before}, kỳ sau căn cứ vào {after}, và vào cách xử lý giá trị ngoại lai "
            "của từng kỳ."
        ),
        "one scale": "Hai kỳ dùng chung một thang điểm.",
        "fixed scale": "Mọi thang điểm đều được ấn định trước và giống nhau ở hai kỳ.",
        "treated otherwise": "Giá trị ngoại lai được xử lý khác:",
        "added": "Bổ sung: {places}.",
        "dropped": "Loại bỏ: {places}.",
        "redefined": "Định nghĩa lại:",
        "moved": "Chuyển sang nhóm khác:",
        "weight": "Trọng số khác:",
        "weighing": "Cách xác định trọng số khác:",
        "method": "Phương pháp khác:",
        "screening": "Quy định khác về địa phương được xếp hạng:",
        "source": "Nguồn số liệu khác:",
        "held to the scale": (
            "Có nhóm dùng trung bình không xác định với mọi số: khi tách nguyên nhân, số liệu của một kỳ nằm "
            "ngoài thang điểm của kỳ kia được tính điểm như hai đầu thang đó."
        ),
        "not told apart": (
            "Không tách riêng được bộ chỉ số, trọng số và phương pháp, nên gộp làm một phần: {after}."
        ),
    },
}
"""What a difference is said as, by its kind."""
