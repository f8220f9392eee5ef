"""Headers of a table: which column holds the unit's code, its name, the period, and the two of the long form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pii.spelling import fold

__all__ = ["Roles", "names_units"]

# Folded; the first of a list that a table has is taken, the others stay ordinary columns.
_CODE = (
    "code",
    "unitcode",
    "ucode",
    "provincecode",
    "countrycode",
    "matinh",
    "matinhthanhpho",
    "madiaphuong",
    "madonvi",
    "ma",
    "unit",
    "id",
    "iso3",
    "iso3c",
    "iso31662",
    "isocode",
    "iso",
    "iso2",
)
_NAME = (
    "name",
    "unitname",
    "uname",
    "province",
    "provincename",
    "tinhthanhpho",
    "tinhthanh",
    "tinh",
    "thanhpho",
    "tentinh",
    "tentinhthanhpho",
    "diaphuong",
    "tendiaphuong",
    "country",
    "countryname",
)
_PERIOD = ("period", "year", "nam", "edition", "time")
_INDICATOR = ("indicator", "indicatorcode", "variable", "icode", "chitieu", "machitieu")
_VALUE = ("value", "giatri")
_UNITS = frozenset(_CODE + _NAME)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The position of each column with a part to play; None where there is none.

    Examples
    --------
    >>> Roles.of(["Năm", "Tỉnh/thành phố", "Mã tỉnh", "GRDP"])
    Roles(code=2, name=1, period=0, indicator=None, value=None)
    """

    code: int | None = None
    name: int | None = None
    period: int | None = None
    indicator: int | None = None
    value: int | None = None

    @classmethod
    def of(cls, headers: Sequence[str], taken: Collection[str] = ()) -> Roles:
        """Recognise headers in any spelling; those in ``taken`` are the scheme's own columns."""
        keys = ["" if header in taken else fold(header) for header in headers]
        indicator, value = _first(keys, _INDICATOR), _first(keys, _VALUE)
        long = indicator is not None and value is not None
        name = _first(keys, _NAME)
        # Beside an indicator, "unit" is what it is measured in, unless nothing else says whose value it is.
        codes = tuple(word for word in _CODE if word != "unit") if long and name is not None else _CODE
        return cls(
            code=_first(keys, codes),
            name=name,
            period=_first(keys, _PERIOD),
            indicator=indicator if long else None,
            value=value if long else None,
        )

    @property
    def long(self) -> bool:
        """Whether the table has a row for every value."""
        return self.value is not None

    @property
    def positions(self) -> set[int]:
        """The columns that play a part."""
        parts = (self.code, self.name, self.period, self.indicator, self.value)
        return {at for at in parts if at is not None}


def names_units(header: str) -> bool:
    """Whether a header is one of a column of units.

    Examples
    --------
    >>> names_units("Địa phương"), names_units("GRDP")
    (True, False)
    """
    return fold(header) in _UNITS


def _first(keys: Sequence[str], words: Sequence[str]) -> int | None:
    return next((keys.index(word) for word in words if word in keys), None)
