"""Keep a build made by this version: ``python -m tests.builds`` writes ``tests/builds/VERSION``.

Every later version has to verify it. A kept build of a version that was released is never made again; before that,
delete its folder first.
"""

from __future__ import annotations

from pathlib import Path

import pii
from pii.result import Result
from tests.shared import group, leaf, scheme

NAN = float("nan")


def result() -> Result:
    """A small index that goes through every stage, on the scale of the year before; one unit is not ranked."""
    index = group(
        "total",
        group(
            "P1",
            leaf("1.1", name="Spending", denominator="people", unit="đồng", standing="official"),
            leaf("1.2", weight=2),
            aggregate="geometric",
        ),
        leaf("2", name="Cost", direction=-1, standing="ours", note="Chosen by us"),
        name={"en": "Trial index", "vi": "Chỉ số thử"},
    )
    rules = scheme(
        index,
        code="kept",
        about="Synthetic: invented numbers, kept to be verified by later versions.",
        denominators=[{"code": "people"}],
        labels=[{"code": "region"}],
        screen={"empty": "exclude"},
        impute="median",
        treat={"method": "winsorise", "limit": 1, "skewness": 1, "kurtosis": 1},
        normalise={"method": "minmax", "floor": 1},
    )
    names = ("Đắk Lắk", "Huế", "Cà Mau", "Nghệ An", "An Giang", "Lai Châu", "Sơn La", "Cao Bằng")
    regions = {"region": ("south", "", "south", "north", "south", "north", "north", "north")}
    units = pii.Units(tuple(f"u{at}" for at in range(1, 9)), names, regions)

    def year(period: str, spending: list[float], second: list[float], cost: list[float]) -> pii.Table:
        people = [2.0, 1.0, 1.5, 3.0, 2.5, 0.5, 1.0, 0.75]
        columns = {"1.1": spending, "1.2": second, "2": cost, "people": people}
        title, notes = "Synthetic trial table", ["Invented numbers"]
        return pii.Table.of(columns, units=units, period=period, title=title, notes=notes)

    spending, second = [4.0, 3.0, NAN, 9.0, 5.0, 0.5, 2.0, NAN], [1.5, 2.5, 3.5, 4.5, 3.5, 0.1, 2.2, NAN]
    before = year(
        "2029",
        [2.0, 2.5, 2.0, 8.0, 5.0, 1.0, 1.5, 1.0],
        [*second[:-1], 1.0],
        [5.0, 4.0, 3.0, 90.0, 2.0, 6.0, 7.0, 8.0],
    )
    now = year("2030", spending, second, [4.0, 3.0, 2.0, 60.0, 2.0, 5.5, 7.25, NAN])
    return pii.compute(rules, now, reference=pii.compute(rules, before))


if __name__ == "__main__":
    pii.write_build(result(), Path(__file__).parent / pii.__version__)
