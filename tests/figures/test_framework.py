"""The tree of an index: every node has a box beside its group's, with its share."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from pii.figures.framework import framework
from tests.figures.drawn import axes_of, overlaps

LABELS = ["PII", "Đầu vào đổi mới sáng tạo", "a", "b", "c"]
PARENTS = [-1, 0, 1, 1, 0]
SHARES = [1.0, 0.6, 0.45, 0.15, 0.4]


def boxes(figure: Figure, n: int) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each node's box; bars of indicators come right of them."""
    found = []
    for bar in axes_of(figure).patches:
        left, top = bar.get_xy()  # type: ignore[attr-defined]
        found.append((left, top, left + bar.get_width(), top + bar.get_height()))  # type: ignore[attr-defined]
    edge = sorted(box[2] for box in found)[-1]
    nodes = [box for box in found if abs(box[3] - box[1] - 0.12) > 1e-9]
    assert len(nodes) == n
    assert edge <= axes_of(figure).get_xlim()[1]
    return nodes


def test_a_group_is_as_tall_as_what_it_holds() -> None:
    """And stands to the left of it."""
    root, group, a, b, c = boxes(framework(LABELS, PARENTS, SHARES), 5)
    assert (group[1], group[3]) == pytest.approx((a[1], b[3]))
    assert (root[1], root[3]) == pytest.approx((group[1], c[3]))
    assert root[2] == group[0] == c[0]
    assert group[2] == a[0] == b[0]
    assert a[2] == b[2] == c[2]


def test_indicators_have_bars_for_their_shares() -> None:
    """As long as the share is large."""
    axes = axes_of(framework(LABELS, PARENTS, SHARES))
    found = [bar.get_width() for bar in axes.patches if abs(bar.get_height() - 0.12) < 1e-9]  # type: ignore[attr-defined]
    assert [width / found[0] for width in found] == pytest.approx([1, 0.15 / 0.45, 0.4 / 0.45])
    assert {"45.0%", "15.0%", "40.0%"} <= {text.get_text() for text in axes.texts}


def test_a_share_that_is_not_known_has_no_number() -> None:
    """Nor a bar."""
    axes = axes_of(framework(["PII", "a"], [-1, 0], [1, float("nan")]))
    assert len(axes.patches) == 2
    assert not any("nan" in text.get_text() for text in axes.texts)


def test_long_names_make_their_rows_taller() -> None:
    """Of indicators and of groups that hold but one; nothing is cut."""
    long = "Ban hành và tổ chức thực hiện các chính sách, văn bản thúc đẩy phát triển và ứng dụng khoa học"
    figure = framework(["PII", long, "a", long], [-1, 0, 1, 0], [1, 0.5, 0.5, 0.5])
    assert overlaps(figure) == []
    shown = " ".join(text.get_text().replace("\n", " ") for text in axes_of(figure).texts)
    assert shown.count(long) == 2
    for text, box in zip(axes_of(figure).texts[1:2], boxes(figure, 4)[1:2], strict=True):
        drawn = text.get_window_extent().transformed(axes_of(figure).transData.inverted())
        assert box[0] <= drawn.x0
        assert drawn.x1 <= box[2]
        assert abs(drawn.height) <= box[3] - box[1]
