"""Units of rows: provinces known by any spelling, others as they are, and every row that is neither."""

from pii.errors import Problem
from pii.io.units import Named, deduce, identify
from pii.places.registry import System, provinces


def named(*names: str, codes: tuple[str, ...] = ()) -> Named:
    """Name rows on lines from 2."""
    return Named(codes or ("",) * len(names), names, range(2, len(names) + 2), "t")


def refused(rows: Named, system: System | None = None) -> list[str]:
    """Say what is wrong with rows."""
    problems: list[Problem] = []
    assert identify(rows, system, problems) is None
    return list(map(str, problems))


def test_provinces_by_any_spelling() -> None:
    """Codes, names and regions are the registry's, in the order of the rows."""
    units = identify(named("tp. ha noi", "", "Bac Gjang".replace("j", "i"), codes=("1", "2", "24")), "VN63", [])
    assert units is not None
    assert (units.codes, units.names) == (("01", "02", "24"), ("Hà Nội", "Hà Giang", "Bắc Giang"))
    assert units.labels["region"][0] == "Red River Delta"
    assert units.system == "VN63"


def test_other_units_are_taken_as_they_are() -> None:
    """Codes where there are some, else names, in any order and spelling."""
    units = identify(named("Jawa Barat", "Bali", codes=("32", "51")), None, [])
    assert units is not None
    assert (units.codes, units.names, units.system) == (("32", "51"), ("Jawa Barat", "Bali"), None)
    alone = identify(named("B", "A"), None, [])
    assert alone is not None
    assert alone.codes == alone.names == ("B", "A")


def test_rows_that_are_no_units() -> None:
    """Totals, regions, rows without a name, without a code, and repeated ones."""
    assert refused(named("Hà Giang", "Cả nước", "ĐỒNG BẰNG SÔNG HỒNG", "", "Lai Chou"), "VN63") == [
        "t:5: the row names no unit; name it, or remove the row",
        "t:3: Cả nước: the row is a total or a region, not a province; "
        "every row is one of the 63 provinces until 30 June 2025; remove the row",
        "t:4: ĐỒNG BẰNG SÔNG HỒNG: the row is a total or a region, not a province; "
        "every row is one of the 63 provinces until 30 June 2025; remove the row",
        "t:6: Lai Chou: neither the 63 nor the 34 provinces have this name or code; "
        "a row is a province, not a region or a total; did you mean Lai Châu?",
    ]
    assert refused(named("A", "B", "C", codes=("x", "", "x"))) == [
        "t:3: B: the unit has no code; every unit has a code where the table has a column of codes",
        "t:4: C: the unit x is on line 2 already; a unit has one row; remove one of the two",
    ]
    assert refused(named("A", "A")) == [
        "t:3: A: the unit A is on line 2 already; a unit has one row; remove one of the two"
    ]


def test_the_system_is_deduced_from_most_names() -> None:
    """Totals among provinces change nothing; numbers alone, and other names, are no provinces."""
    for system in ("VN63", "VN34"):
        names = [province.name for province in provinces("VN63" if system == "VN63" else "VN34")]
        assert deduce(named(*names, "Cả nước", "Tây Nguyên", "Ha Noy"), []) == system
    assert deduce(named("01", "02"), []) is None
    assert deduce(named("Huế", "Bangkok", "Jakarta"), []) is None
    assert deduce(named("Đông Nam Bộ", "Tây Nguyên"), []) is None


def test_two_systems_are_said_to_be_mixed() -> None:
    """A doubt about the system is a problem, and no system."""
    problems: list[Problem] = []
    assert deduce(named("Hà Giang", "Bắc Ninh", codes=("02", "24")), problems) is None
    assert problems[0].found.startswith("the table mixes two systems: 02 Hà Giang of the 63 provinces")


def test_a_panel_names_a_province_every_year() -> None:
    """In whatever spelling, it is one province."""
    assert deduce(named("Hà Giang", "ha giang", "Tỉnh Hà Giang", codes=("02", "2", "2.0")), []) == "VN63"
